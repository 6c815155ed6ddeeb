"""Does the chapter give its reader what every chapter owes: ten parts, claims, solved exercises, described figures?"""

import re

import chapters
import yaml

from contract.chapter import texts

PARTS = (
    "What this chapter gives you",
    "The question",
    "The derivation",
    "The check",
    "The code",
    "The training",
    "Paper versus code",
    "Spot the bug",
    "Exercises",
    "Summary and further reading",
)
FEWEST_CLAIMS = 3
FEWEST_EXERCISES = 4
BLOCK = re.compile(r"^[`:]{3,}\{(exercise|solution)(?:-start)?\}([^\n]*)\n((?:[ \t]*:[^\n:]+:[^\n]*\n)*)", re.M)


def one_title(chapter):
    titles = list(chapter.headings("# "))
    return [] if len(titles) == 1 else [f"it has {len(titles)} titles ('# ...'), it needs one: the chapter's"]


def ten_parts(chapter):
    headings = [words for _, words in chapter.headings("## ")]
    found, last = [], -1
    for part in PARTS:
        here = [n for n, words in enumerate(headings) if re.match(rf"{part}\b", words, re.IGNORECASE)]
        if not here:
            found.append(f"the heading '## {part}' is missing; the ten parts stand in CONTRIBUTING.md")
        elif here[0] < last:
            found.append(f"the heading '## {part}' stands too early; the order of the ten parts is in CONTRIBUTING.md")
        else:
            last = here[0]
    return found


def _printed(chapter):
    return [line for _, cell in chapter.code() for text in texts(cell) for line in text.splitlines()]


def claim_lines(chapter):
    """The lines of claims that held, as printed: "✓ sentence  [0.59, asked < 0.7]", with two ticks where it matters."""
    return [line for line in _printed(chapter) if line.startswith(("✓ ", "✓✓ "))]


def enough_claims(chapter):
    made, failed = len(claim_lines(chapter)), sum(line.startswith("✗ ") for line in _printed(chapter))
    found = [f"{failed} claims are shown as failed; mend them, then {chapter.run}"] if failed else []
    if made < FEWEST_CLAIMS:
        found.append(f"it makes {made} claims, {FEWEST_CLAIMS} are the least; assert each theorem with claim(...)")
    return found


def _events(chapter):
    """(kind, cell, label, options) in reading order: exercises, solutions, and cells that assert something."""
    for k, cell in enumerate(chapter.cells):
        if cell["cell_type"] == "markdown":
            for kind, argument, options in BLOCK.findall(chapters.source(cell) + "\n"):
                named = (
                    re.search(r":label:\s*(\S+)", options) if kind == "exercise" else re.match(r"\s*(\S+)", argument)
                )
                yield kind, k, named and named.group(1), options
        elif any(name == "claim" for name, _ in chapter.calls(k)):
            yield "claimed", k, None, ""


def exercises_are_solved(chapter):
    """Each exercise has a folded solution, and before the next solution a cell claims that it is right."""
    events = list(_events(chapter))
    exercises = [event for event in events if event[0] == "exercise"]
    found = []
    if len(exercises) < FEWEST_EXERCISES:
        found.append(f"it has {len(exercises)} exercises, {FEWEST_EXERCISES} are the least")
    for _, k, label, _ in exercises:
        if label is None:
            found.append(f"the exercise in cell {k} has no ':label:', so no solution can name it")
            continue
        place = next((n for n, event in enumerate(events) if event[0] == "solution" and event[2] == label), None)
        if place is None:
            found.append(f"exercise {label} has no solution; add a {{solution-start}} block that names it")
            continue
        if "dropdown" not in events[place][3]:
            found.append(f"the solution of {label} is not folded; give it ':class: dropdown'")
        after = [event[0] for event in events[place + 1 :]]
        until = after.index("solution") if "solution" in after else len(after)
        if "claimed" not in after[:until]:
            found.append(f"the solution of {label} is checked by no cell; follow it with one that calls claim(...)")
    return found


def figures_have_alt_text(chapter):
    found = []
    for k, cell in chapter.code():
        if "remove-cell" in cell["metadata"].get("tags", []):
            continue
        kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        alt = str(cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", ""))
        if kinds & {"image/png", "image/jpeg", "image/gif", "image/svg+xml"} and len(alt.split()) < 4:
            found.append(
                f"cell {k} draws a figure without alt text; give the cell the metadata "
                '{"mystnb": {"image": {"alt": "what is to be seen"}}}, in four words or more'
            )
        for text in texts(cell):
            for image in re.findall(r"<img\b[^>]*>", text):
                if not re.search(r"\balt=(\"[^\"]+\"|'[^']+')", image) and "presentation" not in image:
                    found.append(f"cell {k} shows an <img> without alt text; say in alt= what is to be seen")
    return found


def _files(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("file", "root"):
                yield value.removesuffix(".ipynb")
            else:
                yield from _files(value)
    elif isinstance(node, list):
        for each in node:
            yield from _files(each)


def in_the_toc(chapter):
    toc = yaml.safe_load((chapter.root / "_toc.yml").read_text(encoding="utf-8"))
    if f"notebooks/{chapter.path.stem}" in set(_files(toc)):
        return []
    return [f"_toc.yml does not list it; add the line '- file: notebooks/{chapter.path.stem}'"]


def no_placeholders(chapter):
    return [
        f"cell {k} still holds a TODO; write that part"
        for k, cell in enumerate(chapter.cells)
        if re.search(r"\bTODO\b", chapters.source(cell) + str(cell["metadata"]))
    ]


CHECKS = (
    one_title,
    ten_parts,
    enough_claims,
    exercises_are_solved,
    figures_have_alt_text,
    in_the_toc,
    no_placeholders,
)

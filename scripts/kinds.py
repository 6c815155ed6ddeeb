"""Give each code cell of a chapter its kind: `make kinds CH=05` proposes, writes the tags, and measures the page.

A kind is a tag: lesson (open), figure (folded under its picture), check (folded into its claims). A cell that has one
keeps it; hide-input goes, since kinds take its place. Nothing is split, no code is touched, every output stays.
The rules: a cell of functions that only draw is a figure, and so is one that shows a picture or a table, trains nothing
and holds no class and no long function. Such a cell that shows no picture and claims is a check; so is every cell of a
solution that claims. Everything else is a lesson.
"""

import argparse
import ast
import re
import sys

import chapters
from contract import Chapter
from contract.chapter import outputs, texts
from contract.form import (
    KINDS,
    PICTURES,
    bare_claims,
    kind_of,
    numberless,
    only_draws,
    perhaps_measured,
    shows_picture,
    shows_table,
    words,
)
from contract.promise import claim_lines

HTML = chapters.ROOT / "_build" / "html" / "notebooks"
TRAINS = re.compile(r"train(_\w+)?|fit|every|backward|descend")
HELPER = 8  # lines: a longer function is something to read
LONG = 25  # lines of a lesson that also draws: split it
DESK = {"width": 1440, "height": 900}


def claims_in(tree):
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "claim"]


def in_solutions(chapter):
    """The cells between {solution-start} and {solution-end}: the text of a solution is its lesson."""
    inside, found = False, set()
    for k, cell in enumerate(chapter.cells):
        if cell["cell_type"] == "markdown":
            marks = re.findall(r"\{solution-(start|end)\}", chapters.source(cell))
            inside = marks[-1] == "start" if marks else inside
        elif inside:
            found.add(k)
    return found


def propose(chapter, number):
    """The kind that a code cell seems to be."""
    claims = claims_in(chapter.tree(number) or ast.Module([], []))
    functions = chapter.nodes(number, (ast.FunctionDef, ast.ClassDef))
    taught = any(isinstance(f, ast.ClassDef) or f.end_lineno - f.lineno >= HELPER for f in functions)
    taught = taught or any(TRAINS.fullmatch(name) for name, _ in chapter.calls(number))
    if only_draws(chapter, number):
        return "figure"
    if shows_picture(chapter.cells[number]) or (shows_table(chapter.cells[number]) and not claims):
        return "lesson" if taught else "figure"
    return "check" if claims and (not taught or number in in_solutions(chapter)) else "lesson"


def remark(chapter, number, kind):
    """What a writer may want to do by hand."""
    tree, picture = chapter.tree(number) or ast.Module([], []), shows_picture(chapter.cells[number])
    length = len(chapters.source(chapter.cells[number]).splitlines())
    if picture and claims_in(tree):
        return "split: claims beside a picture belong into a check cell after it"
    if kind == "lesson" and picture and length > LONG:
        return f"split: {length} open lines that end in a picture; put the drawing into a figure cell"
    if kind == "lesson" and claims_in(tree):
        return "split: put the claims into a check cell after it"
    return ""


def give(chapter):
    """Write a kind into the tags of each code cell that has none; [(cell, kind, is it new, remark)]."""
    rows = []
    for number, cell in chapter.code():
        tags = cell["metadata"].get("tags", [])
        if "remove-cell" in tags:
            continue
        old = kind_of(cell)
        kind = old or propose(chapter, number)
        kept = [tag for tag in tags if tag not in (*KINDS, "hide-input", "hide_input")]
        cell["metadata"]["tags"] = [kind, *kept]
        rows.append((number, kind, not old, remark(chapter, number, kind)))
    return rows


def measure(chapter):
    """{what: number} of the form: cells by kind, open lines of code, claims, the first cell that shows something."""
    shown = [(k, cell) for k, cell in chapter.code() if "remove-cell" not in cell["metadata"].get("tags", [])]
    found = {kind: sum(kind_of(cell) == kind for _, cell in shown) for kind in KINDS}
    found["open lines of code"] = sum(
        len(chapters.source(cell).splitlines()) for _, cell in shown if kind_of(cell) not in ("figure", "check")
    )
    lines = claim_lines(chapter)
    found["claims"], found["of them without a number"] = len(lines), len(numberless(chapter))
    pictures = sum(
        bool(PICTURES & set(output.get("data", {}))) or "<img" in "".join(texts({"outputs": [output]}))
        for _, cell in shown
        for output in outputs(cell)
    )
    found["pictures"], found["words"] = pictures, words(chapter)
    return found


FONTS = "async () => { await document.fonts.ready; }"
FIRST = """() => { const big = (e) => e.getClientRects().length && e.getBoundingClientRect().height > 40;
    const seen = [...document.querySelectorAll('article img, article figure, article .gbp, article svg')].find(big);
    return seen ? seen.getBoundingClientRect().top + scrollY : -1; }"""


def screens(path):
    """Height of the built page in screens of 1440 x 900 with every fold closed, and where its first picture starts."""
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(chapters.ROOT / "tests" / "browser"))
    import conftest

    with sync_playwright() as p:
        browser = p.chromium.launch(executable_path=conftest.find_chromium(), args=conftest.FLAGS)
        page = browser.new_page(viewport=DESK, reduced_motion="reduce")
        page.goto(path.as_uri())
        page.evaluate(FONTS)
        page.wait_for_timeout(3_000)  # the live panels grow to their height after the first paint: up to five screens
        height, first = page.locator("article").first.bounding_box()["height"], page.evaluate(FIRST)
        browser.close()
    return height / DESK["height"], first / DESK["height"]


def main(names=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("chapter", nargs="?", default="")
    given = parser.parse_args(names)
    for path in chapters.find(given.chapter):
        chapter = Chapter(path, chapters.read(path))
        before = chapters.normalise(chapter.notebook)
        rows = give(chapter)
        after = chapters.normalise(chapter.notebook)
        if after != before:
            chapters.write(path, after)
        print(f"{path.stem}: {sum(new for *_, new, _ in rows)} cells were given a kind; change what is wrong by hand.")
        for number, kind, new, said in rows:
            first = chapters.first_line(chapters.source(chapter.cells[number]))
            print(f"  {'*' if new else ' '} cell {number:3d}  {kind:7} {first[:60]:60} {said}")
        print("  " + ", ".join(f"{name}: {value}" for name, value in measure(chapter).items()))
        bare = bare_claims(chapter)
        if bare:
            print(
                f"  {len(bare)} claims are given a bare truth value by their code (the others show a number once run):"
            )
            print("\n".join(f"    cell {number:3d}  {ast.unparse(holds)[:90]}" for number, holds in bare))
        doubtful = perhaps_measured(chapter)
        if doubtful:
            print("  numbers of six digits are asked: where they are measured, say measured=True, or use agrees(...):")
            print("\n".join(f"    {line}" for line in doubtful))
        page = HTML / f"{path.stem}.html"
        if page.exists():
            height, first = screens(page)
            fresh = page.stat().st_mtime > path.stat().st_mtime
            late = "" if fresh else " (as last built; make html, then again)"
            print(f"  the page: {height:.1f} screens of 1440 x 900; first picture after {first:.1f} screens{late}")


if __name__ == "__main__":
    main()

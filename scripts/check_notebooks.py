"""The contract of the notebooks, checked without running them: `make check`, or `make check CH=01`.

Each check is a function of a Chapter that returns sentences: what is wrong, where, and what to do. tests/test_notebooks.py
shows each of them a planted defect.
"""

import ast
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path

import chapters
import setup_cell
import yaml

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
LARGEST = 1_500_000  # bytes, outputs included
FEWEST_CLAIMS = 3
FEWEST_EXERCISES = 4
# What Colab has, plus this book's package: a chapter may import nothing else.
IMPORTS = frozenset((Path(__file__).parent / "colab_imports.txt").read_text(encoding="utf-8").split()) | frozenset(
    sys.stdlib_module_names
)


@dataclass
class Chapter:
    """One notebook, and the root of the book whose _config.yml and _toc.yml hold for it."""

    path: Path
    notebook: dict
    root: Path = chapters.ROOT
    trees: dict = field(default_factory=dict)

    @property
    def cells(self):
        return self.notebook["cells"]

    def code(self):
        """(number, cell) of the code cells that hold something."""
        return [(k, c) for k, c in enumerate(self.cells) if c["cell_type"] == "code" and chapters.source(c).strip()]

    def markdown(self):
        return [(k, chapters.source(c)) for k, c in enumerate(self.cells) if c["cell_type"] == "markdown"]

    def tree(self, number):
        """The syntax tree of a code cell without its magics; None where it is not Python."""
        if number not in self.trees:
            lines = chapters.source(self.cells[number]).splitlines()
            text = "\n".join("pass" if line.startswith(("%", "!")) else line for line in lines)
            try:
                self.trees[number] = ast.parse(text)
            except SyntaxError:
                self.trees[number] = None
        return self.trees[number]

    def calls(self, number):
        """(name, node) of each call in a code cell; the name is what stands before the bracket, without its object."""
        for node in ast.walk(self.tree(number) or ast.Module([], [])):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                yield name, node


def texts(cell):
    """The outputs of a cell as text: what is printed, text/plain and text/html without embedded data."""
    for output in cell.get("outputs", []):
        if output["output_type"] == "stream":
            yield "".join(output["text"])
        for kind, data in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield re.sub(r"base64,[A-Za-z0-9+/=\s]+", "base64,", "".join(data))


# --- has it run?


def executed_in_order(chapter):
    counts = [cell.get("execution_count") for _, cell in chapter.code()]
    missing = [k for k, cell in chapter.code() if cell.get("execution_count") is None]
    if missing:
        return [f"{len(missing)} of {len(counts)} code cells have not run (first: cell {missing[0]}); {run(chapter)}"]
    if counts != list(range(1, len(counts) + 1)):
        return [f"the code cells ran in the order {counts}, not from 1 to {len(counts)}; {run(chapter)}"]
    return []


def no_errors(chapter):
    return [
        f"cell {k} ended in {output.get('ename')}: {output.get('evalue')}; mend it, then {run(chapter)}"
        for k, cell in chapter.code()
        for output in cell.get("outputs", [])
        if output["output_type"] == "error"
    ]


def small_enough(chapter):
    size = len(json.dumps(chapter.notebook, indent=1, ensure_ascii=False).encode())
    if size <= LARGEST:
        return []
    heavy = max(range(len(chapter.cells)), key=lambda k: len(json.dumps(chapter.cells[k])))
    return [
        f"it weighs {size / 1e6:.2f} MB, the limit is {LARGEST / 1e6} MB; the heaviest is cell {heavy}: show fewer or smaller pictures"
    ]


def as_run_writes_it(chapter):
    if chapters.normalise(chapter.notebook) == chapter.notebook:
        return []
    return [f"it holds traces of an editor or a machine (metadata, cell ids); {run(chapter)}"]


# --- outputs that would differ elsewhere

PATHS = re.compile(
    r"(/home/\w+|/root/|/Users/\w+|/tmp/|/var/folders|/usr/lib|[A-Z]:\\\\?Users|site-packages|ipykernel_\d+)[^\s'\"<]*"
)


def no_machine_paths(chapter):
    found = []
    for k, cell in chapter.code():
        for text in texts(cell):
            here = PATHS.search(text) or re.search(re.escape(str(chapters.ROOT)), text)
            if here:
                found.append(f"cell {k} shows a path of this machine ({here.group(0)!r}); do not print it")
    return found


def no_addresses(chapter):
    return [
        f"cell {k} shows a memory address ({here.group(0)}), which differs at each run; end a figure with plt.show(), print no bare object"
        for k, cell in chapter.code()
        for text in texts(cell)
        if (here := re.search(r"\b0x[0-9a-fA-F]{6,}", text))
    ]


def no_stderr(chapter):
    return [
        f"cell {k} wrote to stderr ({chapters.first_line(''.join(output['text']))!r}); mend the cause of the warning"
        for k, cell in chapter.code()
        for output in cell.get("outputs", [])
        if output["output_type"] == "stream" and output["name"] == "stderr"
    ]


# --- Colab and GitHub


def no_widget_state(chapter):
    if "widgets" in chapter.notebook["metadata"]:
        return [f"metadata.widgets is saved, and GitHub will not show the notebook; {run(chapter)}"]
    return []


def no_shell(chapter):
    return [
        f"cell {k} holds {line.strip()!r}: no pip, no shell, a reader's environment is theirs; the set-up cell does what Colab needs"
        for k, cell in chapter.code()
        for line in chapters.source(cell).splitlines()
        if re.match(r"\s*(!|%%?(pip|conda|sh|bash|system|sx)\b)", line)
    ]


def imports_of_colab(chapter):
    found = []
    for k, _ in chapter.code():
        for node in ast.walk(chapter.tree(k) or ast.Module([], [])):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or "." * node.level]
            found += [
                f"cell {k} imports {name!r}, which Colab may not have; use what scripts/colab_imports.txt lists"
                for name in names
                if name.split(".")[0] not in IMPORTS
            ]
    return found


def is_python(chapter):
    return [f"cell {k} is not valid Python; mend its syntax" for k, _ in chapter.code() if chapter.tree(k) is None]


READERS = {
    "open",
    "Path",
    "load",
    "loadtxt",
    "genfromtxt",
    "imread",
    "read_csv",
    "read_text",
    "read_bytes",
    "load_file",
}


def no_relative_paths(chapter):
    found = []
    for k, _ in chapter.code():
        for name, node in chapter.calls(k):
            first = node.args[0] if node.args else None
            if name in READERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                if not re.match(r"(/|[a-z]+://)", first.value):
                    found.append(
                        f"cell {k} opens {first.value!r} by a relative path, which is not there on Colab; load it through ganbook.data"
                    )
    for k, text in chapter.markdown():
        for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)", text) + re.findall(r"\{(?:figure|image)\}\s*(\S+)", text):
            if not target.startswith(("attachment:", "data:")):
                found.append(
                    f"cell {k} shows the picture {target!r} from a file or another host; draw it in a code cell"
                )
    return found


def no_interact(chapter):
    return [
        f"cell {k} uses {name}: on the rendered page its slider moves and nothing changes; use ganbook.explore"
        for k, _ in chapter.code()
        for name, _ in chapter.calls(k)
        if name in ("interact", "interactive", "interact_manual")
    ]


def set_up_cell_first(chapter):
    first = chapter.cells[0] if chapter.cells else {"cell_type": "none", "source": []}
    if first["cell_type"] != "code" or chapters.source(first) != setup_cell.text(chapter.root):
        return ["its first cell is not the set-up cell of scripts/setup_cell.py; run: make address"]
    if "remove-cell" not in first["metadata"].get("tags", []):
        return ["its set-up cell lacks the tag remove-cell, so the page would show it; run: make address"]
    return []


def one_address(chapter):
    url, branch = setup_cell.address(chapter.root)
    words = chapters.source(chapter.cells[1]) if len(chapter.cells) > 1 else ""
    if setup_cell.badge(chapter.path.stem, chapter.root) not in words:
        return [
            f"its second cell lacks the link 'Open in Colab' to {url}, branch {branch} (from _config.yml); run: make address"
        ]
    name = re.escape(url.rsplit("/", 1)[1])
    place = url.split("://", 1)[1].split("/", 1)[1]
    found = []
    for k, cell in enumerate(chapter.cells):
        for here in re.findall(rf"(?:github|gitlab)\.com/(?:github/)?([\w.-]+/{name})\b", chapters.source(cell)):
            if here != place:
                found.append(
                    f"cell {k} names the repository {here!r}, _config.yml says {place!r}; run: make address, or correct it"
                )
    return found


# --- what each chapter owes its reader


def ten_parts(chapter):
    headings = [
        (k, line[3:].strip())
        for k, text in chapter.markdown()
        for line in outside_fences(text)
        if line.startswith("## ")
    ]
    found, at = [], -1
    for part in PARTS:
        here = [n for n, (_, heading) in enumerate(headings) if re.match(rf"{part}\b", heading, re.I)]
        if not here:
            found.append(f"the heading '## {part}' is missing; every chapter keeps the ten parts of CONTRIBUTING.md")
        elif here[0] < at:
            found.append(f"the heading '## {part}' stands too early; the order of the ten parts is in CONTRIBUTING.md")
        else:
            at = here[0]
    return found


def one_title(chapter):
    titles = [line for _, text in chapter.markdown() for line in outside_fences(text) if line.startswith("# ")]
    return [] if len(titles) == 1 else [f"it has {len(titles)} titles ('# ...'), it needs exactly one: the chapter's"]


def outside_fences(text):
    fence = ""
    for line in text.splitlines():
        mark = re.match(r"(`{3,}|~{3,})", line)
        if mark:
            fence = "" if fence and line.startswith(fence) else fence or mark.group(1)
        elif not fence:
            yield line


def enough_claims(chapter):
    made = sum(
        line.startswith("✓ ") for _, cell in chapter.code() for text in texts(cell) for line in text.splitlines()
    )
    failed = sum(
        line.startswith("✗ ") for _, cell in chapter.code() for text in texts(cell) for line in text.splitlines()
    )
    found = [f"{failed} claims are shown as failed; mend them, then {run(chapter)}"] if failed else []
    if made < FEWEST_CLAIMS:
        found.append(f"it makes {made} claims, {FEWEST_CLAIMS} are the least; assert each theorem with claim(...)")
    return found


def exercises_are_solved(chapter):
    """Each exercise has a folded solution, and between it and the next exercise some cell asserts it."""
    events = []
    for k, cell in enumerate(chapter.cells):
        if cell["cell_type"] == "markdown":
            for block in re.finditer(
                r"^[`:]{3,}\{(exercise|solution)(?:-start)?\}([^\n]*)\n((?:\s*:[^\n]*\n)*)",
                chapters.source(cell) + "\n",
                re.M,
            ):
                kind, argument, options = block.groups()
                label = (
                    re.search(r":label:\s*(\S+)", options) if kind == "exercise" else re.match(r"\s*(\S+)", argument)
                )
                events.append((kind, k, label.group(1) if label else None, options))
        elif any(name == "claim" for name, _ in chapter.calls(k)) or any(
            isinstance(node, ast.Assert) for node in ast.walk(chapter.tree(k) or ast.Module([], []))
        ):
            events.append(("asserted", k, None, ""))
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
            found.append(f"exercise {label} has no solution; add a {{solution}} block that names it")
            continue
        if "dropdown" not in events[place][3]:
            found.append(f"the solution of {label} is not folded; add ':class: dropdown'")
        after = [event[0] for event in events[place + 1 :]]
        if "asserted" not in after or "solution" in after[: after.index("asserted")]:
            found.append(f"the solution of {label} is asserted by no cell; follow it with one that calls claim(...)")
    return found


def figures_have_alt_text(chapter):
    found = []
    for k, cell in chapter.code():
        if "remove-cell" in cell["metadata"].get("tags", []):
            continue
        kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
        if kinds & {"image/png", "image/jpeg", "image/gif", "image/svg+xml"}:
            alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
            if len(str(alt).split()) < 4:
                found.append(
                    f"cell {k} draws a figure without alt text; give the cell the metadata "
                    '{"mystnb": {"image": {"alt": "what is to be seen"}}}, in four words or more'
                )
        for text in texts(cell):
            for image in re.findall(r"<img\b[^>]*>", text):
                if not re.search(r"\balt=(\"[^\"]+\"|'[^']+')", image) and 'role="presentation"' not in image:
                    found.append(f"cell {k} shows an <img> without alt text; say in alt= what is to be seen")
    return found


def in_the_toc(chapter):
    def files(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("file", "root"):
                    yield value
                else:
                    yield from files(value)
        elif isinstance(node, list):
            for each in node:
                yield from files(each)

    toc = yaml.safe_load((chapter.root / "_toc.yml").read_text(encoding="utf-8"))
    if f"notebooks/{chapter.path.stem}" in {name.removesuffix(".ipynb") for name in files(toc)}:
        return []
    return [f"_toc.yml does not list it; add the line '- file: notebooks/{chapter.path.stem}'"]


def no_placeholders(chapter):
    return [
        f"cell {k} still holds a TODO of the template; write that part"
        for k, cell in enumerate(chapter.cells)
        if re.search(r"\bTODO\b", chapters.source(cell))
    ]


def run(chapter):
    return f"run: make run CH={chapter.path.stem.split('_')[0]}"


CHECKS = (
    is_python,
    executed_in_order,
    no_errors,
    small_enough,
    as_run_writes_it,
    no_machine_paths,
    no_addresses,
    no_stderr,
    no_widget_state,
    no_shell,
    imports_of_colab,
    no_relative_paths,
    no_interact,
    set_up_cell_first,
    one_address,
    one_title,
    ten_parts,
    enough_claims,
    exercises_are_solved,
    figures_have_alt_text,
    in_the_toc,
    no_placeholders,
)


def outputs_are_clean(notebook):
    """What `make run` refuses to write: outputs that cannot be the same elsewhere."""
    chapter = Chapter(Path("notebook.ipynb"), notebook)
    return [line for check in (no_errors, no_machine_paths, no_addresses, no_stderr) for line in check(chapter)]


def complaints(path, root=chapters.ROOT, checks=CHECKS):
    """Every sentence that the checks have to say about one notebook, each with the file's name in front."""
    path = Path(path)
    try:
        chapter = Chapter(path, chapters.read(path), root)
    except (ValueError, OSError) as error:
        return [f"notebooks/{path.name}: cannot be read as a notebook ({error}); restore it from git"]
    return [f"notebooks/{path.name}: {line}" for check in checks for line in check(chapter)]


def main(names):
    paths = [path for name in names or ["all"] for path in chapters.find(name)]
    lines = [line for path in paths for line in complaints(path)]
    for line in lines:
        print(line)
    if lines:
        print(f"\n{len(lines)} complaints about {len(paths)} notebooks.")
        return 1
    print(f"{len(paths)} notebooks keep the contract ({len(CHECKS)} checks each).")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

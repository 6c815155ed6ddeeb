"""Does the notebook run in Colab, alone in an empty folder, and does GitHub show it?"""

import ast
import re
import sys
from pathlib import Path

import chapters
import setup_cell

# What Colab has, and this book's package: a chapter imports nothing else.
COLAB = Path(__file__).resolve().parent.parent / "colab_imports.txt"
IMPORTS = frozenset(COLAB.read_text(encoding="utf-8").split()) | frozenset(sys.stdlib_module_names)

READERS = {
    *("open", "Path", "load", "load_file", "loadtxt", "genfromtxt", "imread", "read_csv", "read_text", "read_bytes"),
    *("ImageFolder", "memmap", "fromfile", "read_image"),
}


def no_widget_state(chapter):
    if "widgets" in chapter.notebook["metadata"]:
        return [f"metadata.widgets is saved, and GitHub will not show the notebook; {chapter.run}"]
    return []


def no_shell(chapter):
    return [
        f"cell {k} holds {line.strip()!r}: no pip, no shell; the set-up cell installs what Colab needs"
        for k, cell in chapter.code()
        for line in chapters.source(cell).splitlines()
        if re.match(r"\s*(!|%%?(pip|conda|mamba|uv|sh|bash|system|sx)\b)", line)
    ]


def imports_of_colab(chapter):
    found = []
    for k, _ in chapter.code():
        for node in chapter.nodes(k, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or "."]
            found += [
                f"cell {k} imports {name!r}, which Colab may not have; the list is scripts/colab_imports.txt"
                for name in names
                if name.split(".")[0] not in IMPORTS
            ]
    return found


def no_relative_paths(chapter):
    found = []
    for k, _ in chapter.code():
        for name, node in chapter.calls(k):
            first = node.args[0] if node.args else None
            if name not in READERS or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
                continue
            names_a_file = name == "open" or re.search(r"/|\.\w{1,11}$", first.value)  # not load("digits")
            if names_a_file and not re.match(r"(/|[a-z]+://)", first.value):
                where = f"cell {k} opens {first.value!r} by a relative path"
                found.append(f"{where}, which is not there on Colab; load it through ganbook.data")
    for k, text in chapter.markdown():
        pictures = re.findall(r"!\[[^\]]*\]\(([^)\s]+)", text)
        pictures += re.findall(r"^[`:]{3,}\{(?:figure|image)\}\s*(\S+)", text, re.M)
        pictures += re.findall(r"<img\b[^>]*\bsrc=[\"']([^\"']+)", text)
        for target in pictures:
            if not target.startswith(("attachment:", "data:")):
                found.append(f"cell {k} shows the picture {target!r}, a file or another host; draw it in a code cell")
    return found


def no_interact(chapter):
    return [
        f"cell {k} uses {name}: on the page its slider moves and nothing changes; use ganbook.explore"
        for k, _ in chapter.code()
        for name, _ in chapter.calls(k)
        if name in ("interact", "interactive", "interact_manual")
    ]


def set_up_cell_first(chapter):
    first = chapter.cells[0] if chapter.cells else {"cell_type": "none", "source": []}
    if first["cell_type"] != "code" or chapters.source(first) != setup_cell.text(chapter.root):
        return ["its first cell is not the set-up cell of scripts/setup_cell.py; run: make address"]
    if first["metadata"] != setup_cell.METADATA:
        return [f"the metadata of its set-up cell are not {setup_cell.METADATA}; run: make address"]
    return []


def one_address(chapter):
    """The address of _config.yml, in the link under the title and wherever else the repository is named."""
    url, branch = setup_cell.address(chapter.root)
    found = []
    title = next((text for _, text in chapter.markdown()), "")
    if setup_cell.badge(chapter.path.stem, chapter.root) not in title:
        found.append(
            f"under its title the link 'Open in Colab' to {url}, branch {branch} (from _config.yml) is missing or "
            "another; run: make address"
        )
    place = setup_cell.place(url)
    same_name = re.compile(rf"(?:github|gitlab)\.com/(?:github/)?([\w.-]+/{re.escape(place.split('/')[-1])})\b")
    for k, cell in enumerate(chapter.cells):
        others = {here for here in same_name.findall(chapters.source(cell)) if here != place}
        found += [
            f"cell {k} names the repository {here!r}, _config.yml says {place!r}; run: make address, or correct it"
            for here in sorted(others)
        ]
    return found


CHECKS = (
    no_widget_state,
    no_shell,
    imports_of_colab,
    no_relative_paths,
    no_interact,
    set_up_cell_first,
    one_address,
)

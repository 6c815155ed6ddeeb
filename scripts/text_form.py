"""A chapter as text, and back: `make text CH=01`, edit build/text/01_*.py, `make untext CH=01`.

The notebook stays the only committed copy: the text lies in build/, which git does not see. On the way back a cell
whose code did not change keeps its outputs; a changed one loses them, so that the check asks for a run.
"""

import argparse
import json
import pathlib
import sys

import chapters
import jupytext
import nbformat
import setup_cell
from jupytext.combine import combine_inputs_with_outputs

TEXTS = chapters.ROOT / "build" / "text"


def place(path, form):
    return TEXTS / (path.stem + "." + form.split(":")[0])


def settings(form):
    extension, _, name = form.partition(":")
    return {"extension": "." + extension, "format_name": name} if name else {"extension": "." + extension}


def to_text(notebook, form):
    """The cells, their metadata and nothing else: no ids, no outputs."""
    document = nbformat.reads(json.dumps(notebook), as_version=4)
    document.metadata["jupytext"] = {"cell_metadata_filter": "all", "notebook_metadata_filter": "kernelspec,-ganbook"}
    return jupytext.writes(document, settings(form))


def to_notebook(text, form, before):
    """The notebook that `text` describes, with the outputs of `before` where a cell's code is the same."""
    new = jupytext.reads(text, settings(form))
    if before is not None:
        old = nbformat.reads(json.dumps(before), as_version=4)
        new = combine_inputs_with_outputs(new, old, settings(form))
    new = json.loads(nbformat.writes(new, version=4))
    known = {chapters.source(cell) for cell in (before or {"cells": []})["cells"] if cell["cell_type"] == "code"}
    for cell in new["cells"]:
        if cell["cell_type"] == "code" and chapters.source(cell) not in known:
            cell["outputs"], cell["execution_count"] = [], None
    new["metadata"]["ganbook"] = (before or {"metadata": {}})["metadata"].get("ganbook", {})
    if not new["metadata"]["ganbook"]:
        del new["metadata"]["ganbook"]
    return chapters.normalise(new)


def out(path, form, force=False):
    target, text = place(path, form), to_text(chapters.read(path), form)
    if target.exists() and target.read_text(encoding="utf-8") != text and not force:
        number = path.stem[:2]
        sys.exit(
            f"{target.relative_to(chapters.ROOT)} differs from the notebook: it may hold edits not read back. "
            f"Read them with: make untext CH={number}. Or drop them with: make text CH={number} FORCE=1"
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    print(target.relative_to(chapters.ROOT))


def back(path, form, text=None):
    origin = pathlib.Path(text) if text else place(path, form)
    if not origin.exists():
        sys.exit(f"There is no {origin}. Write it with: make text CH={path.stem[:2]}")
    before = chapters.read(path) if path.exists() else None
    notebook = to_notebook(origin.read_text(encoding="utf-8"), form, before)
    chapters.write(path, chapters.normalise(setup_cell.apply(notebook, path.stem)))
    print(
        f"{path.relative_to(chapters.ROOT)} written; changed cells have lost their outputs: make run CH={path.stem[:2]}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("way", choices=("out", "back"))
    parser.add_argument("chapter", nargs="?", default="")
    parser.add_argument("--format", default="py:percent", help="py:percent or md:myst")
    parser.add_argument("--force", action="store_true", help="overwrite a text that differs")
    given = parser.parse_args()
    for path in chapters.find(given.chapter):
        out(path, given.format, given.force) if given.way == "out" else back(path, given.format)


if __name__ == "__main__":
    main()

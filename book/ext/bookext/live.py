"""The scripts of the live pieces: one file each, loaded once by the pages on which the piece stands, and by no other.

Each is joined from the library's files by `ganbook/player/NAME/bundle.py`, which needs no torch and is loaded by its
path. A piece with weights has a script of each beside its own, which the page asks for on a click. The small pieces of
`drag` have a script each, and one sheet together.
"""

from __future__ import annotations

import importlib.util
import pathlib
from types import ModuleType

PLAYER = pathlib.Path(__file__).resolve().parents[3] / "ganbook" / "player"
MARKS = {"live": 'class="gbl"', "judge": 'class="gbj"', "hand": 'class="gbh"'}
"""Of each piece the mount point, as it stands in a page."""
SMALL = 'class="gbd" data-drag="{}"'


def bundle(name: str) -> ModuleType:
    """What joins the script of a piece."""
    spec = importlib.util.spec_from_file_location(f"{name}_bundle", PLAYER / name / "bundle.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(app):
    """Before any page, since each names the file with its checksum."""
    folder = pathlib.Path(app.outdir) / "_static" / "js"
    folder.mkdir(parents=True, exist_ok=True)
    for name in MARKS:
        piece = bundle(name)
        scripts = {name: piece.script()}
        if hasattr(piece, "weights"):
            scripts |= {f"{name}-{network}": text for network, text in piece.weights().items()}
        for file, text in scripts.items():
            (folder / f"{file}.js").write_text(text, encoding="utf-8")
    small = bundle("drag")
    for name in small.PIECES:
        (folder / f"drag-{name}.js").write_text(small.script(name), encoding="utf-8")
    (folder.parent / "drag.css").write_text(small.style(), encoding="utf-8")


def load(app, pagename, templatename, context, doctree):
    for name, mark in MARKS.items():
        if mark in context.get("body", ""):
            app.add_js_file(f"js/{name}.js", loading_method="defer")
    small = [name for name in bundle("drag").PIECES if SMALL.format(name) in context.get("body", "")]
    for name in small:
        app.add_js_file(f"js/drag-{name}.js", loading_method="defer")
    if small:
        app.add_css_file("drag.css")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The scripts of the live pieces: one file each, loaded once by the pages on which the piece stands, and by no other.

Each is joined from the library's files by `ganbook/player/NAME/bundle.py`, which needs no torch and is loaded by its
path.
"""

from __future__ import annotations

import importlib.util
import pathlib

PLAYER = pathlib.Path(__file__).resolve().parents[3] / "ganbook" / "player"
MARKS = {"live": 'class="gbl"', "judge": 'class="gbj"', "small": 'class="gbs"'}
"""Of each piece the mount point, as it stands in a page."""


def script(name: str) -> str:
    """The whole script of a piece."""
    spec = importlib.util.spec_from_file_location(f"{name}_bundle", PLAYER / name / "bundle.py")
    bundle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundle)
    return bundle.script()


def write(app):
    """Before any page, since each names the file with its checksum."""
    for name in MARKS:
        target = pathlib.Path(app.outdir) / "_static" / "js" / f"{name}.js"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(script(name), encoding="utf-8")


def load(app, pagename, templatename, context, doctree):
    for name, mark in MARKS.items():
        if mark in context.get("body", ""):
            app.add_js_file(f"js/{name}.js", loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

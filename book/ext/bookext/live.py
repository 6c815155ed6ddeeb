"""The script of the live game: one file, loaded once by each page on which a game stands, and by no other.

It is joined from the library's files by `ganbook/player/live/bundle.py`, which needs no torch and
is loaded by its path.
"""

from __future__ import annotations

import importlib.util
import pathlib

BUNDLE = pathlib.Path(__file__).resolve().parents[3] / "ganbook" / "player" / "live" / "bundle.py"
FILE = "js/live.js"
MARK = 'class="gbl"'


def script() -> str:
    """The whole script."""
    spec = importlib.util.spec_from_file_location("live_bundle", BUNDLE)
    bundle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundle)
    return bundle.script()


def write(app):
    """Before any page, since each names the file with its checksum."""
    target = pathlib.Path(app.outdir) / "_static" / FILE
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(script(), encoding="utf-8")


def load(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_js_file(FILE, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""The generator in the reader's hand: its script on each page where one is placed, and the weights that it asks for.

Both come from the library's files (`ganbook/player/hand`), which need no torch and are loaded by their path.
"""

from __future__ import annotations

import importlib.util
import pathlib

BUNDLE = pathlib.Path(__file__).resolve().parents[3] / "ganbook" / "player" / "hand" / "bundle.py"
FILE = "js/hand.js"
MARK = 'class="gbh"'


def write(app):
    """Before any page, since each names the script with its checksum."""
    spec = importlib.util.spec_from_file_location("hand_bundle", BUNDLE)
    bundle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundle)
    folder = (pathlib.Path(app.outdir) / "_static" / FILE).parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hand.js").write_text(bundle.script(), encoding="utf-8")
    for name, script in bundle.weights().items():
        (folder / f"hand-{name}.js").write_text(script, encoding="utf-8")


def load(app, pagename, templatename, context, doctree):
    if MARK in context.get("body", ""):
        app.add_js_file(FILE, loading_method="defer")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

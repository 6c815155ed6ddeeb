"""The scripts of the live pieces: one file each, loaded once by the pages on which the piece stands, and by no other.

Each is joined from the library's files by `ganbook/player/NAME/bundle.py`, which needs no torch and is loaded by its
path. A piece with weights has a script of each beside its own, which the page asks for on a click. The small pieces of
`drag` have a script each, and one sheet together.

A page has room for ROOM bytes of them. What stands first on the page comes first; a piece that finds no room comes when
the reader asks for it (theme/js/later.js).
"""

from __future__ import annotations

import functools
import importlib.util
import pathlib
import re
from types import ModuleType

PLAYER = pathlib.Path(__file__).resolve().parents[3] / "ganbook" / "player"
MARKS = {"live": 'class="gbl"', "judge": 'class="gbj"', "hand": 'class="gbh"'}
"""Of each piece the mount point, as it stands in a page."""
SMALL = 'class="gbd" data-drag="{}"'
SCREEN = re.compile(r"(?:A still\. )?With JavaScript [^<]*(?=</p>)")
LARGE = ("live", "judge")
"""The pieces that can wait for a click; the hand's own script is small, and its weights wait anyway."""
ROOM = 60_000
"""Bytes of script that the pieces of a page may have, without weights."""


@functools.cache
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


def found(body: str) -> dict[str, str]:
    """The scripts of the pieces on a page -> their mount points' marks, in the order of the page.

    >>> found('<div class="gbh"></div> <div class="gbl"></div>')
    {'hand': 'class="gbh"', 'live': 'class="gbl"'}
    """
    small = {f"drag-{name}": SMALL.format(name) for name in bundle("drag").PIECES}
    there = {name: mark for name, mark in (MARKS | small).items() if mark in body}
    return dict(sorted(there.items(), key=lambda item: body.index(item[1])))


def without_room(sizes: dict[str, int], room: int = ROOM) -> list[str]:
    """Which scripts of a page come on a click: the last of the large pieces, until the others have room.

    >>> without_room({"judge": 24, "drag-dirac": 7, "live": 49}, 60)
    ['live']
    """
    room -= sum(size for name, size in sizes.items() if name not in LARGE)
    later = []
    for name in (name for name in sizes if name in LARGE):
        if sizes[name] > room:
            later.append(name)
        else:
            room -= sizes[name]
    return later


def put_off(body: str, name: str, mark: str) -> str:
    """The page with the mount points of a piece marked as waiting; they keep no room free meanwhile."""
    return body.replace(mark, f'{mark} data-later="{name}" style="min-height:0"')


def on_screen(body: str) -> str:
    """The page with the sentences marked that are true of a screen alone: css/paper.css leaves them out.

    >>> on_screen("<p>Two bells. With JavaScript a judge is drawn here.</p>")
    '<p>Two bells. <span class="on-screen">With JavaScript a judge is drawn here.</span></p>'
    """
    return SCREEN.sub(r'<span class="on-screen">\g<0></span>', body)


def load(app, pagename, templatename, context, doctree):
    marks = found(context.get("body", ""))
    if marks:
        context["body"] = on_screen(context["body"])
    folder = pathlib.Path(app.outdir) / "_static" / "js"
    later = without_room({name: (folder / f"{name}.js").stat().st_size for name in marks})
    for name in later:
        context["body"] = put_off(context["body"], name, marks[name])
    for name in [*(name for name in marks if name not in later), *(["later"] if later else [])]:
        app.add_js_file(f"js/{name}.js", loading_method="defer")
    if any(name.startswith("drag-") for name in marks):
        app.add_css_file("drag.css")


def setup(app):
    app.connect("builder-inited", write)
    app.connect("html-page-context", load)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

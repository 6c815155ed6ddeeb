"""The live game as one script: the engine's files, the page's files, their style and settings, in order.

Needs only Python, since the book is built without torch: book/ext loads this file by its path.
"""

from __future__ import annotations

import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ENGINE = (
    "random.js",
    "network.js",
    "tangents.js",
    "losses.js",
    "realness.js",
    "penalties.js",
    "optimizers.js",
    "data.js",
    "game.js",
    "measures.js",
    "table.js",
)
PAGE = ("settings.js", "address.js", "engine.js", "plane.js", "curves.js", "controls.js", "drawing.js", "live.js")


def engine() -> str:
    """The engine as one function without arguments, whose text a worker can be made of; it returns its parts."""
    doors = "makeTable, serve, makeGame, makeNetwork, makeLoss, makeOptimizer, makeSupply, makeRandom, forward, outputs"
    inside = (
        "measures: { histogram, kl, js, modesFound }, ANCHORS, DATA, sampleData, PENALTIES, readPoints, writePoints"
    )
    return f'function engine() {{\n"use strict";\n{_files(ENGINE)}return {{ {doors}, {inside} }};\n}}\n'


def script() -> str:
    """All that a page needs, as one script: it starts every game that stands on the page."""
    style = json.dumps((HERE / "live.css").read_text(encoding="utf-8"))
    settings = (HERE / "settings.json").read_text(encoding="utf-8")
    return (
        f'(() => {{\n"use strict";\n{engine()}const STYLE = {style};\nconst SETTINGS = {settings.rstrip()};\n'
        f"{_files(PAGE)}}})();\n"
    )


def _files(names: tuple[str, ...]) -> str:
    return "".join(bare((HERE / name).read_text(encoding="utf-8")) for name in names)


def bare(text: str) -> str:
    """A script without its indents and without the lines that only comment: they stand in the library.

    >>> bare("// why\\n  a = 1; // kept\\n")
    'a = 1; // kept\\n'
    """
    lines = [line.strip() for line in text.splitlines()]
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))

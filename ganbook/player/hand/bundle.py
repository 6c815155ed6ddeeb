"""The generator in the hand: a script for the page, and for each network one that comes on demand, weights and piece.

Needs only Python, since the book is built without torch: book/ext loads this file by its path.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
import re
from types import ModuleType

HERE = pathlib.Path(__file__).resolve().parent
LIVE = HERE.parent / "live"
ENGINE = (LIVE / "random.js", *(HERE / name for name in ("layers.js", "latents.js", "nearest.js", "strokes.js")))


def beside(path: pathlib.Path) -> ModuleType:
    """A file of the library that needs only Python, without the package around it."""
    spec = importlib.util.spec_from_file_location(f"light_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_live, _pack = beside(LIVE / "bundle.py"), beside(HERE / "pack.py")


def weights() -> dict[str, str]:
    """What comes when a reader asks, by the network's name: its weights, and the piece that plays it."""
    return {name: _pack.script(name) + play() for name in _pack.NETWORKS}


def play() -> str:
    """The piece as one script, which leaves its door beside the weights."""
    own = _files((*ENGINE, *(HERE / name for name in ("page.js", "sketch.js", "play.js"))))
    return _tight(f'(() => {{\n"use strict";\n{own}globalThis.ganbookHand.play = play;\n}})();\n')


def engine() -> str:
    """What computes, as one function without arguments, which returns its parts."""
    doors = "decode, unpack, run, verdict, latent, letters, PATHS, directions, makeRandom"
    doors += ", distance, nearest, pictured, READY"
    return f'function engine() {{\n"use strict";\n{_files(ENGINE)}return {{ {doors} }};\n}}\n'


def script() -> str:
    """What a page loads: it makes every mount point on the page work."""
    style = json.dumps((HERE / "hand.css").read_text(encoding="utf-8").replace("\n", ""))
    page = f"const STYLE = {style};\n{_files((HERE / 'page.js', HERE / 'hand.js'))}"
    return _tight(f'(() => {{\n"use strict";\n{page}}})();\n')


def _tight(text: str) -> str:
    return re.sub(r"(?<=[;,{([])\n", "", _live.tight(text))


def _files(paths: tuple[pathlib.Path, ...]) -> str:
    return "".join(_live.bare(path.read_text(encoding="utf-8")) for path in paths)

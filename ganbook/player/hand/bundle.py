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
PAIR, KINDS = "G and D", "G of a class"
ENGINE = {
    PAIR: ("layers", "latents", "nearest", "strokes"),
    KINDS: ("layers", "latents", "residual", "truncation"),
}
"""What computes; the first file is the live game's random.js."""
DOORS = {
    PAIR: "decode, unpack, run, verdict, latent, letters, PATHS, directions, makeRandom, "
    "distance, nearest, pictured, READY",
    KINDS: "decode, unpack, painted, truncated, erf, makeRandom",
}
PIECE = {PAIR: ("page", "canvas", "sketch", "play"), KINDS: ("page", "canvas", "kinds")}


def beside(path: pathlib.Path) -> ModuleType:
    """A file of the library that needs only Python, without the package around it."""
    spec = importlib.util.spec_from_file_location(f"light_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_live, _pack = beside(LIVE / "bundle.py"), beside(HERE / "pack.py")


def sort(network: str) -> str:
    """Which engine and which piece play a network."""
    return KINDS if network == "kinds" else PAIR


def weights() -> dict[str, str]:
    """What comes when a reader asks, by the network's name: its weights, and the piece that plays it."""
    return {name: _pack.script(name) + play(name) for name in _pack.NETWORKS}


def play(network: str) -> str:
    """The piece as one script, which leaves its door with the weights."""
    own = _engine(sort(network)) + _files(PIECE[sort(network)])
    return _tight(f'(() => {{\n"use strict";\n{own}globalThis.ganbookHand.{network}.play = play;\n}})();\n')


def engine(network: str = "faces") -> str:
    """What computes, as one function without arguments, which returns its parts."""
    kind = sort(network)
    return f'function engine() {{\n"use strict";\n{_engine(kind)}return {{ {DOORS[kind]} }};\n}}\n'


def script() -> str:
    """What a page loads: it makes every mount point on the page work."""
    style = json.dumps((HERE / "hand.css").read_text(encoding="utf-8").replace("\n", ""))
    page = f"const STYLE = {style};\n{_files(('page', 'hand'))}"
    return _tight(f'(() => {{\n"use strict";\n{page}}})();\n')


def _tight(text: str) -> str:
    return re.sub(r"(?<=[;,{([])\n", "", _live.tight(text))


def _engine(kind: str) -> str:
    return _live.bare((LIVE / "random.js").read_text(encoding="utf-8")) + _files(ENGINE[kind])


def _files(names: tuple[str, ...]) -> str:
    return "".join(_live.bare((HERE / f"{name}.js").read_text(encoding="utf-8")) for name in names)

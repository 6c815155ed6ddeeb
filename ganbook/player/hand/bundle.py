"""The generator in the hand as one script, made as the live game's is; its weights are scripts of their own (`pack`).

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
    """The script of each network's weights, by its name."""
    return {name: _pack.script(name) for name in _pack.NETWORKS}


def engine() -> str:
    """What computes, as one function without arguments, which returns its parts."""
    doors = "decode, unpack, run, verdict, latent, letters, PATHS, directions, makeRandom"
    doors += ", distance, nearest, pictured, READY"
    return f'function engine() {{\n"use strict";\n{_files(ENGINE)}return {{ {doors} }};\n}}\n'


def script() -> str:
    """All that a page needs but the weights, as one script: it makes every mount point on the page work."""
    style = json.dumps((HERE / "hand.css").read_text(encoding="utf-8").replace("\n", ""))
    page = f"{_files(ENGINE)}const STYLE = {style};\n{_files((HERE / 'sketch.js', HERE / 'hand.js'))}"
    return re.sub(r"(?<=[;,{([])\n", "", _live.tight(f'(() => {{\n"use strict";\n{page}}})();\n'))


def _files(paths: tuple[pathlib.Path, ...]) -> str:
    return "".join(_live.bare(path.read_text(encoding="utf-8")) for path in paths)

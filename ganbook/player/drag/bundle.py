"""Each small piece as one script: its own file, and before it what all of them share; beside them one style sheet.

Needs only Python, since the book is built without torch: book/ext loads this file by its path.
"""

from __future__ import annotations

import importlib.util
import pathlib
from types import ModuleType

HERE = pathlib.Path(__file__).resolve().parent
PIECES = ("anchors", "balls", "dirac", "overlap", "transport")
"""A piece has a file of this name in JavaScript, and one in Python for its still."""
BORROWED = {"anchors": {"realness.js": ("massBelow", "cells", "share")}}
"""What a piece has of the live game: declarations, by their file."""


def script(name: str) -> str:
    """All that a page needs of one piece: it starts every mount point of that piece on the page."""
    files = (HERE / "drag.js", HERE / f"{name}.js", HERE / "start.js")
    scripts = "".join(
        _live.bare(text) for text in (borrowed(name), *(file.read_text(encoding="utf-8") for file in files))
    )
    return _live.small(f'(() => {{\n"use strict";\nconst NAME = "{name}";\n{scripts}}})();\n')


def borrowed(name: str) -> str:
    """The declarations that a piece has of the live game, as they stand there."""
    live = {file: (HERE.parent / "live" / file).read_text(encoding="utf-8") for file in BORROWED.get(name, {})}
    return "".join(_judge.shared(live[file], each) for file, names in BORROWED.get(name, {}).items() for each in names)


def style() -> str:
    """The sheet of all pieces; it takes no side between day and night, but draws with the page's own ink."""
    return (HERE / "drag.css").read_text(encoding="utf-8")


def _beside(piece: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"{piece}_bundle", HERE.parent / piece / "bundle.py")
    bundle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundle)
    return bundle


_live, _judge = _beside("live"), _beside("judge")

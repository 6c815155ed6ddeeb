"""The live game as one script: the engine's files, the page's files, their style and settings, in order.

Needs only Python, since the book is built without torch: book/ext loads this file by its path.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
import re
from types import ModuleType

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
PAGE = (
    "settings.js",
    "address.js",
    "engine.js",
    "plane.js",
    "curves.js",
    "controls.js",
    "drawing.js",
    "answer.js",
    "race.js",
    "live.js",
    "start.js",
)


TEXTS = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)""")
AROUND = re.compile(r" ?([=,{}()\[\];:?<>&|*]) ?")


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
    settings, entrants = (
        json.dumps(json.loads((HERE / name).read_text(encoding="utf-8")), ensure_ascii=False, separators=(",", ":"))
        for name in ("settings.json", "entrants.json")
    )
    return small(
        f'(() => {{\n"use strict";\n{engine()}const STYLE = {style};\nconst SETTINGS = {settings};\n'
        f"const ENTRANTS = {entrants};\n{_files(PAGE)}}})();\n"
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


def small(text: str) -> str:
    """A script as a page gets it: without spaces that no browser needs, and with short names for what it declares.

    >>> small('const width = 2;\\nconsole.log({ width });\\n')
    'const a=2;\\nconsole.log({width:a});\\n'
    """
    return _names.shortened(tight(text))


def tight(text: str) -> str:
    """A script without the spaces that no browser needs, those in texts left alone; comments at the ends of lines go.

    No text of ours holds two slashes between spaces, and no regular expression a quotation mark.

    >>> tight('const a = [1, 2]; // two\\nif (a < 3) return "x = 1";\\n')
    'const a=[1,2];\\nif(a<3)return "x = 1";\\n'
    """
    parts = TEXTS.split(re.sub(r" // .*", "", text))
    return "".join(part if k % 2 else AROUND.sub(r"\1", part) for k, part in enumerate(parts))


def _beside(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"live_{name}", HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_names = _beside("names")

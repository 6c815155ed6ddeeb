"""The judge as one script: its own files, and from the live game's what both need, by name.

Needs only Python, since the book is built without torch: book/ext loads this file by its path.
"""

from __future__ import annotations

import importlib.util
import json
import pathlib
import re
from collections.abc import Mapping, Sequence
from types import ModuleType

HERE = pathlib.Path(__file__).resolve().parent
LIVE = HERE.parent / "live"
SHARED = {
    "settings.js": ("DEFAULTS", "settle", "shown", "settleAll", "applies"),
    "controls.js": ("element", "button", "control", "written", "copyAddress"),
}
FILES = ("line.js", "address.js", "picture.js", "drawing.js", "quiz.js", "judge.js")
STYLES = re.compile(
    r"--paper|box-sizing|data-ready|"
    r"gbl-(bar|button|play|said|trouble|note|controls|control|name|value|select|range|readings)\b"
)


def script() -> str:
    """All that a page needs, as one script: it starts every judge that stands on the page."""
    tables = {name.upper(): (HERE / f"{name}.json").read_text(encoding="utf-8") for name in ("settings", "densities")}
    return joined("gbj", SHARED, [*(HERE / name for name in FILES), LIVE / "start.js"], tables)


def joined(
    root: str, borrowed: Mapping[str, Sequence[str]], files: Sequence[pathlib.Path], tables: Mapping[str, str]
) -> str:
    """A piece's script, made of declarations of the live game, files of its own and tables; the last file starts it.

    root: the class of the piece's mount points. A sheet of that folder's name lies beside the files.
    """
    live, own = _live(), (file.read_text(encoding="utf-8") for file in files)
    texts = {name: (LIVE / name).read_text(encoding="utf-8") for name in borrowed}
    theirs = (shared(texts[file], name) for file, names in borrowed.items() for name in names)
    scripts = "".join(live.bare(text) for text in (*theirs, *own)).replace("gbl", root)
    constants = {"STYLE": style(root, files[0].parent), **{name: json.loads(text) for name, text in tables.items()}}
    head = "".join(
        f"const {name} = {json.dumps(value, ensure_ascii=False, separators=(',', ':'))};\n"
        for name, value in constants.items()
    )
    return live.small(f'(() => {{\n"use strict";\n{head}{scripts}}})();\n')


def style(root: str, folder: pathlib.Path) -> str:
    """The colours, buttons and lists of the live game, and what only this piece has."""
    rules = (LIVE / "live.css").read_text(encoding="utf-8").splitlines()
    theirs = [rule.replace("gbl", root) for rule in rules if STYLES.search(rule) and "gbl-side" not in rule]
    own = (folder / f"{folder.name}.css").read_text(encoding="utf-8").splitlines()
    return "\n".join(sorted(theirs + own, key=lambda rule: rule.startswith("@media print"))) + "\n"  # paper comes last


def shared(text: str, name: str) -> str:
    """One declaration of a script, by its name.

    >>> shared("const a = 1;\\nfunction b() {\\n  return a;\\n}\\nconst c = 2;\\n", "b")
    'function b() {\\n  return a;\\n}\\n'
    """
    inside = r"(?:(?:[ }].*)?\n)*"  # up to the next line that begins at the margin
    found = re.search(rf"^(?:(?:async )?function|const) {name}\b.*\n{inside}", text, re.M)
    if not found:
        raise ValueError(f"name must be one that the script declares, got {name!r}")
    return found[0]


def _live() -> ModuleType:
    spec = importlib.util.spec_from_file_location("live_bundle", LIVE / "bundle.py")
    bundle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bundle)
    return bundle

"""The small pieces as one script. Needs only Python: book/ext loads this file by its path."""

from __future__ import annotations

import importlib.util
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
JUDGE = HERE.parent / "judge"


def script() -> str:
    """All that a page needs, as one script: it starts every small piece that stands on the page."""
    spec = importlib.util.spec_from_file_location("judge_bundle", JUDGE / "bundle.py")
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    files = [*(HERE / f"{name}.js" for name in ("balls", "dirac", "small")), JUDGE / "start.js"]
    return judge.joined("gbs", {"controls.js": ("element", "button")}, files, {})

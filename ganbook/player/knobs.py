"""What a reader may turn, checked: values, the texts that name them, and where a knob stands at first."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ganbook import checks
from ganbook.player import element as player


def range_knob(values: Any, label: str, name: str, texts: Any = None) -> tuple[player.Knob, list[Any]]:
    """A slider over `values`, and the values as a list. Raises: ValueError naming `name` or texts."""
    some = listed(values, name)
    return player.Knob("range", checks.text("label", label), written(some, texts)), some


def listed(values: Any, name: str) -> list[Any]:
    """At least two values as a list. Raises: ValueError naming `name` where they are fewer, or not finite."""
    if isinstance(values, (str, bytes)) or not hasattr(values, "__len__"):
        raise ValueError(f"{name} must be a sequence of at least two values, got {values!r}")
    some = list(values.tolist()) if hasattr(values, "tolist") else list(values)
    if len(some) < 2:
        raise ValueError(f"{name} must be a sequence of at least two values, got {some!r}")
    if not np.isfinite([v for v in some if isinstance(v, (int, float))]).all():
        raise ValueError(f"{name} must be finite, got {some!r}")
    return some


def written(values: Sequence[Any], texts: Sequence[str] | None) -> tuple[str, ...]:
    """A text for each value: the given ones, or numbers to three digits. Raises: ValueError where they do not match."""
    if texts is not None:
        if not isinstance(texts, (list, tuple)) or len(texts) != len(values):
            raise ValueError(f"texts must name each of the {len(values)} values, got {texts!r}")
        return tuple(checks.text("texts", t) for t in texts)
    out = [f"{v:.3g}" if isinstance(v, float) else str(v) for v in values]
    return tuple(t.replace("-", "\u2212") if numbers([v]) else t for t, v in zip(out, values, strict=True))


def numbers(values: Sequence[Any]) -> bool:
    """Are all of them numbers?"""
    return all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values)


def rising(values: Sequence[Any]) -> bool:
    """Is each larger than the one before?"""
    return all(a < b for a, b in itertools.pairwise(values))


def position(at: int | None, n: int) -> int:
    """Where a knob of n values stands at first, by default in the middle. Raises: ValueError outside 0..n - 1."""
    if at is None:
        return (n - 1) // 2
    return checks.whole("start", at, 0, n - 1, note="a position")

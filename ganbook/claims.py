"""claim(): a sentence of the book that the reader's machine has just checked.

A claim prints one fixed line, so that nbval compares it, and raises with the evidence where it does not hold.
`make seeds CH=02` runs a chapter under other seeds: GANBOOK_SEED moves every seed, and GANBOOK_CLAIMS names a file
that then receives each claim with its evidence instead of an exception.
"""

from __future__ import annotations

import json
import math
import os
from dataclasses import dataclass
from typing import Any

import torch

from ganbook import checks

TRUTHS = {"bool", "bool_", "torch.bool", "BooleanTrue", "BooleanFalse"}
"""What counts as a truth value: Python's, numpy's, torch's and sympy's."""


class ClaimFailed(AssertionError):
    """A sentence of the book did not hold on this machine; the message carries the evidence."""


@dataclass(frozen=True)
class Bound:
    """A comparison that remembers its two sides, so that its margin can be reported over seeds."""

    value: float
    limit: float
    holds: bool

    def __bool__(self) -> bool:
        return self.holds

    @property
    def margin(self) -> float:
        """Room left as a share of the limit (of 1 where the limit is 0); negative where the claim fails."""
        room = abs(self.value - self.limit) / (abs(self.limit) or 1.0)
        return room if self.holds else -room


def below(value: float, limit: float) -> Bound:
    """value < limit; never true of nan.

    >>> bool(below(0.01, 0.05)), bool(below(float("nan"), 0.05))
    (True, False)
    >>> round(below(0.01, 0.05).margin, 2)
    0.8
    """
    value, limit = _number(value), _number(limit, "limit")
    return Bound(value, limit, value < limit)


def above(value: float, limit: float) -> Bound:
    """value > limit; never true of nan.

    >>> bool(above(0.9, 0.5)), bool(above(float("nan"), 0.5))
    (True, False)
    """
    value, limit = _number(value), _number(limit, "limit")
    return Bound(value, limit, value > limit)


def close(value: float, expected: float, tolerance: float) -> Bound:
    """|value - expected| < tolerance; two equal infinities are close.

    >>> bool(close(1.3863, 1.3863, 1e-4)), bool(close(-100.0, 0.3133, 1e-2))
    (True, False)
    """
    value, expected = _number(value), _number(expected, "expected")
    error = 0.0 if value == expected else abs(value - expected)
    return below(error, _number(tolerance, "tolerance"))


def claim(sentence: str, holds: Any, **evidence: object) -> None:
    """Print `sentence` as checked, or raise ClaimFailed with the evidence.

    holds: a truth value, or the Bound that below, above or close return (then its two sides are evidence too).
    evidence: any numbers that help to see why it failed; they are never printed when it holds.

    Raises: ClaimFailed where it does not hold; ValueError for an empty sentence or one of several lines, and for a
    `holds` that is no truth value.

    >>> claim("2 + 2 = 4", 2 + 2 == 4)
    ✓ 2 + 2 = 4
    """
    checks.text("sentence", sentence)
    if hasattr(holds, "shape") and getattr(holds, "shape", ()) != ():
        raise ValueError(f"holds must be one truth value, got an array of shape {tuple(holds.shape)}")
    kind = str(getattr(holds, "dtype", type(holds).__name__))
    if not isinstance(holds, Bound) and kind not in TRUTHS:  # a number or a text is nearly always true
        raise ValueError(f"holds must be a truth value, or what below, above or close return, got {holds!r}")
    if isinstance(holds, Bound):
        evidence = {"value": holds.value, "limit": holds.limit, **evidence}
    true = bool(holds)
    log = os.environ.get("GANBOOK_CLAIMS")
    if log:
        _record(log, sentence, true, holds, evidence)
    elif not true:
        details = ", ".join(f"{name} = {value}" for name, value in evidence.items()) or "no evidence given"
        raise ClaimFailed(f"{sentence} (evidence: {details})")
    print(("✓ " if true else "✗ ") + sentence)


def _number(value: Any, name: str = "value") -> float:
    try:
        return float(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must be one number, got {value!r}") from error


def seed(base: int = 0) -> int:
    """The seed of an experiment: `base`, moved by GANBOOK_SEED where `make seeds` sets it.

    >>> seed(3)
    3
    """
    return checks.whole("base", base, 0) + 1000 * int(os.environ.get("GANBOOK_SEED", "0"))


def rng(base: int = 0) -> torch.Generator:
    """A generator of the CPU that starts from `seed(base)`: what a chapter draws with.

    >>> torch.equal(torch.rand(3, generator=rng(5)), torch.rand(3, generator=torch.Generator().manual_seed(5)))
    True
    """
    return torch.Generator().manual_seed(seed(base))


def _record(path: str, sentence: str, true: bool, holds: Any, evidence: dict[str, object]) -> None:
    margin = holds.margin if isinstance(holds, Bound) else None
    plain = {
        name: value if isinstance(value, (int, float, str, bool)) else str(value) for name, value in evidence.items()
    }
    if margin is not None and not math.isfinite(margin):
        margin = None
    line = json.dumps({"sentence": sentence, "holds": true, "margin": margin, "evidence": plain})
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")

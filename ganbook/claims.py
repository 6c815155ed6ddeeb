"""claim(): a sentence of the book that the reader's machine has just checked.

A claim prints one line, the sentence and in brackets what was measured beside what was asked; nbval compares all of it
but the measured number. Where it does not hold it raises with the evidence.
`make seeds CH=02` runs a chapter under other seeds: GANBOOK_SEED moves every seed, and GANBOOK_CLAIMS names a file
that then receives each claim with its evidence instead of an exception.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch

from ganbook import checks
from ganbook.bounds import (
    Bound,
    above,
    agrees,
    all_of,
    at_least,
    at_most,
    below,
    between,
    close,
    contains,
    equals,
    falling,
    rising,
)

__all__ = [
    "Bound",
    "ClaimFailed",
    "Exact",
    "above",
    "agrees",
    "all_of",
    "at_least",
    "at_most",
    "below",
    "between",
    "claim",
    "close",
    "contains",
    "equals",
    "exact",
    "falling",
    "refuses",
    "rising",
    "rng",
    "seed",
]


TRUTHS = {"bool", "bool_", "torch.bool", "BooleanTrue", "BooleanFalse"}
"""What counts as a truth value: Python's, numpy's, torch's and sympy's."""


class ClaimFailed(AssertionError):
    """A sentence of the book did not hold on this machine; the message carries the evidence."""


@dataclass(frozen=True)
class Exact:
    """A truth without a margin: an identity of symbols, equality to the last bit, a refusal."""

    holds: bool
    note: str = "exact"

    def __bool__(self) -> bool:
        return self.holds


def exact(holds: Any) -> Exact:
    """Mark a truth that has no margin: symbols, equality to the last bit, sets. An inequality of numbers is no such.

    >>> exact(2 + 2 == 4).note
    'exact'
    """
    return Exact(truth(holds))


def refuses(call: Callable[[], object], error: type[Exception] = ValueError, says: str = "") -> Exact:
    """Whether `call()` raises this error, with `says` in its message; any other error goes on as it is.

    >>> refuses(lambda: int("seven"), ValueError, says="seven").note
    'raises ValueError'
    """
    checks.maker("call", call, "a function without arguments")
    checks.instance("says", says, str, "a text")
    if not isinstance(error, type) or not issubclass(error, BaseException):
        raise ValueError(f"error must be a kind of exception, such as ValueError, got {error!r}")
    note = f"raises {error.__name__}"
    try:
        call()
    except error as met:
        return Exact(says in str(met), note)
    return Exact(False, note)


def truth(holds: Any) -> bool:
    """One truth value: a number or a text is nearly always true, so it is none.

    Raises: ValueError for anything else.
    """
    if getattr(holds, "shape", ()) != ():
        raise ValueError(f"holds must be one truth value, got an array of shape {tuple(holds.shape)}")
    kind = str(getattr(holds, "dtype", type(holds).__name__))
    if not isinstance(holds, (Bound, Exact)) and kind not in TRUTHS:
        raise ValueError(f"holds must be a truth value, or what below, above or close return, got {holds!r}")
    return bool(holds)


def claim(sentence: str, holds: Any, *, key: bool = False, **evidence: object) -> None:
    """Print `sentence` as checked, or raise ClaimFailed with the evidence.

    holds: a Bound (what below, above, close, between ... return), whose numbers stand behind the sentence; what exact
    or refuses return; or a bare truth value, which says nothing about its kind (chapters in the new form have none).
    key: one of those that matter: it has two ticks, and the page shows it where a cell's other claims are folded.
    evidence: any numbers that help to see why it failed; they are never printed when it holds.
    $...$ in the sentence is mathematics on the page.

    Raises: ClaimFailed where it does not hold; ValueError for an empty sentence or one of several lines, and for a
    `holds` that is no truth value.

    >>> claim("a fair coin shows heads half the time", close(0.5031, 0.5, 0.02))
    ✓ a fair coin shows heads half the time  [0.503, asked 0.5 ± 0.02]
    >>> claim("2 + 2 = 4", exact(2 + 2 == 4), key=True)
    ✓✓ 2 + 2 = 4  [exact]
    """
    checks.text("sentence", sentence)
    true, note = truth(holds), getattr(holds, "note", "")
    if isinstance(holds, Bound):
        evidence = {"value": holds.value, "limit": holds.limit, **evidence}
    log = os.environ.get("GANBOOK_CLAIMS")
    if log:
        _record(log, sentence, true, holds, evidence)
    elif not true:
        note = f"{note}; " if note else ""
        details = ", ".join(f"{name} = {value}" for name, value in evidence.items()) or "no evidence given"
        raise ClaimFailed(f"{sentence} ({note}evidence: {details})")
    checks.flag("key", key)
    print(f"{('✓✓' if key else '✓') if true else '✗'} {sentence}" + (f"  [{note}]" if note else ""))


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
    bound = holds if isinstance(holds, Bound) else None
    plain = {
        name: value if isinstance(value, (int, float, str, bool)) else str(value) for name, value in evidence.items()
    }
    margin = bound.margin if bound and math.isfinite(bound.margin) else None
    parts = [_part(part) for part in bound.parts or (bound,)] if bound else []
    asked = {"margin": margin, "parts": parts, "note": getattr(holds, "note", "")}
    line = json.dumps({"sentence": sentence, "holds": true, **asked, "evidence": plain})
    with open(path, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def _part(bound: Bound) -> dict[str, Any]:
    """What `make seeds` compares over the seeds, of one comparison."""
    times = None if bound.times is None else min(bound.times, 1e6)
    return {"asked": bound.asked, "sign": bound.sign, "value": bound.value, "limit": bound.limit, "times": times}

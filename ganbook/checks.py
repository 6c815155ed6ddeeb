"""What arguments are asked, in one place: each check returns the value, or raises a ValueError that names the argument.

Every sentence has one form: NAME must be WHAT IS ALLOWED, got VALUE.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any


def whole(name: str, value: Any, least: int = 1) -> int:
    """A whole number >= least; neither a bool nor a float that happens to be whole.

    >>> whole("batch", 64)
    64
    >>> whole("batch", 0)
    Traceback (most recent call last):
    ...
    ValueError: batch must be a whole number >= 1, got 0
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < least:
        raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}")
    return int(value)


def finite(name: str, value: Any) -> float:
    """A finite number."""
    if not is_finite(value):
        raise ValueError(f"{name} must be a finite number, got {value!r}")
    return value


def positive(name: str, value: Any, of: str = "") -> float:
    """A finite number > 0; `of`: its unit, such as "of images".

    >>> positive("ema_halflife", -1.0, of="of images")
    Traceback (most recent call last):
    ...
    ValueError: ema_halflife must be a finite number of images > 0, got -1.0
    """
    if not (is_finite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number {of + ' ' if of else ''}> 0, got {value!r}")
    return value


def not_negative(name: str, value: Any) -> float:
    """A finite number >= 0."""
    if not (is_finite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {value!r}")
    return value


def one_of(name: str, value: Any, allowed: Iterable[Any]) -> Any:
    """One of a few values; names are listed as they are, anything else as Python writes it.

    >>> one_of("precision", "fp8", ("float32", "bf16"))
    Traceback (most recent call last):
    ...
    ValueError: precision must be one of float32, bf16, got 'fp8'
    """
    known = list(allowed)
    if not any(type(value) is type(one) and value == one for one in known):
        plain = all(isinstance(one, str) for one in known)
        listed = ", ".join(one if plain else repr(one) for one in known) or "none (there is nothing to choose from)"
        raise ValueError(f"{name} must be one of {listed}, got {value!r}")
    return value


def is_finite(value: Any) -> bool:
    """A finite number, and no bool."""
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)

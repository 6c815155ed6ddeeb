"""Numbers, texts, lists and functions."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch

HUGE = 2**63
"""No size, no seed and no number of rounds is as large as this: torch could not hold it."""


def whole(name: str, value: Any, least: int = 1, most: int | None = None, note: str = "") -> int:
    """A whole number >= least, or in least..most; neither a bool nor a float that happens to be whole.

    note: why it is so, at the end of the sentence.

    >>> whole("batch", 64)
    64
    >>> whole("batch", 0)
    Traceback (most recent call last):
    ...
    ValueError: batch must be a whole number >= 1, got 0
    """
    right = isinstance(value, Integral) and not isinstance(value, bool)
    if not right or not least <= value < HUGE or (most is not None and value > most):
        allowed = f">= {least}" if most is None else f"in {least}..{most}"
        raise ValueError(f"{name} must be a whole number {allowed}, got {shown(value)}{note and f' ({note})'}")
    return int(value)


def finite(name: str, value: Any) -> float:
    """A finite number."""
    if not is_finite(value):
        raise ValueError(f"{name} must be a finite number, got {shown(value)}")
    return value


def positive(name: str, value: Any, of: str = "") -> float:
    """A finite number > 0; `of`: its unit, such as "of images".

    >>> positive("ema_halflife", -1.0, of="of images")
    Traceback (most recent call last):
    ...
    ValueError: ema_halflife must be a finite number of images > 0, got -1.0
    """
    if not (is_finite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number {of + ' ' if of else ''}> 0, got {shown(value)}")
    return value


def not_negative(name: str, value: Any) -> float:
    """A finite number >= 0."""
    if not (is_finite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {shown(value)}")
    return value


def inside(name: str, value: Any, low: float, high: float, ends: str = "[]") -> float:
    """A number between two others; `ends`: round brackets exclude an end, as in mathematics.

    >>> inside("fps", 31, 0, 30, "(]")
    Traceback (most recent call last):
    ...
    ValueError: fps must be a number in (0, 30], got 31
    """
    right = is_finite(value) and low <= value <= high
    if not right or (value == low and ends[0] == "(") or (value == high and ends[1] == ")"):
        raise ValueError(f"{name} must be a number in {ends[0]}{low:g}, {high:g}{ends[1]}, got {shown(value)}")
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
        raise ValueError(f"{name} must be one of {listed}, got {shown(value)}")
    return value


def text(name: str, value: Any) -> str:
    """One line that is not empty."""
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(f"{name} must be one non-empty line of text, got {shown(value)}")
    return value


def path(name: str, value: Any) -> Any:
    """Where a file is or will be: a text or a path."""
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value) or "\0" in str(value):
        raise ValueError(f"{name} must be a path, got {shown(value)}")
    return value


def instance(name: str, value: Any, kind: type | tuple[type, ...], what: str) -> Any:
    """An object of a kind; `what` says which in words.

    >>> instance("rng", 0, torch.Generator, "a torch.Generator")
    Traceback (most recent call last):
    ...
    ValueError: rng must be a torch.Generator, got 0
    """
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def like(name: str, value: Any, method: str, what: str) -> Any:
    """Something that can do what is asked of it, whoever made it; or None."""
    if value is not None and (isinstance(value, type) or not hasattr(value, method)):
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {shown(value)}")
    return value


def device(name: str, value: Any) -> Any:
    """A device that torch can use here, or None for the book's own."""
    try:
        if value is not None:
            torch.empty(0, device=value)
    except (RuntimeError, AssertionError, TypeError, ValueError) as error:
        must = 'must be one that torch can use here, such as "cpu" or "cuda"'
        raise ValueError(f"{name} {must}, got {shown(value)}") from error
    return value


def series(name: str, value: Any, what: str = "a list") -> Any:
    """Several things, in order or one after the other; no text, and no tensor of no axes."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)) or getattr(value, "ndim", 1) == 0:
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def each(name: str, value: Any, right: Callable[[Any], bool], what: str, count: int | None = None) -> Any:
    """Finite numbers that are right, in a list: as many as `count`, or any number of them.

    >>> each("betas", (0.5, 1.0), lambda beta: 0 <= beta < 1, "two numbers in [0, 1)", 2)
    Traceback (most recent call last):
    ...
    ValueError: betas must be two numbers in [0, 1), got (0.5, 1.0)
    """
    found = list(series(name, value, what))
    if not all(is_finite(one) and right(one) for one in found) or count not in (None, len(found)):
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def modules(name: str, value: Any) -> Any:
    """Layers or networks in a list, one or more."""
    found = list(series(name, value, "a list of layers"))
    if not found or not all(isinstance(one, torch.nn.Module) for one in found):
        raise ValueError(f"{name} must be a list of one or more layers, got {shown(value)}")
    return value


def function(name: str, value: Any, what: str = "a function") -> Any:
    """Something that can be called; a class is not, since what it would make of samples is an object.

    >>> function("critic", torch.nn.Flatten, "a network")
    Traceback (most recent call last):
    ...
    ValueError: critic must be a network, got the class Flatten
    """
    if not callable(value) or isinstance(value, type):
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def maker(name: str, value: Any, what: str, of: type = object) -> Any:
    """Something that is called without arguments and makes an `of`: a function, or a class of that kind."""
    if not callable(value) or (isinstance(value, type) and not issubclass(value, of)):
        raise ValueError(f"{name} must be {what}, got {shown(value)}")
    return value


def threshold(name: str, value: Any, form: str) -> float:
    """Where normal latents are cut off: TensorFlow Hub's networks know thresholds up to 1 alone."""
    return inside(name, value, 0.0, 1.0, "(]") if form == "hub" else positive(name, value)


def is_finite(value: Any) -> bool:
    """A finite number that torch can hold, and no bool."""
    if isinstance(value, Integral) and abs(value) >= HUGE:
        return False
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: Any) -> str:
    """A value as an error shows it: short, an array by its kind and shape."""
    if hasattr(value, "shape") and hasattr(value, "dtype") and getattr(value, "ndim", 0):
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    shown = f"the class {value.__name__}" if isinstance(value, type) else repr(value)
    return shown if len(shown) <= 100 else f"{shown[:97]}..."

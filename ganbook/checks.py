"""What arguments are asked, in one place: each check returns the value, or raises a ValueError that names the argument.

Every sentence has one form: NAME must be WHAT IS ALLOWED, got VALUE. Readers have no jaxtyping, so a check also refuses
what is of another kind altogether: a text, None, a list or a NumPy array where a tensor is meant.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from torch import Tensor

HUGE = 2**63
"""No size, no seed and no number of rounds is as large as this: torch could not hold it."""

SLACK = 1e-3
"""How far outside [-1, 1] an image may be: an eighth of a grey level, room for interpolation and for bfloat16."""


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
        raise ValueError(f"{name} must be a whole number {allowed}, got {_shown(value)}{note and f' ({note})'}")
    return int(value)


def finite(name: str, value: Any) -> float:
    """A finite number."""
    if not is_finite(value):
        raise ValueError(f"{name} must be a finite number, got {_shown(value)}")
    return value


def positive(name: str, value: Any, of: str = "") -> float:
    """A finite number > 0; `of`: its unit, such as "of images".

    >>> positive("ema_halflife", -1.0, of="of images")
    Traceback (most recent call last):
    ...
    ValueError: ema_halflife must be a finite number of images > 0, got -1.0
    """
    if not (is_finite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number {of + ' ' if of else ''}> 0, got {_shown(value)}")
    return value


def not_negative(name: str, value: Any) -> float:
    """A finite number >= 0."""
    if not (is_finite(value) and value >= 0):
        raise ValueError(f"{name} must be a finite number >= 0, got {_shown(value)}")
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
        raise ValueError(f"{name} must be a number in {ends[0]}{low:g}, {high:g}{ends[1]}, got {_shown(value)}")
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
        raise ValueError(f"{name} must be one of {listed}, got {_shown(value)}")
    return value


def text(name: str, value: Any) -> str:
    """One line that is not empty."""
    if not isinstance(value, str) or not value.strip() or "\n" in value:
        raise ValueError(f"{name} must be one non-empty line of text, got {_shown(value)}")
    return value


def path(name: str, value: Any) -> Any:
    """Where a file is or will be: a text or a path."""
    if not isinstance(value, (str, os.PathLike)) or not os.fspath(value) or "\0" in str(value):
        raise ValueError(f"{name} must be a path, got {_shown(value)}")
    return value


def instance(name: str, value: Any, kind: type | tuple[type, ...], what: str) -> Any:
    """An object of a kind; `what` says which in words.

    >>> instance("rng", 0, torch.Generator, "a torch.Generator")
    Traceback (most recent call last):
    ...
    ValueError: rng must be a torch.Generator, got 0
    """
    if not isinstance(value, kind):
        raise ValueError(f"{name} must be {what}, got {_shown(value)}")
    return value


def like(name: str, value: Any, method: str, what: str) -> Any:
    """Something that can do what is asked of it, whoever made it; or None."""
    if value is not None and (isinstance(value, type) or not hasattr(value, method)):
        raise ValueError(f"{name} must be {what}, got {_shown(value)}")
    return value


def flag(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {_shown(value)}")
    return value


def device(name: str, value: Any) -> Any:
    """A device that torch can use here, or None for the book's own."""
    try:
        if value is not None:
            torch.empty(0, device=value)
    except (RuntimeError, AssertionError, TypeError, ValueError) as error:
        must = 'must be one that torch can use here, such as "cpu" or "cuda"'
        raise ValueError(f"{name} {must}, got {_shown(value)}") from error
    return value


def series(name: str, value: Any, what: str = "a list") -> Any:
    """Several things, in order or one after the other; no text, and no tensor of no axes."""
    if not isinstance(value, Iterable) or isinstance(value, (str, bytes)) or getattr(value, "ndim", 1) == 0:
        raise ValueError(f"{name} must be {what}, got {_shown(value)}")
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
        raise ValueError(f"{name} must be {what}, got {_shown(value)}")
    return value


def modules(name: str, value: Any) -> Any:
    """Layers or networks in a list, one or more."""
    found = list(series(name, value, "a list of layers"))
    if not found or not all(isinstance(one, torch.nn.Module) for one in found):
        raise ValueError(f"{name} must be a list of one or more layers, got {_shown(value)}")
    return value


def function(name: str, value: Any, what: str = "a function") -> Any:
    """Something that can be called."""
    if not callable(value):
        raise ValueError(f"{name} must be {what}, got {_shown(value)}")
    return value


def tensor(name: str, value: Any, *axes: str | int, what: str = "a tensor") -> Tensor:
    """A tensor of floating-point numbers, not empty.

    axes: a name for any size, a number for that size. what: what it holds, in words.

    >>> tensor("x", torch.zeros(3, 2), "n", 2).shape
    torch.Size([3, 2])
    >>> tensor("x", torch.zeros(3), "n", 2)
    Traceback (most recent call last):
    ...
    ValueError: x must be a tensor of shape (n, 2), got shape (3,)
    """
    if (
        isinstance(value, Tensor)
        and (not axes or _fits(value.shape, axes))
        and value.is_floating_point()
        and value.numel() > 0
    ):
        return value
    shape = f" of shape ({', '.join(map(str, axes))}{',' * (len(axes) == 1)})" if axes else ""
    must = f"{name} must be {what}{shape}"
    if not isinstance(value, Tensor):
        raise ValueError(f"{must}, got {_shown(value)}")
    if axes and not _fits(value.shape, axes):
        raise ValueError(f"{must}, got shape {tuple(value.shape)}")
    if not value.is_floating_point():
        raise ValueError(f"{must} in floating point, got {value.dtype}")
    raise ValueError(f"{must} and not be empty, got shape {tuple(value.shape)}")


def batch(name: str, value: Any) -> Any:
    """Samples (n, ...) in floating point, or a tuple of them and of what belongs to their rows."""
    parts = value if isinstance(value, tuple) and value else (value,)
    if tensor(name, parts[0], what="samples, a tensor").dim() == 0:
        raise ValueError(f"{name} must be samples of shape (n, ...), got shape ()")
    for part in parts[1:]:
        if not isinstance(part, Tensor) or part.dim() == 0 or len(part) != len(parts[0]):
            raise ValueError(f"{name} must hold tensors of {len(parts[0])} rows, got {_shown(part)}")
    return value


def _fits(shape: torch.Size, axes: tuple[str | int, ...]) -> bool:
    return len(shape) == len(axes) and all(
        isinstance(axis, str) or axis == size for axis, size in zip(axes, shape, strict=True)
    )


def all_finite(name: str, x: Tensor) -> Tensor:
    """A tensor without nan or infinity, and without numbers whose square float32 cannot hold."""
    bad = ~(x.abs() < 1e19)
    if bad.any():
        raise ValueError(f"{name} must be finite, got nan or inf in {int(bad.sum())} entries (or beyond 1e19)")
    return x


def images(name: str, x: Any, channels: tuple[int, ...] = ()) -> Tensor:
    """Images (n, c, h, w) in [-1, 1], within SLACK; `channels`: what c may be, by default anything.

    >>> images("x", torch.full((1, 1, 2, 2), 255.0))
    Traceback (most recent call last):
    ...
    ValueError: x must hold images in [-1, 1], got values from 255 to 255 (for pixels in 0..255: x / 127.5 - 1)
    """
    allowed = " or ".join(map(str, channels)) or "c"
    tensor(name, x, "n", allowed, "h", "w")
    if channels and x.shape[1] not in channels:
        raise ValueError(f"{name} must be a tensor of shape (n, {allowed}, h, w), got shape {tuple(x.shape)}")
    low, high = (float(end) for end in all_finite(name, x.detach()).aminmax())
    if low < -1 - SLACK or high > 1 + SLACK:
        hint = into_range(low, high)
        raise ValueError(f"{name} must hold images in [-1, 1], got values from {low:.4g} to {high:.4g}{hint}")
    warn_of_range(name, x)
    return x


def into_range(low: float, high: float) -> str:
    """How values from low to high are probably meant, and what makes images in [-1, 1] of them, in brackets.

    >>> into_range(-2.1, 2.6)
    ' (normalised by a mean and a deviation? x * deviation + mean undoes that; 2 * x - 1 brings 0..1 to [-1, 1])'
    """
    if low < -1:
        deviations = low > -10 and high < 10
        undo = (
            "normalised by a mean and a deviation? x * deviation + mean undoes that; 2 * x - 1 brings 0..1 to [-1, 1]"
        )
        return f" ({undo})" if deviations else ""
    if high <= 2:
        return ""
    return " (for pixels in 0..255: x / 127.5 - 1)" if high <= 255 else " (for pixels in 0..65535: x / 32767.5 - 1)"


def warn_of_range(name: str, x: Tensor) -> None:
    """Warn where images lie in [0, 1] as torchvision's ToTensor makes them, and [-1, 1] is meant.

    They pass every other check: half of the range is never seen. A set with nothing below 0 that comes near both ends
    of [0, 1] is taken for one; pictures that are so by nature may be told apart by their sampler alone.
    """
    low, high = (float(end) for end in x.detach().aminmax())
    if 0 <= low < 0.25 and high > 0.75:
        warnings.warn(
            f"{name} holds images from {low:.3g} to {high:.3g}, nothing below 0, where [-1, 1] is meant: "
            "if they are pixels in 0..1, as ToTensor makes them, 2 * x - 1 brings them there",
            stacklevel=3,
        )


def numbers(name: str, values: Any) -> Tensor:
    """Finite real numbers, as a tensor, an array or nested lists, in float64; a tensor keeps its graph and device.

    >>> numbers("x", [1, 2]), numbers("x", 3.0)
    (tensor([1., 2.], dtype=torch.float64), tensor(3., dtype=torch.float64))
    """
    try:
        x = values if isinstance(values, Tensor) else torch.as_tensor(np.array(values))  # a copy: no strides below 0
        if x.is_complex() or x.dtype == torch.bool:
            raise TypeError(f"got dtype {x.dtype}")
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must hold real numbers, got {_shown(values)}") from error
    x = x.to(torch.float64)
    plain = x.detach()
    if not torch.isfinite(plain).all():
        raise ValueError(f"{name} must hold finite numbers, got {plain[~torch.isfinite(plain)][0].item()}")
    return x


def is_finite(value: Any) -> bool:
    """A finite number that torch can hold, and no bool."""
    if isinstance(value, Integral) and abs(value) >= HUGE:
        return False
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def _shown(value: Any) -> str:
    """A value as an error shows it: short, an array by its kind and shape."""
    if hasattr(value, "shape") and hasattr(value, "dtype") and getattr(value, "ndim", 0):
        return f"{type(value).__name__} of shape {tuple(value.shape)}"
    shown = repr(value)
    return shown if len(shown) <= 100 else f"{shown[:97]}..."

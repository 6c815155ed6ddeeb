"""Tensors: their shape, their type, their range, and whether there is a graph behind them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ganbook.checks.plain import series, shown

SLACK = 1e-3
"""How far outside [-1, 1] an image may be: an eighth of a grey level, room for interpolation and for bfloat16."""


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
        raise ValueError(f"{must}, got {shown(value)}")
    if axes and not _fits(value.shape, axes):
        raise ValueError(f"{must}, got shape {tuple(value.shape)}")
    if not value.is_floating_point():
        raise ValueError(f"{must} in floating point, got {value.dtype}")
    raise ValueError(f"{must} and not be empty, got shape {tuple(value.shape)}")


def single(name: str, x: Tensor) -> Tensor:
    """Samples in float32 at least: sums of halves would lose what they measure. Others are handed on as they are."""
    return tensor(name, x).float() if x.dtype in (torch.float16, torch.bfloat16) else x


def batch(name: str, value: Any) -> Any:
    """Samples (n, ...) in floating point, or a tuple of them and of what belongs to their rows."""
    parts = value if isinstance(value, tuple) and value else (value,)
    if tensor(name, parts[0], what="samples, a tensor").dim() == 0:
        raise ValueError(f"{name} must be samples of shape (n, ...), got shape ()")
    for part in parts[1:]:
        if not isinstance(part, Tensor) or part.dim() == 0 or len(part) != len(parts[0]):
            raise ValueError(f"{name} must hold tensors of {len(parts[0])} rows, got {shown(part)}")
    return value


def _fits(shape: torch.Size, axes: tuple[str | int, ...]) -> bool:
    return len(shape) == len(axes) and all(
        isinstance(axis, str) or axis == size for axis, size in zip(axes, shape, strict=True)
    )


def answering(name: str, value: Callable[..., Any]) -> Callable[..., Any]:
    """A function or network that says what it was asked where torch, or Python, breaks off inside of it.

    >>> answering("D", lambda x: [0][x.dim()])(torch.zeros(2, 3))
    Traceback (most recent call last):
    ...
    ValueError: D must take Tensor of shape (2, 3), torch.float32, got IndexError: list index out of range
    """

    def ask(*given: Any) -> Any:
        try:
            return value(*given)
        except torch.OutOfMemoryError:
            raise
        except (RuntimeError, IndexError, TypeError) as error:
            asked = " and ".join(shown(one) + (f", {one.dtype}" if isinstance(one, Tensor) else "") for one in given)
            raise ValueError(f"{name} must take {asked}, got {type(error).__name__}: {error}") from error

    return ask


def loss(name: str, value: Any) -> Tensor:
    """What a player descends: one number with a graph behind it."""
    if not isinstance(value, Tensor) or value.numel() != 1 or not value.requires_grad:
        raise ValueError(f"{name} must be one number each, and hang on the player's weights, got {shown(value)}")
    return value


def fits(name: str, x: Any, weight: Tensor, *axes: str | int, what: str = "maps") -> Tensor:
    """What a layer takes: a tensor of these axes and of the type of its weight, or one that autocast will make so.

    >>> fits("x", torch.zeros(3, 2).half(), torch.zeros(1), "n", 2, what="rows")
    Traceback (most recent call last):
    ...
    ValueError: x must be of the type of the weights, torch.float32, got torch.float16
    """
    tensor(name, x, *axes, what=what)
    if x.dtype != weight.dtype and not torch.is_autocast_enabled(x.device.type):
        raise ValueError(f"{name} must be of the type of the weights, {weight.dtype}, got {x.dtype}")
    return x


def maps(name: str, x: Any, layer: Any) -> Tensor:
    """What a convolution takes: maps of its channels, of the type of its weight.

    >>> maps("x", torch.zeros(1, 2, 4, 4), torch.nn.Conv2d(3, 1, 1))
    Traceback (most recent call last):
    ...
    ValueError: x must be maps of shape (n, 3, h, w), got shape (1, 2, 4, 4)
    """
    return fits(name, x, layer.weight, "n", layer.in_channels, "h", "w")


def parameters(name: str, value: Any) -> list[Any]:
    """The parameters of networks, or torch's groups of them, in a list: one or more."""
    found = [] if isinstance(value, Tensor) else list(series(name, value, "parameters of networks"))
    if not found or not all(isinstance(one, (Tensor, dict)) for one in found):
        raise ValueError(f"{name} must be one or more parameters of networks, got {shown(value)}")
    return found


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


def spanned(name: str, x: Tensor, span: float) -> Tensor:
    """Images whose pixels reach over no more than `span`, within SLACK of it: of another range, they are of another.

    >>> spanned("x", torch.tensor([0.0, 255.0]), 2.0)
    Traceback (most recent call last):
    ...
    ValueError: x must hold pixels that reach over span = 2 at most, got values from 0 to 255
    """
    low, high = (float(end) for end in x.detach().aminmax())
    if high - low > span * (1 + SLACK):
        what = f"pixels that reach over span = {span:g} at most"
        raise ValueError(f"{name} must hold {what}, got values from {low:.4g} to {high:.4g}")
    return x


def independent(name: str, bases: Tensor) -> Tensor:
    """Matrices (n, d, k) whose columns span k dimensions each, as far as their type can tell.

    >>> independent("A", torch.ones(1, 3, 2))
    Traceback (most recent call last):
    ...
    ValueError: A must have independent columns, got matrix 0 of rank 1 with 2 of them
    """
    longest = bases.detach().double().norm(dim=1, keepdim=True)
    ranks = torch.linalg.matrix_rank(
        bases.detach().double() / longest.clamp(min=torch.finfo(torch.float64).tiny),
        rtol=bases.shape[1] * torch.finfo(torch.promote_types(bases.dtype, torch.float32)).eps,
    )
    lacking = (ranks < bases.shape[2]).nonzero().flatten().tolist()
    if lacking:
        told = f"matrix {lacking[0]} of rank {int(ranks[lacking[0]])} with {bases.shape[2]} of them"
        raise ValueError(f"{name} must have independent columns, got {told}")
    return bases


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
        raise ValueError(f"{name} must hold real numbers, got {shown(values)}") from error
    x = x.to(torch.float64)
    plain = x.detach()
    if not torch.isfinite(plain).all():
        raise ValueError(f"{name} must hold finite numbers, got {plain[~torch.isfinite(plain)][0].item()}")
    return x

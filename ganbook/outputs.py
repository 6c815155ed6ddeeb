"""What every loss asks of D's outputs, in a file of its own so that losses may import one another."""

from __future__ import annotations

from torch import Tensor


def check_width(name: str, out: Tensor, width: int) -> None:
    """Refuse outputs of D that are not (n, width) with n >= 1.

    Raises: ValueError naming the argument, its shape and the shape that is allowed.
    """
    if out.dim() != 2 or out.shape[1] != width or out.shape[0] == 0:
        raise ValueError(f"{name} must be raw outputs of D of shape (n, {width}) with n >= 1, got {tuple(out.shape)}")

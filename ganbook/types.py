"""The few types that every part of the book shares.

Shapes are written with jaxtyping where it is installed; without it (Colab) the same annotations are inert.
They are enforced under pytest only (tests/conftest.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

try:
    from jaxtyping import Float, Int
except ImportError:  # Colab has no jaxtyping: Float[Tensor, "n d"] is then read as plain Tensor
    if not TYPE_CHECKING:

        class Float:
            """Stand-in for jaxtyping's Float, which checks nothing."""

            def __class_getitem__(cls, item: tuple[Any, str]) -> Any:
                return item[0]

        Int = Float

Samples = Float[Tensor, "n ..."]
"""One sample a row: points (n, d), images (n, c, h, w) in [-1, 1]."""

Batch = Samples | tuple[Tensor, ...]
"""Samples, or samples with what belongs to their rows: labels, latents, the samples of another domain."""

Outputs = Float[Tensor, "n k"]
"""Raw outputs of a discriminator (logits or critic values), k numbers a sample."""

Scalar = Float[Tensor, ""]
"""A loss: one number that can be differentiated."""

Sampler = Callable[[int, torch.Generator], Batch]
"""(n, rng) -> Batch. Data and prior are the same kind of thing."""


def parts(batch: Batch) -> tuple[Tensor, ...]:
    """A batch as a tuple: the samples, then what belongs to their rows.

    >>> len(parts(torch.zeros(4, 2))), len(parts((torch.zeros(4, 2), torch.zeros(4))))
    (1, 2)
    """
    return batch if isinstance(batch, tuple) else (batch,)


__all__ = ["Batch", "Float", "Int", "Outputs", "Sampler", "Samples", "Scalar", "parts"]

"""What may stand where a generator's samples would: noise, and points between real samples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from ganbook import checks
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch, Sampler


@dataclass(frozen=True)
class Noise:
    """Draws independent numbers in [-1, 1]: see `noise`."""

    shape: tuple[int, ...]
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n samples, a row each."""
        check_draw(n, rng)
        return torch.rand(n, *self.shape, generator=rng).mul_(2).sub_(1).to(self.device)


@dataclass(frozen=True)
class Between:
    """Draws points between two samples: see `between`."""

    sampler: Sampler
    share: float

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n samples, a row each."""
        x = self.sampler(n, rng)
        return x + self.share * (self.sampler(n, rng) - x)


def noise(shape: Sequence[int], device: torch.device | str | None = None) -> Noise:
    """Samples of a shape, every number uniform in [-1, 1]: fakes that nobody takes for data.

    shape: of one sample, such as (1, 28, 28), or `digits.shape`.

    Raises: ValueError where shape is not one or more whole numbers >= 1.
    Derived in: chapter 12.

    >>> noise((1, 4, 4), device="cpu")(3, torch.Generator().manual_seed(0)).shape
    torch.Size([3, 1, 4, 4])
    """
    checks.instance("shape", shape, (tuple, list), "the shape of one sample, such as (1, 28, 28)")
    if not shape:
        raise ValueError("shape must be one or more whole numbers, got none")
    return Noise(tuple(checks.whole("shape", size) for size in shape), place(device))


def between(sampler: Sampler, share: float = 0.5) -> Between:
    """Points on the way from one sample to another: x + share (x' - x), both drawn from the sampler.

    share: how far on the way, in [0, 1]; at 1/2 the mean of two samples, at 0 or 1 the samples themselves.

    Raises: ValueError for what is no sampler, or another share.
    Derived in: chapter 12.

    >>> from ganbook.data.sampler import from_tensor
    >>> ends = from_tensor(torch.tensor([[0.0], [1.0]]), device="cpu")
    >>> sorted(set(between(ends)(50, torch.Generator().manual_seed(0)).flatten().tolist()))
    [0.0, 0.5, 1.0]
    """
    checks.function("sampler", sampler, "a Sampler, called as sampler(n, rng)")
    return Between(sampler, checks.inside("share", share, 0, 1))

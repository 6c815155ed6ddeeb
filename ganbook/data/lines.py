"""Numbers on a line, as samples of shape (n, 1): Gaussians, mixtures, intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.mixture import Mixture, mixture
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch, Float


def gaussian(mean: float = 0.0, std: float = 1.0, device: torch.device | str | None = None) -> Mixture:
    """One Gaussian on the line, N(mean, std^2): a sampler of (n, 1) with `.log_density` and `.pdf`.

    Raises: ValueError for a mean that is not finite, or std that is not above 0.

    >>> round(gaussian(mean=1.0, std=2.0).pdf(torch.ones(1, 1)).item(), 4)  # 1 / (2 sqrt(2 pi))
    0.1995
    """
    checks.finite("mean", mean)
    checks.positive("std", std)
    return mixture([1.0], [[mean]], [std], device)


def mixture1d(
    weights: Sequence[float], means: Sequence[float], stds: Sequence[float], device: torch.device | str | None = None
) -> Mixture:
    """A mixture of Gaussians on the line: a sampler of (n, 1) with `.labelled`, `.log_density` and `.pdf`.

    p(x) = sum_i weights_i N(x; means_i, stds_i^2)

    Raises: ValueError unless the three have one length, and weights have the sum 1.

    >>> p = mixture1d([0.3, 0.7], [-2.0, 2.0], [0.5, 0.5])
    >>> round(p.pdf(torch.tensor([[-2.0]])).item(), 4)  # 0.3 / (0.5 sqrt(2 pi)); the other mode is 8 widths away
    0.2394
    """
    column = checks.numbers("means", means)
    if column.dim() != 1:
        raise ValueError(f"means must be a list of numbers, got shape {tuple(column.shape)}")
    return mixture(weights, column.unsqueeze(1), stds, device)


@dataclass(frozen=True)
class Interval:
    """Draws numbers (n, 1) uniformly from [low, high): see `interval`, which makes it."""

    low: float
    high: float
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n numbers, a row each."""
        check_draw(n, rng)
        return torch.rand(n, 1, generator=rng).mul_(self.high - self.low).add_(self.low).to(self.device)

    def log_density(self, x: Float[Tensor, "n 1"]) -> Float[Tensor, " n"]:
        """-log(high - low) in nats inside, -inf outside."""
        return self.pdf(x).log()

    def pdf(self, x: Float[Tensor, "n 1"]) -> Float[Tensor, " n"]:
        """1 / (high - low) inside, 0 outside."""
        checks.tensor("x", x, "n", 1)
        inside = (x[:, 0] >= self.low) & (x[:, 0] <= self.high)
        return inside.to(x.dtype) / (self.high - self.low)


def interval(low: float = 0.0, high: float = 1.0, device: torch.device | str | None = None) -> Interval:
    """The uniform distribution on [low, high]: a support with edges, for distributions that only partly overlap.

    Raises: ValueError unless low < high, both finite.

    >>> interval(0.0, 4.0).pdf(torch.tensor([[1.0], [5.0]]))
    tensor([0.2500, 0.0000])
    """
    checks.finite("low", low)
    checks.finite("high", high)
    if not low < high or not math.isfinite(high - low):
        raise ValueError(f"low must be below high, got low = {low!r} and high = {high!r}")
    return Interval(float(low), float(high), place(device))

"""Mixtures of round Gaussians in any dimension: the toy worlds whose density, modes and labels are known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch, Float


@dataclass(frozen=True, eq=False, repr=False)
class Mixture:
    """Draws from a mixture of k Gaussians in d dimensions: `sampler(n, rng)` gives points (n, d).

    p(x) = sum_i weights_i N(x; means_i, stds_i^2 I)

    weights: (k,), positive, of sum 1.
    means: (k, d).
    stds: (k,), positive.

    All float32, on one device, to which the points go; the randomness comes from `rng` on the CPU, and the sampler's
    whole state is `rng`.

    Made by `mixture`, which takes plain numbers and checks them.

    >>> p = mixture([0.5, 0.5], [[-1.0], [1.0]], [1.0, 1.0], device="cpu")
    >>> round(p.pdf(torch.zeros(1, 1)).item(), 4)  # exp(-1/2) / sqrt(2 pi)
    0.242
    """

    weights: Float[Tensor, " k"]
    means: Float[Tensor, "k d"]
    stds: Float[Tensor, " k"]
    _cumulative: Tensor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_cumulative", self.weights.cpu().cumsum(0))  # drawn from on the CPU, like all else

    def __len__(self) -> int:
        """The number of modes, k."""
        return len(self.weights)

    def __repr__(self) -> str:
        return f"Mixture({len(self)} Gaussian{'s' * (len(self) > 1)} in {self.means.shape[1]}-D)"

    @property
    def std(self) -> float:
        """The standard deviation that all modes share.

        Raises: ValueError where they differ (then read `stds`).
        """
        if (self.stds != self.stds[0]).any():
            raise ValueError(f"std needs modes of one width, got {self.stds.tolist()}: use stds")
        return self.stds[0].item()

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n points, a row each."""
        return self.labelled(n, rng)[0]

    def labelled(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """n points, the same that `self(n, rng)` draws, and the number of the mode that each comes from."""
        check_draw(n, rng)
        mode = torch.searchsorted(self._cumulative, torch.rand(n, generator=rng), right=True)
        mode = mode.clamp_(max=len(self) - 1).to(self.means.device)  # rounding may leave the last sum below 1
        noise = torch.randn(n, self.means.shape[1], generator=rng).to(self.means.device)
        return torch.addcmul(self.means[mode], self.stds[mode].unsqueeze(1), noise), mode

    def log_density(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """log p(x) in nats, in the precision of x; finite wherever x is."""
        d = self.means.shape[1]
        checks.all_finite("x", checks.tensor("x", x, "n", d))
        weights, means, stds = self.weights.to(x), self.means.to(x), self.stds.to(x)
        squares = (x.unsqueeze(1) - means).square().sum(2)  # (n, 1, d) - (k, d) -> (n, k, d) -> (n, k)
        logs = weights.log() - d * stds.log() - d / 2 * math.log(2 * math.pi) - squares / (2 * stds.square())
        return logs.logsumexp(1)

    def pdf(self, x: Float[Tensor, "n d"]) -> Float[Tensor, " n"]:
        """p(x), the density."""
        return self.log_density(x).exp()


def mixture(
    weights: Sequence[float] | Tensor,
    means: Sequence[Sequence[float]] | Tensor,
    stds: Sequence[float] | Tensor,
    device: torch.device | str | None = None,
) -> Mixture:
    """A mixture of k Gaussians from plain numbers: weights (k,), means (k, d), stds (k,).

    Raises: ValueError for weights that are not positive or not of sum 1, stds that are not positive, means that are not
    finite, or lengths that differ.

    >>> mixture([0.25, 0.75], [[0.0, 0.0], [3.0, 4.0]], [1.0, 2.0])
    Mixture(2 Gaussians in 2-D)
    """
    target = place(device)
    named = {"weights": weights, "means": means, "stds": stds}
    tensors = [checks.numbers(name, values).to(torch.float32) for name, values in named.items()]
    _check_mixture(*tensors)
    return Mixture(*(values.to(target) for values in tensors))


def _check_mixture(weights: Tensor, means: Tensor, stds: Tensor) -> None:
    if means.dim() != 2 or means.numel() == 0:
        raise ValueError(f"means must have shape (k, d), got {means.tolist()}")
    for name, values in (("weights", weights), ("stds", stds)):
        if values.shape != means.shape[:1]:
            raise ValueError(f"{name} must hold one number for each of the {len(means)} modes, got {values.tolist()}")
        if not (values > 0).all():
            raise ValueError(f"{name} must be above 0, got {values.tolist()}")
    if abs(weights.double().sum().item() - 1) > 1e-5:
        raise ValueError(f"weights must have the sum 1, got {weights.tolist()} of sum {weights.sum().item():.6f}")

"""Two half circles that reach into each other: two classes that no straight line parts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch, Int, Samples


@dataclass(frozen=True)
class Moons:
    """Draws points (n, 2) along two half circles, with Gaussian noise: see `moons`, which makes it."""

    std: float
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n points, a row each."""
        return self.labelled(n, rng)[0]

    def labelled(self, n: int, rng: torch.Generator) -> tuple[Samples, Int[Tensor, " n"]]:
        """n points and which half circle each is of: the same points that `self(n, rng)` draws."""
        check_draw(n, rng)
        y = torch.randint(2, (n,), generator=rng)
        t = math.pi * torch.rand(n, generator=rng)
        noise = torch.randn(n, 2, generator=rng)
        return self.curve(t, y).add_(noise, alpha=self.std).to(self.device), y.to(self.device)

    def curve(self, t: Tensor, y: Tensor) -> Tensor:
        """The points without noise: at the angles t in [0, pi], of the half circles y."""
        checks.tensor("t", t, "n")
        turn = 1 - 2 * y.to(t.dtype)  # the lower one is the upper one turned by half a circle about the origin
        return turn[:, None] * torch.stack([t.cos() - 0.5, t.sin() - 0.25], 1)


def moons(std: float = 0.1, device: torch.device | str | None = None) -> Moons:
    """Two half circles of radius 1 with Gaussian noise, equally often, centred at 0: class 0 above, class 1 below.

    x = (cos t - 1/2, sin t - 1/4) + std e for class 0, its negative for class 1; t uniform in [0, pi], e ~ N(0, I)

    Returns a sampler of (n, 2) with `.labelled`, `.std` and `.curve(t, y)`.
    Raises: ValueError where std is not above 0.
    Source: the curves are those of scikit-learn's make_moons, moved so that their mean is 0.

    >>> two = torch.tensor([0, 1])
    >>> moons(device="cpu").curve(torch.zeros(2), two).tolist()  # the right end of one, the left end of the other
    [[0.5, -0.25], [-0.5, 0.25]]
    """
    checks.positive("std", std)
    return Moons(float(std), place(device))

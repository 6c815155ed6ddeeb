"""Points in the plane: ring, grid, the nine Gaussians, the Swiss roll."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.mixture import Mixture, mixture
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch, Float


def ring(modes: int = 8, radius: float = 1.0, std: float = 0.01, device: torch.device | str | None = None) -> Mixture:
    """Equal Gaussians, evenly round a circle; the first mode is at (radius, 0).

    means_i = radius (cos 2 pi i / modes, sin 2 pi i / modes)

    Returns a sampler of (n, 2) with `.means`, `.std`, `.labelled`, `.log_density` and `.pdf`.
    Raises: ValueError for modes < 1, or radius or std that is not above 0.
    Source: the defaults are the 2D ring of Lin, Khetan, Fanti and Oh 2018 (PacGAN), in their code.

    >>> [[round(u) for u in mean] for mean in ring(modes=4).means.tolist()]
    [[1, 0], [0, 1], [-1, 0], [0, -1]]
    """
    checks.whole("modes", modes)
    checks.positive("radius", radius)
    checks.positive("std", std)
    angles = [2 * math.pi * i / modes for i in range(modes)]
    return mixture(
        [1 / modes] * modes, [[radius * math.cos(a), radius * math.sin(a)] for a in angles], [std] * modes, device
    )


def grid(side: int = 5, spacing: float = 2.0, std: float = 0.05, device: torch.device | str | None = None) -> Mixture:
    """Equal Gaussians on a square grid of side x side points, centred at 0.

    means = spacing (i - (side - 1) / 2, j - (side - 1) / 2), i and j from 0 to side - 1: {-4, -2, 0, 2, 4}^2 by default

    Returns a sampler of (n, 2), as `ring`; the 3x3 mixture of RealnessGAN is `grid(3)`, or `nine()`.
    Raises: ValueError for side < 1, or spacing or std that is not above 0.
    Source: the defaults are the 2D grid of Lin, Khetan, Fanti and Oh 2018 (PacGAN), in their code.

    >>> grid(device="cpu").means[:6].tolist()
    [[-4.0, -4.0], [-4.0, -2.0], [-4.0, 0.0], [-4.0, 2.0], [-4.0, 4.0], [-2.0, -4.0]]
    """
    checks.whole("side", side)
    checks.positive("spacing", spacing)
    checks.positive("std", std)
    line = [spacing * (i - (side - 1) / 2) for i in range(side)]
    return mixture([1 / side**2] * side**2, [[x, y] for x in line for y in line], [std] * side**2, device)


def nine(std: float = 0.05, device: torch.device | str | None = None) -> Mixture:
    """The 3x3 mixture of RealnessGAN, means {-2, 0, 2}^2: another name for `grid(3, spacing=2.0, std=0.05)`.

    The means are those of the paper's toy data; the width 0.05 is how others evaluate it, not read from the
    authors' data file.
    Source: Xiangli et al. 2020 (RealnessGAN), the toy experiment.

    >>> nine()
    Mixture(9 Gaussians in 2-D)
    """
    return grid(3, 2.0, std, device)


@dataclass(frozen=True)
class SwissRoll:
    """Draws points (n, 2) along a spiral, with Gaussian noise: see `swiss_roll`, which makes it."""

    radius: float
    std: float
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n points, a row each."""
        check_draw(n, rng)
        t = math.pi * (1.5 + 3 * torch.rand(n, generator=rng))
        noise = torch.randn(n, 2, generator=rng)
        return self.curve(t).add_(noise, alpha=self.std).to(self.device)

    def curve(self, t: Float[Tensor, " n"]) -> Float[Tensor, "n 2"]:
        """The points of the spiral without noise, at the angles t in [1.5 pi, 4.5 pi]."""
        checks.all_finite("t", checks.tensor("t", t, "n"))
        return (self.radius / (4.5 * math.pi)) * t.unsqueeze(1) * torch.stack([t.cos(), t.sin()], 1)

    def log_density(self, x: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """log p(x) in nats, p(x) = (1 / 3 pi) integral of N(x; c(t), std^2 I) dt over [1.5 pi, 4.5 pi].

        Computed by Gauss-Legendre quadrature with six nodes on panels no longer than std, in the precision of x.
        """
        checks.all_finite("x", checks.tensor("x", x, "n", 2))
        panels = math.ceil(3 * math.pi * self.radius * 1.003 / self.std)  # the curve's speed is below 1.003 radius
        nodes, weights = np.polynomial.legendre.leggauss(6)
        t = 1.5 + 3 * (np.arange(panels)[:, None] + (nodes + 1) / 2) / panels  # (panels, 6), in units of pi
        c = self.curve(torch.from_numpy(math.pi * t.reshape(-1))).to(x)
        logs = torch.from_numpy(np.log(np.tile(weights / 2, panels) / panels)).to(x)
        logs = logs - math.log(2 * math.pi * self.std**2)
        rows = [
            torch.logsumexp(
                logs - ((part[:, :1] - c[:, 0]).square() + (part[:, 1:] - c[:, 1]).square()) / (2 * self.std**2), 1
            )
            for part in x.split(1024)
        ]  # (n, 1) - (m,) -> (n, m), a thousand rows at a time
        return torch.cat(rows)

    def pdf(self, x: Float[Tensor, "n 2"]) -> Float[Tensor, " n"]:
        """p(x), the density."""
        return self.log_density(x).exp()


def swiss_roll(radius: float = 1.0, std: float = 0.02, device: torch.device | str | None = None) -> SwissRoll:
    """A spiral of one and a half turns with Gaussian noise: one connected mode, thin and bent.

    x = c(t) + std e, c(t) = radius t / (4.5 pi) (cos t, sin t), t uniform in [1.5 pi, 4.5 pi], e ~ N(0, I)

    radius: of the outer end; the inner end is at a third of it.
    Returns a sampler of (n, 2) with `.std`, `.curve(t)`, `.log_density` and `.pdf`.
    Raises: ValueError for radius or std that is not above 0.

    >>> swiss_roll(device="cpu").curve(torch.tensor([1.5 * math.pi, 4.5 * math.pi])).round(decimals=4).abs().tolist()
    [[0.0, 0.33329999446868896], [0.0, 1.0]]
    """
    checks.positive("radius", radius)
    checks.positive("std", std)
    return SwissRoll(float(radius), float(std), place(device))

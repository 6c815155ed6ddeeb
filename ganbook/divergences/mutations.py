"""What each mutation of a generator makes small once D is the best there is: E_{p_data} f(r), r = p_g / p_data.

With D* = 1 / (1 + r), so logit -log r, a loss h(l) of fakes is E_{p_g} h(-log r) = E_{p_data} f(r), f(r) = r h(-log r).

G never descends that: it moves with D held still, and feels h(-log r) at each place. If D is the best one again after
every step, this is the slope of another divergence, E_{p_data} phi(r) with phi' = h(-log r): for minimax 2 JSD - log 4,
for heuristic KL(p_g || p_data) - 2 JSD, up to constants. It is convex wherever h falls as the logit grows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences.discrete import Masses, pair
from ganbook.types import Float, Scalar


@dataclass(frozen=True)
class MutationDivergence:
    """f and phi with their second derivatives, and f(1), the value where p_g = p_data.

    f: what the loss is worth beside D*; curvature: f''.
    phi: what G follows beside a D* that is made anew after each of its steps; phi_curvature: phi''.
    convex_from, phi_convex_from: the ratio above which each is convex; 0 where it is so everywhere.

    Derived in: chapter 16.

    >>> DIVERGENCES["heuristic"].value([0.5, 0.5], [0.5, 0.5])  # log 2
    tensor(0.6931, dtype=torch.float64)
    """

    f: Callable[[Tensor], Tensor]
    curvature: Callable[[Tensor], Tensor]
    phi: Callable[[Tensor], Tensor]
    phi_curvature: Callable[[Tensor], Tensor]
    least: float
    convex_from: float = 0.0
    phi_convex_from: float = 0.0

    def value(self, p_data: Masses, p_g: Masses) -> Float[Tensor, "*batch"]:
        """E_{p_data} f(p_g / p_data) of discrete laws.

        Raises: ValueError where one is no distribution, or p_data is 0 somewhere.
        """
        return _expected(self.f, p_data, p_g)

    def followed(self, p_data: Masses, p_g: Masses) -> Float[Tensor, "*batch"]:
        """E_{p_data} phi(p_g / p_data), less its value where both are equal.

        Raises: as value.

        >>> DIVERGENCES["minimax"].followed([0.5, 0.5], [1.0, 0.0])  # 2 JSD
        tensor(0.4315, dtype=torch.float64)
        """
        at_home = self.phi(torch.ones((), dtype=torch.float64))
        return _expected(self.phi, p_data, p_g) - at_home


def _expected(f: Callable[[Tensor], Tensor], p_data: Masses, p_g: Masses) -> Tensor:
    p, q = pair(p_data, p_g)
    if not (p > 0).all():
        raise ValueError("p_data must be above 0 everywhere, got a 0")
    return (p * f(q / p)).sum(-1)


DIVERGENCES = {
    "minimax": MutationDivergence(
        f=lambda r: torch.xlogy(r, r) - r * r.log1p(),
        curvature=lambda r: 1 / (r * (1 + r).square()),
        phi=lambda r: torch.xlogy(r, r) - (1 + r) * r.log1p(),
        phi_curvature=lambda r: 1 / (r * (1 + r)),
        least=-math.log(2),
    ),
    "heuristic": MutationDivergence(
        f=lambda r: r * r.log1p(),
        curvature=lambda r: (r + 2) / (1 + r).square(),
        phi=lambda r: (1 + r) * r.log1p() - r,
        phi_curvature=lambda r: 1 / (1 + r),
        least=math.log(2),
    ),
    "least squares": MutationDivergence(
        f=lambda r: r**3 / (1 + r).square(),
        curvature=lambda r: 6 * r / (1 + r) ** 4,
        phi=lambda r: r - 2 * r.log1p() - 1 / (1 + r),
        phi_curvature=lambda r: 2 * r / (1 + r) ** 3,
        least=0.25,
    ),
    "least squares on the logit": MutationDivergence(
        f=lambda r: torch.xlogy(torch.xlogy(r, r) + 2 * r, r) + r,  # r (log r + 1)^2
        curvature=lambda r: 2 * (r.log() + 2) / r,
        phi=lambda r: torch.xlogy(torch.xlogy(r, r), r) + r,  # r log^2 r + r
        phi_curvature=lambda r: 2 * (r.log() + 1) / r,
        least=1.0,
        convex_from=math.exp(-2),
        phi_convex_from=math.exp(-1),
    ),
}
"""By the names of games.MUTATIONS. All have their least value at p_g = p_data, the last one too."""


def two_points(name: str, share: float, p: float = 0.5) -> Scalar:
    """The value of f on a law of two points: p_data = (p, 1 - p), p_g = (share, 1 - share).

    >>> round(float(two_points("least squares", 1.0)), 4)  # r = 2 and 0: 1/2 * 8/9
    0.4444
    """
    checks.inside("share", share, 0, 1), checks.inside("p", p, 0, 1, "()")
    return DIVERGENCES[checks.one_of("name", name, DIVERGENCES)].value([p, 1 - p], [share, 1 - share])

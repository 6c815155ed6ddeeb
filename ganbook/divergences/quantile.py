"""Wasserstein distances on the line: the plan that keeps the order is the best one, so no programme has to be solved.

W_p^p = integral over t in (0, 1) of |F^-1(t) - G^-1(t)|^p, with the quantile functions F^-1 and G^-1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences.densities import Density, check_densities
from ganbook.divergences.discrete import TOLERANCE, Masses, masses
from ganbook.divergences.quadrature import _pieces as gauss_pieces
from ganbook.divergences.transport import _margin, check_order
from ganbook.types import Float, Scalar


def wasserstein(
    x: Tensor | np.ndarray | Sequence[float],
    y: Tensor | np.ndarray | Sequence[float],
    p: float = 1.0,
    a: Masses | None = None,
    b: Masses | None = None,
) -> Scalar:
    """Wasserstein-p distance on the line: (sum over the steps of both quantile functions of dt |x - y|^p)^(1/p).

    x: (n,), y: (m,), in any order.
    p: at least 1.
    a, b: their masses, by default equal.

    Computed in float64; gradients pass to x and y (and to a, b). The p-th root has no gradient at 0 where p > 1.
    Range [0, inf), in the unit of x. O((n + m) log(n + m)).

    Raises: ValueError for numbers that are not finite, another shape, bad masses, or p below 1.
    Source: Peyre & Cuturi 2019, remark 2.30. Derived in: chapter 8.

    >>> float(wasserstein([3.0, 0.0], [1.0, 1.0]))  # sorted: 0 to 1, 3 to 1
    1.5
    >>> float(wasserstein([0.0], [0.0, 2.0], a=[1.0], b=[0.75, 0.25], p=2))  # a quarter moves by 2
    1.0
    """
    check_order(p)
    x, a = _atoms(x, a, "x", "a")
    y, b = _atoms(y, b, "y", "b")
    up, down = a.cumsum(0), b.cumsum(0)
    levels = torch.cat([up, down]).clamp(max=1.0).sort().values
    width = levels.diff(prepend=levels.new_zeros(1))
    middle = (levels - width / 2).detach()
    i = torch.searchsorted(up.detach(), middle).clamp(max=len(x) - 1)
    j = torch.searchsorted(down.detach(), middle).clamp(max=len(y) - 1)
    return (width * (x[i] - y[j]).abs() ** p).sum() ** (1 / p)


def monotone_plan(a: Masses, b: Masses) -> Float[Tensor, "n m"]:
    """The one coupling that keeps the order: mass of the intervals [A_(i-1), A_i] and [B_(j-1), B_j] in common.

    a: (n,), b: (m,): masses of points that are *sorted*; A, B are their running sums. Optimal for every cost
    h(x - y) with h convex.

    Raises: ValueError where a or b is no distribution.
    Source: Peyre & Cuturi 2019, section 3.4.2 (north-west corner rule). Derived in: chapter 8.

    >>> monotone_plan([0.5, 0.5], [0.25, 0.75]).tolist()
    [[0.25, 0.25], [0.0, 0.5]]
    """
    a, b = _margin(a, "a"), _margin(b, "b")
    up, down = a.cumsum(0), b.cumsum(0)
    top = torch.minimum(up[:, None], down)
    bottom = torch.maximum((up - a)[:, None], down - b)
    return (top - bottom).clamp(min=0.0)


def between(p: Density, q: Density, order: int = 1, pieces: int = 4000) -> Scalar:
    """Wasserstein distance of two densities: (integral over (0, 1) of |F^-1(t) - G^-1(t)|^order dt)^(1/order).

    order: 1 or 2.
    pieces: into how many each density is cut; within a piece its mass counts as evenly spread, an error of second
        order. Tails beyond the outermost break are cut off.

    Range [0, inf), in the unit of x.

    Raises: ValueError for another order, fewer than 2 pieces, or a density without mass 1 between its ends.
    Source: Peyre & Cuturi 2019, remark 2.30. Derived in: chapter 8.

    >>> from ganbook.divergences.densities import uniform
    >>> round(float(between(uniform(0.0, 1.0), uniform(2.0, 5.0))), 9)  # means 1/2 and 7/2
    3.0
    """
    checks.one_of("order", order, (1, 2))
    checks.whole("pieces", pieces, 2)
    check_densities(p=p, q=q)
    (x, up), (y, down) = _distribution(p, "p", pieces), _distribution(q, "q", pieces)
    levels = torch.cat([up, down]).sort().values
    low, high = levels[:-1], levels[1:]
    keep = high > low
    low, high = low[keep], high[keep]
    start = _inverse(low, low, high, x, up) - _inverse(low, low, high, y, down)
    end = _inverse(high, low, high, x, up) - _inverse(high, low, high, y, down)
    if order == 2:
        heights = (start**2 + start * end + end**2) / 3
        return ((high - low) * heights).sum().sqrt()
    crossing = start * end < 0
    both = start.abs() + end.abs()
    heights = torch.where(crossing, (start**2 + end**2) / (2 * both.clamp(min=1e-300)), both / 2)
    return ((high - low) * heights).sum()


def _inverse(t: Tensor, low: Tensor, high: Tensor, edges: Tensor, levels: Tensor) -> Tensor:
    """The quantile function at t, on the piece that contains (low, high)."""
    i = (torch.searchsorted(levels, (low + high) / 2) - 1).clamp(0, len(edges) - 2)
    share = ((t - levels[i]) / (levels[i + 1] - levels[i])).clamp(0.0, 1.0)
    return edges[i] + share * (edges[i + 1] - edges[i])


def _distribution(p: Density, name: str, pieces: int) -> tuple[Tensor, Tensor]:
    """Edges of the pieces and the distribution function there."""
    marks = sorted({*p.breaks, *(end for end in p.support if math.isfinite(end))})
    marks = [mark for mark in marks if p.support[0] <= mark <= p.support[1]]
    if len(marks) < 2:
        raise ValueError(f"{name} must have a finite support, or breaks that enclose its mass")
    share = max(2, pieces // (len(marks) - 1))
    cuts = [torch.linspace(s, e, share + 1, dtype=torch.float64)[:-1] for s, e in zip(marks, marks[1:], strict=False)]
    edges = torch.cat([*cuts, torch.tensor(marks[-1:], dtype=torch.float64)])
    x, w = gauss_pieces(edges, 6)
    level = torch.cat([torch.zeros(1, dtype=torch.float64), (w * p(x)).reshape(-1, 6).sum(1).cumsum(0)]).detach()
    if not abs(level[-1].item() - 1) <= TOLERANCE:
        raise ValueError(f"{name} must have mass 1 between {marks[0]:.6g} and {marks[-1]:.6g}, got {level[-1]:.6g}")
    return edges, level / level[-1]


def _atoms(x: object, a: Masses | None, name: str, name_a: str) -> tuple[Tensor, Tensor]:
    x = checks.numbers(name, x)
    if x.ndim != 1 or not len(x):
        raise ValueError(f"{name} must hold real numbers, shape (n,) with n >= 1, got {tuple(x.shape)}")
    a = torch.full_like(x.detach(), 1 / len(x)) if a is None else masses(a, name_a).to(x.device)
    if a.shape != x.shape:
        raise ValueError(f"{name_a} must hold one mass for each of {len(x)} points, got shape {tuple(a.shape)}")
    x, order = x.sort()
    return x, a[order] / a.sum()

"""Precision, recall, density, coverage: quality and variety apart, by balls around nearest neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from ganbook import checks
from ganbook.metrics.float64 import exact
from ganbook.metrics.pairs import centred, check, radii, squared_distances
from ganbook.metrics.score import Score
from ganbook.types import Float


class PrecisionRecall(NamedTuple):
    """Two scores of one protocol."""

    precision: Score
    recall: Score


class DensityCoverage(NamedTuple):
    """Two scores of one protocol."""

    density: Score
    coverage: Score


def precision_recall(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], neighbours: int = 3, *, features: str = "samples"
) -> PrecisionRecall:
    r"""The share of fakes inside the real manifold, and of reals inside the fake manifold.

    The manifold of a set is the union of balls around its samples, each reaching to the k-th nearest other sample and
    holding its border (the package prdc leaves the border out, which tells only where distances are equal):
    precision = (1/m) sum_j 1[ exists i: |f_j - r_i| <= NND_k(r_i) ],  recall: the same with the sets exchanged.

    Range: 0 to 1, higher is better. k = 3 as in the paper.
    Raises: ValueError for bad sets (see frechet_distance), or neighbours outside 1 ... samples - 1.
    Source: Kynkaanniemi et al. 2019, eqs. 1 and 2.
    Derived in: chapter 6.

    >>> real = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    >>> fake = torch.tensor([[0.5], [0.6], [10.0], [10.1]])
    >>> precision, recall = precision_recall(real, fake, neighbours=1)      # balls of radius 1; of radius 0.1
    >>> float(precision), float(recall)
    (0.5, 0.0)
    """
    check(real=real, fake=fake)
    r, f = centred(exact(real), exact(fake))
    reach_r, reach_f = radii(r, neighbours), radii(f, neighbours)
    inside_real = torch.zeros(len(f), dtype=torch.bool, device=f.device)
    inside_fake = torch.zeros(len(r), dtype=torch.bool, device=r.device)
    for part, least in _least_distances(r, f):  # (rows of r, m)
        inside_real |= (least <= reach_r[part, None]).any(0)
        inside_fake[part] = (least <= reach_f).any(1)
    protocol = {
        "n_real": len(real),
        "n_fake": len(fake),
        "features": features,
        "settings": (("neighbours", neighbours),),
    }
    return PrecisionRecall(
        Score(_share(inside_real), "precision", **protocol), Score(_share(inside_fake), "recall", **protocol)
    )


def density_coverage(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], neighbours: int = 5, *, features: str = "samples"
) -> DensityCoverage:
    r"""How many real balls a fake lies in, on average over k, and the share of real balls that hold a fake.

    Balls hold their border, as in `precision_recall`.

    density  = (1/(k m)) sum_j sum_i 1[ |f_j - r_i| <= NND_k(r_i) ]
    coverage = (1/n) sum_i 1[ exists j: |f_j - r_i| <= NND_k(r_i) ]

    Range: density 0 to n/k (about 1 for equal distributions), coverage 0 to 1; higher is better.
    For equal distributions the expected coverage is known: `expected_coverage`.
    Raises: ValueError for bad sets (see frechet_distance), or neighbours outside 1 ... n - 1.
    Source: Naeem et al. 2020, the definitions of density and coverage.
    Derived in: chapter 6.

    >>> real = torch.tensor([[0.0], [1.0], [2.0], [3.0]])
    >>> fake = torch.tensor([[1.5], [1.5], [1.6], [9.0]])
    >>> density, coverage = density_coverage(real, fake, neighbours=1)      # six hits among four fakes
    >>> float(density), float(coverage)
    (1.5, 0.5)
    """
    check(real=real, fake=fake)
    r, f = centred(exact(real), exact(fake))
    reach = radii(r, neighbours)
    hits, held = 0, 0
    for part, least in _least_distances(r, f):
        inside = least <= reach[part, None]  # (rows of r, m)
        hits += int(inside.sum())
        held += int(inside.any(1).sum())
    protocol = {
        "n_real": len(real),
        "n_fake": len(fake),
        "features": features,
        "settings": (("neighbours", neighbours),),
    }
    return DensityCoverage(
        Score(hits / (neighbours * len(f)), "density", **protocol), Score(held / len(r), "coverage", **protocol)
    )


def _least_distances(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Iterator[tuple[slice, Tensor]]:
    """Blocks of |x_i - y_j|^2, each less what rounding may have added: a sample on the border of a ball is inside.

    A distance made of |x|^2 + |y|^2 - 2xy is wrong by some eps (|x|^2 + |y|^2): a number of the pair. One number for
    all pairs, the largest, would let one far sample widen every ball.
    """
    slip = 16 * torch.finfo(x.dtype).eps
    squares_x, squares_y = slip * (x * x).sum(1, keepdim=True), slip * (y * y).sum(1)
    for part, block in squared_distances(x, y):
        yield part, block.sub_(squares_x[part]).sub_(squares_y)


def expected_coverage(n_real: int, n_fake: int, neighbours: int) -> float:
    r"""Coverage that equal distributions reach on average, in any dimension.

    1 - prod_{j=0}^{k-1} (n - 1 - j) / (n + m - 1 - j): none of the k nearest of the other n + m - 1 samples is a fake.

    Source: Naeem et al. 2020, expected value of coverage.
    Derived in: chapter 6.

    >>> expected_coverage(n_real=2, n_fake=1, neighbours=1)      # the nearer of one real and one fake
    0.5
    """
    checks.whole("n_real", n_real, 2)
    checks.whole("n_fake", n_fake)
    checks.whole("neighbours", neighbours, 1, n_real - 1)
    missed = 1.0
    for j in range(neighbours):
        missed *= (n_real - 1 - j) / (n_real + n_fake - 1 - j)
    return 1.0 - missed


def _share(mask: Tensor) -> float:
    return int(mask.sum()) / len(mask)

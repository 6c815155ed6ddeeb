"""Kernel distance: do all moments up to the third agree? Unbiased at every sample size."""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook import checks
from ganbook.metrics.float64 import exact
from ganbook.metrics.pairs import check, rows
from ganbook.metrics.score import Score
from ganbook.types import Float


def polynomial(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:
    """KID's kernel k(x, y) = (x.y / d + 1)^3.

    >>> polynomial(torch.tensor([[1.0, 1.0]]), torch.tensor([[1.0, 1.0]])).tolist()      # (2/2 + 1)^3
    [[8.0]]
    """
    inner = torch.mm(x, y.T).div_(x.shape[1]).add_(1.0)
    return inner.square() * inner


def mmd2(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> float:
    r"""Unbiased estimate of the squared maximum mean discrepancy.

    MMD^2 = sum_{i != j} k(x_i, x_j) / (n(n-1)) + sum_{i != j} k(y_i, y_j) / (m(m-1)) - 2 mean_{ij} k(x_i, y_j)

    Range: around 0 for equal distributions, and then often below 0.
    Source: Gretton et al. 2012, eq. 3.
    Derived in: chapter 6.

    >>> mmd2(torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0], [0.0]]))      # 1 + 1 - 2 * 1
    0.0
    """
    n, m = len(x), len(y)
    return _within(x) / (n * (n - 1)) + _within(y) / (m * (m - 1)) - 2 * _sum(x, y) / (n * m)


def kernel_distance(
    real: Float[Tensor, "n d"],
    fake: Float[Tensor, "m d"],
    subset: int | None = None,
    subsets: int = 100,
    seed: int = 0,
    *,
    features: str = "samples",
) -> Score:
    r"""The squared MMD between real and fake under the kernel of KID, unbiased.

    subset: None takes all pairs. With a number, the mean over random subsets of that size, and their standard deviation
        as `spread`, as published KIDs do it (subsets of 1000).
    subsets: how many of them.
    seed: which.
    features: what is compared, for the protocol.

    Range: about 0 (may be slightly negative) to infinity, lower is better.
    Raises: ValueError for bad sets (see frechet_distance), or a subset outside 2..min(n, m).
    Source: Binkowski et al. 2018 (KID); Gretton et al. 2012, eq. 3, for the estimator.
    Derived in: chapter 6.

    >>> real, fake = torch.tensor([[0.0], [0.0]]), torch.tensor([[1.0], [1.0]])
    >>> float(kernel_distance(real, fake))      # 1 + 8 - 2 * 1
    7.0
    """
    check(real=real, fake=fake)
    checks.whole("subsets", subsets)
    real, fake = exact(real), exact(fake)  # a cube of a sum: float32 overflows, and loses the digits of a small one
    if subset is None:
        return Score(mmd2(real, fake), "kernel distance", len(real), len(fake), features, settings=(("subset", "all"),))
    checks.whole("subset", subset, 2, min(len(real), len(fake)))
    rng = torch.Generator().manual_seed(checks.whole("seed", seed, 0))
    values = []
    for _ in range(subsets):
        i = torch.randperm(len(real), generator=rng)[:subset].to(real.device)
        j = torch.randperm(len(fake), generator=rng)[:subset].to(fake.device)
        values.append(mmd2(real[i], fake[j]))
    found = torch.tensor(values, dtype=torch.float64)
    return Score(
        float(found.mean()),
        "kernel distance",
        len(real),
        len(fake),
        features,
        seed,
        settings=(("subset", subset), ("subsets", subsets)),
        spread=float(found.std(correction=0)),
    )


def _sum(x: Tensor, y: Tensor) -> float:
    return sum(float(exact(polynomial(x[part], y).sum(1)).sum()) for part in rows(len(x), len(y)))


def _within(x: Tensor) -> float:
    """Sum over i != j, from the blocks on and above the diagonal only: the kernel is symmetric."""
    total = 0.0
    for part in rows(len(x), len(x)):
        total += float(exact(polynomial(x[part], x[part]).sum(1)).sum())
        total += 2 * float(exact(polynomial(x[part], x[part.stop :]).sum(1)).sum())
    diagonal = ((x * x).sum(1) / x.shape[1] + 1.0) ** 3
    return total - float(exact(diagonal).sum())

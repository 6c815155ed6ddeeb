"""Frechet distance: how far apart are two Gaussians that have the mean and covariance of the features?"""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences.gaussian import root
from ganbook.metrics.float64 import exact
from ganbook.metrics.pairs import check
from ganbook.metrics.score import Score
from ganbook.types import Float


def frechet_gaussians(
    mean_r: Float[Tensor, " d"],
    cov_r: Float[Tensor, "d d"],
    mean_f: Float[Tensor, " d"],
    cov_f: Float[Tensor, "d d"],
) -> float:
    r"""Squared 2-Wasserstein distance of two Gaussians.

    d^2 = |m_r - m_f|^2 + tr(C_r) + tr(C_f) - 2 tr( (C_r C_f)^{1/2} )

    The last trace is the sum of the singular values of C_r^{1/2} C_f^{1/2}. Written so, nothing can turn complex,
    and no rounding error passes through a square root: singular matrices are as good as any.

    Range: 0 to infinity, in squared units of the features.
    Source: Dowson & Landau 1982.
    Derived in: chapter 6.

    >>> one = torch.eye(1)
    >>> frechet_gaussians(torch.zeros(1), one, torch.tensor([3.0]), 4 * one)      # 3^2 + (2 - 1)^2
    10.0
    """
    _check(mean_r=mean_r, cov_r=cov_r, mean_f=mean_f, cov_f=cov_f)
    mean_r, cov_r, mean_f, cov_f = (exact(x) for x in (mean_r, cov_r, mean_f, cov_f))
    overlap = torch.linalg.svdvals(root(cov_r) @ root(cov_f)).sum()
    moved = (mean_r - mean_f).square().sum()
    squared = moved + cov_r.trace() + cov_f.trace() - 2 * overlap
    return max(float(squared), 0.0)


def _check(**moments: Tensor) -> None:
    d = len(checks.tensor("mean_r", moments["mean_r"], "d"))
    for name, x in moments.items():
        checks.all_finite(name, checks.tensor(name, x, *(d,) * (2 if name.startswith("cov") else 1)))


def frechet_distance(real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], *, features: str = "samples") -> Score:
    r"""The d^2 of `frechet_gaussians` at the sample means and covariances (dividing by n - 1), in float64.

    Range: 0 to infinity, lower is better. Biased upwards, by about a constant over n: compare equal n and m
    only; and the constant depends on both sets, so that equal numbers need not sort two generators rightly.
    With Inception features of 2048 numbers this is the FID; with any other features it is not.

    Raises: ValueError for fewer than two samples, different widths, nan or inf.
    Source: Heusel et al. 2017, eq. 6.
    Derived in: chapter 6.

    >>> x = torch.tensor([[0.0], [2.0]])      # mean 1, variance 2
    >>> round(float(frechet_distance(x, x + 5)), 6), round(float(frechet_distance(x, 2 * x)), 6)     # 25; 1 + 2
    (25.0, 3.0)
    """
    check(real=real, fake=fake)
    r, f = exact(real), exact(fake)
    value = frechet_gaussians(r.mean(0), covariance(r), f.mean(0), covariance(f))
    return Score(value, "Frechet distance", len(real), len(fake), features)


def covariance(x: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """Sample covariance, dividing by n - 1.

    >>> covariance(torch.tensor([[0.0], [2.0]])).tolist()
    [[2.0]]
    """
    y = checks.tensor("x", x, "n", "d") - x.mean(0)
    return y.T @ y / (len(x) - 1)

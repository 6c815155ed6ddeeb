"""Entropies and divergences between Gaussians of any dimension, in closed form, in nats.

JSD and total variation have no closed form between general Gaussians: take `quadrature` on the line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences import densities
from ganbook.types import Float, Scalar


@dataclass(frozen=True, eq=False)
class Gaussian:
    """The normal distribution N(mean, covariance) on R^d.

    mean: (d,), covariance: (d, d), symmetric and positive definite; numbers stand for d = 1. Both become float64.
    Note the covariance: on the line N(0, 4) has standard deviation 2.

    Raises: ValueError where a number is not finite, the shapes do not fit, or covariance is no covariance.
    Derived in: chapter 3.

    >>> Gaussian(0.0, 4.0).covariance
    tensor([[4.]], dtype=torch.float64)
    """

    mean: Tensor
    covariance: Tensor

    def __init__(self, mean: object, covariance: object) -> None:
        mean = torch.atleast_1d(checks.numbers("mean", mean))
        covariance = torch.atleast_2d(checks.numbers("covariance", covariance))
        if mean.ndim != 1:
            raise ValueError(f"mean must have shape (d,), got {tuple(mean.shape)}")
        d = len(mean)
        if covariance.shape != (d, d):
            raise ValueError(
                f"covariance must have shape ({d}, {d}) like the mean's {d} entries, got {tuple(covariance.shape)}"
            )
        if not torch.allclose(covariance, covariance.T, rtol=1e-9, atol=1e-12):
            raise ValueError(f"covariance must be symmetric, got {covariance.detach().tolist()}")
        if torch.linalg.cholesky_ex(covariance.detach()).info:
            raise ValueError(f"covariance must be positive definite, got {covariance.detach().tolist()}")
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "covariance", covariance)

    @property
    def density(self) -> densities.Density:
        """The same distribution on the line as a Density, for quadrature.

        Raises: ValueError where d is not 1.

        >>> Gaussian(0.0, 1.0).density(torch.zeros(1, dtype=torch.float64))
        tensor([0.3989], dtype=torch.float64)
        """
        if len(self.mean) != 1:
            raise ValueError(f"density needs a Gaussian on the line (d = 1), got d = {len(self.mean)}")
        return densities.normal(self.mean[0], self.covariance[0, 0].sqrt())


def _pair(p: Gaussian, q: Gaussian) -> int:
    for name, one in (("p", p), ("q", q)):
        checks.instance(name, one, Gaussian, "a Gaussian")
    if p.mean.shape != q.mean.shape:
        raise ValueError(f"p and q must have the same dimension, got {len(p.mean)} and {len(q.mean)}")
    return len(p.mean)


def entropy(p: Gaussian) -> Scalar:
    """Differential entropy: h(p) = (d/2) log(2 pi e) + (1/2) log det S_p.

    Any number of nats.

    Source: Cover & Thomas 2006, theorem 8.4.1. Derived in: chapter 3.

    >>> entropy(Gaussian(0.0, 1 / (2 * math.pi * math.e)))  # the variance at which it vanishes
    tensor(0., dtype=torch.float64)
    """
    checks.instance("p", p, Gaussian, "a Gaussian")
    return (len(p.mean) * math.log(2 * math.pi * math.e) + torch.logdet(p.covariance)) / 2


def cross_entropy(p: Gaussian, q: Gaussian) -> Scalar:
    """Cross-entropy: h(p, q) = (1/2) [d log 2 pi + log det S_q + tr(S_q^-1 S_p) + (m_p - m_q)^T S_q^-1 (m_p - m_q)].

    Any number of nats.

    Raises: ValueError where the dimensions differ.
    Derived in: chapter 3.

    >>> cross_entropy(Gaussian(0.0, 1.0), Gaussian(0.0, 1.0))  # log(2 pi e) / 2
    tensor(1.4189, dtype=torch.float64)
    """
    d, step = _pair(p, q), p.mean - q.mean
    spread = torch.linalg.solve(q.covariance, p.covariance + torch.outer(step, step)).diagonal().sum()
    return (d * math.log(2 * math.pi) + torch.logdet(q.covariance) + spread) / 2


def kl(p: Gaussian, q: Gaussian) -> Scalar:
    """KL divergence between Gaussians, with s = m_p - m_q:

    KL(p || q) = (1/2) [tr(S_q^-1 S_p) - d + s^T S_q^-1 s + log(det S_q / det S_p)].

    Range [0, inf) nats.

    Raises: ValueError where the dimensions differ.
    Source: Kullback 1959, section 9.1. Derived in: chapter 3.

    >>> kl(Gaussian(0.0, 1.0), Gaussian(1.0, 1.0))
    tensor(0.5000, dtype=torch.float64)
    >>> kl(Gaussian(0.0, 1.0), Gaussian(0.0, 4.0))  # (1/4 - 1 + log 4) / 2
    tensor(0.3181, dtype=torch.float64)
    """
    return (cross_entropy(p, q) - entropy(p)).clamp(min=0.0)  # below 0 by rounding only


def reverse_kl(p: Gaussian, q: Gaussian) -> Scalar:
    """Reverse KL divergence: KL(q || p), as `kl` with the roles exchanged.

    Range [0, inf) nats.

    Raises: ValueError where the dimensions differ.
    Source: Kullback 1959, section 9.1. Derived in: chapter 3.

    >>> reverse_kl(Gaussian(0.0, 1.0), Gaussian(0.0, 4.0))  # (4 - 1 - log 4) / 2
    tensor(0.8069, dtype=torch.float64)
    """
    _pair(p, q)
    return kl(q, p)


def chi_squared(p: Gaussian, q: Gaussian) -> Scalar:
    """Pearson's chi-squared divergence: the integral of p^2 / q, less 1.

    With A = 2 S_p^-1 - S_q^-1 and c = S_q^-1 (m_p - m_q):
    1 + chi2(p || q) = det S_q^(1/2) det S_p^-1 det A^(-1/2) exp((c^T A^-1 c + c^T S_q c) / 2) where A is positive
    definite, and inf elsewhere: q's tails are then too thin for p.

    Range [0, inf].

    Raises: ValueError where the dimensions differ.
    Derived in: chapter 3.

    >>> chi_squared(Gaussian(0.0, 1.0), Gaussian(1.0, 1.0))  # e - 1
    tensor(1.7183, dtype=torch.float64)
    >>> chi_squared(Gaussian(0.0, 2.0), Gaussian(0.0, 1.0))
    tensor(inf, dtype=torch.float64)
    """
    _pair(p, q)
    precision_q = torch.linalg.inv(q.covariance)
    a = 2 * torch.linalg.inv(p.covariance) - precision_q
    if torch.linalg.cholesky_ex(a.detach()).info:
        return torch.tensor(math.inf, dtype=torch.float64)
    c = precision_q @ (p.mean - q.mean)
    exponent = (c @ torch.linalg.solve(a, c) + c @ q.covariance @ c) / 2
    logs = torch.logdet(q.covariance) / 2 - torch.logdet(p.covariance) - torch.logdet(a) / 2
    return torch.expm1(logs + exponent).clamp(min=0.0)


def hellinger(p: Gaussian, q: Gaussian) -> Scalar:
    """Hellinger distance: H^2 = 1 - (det S_p det S_q)^(1/4) / det(S)^(1/2) exp(-(m_p - m_q)^T S^-1 (m_p - m_q) / 8).

    Here S = (S_p + S_q)/2. Range [0, 1).

    Raises: ValueError where the dimensions differ.
    Derived in: chapter 3.

    >>> hellinger(Gaussian(0.0, 1.0), Gaussian(2.0, 1.0))  # sqrt(1 - exp(-1/2))
    tensor(0.6273, dtype=torch.float64)
    """
    _pair(p, q)
    step, mean = p.mean - q.mean, (p.covariance + q.covariance) / 2
    logs = (torch.logdet(p.covariance) + torch.logdet(q.covariance)) / 4 - torch.logdet(mean) / 2
    return (-torch.expm1(logs - step @ torch.linalg.solve(mean, step) / 8)).clamp(min=0.0).sqrt()


def root(covariance: Float[Tensor, "d d"]) -> Float[Tensor, "d d"]:
    """Symmetric square root of a symmetric positive semi-definite matrix; rounding below zero counts as zero.

    >>> root(torch.diag(torch.tensor([4.0, 9.0]))).tolist()
    [[2.0, 0.0], [0.0, 3.0]]
    """
    checks.all_finite("covariance", checks.tensor("covariance", covariance, "d", "d"))
    if covariance.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"covariance must be in float32 or float64, got {covariance.dtype}")
    values, vectors = torch.linalg.eigh((covariance + covariance.T) / 2)
    return (vectors * values.clamp(min=0.0).sqrt()) @ vectors.T


def wasserstein2(p: Gaussian, q: Gaussian) -> Scalar:
    """Wasserstein-2 distance: W2^2 = |m_p - m_q|^2 + tr(S_p + S_q - 2 (S_p^(1/2) S_q S_p^(1/2))^(1/2)).

    Range [0, inf), in the unit of x. Its square is the Frechet distance of chapter 6.

    Raises: ValueError where the dimensions differ.
    Source: Dowson & Landau 1982. Derived in: chapter 8.

    >>> wasserstein2(Gaussian(0.0, 1.0), Gaussian(3.0, 25.0))  # sqrt(3^2 + (5 - 1)^2)
    tensor(5., dtype=torch.float64)
    """
    _pair(p, q)
    half = root(p.covariance)
    cross = torch.linalg.eigvalsh(half @ q.covariance @ half).clamp(min=0.0).sqrt().sum()
    squared = (p.mean - q.mean).square().sum() + torch.trace(p.covariance) + torch.trace(q.covariance) - 2 * cross
    return squared.clamp(min=0.0).sqrt()

"""How far apart two laws of pairs are, and their shadows: total variation of (x, z), of x and of z. Chapter 18."""

from __future__ import annotations

from math import asin, ceil, erf, log2, pi, sqrt
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences import quadrature
from ganbook.divergences.gaussian import Gaussian
from ganbook.types import Float


class Three(NamedTuple):
    """Total variations: of the samples, of the latents, and of the pairs. In the order of D's scores."""

    x: float
    z: float
    xz: float


def encoded(a: float, noise: float) -> Gaussian:
    """The law of (x, E(x)): x ~ N(0, 1), z = a x + noise eps.

    Raises: ValueError where noise is not > 0: without it the pairs lie on a line and have no density.

    >>> encoded(0.5, 2.0).covariance.tolist()
    [[1.0, 0.5], [0.5, 4.25]]
    """
    checks.positive("noise", noise)
    checks.finite("a", a)
    return Gaussian([0.0, 0.0], [[1.0, a], [a, a * a + noise * noise]])


def generated(g: float, noise: float) -> Gaussian:
    """The law of (G(z), z): z ~ N(0, 1), x = g z + noise eps.

    It is that of encoded(a, s) just where a = g and both noises are sqrt(1 - g^2): as G comes to be invertible, with
    noise 0, E's noise vanishes too.

    Raises: ValueError where noise is not > 0.

    >>> generated(0.6, 0.8).covariance.tolist() == encoded(0.6, 0.8).covariance.tolist()
    True
    """
    checks.positive("noise", noise)
    checks.finite("g", g)
    return Gaussian([0.0, 0.0], [[g * g + noise * noise, g], [g, 1.0]])


def three(p: Gaussian, q: Gaussian, order: int = 200) -> Three:
    """The three distances of two laws of pairs (x, z) on the plane.

    TV(p, q) = 1/2 int |p - q|, from 0 to 1. The marginals by quadrature on the line. The pairs in polar coordinates
    in which p is the unit normal: in each direction p = q at the roots of a quadratic, the masses between them are
    known, and directions where roots come or go are roots themselves. A law that is thin, or far, is looked at in
    steps that shrink towards it.

    order: directions between two of these.

    Raises: ValueError where p or q is not on the plane.
    Derived in: chapter 18.

    >>> [round(tv, 6) for tv in three(encoded(0.6, 0.8), generated(-0.6, 0.8))]  # (2 / pi) arcsin 0.6
    [0.0, 0.0, 0.409666]
    """
    for name, law in (("p", p), ("q", q)):
        if not isinstance(law, Gaussian) or len(law.mean) != 2:
            raise ValueError(f"{name} must be a Gaussian of pairs (x, z), on the plane, got {law!r}")
    checks.whole("order", order, 2)
    shadows = [Gaussian(law.mean[k], law.covariance[k, k]).density for k in range(2) for law in (p, q)]
    x, z = (float(quadrature.total_variation(*pair)) for pair in (shadows[:2], shadows[2:]))
    return Three(x, z, _planar(p, q, order))


def shifted(p: Gaussian, q: Gaussian) -> float:
    """TV of two Gaussians of one covariance S, in any dimension: 2 Phi(d / 2) - 1, d^2 = s^T S^-1 s, s = m_p - m_q.

    Raises: ValueError where the covariances differ.
    Derived in: chapter 18.

    >>> round(shifted(Gaussian([0.0, 0.0], torch.eye(2)), Gaussian([2.0, 0.0], torch.eye(2))), 4)  # 2 Phi(1) - 1
    0.6827
    """
    if p.covariance.shape != q.covariance.shape or not torch.allclose(p.covariance, q.covariance):
        raise ValueError("p and q must have one covariance, got two")
    step = p.mean - q.mean
    return erf(sqrt(float(step @ torch.linalg.solve(p.covariance, step)) / 8))


def turned(r: float) -> float:
    """TV of two normal pairs with correlations r and -r: (2 / pi) arcsin |r|. Both marginals agree.

    Raises: ValueError where r is not in [-1, 1].
    Derived in: chapter 18.

    >>> round(turned(0.5), 6)  # arcsin 1/2 = pi / 6
    0.333333
    """
    return 2 / pi * asin(abs(checks.inside("r", r, -1, 1, "[]")))


def value(*tvs: float) -> float:
    """What the best D is left with: of each hinge 2 (1 - TV), and these summed.

    >>> value(0.0, 0.0, 0.25)  # 2 + 2 + 1.5
    5.5
    """
    return float(sum(2 * (1 - checks.inside("tvs", tv, 0, 1, "[]")) for tv in tvs))


def posterior(g: Float[Tensor, " d"]) -> tuple[Float[Tensor, " d"], Float[Tensor, "d d"]]:
    """What z is, given x = g . z, z ~ N(0, I), |g| = 1: normal of mean x g and covariance I - g g^T; returns both.

    G takes many z to one x, and the best E draws from these; one that draws each coordinate by itself is right just
    where the covariance is diagonal, which it is where g lies on an axis.

    Raises: ValueError where g is not of length 1.
    Derived in: chapter 18.

    >>> posterior(torch.tensor([1.0, 0.0]))[1].tolist()  # x is the first coordinate, and nothing of the second
    [[0.0, 0.0], [0.0, 1.0]]
    """
    checks.tensor("g", g, "d")
    g = g.double()
    if abs(float(g.norm()) - 1) > 1e-6:
        raise ValueError(f"g must have length 1, got {float(g.norm()):.6g}")
    return g, torch.eye(len(g), dtype=g.dtype) - torch.outer(g, g)


def _planar(p: Gaussian, q: Gaussian, order: int) -> float:
    """TV on the plane. In p's whitened coordinates, log p - log q = ((a - 1) r^2 - 2 b r + k) / 2 along a direction e,
    with a = e^T A e, b = e . v, A the inverse of q's covariance S and v = A m."""
    root = torch.linalg.cholesky(p.covariance)
    m = torch.linalg.solve_triangular(root, (q.mean - p.mean)[:, None], upper=False)[:, 0]
    half = torch.linalg.solve_triangular(root, q.covariance, upper=False)
    S = torch.linalg.solve_triangular(root, half.mT, upper=False)
    A, logdet = torch.linalg.inv(S), torch.logdet(S)
    v = A @ m
    c = m @ v
    k, outer = c + logdet, torch.outer(v, v)
    bend = A - torch.eye(2, dtype=A.dtype)
    edges = sorted({0.0, 2 * pi, *_zeros(bend), *_zeros(outer - k * bend), *_zeros(outer), *_around(S, m)})
    theta, w = _legendre(edges, order)
    e = torch.stack([theta.cos(), theta.sin()], 1)
    a, b = ((e @ A) * e).sum(1), e @ v
    far = b + torch.where(b < 0, -1.0, 1.0) * (b * b - (a - 1) * k).clamp(min=0).sqrt()
    real = b * b >= (a - 1) * k
    radii = torch.stack([torch.zeros_like(a), far / (a - 1), k / far, torch.full_like(a, torch.inf)])
    radii[1:3] = torch.where(real & (radii[1:3] > 0), radii[1:3], torch.inf)  # nan too
    radii = radii.sort(0).values
    mu, rate = b / a, (a / 2).sqrt()
    of_p = -torch.exp(-radii.square() / 2)
    of_q = -torch.exp(-(rate * (radii - mu)).square()) / a + mu * sqrt(pi) / 2 / rate * torch.erf(rate * (radii - mu))
    of_q = of_q * torch.exp(-(c - b * b / a + logdet) / 2)
    return float(((of_p - of_q).diff(dim=0).abs().sum(0) * w).sum() / (4 * pi))


def _around(S: Float[Tensor, "2 2"], m: Float[Tensor, " 2"]) -> list[float]:
    """Directions near those in which a q that is thin, or far, lies: closer and closer, down to its width as seen from
    0, where all that is to be summed may stand between two nodes otherwise."""
    spread, axes = torch.linalg.eigh(S)
    thin, wide = spread.clamp(min=torch.finfo(S.dtype).tiny).sqrt()
    width = float(thin / torch.maximum(wide, m.norm()))
    middles = torch.atan2(*torch.cat([axes.mT, m[None]]).T.flip(0))
    steps = 0.25 ** torch.arange(1.0, max(0, ceil(-log2(width) / 2)) + 2, dtype=S.dtype)
    found = middles[:, None] + torch.cat([steps, torch.zeros(1, dtype=S.dtype), -steps])
    return torch.cat([found, found + pi]).flatten().remainder(2 * pi).tolist()


def _zeros(form: Float[Tensor, "2 2"]) -> list[float]:
    """The directions in [0, 2 pi) in which e^T M e = 0."""
    (low, high), axes = torch.linalg.eigh(form)
    if not low < 0 < high and not (low == 0) ^ (high == 0):
        return []
    sides = torch.tensor([[1.0, 1.0], [1.0, -1.0]], dtype=form.dtype) * torch.stack([high.abs(), low.abs()]).sqrt()
    ends = sides @ axes.mT
    angles = torch.atan2(ends[:, 1], ends[:, 0])
    return torch.cat([angles, angles + pi]).remainder(2 * pi).tolist()


def _legendre(edges: list[float], order: int) -> tuple[Tensor, Tensor]:
    """Gauss-Legendre nodes and weights on each piece."""
    nodes, weights = (torch.from_numpy(each) for each in np.polynomial.legendre.leggauss(order))
    left, width = torch.tensor(edges[:-1], dtype=torch.float64), torch.tensor(edges, dtype=torch.float64).diff()
    return (left[:, None] + width[:, None] * (nodes + 1) / 2).flatten(), (width[:, None] * weights / 2).flatten()

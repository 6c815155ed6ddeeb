"""Entropies and divergences of densities on the line, by Gauss-Legendre quadrature, in nats.

The quadrature turns two densities into two lists of masses w_i p(x_i), w_i q(x_i), and the sums of the discrete case
do the rest. Each number is computed twice, with different nodes; where the two disagree there is no number but a
ValueError. The results are float64 scalars that can be differentiated in the parameters of the densities.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences import _formulas
from ganbook.divergences.densities import Density, check_densities
from ganbook.types import Scalar

TOLERANCE = 1e-6
"""How far the mass of a density may be from 1, and how far two quadratures may disagree."""

PANELS = 4  # pieces between two neighbouring breaks
TAIL = 12  # pieces of an infinite tail
ORDERS = (24, 40)  # Gauss-Legendre nodes a piece: the check, the answer


@lru_cache(maxsize=8)
def _legendre(order: int) -> tuple[Tensor, Tensor]:
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return torch.from_numpy((nodes + 1) / 2), torch.from_numpy(weights / 2)  # on [0, 1]


def _pieces(edges: Tensor, order: int) -> tuple[Tensor, Tensor]:
    nodes, weights = _legendre(order)
    width = edges.diff()
    x = edges[:-1, None] + width[:, None] * nodes  # (pieces, order)
    return x.flatten(), (width[:, None] * weights).flatten()


def _tail(start: float, sign: float, scale: float, order: int) -> tuple[Tensor, Tensor]:
    t, w = _pieces(torch.linspace(0, 1, TAIL + 1, dtype=torch.float64), order)
    return start + sign * scale * t / (1 - t), w * scale / (1 - t).square()  # t in [0, 1) covers the whole tail


def nodes(*densities: Density, order: int = ORDERS[1], breaks: tuple[float, ...] = ()) -> tuple[Tensor, Tensor]:
    """Points x_i and weights w_i with sum_i w_i h(x_i) close to the integral of h over all supports together.

    breaks: further points at which h is not smooth. Infinite ends are mapped by x = start +- scale t / (1 - t).

    Raises: ValueError where no density is given.
    Source: Gauss-Legendre rule. Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> x, w = nodes(uniform(0.0, 3.0))
    >>> round((w * x**2).sum().item(), 12)  # 27 / 3
    9.0
    """
    checks.whole("order", order)
    checks.each("breaks", breaks, lambda point: True, "a tuple of finite numbers")
    if not densities:
        raise ValueError("p must be at least one density, got none")
    check_densities(**{"p" if k == 0 else "q" if k == 1 else f"densities[{k}]": p for k, p in enumerate(densities)})
    lower = min(p.support[0] for p in densities)
    upper = max(p.support[1] for p in densities)
    marks = {point for p in densities for point in (*p.breaks, *p.support) if math.isfinite(point)}
    marks = sorted(mark for mark in {*marks, *breaks} if lower <= mark <= upper) or [0.0]
    scale = (marks[-1] - marks[0]) or 1.0
    if len(marks) > 1:
        steps = torch.linspace(0, 1, PANELS + 1, dtype=torch.float64)[:-1]
        ends = torch.tensor(marks, dtype=torch.float64)
        edges = torch.cat([(ends[:-1, None] + ends.diff()[:, None] * steps).flatten(), ends[-1:]])
        parts = [_pieces(edges, order)]
    else:
        parts = []
    if lower == -math.inf:
        parts.append(_tail(marks[0], -1.0, scale, order))
    if upper == math.inf:
        parts.append(_tail(marks[-1], 1.0, scale, order))
    x, w = (torch.cat(column) for column in zip(*parts, strict=True))
    return x, w


def _settled(name: str, compute: Callable[[int], Tensor], tolerance: float = TOLERANCE) -> Scalar:
    checks.positive("tolerance", tolerance)
    check, answer = (compute(order) for order in ORDERS)
    a, b = check.item(), answer.item()
    if a != b and not abs(a - b) <= tolerance * max(1.0, abs(b)):
        raise ValueError(
            f"{name} has not settled on the quadrature's nodes ({a:.6g} against {b:.6g}): the integral "
            f"is infinite in a tail, or the densities need breaks where they are not smooth"
        )
    return answer


def log_masses(p: Density, x: Tensor, w: Tensor, name: str = "p") -> Tensor:
    """log(w_i p(x_i)): the density as masses on the nodes, checked to sum to 1.

    Raises: ValueError naming the density and its mass where the masses do not sum to 1 within TOLERANCE.

    >>> from ganbook.divergences.densities import uniform
    >>> log_masses(uniform(0.0, 1.0), torch.tensor([0.25, 0.75]), torch.tensor([0.5, 0.5])).exp()
    tensor([0.5000, 0.5000])
    """
    checks.instance("p", p, Density, "a Density")
    checks.all_finite("x", checks.tensor("x", x, "n"))
    checks.tensor("w", w, len(x))
    logs = p.log(x) + w.log()
    total = logs.detach().exp().sum().item()
    if not abs(total - 1) <= TOLERANCE:
        raise ValueError(
            f"{name} must integrate to 1 over its support {p.support} (within {TOLERANCE}), "
            f"got {total:.6g}: it is not normalised, or its breaks miss a narrow bump"
        )
    return logs


def _divergence(
    name: str, formula: Callable[[Tensor, Tensor], Tensor], p: Density, q: Density, breaks: tuple[float, ...] = ()
) -> Scalar:
    def compute(order: int) -> Tensor:
        x, w = nodes(p, q, order=order, breaks=breaks)
        return formula(log_masses(p, x, w, "p"), log_masses(q, x, w, "q"))

    return _settled(name, compute)


def expectation(
    p: Density, h: Callable[[Tensor], Tensor], breaks: tuple[float, ...] = (), *, tolerance: float = TOLERANCE
) -> Scalar:
    """Expectation under a density: E_{x ~ p}[h(x)] = integral of p(x) h(x) dx.

    h: (n,) float64 -> (n,), asked only where p is positive.
    breaks: points at which h is not smooth.
    tolerance: how far the two quadratures may disagree; a network of ReLUs has kinks everywhere and needs 1e-4.

    Raises: ValueError where p has not mass 1 or the quadrature does not settle.
    Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> expectation(uniform(0.0, 1.0), torch.square)
    tensor(0.3333, dtype=torch.float64)
    """

    checks.function("h", h, "a function of a tensor (n,)")
    for point in checks.instance("breaks", breaks, tuple, "a tuple of numbers"):
        checks.finite("breaks", point)

    def compute(order: int) -> Tensor:
        x, w = nodes(p, order=order, breaks=breaks)
        mass = log_masses(p, x, w).exp()
        return (mass[mass > 0] * h(x[mass > 0])).sum()

    return _settled("the expectation", compute, tolerance)


def entropy(p: Density) -> Scalar:
    """Differential entropy: h(p) = -integral of p(x) log p(x) dx.

    Any number of nats: unlike the entropy of a discrete distribution it may be negative.

    Raises: ValueError where p has not mass 1 or the quadrature does not settle.
    Source: Shannon 1948, section 20. Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> entropy(uniform(0.0, 0.5))  # -log 2
    tensor(-0.6931, dtype=torch.float64)
    """
    return expectation(p, lambda x: -p.log(x))


def cross_entropy(p: Density, q: Density) -> Scalar:
    """Cross-entropy: h(p, q) = -integral of p(x) log q(x) dx = h(p) + KL(p || q).

    Any number of nats; inf where q is 0 on a set that p gives mass to.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.
    Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> cross_entropy(uniform(0.0, 1.0), uniform(0.0, 2.0))  # log 2
    tensor(0.6931, dtype=torch.float64)
    """

    def compute(order: int) -> Tensor:
        x, w = nodes(p, q, order=order)
        log_masses(q, x, w, "q")
        return _formulas.expectation(log_masses(p, x, w, "p"), -q.log(x))

    return _settled("the cross-entropy", compute)


def kl(p: Density, q: Density) -> Scalar:
    """Kullback-Leibler divergence of two densities: KL(p || q) = integral of p(x) log(p(x)/q(x)) dx.

    Range [0, inf] nats; inf where q is 0 on a set that p gives mass to.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle (an infinite tail).
    Source: Kullback & Leibler 1951. Derived in: chapter 3.

    >>> from ganbook.divergences.densities import normal, uniform
    >>> kl(normal(0.0, 1.0), normal(2.0, 1.0))  # (2 - 0)^2 / 2
    tensor(2.0000, dtype=torch.float64)
    >>> kl(uniform(0.0, 2.0), uniform(0.0, 1.0))
    tensor(inf, dtype=torch.float64)
    """
    return _divergence("KL(p || q)", _formulas.kl, p, q)


def reverse_kl(p: Density, q: Density) -> Scalar:
    """Reverse Kullback-Leibler divergence of two densities: KL(q || p).

    Range [0, inf] nats; inf where p is 0 on a set that q gives mass to.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.
    Source: Kullback & Leibler 1951. Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> reverse_kl(uniform(0.0, 2.0), uniform(0.0, 1.0))  # log 2
    tensor(0.6931, dtype=torch.float64)
    """
    return _divergence("KL(q || p)", lambda log_p, log_q: _formulas.kl(log_q, log_p), p, q)


def js(p: Density, q: Density) -> Scalar:
    """Jensen-Shannon divergence of two densities: KL(p || m)/2 + KL(q || m)/2 with m = (p + q)/2.

    Range [0, log 2] nats: log 2 exactly where the supports are disjoint.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.
    Source: Lin 1991, section 4, with equal weights. Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> js(uniform(0.0, 1.0), uniform(0.5, 1.5))  # (log 2) / 2
    tensor(0.3466, dtype=torch.float64)
    """
    return _divergence("JSD(p || q)", _formulas.js, p, q)


def crossings(p: Density, q: Density) -> tuple[float, ...]:
    """Points at which p - q changes sign, found between the nodes by bisection.

    >>> from ganbook.divergences.densities import normal
    >>> [round(x, 6) for x in crossings(normal(0.0, 1.0), normal(2.0, 1.0))]
    [1.0]
    """
    with torch.no_grad():
        x = nodes(p, q)[0].sort().values
        sign = (p.log(x) > q.log(x)).to(torch.int8)
        change = sign.diff() != 0
        left, right, start = x[:-1][change], x[1:][change], sign[:-1][change]
        for _ in range(60):  # halves the bracket down to float64's last bit
            middle = (left + right) / 2
            same = (p.log(middle) > q.log(middle)).to(torch.int8) == start
            left, right = torch.where(same, middle, left), torch.where(same, right, middle)
    return tuple(((left + right) / 2).tolist())


def total_variation(p: Density, q: Density) -> Scalar:
    """Total variation distance of two densities: TV(p, q) = integral of |p(x) - q(x)| dx / 2.

    Range [0, 1]: 1 only where the supports are disjoint.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.
    Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> total_variation(uniform(0.0, 1.0), uniform(0.25, 1.25))
    tensor(0.2500, dtype=torch.float64)
    """
    return _divergence("TV(p, q)", _formulas.total_variation, p, q, breaks=crossings(p, q))


def chi_squared(p: Density, q: Density) -> Scalar:
    """Pearson's chi-squared divergence of two densities: integral of (p(x) - q(x))^2 / q(x) dx.

    Range [0, inf]; inf where q is 0 on a set that p gives mass to.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle (an infinite tail).
    Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> chi_squared(uniform(0.0, 1.0), uniform(0.0, 2.0))  # (1/2)^2 / (1/2) on each half
    tensor(1.0000, dtype=torch.float64)
    """
    return _divergence("chi2(p || q)", _formulas.chi_squared, p, q)


def hellinger(p: Density, q: Density) -> Scalar:
    """Hellinger distance of two densities: sqrt(integral of (sqrt p(x) - sqrt q(x))^2 dx / 2).

    Range [0, 1]: 1 only where the supports are disjoint.

    Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.
    Derived in: chapter 3.

    >>> from ganbook.divergences.densities import uniform
    >>> hellinger(uniform(0.0, 1.0), uniform(0.75, 1.75))  # sqrt(1 - 1/4)
    tensor(0.8660, dtype=torch.float64)
    """
    return _divergence("H(p, q)", _formulas.hellinger_squared, p, q).sqrt()

"""The f-divergences, their conjugates and their variational bounds: what an f-GAN's critic estimates.

D_f(p || q) = E_q[f(p/q)] with f convex and f(1) = 0, and for every function T with values in the domain of f*
    E_p[T(x)] - E_q[f*(T(x))] <= D_f(p || q),        with equality at T = f'(p/q).
A network gives any number v; an increasing activation g turns it into T = g(v) in the domain of f*.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from ganbook import checks
from ganbook.divergences import _formulas, quadrature
from ganbook.divergences.densities import Density
from ganbook.divergences.discrete import Masses, pair
from ganbook.types import Float, Scalar

LOG2 = math.log(2.0)
Function = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class FDivergence:
    """One member of the family: D_f(p || q) = sum_i q_i f(p_i / q_i) + f'(inf) P(q = 0), with f(1) = `offset`.

    formula: the sum itself, of log p and log q, stable where p/q overflows.
    f, slope: f and f' on u > 0.
    conjugate: f*(t) = sup_u (ut - f(u)) on t < `sup_t`.
    activation: g, increasing, from any number v into the domain of f*.
    penalty: f*(g(v)) in one stable formula.
    at_zero: f(0) as a limit.
    at_infinity: f'(inf) = lim f(u)/u; with at_zero it bounds D_f for disjoint supports.
    offset: f(1), 0 but for the GAN's own f.

    Source: Nowozin et al. 2016, eqs. 2 to 6 and the table of their appendix. Derived in: chapter 3.

    >>> KL.divergence([0.5, 0.5], [0.75, 0.25])  # (log 4/3) / 2
    tensor(0.1438, dtype=torch.float64)
    """

    name: str
    formula: Callable[[Tensor, Tensor], Tensor]
    f: Function
    slope: Function
    conjugate: Function
    activation: Function
    penalty: Function
    sup_t: float
    at_zero: float
    at_infinity: float
    offset: float = 0.0

    def __repr__(self) -> str:
        return f"FDivergence({self.name!r})"

    def divergence(self, p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
        """D_f(p || q) of discrete distributions, exactly; float64 of shape (...).

        Raises: ValueError where p or q is no distribution or their shapes differ.

        >>> TOTAL_VARIATION.divergence([1, 0], [0, 1])
        tensor(1., dtype=torch.float64)
        """
        p, q = pair(p, q)
        return self.formula(_formulas.log(p), _formulas.log(q))

    def between(self, p: Density, q: Density) -> Scalar:
        """D_f(p || q) of densities on the line, by quadrature.

        Raises: ValueError where p or q has not mass 1 or the quadrature does not settle.

        >>> from ganbook.divergences.densities import uniform
        >>> REVERSE_KL.between(uniform(0.0, 2.0), uniform(0.0, 1.0))  # log 2
        tensor(0.6931, dtype=torch.float64)
        """
        return quadrature._divergence(self.name, self.formula, p, q, breaks=quadrature.crossings(p, q))

    def bound(self, real: Tensor, fake: Tensor) -> Scalar:
        """The variational lower bound of D_f(p || q): mean of g(real) less mean of f*(g(fake)).

        real, fake: raw outputs v of the network on samples of p and of q, any shapes. An f-GAN's critic maximises it,
        its generator minimises it.

        Raises: ValueError where real or fake is empty.
        Source: Nowozin et al. 2016, eq. 6. Derived in: chapter 3.

        >>> GAN.bound(torch.zeros(2, 1), torch.zeros(2, 1))  # -log 4: D says 1/2 everywhere
        tensor(-1.3863)
        """
        for name, value in (("real", real), ("fake", fake)):
            checks.tensor(name, value, what="raw outputs of the network")
        return self.activation(real).mean() - self.penalty(fake).mean()

    def witness(self, ratio: Tensor) -> Tensor:
        """T* = f'(p/q), the function at which the bound is reached.

        Source: Nowozin et al. 2016, eq. 5. Derived in: chapter 3.

        >>> PEARSON.witness(torch.tensor([1.5]))  # 2 (u - 1)
        tensor([1.])
        """
        return self.slope(checks.tensor("ratio", ratio))


def _xlogx(u: Tensor) -> Tensor:
    return torch.xlogy(u, u)


def _pearson_conjugate(t: Tensor) -> Tensor:
    t = t.clamp(min=-2.0)
    return t + t.square() / 4


# A table: each member is read as one block, and chapter 3 shows two of them so.
# fmt: off
KL = FDivergence(
    "KL(p || q)", _formulas.kl,
    f=_xlogx, slope=lambda u: u.log() + 1,
    conjugate=lambda t: (t - 1).exp(),
    activation=lambda v: v, penalty=lambda v: (v - 1).exp(),
    sup_t=math.inf, at_zero=0.0, at_infinity=math.inf)

REVERSE_KL = FDivergence(
    "KL(q || p)", lambda log_p, log_q: _formulas.kl(log_q, log_p),
    f=lambda u: -u.log(), slope=lambda u: -1 / u,
    conjugate=lambda t: -1 - (-t).log(), activation=lambda v: -(-v).exp(), penalty=lambda v: v - 1,
    sup_t=0.0, at_zero=math.inf, at_infinity=0.0)

PEARSON = FDivergence(
    "chi2(p || q)", _formulas.chi_squared,
    f=lambda u: (u - 1).square(), slope=lambda u: 2 * (u - 1),
    # f* is t + t^2/4 for t >= -2 and -1 below, where the best u is 0: the parabola alone would be too large there.
    conjugate=_pearson_conjugate, activation=lambda v: v, penalty=_pearson_conjugate,
    sup_t=math.inf, at_zero=1.0, at_infinity=math.inf)

NEYMAN = FDivergence(
    "chi2(q || p)", lambda log_p, log_q: _formulas.chi_squared(log_q, log_p),
    f=lambda u: (u - 1).square() / u, slope=lambda u: 1 - 1 / u.square(),
    conjugate=lambda t: 2 - 2 * (1 - t).sqrt(), activation=lambda v: 1 - (-v).exp(),
    penalty=lambda v: 2 - 2 * (-v / 2).exp(),
    sup_t=1.0, at_zero=math.inf, at_infinity=1.0)

SQUARED_HELLINGER = FDivergence(
    "H^2(p, q)", _formulas.hellinger_squared,
    f=lambda u: (u.sqrt() - 1).square() / 2, slope=lambda u: (1 - u.rsqrt()) / 2,
    conjugate=lambda t: t / (1 - 2 * t), activation=lambda v: (1 - (-v).exp()) / 2,
    penalty=lambda v: (v.exp() - 1) / 2,
    sup_t=0.5, at_zero=0.5, at_infinity=0.5)

JENSEN_SHANNON = FDivergence(
    "JSD(p || q)", _formulas.js,
    f=lambda u: (_xlogx(u) - (u + 1) * ((u + 1) / 2).log()) / 2,
    slope=lambda u: (LOG2 + u.log() - torch.log1p(u)) / 2,
    conjugate=lambda t: -(2 - (2 * t).exp()).log() / 2, activation=lambda v: (LOG2 + logsigmoid(v)) / 2,
    penalty=lambda v: (-LOG2 - logsigmoid(-v)) / 2,
    sup_t=LOG2 / 2, at_zero=LOG2 / 2, at_infinity=LOG2 / 2)

TOTAL_VARIATION = FDivergence(
    "TV(p, q)", _formulas.total_variation,
    f=lambda u: (u - 1).abs() / 2, slope=lambda u: (u - 1).sign() / 2,
    conjugate=lambda t: t, activation=lambda v: v.tanh() / 2, penalty=lambda v: v.tanh() / 2,
    sup_t=0.5, at_zero=0.5, at_infinity=0.5)

GAN = FDivergence(
    "2 JSD(p || q) - log 4",
    lambda log_p, log_q: 2 * _formulas.js(log_p, log_q) - 2 * LOG2,
    f=lambda u: _xlogx(u) - (u + 1) * torch.log1p(u),
    slope=lambda u: u.log() - torch.log1p(u),
    conjugate=lambda t: -(-t.expm1()).log(),
    activation=logsigmoid, penalty=lambda v: -logsigmoid(-v),
    sup_t=0.0, at_zero=0.0, at_infinity=0.0, offset=-2 * LOG2)
# fmt: on

FAMILY = (KL, REVERSE_KL, PEARSON, NEYMAN, SQUARED_HELLINGER, JENSEN_SHANNON, TOTAL_VARIATION, GAN)
"""All members. Ours are scaled to be the divergences of `ganbook.divergences`; the table of Nowozin et al. has twice
the JSD and twice the squared Hellinger distance (its f without our factor 1/2)."""

"""Entropic optimal transport: a blurred plan, found by two lines in turn.

min over plans P of sum_ij P_ij c_ij + epsilon KL(P || a b^T). Written with logarithms throughout: exp(-c / epsilon) is
0 in floating point long before epsilon is small enough to be of use.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences.discrete import Masses
from ganbook.divergences.transport import _margin, _table
from ganbook.types import Float, Scalar


@dataclass(frozen=True, eq=False)
class Blurred:
    """Where Sinkhorn's iteration stands: P_ij = a_i b_j exp((f_i + g_j - c_ij) / epsilon).

    a, b, cost, epsilon: as given, (n,), (m,), (n, m) and a number.
    f, g: the prices, (n,) and (m,).
    error: sum_i |a_i - sum_j P_ij|, how far the rows are from a (the columns are exact).
    n: rounds so far.

    Made by `sinkhorn` and `rounds`.

    Derived in: chapter 8.
    """

    a: Float[Tensor, " n"]
    b: Float[Tensor, " m"]
    cost: Float[Tensor, "n m"]
    epsilon: float
    f: Float[Tensor, " n"]
    g: Float[Tensor, " m"]
    error: float
    n: int

    @property
    def plan(self) -> Float[Tensor, "n m"]:
        """The blurred plan: every entry positive where a_i and b_j are."""
        return self.a[:, None] * self.b * ((self.f[:, None] + self.g - self.cost) / self.epsilon).exp()

    @property
    def value(self) -> Scalar:
        """What the blurred plan costs, without the entropy: sum_ij P_ij c_ij."""
        return (self.plan * self.cost).sum()

    @property
    def objective(self) -> Scalar:
        """What is minimised: value + epsilon KL(P || a b^T)."""
        return self.value + self.epsilon * (self.plan * (self.f[:, None] + self.g - self.cost) / self.epsilon).sum()

    @property
    def dual(self) -> Scalar:
        """What the prices earn: a f + b g + epsilon (1 - sum P). Equal to `objective` once settled."""
        return self.a @ self.f + self.b @ self.g + self.epsilon * (1 - self.plan.sum())


def rounds(a: Masses, b: Masses, cost: object, epsilon: float) -> Iterator[Blurred]:
    """Sinkhorn's iteration, one round at a time, without end.

    f_i <- -epsilon log sum_j b_j exp((g_j - c_ij) / epsilon), then g_j in the same way from f: a soft c_transform.

    Raises, at the first round: ValueError for bad masses or costs, or epsilon not above 0.
    Source: Cuturi 2013, algorithm 1; in logarithms, Peyre & Cuturi 2019, section 4.4. Derived in: chapter 8.

    >>> one = next(rounds([0.5, 0.5], [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]], epsilon=1.0))
    >>> one.n, one.error < 1e-12  # symmetric: right after one round
    (1, True)
    """
    a, b = _margin(a, "a"), _margin(b, "b")
    c = _table(cost, len(a), len(b))
    checks.positive("epsilon", epsilon)
    log_a, log_b = a.log(), b.log()  # -inf without mass: takes no part

    def rows(g: Tensor) -> Tensor:
        return -epsilon * torch.logsumexp((g - c) / epsilon + log_b, dim=1)

    def columns(f: Tensor) -> Tensor:
        return -epsilon * torch.logsumexp((f - c.T) / epsilon + log_a, dim=1)

    f, n = rows(torch.zeros_like(b)), 0
    while True:
        g, n = columns(f), n + 1
        after = rows(g)
        error = float((a * torch.expm1((f - after) / epsilon).abs()).sum())
        yield Blurred(a, b, c, epsilon, f, g, error, n)
        f = after


def sinkhorn(
    a: Masses, b: Masses, cost: object, epsilon: float, *, tolerance: float = 1e-9, limit: int = 100_000
) -> Blurred:
    """Entropic transport: the blurred plan once its margins are right to within `tolerance`.

    a, b: masses, (n,) and (m,).
    cost: (n, m).
    epsilon: in the unit of the cost; the value is above the unblurred one by at most epsilon log min(n, m). A small one
        needs many rounds.
    limit: of rounds.

    Raises: ValueError for a bad argument; RuntimeError where `limit` rounds do not suffice.
    Source: Cuturi 2013. Derived in: chapter 8.

    >>> plan = sinkhorn([0.5, 0.5], [0.5, 0.5], [[0.0, 1.0], [1.0, 0.0]], epsilon=1.0).plan
    >>> round(float(plan[0, 1] / plan[0, 0]), 4)  # e^-1
    0.3679
    """
    checks.whole("limit", limit)
    checks.positive("tolerance", tolerance)
    for state in rounds(a, b, cost, epsilon):
        if state.error <= tolerance:
            return state
        if state.n == limit:
            raise RuntimeError(
                f"Sinkhorn has not settled in {limit} rounds (error {state.error:.3g}): take a larger epsilon"
            )
    raise AssertionError("rounds does not end")

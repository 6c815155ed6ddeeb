"""Optimal transport between finite distributions: the linear programme, its prices, and 1-Lipschitz potentials.

Everything is computed by scipy's HiGHS in float64 and comes with what proves it right: a plan is optimal if and only
if there are prices (u, v) that no plan can beat and that it meets. `Plan` carries both. Sizes up to a few hundred
points a side; equal weights go through the assignment solver and may be a few thousand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from scipy import sparse
from scipy.optimize import linear_sum_assignment, linprog
from torch import Tensor

from ganbook import checks
from ganbook.divergences.discrete import Masses, masses
from ganbook.types import Float, Scalar

TIGHT = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10, "presolve": False}
"""HiGHS's own tolerances, three digits below its defaults. Its presolve takes masses below them for contradictions."""


@dataclass(frozen=True, eq=False)
class Plan:
    """A coupling of a and b of least cost, with the prices that prove that there is no cheaper one.

    a: (n,), b: (m,) masses.
    cost: (n, m).
    plan: (n, m), with sum_j plan_ij = a_i and sum_i plan_ij = b_j.
    u: (n,), v: (m,), with u_i + v_j <= cost_ij, equal where plan_ij > 0.

    Made by `transport`.

    Derived in: chapter 8.
    """

    a: Float[Tensor, " n"]
    b: Float[Tensor, " m"]
    cost: Float[Tensor, "n m"]
    plan: Float[Tensor, "n m"]
    u: Float[Tensor, " n"]
    v: Float[Tensor, " m"]

    @property
    def value(self) -> Scalar:
        """What the plan costs: sum_ij plan_ij cost_ij."""
        return (self.plan * self.cost).sum()

    @property
    def dual(self) -> Scalar:
        """What the prices earn: sum_i a_i u_i + sum_j b_j v_j. Never above `value`, and equal at the optimum."""
        return self.a @ self.u + self.b @ self.v

    @property
    def slack(self) -> Float[Tensor, "n m"]:
        """cost_ij - u_i - v_j: nowhere negative, and 0 wherever the plan moves mass (complementary slackness)."""
        return self.cost - self.u[:, None] - self.v


def transport(a: Masses, b: Masses, cost: object) -> Plan:
    """The cheapest way to move a into b: min over plans P >= 0 with margins a, b of sum_ij P_ij cost_ij.

    a: (n,), b: (m,) masses, divided by their sum, which may be off by 1e-6.
    cost: (n, m), any finite numbers.

    The plan is a vertex: at most n + m - 1 of its entries are positive.

    Raises: ValueError where a or b is no distribution, or cost is not finite or of another shape.
    Source: Kantorovich 1942; Peyre & Cuturi 2019, chapters 2 and 3. Derived in: chapter 8.

    >>> best = transport([0.5, 0.5], [0.75, 0.25], [[0, 1], [1, 0]])  # a quarter of the mass moves one step
    >>> best.plan.tolist(), float(best.value)
    ([[0.5, 0.0], [0.25, 0.25]], 0.25)
    """
    a, b = _margin(a, "a"), _margin(b, "b")
    n, m = len(a), len(b)
    c = _table(cost, n, m)
    rows = sparse.kron(sparse.eye(n), np.ones((1, m)))
    columns = sparse.kron(np.ones((1, n)), sparse.eye(m))
    scale = float(c.abs().max()) or 1.0  # the solver's tolerances are absolute
    found = linprog(  # the last margin follows from the others; asked twice, rounding may make it a contradiction
        (c / scale).numpy().ravel(),
        A_eq=sparse.vstack([rows, columns]).tocsr()[:-1],
        b_eq=torch.cat([a, b])[:-1].numpy(),
        method="highs-ds",
        options=TIGHT,
    )
    if found.status != 0:
        raise RuntimeError(f"HiGHS found no optimal plan: {found.message}")
    plan = torch.from_numpy(found.x).reshape(n, m).clamp(min=0.0)
    prices = torch.from_numpy(np.append(found.eqlin.marginals, 0.0)) * scale  # one price is free: v_m = 0
    return Plan(a, b, c, plan, prices[:n], prices[n:])


def costs(x: object, y: object, p: float = 1.0) -> Float[Tensor, "n m"]:
    """The cost of moving a unit from x_i to y_j: |x_i - y_j|^p, with the Euclidean length.

    x: (n, d) or (n,), y: (m, d) or (m,); images are flattened.
    p: above 0.

    Raises: ValueError where a point is not finite, the dimensions differ, or p is not above 0.

    >>> costs([0.0, 1.0], [3.0], p=2).tolist()
    [[9.0], [4.0]]
    """
    x, y = points(x, "x"), points(y, "y")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"y must be of the dimension of x, {x.shape[1]}, got {y.shape[1]}")
    checks.positive("p", p)
    distances = torch.cdist(x, y, compute_mode="donot_use_mm_for_euclid_dist")  # equal points: exactly 0
    return distances if p == 1 else distances**p


def wasserstein(x: object, y: object, p: float = 1.0, a: Masses | None = None, b: Masses | None = None) -> Scalar:
    """Wasserstein-p distance of two finite sets of points: (min over plans of sum_ij P_ij |x_i - y_j|^p)^(1/p).

    x: (n, d) or (n,), y: (m, d) or (m,).
    p: at least 1.
    a, b: their masses, by default equal.

    Range [0, inf), in the unit of x. Of samples it is the distance of the *samples*, above that of what they were
    drawn from, and much above it in high dimension.

    Raises: ValueError for bad points or masses, masses not one a point, or p below 1.
    Source: Peyre & Cuturi 2019, section 2.4. Derived in: chapter 8.

    >>> float(wasserstein([[0.0, 0.0], [1.0, 0.0]], [[0.0, 2.0], [1.0, 2.0]]))  # two up
    2.0
    """
    check_order(p)
    c = costs(x, y, p)
    if a is None and b is None and c.shape[0] == c.shape[1]:
        return c[linear_sum_assignment(c.numpy())].mean() ** (1 / p)
    a, b = (torch.full((k,), 1 / k) if w is None else w for w, k in zip((a, b), c.shape, strict=True))
    for name, w, k in (("a", a, c.shape[0]), ("b", b, c.shape[1])):
        if len(masses(w, name)) != k:
            raise ValueError(f"{name} must hold one mass for each of {k} points, got {len(w)}")
    return transport(a, b, c).value.clamp(min=0.0) ** (1 / p)


def c_transform(v: object, cost: object) -> Float[Tensor, " n"]:
    """The best price u_i that v leaves room for: u_i = min_j (cost_ij - v_j).

    v: (m,), cost: (n, m). With cost = |x - y| the result, as a function of x, is 1-Lipschitz; asked at other points
    than the plan's it is the potential drawn as a surface in chapter 8.

    Raises: ValueError where a number is not finite or the shapes do not fit.
    Source: Villani 2009, definition 5.2. Derived in: chapter 8.

    >>> c_transform([0.0, 2.0], [[1.0, 5.0], [4.0, 3.0]]).tolist()  # min(1, 3), min(4, 1)
    [1.0, 1.0]
    """
    v, c = _finite(v, "v"), _finite(cost, "cost")
    if v.ndim != 1 or c.ndim != 2 or c.shape[1] != len(v) or not len(v):
        raise ValueError(f"cost must have shape (n, {tuple(v.shape)[-1:]}) for v, got {tuple(c.shape)}")
    return (c - v).min(1).values


def lipschitz_potential(a: Masses, b: Masses, distance: object) -> Float[Tensor, " n"]:
    """The function on n points that tells a from b best: max over |f_i - f_j| <= distance_ij of sum_i (a_i - b_i) f_i.

    a, b: (n,) masses on the *same* n points.
    distance: (n, n), a metric.

    The maximum, (a - b) @ f, is their Wasserstein-1 distance. f_0 = 0, since a constant changes nothing. Solved as a
    linear programme of its own.

    Raises: ValueError where a or b is no distribution, the shapes differ, or distance is no metric.
    Source: Kantorovich & Rubinstein 1958; Villani 2009, particular case 5.16. Derived in: chapter 8.

    >>> lipschitz_potential([0, 0, 1], [1, 0, 0], [[0, 1, 3], [1, 0, 2], [3, 2, 0]]).tolist()[2]
    3.0
    """
    a, b, d = _margin(a, "a"), _margin(b, "b"), check_metric(distance)
    n = len(d)
    for name, w in (("a", a), ("b", b)):
        if len(w) != n:
            raise ValueError(f"{name} must hold one mass for each of {n} points, got {len(w)}")
    i, j = np.nonzero(~np.eye(n, dtype=bool))
    rows = np.arange(len(i))
    slopes = sparse.csr_matrix((np.ones(len(i)), (rows, i)), (len(i), n)) - sparse.csr_matrix(
        (np.ones(len(j)), (rows, j)), (len(j), n)
    )
    scale = float(d.max()) or 1.0
    bounds = [(0, 0)] + [(None, None)] * (n - 1)
    above = (d / scale).numpy()[i, j]
    found = linprog((b - a).numpy(), A_ub=slopes, b_ub=above, bounds=bounds, method="highs-ds", options=TIGHT)
    if found.status != 0:
        raise RuntimeError(f"HiGHS found no potential: {found.message}")
    return torch.from_numpy(found.x) * scale


def steepest(f: object, g: object, distance: object) -> Scalar:
    """The largest slope of a function between two sets of points: max_ij |f_i - g_j| / distance_ij.

    f: (n,) its values on the one.
    g: (m,) its values on the other.
    distance: (n, m).

    A pair of equal points counts as 0 where the values agree, else as inf. By weak duality (mean f - mean g) / steepest
    is never above the Wasserstein-1 distance of the two sets, whatever function it is.

    Raises: ValueError where a number is not finite, the shapes do not fit, or a distance is negative.
    Derived in: chapter 8.

    >>> float(steepest([0.0, 1.0], [4.0], [[1.0], [1.0]]))
    4.0
    """
    f, g, d = _finite(f, "f"), _finite(g, "g"), _finite(distance, "distance")
    for name, values in (("f", f), ("g", g)):
        if values.ndim != 1:
            raise ValueError(f"{name} must be of shape (n,), got {tuple(values.shape)}")
    if d.shape != (len(f), len(g)) or not d.numel():
        raise ValueError(f"distance must have shape ({f.numel()}, {g.numel()}), got {tuple(d.shape)}")
    if (d < 0).any():
        raise ValueError(f"distance must hold no negative number, got {d.min().item()}")
    rise = (f[:, None] - g).abs()
    return torch.where(rise == 0, 0.0, rise / d).max()


def check_metric(distance: object, name: str = "distance") -> Float[Tensor, "n n"]:
    """The same numbers in float64, checked to be a metric up to rounding: symmetric, zero on the diagonal only where
    a point meets itself (or its copy), and d_ik <= d_ij + d_jk.

    Raises: ValueError naming the axiom that fails.

    >>> check_metric([[0, 1], [1, 0]]).shape
    torch.Size([2, 2])
    """
    d = _finite(distance, name)
    if d.ndim != 2 or d.shape[0] != d.shape[1] or not len(d):
        raise ValueError(f"{name} must have shape (n, n) with n >= 1, got {tuple(d.shape)}")
    room = 1e-9 * (float(d.abs().max()) or 1.0)
    if (d < 0).any():
        raise ValueError(f"{name} must hold no negative number, got {d.min().item()}")
    if (d.diagonal().abs() > room).any():
        raise ValueError(f"{name} must be 0 from each point to itself, got {d.diagonal().max().item()}")
    if ((d - d.T).abs() > room).any():
        raise ValueError(f"{name} must be symmetric, got a difference of {(d - d.T).abs().max().item():.6g}")
    for j in range(len(d)):
        over = (d - d[:, j, None] - d[j]).max()
        if over > room:
            raise ValueError(f"{name} must obey the triangle inequality, got a detour shorter by {over.item():.6g}")
    return d


def check_order(p: object) -> None:
    """Raises: ValueError unless p is a finite number of at least 1: below, the root is no distance."""
    if not (checks.is_finite(p) and p >= 1):
        raise ValueError(f"p must be a finite number >= 1, got {p!r}")


def points(x: object, name: str) -> Float[Tensor, "n d"]:
    """Points as a float64 tensor (n, d): (n,) becomes (n, 1), images are flattened.

    Raises: ValueError naming the argument where it is empty, a single number or not finite.

    >>> points([1.0, 2.0], "x").shape
    torch.Size([2, 1])
    """
    x = _finite(x, name)
    if x.ndim == 0 or x.numel() == 0:
        raise ValueError(f"{name} must hold at least one point, got shape {tuple(x.shape)}")
    return x.reshape(len(x), -1)


def _finite(x: object, name: str) -> Tensor:
    return checks.numbers(name, x).detach().cpu()


def _table(cost: object, n: int, m: int) -> Tensor:
    c = _finite(cost, "cost")
    if c.shape != (n, m):
        raise ValueError(f"cost must have shape ({n}, {m}), a row for each of a, got {tuple(c.shape)}")
    return c


def _margin(a: Masses, name: str) -> Tensor:
    a = masses(a, name).detach().cpu()
    if a.ndim != 1:
        raise ValueError(f"{name} must be one distribution of shape (n,), got {tuple(a.shape)}")
    return a / a.sum()

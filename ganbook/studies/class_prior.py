"""The class prior that a projection has no place for: two classes on a line, and the best D of each kind. Chapter 17.

Real: y = 1 with probability r, else 0; x | y ~ N(+1, 1) for y = 1, N(-1, 1) for y = 0. Fakes: the same x | y, so that
G is perfect; but y is 0 or 1 equally often. Then log p(x, y) / q(x, y) = log p(y) / q(y), a constant for each class:
the right D is flat in x, and a perfect G has nothing to follow. D has the feature x, and a class bias or none:

    D(x, y) = a x + c + v_y x   and, with a class bias, + b_y.

D descends E_p log(1 + e^-D) + E_q log(1 + e^D), whose optimum over all functions is the log-ratio. It is convex in the
numbers of D, and is solved by Newton's method on a grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.types import Float

GRID = torch.linspace(-8.0, 8.0, 3_201, dtype=torch.float64)


@dataclass(frozen=True)
class BestD:
    """The best D of a kind: numbers, and its slope in x for each class.

    slopes: dD/dx for y = 0 and y = 1: where G is perfect, what moves its samples of that class.
    excess: E of the loss above that of the true log-ratio: what this kind of D cannot say.
    """

    slopes: tuple[float, float]
    offsets: tuple[float, float]
    excess: float


def best(rare: float, class_bias: bool, labels: str = "uniform", ridge: float = 1e-10) -> BestD:
    """The best D with or without a class bias.

    rare: r, the share of class 1 among the data.
    labels: of the fakes, "uniform" or "real" (as frequent as in the data; nothing is missing then).

    Raises: ValueError where rare is not in (0, 1), or for other labels.
    Derived in: chapter 17.

    >>> flat = best(0.1, class_bias=True)
    >>> [round(slope, 6) + 0.0 for slope in flat.slopes], [round(c, 4) for c in flat.offsets]  # log 1.8, log 0.2
    ([0.0, 0.0], [0.5878, -1.6094])
    >>> best(0.1, class_bias=False).slopes[1] < -0.3  # pulled towards the frequent class
    True
    """
    checks.inside("rare", rare, 0.0, 1.0, "()")
    checks.one_of("labels", labels, ("real", "uniform"))
    p_y, q_y = (1 - rare, rare), (0.5, 0.5) if labels == "uniform" else (1 - rare, rare)
    step = float(GRID[1] - GRID[0])
    rows, p, q = [], [], []
    for y, centre in enumerate((-1.0, 1.0)):
        density = torch.exp(-((GRID - centre) ** 2) / 2) / math.sqrt(2 * math.pi) * step
        own = torch.zeros(len(GRID), 2, dtype=torch.float64)
        own[:, y] = 1.0
        terms = [torch.stack([GRID, torch.ones_like(GRID)], 1), own * GRID[:, None]]
        rows.append(torch.cat([*terms, own] if class_bias else terms, 1))
        p.append(p_y[y] * density)
        q.append(q_y[y] * density)
    A, p, q = torch.cat(rows), torch.cat(p), torch.cat(q)
    w = _newton(A, p, q, ridge)
    slopes = tuple(float(w[0] + w[2 + y]) for y in (0, 1))
    offsets = tuple(float(w[1] + (w[4 + y] if class_bias else 0.0)) for y in (0, 1))
    truth = torch.cat([torch.full_like(GRID, math.log(p_y[y] / q_y[y])) for y in (0, 1)])
    return BestD(slopes, offsets, float(_loss(A @ w, p, q) - _loss(truth, p, q)))


def _loss(out: Tensor, p: Tensor, q: Tensor) -> Float[Tensor, ""]:
    softplus = torch.nn.functional.softplus
    return (p * softplus(-out) + q * softplus(out)).sum()


def _newton(A: Float[Tensor, "n k"], p: Tensor, q: Tensor, ridge: float) -> Float[Tensor, " k"]:
    """argmin of the loss plus a ridge, which settles what the loss leaves free (a beside v_0 and v_1)."""
    w = torch.zeros(A.shape[1], dtype=A.dtype)
    for _ in range(60):
        s = torch.sigmoid(A @ w)
        gradient = A.mT @ (q * s - p * (1 - s)) + ridge * w
        hessian = A.mT @ (((p + q) * s * (1 - s))[:, None] * A) + ridge * torch.eye(len(w), dtype=A.dtype)
        w = w - torch.linalg.solve(hessian, gradient)
    return w

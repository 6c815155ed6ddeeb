"""Two methods, the same seeds: what the differences between them can and cannot show.

A difference a seed, x_1 ... x_n. `sign_flip` and `paired_t` give p-values, `holm` corrects several of them at once,
`best_of` says what the best of k runs would have been.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ganbook import checks


def sign_flip(differences: ArrayLike) -> float:
    r"""Exact two-sided p-value of "the signs of the differences are a matter of chance".

    p = share of the 2^n ways to choose signs e with |sum e_i x_i| >= |sum x_i|. Never below 2 / 2^n.

    Valid where each difference is as likely as its negative: so it is where two methods are equal and the runs
    exchangeable; nothing need be normal.

    Raises: ValueError for no differences or more than 20 of them (a million ways).
    Source: Fisher 1935. Derived in: chapter 11.

    >>> sign_flip([1.0, 2.0, 3.0, 4.0, 5.0])  # all of one sign: 2 of 32
    0.0625
    >>> sign_flip([1.0, -1.0])
    1.0
    """
    x = _finite("differences", differences)
    if not 1 <= len(x) <= 20:
        raise ValueError(f"differences must be 1 to 20 numbers, got {len(x)}")
    signs = np.array(list(itertools.product((-1.0, 1.0), repeat=len(x))))
    sums, least = np.abs(signs @ x), abs(x.sum())
    return float((sums >= least - 1e-12 * np.abs(x).sum()).mean())


def paired_t(differences: ArrayLike) -> float:
    r"""Two-sided p-value of Student's test of a mean of zero: t = mean / (s / sqrt(n)), n - 1 degrees of freedom.

    Valid where the differences are independent and normal, which a handful of runs cannot confirm.

    Raises: ValueError for fewer than two differences.
    Source: Student 1908. Derived in: chapter 11.

    >>> round(paired_t([1.0, 2.0, 3.0]), 4)  # t = 2 / (1 / sqrt(3)), 2 degrees of freedom
    0.0742
    """
    x = _finite("differences", differences)
    if len(x) < 2:
        raise ValueError(f"differences must be at least 2 numbers, got {len(x)}")
    deviation = x.std(ddof=1)
    if deviation == 0.0:
        return 1.0 if x[0] == 0.0 else 0.0
    return float(2 * stats.t.sf(abs(x.mean()) / deviation * math.sqrt(len(x)), len(x) - 1))


def holm(p_values: ArrayLike) -> list[float]:
    r"""Corrected p-values of m tests: rejecting those below a makes any false rejection at most as probable as a.

    With p_(1) <= ... <= p_(m):  corrected p_(k) = max over j <= k of min(1, (m - j + 1) p_(j)).

    Raises: ValueError where a p-value is outside [0, 1].
    Source: Holm 1979. Derived in: chapter 11.

    >>> holm([0.01, 0.04, 0.03])  # 3 * 0.01; then 2 * 0.03; then 1 * 0.04, but not below 0.06
    [0.03, 0.06, 0.06]
    """
    p = _finite("p_values", p_values)
    if len(p) == 0 or ((p < 0) | (p > 1)).any():
        raise ValueError(f"p_values must be one or more numbers in [0, 1], got {p.tolist()}")
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(np.minimum(1.0, (len(p) - np.arange(len(p))) * p[order]))
    corrected = np.empty(len(p))
    corrected[order] = stepped
    return corrected.tolist()


def best_of(scores: ArrayLike, k: int) -> float:
    r"""Mean of the lowest of k runs, over all choices of k of the n that were made: unbiased for k fresh runs.

    sum_i C(n - i, k - 1) / C(n, k) * x_(i), with x_(1) <= ... <= x_(n).

    Raises: ValueError where k is not in 1..n, or for more than 1,000 runs, whose counts no float holds.
    Derived in: chapter 11.

    >>> best_of([3.0, 1.0, 2.0], 2)  # pairs (1, 2), (1, 3), (2, 3): (1 + 1 + 2) / 3
    1.3333333333333333
    """
    x = np.sort(_finite("scores", scores))
    n = len(x)
    if not n:
        raise ValueError("scores must be one or more numbers, got none")
    if n > 1_000:
        raise ValueError(f"scores must be at most 1,000 numbers, got {n}")
    checks.whole("k", k, 1, n)
    return float(sum(math.comb(n - i, k - 1) * x[i - 1] for i in range(1, n + 1)) / math.comb(n, k))


def _finite(name: str, values: ArrayLike) -> np.ndarray:
    x = checks.numbers(name, values)
    if x.ndim != 1:
        raise ValueError(f"{name} must be a list of numbers, got shape {tuple(x.shape)}")
    return x.detach().cpu().numpy()

"""Entropies and divergences of discrete distributions: exact sums, in nats.

Each function takes masses of shape (..., k) as a tensor, an array or nested lists, compares along the last axis, and
returns a float64 tensor of shape (...). Divide by math.log(2) for bits. Zeros are meant literally: 0 log 0 = 0, and a
divergence that is infinite is inf, never nan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from torch import Tensor

from ganbook import checks
from ganbook.divergences import _formulas
from ganbook.types import Float

Masses = Tensor | np.ndarray | Sequence[Any]
"""Probabilities along the last axis: none negative, sum 1 within TOLERANCE."""

TOLERANCE = 1e-6
"""How far from 1 the masses may sum: room for a float32 softmax, not for a lost sample in a histogram."""


def masses(p: Masses, name: str = "p") -> Float[Tensor, "*batch k"]:
    """The same numbers as a float64 tensor, checked to be probabilities along the last axis.

    p: (..., k), k >= 1. Nothing is rescaled: masses that do not sum to 1 point to a mistake upstream.

    Raises: ValueError naming the argument where it is empty, a scalar, nan, infinite, negative or not normalised.

    >>> masses([0.25, 0.75])
    tensor([0.2500, 0.7500], dtype=torch.float64)
    """
    values = checks.numbers(name, p)
    if values.ndim == 0 or values.shape[-1] == 0:
        raise ValueError(f"{name} must have shape (..., k) with k >= 1, got {tuple(values.shape)}")
    plain = values.detach()
    if (plain < 0).any():
        raise ValueError(f"{name} must hold no negative number, got {plain.min().item()}")
    total = plain.sum(-1)
    wrong = (total - 1).abs() > TOLERANCE
    if wrong.any():
        raise ValueError(
            f"{name} must sum to 1 along the last axis (within {TOLERANCE}), "
            f"got a sum of {total[wrong].flatten()[0].item():.6g}"
        )
    return values


def pair(p: Masses, q: Masses) -> tuple[Tensor, Tensor]:
    """Both checked by `masses`, and of one shape: two distributions on the same k outcomes.

    Raises: ValueError where the shapes differ, else as `masses`.

    >>> p, q = pair([0.5, 0.5], [1, 0])
    >>> q
    tensor([1., 0.], dtype=torch.float64)
    """
    p, q = masses(p, "p"), masses(q, "q")
    if p.shape != q.shape:
        raise ValueError(f"p and q must have the same shape, got {tuple(p.shape)} and {tuple(q.shape)}")
    return p, q


def entropy(p: Masses) -> Float[Tensor, "*batch"]:
    """Shannon entropy: H(p) = -sum_i p_i log p_i.

    Range [0, log k] nats: 0 for one atom, log k for the uniform distribution.

    Raises: ValueError where p is no distribution (see `masses`).
    Source: Shannon 1948, section 6. Derived in: chapter 3.

    >>> entropy([0.5, 0.5])  # log 2
    tensor(0.6931, dtype=torch.float64)
    """
    logs = _formulas.log(masses(p))
    return _formulas.expectation(logs, -logs) + 0.0  # + 0.0: one atom has entropy 0, not -0


def cross_entropy(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Cross-entropy: H(p, q) = -sum_i p_i log q_i = H(p) + KL(p || q).

    Range [H(p), inf] nats; inf where q_i = 0 < p_i.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Cover & Thomas 2006, chapter 2. Derived in: chapter 3.

    >>> cross_entropy([1, 0], [0.25, 0.75])  # log 4
    tensor(1.3863, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.expectation(_formulas.log(p), -_formulas.log(q))


def kl(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Kullback-Leibler divergence: KL(p || q) = sum_i p_i log(p_i / q_i).

    Range [0, inf] nats: 0 only where p = q; inf where q_i = 0 < p_i.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Kullback & Leibler 1951. Derived in: chapter 3.

    >>> kl([0.5, 0.5], [0.75, 0.25])  # (log 4/3) / 2
    tensor(0.1438, dtype=torch.float64)
    >>> kl([0.5, 0.5], [1, 0])
    tensor(inf, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.kl(_formulas.log(p), _formulas.log(q))


def reverse_kl(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Reverse Kullback-Leibler divergence: KL(q || p) = sum_i q_i log(q_i / p_i).

    Range [0, inf] nats; inf where p_i = 0 < q_i.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Kullback & Leibler 1951. Derived in: chapter 3.

    >>> reverse_kl([0.5, 0.5], [1, 0])  # log 2, where the forward one is inf
    tensor(0.6931, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.kl(_formulas.log(q), _formulas.log(p))


def js(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Jensen-Shannon divergence: JSD(p || q) = KL(p || m)/2 + KL(q || m)/2 with m = (p + q)/2.

    Range [0, log 2] nats ([0, 1] only in bits): 0 only where p = q, log 2 exactly where the supports are disjoint.
    scipy.spatial.distance.jensenshannon returns its square root.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Lin 1991, section 4, with equal weights. Derived in: chapter 3.

    >>> js([1, 0], [0, 1])  # log 2
    tensor(0.6931, dtype=torch.float64)
    >>> js([1, 0], [0.5, 0.5])  # (3 log 4 - 3 log 3) / 4
    tensor(0.2158, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.js(_formulas.log(p), _formulas.log(q))


def total_variation(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Total variation distance: TV(p, q) = sum_i |p_i - q_i| / 2 = max_A |p(A) - q(A)|.

    Range [0, 1]: 1 only where the supports are disjoint.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Nowozin et al. 2016, table of f-divergences. Derived in: chapter 3.

    >>> total_variation([0.5, 0.5], [0.75, 0.25])
    tensor(0.2500, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.total_variation(_formulas.log(p), _formulas.log(q))


def chi_squared(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Pearson's chi-squared divergence: chi2(p || q) = sum_i (p_i - q_i)^2 / q_i.

    Range [0, inf]; inf where q_i = 0 < p_i. The second argument divides; Neyman's is chi_squared(q, p).

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Pearson 1900. Derived in: chapter 3.

    >>> chi_squared([1, 0], [0.5, 0.5])  # 1/4 over 1/2, twice
    tensor(1., dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.chi_squared(_formulas.log(p), _formulas.log(q))


def hellinger(p: Masses, q: Masses) -> Float[Tensor, "*batch"]:
    """Hellinger distance: H(p, q) = sqrt(sum_i (sqrt p_i - sqrt q_i)^2 / 2) = sqrt(1 - sum_i sqrt(p_i q_i)).

    Range [0, 1]: 1 only where the supports are disjoint. Its square is an f-divergence, itself it is a metric.

    Raises: ValueError where p or q is no distribution or their shapes differ.
    Source: Hellinger 1909 (here with the factor 1/2, so that the largest value is 1). Derived in: chapter 3.

    >>> hellinger([1, 0], [0.25, 0.75])  # sqrt(1 - 1/2)
    tensor(0.7071, dtype=torch.float64)
    """
    p, q = pair(p, q)
    return _formulas.hellinger_squared(_formulas.log(p), _formulas.log(q)).sqrt()

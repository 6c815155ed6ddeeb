"""Anchors: the two distributions over outcomes that a realness discriminator is taught, A0 for fakes, A1 for reals.

M outcomes stand at u_j = -1 + 2 (j - 1) / (M - 1), j = 1..M, from "surely fake" to "surely real". An anchor is a tuple
of M probabilities. `gaussian` and `uniform` give each outcome the exact mass of its cell, which reaches half way to
its neighbours, and share what falls outside [-1, 1] among all in proportion.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import torch
from torch import Tensor

from ganbook import checks

Anchor = tuple[float, ...]


def support(outcomes: int) -> Anchor:
    """Where the outcomes stand: `outcomes` even steps from -1 to 1.

    Raises: ValueError for fewer than two outcomes.

    >>> support(5)
    (-1.0, -0.5, 0.0, 0.5, 1.0)
    """
    check_outcomes(outcomes)
    return tuple(-1.0 + 2.0 * j / (outcomes - 1) for j in range(outcomes))


def gaussian(outcomes: int, mean: float, std: float) -> Anchor:
    """A bell over the outcomes: P(u_j) proportional to the mass of N(mean, std^2) in the cell of u_j.

    Raises: ValueError for fewer than two outcomes, std not above 0, or a bell that leaves no mass in [-1, 1].

    >>> [round(p, 4) for p in gaussian(2, 0.0, 1.0)]
    [0.5, 0.5]
    """
    checks.finite("mean", mean)
    checks.positive("std", std)
    return _cells(outcomes, lambda x: 0.5 * math.erfc((mean - x) / (std * math.sqrt(2.0))))


def uniform(outcomes: int, low: float = -1.0, high: float = 1.0) -> Anchor:
    """Even mass between low and high: P(u_j) proportional to the overlap of its cell with [low, high].

    Raises: ValueError for fewer than two outcomes, low not below high, or no overlap with [-1, 1].

    >>> uniform(3)  # the end cells reach only half as far
    (0.25, 0.5, 0.25)
    >>> [round(p, 4) for p in uniform(4, 0.0, 1.0)]
    [0.0, 0.0, 0.6667, 0.3333]
    """
    if not checks.finite("low", low) < checks.finite("high", high):
        raise ValueError(f"low must be below high, got {low!r} and {high!r}")
    return _cells(outcomes, lambda x: min(max((x - low) / (high - low), 0.0), 1.0))


def one_hot(outcomes: int, at: int) -> Anchor:
    """All mass on the outcome number `at`, counted from 0; negative numbers count from the end.

    Raises: ValueError for fewer than two outcomes, or `at` out of range.

    >>> one_hot(3, -1)
    (0.0, 0.0, 1.0)
    """
    check_outcomes(outcomes)
    checks.whole("at", at, -outcomes, outcomes - 1, note="which outcome")
    return tuple(float(j == at % outcomes) for j in range(outcomes))


def halves(outcomes: int) -> tuple[Anchor, Anchor]:
    """(A0, A1): the lower half of the outcomes evenly, the upper half evenly; a middle outcome belongs to neither.

    Disjoint, so as far apart as anchors can be, with as many outcomes as you like.

    >>> halves(5)
    ((0.5, 0.5, 0.0, 0.0, 0.0), (0.0, 0.0, 0.0, 0.5, 0.5))
    """
    check_outcomes(outcomes)
    k = outcomes // 2
    low = tuple(1.0 / k if j < k else 0.0 for j in range(outcomes))
    return low, low[::-1]


def two_bells(outcomes: int, mean: float, std: float = 0.5) -> tuple[Anchor, Anchor]:
    """(A0, A1): Gaussians at -mean and +mean.

    >>> [[round(p, 2) for p in anchor] for anchor in two_bells(2, 0.5)]  # (Phi(1) - Phi(-1)) / (Phi(1) - Phi(-3))
    [[0.81, 0.19], [0.19, 0.81]]
    """
    return gaussian(outcomes, -checks.finite("mean", mean), std), gaussian(outcomes, mean, std)


def project(anchor: Sequence[float], skewness: float) -> Anchor:
    """The authors' projection: move the support by `skewness`, clamp it to [-1, 1], split each mass on two neighbours.

    P'(u_k) = sum_j max(0, 1 - |clamp(u_j + skewness) - u_k| / h) P(u_j), with h = 2 / (M - 1) the step of the support.

    The mass stays the same; what is pushed over an end piles up on the end outcome. skewness 0 changes nothing;
    with an odd M, skewness 1 moves everything by (M - 1) / 2 outcomes: half of the support.
    Raises: ValueError where anchor is no distribution over two or more outcomes, or skewness is not finite.
    Source: the authors' `CategoricalLoss`, after the distributional projection of Bellemare et al. 2017, Algorithm 1.

    >>> project((0.2, 0.3, 0.5), 1.0)
    (0.0, 0.2, 0.8)
    """
    masses = check_anchor("anchor", anchor)
    checks.finite("skewness", skewness)
    u = torch.tensor(support(len(masses)), dtype=torch.float64)
    moved = (u + skewness).clamp(-1.0, 1.0)
    tents = (1 - (moved.unsqueeze(1) - u).abs() / (u[1] - u[0])).clamp(min=0.0)  # (M,) -> (M, M)
    return _exact(torch.tensor(masses, dtype=torch.float64) @ tents)


EXTREME = 3.2414
"""The mean of the largest of 1,000 standard normal draws: half the width of a histogram that fits its sample."""


def authors(outcomes: int) -> tuple[Anchor, Anchor]:
    """(A0, A1) of the authors' programs on average over their redraws, as a formula.

    A0: 1,000 normal draws in a histogram from the least to the greatest of them, so that their scale drops out; then
    `project` by -1. A1: the same of a uniform, then `project` by +1. Here the histogram's cells have their exact
    masses, with the normal cut at its mean extremes, +-EXTREME.
    Source: `train.py`, `train_toy.py` and `training/loss.py` of the authors' repository.

    >>> [[round(p, 2) for p in anchor] for anchor in authors(2)]
    [[0.75, 0.25], [0.25, 0.75]]
    """
    check_outcomes(outcomes)
    edges = EXTREME * torch.linspace(-1, 1, outcomes + 1, dtype=torch.float64)
    bell = torch.special.ndtr(edges).diff()
    return project(_exact(bell), -1.0), project((1.0 / outcomes,) * outcomes, 1.0)


def authors_draw(outcomes: int, rng: torch.Generator, draws: int = 1_000) -> tuple[Anchor, Anchor]:
    """One redraw of (A0, A1) as the authors' programs make it, before each round: two histograms, projected.

    >>> a0, a1 = authors_draw(5, torch.Generator().manual_seed(0))
    >>> a0[4], a1[0]  # what the shift by half of the support empties
    (0.0, 0.0)
    """
    check_outcomes(outcomes)
    checks.instance("rng", rng, torch.Generator, "a torch.Generator")
    checks.whole("draws", draws, 2)
    samples = (torch.randn(draws, generator=rng), torch.rand(draws, generator=rng))
    counts = [torch.histc(x, outcomes, float(x.min()), float(x.max())) for x in samples]
    low, high = (_exact(count.double()) for count in counts)
    return project(low, -1.0), project(high, 1.0)


NAMED: dict[str, Callable[[int], tuple[Anchor, Anchor]]] = {
    "one-hot": lambda m: (one_hot(m, 0), one_hot(m, -1)),
    "halves": halves,
    "near": lambda m: two_bells(m, 0.25),
    "middle": lambda m: two_bells(m, 0.5),
    "far": lambda m: two_bells(m, 1.0),
    "authors": authors,
}
"""Pairs (A0, A1) by name. near, middle, far: Gaussians of width 0.5 at -+0.25, 0.5, 1."""


def pair(anchors: Any, outcomes: int) -> tuple[Anchor, Anchor]:
    """(A0, A1) of a name, or of two sequences of numbers, checked.

    Raises: ValueError for an unknown name, numbers that are no distributions over `outcomes`, or equal anchors.
    """
    check_outcomes(outcomes)
    if isinstance(anchors, str):
        if anchors not in NAMED:
            raise ValueError(f"anchors must be (A0, A1) or one of {', '.join(NAMED)}, got {anchors!r}")
        return _named(anchors, outcomes)
    if not isinstance(anchors, tuple) or len(anchors) != 2:
        raise ValueError(f"anchors must be a pair (A0, A1) or one of {', '.join(NAMED)}, got {anchors!r}")
    low, high = (check_anchor(f"anchors[{i}]", anchor, outcomes) for i, anchor in enumerate(anchors))
    if max(abs(a - b) for a, b in zip(low, high, strict=True)) < 1e-9:
        raise ValueError("anchors must differ: with A0 = A1, D need not look at its input")
    return low, high


@cache
def _named(name: str, outcomes: int) -> tuple[Anchor, Anchor]:
    return NAMED[name](outcomes)


def check_outcomes(outcomes: Any) -> None:
    """Raises: ValueError unless outcomes is a whole number >= 2."""
    checks.whole(
        "outcomes",
        outcomes,
        2,
        note="one has probability 1 whatever D says; the scalar discriminator is outcomes=2 with one-hot anchors",
    )


def check_anchor(name: str, anchor: Any, outcomes: int | None = None) -> Anchor:
    """The anchor as a tuple of floats. Raises: ValueError naming it where it is no distribution over the outcomes."""
    if outcomes is not None:
        checks.whole("outcomes", outcomes, 2)
    values = checks.numbers(name, anchor)
    if values.dim() != 1:
        raise ValueError(f"{name} must be a list of probabilities, got {anchor!r}")
    masses = tuple(values.tolist())
    if len(masses) < 2 or (outcomes is not None and len(masses) != outcomes):
        wanted = "two or more outcomes" if outcomes is None else f"{outcomes} outcomes"
        raise ValueError(f"{name} must hold one probability for each of {wanted}, got {len(masses)}")
    if min(masses) < 0 or abs(sum(masses) - 1) > 1e-6:
        raise ValueError(f"{name} must hold probabilities of sum 1, got {masses} of sum {sum(masses):.6g}")
    return masses


def _cells(outcomes: int, below: Callable[[float], float]) -> Anchor:
    """Masses of the outcomes' cells, from a distribution function."""
    u = support(outcomes)
    edges = [-1.0, *(0.5 * (a + b) for a, b in zip(u[:-1], u[1:], strict=True)), 1.0]
    masses = [below(b) - below(a) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    total = sum(masses)
    if not total > 1e-12:
        raise ValueError("the anchor must leave some mass between -1 and 1, it has none there")
    return tuple(mass / total for mass in masses)


def _exact(masses: Tensor) -> Anchor:
    return tuple((masses / masses.sum()).tolist())

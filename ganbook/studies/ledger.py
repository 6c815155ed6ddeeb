"""The ledger of chapter 19: what each switch of a training changed, beside the same seeds without it.

An entry is a switch and a measure. Its change is the ratio of two distances, taken in logarithms, seed by seed. Pixels
decide: their p-values are Student's, corrected by Holm for all switches of the ledger at once. The page of advice
(book/advice.md) may say what `verdicts` says, and nothing else; a test compares them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ganbook import checks
from ganbook.experiments import Results
from ganbook.metrics import holm, interval, paired_t

LEVEL = 0.05
MEASURES = ("px", "book distance")
"""Frechet distances: that of pixels decides; that of a small network's features stands beside it."""

BESIDE = {
    "R3GAN's schedules": "pairing, R1 + R2",
    "R3GAN's networks": "pairing, R1 + R2",
}
"""What a switch is compared with, where it is not the baseline: what has its recipe, or its networks."""

CHAPTERS = {
    "no average": 17,
    "truncation 0.7": 17,
    "minimax": 4,
    "least squares": 11,
    "hinge": 11,
    "Wasserstein, penalty": 9,
    "DRAGAN": 9,
    "realness": 10,
    "relativistic average": 11,
    "pairing": 11,
    "R1": 7,
    "R1 + R2": 19,
    "pairing, R1": 19,
    "pairing, R1 + R2": 19,
    "feature matching": 7,
    "batch norm in both": 5,
    "batch norm in G": 5,
    "layer norm in D": 9,
    "spectral norm in D": 9,
    "weights of 2015": 5,
    "DCGAN of 2015": 5,
    "label smoothing": 4,
    "instance noise": 7,
    "packing": 7,
    "spread of a batch": 7,
    "unrolled": 7,
    "attention": 17,
    "classes": 17,
    "an encoder": 13,
    "evolution": 16,
    "augmentation": 0,
    "flips": 0,
    "two steps of D": 17,
    "half the width": 17,
    "R3GAN's schedules": 19,
    "R3GAN's networks": 19,
}
"""Where each switch is derived; 0: on the page on one's own images."""


@dataclass(frozen=True)
class Entry:
    """One switch under one measure: a share by which the distance changed, and how sure that is.

    change, low, high: 0.25 is a quarter farther, -0.25 a quarter nearer; low and high are the ends of the 95 % interval
        of this comparison alone.
    p: Student's, of the logarithms. corrected: Holm's, of all switches of the ledger; nan for features.
    """

    switch: str
    measure: str
    change: float
    low: float
    high: float
    p: float
    corrected: float = math.nan

    @property
    def holds(self) -> bool:
        """Whether the change bears the correction."""
        return self.corrected <= LEVEL


def compared(switch: str, measure: str, with_it: Sequence[float], without: Sequence[float]) -> Entry:
    """A switch beside the baseline, seed by seed, not yet corrected.

    Raises: ValueError for other numbers of seeds, or a distance that is not > 0.

    >>> entry = compared("R1", "px", [2.0, 4.0, 8.0], [1.0, 2.0, 4.0])
    >>> entry.change, entry.low, entry.high, entry.p
    (1.0, 1.0, 1.0, 0.0)
    """
    if len(with_it) != len(without):
        raise ValueError(f"with_it must have as many seeds as without ({len(without)}), got {len(with_it)}")
    for distance in (*with_it, *without):
        checks.positive("a distance", distance)
    logs = [math.log(a / b) for a, b in zip(with_it, without, strict=True)]
    mean, low, high = (math.expm1(end) for end in interval(logs)[:3])
    same = max(logs) == min(logs)  # Student has no error to divide by
    return Entry(switch, measure, mean, low, high, float(logs[0] == 0) if same else paired_t(logs))


def at_a_quarter(curve: Sequence[float]) -> float:
    """Of a curve of the ledger, its first point: after a quarter of the rounds.

    >>> at_a_quarter([24.0, 17.0])
    24.0
    """
    return curve[0]


def entries(results: Results, of: Callable[[list[float]], float] | None = None) -> list[Entry]:
    """Every switch of a results file under both measures; those of pixels corrected for all of them at once.

    of: what is taken of a curve, by default its last point; `at_a_quarter` takes the first.

    Raises: ValueError for results that lack one of the switches or measures.
    """
    found = [
        compared(
            switch,
            measure,
            results.ends(switch, measure, of),
            results.ends(BESIDE.get(switch, "baseline"), measure, of),
        )
        for switch in CHAPTERS
        for measure in MEASURES
    ]
    decisive = [entry for entry in found if entry.measure == MEASURES[0]]
    sure = dict(zip([entry.switch for entry in decisive], holm([entry.p for entry in decisive]), strict=True))
    return [replace(entry, corrected=sure[entry.switch]) if entry in decisive else entry for entry in found]


def verdicts(found: Sequence[Entry]) -> dict[str, str]:
    """Switch -> "nearer", "farther" or "not seen": what its distance in pixels says, if it bears the correction.

    >>> one = Entry("R1", "px", -0.5, -0.6, -0.4, 0.001, 0.01)
    >>> verdicts([one, Entry("R1", "book distance", 0.1, -0.2, 0.4, 0.5)])
    {'R1': 'nearer'}
    """
    decisive = [entry for entry in found if entry.measure == MEASURES[0]]
    return {
        entry.switch: "not seen" if not entry.holds else "nearer" if entry.change < 0 else "farther"
        for entry in decisive
    }

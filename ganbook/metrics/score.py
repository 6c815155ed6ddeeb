"""A score never travels without its protocol.

A number such as "4.7" says nothing until one knows how many samples, which features and which settings made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from ganbook import checks


@dataclass(frozen=True)
class Score:
    """One value of one metric, together with everything that a second person needs to measure it again.

    value: the number itself; float(score) returns it.
    features: what was compared: "samples", or the tag of a feature network with its hash ("digits@0a1b2c3d").
    settings: the remaining choices of the protocol (neighbours, splits, directions ...), as sorted pairs.
    spread: standard deviation over splits or subsets where the metric has them, else None.

    Two scores can be ordered only if their protocols agree: `a < b` raises otherwise.

    Raises: ValueError where two scores of different protocols are compared by < or >.

    >>> a = Score(1.0, "Frechet distance", n_real=100, n_fake=100)
    >>> b = Score(2.0, "Frechet distance", n_real=100, n_fake=50)
    >>> float(a) + float(b)
    3.0
    >>> a < b
    Traceback (most recent call last):
    ...
    ValueError: these scores have different protocols and cannot be ordered: n_fake 100 against 50
    """

    value: float
    name: str
    n_real: int
    n_fake: int
    features: str = "samples"
    seed: int | None = None
    settings: tuple[tuple[str, Any], ...] = ()
    spread: float | None = None

    def __float__(self) -> float:
        return float(self.value)

    def __format__(self, spec: str) -> str:
        return format(self.value, spec) if spec else str(self)

    def __str__(self) -> str:
        seed = "" if self.seed is None else f", seed {self.seed}"
        settings = "".join(f", {key} {value}" for key, value in self.settings)
        return f"{self.name} {self.value:.4g} ({self.n_real} real, {self.n_fake} fake, {self.features}{seed}{settings})"

    def __lt__(self, other: Score) -> bool:
        self._same_protocol(other)
        return self.value < other.value

    def __gt__(self, other: Score) -> bool:
        self._same_protocol(other)
        return self.value > other.value

    @property
    def protocol(self) -> dict[str, Any]:
        """Everything but the number; the seed is left out, since two seeds of one protocol may be compared."""
        return {
            "name": self.name,
            "n_real": self.n_real,
            "n_fake": self.n_fake,
            "features": self.features,
            **dict(self.settings),
        }

    def as_dict(self) -> dict[str, Any]:
        """For JSON: value, spread, seed and protocol."""
        return {"value": self.value, "spread": self.spread, "seed": self.seed, **self.protocol}

    def _same_protocol(self, other: Score) -> None:
        mine, theirs = self.protocol, other.protocol
        differences = [
            f"{key} {mine.get(key)} against {theirs.get(key)}"
            for key in {**mine, **theirs}
            if mine.get(key) != theirs.get(key)
        ]
        if differences:
            raise ValueError("these scores have different protocols and cannot be ordered: " + ", ".join(differences))


class Interval(NamedTuple):
    """A mean over repetitions with its confidence interval."""

    mean: float
    low: float
    high: float
    n: int
    level: float


def interval(scores: Sequence[Score | float], level: float = 0.95) -> Interval:
    r"""Student's t interval of the mean of independent repetitions (seeds).

    mean +- t_{n-1, (1+level)/2} * s / sqrt(n), with s the standard deviation that divides by n - 1.

    Raises: ValueError for fewer than two repetitions, nan or infinity, or a level outside (0, 1).
    Source: Student 1908.
    Derived in: chapter 6.

    >>> low, high = interval([1.0, 2.0, 3.0])[1:3]      # 2 +- 4.3027 * 1 / sqrt(3)
    >>> round(low, 4), round(high, 4)
    (-0.4841, 4.4841)
    """
    try:
        values = np.array([float(score) for score in scores])
    except (TypeError, ValueError) as error:
        raise ValueError(f"scores must be a list of Scores or numbers, got {scores!r}") from error
    if not np.isfinite(values).all():
        raise ValueError(f"scores must be finite, got {values[~np.isfinite(values)][0]:g} among {len(values)}")
    if len(values) < 2:
        raise ValueError(f"scores must hold at least 2 repetitions for an interval, got {len(values)}")
    checks.inside("level", level, 0, 1, "()")
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    mean = float(values.mean())
    return Interval(mean, mean - half, mean + half, len(values), level)

"""The readings of a training, round by round, as columns of numbers: what a figure of curves draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np


def by_name(history: Any) -> dict[str, np.ndarray]:
    """Name -> its values in all rounds, from such a mapping or from one mapping a round.

    Raises: ValueError naming history for anything else.

    >>> by_name([{"D": 1.4}, {"D": 1.3}])
    {'D': array([1.4, 1.3])}
    """
    if isinstance(history, Mapping):
        columns = history
    elif isinstance(history, Sequence) and history and all(isinstance(row, Mapping) for row in history):
        names = list(history[0])
        if any(set(row) != set(names) for row in history):
            raise ValueError(f"history must give the same names in each round, {names} in the first")
        columns = {name: [row[name] for row in history] for name in names}
    else:
        raise ValueError(f"history must map names to sequences, or be a list of mappings, got {repr(history)[:80]}")
    found = {}
    for name, values in columns.items():
        values = values.detach().cpu() if hasattr(values, "detach") else values
        try:
            found[name] = np.asarray(values, dtype=np.float64)  # nan is kept: a gap in a curve is a fact worth seeing
        except (TypeError, ValueError) as error:
            raise ValueError(f"history[{name!r}] must be a sequence of numbers, got {values!r}") from error
        if found[name].ndim != 1:
            raise ValueError(f"history[{name!r}] must be a sequence of numbers, got shape {found[name].shape}")
    return found

"""What an experiment is: the things compared, the seeds, the measures; and how a script of experiments/ is read."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Values = dict[str, Any]
"""Measure -> a number, or a list of numbers (a curve)."""


@dataclass(frozen=True)
class Experiment:
    """What a script of experiments/ defines.

    name: that of the script and of the results file. question: one sentence. variants: the things compared.
    seeds: at least two, the same for every variant. measures: the keys that measure(variant, seed) returns, each with
    a number or a list of numbers.

    Raises: ValueError for fewer than two seeds, or repeated or missing variants, seeds, measures.
    """

    name: str
    question: str
    variants: tuple[str, ...]
    seeds: tuple[int, ...]
    measures: tuple[str, ...]
    measure: Callable[[str, int], Values]

    def __post_init__(self) -> None:
        if len(self.seeds) < 2:
            raise ValueError(f"seeds must be at least two, or there is no interval; got {self.seeds}")
        for field in ("variants", "seeds", "measures"):
            values = getattr(self, field)
            if not values or len(set(values)) != len(values):
                raise ValueError(f"{field} must be different and at least one, got {values}")

    @property
    def jobs(self) -> list[tuple[str, int]]:
        """Seed by seed, so that a stopped experiment has compared all variants on the seeds it got to."""
        return [(variant, seed) for seed in self.seeds for variant in self.variants]

    @property
    def command(self) -> str:
        """How to make the results again."""
        return f"python experiments/{self.name}.py"


def read_script(path: Path) -> tuple[Experiment, str]:
    """The Experiment of a script, and its source.

    Raises: ValueError where the script has no EXPERIMENT of its own name.
    """
    source = path.read_text(encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"experiment_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a dataclass in the script looks for its own module there
    sys.path.insert(0, str(path.parent))  # as when it is run: it may take a piece from a script beside it
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    experiment = getattr(module, "EXPERIMENT", None)
    if not isinstance(experiment, Experiment) or experiment.name != path.stem:
        raise ValueError(f"script {path.name} must define EXPERIMENT = Experiment(name={path.stem!r}, ...)")
    return experiment, source

"""What an experiment is: the things compared, the seeds, the measures; and how a script of experiments/ is read."""

from __future__ import annotations

import importlib.util
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ganbook import checks

Values = dict[str, Any]
"""Measure -> a number, or a list of numbers (a curve)."""


class Job(NamedTuple):
    """What is run at one go, timed as one, and lost as one where it is stopped."""

    name: str
    variants: tuple[str, ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> list[tuple[str, int]]:
        """(variant, seed), variant by variant."""
        return [(variant, seed) for variant in self.variants for seed in self.seeds]


@dataclass(frozen=True)
class Experiment:
    """What a script of experiments/ defines. A job is a variant with all its seeds.

    name: that of the script and of the results file.
    question: one sentence.
    variants: the things compared.
    seeds: at least two, the same for every variant.
    measures: the keys of each Values, each with a number or a list of numbers.
    measure: measure(variant, seeds) -> one Values for each seed, in their order.
    groups: name -> the variants that one training makes together, where their runs are to be paired by seed (the same
        first weights, the same data). Such a group is one job: measure(name of the group, seeds) -> one Values for each
        of its variants and seeds, variant by variant. A variant that is in no group is a job of its own.
    apart: measure trains its seeds one after another, so each of them may be a job: less is lost where it is stopped,
        and more processes have something to do.
    clocks: the measures that are times. They differ from run to run, so `--confirm` does not compare them.
    live: the cells of a chapter in which a reader runs a small part of it, by what they alone define:
        "04: digits_game", or "07: collapsed, packing". None where there is none.
    differs: field -> in words how it differs from the live part: {"rounds": "1,500 for 800", "seeds": "five for one"};
        with live=None {"live": "why there is none"}. `python scripts/live_parts.py` compares what both build, and
        refuses another pair of networks, rate or recipe that is not said here. Neither counts in the script's digest.

    Raises: ValueError for fewer than two seeds; repeated or missing variants, seeds, measures; groups that do not part
    the variants, or have the name of one; clocks that are no measures; a live or differs of another form.
    """

    name: str
    question: str
    variants: tuple[str, ...]
    seeds: tuple[int, ...]
    measures: tuple[str, ...]
    measure: Callable[[str, tuple[int, ...]], list[Values]]
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    apart: bool = False
    clocks: tuple[str, ...] = ()
    live: str | None = None
    differs: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.seeds) < 2:
            raise ValueError(f"seeds must be at least two, or there is no interval; got {self.seeds}")
        for name in ("variants", "seeds", "measures"):
            values = getattr(self, name)
            if not values or len(set(values)) != len(values):
                raise ValueError(f"{name} must be different and at least one, got {values}")
        grouped = [variant for group in self.groups.values() for variant in group]
        for variant in grouped:
            checks.one_of("groups", variant, self.variants)
        if len(set(grouped)) != len(grouped) or not all(self.groups.values()):
            raise ValueError(f"groups must hold each variant at most once, and at least one each, got {self.groups}")
        if set(self.groups) & set(self.variants):
            raise ValueError(f"groups must not have the name of a variant, got {self.groups}")
        for clock in self.clocks:
            checks.one_of("clocks", clock, self.measures)
        if self.live is not None and not re.fullmatch(r"\d\d: \w+(?:, \w+)*", self.live):
            raise ValueError(
                f"live must be a chapter and what its cell defines, as '04: digits_game', got {self.live!r}"
            )
        for name, words in self.differs.items():
            checks.text(f"differs[{name!r}]", words)

    @property
    def jobs(self) -> list[Job]:
        """Seed by seed where seeds are apart: a stopped experiment has then compared all on the seeds it got to."""
        of = {variant: name for name, group in self.groups.items() for variant in group}
        names = dict.fromkeys(of.get(variant, variant) for variant in self.variants)
        blocks = [(seed,) for seed in self.seeds] if self.apart else [self.seeds]
        return [Job(name, self.groups.get(name, (name,)), block) for block in blocks for name in names]

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

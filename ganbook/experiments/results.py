"""The results file of an experiment, as a chapter shows it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganbook.experiments.provenance import schema_problems
from ganbook.metrics import Interval, interval

FOLDER = Path(__file__).resolve().parent.parent / "results"


@dataclass(frozen=True)
class Results:
    """A results file that was written earlier, elsewhere; `label` says so, for the caption of what shows it."""

    record: dict[str, Any]

    @property
    def variants(self) -> list[str]:
        return list(self.record["variants"])

    @property
    def seeds(self) -> list[int]:
        return list(self.record["seeds"])

    @property
    def label(self) -> str:
        """One sentence: what was run, when it was not run here."""
        r = self.record
        return (
            f"Loaded, not run here: {r['command']}, {len(r['seeds'])} seeds, {r['seconds'] / 60:.0f} minutes with "
            f"torch {r['versions']['torch']} on {r['device']}, {r['threads']} thread(s)"
        )

    def values(self, variant: str, measure: str) -> list[Any]:
        """One entry a seed, in the order of seeds.

        Raises: ValueError for an unknown variant or measure.
        """
        for name, value, known in (("variant", variant, self.variants), ("measure", measure, self.record["measures"])):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
        found = {run["seed"]: run["values"][measure] for run in self.record["runs"] if run["variant"] == variant}
        return [found[seed] for seed in self.seeds]

    def interval(self, variant: str, measure: str, level: float = 0.95) -> Interval:
        """Student's t interval over seeds; of the last point where the measure is a curve."""
        last = [value[-1] if isinstance(value, list) else value for value in self.values(variant, measure)]
        return interval(last, level)


def load(name: str, folder: Path = FOLDER) -> Results:
    """The results of an experiment, as shipped.

    Raises: ValueError for an unknown name, listing the known ones, or a file that does not fit the schema.
    """
    known = sorted(path.stem for path in folder.glob("*.json"))
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known) or 'none (no results are here)'}, got {name!r}")
    try:
        record = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"the results file {name}.json is damaged: {error}") from error
    problems = schema_problems(record)
    if problems:
        raise ValueError(f"the results file {name}.json does not fit the schema: " + "; ".join(problems))
    return Results(record)

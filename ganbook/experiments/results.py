"""The results file of an experiment, as a chapter shows it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ganbook import checks
from ganbook.experiments.provenance import schema_problems
from ganbook.files import write_whole
from ganbook.metrics import Interval, interval
from ganbook.player.table import Table, table

FOLDER = Path(__file__).resolve().parent.parent / "results"


@dataclass(frozen=True)
class Results:
    """A results file that was written earlier, elsewhere; `label` says so, for the caption of what shows it.

    unconfirmed: why its code has changed since, in a few words, where nobody has run it again (unconfirmed.txt).
    """

    record: dict[str, Any]
    unconfirmed: str = ""

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
        seconds = [job["seconds"] for job in r["jobs"]]
        took = "" if None in seconds else f"{sum(seconds) / 60:.0f} minutes "
        later = f"; its code has changed since and was not run again ({self.unconfirmed})" if self.unconfirmed else ""
        return (
            f"Loaded, not run here: {r['command']}, {len(r['seeds'])} seeds, {took}with "
            f"torch {r['versions']['torch']} on {r['device']}, {r['threads']} thread(s){later}"
        )

    def values(self, variant: str, measure: str) -> list[Any]:
        """One entry a seed, in the order of seeds.

        Raises: ValueError for an unknown variant or measure.
        """
        checks.one_of("variant", variant, self.variants)
        checks.one_of("measure", measure, self.record["measures"])
        found = {run["seed"]: run["values"][measure] for run in self.record["runs"] if run["variant"] == variant}
        return [found[seed] for seed in self.seeds]

    def interval(self, variant: str, measure: str, level: float = 0.95) -> Interval:
        """Student's t interval over seeds; of the last point where the measure is a curve."""
        return interval(self.ends(variant, measure), level)

    def ends(self, variant: str, measure: str, of: Callable[[list[float]], float] | None = None) -> list[float]:
        """One number a seed: the measure, or, where it is a curve, its last point, or what `of` makes of the curve."""
        pick = of or (lambda curve: curve[-1])
        return [float(pick(v)) if isinstance(v, list) else v for v in self.values(variant, measure)]

    def table(
        self,
        measures: Mapping[str, str | Callable[[list[float]], Any]] | Sequence[str],
        *,
        variants: Mapping[str, str] | Sequence[str] | None = None,
        heads: Mapping[str, str] | None = None,
        of: Callable[[list[float]], float] | None = None,
        caption: str = "",
        first: str = "",
    ) -> Table:
        """A row a variant, a column a measure: mean [95 % interval] over seeds; the footnote is `label`.

        measures: the names; or name -> format (".1f", ".0%"); or name -> a function of one number a seed that gives
            what is to stand there, such as a count of failures.
        variants: which, and in which order, by default all; or variant -> what the row is called.
        heads: measure -> the head of its column, where the name of the measure will not do.
        of: what is taken of a curve, by default its last point.
        caption: by default the question of the experiment.
        first: the head of the first column.

        Raises: ValueError for an unknown variant or measure, and as `plot.table`.
        """
        formats = dict(measures) if isinstance(measures, Mapping) else dict.fromkeys(measures, ".3g")
        names = variants if isinstance(variants, Mapping) else {v: v for v in variants or self.variants}
        heads = {name: (heads or {}).get(name, name) for name in formats}
        rows = []
        for variant, called in names.items():
            row: dict[str, Any] = {first: called}
            for measure, form in formats.items():
                ends = self.ends(variant, measure, of)
                row[heads[measure]] = form(ends) if callable(form) else interval(ends)
            rows.append(row)
        columns = {first: "", **{heads[m]: "" if callable(form) else form for m, form in formats.items()}}
        note = "" if all(map(callable, formats.values())) else "Mean [95 % interval]. "
        return table(rows, columns, caption=caption or self.record["question"], footnote=note + self.label)


def load(name: str, folder: Path = FOLDER) -> Results:
    """The results of an experiment, as shipped.

    Raises: ValueError for an unknown name, listing the known ones, or a file that does not fit the schema.
    """
    checks.instance("folder", folder, Path, "a pathlib.Path")
    checks.text("name", name)
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
    return Results(record, unconfirmed(folder).get(name, ""))


def unconfirmed(folder: Path = FOLDER) -> dict[str, str]:
    """Name -> reason, from unconfirmed.txt: results whose code has changed and was neither re-run nor confirmed.

    A line is "NAME: reason, commit"; one that starts with # is a comment.

    Raises: ValueError for a line of another form, or a name that has no results file.
    """
    path, found = folder / "unconfirmed.txt", {}
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        if line.strip() and not line.startswith("#"):
            name, _, reason = line.partition(": ")
            if not reason.strip() or not (folder / f"{name}.json").exists():
                raise ValueError(f"unconfirmed.txt must hold lines 'NAME: reason, commit', got {line!r}")
            found[name] = reason.strip()
    return found


def strike(name: str, folder: Path = FOLDER) -> None:
    """Take the line of an experiment out of unconfirmed.txt, where it has one."""
    if name in unconfirmed(folder):
        path = folder / "unconfirmed.txt"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        write_whole(path, "".join(line for line in lines if not line.startswith(f"{name}: ")).encode())

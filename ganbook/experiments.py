"""Long experiments: a script that runs up to an hour, one results file that ships with the book.

A script in experiments/ holds one `Experiment` and calls `main`. It runs every variant with every seed, writes each
finished run to disk at once (so that it can be stopped and started again), and at the end writes
ganbook/results/NAME.json. A chapter shows `load(NAME)`, says so, and re-runs a small part live.

    python experiments/NAME.py                      # on one machine
    accelerate launch experiments/NAME.py           # the runs shared among GPUs or machines, with a common folder

`provenance.refuse` compares a results file with its script: tests/test_experiments.py asks it of every file that
ships.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

import ganbook
from ganbook.files import write_whole
from ganbook.metrics import Interval, interval
from ganbook.provenance import SCHEMA, digest, schema_problems, value_problems

FOLDER = Path(__file__).resolve().parent / "results"

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


def main(experiment: Experiment, script: str, arguments: list[str] | None = None) -> None:
    """What a script calls: main(EXPERIMENT, __file__). Goes on where it was stopped.

    Raises: ValueError where the parts on disk are of another version of the script (delete them then), or where runs
    are missing after several processes had no folder in common.
    """
    parser = argparse.ArgumentParser(description=experiment.question)
    parser.add_argument(
        "--parts",
        type=Path,
        default=Path("runs") / "experiments",
        help="folder of the finished runs (shared by all machines)",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the results file")
    args = parser.parse_args(arguments)
    torch.set_num_threads(1)
    state = _accelerate()
    parts = args.parts / experiment.name
    parts.mkdir(parents=True, exist_ok=True)
    stamp = digest(Path(script).read_text(encoding="utf-8"))
    todo = [job for job in experiment.jobs if not _part(parts, *job).exists()]
    if state is None:
        _work(experiment, todo, parts, stamp)
    else:
        state.wait_for_everyone()  # all must see the same list before the first run is written
        with state.split_between_processes(todo) as mine:
            _work(experiment, mine, parts, stamp)
        state.wait_for_everyone()
    if state is None or state.is_main_process:
        _collect(experiment, parts, stamp, args.out)


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


def _accelerate() -> Any:
    """The process group, where `accelerate launch` (or torchrun) started several processes; else None.

    Raises: ImportError where several processes were started and accelerate is missing.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return None
    from accelerate import PartialState

    return PartialState(cpu=ganbook.device().type == "cpu")  # without cpu=True it takes each process for the only one


def _work(experiment: Experiment, jobs: Iterable[tuple[str, int]], parts: Path, stamp: str) -> None:
    for variant, seed in jobs:
        start = time.perf_counter()
        values = experiment.measure(variant, seed)
        problems = value_problems(values, experiment.measures, f"measure({variant!r}, {seed})")
        if problems:
            raise ValueError("; ".join(problems))
        run = {"variant": variant, "seed": seed, "values": values, "seconds": round(time.perf_counter() - start, 2)}
        write_whole(_part(parts, variant, seed), json.dumps({"script": stamp, "run": run}).encode())
        print(f"{experiment.name}: {variant}, seed {seed}: {run['seconds']:.0f} s", flush=True)


def _collect(experiment: Experiment, parts: Path, stamp: str, out: Path) -> None:
    missing = [job for job in experiment.jobs if not _part(parts, *job).exists()]
    if missing:
        raise ValueError(f"{len(missing)} runs are missing from {parts} (first: {missing[0]}): run the script again")
    found = [json.loads(_part(parts, *job).read_text(encoding="utf-8")) for job in experiment.jobs]
    if any(part["script"] != stamp for part in found):
        raise ValueError(f"parts in {parts} were written by another version of the script: delete that folder")
    runs = [part["run"] for part in found]
    record = {
        "schema": SCHEMA,
        "name": experiment.name,
        "question": experiment.question,
        "command": experiment.command,
        "script": stamp,
        "seeds": list(experiment.seeds),
        "variants": list(experiment.variants),
        "measures": list(experiment.measures),
        "seconds": round(sum(run["seconds"] for run in runs), 2),
        "threads": torch.get_num_threads(),
        "device": ganbook.device().type,
        "versions": {"ganbook": ganbook.__version__, "python": platform.python_version(), "torch": torch.__version__},
        "runs": runs,
    }
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / f"{experiment.name}.json", (json.dumps(record, indent=1) + "\n").encode())
    print(f"{experiment.name}: {len(runs)} runs, {record['seconds']:.0f} s, written to {out}", flush=True)


def _part(parts: Path, variant: str, seed: int) -> Path:
    clean = "".join(letter if letter.isalnum() else "-" for letter in variant)
    return parts / f"{clean}-{hashlib.sha256(variant.encode()).hexdigest()[:6]}-{seed}.json"

"""One job, run and timed; one results file, written."""

from __future__ import annotations

import json
import platform
import time
from pathlib import Path
from typing import Any

import torch

import ganbook
from ganbook.experiments.experiment import Experiment, Job
from ganbook.experiments.provenance import value_problems
from ganbook.files import write_whole


def measured(experiment: Experiment, job: Job) -> tuple[list[dict[str, Any]], float]:
    """The runs of a job as the results file holds them, and the seconds they took.

    Raises: ValueError where measure returns anything else than one good Values for each run.
    """
    start = time.perf_counter()
    values = experiment.measure(job.name, job.seeds)
    seconds = round(time.perf_counter() - start, 2)
    call = f"measure({job.name!r}, {job.seeds})"
    if not isinstance(values, (list, tuple)) or len(values) != len(job.runs):
        got = f"{len(values)} of them" if isinstance(values, (list, tuple)) else type(values).__name__
        raise ValueError(f"{call} must return a list of {len(job.runs)} Values, one a run, got {got}")
    runs = [{"variant": v, "seed": s, "values": each} for (v, s), each in zip(job.runs, values, strict=True)]
    problems = [p for run in runs for p in value_problems(run["values"], experiment.measures, f"{call}: {_named(run)}")]
    if problems:
        raise ValueError("; ".join(problems))
    return runs, seconds


def versions() -> dict[str, str]:
    """What made the numbers."""
    return {"ganbook": ganbook.__version__, "python": platform.python_version(), "torch": torch.__version__}


def write_record(record: dict[str, Any], folder: Path) -> None:
    """The results file, in its one form."""
    write_whole(folder / f"{record['name']}.json", (json.dumps(record, indent=1) + "\n").encode())


def _named(run: dict[str, Any]) -> str:
    return f"{run['variant']}, seed {run['seed']}"

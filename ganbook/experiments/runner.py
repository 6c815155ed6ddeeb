"""How an experiment is run: every job once, each finished one on disk at once, one results file at the end."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

import ganbook
from ganbook.experiments.experiment import Experiment
from ganbook.experiments.provenance import SCHEMA, digest, value_problems
from ganbook.experiments.results import FOLDER
from ganbook.files import write_whole


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

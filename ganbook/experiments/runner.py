"""How an experiment is run: every job once, each finished one on disk at once, one results file at the end."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import torch

import ganbook
from ganbook import checks
from ganbook.experiments.code import behind, digest
from ganbook.experiments.confirm import confirm
from ganbook.experiments.experiment import Experiment, Job
from ganbook.experiments.jobs import measured, versions, write_record
from ganbook.experiments.provenance import SCHEMA
from ganbook.experiments.results import FOLDER
from ganbook.files import write_whole


def main(experiment: Experiment, script: str, arguments: list[str] | None = None) -> None:
    """What a script calls: main(EXPERIMENT, __file__). Goes on where it was stopped; --help lists what else it can do.

    Raises: ValueError where the parts on disk are of another version of the code (delete them then), or where jobs are
    missing after several processes had no folder in common.
    """
    parser = argparse.ArgumentParser(description=experiment.question)
    parser.add_argument(
        "--parts",
        type=Path,
        default=Path("runs") / "experiments",
        help="folder of the finished jobs (shared by all machines)",
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="folder of the results file")
    parser.add_argument(
        "--confirm",
        nargs="*",
        metavar="VARIANT",
        help="run these variants again (by default the quickest job) and compare with the results file",
    )
    parser.add_argument("--tolerance", type=float, default=0.0, help="relative difference that --confirm lets pass")
    parser.add_argument(
        "--against",
        nargs="?",
        const="",
        metavar="COMMIT",
        help="compare with what the code of the file makes here: that of COMMIT, by default found in the history",
    )
    args = parser.parse_args(arguments)
    torch.set_num_threads(1)
    if args.confirm is not None:
        return confirm(experiment, Path(script), args.confirm, args.out, args.tolerance, args.against)
    parts = args.parts / experiment.name
    parts.mkdir(parents=True, exist_ok=True)
    code = {"script": digest(Path(script).read_text(encoding="utf-8")), "modules": behind(Path(script))}
    with _processes() as (rank, count, wait):
        todo = [job for job in experiment.jobs if not _part(parts, job).exists()]
        wait()  # all must see the same list before the first job is written
        _work(experiment, todo[rank::count], parts, code)
        wait()
        if rank == 0:
            _collect(experiment, parts, code, args.out)


@contextmanager
def _processes() -> Iterator[tuple[int, int, Any]]:
    """(rank, count, wait) of `accelerate launch` or torchrun; (0, 1, nothing to wait for) without them.

    The processes exchange nothing but the signal that they are there, so gloo will do on every device. They may wait
    for days: a job takes as long as it takes, and the launcher ends all where one fails.
    """
    count = checks.whole("WORLD_SIZE", int(os.environ.get("WORLD_SIZE", "1")))
    if count == 1:
        yield 0, 1, lambda: None
        return
    if ganbook.device().type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    torch.distributed.init_process_group("gloo", timeout=timedelta(days=30))
    try:
        yield torch.distributed.get_rank(), count, torch.distributed.barrier
    finally:
        torch.distributed.destroy_process_group()


def _work(experiment: Experiment, jobs: Iterable[Job], parts: Path, code: dict[str, Any]) -> None:
    for job in jobs:
        runs, seconds = measured(experiment, job)
        body = {**code, "job": {**_listed(job), "seconds": seconds}, "runs": runs}
        write_whole(_part(parts, job), json.dumps(body).encode())
        seed = f", seed {job.seeds[0]}" if len(job.seeds) == 1 else ""
        print(f"{experiment.name}: {job.name}{seed}: {seconds:.0f} s", flush=True)


def _collect(experiment: Experiment, parts: Path, code: dict[str, Any], out: Path) -> None:
    missing = [job for job in experiment.jobs if not _part(parts, job).exists()]
    if missing:
        name, seeds = missing[0].name, missing[0].seeds
        raise ValueError(f"{len(missing)} jobs are missing from {parts} (first: {name}, seeds {seeds}): run it again")
    found = [json.loads(_part(parts, job).read_text(encoding="utf-8")) for job in experiment.jobs]
    if any({key: part.get(key) for key in code} != code for part in found):
        raise ValueError(f"parts in {parts} were written by another version of the code: delete that folder")
    record = {
        "schema": SCHEMA,
        "name": experiment.name,
        "question": experiment.question,
        "command": experiment.command,
        **code,
        "seeds": list(experiment.seeds),
        "variants": list(experiment.variants),
        "measures": list(experiment.measures),
        "threads": torch.get_num_threads(),
        "device": ganbook.device().type,
        "versions": versions(),
        "jobs": [part["job"] for part in found],
        "runs": [run for part in found for run in part["runs"]],
    }
    out.mkdir(parents=True, exist_ok=True)
    write_record(record, out)
    print(f"{experiment.name}: {len(record['runs'])} runs, written to {out}", flush=True)


def _listed(job: Job) -> dict[str, Any]:
    return {"variants": list(job.variants), "seeds": list(job.seeds)}


def _part(parts: Path, job: Job) -> Path:
    clean = "".join(letter if letter.isalnum() else "-" for letter in job.name)
    return parts / f"{clean}-{hashlib.sha256(repr((job.name, job.seeds)).encode()).hexdigest()[:8]}.json"

"""Does today's code still make the numbers of a results file? One job is run again, and every value compared."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ganbook import checks
from ganbook.experiments.code import behind, digest
from ganbook.experiments.experiment import Experiment, Job
from ganbook.experiments.jobs import measured, versions, write_record
from ganbook.experiments.provenance import refuse
from ganbook.experiments.results import load, strike

MEASURE = """\
import json, sys
from pathlib import Path
import torch
from ganbook.experiments import read_script
torch.set_num_threads(1)
experiment, (name, seeds, runs) = read_script(Path(sys.argv[1]))[0], json.loads(sys.argv[2])
if hasattr(experiment, "groups"):
    values = experiment.measure(name, tuple(seeds))
else:  # the first scripts were asked run by run
    values = [experiment.measure(variant, seed) for variant, seed in runs]
print(json.dumps(values))
"""

CODE = """\
import json, sys
from pathlib import Path
from ganbook.experiments.code import behind, digest
script = Path(sys.argv[1])
print(json.dumps({"script": digest(script.read_text(encoding="utf-8")), "modules": behind(script)}))
"""
"""Digests in the measure of a commit's own day, since what counts as code has changed."""


def confirm(
    experiment: Experiment,
    script: Path,
    variants: list[str],
    folder: Path,
    tolerance: float = 0.0,
    against: str | None = None,
) -> None:
    """Run jobs again and compare: the digests in the file become today's where all values agree.

    A confirmation speaks for the variants that were run, which the file then names; it is as weak as they are few. On
    another processor convolutions give other digits from the first round on, and no tolerance helps after some hundred
    rounds: there `against` names the commit that wrote or confirmed the file, and both codes are run here.

    variants: which to run; none for the quickest job of the file.
    folder: of the results file.
    tolerance: the largest relative difference, |new - old| / max(|new|, |old|), that counts as agreement.
    against: None compares with the numbers in the file; "" looks for the newest commit with the code of the file.

    Raises: ValueError where the script cannot have written the file, an argument is wrong, or `against` is no commit
    whose code the file is from. SystemExit, with the values that differ, where they do: nothing is changed then.
    """
    checks.not_negative("tolerance", tolerance)
    checks.one_of("WORLD_SIZE", os.environ.get("WORLD_SIZE", "1"), ("1",))
    record, source = load(experiment.name, folder).record, script.read_text(encoding="utf-8")
    problems = [p for p in refuse(record, experiment, source) if not p.startswith("script: ")]
    if problems:
        raise ValueError(f"{experiment.name}.json cannot be confirmed, it must be made again: " + "; ".join(problems))
    jobs = [job for job in experiment.jobs if set(job.variants) & set(variants)] or [_quickest(experiment, record)]
    for variant in variants:
        checks.one_of("VARIANT", variant, experiment.variants)
    code = {"script": digest(source), "modules": behind(script)}
    if against is None:
        old = {(run["variant"], run["seed"]): run["values"] for run in record["runs"]}
    else:
        against, old = _made_by(against, script, record, jobs)
    differences: list[tuple[float, str]] = []
    spent = 0.0
    for job in jobs:
        runs, seconds = measured(experiment, job)
        spent += seconds
        for run in runs:
            for measure in (m for m in experiment.measures if m not in experiment.clocks):
                before, now = old[run["variant"], run["seed"]][measure], run["values"][measure]
                where = f"{run['variant']}, seed {run['seed']}, {measure}: {_short(before)} is now {_short(now)}"
                differences.append((difference(before, now), where))
    largest = max(size for size, _ in differences)
    there = "the file" if against is None else f"commit {against} on this machine"
    said = f"{experiment.name}: {', '.join(job.name for job in jobs)}, {len(differences)} values against {there}"
    if largest > tolerance:
        worse = [f"  {where} (relative difference {size:.2g})" for size, where in differences if size > tolerance]
        raise SystemExit("\n".join([f"{said}: {len(worse)} differ by more than {tolerance:g}", *worse[:20]]))
    write_record(
        {
            **record,
            **code,
            "confirmed": {
                "variants": [variant for job in jobs for variant in job.variants],
                "seeds": sorted({seed for job in jobs for seed in job.seeds}),
                "against": there,
                "equal": largest == 0,
                "tolerance": tolerance,
                "largest_difference": largest,
                "seconds": round(spent, 2),
                "versions": versions(),
            },
        },
        folder,
    )
    strike(experiment.name, folder)
    agreement = "equal to the last digit" if largest == 0 else f"largest relative difference {largest:.2g}"
    print(f"{said}: {agreement}, {spent:.0f} s")


def difference(before: Any, now: Any) -> float:
    """The largest relative difference of two values of a measure; infinite where their lengths differ.

    >>> difference(1.0, 1.0), difference([2.0, 4.0], [2.0, 3.0]), difference([1.0], [1.0, 1.0])
    (0.0, 0.25, inf)
    """
    a, b = (value if isinstance(value, list) else [value] for value in (before, now))
    if isinstance(before, list) != isinstance(now, list) or len(a) != len(b):
        return float("inf")
    return max(0.0 if x == y else abs(x - y) / max(abs(x), abs(y)) for x, y in zip(a, b, strict=True))


def _quickest(experiment: Experiment, record: dict[str, Any]) -> Job:
    """By the seconds in the file; jobs of unknown length last."""
    known = {(*job["variants"], *job["seeds"]): job["seconds"] for job in record["jobs"]}
    seconds = {job: known.get((*job.variants, *job.seeds)) for job in experiment.jobs}
    return min(experiment.jobs, key=lambda job: float("inf") if seconds[job] is None else seconds[job])


def _made_by(
    against: str, script: Path, record: dict[str, Any], jobs: list[Job]
) -> tuple[str, dict[tuple[str, int], Any]]:
    """The commit, and (variant, seed) -> the Values that its code makes on this machine."""
    wanted = {"script": record["script"], "modules": record["modules"]}
    for commit in [against] if against else _git(script, "rev-list", "HEAD").decode().split():
        source = _git(script, "show", f"{commit}:{script.parent.name}/{script.name}", fails=bool(against))
        if not against and digest(source.decode()) != record["script"]:
            continue
        with tempfile.TemporaryDirectory() as folder:
            packed = _git(script, "archive", "--format=zip", commit, "ganbook", script.parent.name)
            zipfile.ZipFile(io.BytesIO(packed)).extractall(folder)
            then = Path(folder) / script.parent.name / script.name
            code = {"script": digest(source.decode()), "modules": behind(then)}
            if wanted == code or (against and wanted == json.loads(_there(then, CODE, str(then)))):
                return commit[:7], {run: values for job in jobs for run, values in _measured_there(then, job)}
    raise ValueError(f"against must be a commit whose code made or confirmed the file, got {against or 'none such'!r}")


def _measured_there(script: Path, job: Job) -> Iterator[tuple[tuple[str, int], Any]]:
    """What another checkout's script says of a job."""
    told = _there(script, MEASURE, str(script), json.dumps([job.name, job.seeds, job.runs]))
    yield from zip(job.runs, json.loads(told), strict=True)


def _there(script: Path, program: str, *arguments: str) -> bytes:
    """The last line that a program prints in another checkout, in a process of its own with that ganbook."""
    home = str(script.parent.parent)
    call = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(call, cwd=home, env={**os.environ, "PYTHONPATH": home}, stdout=subprocess.PIPE)
    if done.returncode:
        raise ValueError("against must be a commit whose code runs here (its complaint stands above)")
    return done.stdout.splitlines()[-1]


def _git(script: Path, *command: str, fails: bool = True) -> bytes:
    done = subprocess.run(["git", "-C", script.resolve().parent.parent, *command], capture_output=True)
    if done.returncode and fails:
        raise ValueError(f"against must be a commit of this repository ({done.stderr.decode().strip()})")
    return b"" if done.returncode else done.stdout


def _short(value: Any) -> str:
    return f"[... {value[-1]!r}]" if isinstance(value, list) else repr(value)

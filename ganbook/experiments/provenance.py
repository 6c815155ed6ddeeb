"""Can a results file have been written by its script? What is compared before a number of it is believed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ganbook.experiments.code import behind, digest
from ganbook.experiments.experiment import Experiment

SCHEMA = 2


def refuse(record: dict[str, Any], experiment: Experiment, source: str) -> list[str]:
    """Why `source`, whose Experiment this is, cannot have written this record: an empty list if it can.

    Compared: schema, name, question, command, seeds, variants, measures, jobs, one finite run for each variant and
    seed, and the digest of the script (docstrings, comments and form do not count). Whether the modules behind the
    script are still those that made the numbers is another question: `stale`.
    """
    problems = schema_problems(record)
    if problems:
        return problems
    expected = {
        "name": experiment.name,
        "question": experiment.question,
        "command": experiment.command,
        "seeds": list(experiment.seeds),
        "variants": list(experiment.variants),
        "measures": list(experiment.measures),
        "script": digest(source),
    }
    problems = [
        f"{key}: the file says {record[key]!r}, the script {value!r}"
        for key, value in expected.items()
        if record[key] != value
    ]
    jobs = sorted((job["variants"], job["seeds"]) for job in record["jobs"])
    if jobs != sorted((list(job.variants), list(job.seeds)) for job in experiment.jobs):
        problems.append(f"jobs: {len(jobs)} in the file are not the {len(experiment.jobs)} of the script, once each")
    runs = sorted((run["variant"], run["seed"]) for run in record["runs"])
    wanted = sorted(run for job in experiment.jobs for run in job.runs)
    if runs != wanted:
        problems.append(f"runs: {len(runs)} in the file are not the {len(wanted)} of the script, once each")
    for run in record["runs"]:
        problems += value_problems(run["values"], experiment.measures, f"run {run['variant']}, seed {run['seed']}")
    return problems


def stale(record: dict[str, Any], script: Path) -> list[str]:
    """The files behind `script` that are not what they were when the record was written, or last confirmed.

    They may still make the same numbers: `python experiments/NAME.py --confirm` finds out.
    """
    return [path for path, now in behind(script).items() if record["modules"].get(path) != now]


def value_problems(values: Any, measures: tuple[str, ...], where: str) -> list[str]:
    """Why these are not the measures asked for, each a finite number or a list of them; [] if they are."""
    if not isinstance(values, dict) or set(values) != set(measures):
        has = sorted(values) if isinstance(values, dict) else type(values).__name__
        return [f"{where} has the measures {has}, not {sorted(measures)}"]
    problems = []
    for name, value in values.items():
        numbers = value if isinstance(value, list) else [value]
        good = numbers and all(
            isinstance(x, (int, float)) and not isinstance(x, bool) and math.isfinite(x) for x in numbers
        )
        if not good:
            problems.append(f"{where}: {name} must be a finite number or a list of them, got {value!r}")
    return problems


def schema_problems(record: Any) -> list[str]:
    """Why this is no record of an experiment; [] if it has every field of the right type, and no other."""
    kinds = {
        "schema": int,
        "name": str,
        "question": str,
        "command": str,
        "script": str,
        "modules": dict,
        "seeds": list,
        "variants": list,
        "measures": list,
        "threads": int,
        "device": str,
        "versions": dict,
        "jobs": list,
        "runs": list,
    }
    if not isinstance(record, dict):
        return [f"the file must hold an object, got {type(record).__name__}"]
    if record.get("schema", SCHEMA) != SCHEMA:
        return [f"schema {record['schema']}, this version reads {SCHEMA}"]
    problems = [f"{key} is missing" for key in kinds if key not in record]
    problems += [f"{key} is not known" for key in record if key not in kinds and key != "confirmed"]
    problems += [
        f"{key} has the type {type(record[key]).__name__}"
        for key, kind in {**kinds, "confirmed": dict}.items()
        if key in record and not isinstance(record[key], kind)
    ]
    if not problems:
        problems += _form(record["jobs"], "job", {"variants": list, "seeds": list, "seconds": (int, float, type(None))})
        problems += _form(record["runs"], "run", {"variant": str, "seed": int, "values": dict})
    return problems


def _form(entries: list[Any], what: str, wanted: dict[str, Any]) -> list[str]:
    return [
        f"{what} {i} is not of the form {sorted(wanted)}"
        for i, entry in enumerate(entries)
        if not isinstance(entry, dict)
        or set(entry) != set(wanted)
        or not all(isinstance(entry[key], kind) for key, kind in wanted.items())
    ]

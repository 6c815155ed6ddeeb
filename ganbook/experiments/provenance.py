"""Can a results file have been written by its script? What is compared before a number of it is believed."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from ganbook.experiments.experiment import Experiment

SCHEMA = 1


def refuse(record: dict[str, Any], experiment: Experiment, source: str) -> list[str]:
    """Why `source`, whose Experiment this is, cannot have written this record: an empty list if it can.

    Compared: schema, name, question, command, seeds, variants, measures, one finite run for each job, and the digest
    of the script (without comments and blank lines).
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
    jobs = [(run["variant"], run["seed"]) for run in record["runs"]]
    if sorted(jobs) != sorted(experiment.jobs):
        problems.append(f"runs: {len(jobs)} in the file are not the {len(experiment.jobs)} of the script, once each")
    for run in record["runs"]:
        problems += value_problems(run["values"], experiment.measures, f"run {run['variant']}, seed {run['seed']}")
    spent = sum(run["seconds"] for run in record["runs"])
    if not math.isclose(spent, record["seconds"], rel_tol=1e-6, abs_tol=0.1 * len(jobs)):
        problems.append(f"seconds: {record['seconds']} in the file, {spent} in its runs")
    return problems


def digest(source: str) -> str:
    """SHA-256 of a script without comment lines, blank lines and trailing blanks.

    >>> digest("x = 1\\n\\n# why\\n") == digest("x = 1  \\n")
    True
    """
    lines = [line.rstrip() for line in source.splitlines()]
    kept = [line for line in lines if line and not line.lstrip().startswith("#")]
    return hashlib.sha256("\n".join(kept).encode()).hexdigest()


def value_problems(values: Any, measures: tuple[str, ...], where: str) -> list[str]:
    """Why these are not the measures asked for, each a finite number or a list of them; [] if they are."""
    if not isinstance(values, dict) or set(values) != set(measures):
        return [f"{where} has the measures {sorted(values)}, not {sorted(measures)}"]
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
        "seeds": list,
        "variants": list,
        "measures": list,
        "seconds": (int, float),
        "threads": int,
        "device": str,
        "versions": dict,
        "runs": list,
    }
    if not isinstance(record, dict):
        return [f"the file must hold an object, got {type(record).__name__}"]
    problems = [f"{key} is missing" for key in kinds if key not in record]
    problems += [f"{key} is not known" for key in record if key not in kinds]
    problems += [
        f"{key} has the type {type(record[key]).__name__}"
        for key, kind in kinds.items()
        if key in record and not isinstance(record[key], kind)
    ]
    if not problems and record["schema"] != SCHEMA:
        problems.append(f"schema {record['schema']}, this version reads {SCHEMA}")
    if not problems:
        wanted = {"variant": str, "seed": int, "values": dict, "seconds": (int, float)}
        problems += [
            f"run {i} is not of the form {sorted(wanted)}"
            for i, run in enumerate(record["runs"])
            if not isinstance(run, dict)
            or set(run) != set(wanted)
            or not all(isinstance(run[key], kind) for key, kind in wanted.items())
        ]
    return problems

"""Results files: written as they say, resumable, and refused where their script cannot have written them."""

import copy
import json
from pathlib import Path

import pytest

from ganbook import experiments
from ganbook.experiments import Experiment, load, main, read_script, runner
from ganbook.experiments.provenance import digest, refuse

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted((ROOT / "ganbook" / "results").glob("*.json"))

SCRIPT = """\
from pathlib import Path
from ganbook.experiments import Experiment, main

def measure(variant, seed):
    with open(Path(__file__).parent / "log.txt", "a") as log:
        log.write(f"{variant} {seed}\\n")
    return {"value": seed + len(variant), "curve": [1.0, 2.0, float(seed)]}

EXPERIMENT = Experiment("toy", "Does it run?", ("a", "bcd"), (0, 1, 2), ("value", "curve"), measure)
if __name__ == "__main__":
    main(EXPERIMENT, __file__)
"""


@pytest.fixture
def toy(tmp_path):
    """A script in a folder of its own, run once: (experiment, source, run, folder)."""
    path = tmp_path / "toy.py"
    path.write_text(SCRIPT)
    experiment, source = read_script(path)

    def run():
        main(experiment, str(path), ["--parts", str(tmp_path / "parts"), "--out", str(tmp_path / "out")])
        return json.loads((tmp_path / "out" / "toy.json").read_text())

    return experiment, source, run, tmp_path


# --- what ships ------------------------------------------------------------------------------------------------------


def test_something_ships():
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_results_can_have_been_written_by_their_script(path):
    experiment, source = read_script(ROOT / "experiments" / path.name.replace(".json", ".py"))
    assert refuse(json.loads(path.read_text()), experiment, source) == []
    assert load(path.stem).label


def test_every_script_has_its_results():
    assert {path.stem for path in (ROOT / "experiments").glob("*.py")} == {path.stem for path in SHIPPED}


# --- the convention --------------------------------------------------------------------------------------------------


def test_a_run_writes_what_it_may_have_written(toy):
    experiment, source, run, _ = toy
    record = run()
    assert refuse(record, experiment, source) == []
    assert record["command"] == "python experiments/toy.py"
    assert record["seeds"] == [0, 1, 2]


def test_a_stopped_experiment_goes_on_and_repeats_nothing(toy):
    experiment, _, run, folder = toy
    whole = run()
    for part in sorted((folder / "parts" / "toy").glob("a-*"))[:2]:
        part.unlink()
    (folder / "log.txt").unlink()
    again = run()
    assert len((folder / "log.txt").read_text().splitlines()) == 2

    def values(record):
        return [(r["variant"], r["seed"], r["values"]) for r in record["runs"]]

    assert values(again) == values(whole)


def test_parts_of_another_version_of_the_script_are_refused(toy):
    _, _, run, folder = toy
    run()
    next((folder / "parts" / "toy").glob("a-*")).write_text(
        json.dumps({"script": "other", "run": {"variant": "a", "seed": 0, "values": {}, "seconds": 1}})
    )
    with pytest.raises(ValueError, match="another version of the script"):
        run()


def change(record, **fields):
    return {**copy.deepcopy(record), **fields}


def drop_run(record):
    record["runs"].pop()


def repeat_run(record):
    record["runs"][0] = record["runs"][1]


def nan_value(record):
    record["runs"][0]["values"]["value"] = float("nan")


def other_measure(record):
    record["runs"][0]["values"]["other"] = 1.0


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (lambda r: r.update(command="python other.py"), "command"),
        (lambda r: r.update(seeds=[0, 1]), "seeds"),
        (lambda r: r.update(seeds=[0, 1, 7]), "seeds"),
        (lambda r: r.update(variants=["a"]), "variants"),
        (lambda r: r.update(question="Another?"), "question"),
        (lambda r: r.update(script="0" * 64), "script"),
        (lambda r: r.update(schema=99), "schema"),
        (lambda r: r.update(seconds=1e6), "seconds"),
        (lambda r: r.update(extra=1), "extra is not known"),
        (lambda r: r.pop("versions"), "versions is missing"),
        (lambda r: r.update(runs="none"), "runs has the type str"),
        (lambda r: r["runs"].append({}), "run 6 is not of the form"),
        (drop_run, "runs: 5 in the file"),
        (repeat_run, "once each"),
        (nan_value, "finite"),
        (other_measure, "measures"),
    ],
)
def test_a_forged_file_is_refused(toy, forge, message):
    experiment, source, run, _ = toy
    record = run()
    forge(record)
    problems = refuse(record, experiment, source)
    assert any(message in problem for problem in problems), problems


def test_a_changed_script_no_longer_owns_its_results_but_comments_may_change(toy):
    experiment, source, run, _ = toy
    record = run()
    assert refuse(record, experiment, "# a comment\n\n" + source) == []
    assert any("script" in p for p in refuse(record, experiment, source.replace("len(variant)", "2 * len(variant)")))


def test_missing_runs_are_named(toy):
    experiment, source, run, folder = toy
    run()
    next((folder / "parts" / "toy").glob("a-*")).unlink()
    with pytest.raises(ValueError, match=r"1 runs are missing from .* \(first: \('a', \d\)\): run the script again"):
        runner._collect(experiment, folder / "parts" / "toy", digest(source), folder / "out")


def test_bad_values_stop_the_run_before_they_are_written(tmp_path):
    path = tmp_path / "toy.py"
    path.write_text(SCRIPT.replace('"value": seed + len(variant)', '"value": float("nan")'))
    with pytest.raises(ValueError, match=r"measure\('a', 0\): value must be a finite number"):
        main(read_script(path)[0], str(path), ["--parts", str(tmp_path / "p"), "--out", str(tmp_path)])
    assert not list(tmp_path.glob("*.json"))


def test_a_script_may_hold_a_dataclass(tmp_path):
    """Under string annotations a dataclass looks its own module up by name."""
    path = tmp_path / "odd.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from ganbook.experiments import Experiment\n"
        "@dataclass\nclass Setting:\n    size: int = 2\n"
        "EXPERIMENT = Experiment('odd', '?', ('a',), (0, 1), ('m',), lambda v, s: {'m': Setting().size})\n"
    )
    assert read_script(path)[0].measure("a", 0) == {"m": 2}


def test_a_script_must_define_its_own_experiment(tmp_path):
    path = tmp_path / "other.py"
    path.write_text(SCRIPT)
    with pytest.raises(ValueError, match="EXPERIMENT = Experiment"):
        read_script(path)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"seeds": (0,)}, "seeds must be at least two"),
        ({"variants": ("a", "a")}, "variants must be different"),
        ({"measures": ()}, "measures must be different and at least one"),
    ],
)
def test_experiment_refuses(kwargs, message):
    fields = {
        "name": "x",
        "question": "y",
        "variants": ("a",),
        "seeds": (0, 1),
        "measures": ("v",),
        "measure": lambda variant, seed: {"v": 0.0},
        **kwargs,
    }
    with pytest.raises(ValueError, match=message):
        Experiment(**fields)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_results_are_read_by_variant_and_measure(toy):
    _, _, run, folder = toy
    run()
    results = load("toy", folder / "out")
    assert results.values("bcd", "value") == [3, 4, 5]
    assert results.interval("bcd", "value").mean == 4.0
    assert results.interval("a", "curve").mean == 1.0  # the last points: 0, 1, 2
    assert results.label.startswith("Loaded, not run here: python experiments/toy.py, 3 seeds")
    with pytest.raises(ValueError, match="variant must be one of a, bcd, got 'c'"):
        results.values("c", "value")
    with pytest.raises(ValueError, match="measure must be one of value, curve, got 'v'"):
        results.values("a", "v")


def test_load_names_what_is_known_and_what_is_damaged(toy):
    _, _, run, folder = toy
    run()
    with pytest.raises(ValueError, match="name must be one of toy, got 'other'"):
        load("other", folder / "out")
    path = folder / "out" / "toy.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(ValueError, match=r"toy\.json is damaged"):
        load("toy", folder / "out")
    path.write_text("{}")
    with pytest.raises(ValueError, match="does not fit the schema: schema is missing"):
        load("toy", folder / "out")


def test_under_accelerate_the_runs_are_split_and_one_process_collects(toy, monkeypatch):
    """With a stand-in for accelerate's PartialState: two processes, one after the other."""
    experiment, source, run, folder = toy

    class State:
        def __init__(self, index):
            self.index, self.is_main_process = index, index == 0

        def split_between_processes(self, jobs):
            from contextlib import nullcontext

            half = (len(jobs) + 1) // 2
            return nullcontext(jobs[:half] if self.index == 0 else jobs[half:])

        def wait_for_everyone(self):
            self.waits = getattr(self, "waits", 0) + 1
            if self.waits == 1:
                assert not (folder / "log.txt").exists()  # the list is agreed on before anything runs
            else:  # the other process, meanwhile
                runner._work(
                    experiment,
                    [job for job in experiment.jobs if not runner._part(folder / "parts" / "toy", *job).exists()],
                    folder / "parts" / "toy",
                    digest(source),
                )

    monkeypatch.setattr(experiments, "_accelerate", lambda: State(0))
    assert refuse(run(), experiment, source) == []
    lines = (folder / "log.txt").read_text().splitlines()
    assert len(lines) == len(set(lines)) == 6

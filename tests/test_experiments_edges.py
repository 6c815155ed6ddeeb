"""Experiments at their edges: odd names, one seed a job, unknown seconds, relative paths; what is printed and noted."""

import json
import os
import sys
from dataclasses import replace

import pytest
import torch

from ganbook.experiments import Experiment, Results, jobs, load, main, read_script
from ganbook.experiments.code import behind, digest
from ganbook.experiments.confirm import _there, difference
from ganbook.experiments.provenance import schema_problems, value_problems


def measure(name, seeds):
    return [{"value": len(name) + seed, "clock": seed + 1.0} for seed in seeds]


TOY = Experiment("toy", "Does it run?", ("a", "R1 + R2/x"), (0, 1), ("value", "clock"), measure, clocks=("clock",))


class Clock:
    """Every look at it is three quarters of a second later, and a little."""

    now = 0.0

    def perf_counter(self):
        self.now += 0.7512
        return self.now


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A checkout whose script needs nothing; nobody has said where parts go. A job takes three quarters of a second."""
    (tmp_path / "experiments").mkdir()
    (tmp_path / "experiments" / "toy.py").write_text("x = 1\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(jobs, "time", Clock())
    return tmp_path


def run(place, experiment=TOY, *more):
    main(experiment, str(place / "experiments" / "toy.py"), ["--out", "out/deep", *more])
    return json.loads((place / "out" / "deep" / "toy.json").read_text())


def test_what_is_printed_and_where_all_is_put(place, capsys):
    torch.set_num_threads(2)
    record = run(place)
    assert capsys.readouterr().out.splitlines() == [
        "toy: a: 1 s",
        "toy: R1 + R2/x: 1 s",
        "toy: 4 runs, written to out/deep",
    ]
    parts = sorted(path.name[:-14] for path in (place / "runs" / "experiments" / "toy").iterdir())
    assert parts == ["R1---R2-x", "a"]
    assert (record["threads"], torch.get_num_threads(), record["device"]) == (1, 1, "cpu")
    assert [job["seconds"] for job in record["jobs"]] == [0.75, 0.75]
    assert run(place) == record
    assert capsys.readouterr().out == "toy: 4 runs, written to out/deep\n"
    text = (place / "out" / "deep" / "toy.json").read_text()
    assert text == json.dumps(record, indent=1) + "\n"


def test_jobs_of_one_seed_are_printed_with_it(place, capsys):
    record = run(place, replace(TOY, apart=True))
    assert capsys.readouterr().out.splitlines()[:2] == ["toy: a, seed 0: 1 s", "toy: R1 + R2/x, seed 0: 1 s"]
    assert [(each["variant"], each["seed"]) for each in record["runs"]] == [
        (variant, seed) for seed in (0, 1) for variant in TOY.variants
    ]


@pytest.mark.parametrize("arguments", [[], ["--parts", "elsewhere"]])
def test_parts_lie_under_runs_or_where_it_is_said(place, arguments):
    run(place, TOY, *arguments)
    folder = place / ("elsewhere" if arguments else "runs/experiments") / "toy"
    assert len(list(folder.iterdir())) == 2


def test_help_tells_the_question_and_all_that_can_be_asked(place, capsys):
    with pytest.raises(SystemExit):
        main(TOY, "x", ["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "Does it run?",
        "folder of the finished jobs (shared by all machines)",
        "folder of the results file",
        "--confirm [VARIANT ...] run these variants again (by default the quickest job)",
        "relative difference that --confirm lets pass",
        "--against [COMMIT] compare with what the code of the file makes here",
    ):
        assert words in said


# --- confirming


def test_a_confirmation_is_printed_and_noted(place, capsys):
    run(place)
    capsys.readouterr()
    (place / "out" / "deep" / "unconfirmed.txt").write_text("# why\ntoy: changed, 0a1b2c3\n")
    record = run(place, TOY, "--confirm", "a", "R1 + R2/x")
    assert capsys.readouterr().out == "toy: a, R1 + R2/x, 4 values against the file: equal to the last digit, 2 s\n"
    assert record["confirmed"]["seconds"] == 1.5 and record["confirmed"]["versions"] == jobs.versions()
    assert (place / "out" / "deep" / "unconfirmed.txt").read_text() == "# why\n"


@pytest.mark.parametrize(("tolerance", "fits"), [(0.25, True), (0.2499, False)])
def test_a_difference_that_is_just_the_tolerance_is_let_pass(place, capsys, tolerance, fits):
    run(place)
    capsys.readouterr()
    other = replace(TOY, measure=lambda name, seeds: [{"value": 3 if name == "a" else 9, "clock": 0.5} for _ in seeds])
    known = replace(TOY, measure=lambda name, seeds: [{"value": 4 if name == "a" else 9, "clock": 0.5} for _ in seeds])
    for part in (place / "runs" / "experiments" / "toy").iterdir():
        part.unlink()
    run(place, known)
    capsys.readouterr()
    if fits:
        confirmed = run(place, other, "--confirm", "--tolerance", str(tolerance))["confirmed"]
        assert (confirmed["equal"], confirmed["largest_difference"], confirmed["tolerance"]) == (False, 0.25, 0.25)
        assert "largest relative difference 0.25, 1 s" in capsys.readouterr().out
    else:
        with pytest.raises(SystemExit, match=r"2 values against the file: 2 differ by more than 0\.2499\n") as told:
            run(place, other, "--confirm", "--tolerance", str(tolerance))
        assert str(told.value).splitlines()[1] == "  a, seed 0, value: 4 is now 3 (relative difference 0.25)"


def test_only_what_differs_is_listed_and_twenty_lines_at_most(place):
    many = replace(TOY, seeds=tuple(range(30)), variants=("a", "bb"))
    run(place, many)
    less = replace(many, measure=lambda name, seeds: [{"value": len(name) + s - (s > 3), "clock": 0.0} for s in seeds])
    with pytest.raises(SystemExit, match="30 values against the file: 26 differ") as told:
        run(place, less, "--confirm", "a")
    lines = str(told.value).splitlines()
    assert len(lines) == 21 and lines[1].startswith("  a, seed 4, value: 5 is now 4 ")


def test_the_quickest_job_is_run_and_one_of_unknown_length_last(place):
    record = run(place)
    for seconds, wanted in (
        ((3.0, 2.0), "R1 + R2/x"),
        ((None, 2.0), "R1 + R2/x"),
        ((2.0, None), "a"),
        ((1.0, 2.0), "a"),
    ):
        for job, each in zip(record["jobs"], seconds, strict=True):
            job["seconds"] = each
        jobs.write_record(record, place / "out" / "deep")
        assert run(place, TOY, "--confirm")["confirmed"]["variants"] == [wanted]


def test_confirming_is_for_one_process(place, monkeypatch):
    run(place)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(ValueError, match="WORLD_SIZE must be one of 1, got '2'"):
        run(place, TOY, "--confirm")


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        (0.0, 0.0, 0.0),
        (0.0, 2.0, 1.0),
        (-1.0, 1.0, 2.0),
        (4.0, 3.0, 0.25),
        (3.0, 4.0, 0.25),
        ([1.0], 1.0, float("inf")),
        (1.0, [1.0], float("inf")),
        ([1.0, 2.0], [1.0], float("inf")),
        ([1.0, 4.0], [1.0, 5.0], 0.2),
    ],
)
def test_a_relative_difference_is_of_the_larger(before, now, wanted):
    assert difference(before, now) == pytest.approx(wanted)


# --- the code behind


def test_a_script_may_be_named_from_where_one_stands(place, monkeypatch):
    (place / "ganbook").mkdir()
    (place / "ganbook" / "far.py").write_text("far = 1\n")
    (place / "experiments" / "near.py").write_text("from ganbook.far import far\n")
    script = place / "experiments" / "toy.py"
    script.write_text("from near import far\nimport near\nimport far.away\nnear.far\n")
    wanted = behind(script)
    assert list(wanted) == ["experiments/near.py", "ganbook/far.py"]
    monkeypatch.chdir(place / "experiments")
    assert behind(type(script)("toy.py")) == wanted


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("x = 1", "x = 1\n__version__ = '2'", True),
        ("x = 1", "x = 1\ny = 2", False),
        ("x = f(1)", "x = checks.whole(1)", False),
        ("checks.whole(1)", "checks.whole(2)", False),
        ("checks.whole('n', 1)", "other.whole('n', 1)", False),
        ("x = checks.whole('n', 1)", "x = 1", True),
        ("from a import b", "from a import checks", False),
        ("from a import checks", "from typing import Any", True),
        ("x = 'a'", "x = 'b'", False),
        ("f(1)\n2", "f(1)\n3", False),
        ("if x: raise E", "while x: raise E", False),
        ("x = [1]", "x = []", False),
        ("def f(a=None): pass", "def f(a=0): pass", False),
    ],
)
def test_what_a_digest_sees(one, other, same):
    assert (digest(one) == digest(other)) == same


# --- scripts


def test_a_script_is_read_and_leaves_no_trace_but_its_module(tmp_path):
    path = tmp_path / "lone.py"
    path.write_text(
        "import helper_of_lone\nfrom ganbook.experiments import Experiment\n"
        "EXPERIMENT = Experiment('lone', '?', ('a',), (0, 1), ('m',), helper_of_lone.f)\n"
    )
    (tmp_path / "helper_of_lone.py").write_text("def f(name, seeds): return []\n")
    before = list(sys.path)
    experiment, source = read_script(path)
    assert sys.path == before and source == path.read_text() and experiment.name == "lone"
    assert sys.modules["experiment_lone"].EXPERIMENT is experiment
    for text in ("EXPERIMENT = 3\n", "x = 1\n", path.read_text().replace("'lone'", "'two'")):
        path.write_text(text)
        os.utime(path, (1, len(text)))
        with pytest.raises(ValueError, match=r"script lone\.py must define EXPERIMENT = Experiment\(name='lone'"):
            read_script(path)


def test_two_seeds_are_enough_and_groups_are_asked_by_name():
    pair = Experiment("x", "?", ("a", "b"), (4, 5), ("m",), measure, groups={"both": ("b",)})
    assert [tuple(job) for job in pair.jobs] == [("a", ("a",), (4, 5)), ("both", ("b",), (4, 5))]
    assert not pair.apart and pair.differs == {} and pair.command == "python experiments/x.py"
    assert Experiment("x", "?", ("a",), (4, 5), ("m",), measure, live="04: one, two").live == "04: one, two"


# --- values and files


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"m": True}, "m must be a finite number or a list of them, got True"),
        ({"m": []}, r"m must be a finite number or a list of them, got \[\]"),
        ({"m": [1.0, float("inf")]}, "m must be a finite number"),
        ({"m": "1"}, "m must be a finite number"),
        ({"m": None}, "m must be a finite number"),
        ([1.0], r"has the measures list, not \['m'\]"),
        ({"n": 1.0}, r"has the measures \['n'\], not \['m'\]"),
        ({"m": 3}, None),
        ({"m": [1, 2.5]}, None),
    ],
)
def test_values_that_are_none(values, message):
    found = value_problems(values, ("m",), "here")
    assert found == [] if message is None else len(found) == 1 and found[0].startswith("here")
    if message:
        with pytest.raises(ValueError, match=message):
            raise ValueError(*found)


def test_a_file_that_is_no_record(place):
    assert schema_problems([1]) == ["the file must hold an object, got list"]
    record = run(place)
    assert schema_problems(record) == [] and schema_problems({**record, "confirmed": {}}) == []
    for key, bad, said in (
        ("jobs", [3], "job 0 is not of the form ['seconds', 'seeds', 'variants']"),
        ("runs", [{**record["runs"][0], "seed": "0"}], "run 0 is not of the form ['seed', 'values', 'variant']"),
        ("runs", [{**record["runs"][0], "more": 0}], "run 0 is not of the form ['seed', 'values', 'variant']"),
        ("threads", "1", "threads has the type str"),
    ):
        assert schema_problems({**record, key: bad}) == [said]


def test_results_are_said_by_level_and_by_minutes(place):
    record = run(place)
    record["jobs"][0]["seconds"], record["jobs"][1]["seconds"] = 100.0, 150.0
    results = Results(record)
    assert "2 seeds, 4 minutes with torch" in results.label and results.label.endswith("on cpu, 1 thread(s)")
    wide, narrow = (results.interval("a", "value", level) for level in (0.99, 0.5))
    assert wide.low < results.interval("a", "value").low < narrow.low and results.interval("a", "value").level == 0.95
    shown = str(results.table(["value"]))
    assert shown.startswith("Does it run?") and "R1 + R2/x" in shown and "1.5 [" in shown
    assert "Mean [95 %" not in str(results.table({"value": len}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("toy", "out"), "folder must be a pathlib.Path"),
        ((3, None), "name must be"),
        (("toy", None), r"name must be one of none \(no results are here\), got 'toy'"),
    ],
)
def test_what_cannot_be_loaded(tmp_path, arguments, message, as_readers):
    name, folder = arguments
    with pytest.raises(ValueError, match=message):
        load(name, tmp_path if folder is None else folder)


def test_code_that_does_not_run_elsewhere_is_told(tmp_path):
    script = tmp_path / "experiments" / "toy.py"
    (tmp_path / "ganbook.py").write_text("here = 1\n")
    program = "import os, sys, ganbook\nprint('first')\nprint(os.getcwd(), ganbook.here, *sys.argv[1:])"
    assert _there(script, program, "a", "b").decode() == f"{tmp_path} 1 a b"
    with pytest.raises(ValueError, match="against must be a commit whose code runs here"):
        _there(script, "raise SystemExit(2)")

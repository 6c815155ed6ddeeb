"""Results files: written as they say, resumable, and refused where their script cannot have written them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ganbook.experiments import Experiment, Results, jobs, load, main, read_script, runner
from ganbook.experiments.code import behind, digest
from ganbook.experiments.provenance import refuse, stale
from ganbook.experiments.results import unconfirmed

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = sorted((ROOT / "ganbook" / "results").glob("*.json"))

HELPER = """\
def curve(seed):
    return [1.0, 2.0, float(seed)]
"""
SCRIPT = """\
import time
from pathlib import Path
from helper import curve
from ganbook.experiments import Experiment, main
from ganbook.metrics import frechet_distance

HERE = Path(__file__).parent

def measure(name, seeds):
    if (HERE / "stop").exists() and name == "bcd":
        raise KeyboardInterrupt
    with open(HERE / "log.txt", "a") as log:
        log.write(f"{name} {seeds}\\n")
    variants = {"pair": ("e", "fg")}.get(name, (name,))
    return [{"value": seed + len(v), "curve": curve(seed), "clock": time.time()} for v in variants for seed in seeds]

EXPERIMENT = Experiment(
    "toy", "Does it run?", ("a", "bcd", "e", "fg"), (0, 1, 2), ("value", "curve", "clock"), measure,
    groups={"pair": ("e", "fg")}, clocks=("clock",),
)
if __name__ == "__main__":
    main(EXPERIMENT, __file__)
"""


class Toy:
    """A script in a folder of its own."""

    def __init__(self, folder, text=SCRIPT):
        self.folder, self.path = folder / "experiments", folder / "experiments" / "toy.py"
        self.folder.mkdir(exist_ok=True)
        self.path.write_text(text)
        (self.folder / "helper.py").write_text(HELPER)
        self.parts, self.out = folder / "parts", folder / "out"

    @property
    def log(self):
        path = self.folder / "log.txt"
        return path.read_text().splitlines() if path.exists() else []

    @property
    def record(self):
        return json.loads((self.out / "toy.json").read_text())

    def run(self, *more):
        sys.modules.pop("helper", None)
        experiment, _ = read_script(self.path)
        main(experiment, str(self.path), ["--parts", str(self.parts), "--out", str(self.out), *more])
        return self.record

    def refuse(self, record):
        return refuse(record, *read_script(self.path))


@pytest.fixture
def toy(tmp_path):
    return Toy(tmp_path)


def values(record):
    return sorted((r["variant"], r["seed"], r["values"]["value"], r["values"]["curve"]) for r in record["runs"])


# --- what ships ------------------------------------------------------------------------------------------------------


def test_something_ships():
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_results_can_have_been_written_by_their_script(path):
    """And its code is today's, or ganbook/results/unconfirmed.txt says that it is not; then the page says so too."""
    script = ROOT / "experiments" / f"{path.stem}.py"
    record, listed = json.loads(path.read_text()), unconfirmed()
    problems = refuse(record, *read_script(script))
    old = [problem for problem in problems if problem.startswith("script: ")]
    assert [problem for problem in problems if problem not in old] == []
    changed = [*old, *stale(record, script)]
    if path.stem in listed:
        assert changed, f"{path.stem} is confirmed: delete its line in unconfirmed.txt"
        assert listed[path.stem] in load(path.stem).label
    else:
        assert not changed, (
            f"code behind {path.stem} has changed: {changed}. Run: python experiments/{path.stem}.py --confirm; "
            "or make the results anew; or say in ganbook/results/unconfirmed.txt why not"
        )


def test_every_script_has_its_results():
    assert {path.stem for path in (ROOT / "experiments").glob("*.py")} == {path.stem for path in SHIPPED}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_seconds_are_of_jobs_and_true(path):
    seconds = [job["seconds"] for job in json.loads(path.read_text())["jobs"]]
    timed = [each for each in seconds if each is not None]
    assert all(each > 0 for each in timed), seconds
    assert not timed or max(timed) > 1, seconds  # a control that trains nothing may take less


# --- jobs ------------------------------------------------------------------------------------------------------------


def fields(**changes):
    return {
        "name": "x",
        "question": "y",
        "variants": ("a", "b", "c"),
        "seeds": (0, 1),
        "measures": ("v",),
        "measure": lambda name, seeds: [{"v": 0.0} for _ in seeds],
        **changes,
    }


def test_a_job_is_a_variant_with_all_its_seeds():
    assert [tuple(job) for job in Experiment(**fields()).jobs] == [(v, (v,), (0, 1)) for v in "abc"]


def test_variants_of_one_training_are_one_job():
    found = Experiment(**fields(groups={"both": ("c", "a")})).jobs
    assert [tuple(job) for job in found] == [("both", ("c", "a"), (0, 1)), ("b", ("b",), (0, 1))]
    assert found[0].runs == [("c", 0), ("c", 1), ("a", 0), ("a", 1)]


def test_seeds_that_are_apart_are_jobs_seed_by_seed():
    found = Experiment(**fields(apart=True)).jobs
    assert [(job.name, job.seeds) for job in found] == [(v, (s,)) for s in (0, 1) for v in "abc"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": (0,)}, "seeds must be at least two"),
        ({"variants": ("a", "a")}, "variants must be different"),
        ({"measures": ()}, "measures must be different and at least one"),
        ({"groups": {"g": ("a", "z")}}, "groups must be one of a, b, c, got 'z'"),
        ({"groups": {"g": ("a",), "h": ("a",)}}, "groups must hold each variant at most once"),
        ({"groups": {"g": ()}}, "groups must hold each variant at most once, and at least one"),
        ({"groups": {"a": ("b", "c")}}, "groups must not have the name of a variant"),
        ({"clocks": ("seconds",)}, "clocks must be one of v, got 'seconds'"),
    ],
)
def test_experiment_refuses(changes, message):
    with pytest.raises(ValueError, match=message):
        Experiment(**fields(**changes))


# --- running ---------------------------------------------------------------------------------------------------------


def test_a_run_writes_what_it_may_have_written(toy):
    record = toy.run()
    assert toy.refuse(record) == []
    assert stale(record, toy.path) == []
    assert record["command"] == "python experiments/toy.py"
    assert record["seeds"] == [0, 1, 2]
    assert [job["variants"] for job in record["jobs"]] == [["a"], ["bcd"], ["e", "fg"]]
    assert values(record)[-1] == ("fg", 2, 4, [1.0, 2.0, 2.0])
    assert toy.log == ["a (0, 1, 2)", "bcd (0, 1, 2)", "pair (0, 1, 2)"]


def test_a_stop_loses_the_running_job_only(toy):
    (toy.folder / "stop").touch()
    with pytest.raises(KeyboardInterrupt):
        toy.run()
    assert toy.log == ["a (0, 1, 2)"]
    assert not toy.out.exists()
    (toy.folder / "stop").unlink()
    stopped = toy.run()
    assert toy.log == ["a (0, 1, 2)", "bcd (0, 1, 2)", "pair (0, 1, 2)"]
    for part in toy.parts.glob("*/*"):
        part.unlink()
    assert values(stopped) == values(toy.run())


def test_a_long_job_whose_seeds_are_apart_loses_one_seed(tmp_path):
    toy = Toy(tmp_path, SCRIPT.replace("groups={", "apart=True, groups={"))
    record = toy.run()
    assert toy.refuse(record) == []
    assert len(toy.log) == len(record["jobs"]) == 9
    next((toy.parts / "toy").glob("bcd-*")).unlink()
    assert values(toy.run()) == values(record)
    assert len(toy.log) == 10


@pytest.mark.parametrize("changed", ["toy.py", "helper.py"])
def test_parts_of_another_version_of_the_code_are_refused(toy, changed):
    toy.run()
    path = toy.folder / changed
    path.write_text(path.read_text() + "\nmore = 1\n")
    with pytest.raises(ValueError, match="another version of the code: delete that folder"):
        toy.run()


def test_missing_jobs_are_named(toy):
    toy.run()
    next((toy.parts / "toy").glob("bcd-*")).unlink()
    with pytest.raises(ValueError, match=r"1 jobs are missing from .* \(first: bcd, seeds \(0, 1, 2\)\): run it again"):
        runner._collect(read_script(toy.path)[0], toy.parts / "toy", {}, toy.out)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"value": seed + len(v)',
            '"value": float("nan")',
            r"measure\('a', .*\): a, seed 0: value must be a finite",
        ),
        (
            "for v in variants for",
            "for v in variants[:1] for",
            r"measure\('pair', .*must return a list of 6 .*got 3",
        ),
        ('return [{"value"', 'return 3 or [{"value"', "must return a list of 3 Values, one a run, got int"),
    ],
)
def test_bad_values_stop_the_run_before_they_are_written(tmp_path, old, new, message):
    toy = Toy(tmp_path, SCRIPT.replace(old, new))
    with pytest.raises(ValueError, match=message):
        toy.run()
    assert not toy.out.exists()


def test_several_processes_share_the_jobs_and_do_none_twice(toy):
    """Real ones, more than there are jobs, as `accelerate launch` starts them too."""
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "4", str(toy.path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GANBOOK_DEVICE": "cpu"}
    call = [*launch, "--parts", str(toy.parts), "--out", str(toy.out)]
    done = subprocess.run(call, env=environment, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert sorted(toy.log) == ["a (0, 1, 2)", "bcd (0, 1, 2)", "pair (0, 1, 2)"]
    assert toy.refuse(toy.record) == []


# --- what is refused -------------------------------------------------------------------------------------------------


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
        (lambda r: r.update(schema=1), "schema 1, this version reads 2"),
        (lambda r: r.update(extra=1), "extra is not known"),
        (lambda r: r.update(confirmed=True), "confirmed has the type bool"),
        (lambda r: r.pop("versions"), "versions is missing"),
        (lambda r: r.update(runs="none"), "runs has the type str"),
        (lambda r: r["runs"].append({}), "run 12 is not of the form"),
        (lambda r: r["jobs"][0].update(seconds="long"), "job 0 is not of the form"),
        (lambda r: r["jobs"].pop(), "jobs: 2 in the file"),
        (lambda r: r["jobs"][2].update(variants=["e"]), "jobs: 3 in the file are not the 3"),
        (drop_run, "runs: 11 in the file"),
        (repeat_run, "once each"),
        (nan_value, "finite"),
        (other_measure, "measures"),
    ],
)
def test_a_forged_file_is_refused(toy, forge, message):
    record = toy.run()
    forge(record)
    problems = toy.refuse(record)
    assert any(message in problem for problem in problems), problems


def test_seconds_may_be_unknown(toy):
    record = toy.run()
    record["jobs"][0]["seconds"] = None
    assert toy.refuse(record) == []
    assert "3 seeds, with torch" in Results(record).label


# --- the code behind -------------------------------------------------------------------------------------------------

CODE = '"""Doc."""\nimport os\n\ndef f(x):\n    """Doc."""\n    return x + 1\n'


@pytest.mark.parametrize(
    "same",
    [
        CODE.replace("Doc.", "Another"),
        "# a comment\n\n" + CODE.replace("    return x + 1", "    return (\n        x + 1  # why\n    )"),
        CODE.replace('    """Doc."""\n', ""),
        CODE + '\nf.__doc__\n"""A string of its own."""\n'.replace("f.__doc__\n", ""),
        CODE + '__all__ = ["f"]\n',
        CODE.replace("(x)", "(x: float) -> float").replace("import os", "import os\nfrom typing import Any"),
        CODE.replace("import os", "import os\nfrom ganbook import checks").replace("x + 1", 'checks.whole("x", x) + 1'),
        CODE.replace("    return", '    checks.whole("x", x)\n    return'),
        CODE.replace("    return", "    if x < 0:\n        raise ValueError(x)\n    return"),
        CODE.replace("    return", "    if x < 0:\n        if x < -1:\n            raise ValueError(x)\n    return"),
    ],
)
def test_what_computes_nothing_does_not_move_the_digest(same):
    assert digest(same) == digest(CODE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("x + 1", "x + 2"),
        ("x + 1", "x + 1.0"),
        ("x + 1", "x - 1"),
        ("(x)", "(y)"),
        ("(x)", "(x=1)"),
        ("return", "yield"),
        ("import os", "from os import path"),
        ("x + 1", 'checks.whole("x", x + 1) + 1'),
        ("    return", "    check(x)\n    return"),
        ("    return", "    if x < 0:\n        x = 0\n    return"),
        ("    return", "    if x < 0:\n        raise ValueError\n    else:\n        x = 0\n    return"),
    ],
)
def test_what_computes_moves_the_digest(old, new):
    assert digest(CODE.replace(old, new)) != digest(CODE)


def test_the_same_source_has_the_same_digest_everywhere():
    """The form is ours, not that of one version of Python: these bytes are in files."""
    assert digest("x: int = f'{a!r:>{w}}' + None\n").startswith("731ee1")


@pytest.mark.parametrize("change", [("1.0, 2.0", "1.0, 3.0", ["experiments/helper.py"]), ("def", "# why\ndef", [])])
def test_a_changed_neighbour_is_told_but_its_comments_may_change(toy, change):
    old, new, told = change
    record = toy.run()
    (toy.folder / "helper.py").write_text(HELPER.replace(old, new))
    assert stale(record, toy.path) == told
    assert toy.refuse(record) == []


def test_a_changed_script_no_longer_owns_its_results_but_comments_may_change(toy):
    record = toy.run()
    toy.path.write_text("# a comment\n\n" + SCRIPT)
    assert toy.refuse(record) == []
    toy.path.write_text(SCRIPT.replace("len(v)", "2 * len(v)"))
    assert [problem.split(":")[0] for problem in toy.refuse(record)] == ["script"]


def test_names_are_followed_to_the_files_that_define_them(tmp_path):
    """Through doors, aliases, whole modules and imports inside functions; not to their neighbours."""
    home = tmp_path / "ganbook"
    for name, text in {
        "__init__.py": "def device(): ...\n",
        "games/__init__.py": "from ganbook.games.gan import GAN\nfrom ganbook.games.other import Other\n",
        "games/gan.py": "from ganbook import checks, parts\nclass GAN:\n    f, g = checks.whole, parts.part\n",
        "games/other.py": "class Other: ...\n",
        "checks.py": "def whole():\n    from ganbook.far import far\n",
        "parts.py": "def part():\n    from ganbook.late import late\n",
        "late.py": "late = 1\n",
        "data/__init__.py": "from ganbook.data import c\n"
        "from ganbook.data.a import one\nfrom ganbook.data.b import two\n",
        "data/a.py": "one = 1\n",
        "data/b.py": "two = 2\n",
        "data/c.py": "three = 3\n",
        "experiments/__init__.py": "from ganbook.late import late\n",
    }.items():
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(text)
    script = tmp_path / "experiments" / "s.py"
    script.parent.mkdir()

    def files(text):
        script.write_text(text)
        return [path.removeprefix("ganbook/") for path in behind(script)]

    assert files("from ganbook.games import GAN") == ["games/gan.py", "late.py", "parts.py"]
    assert files("from ganbook import data\ndata.one") == ["data/a.py"]
    assert files("from ganbook import data as d\nd.c.three, d.two") == ["data/b.py", "data/c.py"]
    whole = ["data/__init__.py", "data/a.py", "data/b.py", "data/c.py"]
    assert files("from ganbook import data\ngetattr(data, name)") == whole
    assert files("import ganbook.data") == files("from ganbook.data import *") == whole
    assert files("import ganbook\nganbook.device()") == ["__init__.py"]
    assert files("from ganbook.experiments import main\nimport json") == []
    with pytest.raises(ValueError, match=r"imports of ganbook must be absolute, got 'from \.b import two'"):
        files("from .b import two")


# --- confirming ------------------------------------------------------------------------------------------------------


def test_confirm_runs_one_job_and_takes_over_the_digests(toy, capsys):
    before = toy.run()
    before["jobs"][1]["seconds"] = -1.0  # the quickest
    jobs.write_record(before, toy.out)
    (toy.folder / "helper.py").write_text(HELPER.replace("2.0,", "1.0 + 1.0,"))
    assert stale(before, toy.path)
    after = toy.run("--confirm")
    assert toy.log[3:] == ["bcd (0, 1, 2)"]
    assert stale(after, toy.path) == toy.refuse(after) == []
    assert {**after["confirmed"], "seconds": 0, "versions": 0} == {
        "variants": ["bcd"],
        "seeds": [0, 1, 2],
        "against": "the file",
        "equal": True,
        "tolerance": 0.0,
        "largest_difference": 0.0,
        "seconds": 0,
        "versions": 0,
    }
    same = [key for key in before if key not in ("modules", "confirmed")]
    assert [after[key] for key in same] == [before[key] for key in same]
    assert "equal to the last digit" in capsys.readouterr().out


def test_confirm_runs_the_variants_asked_for(toy):
    toy.run()
    assert toy.run("--confirm", "fg", "a")["confirmed"]["variants"] == ["a", "e", "fg"]
    assert toy.log[3:] == ["a (0, 1, 2)", "pair (0, 1, 2)"]


def test_confirm_says_what_differs_and_changes_nothing(toy):
    before = toy.run()
    (toy.folder / "helper.py").write_text(HELPER.replace("2.0,", "2.0000002,"))
    with pytest.raises(SystemExit, match=r"3 differ by more than 0\n  a, seed 0, curve: .*difference 1e-07\)"):
        toy.run("--confirm", "a")
    assert toy.record == before
    confirmed = toy.run("--confirm", "a", "--tolerance", "1e-6")["confirmed"]
    assert confirmed["equal"] is False
    assert confirmed["largest_difference"] == pytest.approx(1e-7)
    assert confirmed["tolerance"] == 1e-6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--confirm", "z"), "VARIANT must be one of a, bcd, e, fg, got 'z'"),
        (("--confirm", "--tolerance", "-1"), "tolerance must be a finite number >= 0"),
        (("--confirm", "--against", "HEAD"), r"against must be a commit of this repository \(fatal"),
    ],
)
def test_confirm_refuses(toy, arguments, message):
    toy.run()
    with pytest.raises(ValueError, match=message):
        toy.run(*arguments)


def test_confirm_refuses_what_must_be_made_again(toy):
    toy.run()
    toy.path.write_text(SCRIPT.replace("(0, 1, 2)", "(0, 1)"))
    with pytest.raises(ValueError, match=r"toy\.json cannot be confirmed, it must be made again: seeds"):
        toy.run("--confirm")


def test_confirm_against_the_code_that_wrote_the_file(tmp_path, monkeypatch):
    """Where another processor made the numbers: both codes run here, and the old one must be that of the file."""
    monkeypatch.setenv("GANBOOK_DEVICE", "cpu")
    toy = Toy(tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=x", "-c", "user.email=x@example.org"]

    def heavy(name):
        return name.endswith((".npz", ".safetensors", ".pyc", ".json"))

    def commit():
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "-qm", "x"], check=True)
        call = [*git, "rev-parse", "HEAD"]
        return subprocess.run(call, check=True, capture_output=True, text=True).stdout.strip()

    subprocess.run([*git, "init", "-q"], check=True)
    shutil.copytree(ROOT / "ganbook", tmp_path / "ganbook", ignore=lambda _, names: [n for n in names if heavy(n)])
    toy.run()
    first = commit()
    record = toy.record
    record["runs"][0]["values"]["value"] = 0.25  # "another processor"
    jobs.write_record(record, toy.out)
    (toy.folder / "helper.py").write_text(HELPER.replace("2.0,", "1.0 + 1.0,"))
    second = commit()
    with pytest.raises(SystemExit, match="a, seed 0, value: 0.25 is now 1"):
        toy.run("--confirm", "a")
    with pytest.raises(ValueError, match="against must be a commit whose code made or confirmed the file"):
        toy.run("--confirm", "a", "--against", second)
    (toy.out / "unconfirmed.txt").write_text("# which\ntoy: a helper was rewritten, 0a1b2c3\n")
    after = toy.run("--confirm", "a", "--against")  # finds it in the history
    assert after["confirmed"]["against"] == f"commit {first[:7]} on this machine"
    assert (toy.out / "unconfirmed.txt").read_text() == "# which\n"
    assert after["confirmed"]["equal"] is True
    assert after["runs"] == record["runs"]


# --- scripts ---------------------------------------------------------------------------------------------------------


def test_a_script_may_hold_a_dataclass(tmp_path):
    """Under string annotations a dataclass looks its own module up by name."""
    path = tmp_path / "odd.py"
    path.write_text(
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "from ganbook.experiments import Experiment\n"
        "@dataclass\nclass Setting:\n    size: int = 2\n"
        "EXPERIMENT = Experiment('odd', '?', ('a',), (0, 1), ('m',), lambda v, s: [{'m': Setting().size}] * 2)\n"
    )
    assert read_script(path)[0].measure("a", (0, 1)) == [{"m": 2}, {"m": 2}]


def test_a_script_must_define_its_own_experiment(toy):
    toy.path.rename(toy.folder / "other.py")
    with pytest.raises(ValueError, match="EXPERIMENT = Experiment"):
        read_script(toy.folder / "other.py")


# --- reading ---------------------------------------------------------------------------------------------------------


def test_results_are_read_by_variant_and_measure(toy):
    toy.run()
    results = load("toy", toy.out)
    assert results.values("bcd", "value") == [3, 4, 5]
    assert results.interval("bcd", "value").mean == 4.0
    assert results.interval("a", "curve").mean == 1.0  # the last points: 0, 1, 2
    assert results.ends("a", "curve", of=sum) == [3.0, 4.0, 5.0]
    assert results.label.startswith("Loaded, not run here: python experiments/toy.py, 3 seeds, 0 minutes with torch")
    with pytest.raises(ValueError, match="variant must be one of a, bcd, e, fg, got 'c'"):
        results.values("c", "value")
    with pytest.raises(ValueError, match="measure must be one of value, curve, clock, got 'v'"):
        results.values("a", "v")


def test_a_table_of_results(toy):
    toy.run()
    results = load("toy", toy.out)
    counted = {"value": ".1f", "curve": lambda ends: f"{sum(end > 0 for end in ends)} of 3"}
    shown = str(results.table(counted, variants={"bcd": "three letters", "a": "one"}, heads={"curve": "grown"}))
    assert shown.splitlines()[:5] == [
        "Does it run?",
        "",
        "                         value   grown",
        "three letters  4.0 [ 1.5, 6.5]  2 of 3",
        "one            2.0 [-0.5, 4.5]  2 of 3",
    ]
    assert " ".join(shown.split()).endswith("Mean [95 % interval]. " + results.label)
    with pytest.raises(ValueError, match="measure must be one of value, curve, clock, got 'v'"):
        results.table(["v"])
    with pytest.raises(ValueError, match="variant must be one of a, bcd, e, fg, got 'z'"):
        results.table(["value"], variants=["z"])
    last = results.table({"curve": ".1f"}, variants=["a"], of=sum, caption="Sums", first="who")
    assert str(last).splitlines()[:4] == ["Sums", "", "who           curve", "a    4.0 [1.5, 6.5]"]


def test_an_unconfirmed_file_says_so_on_the_page(toy):
    toy.run()
    (toy.out / "unconfirmed.txt").write_text("# a comment\n\ntoy: penalties reuse D's outputs, 0a1b2c3\n")
    assert load("toy", toy.out).label.endswith(
        "thread(s); its code has changed since and was not run again (penalties reuse D's outputs, 0a1b2c3)"
    )
    for line in ("toy\n", "toy: \n", "other: why\n"):
        (toy.out / "unconfirmed.txt").write_text(line)
        with pytest.raises(ValueError, match=r"unconfirmed\.txt must hold lines 'NAME: reason, commit', got"):
            load("toy", toy.out)


def test_load_names_what_is_known_and_what_is_damaged(toy):
    toy.run()
    with pytest.raises(ValueError, match="name must be one of toy, got 'other'"):
        load("other", toy.out)
    path = toy.out / "toy.json"
    path.write_text(path.read_text()[:100])
    with pytest.raises(ValueError, match=r"toy\.json is damaged"):
        load("toy", toy.out)
    path.write_text("{}")
    with pytest.raises(ValueError, match="does not fit the schema: schema is missing"):
        load("toy", toy.out)

"""No bad argument ends in an error from the depths, or in nan: tests/fuzz.py.

Once as readers make the calls, in a process without jaxtyping's hook, and once under the hook, in this one.
"""

import importlib
import json
import os
import pathlib
import subprocess
import sys

import fuzz
import fuzz_calls
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
N, SEED = 2_500, 25


def obscure(met):
    """Place -> the first bad call that ends there, in words."""
    found = {}
    for case, outcome, place, said in met:
        if outcome in ("obscure", "silent"):
            found.setdefault(place, f"{case[0]} with {case[1]} = {case[2]}: {said}")
    return found


@pytest.fixture(scope="module")
def readers():
    """What a reader meets, without the hook."""
    draw = f"import fuzz, json; print(json.dumps(fuzz.draw({N}, {SEED})))"
    done = subprocess.run(
        [sys.executable, "-c", draw],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_no_place_is_obscure(readers):
    assert obscure(readers) == {}, "each asks for a check of ganbook.checks"


def test_the_hook_makes_no_place_obscure():
    assert obscure(fuzz.draw(N // 5, SEED)) == {}


def test_most_calls_are_refused_in_words(readers):
    counts = {kind: sum(one[1] == kind for one in readers) for kind in ("fine", "clear", "obscure", "silent")}
    assert sum(counts.values()) == N and counts["clear"] > N / 2, counts


def test_each_kind_of_outcome_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = fuzz_calls.world()
    world["bad"] = lambda x: x.shape
    world["halved"] = lambda x: x / 2
    calls = {
        ("data.normal(2)", "d", "'text'"): "clear",
        ("data.normal(2)", "d", "2**70"): "clear",
        ("claims.seed(0)", "base", "0"): "fine",
        ("bad(x)", "x", "None"): "obscure",
        ("halved(x)", "x", "x + inf"): "silent",
        ("transport.steepest(half, half, cost)", "f", "long"): "fine",  # infinite: the answer
        ("losses.Hinge().d(out, out)", "real", "one nan"): "fine",
    }
    for case, outcome in calls.items():
        met = fuzz.run(fuzz.Case(*case), world)
        assert met.outcome == outcome, met


def test_every_public_name_is_called_or_left_out_by_name():
    called = {call.split("(")[0].split(".")[-1] for call in fuzz_calls.CALLS}
    left_out = {name for names in fuzz_calls.LEFT_OUT.values() for name in names.split()}
    missing = []
    for path in fuzz_calls.MODULES:
        module = importlib.import_module(f"ganbook.{path}")
        for name in getattr(module, "__all__", ()):
            thing = getattr(module, name)
            if callable(thing) and not (isinstance(thing, type) and issubclass(thing, Exception)):
                missing += [f"{path}.{name}"] * (name not in called | left_out)
    assert missing == []

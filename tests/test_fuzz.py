"""No bad argument ends in an error from the depths, or in nan, anywhere but where KNOWN says: tests/fuzz.py.

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
MOST = 20

THEIRS = "a function or network of the reader's, and its own error"
KNOWN = {
    "data/truncation.py check_threshold": "the sentence says truncation, the name that games have for the threshold",
    "divergences/quadrature.py compute": THEIRS,
    "explore.py _picture": THEIRS,
    "games/game.py descend": "losses that are no tensors, or of no graph",
    "games/game.py first_samples": THEIRS,
    "ganbook.divergences.transport.steepest": "infinite where f and g differ at distance 0: the answer",
    "losses/drift.py __call__": THEIRS,
    "metrics/modes.py stacked_scores": THEIRS,
    "models/attention.py forward": "maps of another type than the layer's weights",
    "models/bigbigan.py pooled_features": THEIRS,
    "models/networks.py mlp": "activation=int makes no layer",
    "models/standing.py standing": THEIRS,
    "models/tangents.py one": THEIRS,
    "models/tangents.py tangent_penalty": THEIRS,
    "models/tangents.py tangents": "torch has no SVD in float16",
    "optimizers.py adam": "parameters that are numbers: torch says so",
    "optimizers.py rmsprop": "parameters that are numbers: torch says so",
    "penalties.py input_gradients": THEIRS,
    "plot.py _scores": THEIRS,
    "train/run.py _every": "steps that are none",
}
"""Place -> what happens there. It may only become shorter: MOST is how many there are."""


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


def test_no_place_is_obscure_that_was_not(readers):
    new = {place: told for place, told in obscure(readers).items() if place not in KNOWN}
    assert new == {}, f"{len(new)} places: each asks for a check of ganbook.checks"


def test_the_hook_makes_no_place_obscure():
    new = {place: told for place, told in obscure(fuzz.draw(N // 5, SEED)).items() if place not in KNOWN}
    assert new == {}


def test_the_known_places_only_become_fewer():
    assert len(KNOWN) <= MOST


def test_most_calls_are_refused_in_words(readers):
    counts = {kind: sum(one[1] == kind for one in readers) for kind in ("fine", "clear", "obscure", "silent")}
    assert sum(counts.values()) == N and counts["clear"] > N / 2, counts


def test_each_kind_of_outcome_is_told_apart(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    world = fuzz_calls.world()
    world["bad"] = lambda x: x.shape
    world["half"] = lambda x: x / 2
    calls = {
        ("data.normal(2)", "d", "'text'"): "clear",
        ("data.normal(2)", "d", "2**70"): "clear",
        ("claims.seed(0)", "base", "0"): "fine",
        ("bad(x)", "x", "None"): "obscure",
        ("half(x)", "x", "x + inf"): "silent",
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

"""Truncation in the reader's hand, in JavaScript, against ganbook: latents, statistics and pixels as in chapter 17.

The engine runs in V8 without a browser; tests/browser/test_hand_kinds.py holds the browser to the same numbers.
"""

import base64
import importlib.util
import json
import math

import numpy as np
import pytest
import torch
from hand_cases import eight_bits
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import claims, zoo
from ganbook.data import truncated
from ganbook.games import ConditionalGAN
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.models import still
from ganbook.player.hand import bundle, pack
from ganbook.studies.conditional import CLASSES

ROOT, CPU = bundle.HERE.parents[2], torch.device("cpu")
TOLD = json.loads(pack.MEASURED.read_text(encoding="utf-8"))["kinds"]
ROWS = np.frombuffer(base64.b64decode(TOLD["statistics"]), "<f4").reshape(len(TOLD["taus"]) + 1, -1)
PAINT = """(E, G, { z, seen }) => z.map((each, n) => {
  const steps = E.painted(G, each, n % 4, Float32Array.from(seen));
  let step;
  do step = steps.next(); while (!step.done);
  return [...step.value];
})"""


def opened(context, engine=None):
    """ask(function of the engine, G and an argument) -> what it returns, through JSON."""
    made = {key: value if key == "forms" else list(value) for key, value in pack.packed("kinds").items()}
    context.eval(
        f"{engine or bundle.engine('kinds')};var E = engine(), a = {json.dumps(made)}; "
        "a.numbers = Float32Array.from(a.numbers); a.integers = Int8Array.from(a.integers); var G = E.unpack(a).G"
    )
    return lambda code, given=None: json.loads(context.eval(f"JSON.stringify(({code})(E, G, {json.dumps(given)}))"))


@pytest.fixture(scope="module")
def ask():
    with mini_racer() as context:
        yield opened(context)


def chapter(tau):
    """The eight-bit G of the chapter's pair with its statistics at a threshold, and what they are, norm after norm."""
    kept = zoo.load("biggan-faces", CPU)
    game = ConditionalGAN(eight_bits("kinds")[0], kept.D, BIGGAN_LITE, 4, device=CPU)
    prior = truncated(32, tau, device=CPU) if tau else game.prior
    G = game.standing(claims.rng(4), 8, prior)
    norms = [part for part in G.modules() if isinstance(part, torch.nn.BatchNorm2d)]
    return G, torch.cat([each for norm in norms for each in (norm.running_mean, norm.running_var)])


def gap(ask, tau=0.5):
    """The largest difference to torch in 12 pictures, three of each class."""
    G, seen = chapter(tau)
    z = truncated(32, tau, device=CPU)(12, claims.rng(1))
    with still(G):
        wanted = G(z, torch.arange(12) % 4).flatten(1)
    found = torch.tensor(ask(PAINT, {"z": z.tolist(), "seen": seen.tolist()}))
    return float((found - wanted).abs().max())


@pytest.mark.parametrize("tau", [0.1, 0.5, 2.0])
def test_pixels_are_those_of_torch(ask, tau):
    assert gap(ask, tau) < 1e-4


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("+ EPS", ""), ("1 + v", "v"), ("(row >> 1)", "(row >> 2)"), ("v + straight[i]", "v"), ("y * embedding.in", "0")],
)
def test_a_planted_defect_is_seen(right, wrong):
    assert right in bundle.engine("kinds")
    with mini_racer() as context:
        assert not gap(opened(context, bundle.engine("kinds").replace(right, wrong)), 0.1) < 1e-4


def test_latents_are_truncated_as_the_library_does(ask):
    """From the same uniform places; the function is odd, and finite at both ends."""
    for tau in TOLD["taus"]:
        places = torch.rand(9, 32, generator=claims.rng(7), dtype=torch.float64) * 2 - 1
        given = {"tau": tau, "places": places.tolist()}
        found = torch.tensor(ask("(E, G, a) => a.places.map((each) => E.truncated(a.tau, each))", given))
        assert_close(found, truncated(32, tau, device=CPU)(9, claims.rng(7)), atol=1e-6, rtol=0)
        ends = ask("(E, G, tau) => E.truncated(tau, [-1, 0, 1])", tau)
        assert ends == pytest.approx([-tau, 0, tau], abs=1e-9)
    some = [-2.9, -0.3, 1e-9, 1.4, 2.9]
    assert ask("(E, G, x) => x.map(E.erf)", some) == pytest.approx([math.erf(x) for x in some], abs=1e-12)


def test_statistics_are_those_that_the_chapter_computes():
    for tau, row in ((None, 0), (0.1, 1), (0.5, 5), (2.0, 20)):
        assert not row or TOLD["taus"][row - 1] == tau
        assert_close(torch.tensor(ROWS[row]), chapter(tau)[1], atol=1e-4, rtol=1e-3)
    assert np.abs(ROWS[1] - ROWS[20]).max() > 0.1  # a threshold changes them


def test_scores_are_the_script_s():
    spec = importlib.util.spec_from_file_location("measure_hand", ROOT / "scripts" / "measure_hand.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    maker.TAUS = [0.2, 1.0]
    found = maker.kinds()["scores"]
    for told, again in zip(TOLD["scores"], found, strict=True):
        for name, values in again.items():
            assert [told[name][k] for k in (1, 9)] == pytest.approx(values, abs=0.01)
    assert TOLD["classes"] == list(CLASSES) and TOLD["z"] == 32
    assert len(TOLD["scores"][0]["recall"]) == len(TOLD["taus"]) == 20


def test_eight_bits_draw_nearly_the_same_pictures():
    z, y = torch.randn(400, 32, generator=claims.rng(2)), torch.arange(400) % 4
    G, rounded = zoo.load("biggan-faces", CPU).G, eight_bits("kinds")[0]
    with still(G), still(rounded):
        assert 0.0015 < float((G(z, y) - rounded(z, y)).abs().mean()) < 0.007  # half as much again as measured

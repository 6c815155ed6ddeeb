"""The generator in the reader's hand, in JavaScript, against ganbook: the same 8-bit weights, the same pixels.

The engine runs in V8 without a browser; tests/browser/test_hand.py holds the browser to the same numbers.
"""

import importlib.util
import json
import re

import pytest
import torch
from hand_cases import PAIRS, eight_bits
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import data, zoo
from ganbook.player.hand import bundle, hand, pack

ROOT = bundle.HERE.parents[2]
ALIKE = {
    "faces": 0.012,
    "digits": 0.002,
}  # mean of |rounded - float|, pixels from -1 to 1: half as much again as measured


def opened(context, engine=None):
    """A context that has the engine E, and of each network its players."""
    context.eval(f"{engine or bundle.engine()};var E = engine(), NETS = {{}}")
    for name in PAIRS:
        made = {key: value if key == "forms" else list(value) for key, value in pack.packed(name).items()}
        context.eval(
            f"var a = {json.dumps(made)}; a.numbers = Float32Array.from(a.numbers); "
            f"a.integers = Int8Array.from(a.integers); NETS.{name} = E.unpack(a)"
        )

    def call(network, function, argument=None):
        text = f"JSON.stringify(({function})(E, NETS.{network}, {json.dumps(argument)}))"
        return json.loads(context.eval(text, timeout_sec=120))

    return call


@pytest.fixture(scope="module")
def ask():
    """ask(network, function of the engine, its two players and an argument) -> what it returns, through JSON."""
    with mini_racer() as context:
        yield opened(context)


DRAW = """(E, { G, D }, latents) => latents.map((z) => {
  const { out } = E.run(G, z);
  return [...out, E.verdict(D, out)];
})"""


def gap(call, network):
    """The largest difference to torch, of 12 pictures and of what D says to them."""
    (G, D), z = eight_bits(network), latents(12)
    with torch.no_grad():
        x = G(z)
        wanted = torch.cat([x.flatten(1), D(x).sigmoid()], 1)
    return float((torch.tensor(call(network, DRAW, z.tolist())) - wanted).abs().max())


def latents(n, seed=0):
    return torch.randn(n, 100, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("network", PAIRS)
def test_pixels_and_verdicts_are_those_of_torch(ask, network):
    assert gap(ask, network) < 1e-4


@pytest.mark.parametrize(
    ("right", "wrong"), [("+ j - pad", "+ j"), ("0.2 * v", "0.1 * v"), ("y.fill(shift[o]", "y.fill(0")]
)
def test_a_planted_defect_is_seen(right, wrong):
    assert bundle.engine().count(right) == 1
    with mini_racer() as context:
        assert not gap(opened(context, bundle.engine().replace(right, wrong)), "faces") < 1e-4


@pytest.mark.parametrize("network", PAIRS)
def test_eight_bits_draw_nearly_the_same_pictures(network):
    z, model = latents(400), zoo.load(pack.NETWORKS[network], device="cpu")
    with torch.no_grad():
        mean = float((eight_bits(network)[0](z) - model.G(z)).abs().mean())
    assert ALIKE[network] / 3 < mean < ALIKE[network]


@pytest.mark.parametrize("network", PAIRS)
def test_the_page_says_how_the_judge_takes_the_real_ones(network):
    said = dict(
        re.findall(r"(\w+): ([\d.]+)", re.search(r"const REAL = {(.*?)}", (bundle.HERE / "play.js").read_text())[1])
    )
    real = (data.faces() if network == "faces" else data.digits()).x[:2_000].cpu()
    with torch.no_grad():
        middle = float(eight_bits(network)[1](real).sigmoid().median())
    assert middle == pytest.approx(float(said[network]), rel=0.1)


def test_a_silent_map_is_silent(ask):
    G, z = eight_bits("faces")[0], latents(1)
    with torch.no_grad():
        hidden = G[:3](z)
        hidden[:, [3, 40]] = 0
        wanted = G[3:](hidden).flatten()
    found = ask("faces", "(E, N, z) => [...E.run(N.G, z, new Set([3, 40])).out]", z[0].tolist())
    assert_close(torch.tensor(found), wanted, rtol=0, atol=1e-4)
    with torch.no_grad():
        assert (wanted - G(z).flatten()).abs().max() > 0.1


def test_names_ways_and_directions(ask):
    code = """(E) => { const z = (name) => [...E.latent(name, 100)], [u, v] = E.directions(5, 100);
      const a = z("Ada"), b = z("Emmy"), on = (way, t) => [...E.PATHS[way](a, b, t)];
      return { a, b, same: z("  ADA! "), spherical: on("spherical", 0.3), straight: on("straight", 0.3),
        one: [...E.PATHS.spherical(a, a, 0.5)], u: [...u], v: [...v], none: E.letters(" .-"),
        many: Array.from({ length: 300 }, (_, k) => z(`n${k}`)) }; }"""
    found = {k: torch.tensor(v, dtype=torch.float64) if k != "none" else v for k, v in ask("faces", code).items()}
    a, b, angle = found["a"], found["b"], torch.acos(torch.cosine_similarity(found["a"], found["b"], dim=0))
    assert torch.equal(a, found["same"]) and not torch.equal(a, b) and found["none"] == ""
    wanted = (torch.sin(0.7 * angle) * a + torch.sin(0.3 * angle) * b) / torch.sin(angle)
    assert_close(found["spherical"], wanted)
    assert_close(found["straight"], 0.7 * a + 0.3 * b)
    assert_close(found["one"], a)
    u, v = found["u"], found["v"]
    assert_close(torch.stack([u @ u, v @ v, u @ v]), torch.tensor([1.0, 1.0, 0.0], dtype=torch.float64))
    many = found["many"]  # 30,000 numbers: mean and variance within five standard errors
    assert abs(float(many.mean())) < 5 / 30_000**0.5 and abs(float(many.var()) - 1) < 5 * (2 / 30_000) ** 0.5


# --- from Python


def test_the_committed_output_is_small_and_carries_no_script(monkeypatch):
    for network in pack.NETWORKS:
        output = hand(network)._repr_html_()
        assert len(output.encode()) < 5_000 and "<script" not in output and 'alt="Eight' in output
    monkeypatch.setattr("ganbook.player.hand.mount.live_front_end", lambda: True)
    output = hand("faces")._repr_html_()
    assert bundle.script() in output and bundle.weights()["faces"] in output and "digits=" not in output


def test_the_script_and_the_weights_are_light():
    assert 4_000 < len(bundle.script().encode()) < 6_500  # beside a live game, within 60 KB
    assert {name: 10_000 < len(bundle.play(name).encode()) < 26_000 for name in pack.NETWORKS} == dict.fromkeys(
        pack.NETWORKS, True
    )
    assert {name: len(text) < 580_000 for name, text in bundle.weights().items()} == dict.fromkeys(pack.NETWORKS, True)
    assert len(bundle.weights()["faces"]) < 300_000 and len(bundle.weights()["kinds"]) < 150_000


def test_a_still_is_what_the_engine_draws():
    spec = importlib.util.spec_from_file_location("hand_stills", ROOT / "scripts" / "make_hand_stills.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert json.loads(maker.TARGET.read_text(encoding="utf-8")) == {name: maker.still(name) for name in pack.NETWORKS}
    assert maker.COVER.read_text(encoding="utf-8") == hand("faces")._repr_html_() + "\n"


def test_a_network_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="network must be one of"):
        hand("cats")


# --- back to z

SLOPE = """(E, { G }, { z, wanted }) => {
  const steps = E.distance(G, z, wanted);
  let step;
  do step = steps.next(); while (!step.done);
  return [step.value.far, [...step.value.slope]];
}"""


def slopes(call, network, seed=3):
    """(distance, gradient in z) of two pictures, by the engine and by torch."""
    G, z = eight_bits(network)[0], latents(2, seed)
    with torch.no_grad():
        wanted = G(z[1:])
    start = z[:1].clone().requires_grad_(True)
    far = (G(start) - wanted).square().sum()
    (slope,) = torch.autograd.grad(far, start)
    return call(network, SLOPE, {"z": z[0].tolist(), "wanted": wanted.flatten().tolist()}), (far.item(), slope[0])


def off(found, wanted):
    """How far a gradient is from torch's, as a share of its length."""
    return float((torch.tensor(found[1]) - wanted[1]).norm() / wanted[1].norm())


@pytest.mark.parametrize("network", PAIRS)
def test_the_gradient_in_z_is_that_of_torch(ask, network):
    for seed in range(3, 6):
        found, wanted = slopes(ask, network, seed)
        assert found[0] == pytest.approx(wanted[0], rel=1e-4) and off(found, wanted) < 1e-4


@pytest.mark.parametrize(("right", "wrong"), [("1 - y * y", "1"), ("Number(y > 0)", "1"), ("=> 2 * (v", "=> (v")])
def test_a_planted_defect_of_the_gradient_is_seen(right, wrong):
    assert bundle.engine().count(right) == 1
    with mini_racer() as context:
        assert not off(*slopes(opened(context, bundle.engine().replace(right, wrong)), "digits")) < 1e-4


def test_a_drawing_is_made_as_the_data_are(ask):
    """Of 20 pixels at its longer side, with its mass in the middle, and about as much ink as digits have."""
    found = ask("digits", "(E) => Object.values(E.READY).map((lines) => [...E.pictured(lines)])")
    ink = (torch.tensor(found).view(-1, 28, 28) + 1) / 2
    real = (data.digits(split="test").x[:, 0].cpu() + 1) / 2
    for each in ink:
        sides = [int((each > 0.1).any(k).sum()) for k in (0, 1)]
        assert 19 <= max(sides) <= 21
        middle = [(each.sum(k) * torch.arange(28.0)).sum() / each.sum() for k in (0, 1)]
        assert_close(torch.stack(middle), torch.tensor([14.0, 14.0]), atol=0.15, rtol=0)
    assert float(ink[:3].mean() / real.mean()) == pytest.approx(1, abs=0.2)
    dot, line = ask("digits", "(E) => [[[[0, 0]]], [[[0.5, 1], [0.5, 1], [0.5, 0]]]].map((d) => [...E.pictured(d)])")
    assert max(dot) == 1 and all(-1 <= v <= 1 for v in (*dot, *line))


def test_what_the_page_finds_is_as_near_as_it_says(ask):
    """Of some held-out digits about half are nearer than the half that is told, and those of no digit are farther."""
    code = "(E, { G }, w) => { const s = {}; for (const _ of E.nearest(G, w, 5, s)); return [s.far, ...s.z, ...s.x]; }"
    told, x = json.loads(pack.MEASURED.read_text())["digits"], data.digits(split="test").x[20:26].flatten(1).cpu()
    far = []
    for wanted in x:
        least, *rest = ask("digits", code, wanted.tolist())
        z, drawn = torch.tensor(rest[:100]), torch.tensor(rest[100:])
        with torch.no_grad():
            again = eight_bits("digits")[0](z[None]).flatten()
        assert_close(again, drawn, atol=1e-4, rtol=0)
        assert float((again - wanted).square().sum()) == pytest.approx(least, rel=1e-3) and z.norm() < 10.001
        far.append(least)
    assert told["half"] / 3 < sorted(far)[3] < told["nine"]
    house, fence = ask("digits", "(E) => ['a house', 'a fence'].map((name) => [...E.pictured(E.READY[name])])")
    assert ask("digits", code, house)[0] < told["half"] and ask("digits", code, fence)[0] > 3 * told["nine"]


def test_the_step_towards_glasses_is_the_script_s_and_hits(ask):
    spec = importlib.util.spec_from_file_location("measure_hand", ROOT / "scripts" / "measure_hand.py")
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    told, (step, bare) = json.loads(pack.MEASURED.read_text())["faces"], maker.glasses()
    assert told["tried"] == len(bare) and "measured" in pack.script("faces")
    assert_close(torch.tensor(told["glasses"]), step, atol=0.011, rtol=0)  # one more or less of 3,000 elsewhere
    found = maker.hits(step, bare[:200])
    assert found == pytest.approx(told["hits"], abs=0.08) and found[0] < 0.05 and found[1] > 0.75
    noise = torch.randn(100, generator=torch.Generator().manual_seed(8))
    assert (
        maker.hits(step.norm() * noise / noise.norm(), bare[:200])[1] < 0.2
    )  # the classifier does not see them anywhere


# --- in slices

BETWEEN = """(E, { G }) => {
  const seen = {}, steps = E.nearest(G, E.pictured(E.READY["a fence"]), 1, seen), found = [];
  do globalThis.layers = []; while (!steps.next().done && found.push(globalThis.layers) && seen.steps < 6);
  return found;
}"""
COUNTED = """function convolve(layer, x) {
  globalThis.layers?.push(layer.kind);
  return convolved(layer, x);
}
function convolved("""


def between(context):
    """What was convolved between two yields of a descent, its random looks and its first steps."""
    return opened(context, bundle.engine().replace("function convolve(", COUNTED))("digits", BETWEEN)


def test_between_two_looks_at_the_clock_there_is_one_layer():
    """So a frame of the descent is ten milliseconds and a layer; the largest has less than 7 million products."""
    with mini_racer() as context:
        found = between(context)
    assert len(found) > 300 and max(map(len, found)) == 1 and sum(map(len, found)) > 200
    sizes, side = [], 7
    for form in pack.packed("digits")["forms"]["G"][1:]:
        sizes.append(form["in"] * form["out"] * form["kernel"] ** 2 * side**2)
        side *= 2
    assert len(sizes) == 2 and 1e6 < max(sizes) < 7e6


def test_a_descent_that_does_not_yield_is_seen():
    planted = bundle.engine().replace("yield;\n", "", 1)
    with mini_racer() as context, pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "engine", lambda: planted)
        assert max(map(len, between(context))) > 1

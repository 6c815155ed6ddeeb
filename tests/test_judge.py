"""The judge's line, in JavaScript, against ganbook: the same masses and drawn judges, the same numbers.

It runs in V8 without a browser; tests/browser/test_judge.py draws with a mouse and holds the page to the same numbers.
"""

import json
import math
import re

import numpy as np
import pytest
import torch
from py_mini_racer import mini_racer
from scipy.interpolate import BSpline
from torch.testing import assert_close

from ganbook import data
from ganbook.divergences import discrete
from ganbook.divergences.quantile import wasserstein
from ganbook.losses import Minimax, NonSaturating, Wasserstein
from ganbook.player.judge import bundle, judge

LINE = (bundle.HERE / "line.js").read_text(encoding="utf-8")
NAMES = "NODES, EACH, KINDS, gridMasses, makeFakes, counted, curve, put, settled, judged, push, moved"
GRID = torch.linspace(-5, 7, 241, dtype=torch.float64)
DENSITIES = json.loads((bundle.HERE / "densities.json").read_text(encoding="utf-8"))


def evaluate(function, argument=None, text=LINE):
    with mini_racer() as context:
        context.eval(f"var L = (() => {{ {text} return {{ {NAMES} }}; }})()")
        return json.loads(context.eval(f"JSON.stringify(({function})(L, {json.dumps(argument)}))", timeout_sec=120))


def vector(values):
    return torch.tensor(values, dtype=torch.float64)


JUDGED = """(L, { kind, p, q, D }) => {
  const { value, top, best, lost } = L.judged(kind, p, q, D);
  return { value, top, best: [...best], lost: [...lost] }; }"""


def case(kind, seed):
    """p and q with places where one of them is 0, and a judge, as lists."""
    rng = torch.Generator().manual_seed(seed)
    p, q = (torch.rand(241, generator=rng, dtype=torch.float64) ** 3 for _ in range(2))
    p[:20], q[230:] = 0, 0
    D = torch.rand(241, generator=rng, dtype=torch.float64) * 0.98 + 0.01
    return {"kind": kind, "p": (p / p.sum()).tolist(), "q": (q / q.sum()).tolist(), "D": D.tolist()}


@pytest.mark.parametrize("seed", range(3))
def test_a_judge_s_worth_and_the_best_are_those_of_the_library(seed):
    asked = case("probability", seed)
    found, (p, q, D) = evaluate(JUDGED, asked), (vector(asked[key]) for key in "pqD")
    logit = D.logit()
    value = torch.nn.functional.logsigmoid(logit) @ p + torch.nn.functional.logsigmoid(-logit) @ q
    assert found["value"] == pytest.approx(float(value), abs=1e-9)
    assert found["top"] == pytest.approx(2 * float(discrete.js(p, q)) - math.log(4), abs=1e-9)
    assert_close(vector(found["best"]), p / (p + q), rtol=0, atol=1e-12)
    lost = vector(found["lost"])
    assert float(lost.sum()) == pytest.approx(found["top"] - found["value"], abs=1e-9) and found["value"] < found["top"]
    s = p / (p + q)
    kappa = torch.xlogy(s, s / D) + torch.xlogy(1 - s, (1 - s) / (1 - D))  # lemma 1 of chapter 2
    assert_close(lost, (p + q) * kappa, rtol=0, atol=1e-12)


@pytest.mark.parametrize("seed", range(3))
def test_a_critic_s_score_and_the_best_are_those_of_the_library(seed):
    asked = case("slope", seed)
    asked["D"] = (0.05 * vector(asked["D"]).sub(0.5).sign().cumsum(0)).tolist()  # slopes of 1 and -1
    found, (p, q, D) = evaluate(JUDGED, asked), (vector(asked[key]) for key in "pqD")
    assert found["value"] == pytest.approx(float((p - q) @ D), abs=1e-9)
    assert found["top"] == pytest.approx(float(wasserstein(GRID, GRID, a=p, b=q)), abs=1e-9)
    best = vector(found["best"])
    assert float(best.diff().abs().max()) <= 0.05 + 1e-12
    assert float((p - q) @ best) == pytest.approx(found["top"], abs=1e-9) and found["value"] < found["top"]
    lost = vector(found["lost"])
    assert float(lost.sum()) == pytest.approx(found["top"] - found["value"], abs=1e-9)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("times(q[i], 1 - D[i])", "times(q[i], D[i])"), ("gap += p[i] - q[i]", "gap += q[i] - p[i]")],
)
def test_a_planted_defect_is_seen(right, wrong):
    assert LINE.count(right) == 1
    asked = case("probability" if "times" in right else "slope", 0)
    found, planted = evaluate(JUDGED, asked), evaluate(JUDGED, asked, LINE.replace(right, wrong))
    assert abs(found["value"] - planted["value"]) > 0.01


@pytest.mark.parametrize(
    ("kind", "loss", "ours"),
    [
        ("probability", "minimax", Minimax()),
        ("probability", "non-saturating", NonSaturating()),
        ("slope", "", Wasserstein()),
    ],
)
def test_a_fake_is_pushed_down_the_slope_of_g_s_loss(kind, loss, ours):
    """Through a judge that is drawn as straight pieces, at places that are no corners."""
    D = vector(case(kind, 4)["D"])
    x = torch.linspace(-4.9, 6.93, 40, dtype=torch.float64, requires_grad=True)
    k = ((x.detach() + 5) / 0.05).floor().long()
    said = D[k] + (x - GRID[k]) / 0.05 * (D[k + 1] - D[k])
    logit = said.logit() if kind == "probability" else said
    (slope,) = torch.autograd.grad(len(x) * ours.g(None, logit[:, None]), x)
    code = "(L, { kind, loss, D, x }) => x.map((v) => L.push(kind, loss, D, v))"
    found = evaluate(code, {"kind": kind, "loss": loss, "D": D.tolist(), "x": x.tolist()})
    assert_close(vector(found), -slope, rtol=1e-6, atol=1e-6)
    assert float(slope.abs().min()) > 1e-3, "nothing to compare"


def test_the_first_densities_are_those_of_the_chapter():
    code = "(L, d) => ({ p: [...L.gridMasses(d.p)], q: [...L.counted(L.makeFakes(d.q))] })"
    found = evaluate(code, DENSITIES["bells"])
    for side, density in (("p", data.gaussian(0.0, 1.0)), ("q", data.gaussian(1.5, 1.5))):
        wanted = density.pdf(GRID[:, None])
        wanted[[0, -1]] /= 2  # the trapezoid rule
        assert_close(vector(found[side]), wanted / wanted.sum(), rtol=0, atol=1e-5)  # a thousandth of their height


def test_fakes_move_and_none_is_lost():
    """Up an even slope of 1/2 all move alike: 20 steps of 0.05 times the slope."""
    code = """(L, d) => { let fakes = L.makeFakes(d.q);
      const D = Array.from({ length: 241 }, (_, i) => 0.025 * i - 2.5);
      for (let n = 0; n < 20; n += 1) fakes = L.moved(fakes, "slope", "", D);
      return { at: [...fakes.at], mass: [...fakes.mass], q: [...L.counted(fakes)] }; }"""
    found = evaluate(code, DENSITIES["apart"])
    at, mass, q = (vector(found[key]) for key in ("at", "mass", "q"))
    assert float(q.sum()) == pytest.approx(1, abs=1e-9)
    assert float(at @ mass) == pytest.approx(3.5 + 20 * 0.05 / 2, abs=1e-6)
    assert float(GRID @ q) == pytest.approx(float(at @ mass), abs=1e-6)


def test_what_is_drawn_becomes_a_smooth_curve():
    """A quadratic spline over the same control points, by scipy; beyond the ends the last one counts again."""
    nodes = torch.randint(0, 1295, (61,), generator=torch.Generator().manual_seed(5)).tolist()
    found = evaluate("(L, nodes) => [...L.curve('probability', nodes)]", nodes)
    control = 0.002 + 0.996 * np.pad(nodes, 1, "edge") / 1294
    wanted = BSpline(np.arange(-2.5, 63.5), control, 2)(np.arange(241) / 4)
    assert_close(vector(found), vector(wanted.tolist()), rtol=0, atol=1e-12)


def test_a_drawn_critic_is_never_too_steep():
    code = """(L, places) => { const nodes = new Array(L.NODES).fill(600);
      for (const [at, value] of places) L.put("slope", nodes, at, value);
      return { nodes, again: L.settled(nodes), wild: L.settled(nodes.map((v, i) => (i % 2 ? 0 : 1200))),
        D: [...L.curve("slope", nodes)] }; }"""
    found = evaluate(code, [[30, 4], [33, -3], [60, 9], [0, -9]])
    D = vector(found["D"])
    assert float(D.diff().abs().max()) <= 0.05 + 1e-12
    assert found["again"] == found["nodes"]
    assert float(D[240]) == pytest.approx(6 - 0.2 / 8) and float(D[0]) == pytest.approx(-6 + 0.2 / 8)  # a spline's ends
    assert max(abs(a - b) for a, b in zip(found["wild"], found["wild"][1:], strict=False)) <= 20


def test_a_probability_is_kept_where_v_is_finite():
    code = """(L, value) => { const nodes = new Array(L.NODES).fill(647), held = L.put("probability", nodes, 30, value);
      return [held, L.KINDS.probability.value(nodes[30])]; }"""
    assert evaluate(code, 1.3) == [True, pytest.approx(0.998)]
    assert evaluate(code, 0) == [True, pytest.approx(0.002)]
    assert evaluate(code, 0.5) == [False, 0.5]


def test_the_committed_output_is_small_and_carries_no_script(monkeypatch):
    for shape in DENSITIES:
        output = judge(data=shape)._repr_html_()
        assert len(output.encode()) < 5_000 and "<script" not in output and "nan" not in output
        assert output.count("<svg") == 1 and 'role="img"' in output
    monkeypatch.setattr("ganbook.player.judge.mount.live_front_end", lambda: True)
    assert bundle.script() in judge()._repr_html_()


def test_the_still_shows_the_best_judge_of_probabilities_only():
    """p/(p+q) is the best D(x) in [0, 1]; a critic's slope is bounded, and the chapter asks for that one."""
    probability, critic = judge(data="apart")._repr_html_(), judge(data="apart", judge="slope")._repr_html_()
    assert probability.count("<path") == 3 and "the best judge p/(p+q)" in probability
    assert critic.count("<path") == 2 and "p/(p+q)" not in critic
    assert "a function of slope at most 1 is drawn here" in critic


def test_the_script_of_a_page_is_light():
    assert 10_000 < len(bundle.script().encode()) < 30_000


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"judge": "coin"}, "judge must be one of"),
        ({"data": 3}, "data must be one of"),
        ({"speed": 3}, "settings must be some of data"),
        ({"name": "<b>"}, "name must be made of the letters"),
    ],
)
def test_what_there_is_not_is_refused(settings, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        judge(**settings)

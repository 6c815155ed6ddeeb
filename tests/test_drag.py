"""The small pieces, in JavaScript, against ganbook: the same fields, plans and anchors give the same numbers.

It runs in V8 without a browser; tests/browser/test_drag.py moves the pieces and holds the page to the same numbers.
"""

import contextlib
import json
import math
import re

import pytest
import torch
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import explore
from ganbook.divergences import transport
from ganbook.losses import Realness, anchors
from ganbook.player.drag import bundle
from ganbook.studies import dirac

ENGINES, OPEN = {}, contextlib.ExitStack()


def evaluate(piece, function, argument=None, swap=()):
    """What a JavaScript function of one argument returns, beside those of a piece. swap: a planted defect."""
    if (piece, swap) not in ENGINES:
        files = (bundle.HERE / name for name in ("drag.js", f"{piece}.js"))
        text = bundle.borrowed(piece) + "".join(file.read_text(encoding="utf-8") for file in files)
        assert not swap or text.count(swap[0]) == 1
        ENGINES[piece, swap] = OPEN.enter_context(mini_racer())
        ENGINES[piece, swap].eval(text.replace(*swap) if swap else text)
    said = ENGINES[piece, swap].eval(f"JSON.stringify(({function})({json.dumps(argument)}))", timeout_sec=120)
    return json.loads(said)


@pytest.fixture(scope="module", autouse=True)
def engines():
    """Closed at the end."""
    with OPEN:
        yield


def vector(values):
    return torch.tensor(values, dtype=torch.float64)


def made(name):
    """The piece as a chapter shows it."""
    return getattr(explore, name)()


@pytest.mark.parametrize("name", bundle.PIECES)
def test_the_committed_output_is_small_and_carries_no_script(name, monkeypatch):
    output = made(name)._repr_html_()
    assert len(output.encode()) < 5_000 and "<script" not in output and "nan" not in output.lower()
    assert output.count("<svg") == 1 and 'role="img" aria-label="' in output and "With JavaScript" in output
    monkeypatch.setattr("ganbook.player.drag.mount.live_front_end", lambda: True)
    live = made(name)._repr_html_()
    assert bundle.script(name) in live and bundle.style() in live


@pytest.mark.parametrize("name", bundle.PIECES)
def test_the_script_of_a_piece_is_light(name):
    assert 4_000 < len(bundle.script(name).encode()) < 9_000


FIELDS = {"minimax": dirac.minimax, "non-saturating": dirac.non_saturating, "wasserstein": dirac.wasserstein}
WALK = "(state) => ({ points: walk(state), ...eigenvalues(state) })"


@pytest.mark.parametrize("loss", FIELDS)
@pytest.mark.parametrize(("gamma", "h"), [(0.0, 0.2), (0.3, 0.2), (1.0, 1.0), (2.0, 0.1)])
def test_dirac_s_path_and_eigenvalues_are_those_of_the_study(loss, gamma, h):
    state = {"loss": loss, "gamma": gamma, "h": h, "start": [1.3, -0.7]}
    found, field = evaluate("dirac", WALK, state), dirac.WithR1(FIELDS[loss], gamma)
    path = dirac.simulate(field, vector([state["start"]]), 300, h)[:, 0]
    there = vector(found["points"])
    assert_close(there, path[: len(there)], rtol=1e-9, atol=1e-9)
    assert len(there) == 301 or float(there[-1].norm()) >= 50
    ours = dirac.damped_eigenvalues(gamma, 1.0 if loss == "wasserstein" else 0.5)
    assert [complex(*value) for value in found["pair"]] == pytest.approx(ours, abs=1e-9)
    steps = torch.linalg.eigvals(torch.eye(2, dtype=torch.float64) + h * dirac.jacobian(field))
    # gamma = 1 is a double eigenvalue of minimax: autograd's are good to the root of a double's precision there
    assert found["growth"] == pytest.approx(float(steps.abs().max()), abs=1e-7)


def test_where_the_eigenvalues_meet_is_where_the_chapter_says():
    for loss, gamma, place in (("minimax", 1.0, -0.5), ("wasserstein", 2.0, -1.0)):
        state = {"loss": loss, "gamma": gamma, "h": 0.2}
        assert evaluate("dirac", "(s) => eigenvalues(s).pair", state) == [[place, 0], [place, 0]]


@pytest.mark.parametrize(
    "swap",
    [
        ("[a, b - gamma * psi]", "[a, b + gamma * psi]"),
        ("-gamma / 2 + sign * root", "-gamma + sign * root"),
        ("psi * (1 - sigmoid(theta * psi))", "psi * sigmoid(theta * psi)"),
    ],
)
def test_a_planted_defect_of_dirac_is_seen(swap):
    state = {"loss": "non-saturating", "gamma": 1.5, "h": 0.2, "start": [1.3, -0.7]}
    found, planted = evaluate("dirac", WALK, state), evaluate("dirac", WALK, state, swap)
    apart = [(vector(found[key][:9]) - vector(planted[key][:9])).abs().max() for key in ("points", "pair")]
    assert float(max(apart)) > 0.01


def points(seed, n=30):
    rng = torch.Generator().manual_seed(seed)
    return (torch.rand(n, 2, generator=rng, dtype=torch.float64) * vector([8, 6]) - vector([4, 3])).tolist()


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("n", [1, 2, 30, 40])
def test_the_plan_of_the_page_is_the_exact_one(order, n):
    for seed in range(3):
        state = {"earth": points(seed, n), "holes": points(100 + seed, n), "order": order}
        found = evaluate("transport", "(state) => plan(state)", state)
        assert sorted(found["column"]) == list(range(n))
        wanted = float(transport.wasserstein(state["earth"], state["holes"], order))
        paid = wanted**order
        assert [found["value"], found["paid"], found["earned"]] == pytest.approx([wanted, paid, paid], abs=1e-9)


@pytest.mark.parametrize("order", [1, 2])
def test_prices_fit_under_every_cost_and_points_on_one_spot_are_no_trouble(order):
    heap, code = [[1.0, -1.0]] * 30, "({ cost }) => assignment(cost)"
    for earth, holes in ((points(1), points(2)), (heap, points(3)), (heap, heap), (heap, [[-4.0, 3.0]] * 30)):
        cost = transport.costs(earth, holes, order)
        found = evaluate("transport", code, {"cost": cost.tolist()})
        slack = cost - vector(found["u"])[:, None] - vector(found["v"])
        assert float(slack.min()) > -1e-9
        assert float(slack[range(30), found["column"]].abs().max()) < 1e-9
        value = evaluate("transport", "(state) => plan(state).value", {"earth": earth, "holes": holes, "order": order})
        assert value == pytest.approx(float(transport.wasserstein(earth, holes, order)), abs=1e-9)


def test_with_the_squared_cost_a_shift_of_the_whole_earth_changes_no_partner():
    """As chapter 8 says beside the piece; with the plain cost some do change."""
    changed = {}
    for order in (1, 2):
        state = explore.transport(order=order).state
        moved = state | {"earth": [[x + 1.9, y + 1.4] for x, y in state["earth"]]}
        before, after = (evaluate("transport", "(state) => plan(state)", each)["column"] for each in (state, moved))
        changed[order] = sum(a != b for a, b in zip(before, after, strict=True))
    assert changed[2] == 0 and changed[1] >= 10


def test_what_the_chapter_says_of_centres_holds():
    """The way from centre to centre is a bound from below, whatever the points."""
    for seed in range(5):
        earth, holes = points(seed), points(50 + seed)
        apart = float((vector(earth).mean(0) - vector(holes).mean(0)).norm())
        assert apart <= float(transport.wasserstein(earth, holes)) + 1e-12


def bells(M=20, low=-0.6, high=0.45, std=0.4, fake=0.3, partner=0.8):
    return {"M": M, "low": low, "high": high, "std": std, "fake": fake, "partner": partner}


PULLS = "(state) => pulls(state)"


@pytest.mark.parametrize("state", [bells(), bells(2), bells(50, std=0.2), bells(7, 1.0, -1.0, 1.0, 0.0, 1.0)])
def test_the_anchors_and_pulls_of_the_page_are_those_of_the_losses(state):
    found = evaluate("anchors", PULLS, state)
    pair = tuple(anchors.gaussian(state["M"], state[key], state["std"]) for key in ("low", "high"))
    assert_close(vector([found["A0"], found["A1"]]), vector(pair), rtol=0, atol=1e-9)
    A0, A1 = vector(pair)
    best = {name: w * A1 + (1 - w) * A0 for name, w in (("Q", state["fake"]), ("P", state["partner"]))}
    for objective in (1, 2, 3):
        loss = Realness(state["M"], objective, pair)
        assert found["js"] == pytest.approx(loss.js, abs=1e-9)
        fake = best["Q"].log()[None].requires_grad_()
        (slope,) = torch.autograd.grad(loss.g(best["P"].log()[None], fake), fake)
        assert_close(vector(found["each"][objective - 1]), -slope[0], rtol=0, atol=1e-9)
        times = (state["fake"], state["partner"], 1.0)[objective - 1]  # as chapter 10 says beside the piece
        assert_close(-slope[0], times * (A1 - A0), rtol=0, atol=1e-9)


@pytest.mark.parametrize("state", [bells(50, -1.0, 1.0, 0.05), bells(2, 1.0, 1.0, 0.05), bells(3, 0.2, 0.2, 0.05)])
def test_bells_at_the_ends_and_equal_ones_give_numbers(state):
    found = evaluate("anchors", PULLS, state)
    numbers = [found["js"], *(v for each in (found["A0"], found["A1"], *found["each"]) for v in each)]
    assert all(isinstance(v, (int, float)) and -1 <= v <= 1 for v in numbers)  # JSON writes NaN as null
    assert found["js"] == pytest.approx(0 if state["low"] == state["high"] else math.log(2), abs=1e-9)


@pytest.mark.parametrize(
    ("piece", "code", "swap"),
    [
        ("transport", "(s) => plan(s).value", ("v[k] - step", "v[k] + step")),
        ("transport", "(s) => plan(s).value", ("** order", "* order")),
        ("transport", "(s) => plan(s).earned", ("u[row[k]] + step", "u[row[k]] - step")),
        ("anchors", "(s) => pulls(s).each[0][3]", ("minus(Q, A0)", "minus(A0, Q)")),
        ("anchors", "(s) => pulls(s).each[1][3]", ("minus(P, A0)", "minus(P, Q)")),
        ("anchors", "(s) => pulls(s).js", ("mixed(0.5, A0, A1)", "mixed(0.4, A0, A1)")),
    ],
)
def test_a_planted_defect_is_seen(piece, code, swap):
    state = bells() if piece == "anchors" else {"earth": points(1), "holes": points(2), "order": 2}
    assert abs(evaluate(piece, code, state) - evaluate(piece, code, state, swap)) > 1e-4


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: explore.dirac("hinge"), "loss must be one of"),
        (lambda: explore.dirac(gamma=-0.1), "gamma must be a number from 0 to 2, got -0.1"),
        (lambda: explore.dirac(h=math.nan), "h must be a number from 0.1 to 2"),
        (lambda: explore.dirac(start=(3, 0)), "start must be two numbers from -2 to 2"),
        (lambda: explore.transport([[0, 0]], [[0, 0], [1, 1]]), "earth must hold as many points as holes, 2, got 1"),
        (lambda: explore.transport([[9, 0]], [[0, 0]]), "earth must lie within"),
        (lambda: explore.transport(holes=[1, 2]), "holes must have shape (n, 2)"),
        (lambda: explore.transport(order=3), "order must be one of 1, 2"),
        (lambda: explore.anchors(1), "outcomes must be a whole number"),
        (lambda: explore.anchors(means=(0, 2)), "means must be two numbers from -1 to 1"),
        (lambda: explore.anchors(std=0), "std must be a number from 0.05 to 1"),
        (lambda: explore.anchors(w=(0.5, 2.0)), "w must be two numbers from 0 to 1"),
    ],
)
def test_what_cannot_be_shown_is_refused(make, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        make()

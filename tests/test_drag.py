"""The small pieces, in JavaScript, against ganbook: the same fields, plans and anchors give the same numbers.

It runs in V8 without a browser; tests/browser/test_drag.py moves the pieces and holds the page to the same numbers.
"""

import json

import pytest
import torch
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import explore
from ganbook.player.drag import bundle
from ganbook.studies import dirac


def evaluate(piece, function, argument=None, *swap):
    """What a JavaScript function of one argument returns, beside the declarations of a piece. swap: a planted defect."""
    text = "".join((bundle.HERE / name).read_text(encoding="utf-8") for name in ("drag.js", f"{piece}.js"))
    if swap:
        assert text.count(swap[0]) == 1
        text = text.replace(*swap)
    with mini_racer() as context:
        context.eval(text)
        return json.loads(context.eval(f"JSON.stringify(({function})({json.dumps(argument)}))", timeout_sec=120))


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
    found, planted = evaluate("dirac", WALK, state), evaluate("dirac", WALK, state, *swap)
    apart = [
        float((vector(found[key]) - vector(planted[key])[: len(found[key])]).abs().max()) for key in ("points", "pair")
    ]
    assert max(apart) > 0.01

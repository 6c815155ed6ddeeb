"""The small pieces' numbers, in JavaScript, against ganbook: balls and their scores, Dirac-GAN's paths."""

import json

import pytest
import torch
from py_mini_racer import mini_racer
from torch.testing import assert_close

from ganbook import metrics
from ganbook.player.small import bundle, drag, mount
from ganbook.studies import dirac

FILES = "".join((bundle.HERE / f"{name}.js").read_text(encoding="utf-8") for name in ("balls", "dirac"))


def evaluate(function, argument=None, text=FILES):
    with mini_racer() as context:
        names = "balls, dirac, ballScores, path, eigenvalues, REALS, FAKES"
        context.eval(f"var S = (() => {{ {text} return {{ {names} }}; }})()")
        return json.loads(context.eval(f"JSON.stringify(({function})(S, {json.dumps(argument)}))"))


@pytest.mark.parametrize("k", [1, 3, 5])
def test_scores_are_those_of_the_library(k):
    rng = torch.Generator().manual_seed(k)
    real, fake = torch.randn(12, 2, generator=rng), 0.5 * torch.randn(8, 2, generator=rng) + 0.4
    real[1], fake[2] = real[0] + torch.tensor([0.5, 0.0]), real[0] - torch.tensor([0.5, 0.0])  # on a border, for k = 1
    asked = {"real": real.tolist(), "fake": fake.tolist(), "k": k}
    found = evaluate("(S, { real, fake, k }) => S.ballScores(real, fake, k)", asked)
    wanted = [*metrics.precision_recall(real, fake, k), *metrics.density_coverage(real, fake, k)]
    ours = [found[name] for name in ("precision", "recall", "density", "coverage")]
    assert ours == pytest.approx([float(score) for score in wanted], abs=1e-12)
    assert len(set(ours)) > 2, "nothing to compare"


@pytest.mark.parametrize("loss", ["minimax", "non-saturating"])
@pytest.mark.parametrize(("brakes", "times"), [("R1", 1), ("R1 and R2", 2)])
@pytest.mark.parametrize("moves", ["in turns", "at once"])
def test_paths_and_eigenvalues_are_those_of_the_library(loss, brakes, times, moves):
    settings = {"loss": loss, "gamma": 0.3, "brakes": brakes, "moves": moves}
    found = evaluate("(S, set) => [S.path([1, -1], set), S.eigenvalues(set)]", settings)
    field = dirac.WithR1({"minimax": dirac.minimax, "non-saturating": dirac.non_saturating}[loss], times * 0.3)
    wanted = dirac.simulate(field, torch.tensor([[1.0, -1.0]]), 500, 0.2, d_steps=1 if moves == "in turns" else None)
    assert_close(torch.tensor(found[0], dtype=torch.float64), wanted[:, 0], rtol=0, atol=1e-9)
    assert [complex(*each) for each in found[1]] == pytest.approx(dirac.eigenvalues(field), abs=1e-9)


def test_a_planted_defect_is_seen():
    for right, wrong in (("[k - 1]", "[k]"), ("psi * (loss", "theta * (loss")):
        assert FILES.count(right) == 1
        asked = "(S) => [S.ballScores(S.REALS, S.FAKES, 1), S.path([1, -0.5], { loss: 'minimax', gamma: 0.1 })[9]]"
        assert evaluate(asked) != evaluate(asked, text=FILES.replace(right, wrong))


def test_the_committed_output_is_small_and_its_points_are_the_page_s():
    for piece in mount.NAMES:
        output = drag(piece)._repr_html_()
        assert len(output.encode()) < 5_000 and "<script" not in output and output.count("<svg") == 1
    reals, fakes = evaluate("(S) => [S.REALS, S.FAKES]")
    for text, points in ((mount.REALS, reals), (mount.FAKES, fakes)):
        assert [float(number) for number in text.split()] == [v for point in points for v in point]
    with pytest.raises(ValueError, match="piece must be one of"):
        drag("chess")


def test_each_piece_is_light():
    assert all(len((bundle.HERE / f"{name}.js").read_bytes()) < 4_500 for name in ("balls", "dirac"))
    assert len(bundle.script().encode()) < 15_000

"""A critic alone: it moves as D does in a GAN whose G holds still, and reaches the optimum that can be computed."""

import dataclasses
import math

import pytest
import torch
from torch import nn

from ganbook import data, recipes
from ganbook.games import GAN, CriticAlone
from ganbook.losses import Wasserstein
from ganbook.models import mlp
from ganbook.penalties import R1, Dragan, GradientPenalty
from ganbook.recipes import Recipe
from ganbook.train import fit, train

CPU = torch.device("cpu")
POINT = data.from_tensor(torch.tensor([[3.0, 4.0]]), device="cpu")
ORIGIN = data.from_tensor(torch.zeros(1, 2), device="cpu")


def slope(recipe, rounds=600, real=POINT, fake=ORIGIN, **changes):
    """Where the weights of a linear critic end."""
    torch.manual_seed(0)
    recipe = dataclasses.replace(recipe, batch=4, betas=(0.0, 0.9), **changes)
    game = CriticAlone(nn.Linear(2, 1), recipe, fake, device=CPU)
    fit(train(game, real, rounds=rounds, progress=False))
    return game.D.weight.detach()[0]


def test_a_linear_critic_under_r1_has_the_slope_of_the_gap_over_gamma():
    """Minus w . a plus gamma / 2 |w|^2: w = a / gamma."""
    recipe = Recipe(Wasserstein(), (R1(5.0),), lr_d=2e-3)
    torch.testing.assert_close(slope(recipe), POINT.x[0] / 5, atol=5e-3, rtol=0)


@pytest.mark.parametrize("one_sided", [False, True])
def test_a_linear_critic_under_a_penalty_overshoots_slope_one_by_a_known_amount(one_sided):
    """Minus |a| s plus weight (s - 1)^2 along the direction of a: s = 1 + |a| / (2 weight)."""
    recipe = Recipe(Wasserstein(), (GradientPenalty(10.0, one_sided=one_sided),), lr_d=3e-3)
    torch.testing.assert_close(slope(recipe), POINT.x[0] / 5 * (1 + 5 / 20), atol=2e-2, rtol=0)


def test_a_clipped_linear_critic_sits_in_the_corner_on_the_side_of_the_data():
    torch.testing.assert_close(slope(recipes.WGAN, lr_d=1e-3, rounds=50), torch.tensor([0.01, 0.01]))


@pytest.mark.parametrize("penalties", [(), (R1(1.0),), (Dragan(),), (GradientPenalty(),)])
def test_it_is_a_gan_whose_generator_holds_still(penalties):
    """G is the identity on z and does not move: the same draws, so the same critic, bit for bit."""

    class Still(nn.Module):
        def __init__(self):
            super().__init__()
            self.nothing = nn.Parameter(torch.zeros(()))

        def forward(self, z):
            return z + 0 * self.nothing

    recipe, fake = Recipe(Wasserstein(), penalties, d_steps=3, batch=8), data.normal(2, CPU)
    ends = []
    for make in (
        lambda D: GAN(Still(), D, recipe, prior=fake, device=CPU),
        lambda D: CriticAlone(D, recipe, fake, device=CPU),
    ):
        torch.manual_seed(0)
        game = make(mlp([2, 8, 1]))
        run = fit(train(game, data.ring(device="cpu"), rounds=5, progress=False))
        ends.append((*game.D.parameters(), torch.tensor(run.history["D"])))
    assert all(torch.equal(a, b) for a, b in zip(*ends, strict=True))


def test_a_ramp_of_the_rate_is_followed_and_a_run_is_resumed(tmp_path):
    recipe = Recipe(Wasserstein(), batch=8, lr_d=recipes.Ramp(1e-2, 1e-4, images=80), clip=0.1)

    def game():
        torch.manual_seed(0)
        return CriticAlone(mlp([2, 8, 1]), recipe, ORIGIN, device=CPU)

    whole, stopped, resumed = game(), game(), game()
    fit(train(whole, POINT, rounds=10, progress=False))
    fit(train(stopped, POINT, rounds=4, checkpoint=tmp_path / "run", progress=False))
    fit(train(resumed, POINT, rounds=10, checkpoint=tmp_path / "run", progress=False))
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
    assert math.isclose(whole.optimizers["D"].param_groups[0]["lr"], recipe.at(9 * 8).lr_d)
    other = CriticAlone(mlp([2, 8, 1]), recipe, data.ring(device="cpu"), device=CPU)
    with pytest.raises(ValueError, match="fake"):
        train(other, POINT, rounds=10, checkpoint=tmp_path / "run", progress=False)


@pytest.mark.parametrize(
    ("fake", "message"),
    [
        (3, r"fake must be a Sampler, called as fake\(n, rng\), got int"),
        (lambda n, rng: torch.zeros(1, 2), r"fake\(4, rng\) must return a float tensor of 4 samples"),
        (lambda n, rng: torch.full((n, 2), math.nan), "fake must return finite numbers"),
        (data.normal(3, CPU), r"fake must make samples of the data's shape \(2,\), got \(3,\)"),
    ],
)
def test_fakes_that_are_none_are_refused_before_round_1(fake, message, as_readers):
    game = CriticAlone(nn.Linear(2, 1), Recipe(Wasserstein(), batch=4), fake, device=CPU)
    with pytest.raises(ValueError, match=message):
        train(game, POINT, rounds=1)


def test_it_has_no_samples():
    step = next(
        train(CriticAlone(nn.Linear(2, 1), Recipe(Wasserstein(), batch=4), ORIGIN, device=CPU), POINT, rounds=1)
    )
    assert set(step.losses) == {"D"}
    with pytest.raises(ValueError, match="CriticAlone has none"):
        step.sample(4)

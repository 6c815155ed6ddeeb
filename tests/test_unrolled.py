"""The unrolled game: without steps it is GAN, with steps it is the formula, and resumes to the last bit."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.games import GAN, Unrolled
from ganbook.losses import Minimax
from ganbook.models import mlp
from ganbook.penalties import R1
from ganbook.recipes import NON_SATURATING, Recipe
from ganbook.train import fit, train


def pair():
    torch.manual_seed(0)
    return mlp([2, 8, 2]), mlp([2, 8, 1])


@pytest.mark.parametrize("recipe", [NON_SATURATING, replace(NON_SATURATING, d_steps=2, penalties=(R1(0.5),))])
def test_without_steps_it_is_gan_to_the_last_bit(recipe):
    plain, unrolled = GAN(*pair(), recipe), Unrolled(*pair(), recipe, steps=0)
    for game in (plain, unrolled):
        fit(train(game, data.ring(), rounds=4, seed=1))
    for a, b in zip(plain.parameters(), unrolled.parameters(), strict=True):
        assert torch.equal(a, b)


def dirac_pair(theta=0.7, psi=-0.4):
    G, D = nn.Linear(1, 1), nn.Linear(1, 1, bias=False)
    with torch.no_grad():
        G.weight.zero_()
        G.bias.fill_(theta)
        D.weight.fill_(psi)
    G.weight.requires_grad_(False)
    return G, D


def zero(n, rng):
    return torch.zeros(n, 1)


@pytest.mark.parametrize("steps", [1, 2, 5])
def test_the_step_of_g_in_dirac_gan_against_a_hand_written_one(steps):
    """Plain gradient steps: psi after K imagined steps is a function of theta, differentiated by finite differences."""
    h, theta, psi = 0.3, 0.7, -0.4
    recipe = Recipe(loss=Minimax(), batch=2)
    game = Unrolled(*dirac_pair(theta, psi), recipe, steps=steps)
    game.optimizers = {
        "D": torch.optim.SGD(game.D.parameters(), lr=h),
        "G": torch.optim.SGD([game.G.bias], lr=h),
    }
    game.round(zero, torch.Generator().manual_seed(0))

    def sigmoid(t):
        return torch.sigmoid(torch.tensor(t, dtype=torch.float64)).item()

    real_psi = psi - h * theta * sigmoid(theta * psi)  # D's own step comes first

    def value(theta):
        p = real_psi
        for _ in range(steps):
            p = p - h * theta * sigmoid(theta * p)
        return -torch.nn.functional.softplus(torch.tensor(theta * p, dtype=torch.float64)).item()

    slope = (value(theta + 1e-5) - value(theta - 1e-5)) / 2e-5
    assert abs(game.G.bias.item() - (theta - h * slope)) < 1e-5
    assert abs(game.D.weight.item() - real_psi) < 1e-6  # what was imagined is forgotten


def test_planted_defect_imagined_steps_without_the_way_back():
    """With psi_K held fixed the step is another: the test above can fail."""
    h, theta, psi = 0.3, 0.7, -0.4
    game = Unrolled(*dirac_pair(theta, psi), Recipe(loss=Minimax(), batch=2), steps=5)
    game.optimizers = {"D": torch.optim.SGD(game.D.parameters(), lr=h), "G": torch.optim.SGD([game.G.bias], lr=h)}
    game.round(zero, torch.Generator().manual_seed(0))
    p = torch.tensor(psi)
    for _ in range(6):
        p = p - h * theta * torch.sigmoid(theta * p)
    forgetful = theta + h * (p * torch.sigmoid(theta * p)).item()
    assert abs(game.G.bias.item() - forgetful) > 1e-2


def test_adam_s_scale_is_read_from_its_state():
    game = Unrolled(*pair(), NON_SATURATING, steps=1)
    before = {name: size.clone() for name, size in game.step_sizes().items()}
    assert all((size == NON_SATURATING.lr_d).all() for size in before.values())  # no state yet: plain steps
    fit(train(game, data.ring(), rounds=2))
    for name, w in game.D.named_parameters():
        state = game.optimizers["D"].state[w]
        v = state["exp_avg_sq"] / (1 - 0.999 ** state["step"].item())
        torch.testing.assert_close(game.step_sizes()[name], NON_SATURATING.lr_d / (v.sqrt() + 1e-8))


def test_a_run_is_resumed_to_the_last_bit_and_not_with_other_steps(tmp_path):
    whole = Unrolled(*pair(), NON_SATURATING, steps=2)
    fit(train(whole, data.ring(), rounds=6))
    path = tmp_path / "unrolled.safetensors"
    fit(train(Unrolled(*pair(), NON_SATURATING, steps=2), data.ring(), rounds=3, checkpoint=path))
    resumed = Unrolled(*pair(), NON_SATURATING, steps=2)
    fit(train(resumed, data.ring(), rounds=6, checkpoint=path))
    for a, b in zip(whole.parameters(), resumed.parameters(), strict=True):
        assert torch.equal(a, b)
    with pytest.raises(ValueError, match=r"steps: saved 2, now 3"):
        train(Unrolled(*pair(), NON_SATURATING, steps=3), data.ring(), rounds=6, checkpoint=path)


@pytest.mark.parametrize("steps", [-1, 1.5, True])
def test_refusals(steps):
    with pytest.raises((ValueError, TypeError)):
        Unrolled(*pair(), NON_SATURATING, steps=steps)

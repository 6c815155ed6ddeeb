"""Optimisers by name, and clipping that really clips after every step."""

import dataclasses

import pytest
import torch
from torch import nn

from ganbook import recipes
from ganbook.games import GAN
from ganbook.models import mlp
from ganbook.optimizers import OPTIMIZERS, Clip, adam

CPU = torch.device("cpu")


def real(n, rng):
    return torch.randn(n, 2, generator=rng) + 1


def make(**changes):
    torch.manual_seed(0)
    recipe = dataclasses.replace(recipes.WGAN, batch=16, **changes)
    return GAN(mlp([3, 8, 2]), mlp([2, 8, 1]), recipe, device=CPU)


def largest(network):
    return max(float(parameter.detach().abs().max()) for parameter in network.parameters())


def test_clipping_after_every_step_of_d_and_of_d_alone():
    game, seen = make(clip=0.01, lr_d=0.1), []
    game.optimizers["D"].register_step_post_hook(lambda *_: seen.append(largest(game.D)))
    assert largest(game.D) > 0.01
    for k in range(3):
        game.round(real, torch.Generator().manual_seed(k))
    assert len(seen) == 15 and max(seen) <= 0.01 < largest(game.G)
    weights = torch.cat([parameter.detach().flatten() for parameter in game.D.parameters()])
    assert weights.min() < -0.005 and weights.max() > 0.005, "clipped, not overwritten"
    assert min(seen) == pytest.approx(0.01)  # steps of 0.1 against a box of 0.01: something always sits at its edge


def test_no_clipping_unless_asked():
    """The defect of public code: a "WGAN" without any clipping."""
    game = make(clip=None, lr_d=0.1)
    game.round(real, torch.Generator())
    assert largest(game.D) > 0.1


def test_rmsprop_is_one_plain_step():
    """v = 0.01 g^2 after the first step, so the step is lr * g / (0.1 |g| + eps) = 10 lr; betas play no part."""
    weight = nn.Parameter(torch.tensor([2.0], dtype=torch.float64))
    optimizer = OPTIMIZERS["rmsprop"]([weight], 1e-3, (0.5, 0.9))
    weight.square().sum().backward()
    optimizer.step()
    torch.testing.assert_close(weight.item(), 2.0 - 1e-2, rtol=1e-6, atol=0.0)


def test_adam_has_the_recipe_s_rates():
    (group,) = OPTIMIZERS["adam"]([nn.Parameter(torch.ones(1))], 3e-4, (0.5, 0.9)).param_groups
    assert (group["lr"], group["betas"]) == (3e-4, (0.5, 0.9))


def test_the_recipe_chooses():
    for name, kind in (("adam", torch.optim.Adam), ("rmsprop", torch.optim.RMSprop)):
        assert {type(optimizer) for optimizer in make(optimizer=name).optimizers.values()} == {kind}
    assert recipes.WGAN.describe()["optimizer"] == "'rmsprop'" and recipes.WGAN.describe()["clip"] == "0.01"


@pytest.mark.parametrize("c", [0.0, -1.0, float("nan")])
def test_clip_refuses(c):
    with pytest.raises(ValueError, match="c must be"):
        Clip(c)
    with pytest.raises(ValueError, match="clip must be"):
        make(clip=c)


def test_unknown_optimizer():
    with pytest.raises(ValueError, match="optimizer must be one of adam, rmsprop, got 'sgd'"):
        make(optimizer="sgd")


def test_the_papers_constants():
    wgan, gp = recipes.WGAN, recipes.WGAN_GP
    assert (wgan.optimizer, wgan.lr_d, wgan.lr_g, wgan.clip, wgan.d_steps) == ("rmsprop", 5e-5, 5e-5, 0.01, 5)
    assert (gp.optimizer, gp.lr_d, gp.betas, gp.penalties[0].weight, gp.d_steps) == ("adam", 1e-4, (0.0, 0.9), 10.0, 5)
    assert (recipes.DRAGAN.d_steps, recipes.DRAGAN.penalties[0].weight, recipes.DRAGAN.betas) == (1, 10.0, (0.5, 0.9))
    assert (recipes.SNGAN_HINGE.d_steps, recipes.SNGAN_HINGE.betas, recipes.SNGAN_HINGE.lr_d) == (5, (0.0, 0.9), 2e-4)


@pytest.mark.parametrize("betas", [(1.0, 0.9), (0.5, 1.0), (-0.1, 0.9)])
def test_decay_rates_are_below_one(betas):
    """At 1 the running mean never moves from 0."""
    with pytest.raises(ValueError, match=r"betas must be two numbers in \[0, 1\)"):
        adam([torch.nn.Parameter(torch.zeros(1))], 0.1, betas)

"""The toy world: each run is the GAN that it would be alone, and runs of one seed differ in their loss only."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.games import GAN
from ganbook.losses import NonSaturating, Realness, Redrawn
from ganbook.models import mlp
from ganbook.models.stacked import deal
from ganbook.studies.realness_toy import TOY, Repeated, Toy, Z, play
from ganbook.train import fit, train

LOSSES = (
    NonSaturating(),
    Realness(2, 2, "one-hot"),
    Realness(5, 1, "far"),
    Realness(8, 2, "authors"),
    Realness(8, 3, "halves"),
)
SEEDS, SHORT = (3, 5), replace(TOY, batch=16, g_steps=2)
WORLD = data.nine(device="cpu")


def recipes(*losses):
    return [replace(SHORT, loss=loss) for loss in losses]


@dataclass(frozen=True)
class Block:
    """The rows of one seed, of a draw for all seeds."""

    sampler: object
    seed: int

    def __call__(self, n, rng):
        return self.sampler(n * len(SEEDS), rng).chunk(len(SEEDS))[self.seed].to(torch.get_default_dtype())


@dataclass(frozen=True)
class Double:
    sampler: object

    def __call__(self, n, rng):
        return self.sampler(n, rng).to(torch.get_default_dtype())


@pytest.fixture
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def test_each_run_is_the_gan_that_it_would_be_alone(float64):
    """Every variant and seed, after ten rounds with two steps of G each, on the same weights, data and z."""
    game = Toy(recipes(*LOSSES), SEEDS, width=8)
    game.prior = Repeated(Double(data.normal(Z)), len(LOSSES))
    fit(train(game, Repeated(Double(WORLD), len(LOSSES)), rounds=10, seed=1, progress=False))
    z = torch.randn(7, Z, generator=torch.Generator().manual_seed(0))
    together = game.shared(z).unflatten(0, (len(LOSSES), len(SEEDS)))
    for k, loss in enumerate(LOSSES):
        for j, seed in enumerate(SEEDS):
            torch.manual_seed(seed)
            G, D = mlp([Z, 8, 8, 8, 2], nn.ReLU, norm="batch"), mlp([2, 8, 8, 8, 8])
            D[-1].weight.data, D[-1].bias.data = D[-1].weight.data[: loss.outputs], D[-1].bias.data[: loss.outputs]
            alone = GAN(G, D, replace(SHORT, loss=loss), prior=Block(data.normal(Z), j))
            fit(train(alone, Block(WORLD, j), rounds=10, seed=1, progress=False))
            torch.testing.assert_close(together[k, j], G.eval()(z), rtol=1e-9, atol=1e-11)
    assert len({float(row.flatten()[0]) for row in together.flatten(0, 1)}) == len(LOSSES) * len(SEEDS)


def test_one_variant_alone_is_the_same_as_among_others():
    far, halves = Realness(5, 2, "far"), Realness(5, 3, "halves")
    together = play(WORLD, recipes(far, halves), SEEDS, 4, 2, samples=500)
    alone = play(WORLD, recipes(halves), SEEDS, 4, 2, samples=500)
    assert together[2:] == alone and together[:2] != alone


def test_curves_have_a_point_for_each_look():
    curves = play(WORLD, recipes(*LOSSES[:2]), (0, 1, 2), 4, 2, samples=500)
    assert len(curves) == 6
    assert curves[0]["round"] == [2, 4]
    assert set(curves[0]) == {"round", "modes", "high quality", *(f"mode {k}" for k in range(9))}


def moved(losses, resample, rounds=3):
    """Where each run's samples are after some rounds."""
    game = Toy(recipes(*losses), (0,), resample, width=8)
    fit(train(game, Repeated(WORLD, len(losses)), rounds=rounds, progress=False))
    return game.shared(torch.ones(1, Z))


def test_redrawn_anchors_train_beside_fixed_ones():
    """They draw for each run anew, and no other run feels it."""
    fixed, drawn = Realness(5, 2, "authors"), Redrawn(5, 2, "authors")
    one, two, three = moved((fixed, drawn, drawn), None)
    assert torch.equal(one, moved((fixed,), None)[0])
    assert not torch.equal(one, two) and not torch.equal(two, three)


def test_resampling_changes_the_rounds_that_it_is_asked_for():
    """A run that does not draw yet is one that never does."""
    loss = Realness(5, 2, "far")
    never, late, always = (moved((loss,), [rounds]) for rounds in (None, lambda t: t > 3, lambda t: True))
    assert torch.equal(never, late) and not torch.equal(never, always)
    assert not torch.equal(moved((loss,), [lambda t: t > 2]), never)


def test_repeated_draws_are_the_same_for_each_variant():
    x = deal(Repeated(WORLD, 3)(12, torch.Generator().manual_seed(0)), 3)
    assert torch.equal(x[0], x[1]) and torch.equal(x[0], WORLD(4, torch.Generator().manual_seed(0)))


def test_recipes_that_differ_in_more_than_their_loss_are_refused():
    with pytest.raises(ValueError, match="g_steps"):
        play(WORLD, [TOY, replace(TOY, g_steps=1)], (0,), 2, 1)

"""Runs side by side: each is, to float64 precision, the run that it would be alone."""

from dataclasses import dataclass, replace

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.games import GAN, EachRun, SideBySide
from ganbook.losses import (
    Hinge,
    LeastSquares,
    NonSaturating,
    Realness,
    Redrawn,
    RelativisticAverage,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.models import Resample, mlp
from ganbook.models.stacked import deal, stack
from ganbook.penalties import R1, R2, GradientPenalty
from ganbook.recipes import Recipe
from ganbook.train import fit, train

SEEDS, BATCH, ROUNDS = (3, 5, 8), 16, 12


@dataclass(frozen=True)
class Double:
    """A sampler in float64; with `run`, only that run's block of the rows that all runs draw."""

    sampler: object
    run: int | None = None

    def __call__(self, n, rng):
        if self.run is None:
            return self.sampler(n, rng).double()
        return self.sampler(n * len(SEEDS), rng).double().chunk(len(SEEDS))[self.run]


@dataclass(frozen=True)
class Mine:
    """The gradient penalty of one run, written anew, with its block of the coefficients that all runs draw."""

    run: int

    def __call__(self, critic, x, y, rng):
        e = torch.rand(len(x) * len(SEEDS), 1, generator=rng, dtype=x.dtype).chunk(len(SEEDS))[self.run]
        points = (y + e * (x - y)).requires_grad_()
        (gradient,) = torch.autograd.grad(critic(points).sum(), points, create_graph=True)
        return 10 * ((gradient.pow(2).sum(1).sqrt() - 1) ** 2).mean()


@dataclass(frozen=True)
class Repeated:
    """Latents 0, 1, ... rows of numbers, so that the prior does not depend on torch's global randomness."""

    def __call__(self, n, rng):
        return torch.randn(n, 3, generator=rng)


def pair(outputs=1, norm_g=None, norm_d=None):
    def make():
        G = mlp([3, 16, 16, 2], nn.ReLU, norm=norm_g)
        return G.double(), mlp([2, 16, 16, outputs], norm=norm_d).double()

    return make


def alone(make, recipe, run, seed):
    torch.manual_seed(seed)
    G, D = make()
    game = GAN(G, D, recipe, prior=Double(Repeated(), run))
    fit(train(game, Double(data.ring(), run), rounds=ROUNDS, seed=1, progress=False))
    return game


CASES = {
    "non-saturating": (Recipe(NonSaturating()), {}),
    "least squares": (Recipe(LeastSquares(), d_steps=2), {}),
    "hinge, spectral": (Recipe(Hinge()), {"norm_d": "spectral"}),
    "clipped": (Recipe(Wasserstein(), optimizer="rmsprop", clip=0.05), {}),
    "batch norm in G": (Recipe(NonSaturating()), {"norm_g": "batch"}),
    "layer norm in D": (Recipe(NonSaturating()), {"norm_d": "layer"}),
    "relativistic average": (Recipe(RelativisticAverage()), {}),
    "relativistic pairing, R1, R2": (Recipe(RelativisticPairing(), penalties=(R1(1.0), R2(0.5))), {}),
    "realness 2": (Recipe(Realness(5, 2, "far")), {"outputs": 5}),
    "averaged": (Recipe(NonSaturating(), ema_halflife=100), {}),
    "gradient penalty": (Recipe(Wasserstein(), penalties=(GradientPenalty(),)), {}),
}


@pytest.mark.parametrize("case", CASES)
def test_each_run_is_the_run_that_it_would_be_alone(case):
    recipe, shape = CASES[case]
    recipe, make = replace(recipe, batch=BATCH, lr_d=1e-3, lr_g=1e-3), pair(**shape)
    game = SideBySide(make, SEEDS, recipe, prior=Double(Repeated()))
    run = fit(train(game, Double(data.ring()), rounds=ROUNDS, seed=1, progress=False))
    z = torch.randn(7, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    network = game.average.module if game.average else game.G
    together = deal(network.eval()(z.repeat(len(SEEDS), 1)), len(SEEDS))
    for k, seed in enumerate(SEEDS):
        mine = replace(recipe, penalties=(Mine(k),)) if case == "gradient penalty" else recipe
        single = alone(make, mine, k, seed)
        own = single.average.module if single.average else single.G
        torch.testing.assert_close(together[k], own.eval()(z), rtol=1e-9, atol=1e-11)
    assert len(run.history["D"]) == ROUNDS


def test_runs_do_not_touch_one_another():
    """One run blown up to nan: the others stay as they are. A mean over all runs' outputs fails here."""
    make, recipe = pair(), Recipe(RelativisticAverage(), batch=BATCH)
    ends = []
    for spoil in (False, True):
        game = SideBySide(make, SEEDS, recipe, prior=Double(Repeated()))
        if spoil:
            with torch.no_grad():
                game.G[0].weight[0] = 1e3
        rng = torch.Generator().manual_seed(0)
        for _ in range(3):
            game.round(Double(data.ring()), rng)
        ends.append(game.samples(4, torch.Generator().manual_seed(0)).detach())
    assert not torch.equal(ends[0][0], ends[1][0])
    assert torch.equal(ends[0][1:], ends[1][1:])


def test_a_loss_over_all_rows_would_couple_the_runs():
    """The planted defect: the relativistic mean over everything instead of over each run."""
    rng = torch.Generator().manual_seed(0)
    real, fake = (
        torch.randn(8, 1, generator=rng),
        torch.randn(8, 1, generator=rng) + torch.arange(2.0).repeat(4)[:, None],
    )
    loss = RelativisticAverage()
    each = EachRun(loss, 2).d(real, fake)
    torch.testing.assert_close(each, loss.d(real[:4], fake[:4]) + loss.d(real[4:], fake[4:]))
    assert abs(each - 2 * loss.d(real, fake)) > 1e-3


def test_stacked_logits_are_drawn_in_the_runs_that_are_marked():
    """Each run as it would be alone with its block of the noise; a run that is not marked says the mean."""
    plain = [nn.Sequential(Resample(4, 3)) for _ in SEEDS]
    both, x = stack(plain), torch.randn(15, 4)
    both[0].on[1] = 0.0
    torch.manual_seed(0)
    together = deal(both(x), 3)
    torch.manual_seed(0)
    noise = deal(torch.randn(15, 3), 3)
    for k, (mine, (one,)) in enumerate(zip(deal(x, 3), plain, strict=True)):
        drawn = one.mean(mine) + (k != 1) * noise[k] * (0.5 * one.log_variance(mine)).exp()
        torch.testing.assert_close(together[k], drawn)
    torch.testing.assert_close(
        both.eval()(x), torch.cat([one.eval()(mine) for one, mine in zip(plain, deal(x, 3), strict=True)])
    )


def test_what_a_network_has_learnt_is_stacked_too():
    """Scales, shifts and running statistics of batch norm: fresh layers all have the same ones, and hide their loss."""
    torch.manual_seed(0)
    networks = [nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)) for _ in range(3)]
    for network in networks:
        for value in network[1].state_dict().values():
            if value.is_floating_point():
                value.uniform_(0.5, 2.0)
        network.eval()
    x = torch.randn(3, 5, 2)
    expected = torch.cat([network(part) for network, part in zip(networks, x, strict=True)])
    torch.testing.assert_close(stack(networks).eval()(x.flatten(0, 1)), expected)


def test_losses_of_runs_in_any_order_are_summed():
    """Equal losses are taken together, wherever they stand; Redrawn draws for each run anew."""
    rng = torch.Generator().manual_seed(0)
    real, fake = torch.randn(40, 5, generator=rng), torch.randn(40, 5, generator=rng)
    losses = (Realness(5, 2, "far"), Wasserstein(), Realness(5, 2, "far"), Realness(3, 1, "near"))
    for player in ("d", "g"):
        blocks = zip(losses, deal(real, 4), deal(fake, 4), strict=True)
        single = [getattr(loss, player)(x[:, : loss.outputs], y[:, : loss.outputs]) for loss, x, y in blocks]
        torch.testing.assert_close(getattr(EachRun(losses, 4), player)(real, fake), sum(single))
    torch.manual_seed(0)
    seen = torch.vmap(Redrawn(5, 2, "far")._tensors, randomness="different")(deal(real, 4))
    assert len({tuple(low.tolist()) for low, _ in seen}) == 4
    torch.testing.assert_close(seen.sum(2), torch.ones(4, 2))


def test_samples_and_losses_have_the_shape_of_runs():
    game = SideBySide(pair(), SEEDS, Recipe(NonSaturating(), batch=BATCH), prior=Double(Repeated()))
    assert game.samples(5, torch.Generator()).shape == (3, 5, 2)
    losses = game.round(Double(data.ring()), torch.Generator())
    assert 0.5 < float(losses["G"]) < 1.0  # a mean over runs, near log 2, not their sum


def test_of_the_same_latents_each_run_makes_its_own():
    game = SideBySide(pair(), SEEDS, Recipe(NonSaturating(), batch=BATCH), prior=Double(Repeated()))
    z = torch.randn(5, 3, dtype=torch.float64)
    made = game.shared(z)
    for k, seed in enumerate(SEEDS):
        torch.manual_seed(seed)
        torch.testing.assert_close(made[k], pair()()[0](z))
    assert game.G.training and not made.requires_grad


def test_a_run_is_alive_until_one_of_its_weights_is_not_finite_and_the_game_until_none_is():
    game = SideBySide(pair(), SEEDS, Recipe(NonSaturating(), batch=BATCH), prior=Double(Repeated()))
    bad, good = {"D": torch.tensor(float("nan"))}, {"D": torch.tensor(0.0)}
    assert game.alive() == [True, True, True] and not game.lost(bad)
    for k, parameter in ((1, game.D[0].weight), (0, game.G[-1].bias), (2, game.G[0].weight)):
        with torch.no_grad():
            parameter[k].view(-1)[-1] = float("inf")
        assert game.lost(bad) == (k == 2)
    assert game.alive() == [False, False, False] and not game.lost(good)


def test_scores_are_those_of_each_runs_loss():
    out = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    mixed = EachRun((Realness(3, 1), Hinge()), 2)
    assert torch.equal(mixed.score(out), torch.cat([Realness(3, 1).score(out[:3]), out[3:, 0]]))
    assert torch.equal(EachRun(Hinge(), 2).score(out[:, :1]), out[:, 0])
    assert mixed.outputs == 3 and not mixed.g_sees_real and EachRun((Hinge(), Realness(3, 2)), 2).g_sees_real


def test_recipes_of_runs_differ_in_their_loss_alone(as_readers):
    plain = Recipe(Hinge(), batch=BATCH)
    other = replace(plain, loss=Wasserstein())
    game = SideBySide(pair(), (1, 2), [plain, other], prior=Double(Repeated()))
    assert game.recipe.loss == EachRun((Hinge(), Wasserstein()), 2) and game.recipe.batch == 2 * BATCH
    assert SideBySide(pair(), (1,), [plain], prior=Double(Repeated())).recipe.loss.kinds == {Hinge(): [0]}
    for recipe, told in (
        ([plain, replace(plain, lr_d=1e-3)], r"differ between runs in its loss only, got lr_d of 0\.0002 and 0\.001"),
        ([plain], r"recipe must be a Recipe, or one a run \(2\)"),
        ([plain, "hinge"], "recipe must be a Recipe, or one a run"),
        ("hinge", "recipe must be a Recipe, or one a run"),
    ):
        with pytest.raises(Exception, match=told) as caught:
            SideBySide(pair(), (1, 2), recipe, prior=Double(Repeated()))
        assert isinstance(caught.value, ValueError) or recipe in (
            "hinge",
            [plain, "hinge"],
        )  # the hook sees texts first


def test_what_makes_no_pair_is_refused(as_readers):
    for made in (lambda: mlp([2, 1]), lambda: (mlp([2, 1]),), lambda: (mlp([2, 1]),) * 3):
        with pytest.raises(ValueError, match=r"make must return a pair of networks \(G, D\)"):
            SideBySide(made, (1, 2), Recipe(Hinge()))
    for call, told in (
        (lambda: EachRun(Hinge(), 0), "runs must be a whole number >= 1"),
        (lambda: EachRun((Hinge(),), 2), r"loss must be one, or one a run \(2\), got 1"),
        (lambda: SideBySide(pair(), (), Recipe(Hinge())), "seeds must be one or more, got none"),
        (lambda: SideBySide(pair(), (-1,), Recipe(Hinge())), "seeds must be a whole number >= 0"),
        (lambda: SideBySide(pair(), (1, 2), "hinge"), "recipe must be a Recipe, or one a run"),
    ):
        with pytest.raises(ValueError, match=told):
            call()


def test_global_randomness_is_left_alone():
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    SideBySide(pair(), SEEDS, Recipe(NonSaturating()), prior=Double(Repeated()))
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(
    ("networks", "message"),
    [
        ([], "networks must be one or more"),
        ([mlp([2, 3, 1]), mlp([2, 4, 1])], "of one shape"),
        ([nn.Sequential(nn.Conv2d(1, 1, 3))], "got Conv2d"),
    ],
)
def test_what_cannot_be_stacked_is_refused(networks, message):
    with pytest.raises(ValueError, match=message):
        stack(networks)


def test_rows_that_cannot_be_dealt_are_refused():
    with pytest.raises(ValueError, match="multiple of 3 rows, one block a run, got 4"):
        deal(torch.zeros(4, 2), 3)

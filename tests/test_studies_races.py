"""Runs side by side as the studies score them: each number again from the game's own pieces, run by run."""

import time
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn
from torch.testing import assert_close

from ganbook import data
from ganbook.games import SideBySide
from ganbook.games.evolution import Child, Fitness
from ganbook.losses import NonSaturating
from ganbook.metrics import mode_scores
from ganbook.models import mlp
from ganbook.models.stacked import deal
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.studies import arena, bigbigan_ring, realness_toy, two_by_two
from ganbook.studies.populations import Populations
from ganbook.train import fit, train

CPU = torch.device("cpu")
WORLD = data.ring(std=0.05, device="cpu")


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def small(outputs=1):
    return arena.plane(outputs, False, 8)


@pytest.fixture
def no_bar(monkeypatch, capsys):
    """Where a bar would be seen, none is."""
    monkeypatch.setattr("ganbook.train.run._live", lambda: True)
    yield
    assert capsys.readouterr() == ("", "")


def test_a_race_is_a_training_of_the_first_seed_looked_at_with_numbers_of_its_own(no_bar):
    recipe, before = arena.entrants()["hinge"], time.process_time()
    looks = list(arena.race(small, WORLD, recipe, (5, 3), 4, 2, 6))
    spent = time.process_time() - before
    game, own = SideBySide(small, (5, 3), recipe, device=CPU), rng(6)
    run = train(game, WORLD, rounds=4, seed=5, progress=False)
    for look in looks:
        next(run), next(run)
        assert torch.equal(look.samples, game.samples(6, own))
    assert 0 < 2 * looks[-1].seconds < spent


def test_what_is_infinite_is_lost_too():
    """A run whose samples overflow is shown as zeros, and looked at no less often."""

    def make():
        G, D = small()
        with torch.no_grad():
            G[-1].bias.fill_(torch.inf)
        return G, D

    looks = list(arena.race(make, WORLD, arena.entrants()["hinge"], (0, 1), 4, 2, 3))
    assert [look.round for look in looks] == [2, 4]
    assert all(look.alive == [False, False] and not look.samples.any() for look in looks)


def test_curves_of_the_toy_world_are_those_of_its_game(no_bar):
    recipes = [replace(realness_toy.TOY, batch=8, lr_d=0.05, lr_g=0.05, loss=NonSaturating())] * 2
    curves = realness_toy.play(WORLD, recipes, (5, 3), 4, 1, samples=300)
    game, own = realness_toy.Toy(recipes, (5, 3), device=CPU), rng(6)
    for n, _ in enumerate(train(game, realness_toy.Repeated(WORLD, 2), rounds=4, seed=5, progress=False)):
        for curve, samples in zip(curves, game.samples(300, own), strict=True):
            found = mode_scores(samples, WORLD.means, 0.05, radius=4.0, least=3)
            row = {"round": n + 1, "modes": float(found.modes), "high quality": float(found.high_quality)}
            row |= {f"mode {k}": count / 300 for k, count in enumerate(found.counts.tolist())}
            assert {name: curve[name][n] for name in curve} == pytest.approx(row, abs=6e-5)


def test_a_row_of_a_curve_counts_a_hundredth_within_four_deviations_and_keeps_four_digits():
    """Of 300 points: 3 at the first mode, 3.9 deviations away, 2 at the second, 9 near the third but too far."""
    at = [WORLD.means[0] + torch.tensor([0.195, 0.0])] * 3 + [WORLD.means[1]] * 2 + [WORLD.means[2] + 0.21] * 9
    curve = {"modes": [5.0]}
    realness_toy._score(curve, 7, torch.stack(at + [torch.tensor([9.0, 9.0])] * 286), WORLD)
    assert (curve["round"], curve["modes"], curve["high quality"]) == ([7.0], [5.0, 1.0], [0.0167])
    assert (curve["mode 0"], curve["mode 1"], curve["mode 2"]) == ([0.01], [0.0067], [0.0])


@pytest.mark.parametrize("stochastic", [True, False])
def test_ring_scores_again_run_by_run(stochastic):
    """The same draws, looked at with NumPy and SciPy; the game is left in training, as it was."""
    game = bigbigan_ring.ring_game((0, 1), stochastic=stochastic)
    own = rng(3)
    x, z = bigbigan_ring.world()(200, own), torch.randn(200, 2, generator=own)
    found = bigbigan_ring.ring_scores(game, 2, n=100, seed=3)
    assert game.sampler.training
    game.eval()
    with torch.no_grad():
        made, (code, sigma) = game.G(z), game.E.law(x) if stochastic else (game.E(x), torch.zeros(200, 2))
        drawn = game.encoder.draw(x, own) if stochastic else code
        back, again = game.G(code), game.E.law(made)[0] if stochastic else game.E(made)
    for k, row in enumerate(found):
        a, b, c, d, e, f, s = (deal(t, 2)[k].double().numpy() for t in (x, back, made, z, again, drawn, sigma))
        away = np.linalg.norm(c[:, None] - WORLD.means.numpy(), axis=2)
        near = [((away.argmin(1) == m) & (away.min(1) < 0.2)).sum() for m in range(8)]

        def share(p, q):
            return np.linalg.norm(p - q, axis=1).mean() / np.linalg.norm(p - np.roll(q, -1, 0), axis=1).mean()

        wanted = {
            "modes": sum(count >= 1 for count in near),
            "high quality": sum(near) / 100,
            "distance": np.linalg.norm(a - b, axis=1).mean(),
            "ratio": share(a, b),
            "ratio z": share(d, e),
            "KS": np.mean([stats.kstest(column, "norm").statistic for column in f.T]),
            "sigma": s.mean(),
        }
        assert row == pytest.approx(wanted, rel=1e-4, abs=1e-6)


def test_a_mode_of_the_ring_needs_a_hundredth_within_four_deviations():
    x, ring = torch.zeros(300, 2), bigbigan_ring.world()
    x[:3], x[3:5], x[5:9] = ring.means[0] + torch.tensor([0.19, 0.0]), ring.means[1], ring.means[2] * 1.25
    z = torch.randn(300, 2, generator=rng())
    found = bigbigan_ring._one(z, z + 1, x, z, z, z, z.abs(), ring)
    assert (found["modes"], found["high quality"]) == (1.0, pytest.approx(5 / 300))
    assert found["distance"] == pytest.approx(2**0.5, rel=1e-6) and found["ratio z"] == 0.0


@pytest.mark.parametrize("scores", [("x",), ("z", "xz")])
def test_a_ring_game_plays_the_scores_and_the_prices_that_are_asked_for(scores):
    game = bigbigan_ring.ring_game((0, 1, 2), scores)
    assert game.scores == scores and game.recipe.loss.runs == 3
    assert [(each.runs, each.penalty) for each in game.recipe.penalties] == [(3, R1(0.1))]


# --- populations

PLAIN = Recipe(NonSaturating(), batch=8, lr_d=1e-3, lr_g=1e-3)


def pair():
    return mlp([2, 8, 2]), mlp([2, 8, 1])


def populations(seeds=(1, 2), **more):
    return Populations(pair, seeds, more.pop("recipe", PLAIN), device=CPU, **{"evaluation": 16, **more})


def test_populations_are_played_by_rows_of_all_runs():
    state = torch.random.get_rng_state()
    recipe = replace(PLAIN, penalties=(R1(0.2),), ema_halflife=10.0)
    game = populations(gamma=[0.1, -0.3], recipe=recipe)
    assert torch.equal(state, torch.random.get_rng_state())
    assert (game.evaluation, game.gamma, game.gammas.tolist()) == (32, -0.3, pytest.approx([0.1, -0.3]))
    assert (game.recipe.batch, game.recipe.ema_halflife, game.recipe.loss.runs) == (16, 20.0, 2)
    assert [(each.runs, each.penalty) for each in game.recipe.penalties] == [(2, R1(0.2))]
    assert game.seeds == (1, 2) and game.won.tolist() == [0, 0]
    one = populations(mutations=("heuristic",))
    assert one.mutations == ("heuristic",) and one.allowed.tolist() == [[1.0], [1.0]]
    assert populations(evaluation=256).evaluation == Populations(pair, (1, 2), PLAIN, device=CPU).evaluation == 512
    torch.manual_seed(2)
    assert torch.equal(game.G[0].weight[1].T, pair()[0][0].weight)


def test_readings_and_samples_are_of_each_run():
    game = populations()
    run = fit(train(game, WORLD, rounds=3, progress=False))
    assert {"D", "fitness", "F_q", "F_d"} < run.history.keys()
    for n in range(3):
        sums = [sum(run.history[f"share {name}"][n] for name in game.mutations), run.history["fitness"][n]]
        assert sums == pytest.approx([1, run.history["F_q"][n] + 0.05 * run.history["F_d"][n]], rel=1e-4)
    samples = game.samples(5, rng(2))
    assert samples.shape == (2, 5, 2)
    assert torch.equal(samples, deal(game.sample(10, rng(2)), 2))
    game = populations(gamma=0.0)
    assert "F_d" not in fit(train(game, WORLD, rounds=1, progress=False)).history


def test_steepness_is_the_diversity_of_samples_that_are_there():
    """-log of the norm of D's gradient, run by run, each as if alone."""
    game, x, y = populations(), WORLD(12, rng(0)), WORLD(12, rng(1)) * 0.5
    found = game.steepness(x, y)
    for k, seed in enumerate((1, 2)):
        torch.manual_seed(seed)
        _, D = pair()
        loss = NonSaturating().d(D(deal(x, 2)[k]), D(deal(y, 2)[k]))
        slopes = torch.autograd.grad(loss, list(D.parameters()))
        norm = torch.cat([slope.flatten() for slope in slopes]).norm()
        assert_close(found[k], -norm.log(), atol=1e-5, rtol=1e-5)
    assert game.D.training and not found.requires_grad


def test_a_child_worth_nothing_is_never_chosen():
    """Not nan, and not minus infinity either, where another is finite; where none is, the first stays."""
    game = populations((1, 2, 3, 4))
    fit(train(game, WORLD, rounds=1, progress=False))
    children = game.generation(WORLD, rng(9))
    inf, nan = torch.inf, torch.nan
    table = torch.tensor([[-inf, nan, nan, 1.0], [-5.0, -5.0, nan, inf], [-6.0, -inf, nan, 2.0]])
    judged = [
        Child(child.G, child.optimizer, 0, child.mutation, Fitness(row, row, None))
        for child, row in zip(children, table, strict=True)
    ]
    (best,) = game.chosen(judged)
    assert best.mutation.tolist() == [1, 1, 0, 1]
    assert best.fitness.diversity is None


def test_steepness_of_d_is_a_mean_over_each_run_s_block():
    game = SideBySide(lambda: (mlp([2, 2]), mlp([2, 1])), (0, 1), two_by_two.two_by_two(1.0)["GAN"], device=CPU)
    wanted = game.D[0].weight.detach().flatten(1).norm(dim=1)  # of a linear D, everywhere
    assert_close(two_by_two.steepness(game, torch.randn(6, 2, generator=rng())), wanted)
    curved = SideBySide(lambda: (mlp([2, 2]), nn.Sequential(nn.Linear(2, 1), nn.Tanh())), (0, 1), PLAIN, device=CPU)
    x = torch.randn(6, 2, generator=rng())
    with torch.no_grad():
        slope = 1 - deal(curved.D(x), 2).square()  # tanh' = 1 - tanh^2
        wanted = slope.mean((1, 2)) * curved.D[0].weight.flatten(1).norm(dim=1)
    assert_close(two_by_two.steepness(curved, x), wanted)
    assert curved.D.training

"""BiGAN: its value and its optima on finite sets, its losses written out, the third pair, and what it refuses."""

import itertools
import math
from dataclasses import replace

import pytest
import torch
from games import points, rows
from torch import nn
from torch.nn.functional import softplus
from torch.testing import assert_close

from ganbook import data, losses, models, recipes
from ganbook.games import BiGAN, descend
from ganbook.games.bigan import check_even, generated, reconstructed
from ganbook.models import Joint, KeepFeatures, mlp
from ganbook.recipes import Recipe
from ganbook.studies import finite_pairs as finite
from ganbook.train import fit, train

CPU = torch.device("cpu")


def bigan(recipe=recipes.NON_SATURATING, outputs=1, **changes):
    torch.manual_seed(0)
    head = nn.Sequential(nn.Linear(5, 8), nn.LeakyReLU(0.2))
    last = nn.Linear(8, 1) if outputs == 1 else KeepFeatures(nn.Linear(8, 1))
    given = {"G": mlp([3, 8, 2]), "E": mlp([2, 8, 3]), "D": Joint(nn.Identity(), nn.Identity(), head.append(last))}
    return BiGAN(**{**given, **changes}, recipe=recipe, device=CPU)


# --- the theorems, counted


def laws(n=4):
    """Two uniform sets of n, and all bijections between them as maps."""
    return [1 / n] * n, list(itertools.permutations(range(n)))


def test_the_value_is_that_of_the_best_d_found_by_descent():
    """C = 2 JSD - log 4 against a table of logits that is trained to tell the two joint laws apart."""
    p_x, p_z, E, G = [0.5, 0.3, 0.2], [0.6, 0.4], [0, 1, 0], [0, 2]
    p, q = finite.encoded(p_x, E, 2), finite.generated(p_z, G, 3)
    logits = torch.zeros(3, 2, dtype=torch.float64, requires_grad=True)
    sgd = torch.optim.LBFGS([logits], max_iter=500, tolerance_grad=1e-12, tolerance_change=1e-15)

    def price():
        sgd.zero_grad()
        total = (p * softplus(-logits) + q * softplus(logits)).sum()
        total.backward()
        return total

    sgd.step(price)
    assert_close(-price().item(), finite.value(p, q), atol=1e-4, rtol=0)
    both = (p > 0) & (q > 0)
    assert_close(logits.sigmoid()[both], (p / (p + q))[both], atol=1e-4, rtol=0)


def test_the_optimum_is_reached_by_inverse_pairs_and_by_nothing_else():
    n = 4
    p, maps = laws(n)
    every_map = list(itertools.product(range(n), repeat=n))
    best = []
    for E in every_map:
        for G in maps:
            c = finite.value(finite.encoded(p, E, n), finite.generated(p, G, n))
            inverse = all(E[G[z]] == z for z in range(n))
            assert (c < -math.log(4) + 1e-12) == inverse
            best += [(E, G)] * inverse
    assert len(best) == math.factorial(n)


def test_disjoint_graphs_have_value_zero_whatever_the_marginals():
    """Both marginals agree, yet D wins outright: E gives every x another z than the one that G makes it from."""
    p, _ = laws()
    a, b = finite.encoded(p, [1, 2, 3, 0], 4), finite.generated(p, [0, 1, 2, 3], 4)
    assert_close(a.sum(0), b.sum(0)), assert_close(a.sum(1), b.sum(1))
    assert finite.value(a, b) == 0.0


@pytest.mark.parametrize("share", [0.25, 0.5, 0.9])
def test_the_third_pair_leaves_the_optimum_where_it_was(share):
    """Among all pairs of maps of 3 on 3: the fakes a p2 + (1 - a) p3 meet p1 just where p2 alone does."""
    n = 3
    p, _ = laws(n)
    for E in itertools.product(range(n), repeat=n):
        for G in itertools.product(range(n), repeat=n):
            p1, p2 = finite.encoded(p, E, n), finite.generated(p, G, n)
            mixed = share * p2 + (1 - share) * finite.rebuilt(p, E, G, n)
            assert torch.allclose(p1, mixed) == torch.allclose(p1, p2)


def test_the_third_pair_alone_is_content_with_any_autoencoder():
    """E forgets nothing on a set of 2 of 3 codes, and G undoes it: optimal without p2, though E(x) has not z's law."""
    p1 = finite.encoded([0.5, 0.5], E=[0, 2], k=3)
    assert finite.value(p1, finite.rebuilt([0.5, 0.5], [0, 2], [0, 0, 1], 2)) == pytest.approx(-math.log(4))
    assert finite.value(p1, finite.generated([1 / 3] * 3, [0, 0, 1], 2)) > -math.log(4) + 0.1


def test_laws_that_are_none():
    with pytest.raises(ValueError, match=r"to must give each of the 2 outcomes a number in 0\.\.2, got \[0, 3\]"):
        finite.graph([0.5, 0.5], [0, 3], 3)
    with pytest.raises(ValueError, match="sum to 1"):
        finite.encoded([0.5, 0.4], [0, 1], 2)


# --- the losses, written out


def test_d_and_g_descend_the_formulas_of_the_docstring():
    game, rng = bigan(), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    z = game.prior(6, torch.Generator().manual_seed(1))
    assert torch.equal(y[1], z) and torch.equal(y[0], game.G(z))
    S, M = game.D(x, game.E(x)), game.D(game.G(z), z)
    assert_close(game.d_loss(x, y, rng), (-S.sigmoid().log().mean() - (1 - M.sigmoid()).log().mean()))
    assert_close(game.g_loss(x, y), -M.sigmoid().log().mean() - (1 - S.sigmoid()).log().mean())


def test_the_minimax_loss_of_the_second_player_is_the_value_itself():
    game, rng = bigan(replace(recipes.MINIMAX)), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    assert_close(game.g_loss(x, y), -game.d_loss(x, y, rng))  # V = -d, and both pairs are in it


def test_the_rows_of_a_batch_are_dealt_out_to_the_makers():
    game, x = bigan(fakes=(generated, reconstructed)), rows(2)[:5]
    samples, latents = game.fake(x, torch.Generator().manual_seed(1))
    z = game.prior(5, torch.Generator().manual_seed(1))
    assert torch.equal(latents, torch.cat([z[:3], game.E(x[3:])]))
    assert_close(samples, torch.cat([game.G(z[:3]), game.G(game.E(x[3:]))]))


def test_the_third_pair_moves_g_and_e_and_d_is_not_moved_by_them():
    game, rng = bigan(fakes=(reconstructed,)), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    loss = -game.D(*y).mean()
    for network in (game.G, game.E):
        assert all(p.abs().sum() > 0 for p in torch.autograd.grad(loss, list(network.parameters()), retain_graph=True))
    before = [p.clone() for p in (*game.G.parameters(), *game.E.parameters())]
    descend(game.optimizers["D"], game.d_loss(x, y, rng))
    assert all(torch.equal(a, b) for a, b in zip(before, (*game.G.parameters(), *game.E.parameters()), strict=True))


def test_planted_defect_e_pushed_the_way_of_d():
    """Without the flip E helps D: the step that lowers the wrong sum raises what the second player is to lower."""

    class Unflipped(BiGAN):
        def g_loss(self, x, y):
            return self.now.loss.g(None, self.D(*y)) + self.now.loss.g(None, self.D(x, self.E(x)))

    right, wrong = bigan(), bigan()
    wrong.__class__ = Unflipped
    x, rng = rows(2)[:6], torch.Generator().manual_seed(1)
    slopes = [
        torch.cat(
            [
                g.flatten()
                for g in torch.autograd.grad(
                    game.g_loss(x, game.fake(x, rng.manual_seed(1))), list(game.E.parameters())
                )
            ]
        )
        for game in (right, wrong)
    ]
    assert torch.nn.functional.cosine_similarity(*slopes, 0) < -0.9


@pytest.mark.parametrize("loss", [losses.Minimax(), losses.Hinge(), losses.Wasserstein(), losses.RelativisticPairing()])
def test_losses_that_treat_both_pairs_alike_are_played(loss):
    check_even(loss)
    fit(train(bigan(Recipe(loss, batch=4)), points, rounds=2))


@pytest.mark.parametrize("loss", [losses.FeatureMatching(8), losses.PlusMatching(8, weight=0.5)])
def test_feature_matching_is_a_loss_of_the_recipe(loss):
    game = bigan(Recipe(loss, batch=4), outputs=9)
    x = rows(2)[:6]
    y = game.fake(x, torch.Generator().manual_seed(1))
    S, M = game.D(x, game.E(x)), game.D(*y)
    matching = (S[:, 1:].mean(0) - M[:, 1:].mean(0)).square()
    if isinstance(loss, losses.PlusMatching):
        wanted = softplus(-M[:, 0]).mean() + softplus(S[:, 0]).mean() + 2 * 0.5 * matching.mean()
    else:
        wanted = 2 * matching.sum()
    assert_close(game.g_loss(x, y), wanted)
    fit(train(game, points, rounds=2))


# --- what it learns


def test_e_and_g_undo_each_other_on_a_line():
    """Affine G and E, x ~ N(2, 9): after 750 rounds J_E J_G = 1, long before G has found the law of x."""
    torch.manual_seed(0)
    G, E = mlp([1, 1]), mlp([1, 1])
    D, x = Joint(nn.Identity(), nn.Identity(), mlp([2, 64, 64, 1])), torch.linspace(-4, 8, 7)[:, None]
    recipe = Recipe(losses.NonSaturating(), batch=128, lr_d=5e-3, lr_g=2e-3, betas=(0.0, 0.99))
    game = BiGAN(G, E, D, recipe, device=CPU)
    assert (game.reconstruct(x) - x).abs().max() > 3
    fit(train(game, data.gaussian(2.0, 3.0, device="cpu"), rounds=750, progress=False))
    assert abs(G[0].weight.item() * E[0].weight.item() - 1) < 0.05
    assert (game.reconstruct(x) - x).abs().max() < 0.4
    assert_close(game.encode(x), E(x).detach())


def test_the_averaged_copies_are_what_codes_and_samples_are_made_by():
    game = bigan(replace(recipes.NON_SATURATING, batch=4, ema_halflife=40.0))
    fit(train(game, points, rounds=3))
    x = rows(2)[:4]
    assert not torch.equal(game.encode(x), game.E(x).detach())
    assert_close(game.reconstruct(x), game.average.module(game.average_e.module(x)).detach())
    assert bigan().encoder is not None and bigan().average_e is None


# --- refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"E": mlp([2, 8, 4])}, r"E must make codes of z's shape \(3,\), got \(4,\)"),
        ({"E": mlp([5, 8, 3])}, r"E must take inputs of shape \(n, 2\)"),
        ({"recipe": Recipe(losses.LeastSquares(), batch=4)}, r"loss must treat both pairs alike.*got LeastSquares"),
        ({"recipe": Recipe(losses.NonSaturating(0.9), batch=4)}, "loss must treat both pairs alike"),
        ({"D": mlp([2, 8, 1])}, "D must take inputs of shape"),
        ({"G": mlp([3, 8, 5])}, r"G must make samples of the data's shape \(2,\), got \(5,\)"),
        (
            {"recipe": Recipe(losses.NonSaturating(), batch=1), "fakes": (generated, reconstructed)},
            "batch must be at least one row for each of the 2 fakes, got 1",
        ),
    ],
)
def test_what_does_not_fit_is_refused_before_round_1(changes, message, as_readers):
    recipe = changes.pop("recipe", replace(recipes.NON_SATURATING, batch=4))
    with pytest.raises(ValueError, match=message):
        train(bigan(recipe, **changes), points, rounds=1)


def test_labels_beside_the_samples_are_refused(as_readers):
    with pytest.raises(ValueError, match="real must return samples alone, got a batch of 2 parts"):
        train(bigan(), points.labelled, rounds=1)


@pytest.mark.parametrize("fakes", [(), [generated], generated, ("generated",)])
def test_makers_that_are_none(fakes, as_readers):
    with pytest.raises(ValueError, match="fakes must be a tuple of functions"):
        bigan(fakes=fakes)


# --- the networks


@pytest.mark.parametrize("norm", ["batch", "layer", None])
def test_the_three_fit_each_other(norm):
    G, E, D = models.bigan(16, 1, z=5, width=4, hidden=6, norm=norm)
    x = G(torch.randn(4, 5))
    assert (x.shape, E(x).shape, D(x, E(x)).shape) == ((4, 1, 16, 16), (4, 5), (4, 1))
    assert any(isinstance(m, nn.BatchNorm2d) for net in (G, E, D) for m in net.modules()) == (norm == "batch")


def test_d_of_pairs_hears_z_as_well_as_x():
    torch.manual_seed(0)
    _, _, D = models.bigan(16, 3, z=5, norm=None)
    x, z = torch.rand(64, 3, 16, 16) * 2 - 1, torch.randn(64, 5)
    spreads = [D(x, z[:1].expand(64, 5)).std(), D(x[:1].expand_as(x), z).std()]
    assert 0.1 < spreads[1] / spreads[0] < 10


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Joint(nn.Identity(), 3, nn.Identity()), "of_z must be a network"),
        (lambda: models.encoder(30), "size must be one of"),
        (lambda: models.bigan(16, hidden=0), "hidden must be a whole number"),
        (lambda: models.bigan(16, norm="spectral"), "norm must be one of"),
        (lambda: losses.PlusMatching(2, weight=-1.0), "weight must be a finite number >= 0"),
        (lambda: losses.PlusMatching(0), "features must be a whole number"),
    ],
)
def test_networks_and_losses_that_are_none(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()

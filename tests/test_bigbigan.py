"""BigBiGAN: its losses written out, who hears which score, the drawn code, the ring side by side, and refusals."""

from dataclasses import replace

import pytest
import torch
from games import points, rows
from torch import nn
from torch.nn.functional import relu, softplus
from torch.testing import assert_close

from ganbook import losses, models, recipes
from ganbook.games import BiGAN, BigBiGAN, descend
from ganbook.models import SCORES, Joint, Scores, Stochastic, mlp, pooled_features
from ganbook.models.bigbigan import Sum
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.studies.bigbigan_ring import RING, ring_game, ring_scores, world
from ganbook.studies.codes import ks
from ganbook.train import fit, train

CPU = torch.device("cpu")
HINGE = Recipe(losses.Hinge(), batch=4)


def of_scores(width=8):
    parts = mlp([2, width]), mlp([3, width]), mlp([2 * width, width]).append(nn.LeakyReLU(0.2))
    return Scores(*parts, *(mlp([width, 1]) for _ in SCORES))


def bigbigan(recipe=HINGE, **changes):
    torch.manual_seed(0)
    given = {"G": mlp([3, 8, 2]), "E": Stochastic(mlp([2, 8, 6])), "D": of_scores()}
    return BigBiGAN(**{**given, **changes}, recipe=recipe, device=CPU)


def slopes(loss, network):
    found = torch.autograd.grad(loss, list(network.parameters()), allow_unused=True, retain_graph=True)
    return sum(0.0 if g is None else float(g.abs().sum()) for g in found)


# --- the losses, written out


def test_each_player_descends_the_formulas_of_the_docstring():
    """Hinges by hand, of D's own three layers, with the draws of eps replayed."""
    game, rng = bigbigan(), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    z = game.prior(6, torch.Generator().manual_seed(1))
    D, E = game.D, game.E

    def three(x, z):
        f, h = D.F(x), D.H(z)
        return [D.of_x(f), D.of_z(h), D.of_xz(D.J(torch.cat([f, h], 1)))]

    def code():
        torch.manual_seed(5)
        mu, s = E.body(x).chunk(2, 1)
        return mu + softplus(s) * torch.randn_like(mu)

    real, fake = three(x, code()), three(game.G(z), z)
    torch.manual_seed(5)
    hinges = [(relu(1 - a).mean() + relu(1 + b).mean()) for a, b in zip(real, fake, strict=True)]
    assert_close(game.d_loss(x, y, rng), sum(hinges))
    assert_close(game.g_loss(x, y), -sum(b.mean() for b in fake))
    torch.manual_seed(5)
    assert_close(game.e_loss(x), sum(a.mean() for a in real))


def test_the_authors_mean_over_all_scores_is_a_third_of_the_sum():
    """Their relu(1 - s) of all 3 n scores in one row, averaged."""
    game, rng = bigbigan(E=mlp([2, 8, 3])), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    real, fake = game.D(x, game.E(x)).flatten(), game.D(*y).flatten()
    assert_close(3 * (relu(1 - real).mean() + relu(1 + fake).mean()), game.d_loss(x, y, rng))


def test_planted_defect_one_hinge_of_the_sum_is_another_game():
    game, rng = bigbigan(E=mlp([2, 8, 3])), torch.Generator().manual_seed(1)
    x = rows(2)[:6]
    y = game.fake(x, rng)
    real, fake = (game.total(game.D(*pair)) for pair in ((x, game.E(x)), y))
    assert abs(relu(1 - real).mean() + relu(1 + fake).mean() - game.d_loss(x, y, rng)) > 0.1


@pytest.mark.parametrize(
    ("scores", "g", "e"), [(("x",), True, False), (("z",), False, True), (("xz",), True, True), (SCORES, True, True)]
)
def test_who_hears_which_score(scores, g, e):
    """s_x says nothing to E, s_z nothing to G; the round is played all the same."""
    game, x = bigbigan(scores=scores), rows(2)[:6]
    y = game.fake(x, torch.Generator().manual_seed(1))
    assert (slopes(game.g_loss(x, y), game.G) > 0, slopes(game.e_loss(x), game.E) > 0) == (g, e)
    before = {name: [p.clone() for p in getattr(game, name).parameters()] for name in "GE"}
    fit(train(game, points, rounds=2))
    for name, heard in (("G", g), ("E", e)):
        moved = [not torch.equal(a, b) for a, b in zip(before[name], getattr(game, name).parameters(), strict=True)]
        assert any(moved) == heard


def test_a_loss_of_g_moves_no_e_and_the_other_way_round():
    game, x = bigbigan(), rows(2)[:6]
    y = game.fake(x, torch.Generator().manual_seed(1))
    assert slopes(game.g_loss(x, y), game.E) == slopes(game.e_loss(x), game.G) == 0
    before = [p.clone() for p in game.G.parameters()]
    descend(game.optimizers["E"], game.e_loss(x))
    assert all(torch.equal(a, b) for a, b in zip(before, game.G.parameters(), strict=True))


def test_the_joint_score_alone_is_bigan_to_the_last_bit():
    """The same D, as a Joint and as a Scores that counts s_xz: weights after three rounds of hinge and R1 are equal."""
    torch.manual_seed(0)
    G, E, D = mlp([3, 8, 2]), mlp([2, 8, 3]), of_scores()
    recipe = replace(HINGE, penalties=(R1(0.1),))

    def fresh(net):
        copy = mlp([net[0].in_features, *(layer.out_features for layer in net if isinstance(layer, nn.Linear))])
        copy.load_state_dict(net.state_dict())
        return copy

    joint = Joint(fresh(D.F), fresh(D.H), nn.Sequential(fresh(D.J[:1]), D.J[1], fresh(D.of_xz)))
    plain = BiGAN(fresh(G), fresh(E), joint, recipe, device=CPU)
    ours = BigBiGAN(G, E, D, recipe, device=CPU, scores=("xz",))
    for game in (plain, ours):
        fit(train(game, points, rounds=3, seed=4))
    for name in "GE":
        mine, theirs = (list(getattr(game, name).parameters()) for game in (ours, plain))
        assert all(torch.equal(a, b) for a, b in zip(mine, theirs, strict=True))


def test_the_encoder_has_a_rate_of_its_own():
    game = bigbigan(lr_e=0.5)
    assert {name: move.param_groups[0]["lr"] for name, move in game.optimizers.items()} == {
        "D": HINGE.lr_d,
        "G": HINGE.lr_g,
        "E": 0.5,
    }
    assert bigbigan().optimizers["E"].param_groups[0]["lr"] == HINGE.lr_g


# --- the drawn code


def test_the_code_is_drawn_in_training_and_is_mu_when_it_is_looked_at():
    torch.manual_seed(0)
    E, x = Stochastic(mlp([2, 8, 6])), rows(2)[:1].expand(20_000, 2)
    mu, sigma = E.law(x)
    drawn = E(x)
    assert_close(drawn.mean(0), mu[0], atol=0.03, rtol=0)
    assert_close(drawn.std(0), sigma[0], atol=0.03, rtol=0)
    assert torch.equal(E.eval()(x), mu)
    assert_close(E.draw(x, torch.Generator().manual_seed(1)).std(0), sigma[0], atol=0.03, rtol=0)


def test_planted_defect_a_deviation_that_is_read_as_a_logarithm():
    E, x = Stochastic(nn.Identity()), torch.tensor([[0.0, 2.0]])
    sigma = E.law(x)[1].item()
    assert sigma == pytest.approx(2.126928, abs=1e-6)  # log(1 + e^2)
    assert abs(torch.tensor(2.0).exp().item() - sigma) > 5 and abs(torch.tensor(1.0).exp().item() - sigma) > 0.5


def test_pooled_features_are_what_the_last_layer_reads():
    torch.manual_seed(0)
    E, x = models.encoder(16, 1, z=5, width=4), rows(1, 16, 16)[:6]
    seen = []
    handle = E[-2].register_forward_pre_hook(lambda layer, given: seen.append(given[0]))
    E.eval()(x)
    handle.remove()
    assert_close(pooled_features(E, x), seen[0].mean((2, 3)))
    assert_close(pooled_features(Stochastic(E), x), pooled_features(E, x))
    assert pooled_features(E, x).shape == (6, 8) and not E.training


def test_the_networks_of_images_fit_each_other():
    for stochastic in (True, False):
        G, E, D = models.bigbigan(16, 1, z=5, width=4, hidden=6, norm=None, stochastic=stochastic)
        x = G(torch.randn(4, 5))
        assert (x.shape, E(x).shape, D(x, E(x)).shape) == ((4, 1, 16, 16), (4, 5), (4, 3))
        assert isinstance(E, Stochastic) == stochastic
    _, _, joint = models.bigan(16, 1, z=5, width=4, hidden=6)
    ours = models.bigbigan(16, 1, z=5, width=4, hidden=6)[2]
    extra = sum(p.numel() for head in (ours.of_x, ours.of_z) for p in head.parameters())
    assert sum(p.numel() for p in ours.parameters()) - extra == sum(p.numel() for p in joint.parameters())


# --- seeds side by side


def test_runs_side_by_side_take_the_steps_of_their_own_losses():
    """The slope of two runs' loss is, run by run, that of a game of one run on its rows."""
    both, x = ring_game((0, 1)), world()(8, torch.Generator().manual_seed(2))
    z = both.prior(8, torch.Generator().manual_seed(3))
    both.eval()  # mu for the code, so that no draw differs
    y = both.G(z), z
    for k in range(2):
        one = ring_game((k,)).eval()
        own = slice(4 * k, 4 * k + 4)
        mine = one.G(z[own]), z[own]
        for net in ("G", "E", "D"):
            loss, alone = (
                game.d_loss(a, b, torch.Generator().manual_seed(4))
                if net == "D"
                else game.g_loss(a, b) + game.e_loss(a)
                for game, a, b in ((both, x, y), (one, x[own], mine))
            )
            for p, q in zip(getattr(both, net).parameters(), getattr(one, net).parameters(), strict=True):
                a, b = (
                    torch.autograd.grad(total, w, retain_graph=True, allow_unused=True)[0]
                    for total, w in ((loss, p), (alone, q))
                )
                if b is not None:
                    assert_close(a[k], b[0], atol=1e-6, rtol=1e-4)


def test_the_ring_is_learnt_and_scored():
    game = ring_game((0, 1), recipe=replace(RING, lr_d=2e-3, lr_g=2e-3))
    chance = ring_scores(game, 2, n=500)
    fit(train(game, world(), rounds=120, progress=False))
    found = ring_scores(game, 2, n=500)
    assert len(found) == 2 and all(
        one["ratio"] < 0.8 * other["ratio"] for one, other in zip(found, chance, strict=True)
    )
    assert all(one["modes"] >= 6 for one in found)
    assert ring_scores(ring_game((0,), stochastic=False), 1, n=100)[0]["sigma"] == 0.0


def test_ks_against_scipy():
    stats = pytest.importorskip("scipy.stats")
    z = torch.randn(300, 3, generator=torch.Generator().manual_seed(0)) * 1.2 + 0.1
    wanted = sum(stats.kstest(z[:, k].double().numpy(), "norm").statistic for k in range(3)) / 3
    assert ks(z) == pytest.approx(wanted, abs=1e-9)


# --- refusals


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"E": Stochastic(mlp([2, 8, 8]))}, r"E must make codes of z's shape \(3,\), got \(4,\)"),
        ({"E": Stochastic(mlp([2, 8, 5]))}, r"body must make mu and s, \(n, 2 d\), got \(4, 5\)"),
        ({"D": Joint(nn.Identity(), nn.Identity(), mlp([5, 8, 1]))}, r"D must make 3 scores a row.*got \(4, 1\)"),
        ({"G": mlp([3, 8, 5])}, r"D must take|G must make samples of the data's shape \(2,\), got \(5,\)"),
        ({"recipe": Recipe(losses.LeastSquares(), batch=4)}, r"loss must treat both pairs alike.*got LeastSquares"),
        (
            {"recipe": Recipe(losses.RelativisticPairing(), batch=4)},
            "loss must be of one output, with a g that looks at",
        ),
        ({"recipe": Recipe(losses.Realness(5, 2), batch=4)}, "loss must be of one output"),
    ],
)
def test_what_does_not_fit_is_refused_before_round_1(changes, message, as_readers):
    recipe = changes.pop("recipe", HINGE)
    with pytest.raises(ValueError, match=message):
        train(bigbigan(recipe, **changes), points, rounds=1)


def test_labels_beside_the_samples_are_refused(as_readers):
    with pytest.raises(ValueError, match="real must return samples alone, got a batch of 2 parts"):
        train(bigbigan(), points.labelled, rounds=1)


@pytest.mark.parametrize("scores", [(), ["x"], "x", ("x", "y"), ("z", "z"), None])
def test_scores_that_are_none(scores, as_readers):
    with pytest.raises(ValueError, match="scores must be a tuple of one or more of x, z, xz, got"):
        bigbigan(scores=scores)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Scores(*[nn.Identity()] * 5, 3), "of_xz must be a network"),
        (lambda: Scores(Sum(), None, *[Sum()] * 4), "H must be a network"),
        (lambda: Stochastic(3), "body must be a network"),
        (lambda: pooled_features(mlp([2, 3]), torch.zeros(2, 2)), "E must be an encoder that ends in a convolution"),
        (lambda: models.bigbigan(30), "size must be one of"),
        (lambda: models.bigbigan(16, z=0), "z must be a whole number"),
        (lambda: models.bigbigan(16, hidden=0), "hidden must be a whole number"),
        (lambda: models.bigbigan(16, stochastic="no"), "stochastic must be True or False"),
        (lambda: ring_game(()), "seeds must be one or more, got none"),
        (lambda: bigbigan(lr_e=0.0), "lr_e must be a finite number > 0"),
        (lambda: bigbigan(recipes.HINGE, lr_e=-1.0), "lr_e must be a finite number > 0"),
        (lambda: ks(torch.zeros(3)), "z must be codes"),
    ],
)
def test_networks_and_arguments_that_are_none(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()

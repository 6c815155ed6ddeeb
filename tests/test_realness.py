"""RealnessGAN: what its losses are, identity by identity, in value and in gradient, to the precision of float64."""

import copy
import dataclasses
import math

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from ganbook import recipes
from ganbook.divergences import discrete
from ganbook.games import GAN
from ganbook.losses import AdversarialLoss, Minimax, NonSaturating, Realness, Redrawn
from ganbook.losses.realness import kl
from ganbook.models import Resample, mlp, pooled
from ganbook.train import fit, train

CPU = torch.device("cpu")
TIGHT = {"rtol": 0.0, "atol": 1e-13}


def logits(outcomes, n=40, seed=0):
    rng = torch.Generator().manual_seed(seed)
    return [(3 * torch.randn(n, outcomes, generator=rng, dtype=torch.float64)).requires_grad_() for _ in range(2)]


def gradient(value, at):
    return torch.autograd.grad(value, at, retain_graph=True)[0]


def s_of(out):
    """The one logit of a two-outcome softmax."""
    return (out[:, 1] - out[:, 0]).unsqueeze(1)


def random_pair(outcomes, seed=1):
    rng = np.random.default_rng(seed)
    return tuple(tuple(rng.dirichlet(np.ones(outcomes)).tolist()) for _ in range(2))


def both(name, outcomes):
    return Realness(outcomes, 2, random_pair(outcomes) if name == "random" else name)


# --- the docstring, literally


@pytest.mark.parametrize("objective", [1, 2, 3])
@pytest.mark.parametrize("outcomes", [2, 3, 20])
@pytest.mark.parametrize("name", ["random", "far", "authors", "one-hot"])
def test_formula_of_the_docstring(name, outcomes, objective):
    loss = dataclasses.replace(both(name, outcomes), objective=objective)
    real, fake = logits(outcomes)
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in loss.pair)
    P, Q = (torch.exp(out) / torch.exp(out).sum(1, keepdim=True) for out in (real, fake))

    def divergence(a, b):
        return (
            torch.where(a > 0, a * (torch.log(a.clamp(min=1e-300)) - torch.log(b)), torch.zeros_like(b)).sum(1).mean()
        )

    rows = {1: 0.0, 2: divergence(P, Q), 3: divergence(a1.expand_as(Q), Q)}
    torch.testing.assert_close(loss.d(real, fake), divergence(a1, P) + divergence(a0, Q), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(loss.g(real, fake), rows[objective] - divergence(a0, Q), rtol=1e-12, atol=1e-12)


def test_kl_of_the_library_agrees_with_the_discrete_one():
    target = torch.tensor(random_pair(7)[0], dtype=torch.float64)
    out = logits(7)[0].detach()
    expected = discrete.kl(target.expand_as(out), out.softmax(1)).mean()
    torch.testing.assert_close(kl(target, out), expected, **TIGHT)


# --- two outcomes, one-hot: which classical loss is which


def hot(objective):
    return Realness(2, objective, "one-hot")


def test_d_is_the_standard_gan():
    real, fake = logits(2)
    s_real, s_fake = s_of(real), s_of(fake)
    ones, zeros = torch.ones_like(s_real), torch.zeros_like(s_fake)
    value = hot(1).d(real, fake)
    torch.testing.assert_close(value, bce(s_real, ones) + bce(s_fake, zeros), **TIGHT)
    torch.testing.assert_close(value, Minimax().d(s_real, s_fake), **TIGHT)
    for at in (real, fake):
        torch.testing.assert_close(gradient(value, at), gradient(Minimax().d(s_real, s_fake), at), **TIGHT)


def test_objective_1_is_the_saturating_loss():
    real, fake = logits(2)
    value = hot(1).g(None, fake)
    torch.testing.assert_close(value, Minimax().g(None, s_of(fake)), **TIGHT)
    torch.testing.assert_close(gradient(value, fake), gradient(Minimax().g(None, s_of(fake)), fake), **TIGHT)


def test_objective_3_is_minus_s():
    fake = logits(2)[1]
    value = hot(3).g(None, fake)
    torch.testing.assert_close(value, -s_of(fake).mean(), **TIGHT)
    torch.testing.assert_close(gradient(value, fake), gradient(-s_of(fake).mean(), fake), **TIGHT)
    together = NonSaturating().g(None, s_of(fake)) + Minimax().g(None, s_of(fake))
    torch.testing.assert_close(value, together, **TIGHT)


def test_objective_2_is_minus_s_weighted_by_the_paired_real():
    real, fake = logits(2)
    D = torch.sigmoid(s_of(real)).detach()
    entropy = -(D * D.log() + (1 - D) * (1 - D).log()).mean()
    value = hot(2).g(real.detach(), fake)
    torch.testing.assert_close(value, -(D * s_of(fake)).mean() - entropy, **TIGHT)
    torch.testing.assert_close(gradient(value, fake), gradient(-(D * s_of(fake)).mean(), fake), **TIGHT)


@pytest.mark.parametrize("objective", [1, 2, 3])
def test_none_is_the_non_saturating_loss(objective):
    real, fake = logits(2)
    mine = gradient(hot(objective).g(real, fake), fake)
    classic = gradient(NonSaturating().g(None, s_of(fake)), fake)
    assert (mine - classic).abs().max() > 0.1 / len(fake)


# --- any number of outcomes: gradients in the logits


@pytest.mark.parametrize("outcomes", [2, 3, 5, 20, 51])
@pytest.mark.parametrize("name", ["random", "far", "authors", "halves"])
def test_gradients_in_the_logits(name, outcomes):
    loss = both(name, outcomes)
    real, fake = logits(outcomes)
    n = len(fake)
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in loss.pair)
    P, Q = real.softmax(1).detach(), fake.softmax(1).detach()
    expected = {1: (a0 - Q) / n, 2: (a0 - P) / n, 3: ((a0 - a1) / n).expand_as(Q)}
    for objective, direction in expected.items():
        value = dataclasses.replace(loss, objective=objective).g(real.detach(), fake)
        torch.testing.assert_close(gradient(value, fake), direction, **TIGHT)
    value = loss.d(real, fake)
    torch.testing.assert_close(gradient(value, real), (P - a1) / n, **TIGHT)
    torch.testing.assert_close(gradient(value, fake), (Q - a0) / n, **TIGHT)


@pytest.mark.parametrize("outcomes", [2, 5, 20])
def test_objectives_2_and_3_are_linear_in_the_logits_of_fakes(outcomes):
    pair = random_pair(outcomes)
    real, fake = logits(outcomes)
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in pair)
    h0, h1 = (discrete.entropy(anchor) for anchor in pair)
    P = real.softmax(1)
    third = -(fake @ (a1 - a0)).mean() - h1 + h0
    second = -((P - a0) * fake).sum(1).mean() - discrete.entropy(P.detach()).mean() + h0
    torch.testing.assert_close(Realness(outcomes, 3, pair).g(None, fake), third, rtol=0, atol=1e-12)
    torch.testing.assert_close(Realness(outcomes, 2, pair).g(real, fake), second, rtol=0, atol=1e-12)


@pytest.mark.parametrize("objective", [1, 2, 3])
def test_invariances(objective):
    """A constant on all logits of a sample; a permutation of outcomes in anchors and logits together."""
    pair, order = random_pair(6), [3, 0, 5, 1, 4, 2]
    loss = Realness(6, objective, pair)
    mixed = Realness(6, objective, tuple(tuple(anchor[k] for k in order) for anchor in pair))
    real, fake = logits(6)
    shift = torch.linspace(-50, 50, len(fake), dtype=torch.float64).unsqueeze(1)
    for method in ("d", "g"):
        value = getattr(loss, method)(real, fake)
        torch.testing.assert_close(getattr(loss, method)(real + shift, fake - shift), value, rtol=1e-11, atol=1e-11)
        torch.testing.assert_close(getattr(mixed, method)(real[:, order], fake[:, order]), value, **TIGHT)
    torch.testing.assert_close(loss.score(fake + shift), loss.score(fake), **TIGHT)


def test_the_sum_of_logits_is_no_score():
    """Trap 4: a penalty on the sum of logits sees a shift that no softmax loss sees."""
    out = logits(5)[0]
    assert not torch.allclose((out + 1).sum(1), out.sum(1))
    assert Realness(5).score(out).abs().max() <= 1


def test_score_is_the_expected_outcome():
    out = torch.tensor([[0.0, 0.0, 0.0], [-80.0, -80.0, 0.0], [math.log(3.0), -80.0, 0.0]], dtype=torch.float64)
    expected = torch.tensor([0.0, 1.0, -0.5], dtype=torch.float64)  # three quarters on -1, one on +1
    torch.testing.assert_close(Realness(3).score(out), expected)


# --- the optimum


def worlds(k=12, seed=3):
    rng = np.random.default_rng(seed)
    return [torch.tensor(rng.dirichlet(np.full(k, 0.7))) for _ in range(2)]


@pytest.mark.parametrize("name", ["random", "far", "one-hot"])
@pytest.mark.parametrize("outcomes", [2, 5, 20])
def test_best_d_for_each_outcome(name, outcomes):
    """A table of logits on twelve points, trained by LBFGS on the exact loss: D* = (p A1 + q A0) / (p + q)."""
    p, q = worlds()
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in both(name, outcomes).pair)
    table = torch.zeros(12, outcomes, dtype=torch.float64, requires_grad=True)
    lbfgs = torch.optim.LBFGS([table], max_iter=3000, tolerance_grad=1e-12, tolerance_change=0, history_size=50,
                              line_search_fn="strong_wolfe")  # fmt: skip

    def value():
        lp = table.log_softmax(1)
        return -(p @ (lp @ a1)) - q @ (lp @ a0)

    def closure():
        lbfgs.zero_grad()
        loss = value()
        loss.backward()
        return loss

    lbfgs.step(closure)
    w = (p / (p + q)).unsqueeze(1)
    assert (table.detach().softmax(1) - (w * a1 + (1 - w) * a0)).abs().max() < 1e-5


def value_at_the_optimum(p, q, a0, a1):
    w = (p / (p + q)).unsqueeze(1)
    best = w * a1 + (1 - w) * a0
    return float(p @ discrete.kl(a1.expand_as(best), best) + q @ discrete.kl(a0.expand_as(best), best))


@pytest.mark.parametrize("name", ["random", "far", "one-hot", "authors", "halves"])
@pytest.mark.parametrize("outcomes", [2, 5, 20])
def test_value_is_at_most_twice_js_of_the_anchors(name, outcomes):
    loss = both(name, outcomes)
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in loss.pair)
    p, q = worlds()
    assert value_at_the_optimum(p, q, a0, a1) < 2 * loss.js - 1e-3
    assert math.isclose(value_at_the_optimum(p, p, a0, a1), 2 * loss.js, abs_tol=1e-12)
    if name in ("one-hot", "halves"):  # disjoint anchors: the standard GAN's value, however many outcomes
        assert math.isclose(2 * loss.js, math.log(4), abs_tol=1e-12)
        standard = math.log(4) - 2 * float(discrete.js(p, q))
        assert math.isclose(value_at_the_optimum(p, q, a0, a1), standard, abs_tol=1e-12)


# --- anchors enter linearly


def test_linear_in_the_anchors():
    a, b, c = (torch.tensor(random_pair(5, seed)[0], dtype=torch.float64) for seed in (1, 2, 3))
    out = logits(5)[0]

    def cross(target):
        return kl(target, out) + discrete.entropy(target)

    torch.testing.assert_close(cross(0.3 * a + 0.7 * b), 0.3 * cross(a) + 0.7 * cross(b), **TIGHT)
    assert (cross(c) - cross(a)).abs() > 1e-3


def test_redrawn_anchors_are_the_mean_anchors_plus_noise():
    fixed, noisy = Realness(6, 2, random_pair(6)), Redrawn(6, 2, random_pair(6), draws=50)
    real, fake = logits(6)
    torch.manual_seed(0)
    drawn = torch.stack([gradient(noisy.d(real, fake), real) for _ in range(2_000)])
    exact = gradient(fixed.d(real, fake), real)
    spread = drawn.std(0) / math.sqrt(len(drawn))
    assert (drawn.std(0) > 0).any()
    assert ((drawn.mean(0) - exact).abs() < 5 * spread + 1e-12).all()
    many = dataclasses.replace(noisy, draws=400_000)
    assert (gradient(many.d(real, fake), real) - exact).abs().max() < 0.005 / len(real)


def test_the_authors_cross_entropy_has_the_same_gradient():
    """Their -sum A' log(P + 1e-16) differs from KL by the entropies of the anchors."""
    loss = Realness(20, 2, "authors")
    real, fake = logits(20)
    a0, a1 = (torch.tensor(anchor, dtype=torch.float64) for anchor in loss.pair)
    theirs = -(torch.log(real.softmax(1) + 1e-16) @ a1).mean() - (torch.log(fake.softmax(1) + 1e-16) @ a0).mean()
    entropies = discrete.entropy(a0) + discrete.entropy(a1)
    torch.testing.assert_close(theirs, loss.d(real, fake) + entropies, rtol=0, atol=1e-10)
    torch.testing.assert_close(gradient(theirs, fake), gradient(loss.d(real, fake), fake), rtol=0, atol=1e-10)


def test_far_logits_stay_finite_and_keep_their_gradient():
    """log(softmax + eps) is flat where D is sure; log_softmax is not."""
    fake = torch.tensor([[200.0, -200.0]], dtype=torch.float32, requires_grad=True)
    loss = Realness(2, 3, "one-hot")
    value = loss.g(None, fake)
    assert math.isclose(float(value.detach()), 400.0)
    torch.testing.assert_close(gradient(value, fake), torch.tensor([[1.0, -1.0]]))
    planted = -torch.log(fake.softmax(1) + 1e-16)[:, 1].mean() + torch.log(fake.softmax(1) + 1e-16)[:, 0].mean()
    assert gradient(planted, fake).abs().max() < 0.5


# --- as a part of the library


def test_a_loss_by_contract_hashable_with_a_stable_text():
    loss = Realness(3, 1, ((0.5, 0.5, 0.0), (0.0, 0.5, 0.5)))
    assert isinstance(loss, AdversarialLoss) and loss.outputs == 3 and not loss.g_sees_real
    assert repr(loss) == "Realness(outcomes=3, objective=1, anchors=((0.5, 0.5, 0.0), (0.0, 0.5, 0.5)))"
    assert hash(loss) == hash(copy.deepcopy(loss)) and loss == copy.deepcopy(loss)
    assert Realness(2, 2).g_sees_real and not Realness(2, 3).g_sees_real
    assert math.isinf(Realness(5, 2, "one-hot").kl)
    assert math.isclose(Realness(5, 2, "one-hot").js, math.log(2))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Realness(1), "outcomes must be a whole number >= 2, got 1"),
        (lambda: Realness(5, 4), "objective must be one of 1, 2, 3, got 4"),
        (lambda: Realness(5, True), "objective"),
        (lambda: Realness(5, 2, "skewed"), "anchors must be"),
        (lambda: Realness(5, 2, ((0.5, 0.5), (0.1, 0.9))), "anchors"),
        (lambda: Redrawn(5, 2, "far", draws=0), "draws must be a whole number >= 1, got 0"),
        (lambda: Resample(0, 5), "features"),
        (lambda: Resample(4, 1), "outcomes"),
        (lambda: Realness(5).d(torch.zeros(3, 4), torch.zeros(3, 4)), r"real must be .*\(n, 5\)"),
        (lambda: Realness(5).g(None, torch.zeros(3, 1)), r"fake must be .*\(n, 5\)"),
        (lambda: Realness(5).g(None, torch.zeros(3, 5)), "real must be paired with fake in objective 2"),
        (lambda: Realness(5).score(torch.zeros(3, 4)), r"out must be .*\(n, 5\)"),
    ],
)
def test_mistakes_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_resample_has_the_stated_mean_and_deviation():
    torch.manual_seed(0)
    head = Resample(4, 3)
    x = torch.randn(2, 4)
    drawn = torch.stack([head(x) for _ in range(20_000)]).detach()
    sigma = torch.exp(head.log_variance(x) / 2).detach()  # exp(v), without the half, would be the planted defect
    torch.testing.assert_close(drawn.mean(0), head.mean(x).detach(), rtol=0, atol=0.05)
    torch.testing.assert_close(drawn.std(0), sigma, rtol=0.02, atol=0)
    assert torch.equal(head.eval()(x), head.mean(x))
    assert not torch.equal(*(head.train()(x) for _ in range(2)))


def real_points(n, rng):
    return torch.randn(n, 2, generator=rng) + 1


def game(loss, resample=False):
    torch.manual_seed(0)
    D = mlp([2, 8, loss.outputs])
    if resample:
        D[-1] = Resample(8, loss.outputs)
    recipe = dataclasses.replace(recipes.REALNESS, loss=loss, batch=16)
    return GAN(mlp([3, 8, 2]), D, recipe, device=CPU)


LOSSES = [Realness(5, 1), Realness(5, 2, "authors"), Realness(2, 3, "one-hot"), Redrawn(5, 2, draws=100)]


@pytest.mark.parametrize("resample", [False, True])
@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_bit_equal_resume(loss, resample, tmp_path):
    straight = fit(train(game(loss, resample), real_points, rounds=6, seed=1, progress=False))
    path = tmp_path / "half.safetensors"
    fit(train(game(loss, resample), real_points, rounds=3, seed=1, checkpoint=path, progress=False))
    resumed = fit(train(game(loss, resample), real_points, rounds=6, seed=1, checkpoint=path, progress=False))
    assert resumed.history == straight.history
    for a, b in zip(resumed.game.parameters(), straight.game.parameters(), strict=True):
        assert torch.equal(a, b)


def test_a_checkpoint_of_other_anchors_is_refused(tmp_path):
    path = tmp_path / "far.safetensors"
    fit(train(game(Realness(5, 2, "far")), real_points, rounds=2, checkpoint=path, progress=False))
    with pytest.raises(ValueError, match="anchors='near'"):
        train(game(Realness(5, 2, "near")), real_points, rounds=4, checkpoint=path, progress=False)


def test_recipes_as_published():
    """The authors' scripts: CelebA 51 outcomes, 2e-4, (0.5, 0.999), batch 32; toy 5 outcomes, 1e-4, (0.8, 0.999)."""
    r = recipes.REALNESS
    assert (r.loss.outcomes, r.loss.objective, r.lr_d, r.lr_g, r.betas, r.batch) == (
        51,
        2,
        2e-4,
        2e-4,
        (0.5, 0.999),
        32,
    )
    toy = recipes.REALNESS_TOY
    assert (toy.loss.outcomes, toy.lr_d, toy.lr_g, toy.betas, toy.batch) == (5, 1e-4, 1e-4, (0.8, 0.999), 100)


def test_d_head_is_told_from_the_outcomes():
    with pytest.raises(ValueError, match=r"shape \(n, 5\)"):
        GAN(mlp([3, 2]), mlp([2, 4]), dataclasses.replace(recipes.REALNESS_TOY, batch=4), device=CPU).round(
            real_points, torch.Generator()
        )


def test_a_network_learns_the_anchors_where_the_sides_are_apart():
    """Two clouds far apart: D's distribution on each goes to its anchor."""
    loss = Realness(7, 2, "far")
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(1, 32), nn.ReLU(), nn.Linear(32, 7))
    adam = torch.optim.Adam(D.parameters(), lr=1e-2)
    rng = torch.Generator().manual_seed(0)
    for _ in range(400):
        value = loss.d(D(torch.randn(64, 1, generator=rng) + 6), D(torch.randn(64, 1, generator=rng) - 6))
        adam.zero_grad()
        value.backward()
        adam.step()
    answers = D(torch.tensor([[-6.0], [6.0]])).softmax(1).detach()
    torch.testing.assert_close(answers, torch.tensor(loss.pair), rtol=0, atol=0.02)


@pytest.mark.parametrize("size", [8, 16, 32])
@pytest.mark.parametrize("norm_g", ["batch", None])
def test_pooled_pair_fits_its_images(size, norm_g):
    G, D = pooled(size, 3, outputs=7, z=5, width=4, norm_g=norm_g)
    y = G(torch.randn(2, 5))
    assert y.shape == (2, 3, size, size) and y.abs().max() < 1 and D(y).shape == (2, 7)
    assert any(isinstance(layer, nn.BatchNorm2d) for layer in G) == (norm_g == "batch")
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in D)


@pytest.mark.parametrize(
    ("argument", "value"),
    [("size", 28), ("channels", 2), ("outputs", 0), ("z", 0), ("width", 0), ("norm_g", "spectral")],
)
def test_pooled_refuses(argument, value):
    with pytest.raises(ValueError, match=f"{argument} must be"):
        pooled(**{argument: value})

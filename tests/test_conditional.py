"""Class-conditional games: their losses written out, parts and steps, labels, truncation, standing statistics."""

import copy
import math
from dataclasses import replace

import pytest
import torch
from games import points
from torch import nn
from torch.nn.functional import relu
from torch.testing import assert_close
from trial_games import Joined

from ganbook import data, recipes
from ganbook.games import ConditionalGAN
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.losses import Hinge
from ganbook.models import biggan, mlp, orthogonal_penalty, standing
from ganbook.recipes import Recipe
from ganbook.train import fit, train

CPU = torch.device("cpu")
PLAIN = Recipe(Hinge(), batch=8, lr_d=1e-2, lr_g=1e-2, betas=(0.0, 0.9))


def flat(recipe=PLAIN, **more):
    torch.manual_seed(0)
    G, D = (Joined(mlp(widths), 3).double() for widths in ([6, 8, 2], [5, 8, 1]))
    return ConditionalGAN(G, D, recipe, 3, doubled, CPU, **more)


def doubled(n, rng):
    return torch.randn(n, 3, generator=rng, dtype=torch.float64)


def labelled(n, rng):
    x, y = points.labelled(n, rng)
    return x.double(), y


def pictures(**more):
    torch.manual_seed(0)
    return ConditionalGAN(*biggan(4, 16, 3, z=6, width=2, width_d=4), BIGGAN_LITE, 4, device=CPU, **more)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


# --- the losses


def test_hinge_of_both_players_written_out():
    game, (x, y) = flat(orthogonal=0.3), labelled(8, rng())
    fake = game.fake((x, y), rng(1))
    assert torch.equal(fake[1], y)  # "real": asked for what the batch has
    made, seen = game.D(fake[0], y), game.D(x, y)
    assert_close(game.d_loss((x, y), fake, rng()), relu(1 - seen).mean() + relu(1 + made).mean())
    assert_close(game.g_loss((x, y), fake), -made.mean() + orthogonal_penalty(game.G, 0.3))


def test_uniform_labels_are_uniform_whatever_the_data_have():
    game = flat(labels="uniform")
    x = torch.zeros(6_000, 2, dtype=torch.float64), torch.zeros(6_000, dtype=torch.int64)
    shares = game.fake(x, rng())[1].bincount() / 6_000
    assert_close(shares, torch.full((3,), 1 / 3), atol=4 * math.sqrt(2 / 9 / 6_000), rtol=0)


@pytest.mark.parametrize("d_steps", [1, 2])
def test_parts_are_the_whole_batch(d_steps):
    """The same steps, to rounding, from one draw of the data and of z."""
    weights = []
    for parts in (1, 4):
        game = flat(replace(PLAIN, d_steps=d_steps), parts=parts)
        whole = game.draw(labelled, rng())
        game.prior = lambda n, own: doubled(n, rng(1))
        game.round(lambda n, rng, whole=whole: whole, rng())
        weights.append(torch.cat([p.detach().flatten() for p in game.parameters()]))
    assert_close(*weights, rtol=1e-9, atol=1e-9)


def test_two_steps_of_d_are_two_separate_steps():
    """The second descends the gradient of its own batch alone: nothing is left from the first."""
    game = flat(replace(PLAIN, d_steps=2))
    twin, draws = copy.deepcopy(game), rng(5)
    fit(train(game, labelled, rounds=1, seed=5, progress=False))
    sgd = torch.optim.Adam(twin.D.parameters(), lr=1e-2, betas=(0.0, 0.9))
    for _ in range(2):
        x, y = labelled(8, draws)
        made = twin.G(doubled(8, draws), y).detach()
        sgd.zero_grad()
        (relu(1 - twin.D(x, y)).mean() + relu(1 + twin.D(made, y)).mean()).backward()
        sgd.step()
    for a, b in zip(game.D.parameters(), twin.D.parameters(), strict=True):
        assert_close(a, b, rtol=1e-9, atol=1e-9)


# --- samples


def test_a_class_each_and_the_same_z_for_all():
    game = pictures()
    z, y = torch.randn(1, 6).expand(4, 6), torch.arange(4)
    game.prior = lambda n, rng: z
    with torch.no_grad():
        for norm in game.G.modules():
            if hasattr(norm, "shift"):
                nn.init.normal_(norm.shift.weight)
    game.average = None
    x = game.sample(4, rng(), y=y)
    assert (x[0] - x[1]).abs().max() > 1e-3


def test_truncation_is_of_the_latents_and_standing_leaves_no_trace():
    game = pictures()
    before = copy.deepcopy(game.state_dict())
    x = game.sample(5, rng(), y=torch.zeros(5).long(), truncation=0.5, form="hub", standing=2)
    assert x.shape == (5, 3, 16, 16)
    after = game.state_dict()
    assert all(torch.equal(before[key], after[key]) for key in before)
    seen = []
    game.average.module.register_forward_pre_hook(lambda module, given: seen.append(given[0]))
    game.sample(200, rng(), truncation=0.3)
    assert seen[-1].abs().max() <= 0.3
    game.sample(200, rng(), truncation=0.3, form="shrunken")
    assert seen[-1].abs().max() > 0.3
    assert abs(seen[-1].std() - 0.3) < 0.03


def test_standing_statistics_are_those_of_the_layers_inputs():
    """Two layers: the second's statistics are of what the first makes with the batch's own, by hand."""
    net = nn.Sequential(nn.BatchNorm1d(2), nn.Linear(2, 3), nn.BatchNorm1d(3, momentum=0.3))
    net[0].eval()
    batches = [(torch.randn(16, 2) * k + k,) for k in (1.0, 2.0)]
    standing(net, batches)
    means = torch.stack([x.mean(0) for (x,) in batches]).mean(0)
    assert_close(net[0].running_mean, means)
    second = [net[1]((x - x.mean(0)) / (x.var(0, unbiased=False) + 1e-5).sqrt()) for (x,) in batches]
    assert_close(net[2].running_var, torch.stack([h.var(0) for h in second]).mean(0))
    assert net[2].momentum == 0.3 and not net[0].training and net[2].training


def test_standing_does_not_move_spectral_estimates():
    G, _ = biggan(4, 16, 3, z=6, width=2, spectral_g=True)
    u = G.start[0].parametrizations.weight[0]._u.clone()
    standing(G, [(torch.randn(8, 6), torch.zeros(8).long())])
    assert torch.equal(u, G.start[0].parametrizations.weight[0]._u)


# --- refusals


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: flat(parts=3), "recipe.batch must be a multiple of processes x parts = 1 x 3, got 8"),
        (lambda: flat(parts=0), "parts must be a whole number >= 1, got 0"),
        (lambda: flat(labels="mine"), "labels must be one of real, uniform, got 'mine'"),
        (lambda: flat(orthogonal=-1), "orthogonal must be a finite number >= 0, got -1"),
        (lambda: pictures().sample(3, rng(), truncation=0.0), "truncation must be a finite number > 0, got 0.0"),
        (lambda: pictures().sample(3, rng(), truncation=2.0, form="hub"), r"truncation must be a number in \(0, 1\]"),
        (lambda: pictures().sample(3, rng(), truncation=1.0, form="cut"), "form must be one of resampled, hub, shrunk"),
        (lambda: pictures().sample(3, rng(), y=torch.tensor([0, 4, 1])), "labels from 0 to 3, got 4 in row 1"),
        (
            lambda: pictures().sample(3, rng(), y=torch.tensor([0, 1])),
            "y must hold one label for each of the 3 samples",
        ),
        (lambda: flat().sample(3, rng(), truncation=0.5), "truncation must be None with a prior that is not normal"),
        (
            lambda: train(flat(), lambda n, rng: labelled(n, rng)[0], rounds=1),
            "real must return .x, y., .* without lab",
        ),
        (lambda: train(pictures(), data.faces(label="hair", device="cpu").labelled, rounds=1), "labels from 0 to 3"),
        (lambda: standing(nn.Linear(2, 2), [(torch.zeros(4, 2),)]), "network must have batch norm with running"),
        (lambda: standing(nn.BatchNorm1d(2), []), "batches must be one or more, got none"),
    ],
)
def test_what_is_refused(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_refused_standing_keeps_the_statistics():
    norm = nn.BatchNorm1d(2)
    norm(torch.randn(8, 2))
    before = norm.running_mean.clone()
    with pytest.raises(ValueError, match="batches"):
        standing(norm, [])
    assert torch.equal(norm.running_mean, before) and norm.running_mean.any()


def test_the_recipe_is_hinge_with_the_papers_betas():
    assert isinstance(BIGGAN_LITE.loss, Hinge) and BIGGAN_LITE.betas == (0.0, 0.999)
    assert recipes.HINGE.loss == BIGGAN_LITE.loss


# --- truncation of a coordinate


@pytest.mark.parametrize("form", ["resampled", "hub", "shrunken"])
@pytest.mark.parametrize("threshold", [0.1, 0.5, 1.0])
def test_the_deviation_of_each_form_against_draws_and_quadrature(form, threshold):
    z = data.truncated(4, threshold, form, "cpu")(50_000, rng()).double()
    std = data.truncated_std(threshold, form)
    assert_close(z.std().item(), std, rtol=0.01, atol=0)
    assert_close(data.truncated_std(data.threshold_for(std, form), form), std, rtol=1e-9, atol=0)
    cut, factor = {"resampled": (threshold, 1.0), "hub": (2.0, threshold), "shrunken": (40.0, threshold)}[form]
    grid = torch.linspace(-cut, cut, 200_001, dtype=torch.float64)
    density = torch.exp(-grid.square() / 2)
    second = torch.trapezoid(density * grid.square(), grid) / torch.trapezoid(density, grid)
    assert_close(factor * second.sqrt().item(), std, rtol=1e-6, atol=0)


def test_resampled_is_what_drawing_again_gives():
    """A second implementation: coordinates outside are drawn anew until none is left; the same law (two quantiles)."""
    z, draws = torch.randn(200_000, generator=rng(1)), rng(2)
    while (outside := z.abs() > 0.7).any():
        z[outside] = torch.randn(int(outside.sum()), generator=draws)
    mine = data.truncated(1, 0.7, device="cpu")(200_000, rng(3))[:, 0]
    for q in (0.1, 0.25, 0.5, 0.8):
        assert_close(mine.quantile(q), z.quantile(q), atol=6e-3, rtol=0)


def test_norms_of_120_truncated_numbers():
    """Root mean squares of the norm of z in 120 dimensions, for thresholds 0.5, 1, 1.5, 2."""
    found = [math.sqrt(120) * data.truncated_std(t) for t in (0.5, 1.0, 1.5, 2.0)]
    assert_close(found, [3.11, 5.91, 8.14, 9.64], atol=6e-3, rtol=0)

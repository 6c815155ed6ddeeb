"""The smallest cases of the studies, worked out by hand or by a second way."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from torch import nn
from torch.testing import assert_close

from ganbook import features, losses, models
from ganbook.penalties import R1, GradientPenalty
from ganbook.studies import (
    bigbigan_ring,
    class_prior,
    conditional,
    dirac,
    encoders,
    evolution,
    growing,
    joint_distance,
    ledger,
    matchings,
    modern,
    scaling,
    spectral,
    thumbnails,
)
from ganbook.studies import translation as tr


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=rng(seed))


class Times(nn.Module):
    """A block that no stage before it has heard of."""

    def forward(self, x):
        return 3 * x


def fading(stage=0):
    """A critic of three stages, the first of them linear."""
    linear = nn.Linear(48, 1)
    with torch.no_grad():
        linear.weight.copy_(drawn(1, 48) / 5)
    D = models.GrowingD([nn.Sequential(nn.Flatten(), linear), Times(), Times()], [nn.Identity()] * 3)
    D.at(stage, 1.0)
    return D


FADING = fading()
SPECTRAL = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2))

# --- global randomness is nobody's

FACES = drawn(4, 3, 16, 16).clamp(-1, 1)
CALLS = {
    "Played": lambda: dirac.Played(losses.Wasserstein(), (GradientPenalty(),))(torch.tensor([[1.0, 2.0]])),
    "slopes": lambda: modern.slopes(2, r1=1.0),
    "estimates": lambda: spectral.estimates(torch.eye(3), 2),
    "with_ratio": lambda: spectral.with_ratio(0.5, 3),
    "curse": lambda: evolution.curse([1.0, 2.0], 1.0, 10),
    "ring_scores": lambda: bigbigan_ring.ring_scores(bigbigan_ring.ring_game((0,)), 1, n=100),
    "jump": lambda: growing.jump(FADING, drawn(4, 3, 4, 4), drawn(4, 3, 4, 4, seed=1)),
    "redrawn": lambda: scaling.redraw_power_iteration(SPECTRAL, 3) or list(SPECTRAL.buffers()),
    "noisy": lambda: tr.noisy(FACES, 2, rng()),
    "drawn": lambda: matchings.drawn()(5, rng()),
}


@pytest.mark.parametrize("name", CALLS)
def test_global_randomness_is_neither_used_nor_moved(name):
    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        before = torch.random.get_rng_state()
        found.append(repr(CALLS[name]()))
        assert torch.equal(before, torch.random.get_rng_state())
    assert found[0] == found[1]


# --- small cases


@pytest.mark.parametrize("loss", [losses.Minimax(), losses.NonSaturating(), losses.Wasserstein(), losses.Hinge()])
def test_fields_that_are_played_have_no_minus_zero(loss):
    field = dirac.Played(loss, (R1(0.5),))(torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    assert not (field.signbit() & (field == 0)).any()
    assert not (dirac.jacobian(dirac.wasserstein).signbit() & (dirac.jacobian(dirac.wasserstein) == 0)).any()


def test_a_path_is_data():
    path = dirac.simulate(dirac.Consensus(dirac.minimax), torch.ones(1, 2, requires_grad=True), steps=2)
    assert not path.requires_grad and path.dtype == torch.float64
    field, state = dirac.Consensus(dirac.non_saturating), torch.tensor([[0.3, -0.7]])
    assert_close(field(state), field(state.double()), rtol=1e-14, atol=1e-14)


def test_duels_are_told_datum_first():
    assert modern.duels("all pairings", (0, 2)) == [(0, 0), (0, 2), (1, 0), (1, 2)]
    assert modern.duels("fixed pairs", (0, 2)) == [(0, 0), (1, 2)]
    assert modern.duels("alone", (0, 2)) == [(0, None), (1, None), (None, 0), (None, 2)]


def test_a_table_within_a_bound_ends_on_it():
    """Data at +b, fakes elsewhere at -b: the mean is log sigmoid(2 b); alone, log sigmoid(b)."""
    for asked, gap in (("fixed pairs", 1.0), ("all pairings", 1.0), ("alone", 0.5)):
        assert modern.sup_value(asked, (2, 3), 0.5) == pytest.approx(-math.log1p(math.exp(-gap)), abs=1e-12)
    assert modern.sup_value("alone", (2, 3), 0.5, steps=1) == pytest.approx(-math.log1p(math.exp(-0.1)), abs=1e-6)


@pytest.mark.parametrize(("r2", "distance"), [(0.1, 1.0), (1e-6, 1.0), (3.0, 2.0), (1e-4, 500.0)])
def test_a_resting_slope_solves_its_equation(r2, distance):
    a = modern.resting_slope(r2, distance)
    assert a < 0 and r2 * a == pytest.approx(-distance / (1 + math.exp(-distance * a)), rel=1e-9)


@pytest.mark.parametrize("labels", ["uniform", "real"])
@pytest.mark.parametrize("class_bias", [False, True])
def test_the_excess_of_a_kind_of_d_by_another_quadrature(labels, class_bias):
    """E of the loss of the D that was found, above that of log p(y) / q(y)."""
    rare, (x, w) = 0.2, np.polynomial.hermite_e.hermegauss(60)
    found, total = class_prior.best(rare, class_bias, labels), 0.0
    for y, p in enumerate((1 - rare, rare)):
        q = 0.5 if labels == "uniform" else p
        out = found.offsets[y] + found.slopes[y] * (x + 2 * y - 1)
        for sign, each in ((1, out), (-1, math.log(p / q))):
            total += sign * (w * (p * np.logaddexp(0, -each) + q * np.logaddexp(0, each))).sum() / w.sum()
    assert found.excess == pytest.approx(total, abs=1e-9)
    assert (found.excess > 0.01) == (labels == "uniform" and not class_bias)


def test_the_winner_of_one_child_is_the_mean_of_its_noise():
    promised, kept = evolution.curse([2], 0.5, 6, rng(4))
    first, again = torch.randn(2, 6, 1, generator=rng(4), dtype=torch.float64)
    assert (promised, kept) == pytest.approx((2 + 0.5 * float(first.mean()), 2 + 0.5 * float(again.mean())))
    assert evolution.curse([1, 2], 1.0, 9) == evolution.curse([1.0, 2.0], 1.0, 9, rng(0))


def test_shares_of_unequal_parts():
    """Seven rounds in three parts: two, two and three."""
    births = [evolution.Birth(n, 0, 0, "minimax" if n in (1, 4, 7) else "heuristic", 0.0) for n in range(1, 8)]
    found = [row["minimax"] for row in evolution.shares(births, 3)]
    assert found == [0.5, 0.5, pytest.approx(1 / 3)]
    assert evolution.shares(births[:2], 2) == [
        {"minimax": 1.0, "heuristic": 0.0, "least squares": 0.0},
        {"minimax": 0.0, "heuristic": 1.0, "least squares": 0.0},
    ]


def test_two_places_of_a_family():
    """Parents, mutations and worth of the second place stand beside those of the first, under its number."""
    history = {"mutation": [1.0, 0.0], "parent": [0.0, 1.0], "mutation 2": [2.0, 2.0], "parent 2": [1.0, 0.0]}
    births = evolution.family({**history, "fitness": [3.0, 4.0], "fitness 2": [1.0, 2.0]})
    assert births == [
        (1, 0, 0, "heuristic", 3.0),
        (1, 1, 1, "least squares", 1.0),
        (2, 0, 1, "minimax", 4.0),
        (2, 1, 0, "least squares", 2.0),
    ]
    assert all(math.isnan(birth.fitness) for birth in evolution.family(history))


def test_noise_of_a_picture_is_added_and_kept_in_range():
    y = torch.tensor([[-1.0, 0.0, 1.0]]).expand(50, 3)
    found = tr.noisy(y, 32, rng(3))
    assert_close(found, (y + 0.25 * torch.randn(50, 3, generator=rng(3))).clamp(-1, 1))
    assert found.min() == -1 and found.max() == 1
    dark = tr.mean_difference(torch.zeros(1, 2), torch.full((3, 2), 2.0), torch.full((2, 2), 0.5))
    assert dark.tolist() == [[-1.0, -1.0]]


@pytest.mark.parametrize("ridge", [0.1, 3.0, 30.0])
def test_a_probe_shrinks_what_it_says_of_all_as_well_as_slopes(ridge):
    """One number in rows of unequal classes: the border between them moves with the ridge, column of ones and all."""
    known = torch.cat([drawn(30, 1) - 1, drawn(10, 1, seed=1) + 1])
    y, new = torch.cat([torch.zeros(30), torch.ones(10)]).long(), torch.linspace(-4, 8, 801)[:, None]
    z, m = stats.zscore(known.double().numpy()[:, 0], ddof=1), y.double().numpy()
    gap = [(m.mean() - (1 - m).mean()) / (1 + ridge), (z * (2 * m - 1)).mean() / (z.var() + ridge)]
    at = (new.double().numpy()[:, 0] - known.double().numpy().mean()) / known.double().numpy().std(ddof=1)
    assert encoders.probe(known, y, new, torch.ones(801).long(), ridge) == (gap[0] + gap[1] * at > 0).mean()


def test_what_is_constant_becomes_nothing_and_numbers_are_in_double_precision():
    flat = torch.tensor([[1.0, 5.0, -5.0, 0.0], [3.0, 5.0, -5.0, 0.0]])
    known, new = encoders.standardised(flat, torch.tensor([[2.0, 9.0, 9.0, 9.0]]))
    assert_close(known, torch.tensor([[-(0.5**0.5), 0.0, 0.0, 0.0], [0.5**0.5, 0.0, 0.0, 0.0]]).double())
    assert new.tolist() == [[0.0] * 4] and new.dtype == known.dtype == torch.float64
    mean, covariance = joint_distance.posterior(torch.tensor([0.6, 0.8]))
    assert mean.dtype == covariance.dtype == torch.float64


def test_scores_of_pictures_by_class_stand_under_their_names():
    """Precision is that of the pictures, recall that of the real ones; all else as it is measured elsewhere."""
    faces, net = conditional.four_classes("test", "cpu"), features.load("faces", "cpu")
    real, x, y = faces.x[:60], faces.x[60:120].clone(), faces.y[60:120]
    x[:40] = x[0]  # little variety
    found = conditional.scores(net, real, x, y)
    for prefix, (a, b) in {
        "": (net.features(real), net.features(x)),
        "pixel ": (real.flatten(1), x.flatten(1)),
    }.items():
        want = tuple(map(float, conditional.metrics.precision_recall(a, b)))
        assert (found[f"{prefix}precision"], found[f"{prefix}recall"]) == want and want[0] != want[1]
    assert found["label accuracy"] == conditional.label_accuracy(net, x, y)
    assert found["px"] == float(features.pixel_frechet_distance(real, x))
    assert found["book distance"] == float(features.book_frechet_distance(net, real, x))
    assert thumbnails.thumbnail_precision_recall(real, x).precision.features == "means of 4 x 4 pixels"


def test_nothing_changed_is_no_evidence():
    same, twice = (ledger.compared("R1", "px", [k * 2.0, k * 3.0], [2.0, 3.0]) for k in (1, 2))
    assert (same.change, same.p, twice.p) == (0.0, 1.0, 0.0)
    assert math.isnan(same.corrected) and not same.holds


@pytest.mark.parametrize(("ratio", "missing", "steps"), [(0.5, 2.0**-8, 2), (0.5, 2.0**-8.0001, 3), (0.9, 0.9**4, 1)])
def test_steps_until_at_whole_quotients(ratio, missing, steps):
    assert spectral.steps_until(ratio, missing) == steps


def test_batch_norm_is_shared_at_any_depth():
    inner = nn.Sequential(nn.BatchNorm1d(2, eps=0.5, momentum=0.3), nn.ReLU())
    network = scaling.share_batch_norm(nn.Sequential(nn.Linear(2, 2), inner))
    shared = network[1][0]
    assert type(shared) is scaling.SharedBatchNorm and (shared.eps, shared.momentum) == (0.5, 0.3)


def test_gamma_goes_with_the_square_of_the_side():
    assert (modern.pixel_gamma(2.0, 8, 24), modern.pixel_gamma(2.0, 8, 4)) == (18.0, 0.5)


def test_a_stage_that_fades_in_is_not_heard_at_first():
    """At alpha 0 the score is that of the stage before, whatever the new block does: no jump in full pixels."""
    D, real, fake = fading(), drawn(4, 3, 4, 4), drawn(4, 3, 4, 4, seed=1)
    norm = (drawn(1, 48) / 5).norm().item()
    assert growing.jump(D, real, fake, pixels="full") == pytest.approx([10 * (norm / 4 - 1) ** 2] * 2, rel=1e-5)
    assert growing.jump(D, real, fake, weight=3.0)[1] == pytest.approx(3 * (norm / 2 - 1) ** 2, rel=1e-5)
    assert (D.stage, D.alpha) == (0, 1.0)
    D = fading(1)  # the last stage but one
    before, after = growing.jump(D, drawn(4, 3, 8, 8), drawn(4, 3, 8, 8, seed=1))
    assert (before, after) == pytest.approx([10 * (3 * norm / 2 - 1) ** 2, 10 * (3 * norm / 4 - 1) ** 2], abs=1e-4)
    assert D.stage == 1


def test_a_matrix_of_as_many_columns_as_are_allowed():
    assert spectral.convolution_sigma(torch.ones(1, 4_096, 1, 1) / 64, 1, padding=0) == pytest.approx(1)


def test_steps_do_not_heap_up_gradients():
    """Two steps of a half from 2 by a gradient of 1: to 1, half of it; biases, and what stands still, are left out."""
    layer, other = nn.Linear(1, 1), nn.Linear(1, 1)
    nn.init.constant_(layer.weight, 2.0)
    network = nn.Sequential(layer, other)
    sgd = torch.optim.SGD(layer.parameters(), lr=0.5)
    found = growing.relative_steps(network, sgd, lambda: layer(torch.ones(1, 1)).sum(), steps=2)
    assert found == {"0.weight": 0.5}


def test_the_rank_of_a_translation_is_that_of_its_partner_among_all():
    """All are made like the second partner: the first has its own in second place, the third in the last."""
    true = torch.tensor([[0.0], [1.0], [5.0]])
    made = torch.tensor([[0.9], [1.0], [1.1]])
    assert tr.ranks(made, true).tolist() == [2.0, 1.0, 3.0] and tr.ranks(true, made).tolist() == [1.0, 1.0, 1.0]
    found = tr.scored(made, made, true)
    assert found == {"L1": pytest.approx((0.9 + 3.9) / 3), "rank": 2.0}

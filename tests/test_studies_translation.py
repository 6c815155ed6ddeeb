"""Scores of a translation: by hand, by a second computation, at chance and for the truth; hidden codes by hand."""

import pytest
import torch
from scipy.stats import rankdata
from torch.testing import assert_close

from ganbook import data, features
from ganbook.studies import translation as tr


@pytest.fixture(scope="module")
def pairs():
    x, y = data.faces_pairs("glasses")
    return x[:200], y[:200]


@pytest.fixture(scope="module")
def net():
    return features.load("faces")


def test_ranks_are_those_of_scipy_and_chance_is_the_middle():
    torch.manual_seed(0)
    made, true = torch.randn(40, 6), torch.randn(40, 6)
    table = (made[:, None] - true[None]).abs().sum(2)
    wanted = [rankdata(row)[k] for k, row in enumerate(table.numpy())]
    assert_close(tr.ranks(made, true).double(), torch.tensor(wanted).double())
    assert float(tr.ranks(torch.zeros(9, 2), torch.ones(9, 2)).mean()) == 5  # all alike: the middle
    assert tr.ranks(true, true).tolist() == [1.0] * 40
    assert 14 < float(tr.ranks(made, true).mean()) < 27


def test_the_truth_scores_best_and_copying_changes_nothing(pairs, net):
    x, y = pairs
    true, copied = tr.scored(x, y, y, net), tr.scored(x, x, y, net)
    assert true["L1"] == 0 and true["rank"] == 1 and true["hit"] > 0.99 and true["outside"] == 0
    assert true["unchanged"] > 0.95  # the classifier is right where glasses are, too
    assert copied["hit"] < 0.01 and copied["unchanged"] == 1 and copied["outside"] == 0 and copied["L1"] > 0.05
    assert_close(torch.tensor(copied["L1"]), (x - y).abs().mean().double(), check_dtype=False)


def test_the_region_is_where_pairs_differ_and_nothing_else(pairs):
    x, y = pairs
    where = tr.region(x, y)
    assert 20 < int(where.sum()) < 80
    assert torch.equal(x[..., ~where], y[..., ~where])
    spoiled = y.clone()
    spoiled[..., 0, 0] -= 0.5
    assert tr.outside(x, spoiled, where) == pytest.approx(0.5 / int((~where).sum()), rel=1e-4)


def test_borrowed_glasses_are_real_and_somebody_else_s(pairs, net):
    """Every pixel is of x_i or of y_j; the classifier sees glasses; L1 is no better than copying by much."""
    x, y = pairs
    made = tr.borrowed(x, y)
    other = y.roll(-1, 0)
    assert bool(((made == x) | (made == other)).all())
    assert tr.hit(net, made) > 0.95 and tr.unchanged(net, x, made) > 0.9
    assert tr.l1(made, y) > 0.6 * tr.l1(x, y)


def test_the_mean_difference_moves_the_mean_and_knows_no_row():
    torch.manual_seed(0)
    a, b, x = torch.randn(50, 3) * 0.1, torch.randn(60, 3) * 0.1 + 0.3, torch.zeros(4, 3)
    made = tr.mean_difference(x, a, b)
    assert_close(made, (b.mean(0) - a.mean(0)).expand(4, 3))
    assert tr.mean_difference(torch.ones(1, 3), a, b).max() == 1


def test_a_classifier_s_reading_is_counted(pairs, net):
    x, y = pairs
    half = torch.cat([x[:100], y[100:]])
    assert tr.hit(net, half) == pytest.approx(0.5, abs=0.01)
    assert tr.hit(net, half, codes=(0,)) == pytest.approx(0.5, abs=0.01)
    turned = x.roll(1, 0)  # somebody else altogether
    assert tr.unchanged(net, x, turned) < 0.1


def test_a_hidden_code_by_hand_is_erased_by_noise_and_an_honest_one_is_not():
    """(a, b) -> a + b / 64: F reads b from the last digits of a, which is a multiple of 1/4. Noise takes it away."""
    rng = torch.Generator().manual_seed(0)
    a = torch.randint(-3, 4, (5_000, 1), generator=rng) / 4
    b = torch.rand(5_000, 1, generator=rng) * 2 - 1

    def G(x):
        return x[:, :1] + x[:, 1:] / 64

    def F(y):
        near = (y * 4).round() / 4
        return torch.cat([near, ((y - near) * 64).clamp(-1, 1)], 1)

    x = torch.cat([a, b], 1)
    assert tr.cycle_error(G, F, x) < 1e-5 and tr.l1(G(x), a) < 1 / 64
    errors = [tr.cycle_error(G, F, x, lambda y, k=k: tr.noisy(y, k, rng)) for k in (1, 3, 8)]
    assert errors[0] > 0.1 and errors[0] < errors[1] < errors[2]
    assert tr.cycle_error(lambda x: x, lambda y: y, x, lambda y: tr.noisy(y, 1, rng)) < 0.01


def test_disturbances_are_what_they_say():
    rng, y = torch.Generator().manual_seed(0), torch.zeros(1, 1, 300, 300)
    for k in (1, 3, 8):
        assert float(tr.noisy(y, k, rng).std() * 128) == pytest.approx(k, rel=0.02)
    assert torch.equal(tr.noisy(y, 0, rng), y) and tr.noisy(y + 1, 8, rng).max() == 1
    levels = tr.rounded(torch.linspace(-1, 1, 10_000)[None])
    assert len(levels.unique()) == 256 and float((levels - torch.linspace(-1, 1, 10_000)).abs().max()) < 1 / 254
    z = torch.randn(1, 1, 6, 6)
    assert_close(tr.blurred(z)[0, 0, 2, 3], z[0, 0, 1:4, 2:5].mean())
    assert_close(tr.blurred(torch.ones(1, 2, 4, 4)), torch.ones(1, 2, 4, 4))


def test_refusals(net, as_readers):
    x = torch.zeros(2, 3, 16, 16)
    for call, message in (
        (lambda: tr.l1(x, x[:1]), "pictures must be in pairs of one shape"),
        (lambda: tr.ranks(x, x[:, :1]), "pictures must be in pairs of one shape"),
        (lambda: tr.hit(net, x, "shoes"), "attribute must be one of"),
        (lambda: tr.unchanged(net, x, x, ("shoes",)), "watched must be one of"),
        (lambda: tr.outside(x, x, torch.ones(16, 16).bool()), r"where must leave pixels of \(16, 16\) out"),
        (lambda: tr.noisy(x, -1, torch.Generator()), "levels must be a finite number >= 0, got -1"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

"""Precision, recall, density, coverage, memorisation: hand-made cases, a reference on scikit-learn, expectations."""

import math

import numpy as np
import pytest
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import pairwise_distances
from sklearn.neighbors import NearestNeighbors
from torch.testing import assert_close

from ganbook import data
from ganbook.metrics import density_coverage, expected_coverage, memorisation, pairs, precision_recall


def normal(n, d, seed=0, dtype=torch.float64):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def reference(real, fake, k):
    """All four from scikit-learn's distances and neighbours, in float64."""
    r, f = real.double().numpy(), fake.double().numpy()
    reach = [NearestNeighbors(n_neighbors=k).fit(x).kneighbors()[0][:, -1] for x in (r, f)]
    distance = pairwise_distances(r, f)  # (n, m)
    in_real, in_fake = distance <= reach[0][:, None], distance <= reach[1][None]
    return in_real.any(0).mean(), in_fake.any(1).mean(), in_real.sum() / (k * len(f)), in_real.any(1).mean()


@pytest.mark.parametrize("block", [2**22, 2_000])
@pytest.mark.parametrize("k", [1, 3, 5])
def test_matches_scikit_learn_in_one_block_and_in_many(monkeypatch, block, k):
    monkeypatch.setattr(pairs, "BLOCK", block)
    real, fake = normal(400, 6), normal(300, 6, seed=1) * 0.8 + 0.3
    got = [*precision_recall(real, fake, k), *density_coverage(real, fake, k)]
    assert_close([float(score) for score in got], [float(value) for value in reference(real, fake, k)])


def test_float32_agrees_with_float64_up_to_single_samples():
    real, fake = normal(2_000, 64) + 10, normal(2_000, 64, seed=1) * 0.9 + 10
    exact = reference(real, fake, 3)
    got = [*precision_recall(real.float(), fake.float()), *density_coverage(real.float(), fake.float(), 3)]
    assert_close([float(score) for score in got], [float(value) for value in exact], rtol=0, atol=1.1 / 2_000)


def crowded(name):
    """Sets whose near samples a float32 formula cannot tell apart: dense ones, and one with a far sample."""
    rng = torch.Generator().manual_seed(3)
    if name == "far":
        real, fake = normal(400, 16), normal(400, 16, seed=1)
        real[0] *= 3_000
        return real, fake
    if name == "line":
        return normal(1_000, 1), normal(1_000, 1, seed=1)
    ring = data.ring(std=0.01, device="cpu")
    return ring(1_000, rng).double(), ring(1_000, rng).double()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("name", ["ring", "line", "far"])
def test_dense_sets_and_far_samples_are_exact_in_float32_too(name, dtype):
    real, fake = (x.float().to(dtype) for x in crowded(name))  # the same numbers in both
    r, f = real.double(), fake.double()
    reach = [torch.cdist(x, x, compute_mode="donot_use_mm_for_euclid_dist").kthvalue(4).values for x in (r, f)]
    apart = torch.cdist(r, f, compute_mode="donot_use_mm_for_euclid_dist")
    in_real, in_fake = apart <= reach[0][:, None], apart <= reach[1]
    exact = in_real.any(0), in_fake.any(1), in_real.double().sum() / (3 * len(f)), in_real.any(1)
    got = [*precision_recall(real, fake, 3), *density_coverage(real, fake, 3)]
    assert_close([float(score) for score in got], [float(x.double().mean()) for x in exact], rtol=0, atol=1e-9)


def test_copies_of_two_kinds_are_ranked_in_float32():
    training, far = normal(300, 3, seed=5) + 3, normal(300, 3, seed=6)
    step = far / far.norm(dim=1, keepdim=True)
    fake, held = (training + 1e-4 * step).float(), (training + 2e-4 * step.roll(1, 0)).float()
    exact = memorisation(fake.double(), training.float().double(), held.double())
    assert float(memorisation(fake, training.float(), held)) == float(exact) > 0.95


def test_one_point_far_away_spoils_recall_not_precision():
    real = normal(200, 2)
    fake = real[:100] + 1e-3
    assert float(precision_recall(real, fake).precision) == 1.0
    spoiled = fake.clone()
    spoiled[0] = 1_000.0
    before, after = precision_recall(real, fake), precision_recall(real, spoiled)
    assert float(before.precision) - float(after.precision) == pytest.approx(0.01)
    assert float(after.recall) >= float(before.recall)  # its ball is huge; here it may only help
    # the known weakness: among fakes, outliers have balls that swallow the reals
    wild = torch.cat([spoiled[:1], spoiled[:1] + 2_000, -spoiled[:1], spoiled[:1] * 3])
    assert float(precision_recall(real, wild).recall) == 1.0
    assert float(density_coverage(real, wild).coverage) == 0.0


def test_identical_sets():
    """Each sample lies in its own ball and in those of which it is a k-th neighbour: n (k + 1) hits, ties too."""
    x = normal(500, 8, dtype=torch.float32)
    precision, recall = precision_recall(x, x)
    density, coverage = density_coverage(x, x, neighbours=5)
    assert [float(s) for s in (precision, recall, coverage)] == [1.0, 1.0, 1.0]
    assert_close(float(density), 6 / 5)


def test_duplicates_do_not_break_the_balls():
    x = normal(50, 3).repeat(4, 1)  # every sample has three copies: balls of radius 0 for k = 3
    precision, recall = precision_recall(x, x, neighbours=3)
    assert (float(precision), float(recall)) == (1.0, 1.0)
    assert float(precision_recall(x, x + 0.5, neighbours=3).precision) == 0.0


@pytest.mark.parametrize(("n", "m", "k"), [(200, 200, 5), (200, 50, 3), (50, 400, 1)])
def test_expected_coverage_is_what_equal_distributions_reach(n, m, k):
    values = [float(density_coverage(normal(n, 3, seed), normal(m, 3, seed + 900), k).coverage) for seed in range(60)]
    error = np.std(values) / math.sqrt(len(values))
    assert abs(np.mean(values) - expected_coverage(n, m, k)) < 4 * error


def test_density_of_equal_distributions_is_about_one():
    values = [float(density_coverage(normal(300, 4, seed), normal(300, 4, seed + 900)).density) for seed in range(40)]
    assert abs(np.mean(values) - 1) < 4 * np.std(values) / math.sqrt(len(values)) + 1e-3


@given(st.integers(0, 10_000), st.integers(1, 4))
def test_precision_and_recall_change_places_with_the_sets(seed, k):
    real, fake = normal(30, 2, seed), normal(25, 2, seed + 1) * 1.5
    one, other = precision_recall(real, fake, k), precision_recall(fake, real, k)
    assert float(one.precision) == float(other.recall)
    assert float(one.recall) == float(other.precision)


@pytest.mark.parametrize("k", [0, 10])
def test_refuses_impossible_neighbours(k):
    for metric in (precision_recall, density_coverage):
        with pytest.raises(ValueError, match=rf"neighbours must be a whole number in 1\.\.9, got {k} "):
            metric(normal(10, 2), normal(10, 2), k)


@given(st.integers(0, 1_000), st.integers(1, 200), st.integers(1, 8))
def test_smallest_is_a_sorted_prefix(seed, width, k):
    k = min(k, width)
    block = torch.randint(0, 50, (4, width), generator=torch.Generator().manual_seed(seed)).float()  # many ties
    assert_close(pairs.smallest(block, k), block.sort(1).values[:, :k])


# --- memorisation ----------------------------------------------------------------------------------------------------


def test_memorisation_matches_the_mann_whitney_test_of_scipy():
    training, held_out, fake = normal(300, 4), normal(80, 4, seed=1), normal(120, 4, seed=2) * 1.1
    distance = [
        NearestNeighbors(n_neighbors=1).fit(training.numpy()).kneighbors(x.numpy())[0][:, 0] for x in (held_out, fake)
    ]
    test = scipy.stats.mannwhitneyu(*distance, method="asymptotic", use_continuity=False, alternative="greater")
    score = memorisation(fake, training, held_out)
    assert_close(float(score), float(test.statistic) / (80 * 120))
    assert_close(1 - scipy.stats.norm.cdf(dict(score.settings)["z"]), float(test.pvalue), rtol=1e-4, atol=1e-8)


def test_memorisation_sees_copies_in_part_and_in_full():
    training, held_out = normal(500, 6), normal(400, 6, seed=1)
    fresh = normal(400, 6, seed=2)
    half = torch.cat([fresh[:200], training[:200]])
    values = [memorisation(x, training, held_out) for x in (fresh, half, training[:400])]
    assert abs(dict(values[0].settings)["z"]) < 3
    assert float(values[0]) < float(values[1]) < float(values[2])
    assert_close(float(values[2]), 1.0)
    assert_close(float(values[1]), (float(values[0]) + 1) / 2, rtol=0, atol=0.03)


@pytest.mark.parametrize("name", ["training", "fake", "held_out"])
def test_memorisation_looks_at_each_of_its_three_sets(name):
    sets = {each: normal(5, 3, seed) for seed, each in enumerate(("training", "fake", "held_out"))}
    assert 0 <= float(memorisation(**sets)) <= 1
    with pytest.raises(ValueError, match=f"{name} must"):
        memorisation(**sets | {name: sets[name] / 0})


def test_memorisation_of_far_fakes_is_near_zero_not_near_one():
    assert float(memorisation(normal(50, 3) + 100, normal(60, 3, 1), normal(40, 3, 2))) == 0.0

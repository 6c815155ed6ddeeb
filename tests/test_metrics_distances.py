"""Frechet, kernel and sliced Wasserstein distance: closed forms, other libraries, float64 references, hard inputs."""

import math

import numpy as np
import ot
import pytest
import scipy.linalg
import scipy.stats
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.pairwise import polynomial_kernel
from torch import nn
from torch.testing import assert_close
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from ganbook.metrics import frechet_distance, frechet_gaussians, kernel_distance, pairs, sliced_wasserstein
from ganbook.metrics.kernel import mmd2


def normal(n, d, seed=0, dtype=torch.float64, scale=1.0):
    return scale * torch.randn(n, d, generator=torch.Generator().manual_seed(seed), dtype=dtype)


class Features(nn.Module):
    """torchmetrics takes a network: this one hands back what it is given."""

    def __init__(self, width):
        super().__init__()
        self.num_features = width

    def forward(self, x):
        return x


# --- Frechet ---------------------------------------------------------------------------------------------------------


def test_frechet_of_commuting_gaussians_is_the_closed_form():
    a, b = torch.tensor([1.0, 4.0, 9.0]), torch.tensor([4.0, 1.0, 0.25])
    m = torch.tensor([1.0, -2.0, 0.5])
    expected = float((m**2).sum() + ((a.sqrt() - b.sqrt()) ** 2).sum())
    turn = torch.linalg.qr(normal(3, 3, dtype=torch.float32))[0]
    got = frechet_gaussians(turn @ m, turn @ a.diag() @ turn.T, torch.zeros(3), turn @ b.diag() @ turn.T)
    assert_close(got, expected, rtol=1e-5, atol=1e-5)


def test_frechet_matches_the_matrix_square_root_in_float64():
    real, fake = normal(500, 16), normal(400, 16, seed=1) @ normal(16, 16, seed=2) + 0.3
    r, f = real.numpy(), fake.numpy()
    cov_r, cov_f = np.cov(r.T), np.cov(f.T)
    cross = scipy.linalg.sqrtm(cov_r @ cov_f)
    expected = ((r.mean(0) - f.mean(0)) ** 2).sum() + np.trace(cov_r + cov_f - 2 * cross.real)
    assert_close(float(frechet_distance(real, fake)), float(expected), rtol=1e-9, atol=1e-9)


def test_frechet_matches_torchmetrics():
    real, fake = normal(300, 12, dtype=torch.float32), normal(300, 12, seed=1, dtype=torch.float32) * 1.3 + 0.2
    other = FrechetInceptionDistance(feature=Features(12)).set_dtype(torch.float64)
    other.update(real, real=True)
    other.update(fake, real=False)
    assert_close(float(frechet_distance(real, fake)), float(other.compute()), rtol=1e-4, atol=1e-5)


def test_frechet_matches_the_gaussian_bures_wasserstein_distance_of_pot():
    real, fake = normal(300, 5), normal(300, 5, seed=1) * torch.arange(1.0, 6.0)
    r, f = real.numpy(), fake.numpy()
    expected = ot.gaussian.bures_wasserstein_distance(r.mean(0), f.mean(0), np.cov(r.T), np.cov(f.T)) ** 2
    assert_close(float(frechet_distance(real, fake)), float(expected), rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("n", "d"), [(1000, 64), (20, 64), (2, 64), (300, 2048 // 8)])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 10.0])
def test_frechet_of_identical_samples_is_zero(n, d, scale):
    x = normal(n, d, dtype=torch.float32, scale=scale)
    assert abs(float(frechet_distance(x, x[torch.randperm(n, generator=torch.Generator().manual_seed(1))]))) < 1e-6


@pytest.mark.parametrize(("n", "m"), [(2, 2), (10, 30), (63, 5)])
def test_frechet_with_fewer_samples_than_features_is_finite_and_real(n, m):
    value = float(frechet_distance(normal(n, 64, dtype=torch.float32), normal(m, 64, seed=1, dtype=torch.float32)))
    assert math.isfinite(value)
    assert value > 1


def test_frechet_of_disjoint_subspaces_adds_both_traces():
    real, fake = torch.zeros(50, 4), torch.zeros(50, 4)
    real[:, 0], fake[:, 1] = normal(50, 1, dtype=torch.float32)[:, 0], normal(50, 1, 1, torch.float32)[:, 0]
    real, fake = real - real.mean(0), fake - fake.mean(0)
    assert_close(float(frechet_distance(real, fake)), float(real.var(0).sum() + fake.var(0).sum()))


def test_frechet_of_constant_features_is_the_squared_shift():
    assert_close(float(frechet_distance(torch.zeros(5, 3), torch.full((5, 3), 2.0))), 12.0)


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 10_000), st.floats(-3, 3))
def test_frechet_is_symmetric_never_negative_and_blind_to_turns(n, d, seed, shift):
    real, fake = normal(n, d, seed), normal(n + 1, d, seed + 1) + shift
    turn = torch.linalg.qr(normal(d, d, seed + 2))[0]
    value = float(frechet_distance(real, fake))
    assert value >= 0
    assert_close(value, float(frechet_distance(fake, real)), rtol=1e-7, atol=1e-7)
    assert_close(value, float(frechet_distance(real @ turn + 5, fake @ turn + 5)), rtol=1e-7, atol=1e-7)


# --- kernel ----------------------------------------------------------------------------------------------------------


def reference_mmd2(x, y):
    d = x.shape[1]
    xx, yy, xy = (polynomial_kernel(a, b, degree=3, gamma=1 / d, coef0=1) for a, b in ((x, x), (y, y), (x, y)))
    n, m = len(x), len(y)
    return (xx.sum() - np.trace(xx)) / (n * (n - 1)) + (yy.sum() - np.trace(yy)) / (m * (m - 1)) - 2 * xy.mean()


@pytest.mark.parametrize("block", [2**22, 1_000])
def test_kernel_distance_matches_scikit_learn_in_one_block_and_in_many(monkeypatch, block):
    monkeypatch.setattr(pairs, "BLOCK", block)
    real, fake = normal(210, 8), normal(170, 8, seed=1) + 0.2
    assert_close(float(kernel_distance(real, fake)), reference_mmd2(real.numpy(), fake.numpy()), rtol=1e-9, atol=1e-12)


def test_kernel_distance_in_float32_stays_close_to_float64():
    real, fake = normal(2_000, 64), normal(2_000, 64, seed=1) * 1.05
    exact = float(kernel_distance(real, fake))
    assert_close(float(kernel_distance(real.float(), fake.float())), exact, rtol=1e-3, atol=2e-6)


def test_kernel_distance_matches_torchmetrics():
    real, fake = normal(100, 6, dtype=torch.float32), normal(100, 6, seed=1, dtype=torch.float32) + 0.5
    with pytest.warns(UserWarning, match="large memory footprint"):
        other = KernelInceptionDistance(feature=Features(6), subsets=2, subset_size=100)
    other.update(real, real=True)
    other.update(fake, real=False)
    ours = kernel_distance(real, fake, subset=100, subsets=2)  # subsets of all: every one is the whole set
    assert_close(float(ours), float(other.compute()[0]), rtol=1e-4, atol=1e-5)
    assert_close(float(ours), float(kernel_distance(real, fake)), rtol=1e-4, atol=1e-5)


def test_kernel_distance_is_unbiased_and_the_v_statistic_is_not():
    values = torch.tensor([mmd2(normal(10, 4, seed), normal(10, 4, seed + 5_000)) for seed in range(400)])
    error = float(values.std() / math.sqrt(len(values)))
    assert abs(float(values.mean())) < 4 * error
    # the trap: keeping the diagonal of k(x, x) adds about (E k(x, x) - E k(x, x')) / n twice
    diagonal = [((x * x).sum(1) / 4 + 1).pow(3).mean() for x in (normal(10, 4, seed) for seed in range(100))]
    assert float(torch.stack(diagonal).mean()) / 10 > 10 * error


def test_kernel_subsets_are_drawn_by_the_seed():
    real, fake = normal(50, 3), normal(60, 3, seed=1)
    one, again, other = (kernel_distance(real, fake, subset=20, subsets=5, seed=seed) for seed in (3, 3, 4))
    assert one == again
    assert one.value != other.value
    assert one.spread > 0


@pytest.mark.parametrize("subset", [1, 51])
def test_kernel_distance_refuses_impossible_subsets(subset):
    with pytest.raises(ValueError, match=rf"subset must be a whole number in 2\.\.50, got {subset}"):
        kernel_distance(normal(50, 3), normal(60, 3), subset=subset)


# --- sliced Wasserstein ----------------------------------------------------------------------------------------------


def test_sliced_in_one_dimension_is_the_wasserstein_distance():
    x, y = normal(200, 1), normal(200, 1, seed=1) * 2 + 1
    expected = scipy.stats.wasserstein_distance(x[:, 0].numpy(), y[:, 0].numpy())
    assert_close(float(sliced_wasserstein(x, y, directions=7)), float(expected), rtol=1e-9, atol=1e-9)


def test_sliced_matches_pot_with_the_same_directions():
    x, y = normal(300, 5), normal(300, 5, seed=1) + 0.3
    directions, rng = 64, torch.Generator().manual_seed(0)
    theta = torch.randn(5, directions, generator=rng).double()
    theta = theta / theta.norm(dim=0)
    expected = np.mean([ot.wasserstein_1d((x @ t).numpy(), (y @ t).numpy(), p=1) for t in theta.T])
    assert_close(float(sliced_wasserstein(x, y, directions, seed=0)), float(expected), rtol=1e-9, atol=1e-9)


def test_sliced_of_a_shift_is_its_mean_projection():
    """E |theta . s| = |s| 2 / pi in two dimensions."""
    x = normal(50, 2)
    value = float(sliced_wasserstein(x, x + torch.tensor([3.0, 4.0]), directions=20_000))
    assert_close(value, 5 * 2 / math.pi, rtol=0.02, atol=0.0)


def test_sliced_is_zero_for_a_permutation_and_depends_on_the_seed_otherwise():
    x, y = normal(100, 4), normal(100, 4, seed=1)
    assert float(sliced_wasserstein(x, x.flip(0))) < 1e-15  # the product may round differently for another row
    assert sliced_wasserstein(x, y, seed=0).value != sliced_wasserstein(x, y, seed=1).value


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"directions": 0}, "directions must be a whole number >= 1, got 0"),
    ],
)
def test_sliced_refuses_bad_arguments(kwargs, message):
    with pytest.raises(ValueError, match=message):
        sliced_wasserstein(normal(5, 2), normal(5, 2), **kwargs)


# --- what all refuse -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("distance", [frechet_distance, kernel_distance, sliced_wasserstein])
def test_nan_and_single_samples_are_refused(distance):
    bad = normal(5, 2)
    bad[0, 0] = math.nan
    with pytest.raises(ValueError, match="must be finite, got nan or inf in 1 entries"):
        distance(normal(5, 2), bad)
    with pytest.raises(ValueError, match="must hold at least 2 samples, got 1"):
        distance(normal(1, 2), normal(1, 2))


def test_check_names_what_is_wrong():
    with pytest.raises(ValueError, match=r"fake must have 3 features like the first set, got 4"):
        pairs.check(real=normal(5, 3), fake=normal(5, 4))
    with pytest.raises(ValueError, match=r"real .* of shape \(samples, features\), got shape \(5, 1, 3\)"):
        pairs.check(real=normal(5, 3)[:, None], fake=normal(5, 3))


def test_kernel_distance_keeps_its_digits_in_float32():
    rng = torch.Generator().manual_seed(0)
    x, y = torch.randn(200, 8, generator=rng) + 100, torch.randn(200, 8, generator=rng) + 100.1
    exact = float(kernel_distance(x.double(), y.double()))
    assert float(kernel_distance(x, y)) == exact
    huge = float(kernel_distance(1e9 * x, 1e9 * y))  # |x|^2 / d above 1e22: its cube is no float32
    assert math.isfinite(huge)


def test_no_subsets_are_refused_also_where_none_is_asked_for():
    with pytest.raises(ValueError, match="subsets"):
        kernel_distance(torch.randn(9, 2), torch.randn(9, 2), subsets=0)

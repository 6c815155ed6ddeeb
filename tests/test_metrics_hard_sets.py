"""Metrics on the sets where rounding shows: each against other code, in the type of the samplers and in half of it."""

import numpy as np
import pytest
import torch
from scipy.linalg import eigh
from scipy.spatial.distance import cdist
from scipy.stats import wasserstein_distance

from ganbook import data
from ganbook.metrics import density_coverage, frechet_distance, kernel_distance, precision_recall, sliced_wasserstein


def drawn(sampler, n, seed):
    return sampler(n, torch.Generator().manual_seed(seed)).double()


def pair(name):
    """Two sets of a kind, in float64."""
    if name == "ring":
        return tuple(drawn(data.ring(device="cpu"), 120, seed) for seed in (0, 1))
    if name == "line":
        return tuple(drawn(data.normal(1, "cpu"), 120, seed) for seed in (0, 1))
    x, y = (drawn(data.normal(5, "cpu"), 80, seed) for seed in (0, 1))
    return {
        "ties": (x.round(), y.round()),
        "duplicates": (x.repeat(2, 1), torch.cat([x[:40], y])),
        "outlier": (torch.cat([x, torch.full((1, 5), 1e4, dtype=x.dtype)]), y),
        "fewer than dimensions": (x[:4], y[:4] + 0.5),
        "1e-8": (1e-8 * x, 1e-8 * (y + 1)),
        "1e8": (1e8 * x, 1e8 * (y + 1)),
    }[name]


SETS = ["ring", "line", "ties", "duplicates", "outlier", "fewer than dimensions", "1e-8", "1e8"]
TYPES = [torch.float64, torch.float32, torch.bfloat16]


@pytest.fixture(params=[(name, dtype) for name in SETS for dtype in TYPES], ids=lambda p: f"{p[0]}-{p[1]}")
def sets(request):
    """The sets as they are given, and the same numbers as arrays in float64."""
    name, dtype = request.param
    x, y = (each.to(dtype) for each in pair(name))
    return x, y, x.double().numpy(), y.double().numpy()


def test_frechet_distance_is_that_of_the_generalised_eigenvalues(sets):
    """tr (A B)^(1/2) by the symmetric root of A, where the library has its own way."""
    x, y, a, b = sets
    A, B = (np.atleast_2d(np.cov(each, rowvar=False)) for each in (a, b))
    values, vectors = eigh(A)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(eigh(root @ B @ root, eigvals_only=True).clip(0)).sum()
    wanted = ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A) + np.trace(B) - 2 * cross
    assert float(frechet_distance(x, y)) == pytest.approx(wanted, rel=1e-6, abs=1e-7 * (np.trace(A) + np.trace(B)))


def test_kernel_distance_is_the_unbiased_sum_of_its_kernel(sets):
    x, y, a, b = sets
    n = min(len(a), len(b))
    a, b = a[:n], b[:n]

    def kernel(u, v):
        return (u @ v.T / u.shape[1] + 1) ** 3

    own = [kernel(each, each)[~np.eye(n, dtype=bool)].mean() for each in (a, b)]
    wanted = sum(own) - 2 * kernel(a, b).mean()
    found = float(kernel_distance(x[:n], y[:n], n, 1))
    assert found == pytest.approx(wanted, rel=1e-9, abs=1e-12 * kernel(a, a).max() + 1e-12 * kernel(b, b).max())


def test_balls_are_those_of_exact_distances(sets):
    x, y, a, b = sets
    k = 3

    def radii(own):
        return np.sort(cdist(own, own), 1)[:, k]

    def inside(own, others):
        slack = 1e-9 * (np.linalg.norm(own, axis=1)[:, None] + np.linalg.norm(others, axis=1)[None])
        return cdist(own, others) <= radii(own)[:, None] + slack  # (own balls, others)

    found, more = precision_recall(x, y, k), density_coverage(x, y, k)
    assert float(found.precision) == pytest.approx(inside(a, b).any(0).mean(), abs=1e-12)
    assert float(found.recall) == pytest.approx(inside(b, a).any(0).mean(), abs=1e-12)
    assert float(more.density) == pytest.approx(inside(a, b).sum() / (k * len(b)), abs=1e-12)
    assert float(more.coverage) == pytest.approx(inside(a, b).any(1).mean(), abs=1e-12)


def test_on_a_line_the_sliced_distance_is_the_distance():
    for scale in (1e-8, 1.0, 1e8):
        for dtype in TYPES:
            x, y = ((scale * each).to(dtype) for each in pair("line"))
            wanted = wasserstein_distance(x.double().numpy()[:, 0], y.double().numpy()[:, 0])
            assert float(sliced_wasserstein(x, y, 4)) == pytest.approx(wanted, rel=1e-6, abs=0), (scale, dtype)

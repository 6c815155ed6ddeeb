"""Closed forms between Gaussians: torch.distributions, quadrature, invariances, bad input."""

import math

import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

from ganbook.divergences import gaussian, quadrature
from ganbook.divergences.gaussian import Gaussian

NAMES = ("kl", "reverse_kl", "chi_squared", "hellinger", "wasserstein2")


def random_pair(d, seed=0):
    rng = torch.Generator().manual_seed(seed)
    factors = torch.randn(2, d, d, generator=rng, dtype=torch.float64)
    covariances = factors @ factors.mT + 2 * torch.eye(d, dtype=torch.float64)
    means = torch.randn(2, d, generator=rng, dtype=torch.float64)
    return [Gaussian(mean, covariance) for mean, covariance in zip(means, covariances, strict=True)]


def same(actual, expected, **tolerance):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), **tolerance)


@pytest.mark.parametrize("d", [1, 2, 5])
def test_torch_distributions(d):
    p, q = random_pair(d)
    reference_p, reference_q = (MultivariateNormal(one.mean, one.covariance) for one in (p, q))
    same(gaussian.kl(p, q), kl_divergence(reference_p, reference_q))
    same(gaussian.reverse_kl(p, q), kl_divergence(reference_q, reference_p))
    same(gaussian.entropy(p), reference_p.entropy())


def test_quadrature_on_the_line():
    p, q = Gaussian(0.3, 1.0), Gaussian(-0.2, 1.5)
    for name in ("kl", "chi_squared", "hellinger", "cross_entropy"):
        by_nodes = getattr(quadrature, name)(p.density, q.density)
        same(getattr(gaussian, name)(p, q), by_nodes, atol=1e-8, rtol=1e-8)


def test_chi_squared_and_hellinger_by_sampling_in_three_dimensions():
    p, q = random_pair(3, seed=1)
    reference_p, reference_q = (MultivariateNormal(one.mean, one.covariance) for one in (p, q))
    torch.manual_seed(0)
    x = reference_q.sample((200_000,))
    ratio = (reference_p.log_prob(x) - reference_q.log_prob(x)).exp()
    affinity = 1 - gaussian.hellinger(p, q).item() ** 2
    error = ratio.sqrt().std().item() / math.sqrt(len(x))
    assert abs(ratio.sqrt().mean().item() - affinity) < 5 * error


@pytest.mark.parametrize("d", [2, 4])
def test_independent_coordinates_add_or_multiply(d):
    variances_p, variances_q = torch.linspace(1, 1.5, d), torch.linspace(1.2, 2, d)
    means = torch.linspace(-1, 1, d)
    p, q = Gaussian(means, torch.diag(variances_p)), Gaussian(torch.zeros(d), torch.diag(variances_q))
    parts = [(Gaussian(m, a), Gaussian(0.0, b)) for m, a, b in zip(means, variances_p, variances_q, strict=True)]
    same(gaussian.kl(p, q), sum(gaussian.kl(*part) for part in parts))
    same(1 + gaussian.chi_squared(p, q), math.prod(1 + gaussian.chi_squared(*part).item() for part in parts))
    same(1 - gaussian.hellinger(p, q) ** 2, math.prod(1 - gaussian.hellinger(*part).item() ** 2 for part in parts))
    same(gaussian.wasserstein2(p, q) ** 2, sum(gaussian.wasserstein2(*part) ** 2 for part in parts))


def test_wasserstein_on_the_line():
    same(gaussian.wasserstein2(Gaussian(1.0, 4.0), Gaussian(-2.0, 9.0)), math.hypot(3, 1))


@pytest.mark.parametrize("name", NAMES)
def test_zero_only_where_equal_and_invariant_under_a_rotation(name):
    divergence = getattr(gaussian, name)
    p, q = random_pair(3, seed=2)
    q = Gaussian(q.mean, p.covariance * 1.2)  # chi-squared is finite here
    assert divergence(p, p).item() < 1e-6 and divergence(p, q).item() > 1e-3
    turn, _ = torch.linalg.qr(torch.randn(3, 3, generator=torch.Generator().manual_seed(3), dtype=torch.float64))
    turned = [Gaussian(turn @ one.mean, turn @ one.covariance @ turn.T) for one in (p, q)]
    same(divergence(*turned), divergence(p, q), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("name", NAMES[:4])
def test_invariant_under_an_affine_map_but_for_wasserstein(name):
    p, q = random_pair(2, seed=4)
    q = Gaussian(q.mean, p.covariance * 1.1)
    scaled = [Gaussian(3 * one.mean + 1, 9 * one.covariance) for one in (p, q)]
    divergence = getattr(gaussian, name)
    same(divergence(*scaled), divergence(p, q))
    same(gaussian.wasserstein2(*scaled), 3 * gaussian.wasserstein2(p, q))


def test_symmetric_where_it_should_be():
    p, q = random_pair(3, seed=5)
    for name in ("hellinger", "wasserstein2"):
        same(getattr(gaussian, name)(p, q), getattr(gaussian, name)(q, p))
    assert abs(gaussian.kl(p, q) - gaussian.kl(q, p)).item() > 1e-2


def test_gradient():
    mean = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
    gaussian.kl(Gaussian(mean, torch.eye(2)), Gaussian([0.0, 0.0], torch.eye(2))).backward()
    same(mean.grad, mean.detach())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Gaussian([[0.0]], 1.0), r"mean must have shape \(d,\), got \(1, 1\)"),
        (lambda: Gaussian([0.0, 0.0], 1.0), r"covariance must have shape \(2, 2\)"),
        (lambda: Gaussian(math.nan, 1.0), "mean must hold finite numbers"),
        (lambda: Gaussian(0.0, math.inf), "covariance must hold finite numbers"),
        (lambda: Gaussian([0.0, 0.0], [[1.0, 0.5], [0.0, 1.0]]), "covariance must be symmetric"),
        (lambda: Gaussian(0.0, 0.0), "covariance must be positive definite"),
        (lambda: Gaussian([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]]), "covariance must be positive definite"),
        (lambda: Gaussian([0.0, 0.0], torch.eye(2)).density, "d = 2"),
        (lambda: gaussian.kl(Gaussian(0.0, 1.0), Gaussian([0.0, 0.0], torch.eye(2))), "same dimension, got 1 and 2"),
        (lambda: gaussian.wasserstein2(Gaussian(0.0, 1.0), Gaussian([0.0, 0.0], torch.eye(2))), "same dimension"),
    ],
)
def test_bad_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()

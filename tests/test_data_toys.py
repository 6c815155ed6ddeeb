"""Mixtures, the planar sets, numbers on a line and priors: densities against torch.distributions and scipy."""

import math

import numpy as np
import pytest
import torch
from scipy import integrate, stats
from torch import distributions as D

from ganbook import data


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def reference(p):
    """The same mixture as torch.distributions has it, in float64."""
    weights, means, stds = (values.double().cpu() for values in (p.weights, p.means, p.stds))
    modes = D.Independent(D.Normal(means, stds.unsqueeze(1).expand(means.shape)), 1)
    return D.MixtureSameFamily(D.Categorical(weights), modes)


MIXTURES = {
    "ring": data.ring,
    "grid": data.grid,
    "nine": data.nine,
    "gaussian": lambda: data.gaussian(mean=1.5, std=0.25),
    "mixture1d": lambda: data.mixture1d([0.2, 0.5, 0.3], [-3.0, 0.0, 2.0], [0.5, 1.0, 2.0]),
    "5-D": lambda: data.mixture([0.5, 0.5], [[0.0] * 5, [1.0] * 5], [0.5, 2.0]),
}


@pytest.mark.parametrize("make", MIXTURES.values(), ids=MIXTURES)
def test_log_density_is_that_of_torch_distributions(make):
    p = make()
    near = p(200, rng()).double().cpu()
    far = 3 * torch.randn(200, near.shape[1], dtype=torch.float64, generator=rng(1))
    for x in (near, far):
        torch.testing.assert_close(p.log_density(x), reference(p).log_prob(x))
        torch.testing.assert_close(p.pdf(x), reference(p).log_prob(x).exp())


@pytest.mark.parametrize("make", MIXTURES.values(), ids=MIXTURES)
def test_samples_come_from_the_density(make):
    """Mode by mode: the counts by chi-squared, the offsets from the mode against N(0, 1) by Kolmogorov-Smirnov."""
    p, n = make(), 20_000
    x, mode = p.labelled(n, rng())
    assert torch.equal(x, p(n, rng()))
    if len(p) > 1:
        counts = mode.cpu().bincount(minlength=len(p)).numpy()
        expected = n * p.weights.double().cpu().numpy()
        assert stats.chisquare(counts, expected * (n / expected.sum())).pvalue > 1e-3
    offsets = ((x - p.means[mode]) / p.stds[mode].unsqueeze(1)).flatten().double().cpu().numpy()
    assert stats.kstest(offsets, "norm").pvalue > 1e-3


def test_density_far_from_every_mode_is_finite():
    assert torch.isfinite(data.ring().log_density(torch.full((1, 2), 100.0))).all()


def test_ring_is_pacgans():
    p = data.ring()
    assert len(p) == 8 and p.std == pytest.approx(0.01)
    torch.testing.assert_close(p.means.norm(dim=1), torch.ones(8, device=p.means.device))
    gaps = torch.cdist(p.means, p.means)[0].sort().values[1:3].cpu()
    torch.testing.assert_close(gaps, torch.full((2,), 2 * math.sin(math.pi / 8)))


def test_grid_is_pacgans():
    p = data.grid()
    assert p.std == pytest.approx(0.05)
    assert {tuple(m) for m in p.means.tolist()} == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}


def test_nine_is_the_grid_of_three():
    p, q = data.nine(), data.grid(3)
    assert {tuple(m) for m in p.means.tolist()} == {(x, y) for x in (-2, 0, 2) for y in (-2, 0, 2)}
    assert torch.equal(p(100, rng()), q(100, rng()))


def test_parameters_change_what_they_name():
    p = data.ring(modes=3, radius=2.0, std=0.5)
    assert len(p) == 3 and p.std == 0.5
    torch.testing.assert_close(p.means[0].cpu(), torch.tensor([2.0, 0.0]))
    assert data.grid(side=2, spacing=3.0).means.abs().unique().tolist() == [1.5]


def test_one_width_is_asked_of_std():
    with pytest.raises(ValueError, match=r"std needs modes of one width, got \[1.0, 2.0\]: use stds"):
        _ = data.mixture1d([0.5, 0.5], [0.0, 1.0], [1.0, 2.0]).std


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.ring(modes=0), "modes must be a whole number >= 1, got 0"),
        (lambda: data.ring(radius=0.0), "radius must be a finite number > 0, got 0.0"),
        (lambda: data.ring(std=-1.0), "std must be a finite number > 0, got -1.0"),
        (lambda: data.ring(std=math.nan), "std must be a finite number > 0, got nan"),
        (lambda: data.grid(side=-1), "side must be a whole number"),
        (lambda: data.grid(spacing=math.inf), "spacing must be a finite number > 0, got inf"),
        (lambda: data.nine(std=0), "std must be a finite number > 0, got 0"),
        (lambda: data.swiss_roll(std=0.0), "std must be a finite number > 0"),
        (lambda: data.swiss_roll(radius=-1.0), "radius must be a finite number > 0"),
        (lambda: data.gaussian(mean=math.nan), "mean must be a finite number, got nan"),
        (lambda: data.gaussian(std=0.0), "std must be a finite number > 0"),
        (lambda: data.interval(1.0, 1.0), "low must be below high, got low = 1.0 and high = 1.0"),
        (lambda: data.interval(0.0, math.inf), "high must be a finite number"),
        (lambda: data.normal(0), "d must be a whole number >= 1, got 0"),
        (lambda: data.uniform(-2), "d must be a whole number >= 1, got -2"),
        (lambda: data.mixture1d([0.5, 0.6], [0.0, 1.0], [1.0, 1.0]), "weights must have the sum 1, got"),
        (lambda: data.mixture1d([1.5, -0.5], [0.0, 1.0], [1.0, 1.0]), "weights must be above 0"),
        (lambda: data.mixture1d([0.5, 0.5], [0.0, 1.0], [1.0, 0.0]), "stds must be above 0"),
        (lambda: data.mixture1d([1.0], [0.0, 1.0], [1.0, 1.0]), "weights must hold one number for each of the 2 modes"),
        (lambda: data.mixture1d([0.5, 0.5], [0.0, 1.0], [1.0]), "stds must hold one number for each of the 2 modes"),
        (lambda: data.mixture1d([0.5, 0.5], [0.0, math.nan], [1.0, 1.0]), "means must hold finite numbers, got nan"),
        (lambda: data.mixture([], [], []), r"means must have shape \(k, d\)"),
    ],
)
def test_bad_parameters_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("make", [data.ring, data.swiss_roll])
def test_density_of_points_of_another_shape_is_refused(make):
    with pytest.raises((ValueError, TypeError), match="x"):
        make().log_density(torch.zeros(4, 3))


def test_swiss_roll_density_is_the_integral_along_the_spiral():
    """Against scipy's adaptive quadrature, at points on the spiral, at its ends, between windings and far off."""
    p = data.swiss_roll(radius=2.0, std=0.1)

    def density(x):
        def integrand(t):
            c = 2.0 * t / (4.5 * math.pi) * np.array([math.cos(t), math.sin(t)])
            return math.exp(-((x - c) ** 2).sum() / (2 * 0.1**2)) / (2 * math.pi * 0.1**2) / (3 * math.pi)

        near = np.arange(1.5, 4.5, 0.25) * math.pi
        return integrate.quad(integrand, 1.5 * math.pi, 4.5 * math.pi, points=near, limit=500, epsabs=1e-14)[0]

    t = torch.tensor([1.5, 2.0, 3.3, 4.5], dtype=torch.float64) * math.pi
    x = torch.cat([p.curve(t), torch.tensor([[0.0, 0.0], [1.0, 0.3], [2.2, -0.4]], dtype=torch.float64)])
    expected = torch.tensor([density(point) for point in x.numpy()], dtype=torch.float64)
    torch.testing.assert_close(p.pdf(x), expected, rtol=1e-7, atol=1e-10)


def test_swiss_roll_density_has_the_integral_one():
    p, line = data.swiss_roll(std=0.05), torch.linspace(-1.5, 1.5, 121, dtype=torch.float64)
    points = torch.cartesian_prod(line, line)
    assert p.pdf(points).sum().item() * 0.025**2 == pytest.approx(1.0, abs=1e-6)


def test_swiss_roll_samples_lie_along_the_spiral_with_its_noise():
    p = data.swiss_roll(std=0.001)
    x = p(20_000, rng()).double().cpu()
    t = x.norm(dim=1) * 4.5 * math.pi  # noise apart, the radius tells the angle
    distance = (x - p.curve(t)).norm(dim=1)
    assert distance.max() < 0.05  # a winding is 0.44 away from the next
    assert stats.kstest((t.numpy() / math.pi - 1.5) / 3, "uniform").pvalue > 1e-3


def test_swiss_roll_entropy_agrees_with_its_density():
    """Mean of -log p over samples against the integral of -p log p: the sampler and the density are of one kind."""
    p, line = data.swiss_roll(std=0.05), torch.linspace(-1.5, 1.5, 121, dtype=torch.float64)
    logs = p.log_density(torch.cartesian_prod(line, line))
    entropy = -(logs.exp() * logs).sum().item() * 0.025**2
    sampled = -p.log_density(p(5_000, rng()).double().cpu())
    assert abs(sampled.mean().item() - entropy) < 4 * sampled.std().item() / math.sqrt(5_000)


def test_interval_is_uniform():
    p = data.interval(-1.0, 3.0)
    x = p(20_000, rng())
    assert x.shape == (20_000, 1) and x.min() >= -1 and x.max() <= 3
    assert stats.kstest(x.flatten().double().cpu().numpy(), "uniform", args=(-1, 4)).pvalue > 1e-3
    at = torch.tensor([[-1.1], [-1.0], [0.0], [3.0], [3.1]], dtype=torch.float64)
    torch.testing.assert_close(p.pdf(at), torch.tensor([0, 0.25, 0.25, 0.25, 0], dtype=torch.float64))
    torch.testing.assert_close(p.log_density(at).exp(), p.pdf(at))


def test_priors_have_their_distributions():
    z = data.normal(3)(10_000, rng())
    assert z.shape == (10_000, 3) and stats.kstest(z.flatten().cpu().numpy(), "norm").pvalue > 1e-3
    assert torch.equal(z.cpu(), torch.randn(10_000, 3, generator=rng()))
    u = data.uniform(3)(10_000, rng())
    assert u.min() >= -1 and u.max() <= 1
    assert stats.kstest(u.flatten().cpu().numpy(), "uniform", args=(-1, 2)).pvalue > 1e-3


def test_a_device_given_is_the_device_of_samples_and_means():
    p = data.ring(device="cpu")
    assert p.means.device.type == p(3, rng()).device.type == "cpu"
    assert data.normal(2, device="cpu")(3, rng()).device.type == "cpu"
    assert data.normal(2, device="meta")(3, rng()).device.type == "meta"  # drawn on the CPU, then moved
    assert data.swiss_roll(device="meta")(3, rng()).device.type == "meta"


@pytest.mark.parametrize("sampler", [data.normal(1), data.ring(modes=1), data.grid(1)], ids=["normal", "ring", "grid"])
def test_one_is_enough(sampler):
    assert sampler(3, rng()).shape[0] == 3

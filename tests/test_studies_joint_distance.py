"""Three total variations of Gaussian pairs: closed forms, a grid, draws, and the theorem TV(marginal) <= TV(joint)."""

import math

import pytest
import torch
from torch.testing import assert_close

from ganbook.divergences import discrete
from ganbook.divergences.gaussian import Gaussian
from ganbook.studies.joint_distance import _planar, encoded, generated, posterior, shifted, three, turned, value


def law(rng):
    root = torch.randn(2, 2, generator=rng, dtype=torch.float64)
    return Gaussian(torch.randn(2, generator=rng, dtype=torch.float64), root @ root.T + 0.2 * torch.eye(2).double())


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.5, 0.99])
def test_turned_pairs_agree_in_both_shadows_and_not_in_the_pair(r):
    p, q = (Gaussian([0.0, 0.0], [[1.0, s], [s, 1.0]]) for s in (r, -r))
    found = three(p, q)
    assert_close(found.xz, turned(r), atol=1e-10, rtol=0)
    assert found.x == found.z == 0.0


def test_shifted_pairs():
    S = torch.tensor([[1.0, 0.6], [0.6, 2.0]]).double()
    p, q = Gaussian([0.3, -1.0], S), Gaussian([1.0, 0.5], S)
    found = three(p, q)
    assert_close(found.xz, shifted(p, q), atol=1e-10, rtol=0)
    for k in range(2):
        step = (p.mean - q.mean)[k] / S[k, k].sqrt()
        assert_close(found[k], math.erf(abs(float(step)) / math.sqrt(8)), atol=1e-8, rtol=0)


@pytest.mark.parametrize("seed", range(6))
def test_the_shadows_are_no_farther_apart_than_the_pairs_and_a_grid_agrees(seed):
    rng = torch.Generator().manual_seed(seed)
    p, q = law(rng), law(rng)
    found = three(p, q)
    assert max(found.x, found.z) <= found.xz + 1e-9
    assert_close(found.xz, three(q, p).xz, atol=1e-7, rtol=0)
    spread = 8 * max(float(each.covariance.diagonal().max()) ** 0.5 + float(each.mean.abs().max()) for each in (p, q))
    t = (torch.arange(900, dtype=torch.float64) + 0.5) / 900 * 2 * spread - spread
    at = torch.cartesian_prod(t, t)
    masses = [
        torch.distributions.MultivariateNormal(each.mean, each.covariance).log_prob(at).exp() * (2 * spread / 900) ** 2
        for each in (p, q)
    ]
    assert_close(found.xz, float((masses[0] - masses[1]).abs().sum() / 2), atol=3e-3, rtol=0)


@pytest.mark.parametrize("seed", range(5))
def test_the_theorem_on_finite_sets(seed):
    """Summing rows or columns of |p - q| cannot make it larger: random tables of 4 x 5."""
    p, q = torch.rand(2, 20, generator=torch.Generator().manual_seed(seed)).double().pow(3)
    p, q = (each / each.sum() for each in (p, q))
    joint = float(discrete.total_variation(p, q))
    for axis in (0, 1):
        shadow = [each.view(4, 5).sum(axis) for each in (p, q)]
        assert float(discrete.total_variation(*shadow)) <= joint + 1e-12


def test_where_both_laws_agree():
    """encoded(a, s) = generated(g, t) just at a = g, s^2 = t^2 = 1 - g^2; elsewhere the pairs differ."""
    for g in (0.2, 0.8, 0.99):
        noise = math.sqrt(1 - g * g)
        assert max(three(encoded(g, noise), generated(g, noise))) < 1e-6
        for a, s in ((-g, noise), (g, 1.3 * noise), (0.9 * g, noise)):
            assert three(encoded(a, s), generated(g, noise)).xz > 0.004


def test_the_best_d_by_hinge_is_left_with_2_minus_2_tv():
    """int min over D of p (1 - D)+ + q (1 + D)+ = 2 int min(p, q), on a finite set by trying many D."""
    p, q = torch.tensor([0.5, 0.3, 0.2, 0.0]).double(), torch.tensor([0.1, 0.3, 0.3, 0.3]).double()
    D = torch.linspace(-3, 3, 601).double()[:, None]
    best = (p * (1 - D).relu() + q * (1 + D).relu()).min(0).values.sum()
    assert_close(float(best), value(float(discrete.total_variation(p, q))), atol=1e-6, rtol=0)


def test_the_posterior_against_conditioning():
    """Draws of z with g . z near 0.7: mean 0.7 g and covariance I - g g^T."""
    g = torch.tensor([0.6, 0.8]).double()
    mean, covariance = posterior(g)
    z = torch.randn(400_000, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    near = z[((z @ g) - 0.7).abs() < 0.02]
    assert_close(near.mean(0), 0.7 * mean, atol=0.05, rtol=0)
    assert_close(near.mT.cov(), covariance, atol=0.06, rtol=0)


def along(angle, thin, far, rng):
    """A law of deviations 1 and `thin`, turned by an angle, about `far` away."""
    turn = torch.tensor([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]).double()
    S = turn @ torch.diag(torch.tensor([1.0, thin**2]).double()) @ turn.T
    return Gaussian(far * torch.randn(2, generator=rng, dtype=torch.float64), (S + S.T) / 2)


@pytest.mark.parametrize("thin", [1.0, 0.3, 1e-2, 1e-3])
@pytest.mark.parametrize("far", [0.0, 0.5, 4.0])
def test_few_directions_a_piece_are_as_good_as_many(thin, far):
    """No border between pieces is forgotten: one inside a piece costs many digits, as would a wrong root."""
    rng = torch.Generator().manual_seed(0)
    for angle in (0.0, 0.4, 1.9, math.pi / 2):
        p, q = along(0.3, 0.7, 0.0, rng), along(angle, thin, far, rng)
        found = [_planar(*pair, order) for pair, order in (((p, q), 24), ((p, q), 61), ((q, p), 28))]
        assert max(found) - min(found) < 1e-9


@pytest.mark.parametrize("s", [1e-3, 0.5, 1.0, 3.0, 100.0])
def test_round_laws_and_laws_on_an_axis(s):
    """N(0, s^2 I) against N(0, I): the masses within the circle on which both are alike; where they differ in one
    number, those within two lines."""
    p = Gaussian([0.0, 0.0], torch.eye(2).double())
    at = 2 * math.log(s) / (1 - 1 / s**2) if s != 1 else 0.0  # of r^2 / 2 = r^2 / 2 s^2 + log s^2, its left side
    wanted = abs(math.exp(-at) - math.exp(-at / s**2))
    assert_close(_planar(p, Gaussian([0.0, 0.0], s**2 * torch.eye(2).double()), 16), wanted, atol=1e-12, rtol=0)
    x = math.sqrt(at)  # of x^2 / 2 = x^2 / 2 s^2 + log s
    wanted = abs(math.erf(x / 2**0.5) - math.erf(x / s / 2**0.5))
    for S in ([[1.0, 0.0], [0.0, s * s]], [[s * s, 0.0], [0.0, 1.0]]):
        assert_close(_planar(p, Gaussian([0.0, 0.0], S), 24), wanted, atol=1e-9, rtol=0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: encoded(1.0, 0.0), "noise must be a finite number > 0"),
        (lambda: generated(1.0, -1.0), "noise must be a finite number > 0"),
        (lambda: three(Gaussian(0.0, 1.0), encoded(1.0, 1.0)), "p must be a Gaussian of pairs"),
        (lambda: three(encoded(1.0, 1.0), 3), "q must be a Gaussian of pairs"),
        (lambda: shifted(encoded(1.0, 1.0), encoded(1.0, 2.0)), "p and q must have one covariance"),
        (lambda: turned(1.5), "r must be a number in"),
        (lambda: value(1.5), "tvs must be a number in"),
        (lambda: posterior(torch.tensor([1.0, 1.0])), "g must have length 1"),
    ],
)
def test_laws_that_are_none(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()

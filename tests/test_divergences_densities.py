"""Divergences by quadrature: closed forms, scipy's quad and distributions, gradients, infinities, bad input."""

import math

import pytest
import scipy.integrate
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from ganbook import divergences as dv
from ganbook.divergences import gaussian, quadrature
from ganbook.divergences.densities import Density, mixture, normal, uniform

LOG2 = math.log(2)
NAMES = ("kl", "reverse_kl", "js", "total_variation", "chi_squared", "hellinger")
DIVERGENCES = [getattr(quadrature, name) for name in NAMES]
TWO_HUMPS = mixture([normal(-2.0, 0.5), normal(2.0, 0.5)])


def same(actual, expected, **tolerance):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), **tolerance)


def x64(*points):
    return torch.tensor(points, dtype=torch.float64)


# --- the densities ----------------------------------------------------------------------------------------------


def test_densities_against_scipy():
    x = torch.linspace(-3, 3, 41, dtype=torch.float64)
    same(normal(0.5, 2.0)(x), scipy.stats.norm(0.5, 2.0).pdf(x.numpy()))
    same(uniform(-1.0, 2.0)(x), scipy.stats.uniform(-1.0, 3.0).pdf(x.numpy()))
    parts = scipy.stats.norm(0, 1).pdf(x.numpy()), scipy.stats.uniform(-1, 2).pdf(x.numpy())
    same(mixture([normal(0.0, 1.0), uniform(-1.0, 1.0)], [0.3, 0.7])(x), 0.3 * parts[0] + 0.7 * parts[1])


@pytest.mark.parametrize("p", [normal(1.0, 0.1), uniform(-2.0, 1.0), mixture([normal(-2.0, 0.5), uniform(0.0, 1.0)])])
def test_samples_follow_the_density(p):
    points = p.sample(20_000, torch.Generator().manual_seed(0))
    assert points.shape == (20_000, 1) and points.dtype == torch.float32
    for moment in (torch.ones_like, lambda x: x, torch.square):
        expected = quadrature.expectation(p, moment).item()
        values = moment(points.double())
        variance = quadrature.expectation(p, lambda x, m=moment: m(x) ** 2).item() - expected**2  # not of the samples:
        error = max(variance, 1e-12) ** 0.5 / math.sqrt(len(points))  # scattered ones would forgive themselves
        assert abs(values.mean().item() - expected) < 5 * error, "five standard errors"


def test_samples_are_the_generators_alone():
    draw = TWO_HUMPS.sample
    first = draw(5, torch.Generator().manual_seed(3))
    torch.rand(1)
    torch.testing.assert_close(draw(5, torch.Generator().manual_seed(3)), first, atol=0, rtol=0)


# --- closed forms and references --------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.floats(-8, 8), st.floats(0.2, 5), st.floats(-8, 8), st.floats(0.2, 5))
def test_gaussians(mean_p, std_p, mean_q, std_q):
    p, q = gaussian.Gaussian(mean_p, std_p**2), gaussian.Gaussian(mean_q, std_q**2)
    for name in ("kl", "reverse_kl", "hellinger", "cross_entropy"):
        by_formula = getattr(gaussian, name)(p, q)
        same(getattr(quadrature, name)(p.density, q.density), by_formula, atol=1e-7, rtol=1e-7)
    same(quadrature.entropy(p.density), gaussian.entropy(p), atol=1e-9, rtol=1e-9)


def test_far_tails_do_not_underflow():
    same(quadrature.kl(normal(0.0, 1.0), normal(60.0, 1.0)), 1800.0)  # q(0) = exp(-1800) is 0 in float64
    same(quadrature.js(normal(0.0, 1.0), normal(60.0, 1.0)), LOG2)


def test_total_variation_of_shifted_gaussians():
    expected = 2 * scipy.stats.norm.cdf(0.75) - 1
    same(quadrature.total_variation(normal(0.0, 1.0), normal(1.5, 1.0)), expected, atol=1e-9, rtol=1e-9)


def test_js_against_scipy_quad():
    p, q = scipy.stats.norm(0, 1), scipy.stats.norm(1.5, 0.7)

    def integrand(x):
        a, b = p.pdf(x), q.pdf(x)
        return (a * math.log(2 * a / (a + b)) + b * math.log(2 * b / (a + b))) / 2

    expected = scipy.integrate.quad(integrand, -12, 12, epsabs=1e-12)[0]
    same(quadrature.js(normal(0.0, 1.0), normal(1.5, 0.7)), expected, atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("shift", [0.0, 0.25, 0.5, 1.0, 3.0])
def test_shifted_uniforms(shift):
    p, q = uniform(0.0, 1.0), uniform(shift, shift + 1.0)
    apart = min(shift, 1.0)
    same(quadrature.total_variation(p, q), apart)
    same(quadrature.js(p, q), apart * LOG2)
    same(quadrature.hellinger(p, q), math.sqrt(apart), atol=1e-7, rtol=1e-7)
    for endless in (quadrature.kl, quadrature.reverse_kl, quadrature.chi_squared, quadrature.cross_entropy):
        assert endless(p, q).item() == (math.inf if shift else 0.0)


def test_js_of_disjoint_is_log_2_to_the_last_bit():
    assert quadrature.js(uniform(0.0, 1.0), uniform(1.0, 2.0)).item() == LOG2


def test_equal_densities():
    for divergence in DIVERGENCES:
        assert divergence(TWO_HUMPS, TWO_HUMPS).item() == 0.0


def test_a_support_inside_the_other():
    same(quadrature.kl(uniform(0.0, 1.0), normal(0.0, 1.0)), math.log(2 * math.pi) / 2 + 1 / 6)
    assert quadrature.reverse_kl(uniform(0.0, 1.0), normal(0.0, 1.0)).item() == math.inf
    assert quadrature.kl(normal(0.0, 1.0), uniform(-60.0, 60.0)).item() == math.inf, "any mass outside, however small"


def test_symmetric_and_ordered():
    p, q = TWO_HUMPS, normal(0.0, 2.0)
    for divergence in (quadrature.js, quadrature.total_variation, quadrature.hellinger):
        torch.testing.assert_close(divergence(p, q), divergence(q, p), atol=1e-9, rtol=1e-9)
    kl, js, tv = (divergence(p, q).item() for divergence in DIVERGENCES[::2][:2] + [quadrature.total_variation])
    assert 2 * tv**2 < kl and tv**2 / 2 < js < LOG2 * tv


def test_data_processing_by_binning():
    p, q = normal(0.0, 1.0), normal(1.0, 1.5)
    edges = torch.linspace(-5, 5, 9, dtype=torch.float64)
    cdf = [
        torch.cat([x64(0.0), d.cdf(edges), x64(1.0)])
        for d in (torch.distributions.Normal(x64(0.0), x64(1.0)), torch.distributions.Normal(x64(1.0), x64(1.5)))
    ]
    for name in NAMES:
        binned = getattr(dv, name)(cdf[0].diff(), cdf[1].diff()).item()
        assert 0 < binned < getattr(quadrature, name)(p, q).item()


def test_invariant_under_a_change_of_variable():
    def log_normal(mean, std):  # exp(x) for normal x
        p = normal(mean, std)
        marks = tuple(math.exp(point) for point in p.breaks)
        return Density(lambda y: p.log(y.log()) - y.log(), support=(0.0, math.inf), breaks=marks)

    p, q = (0.0, 0.5), (0.3, 0.6)
    same(quadrature.kl(log_normal(*p), log_normal(*q)), quadrature.kl(normal(*p), normal(*q)), atol=1e-6, rtol=1e-6)
    moved = quadrature.entropy(log_normal(*q)) - quadrature.entropy(normal(*q))
    same(moved, 0.3, atol=1e-6, rtol=1e-6)  # differential entropy is not invariant: it moves by E[log dy/dx] = E[x]


def test_gradient_in_a_parameter():
    mean = x64(1.5).squeeze().requires_grad_()
    quadrature.kl(normal(0.0, 1.0), normal(mean, 1.0)).backward()
    same(mean.grad, 1.5)  # d/dm m^2/2
    std = x64(2.0).squeeze().requires_grad_()
    quadrature.kl(normal(0.0, 1.0), normal(0.0, std)).backward()
    same(std.grad, 1 / 2 - 1 / 8)  # d/ds (log s + 1/(2 s^2))


# --- refusals ---------------------------------------------------------------------------------------------------


def test_infinite_tails_are_refused_not_guessed():
    cauchy = Density(lambda x: -math.log(math.pi) - (x.square()).log1p(), breaks=(-1.0, 0.0, 1.0))
    with pytest.raises(ValueError, match=r"KL\(p \|\| q\) has not settled"):
        quadrature.kl(cauchy, normal(0.0, 1.0))
    assert quadrature.chi_squared(normal(0.0, 2.0), normal(0.0, 1.0)).item() == math.inf  # p^2/q overflows
    assert quadrature.kl(normal(0.0, 1.0), cauchy).item() > 0


@pytest.mark.parametrize("divergence", [*DIVERGENCES, quadrature.cross_entropy])
def test_mass_must_be_one(divergence):
    half = Density(lambda x: torch.full_like(x, -LOG2), support=(0.0, 1.0))
    good = uniform(0.0, 1.0)
    with pytest.raises(ValueError, match=r"^p must integrate to 1 .*got 0\.5"):
        divergence(half, good)
    with pytest.raises(ValueError, match=r"^q must integrate to 1 .*got 0\.5"):
        divergence(good, half)


def test_a_wrong_support_is_named():
    cut = Density(normal(0.0, 1.0).log_prob, support=(0.0, 8.0))
    with pytest.raises(ValueError, match=r"^p must integrate to 1 over its support \(0\.0, 8\.0\)"):
        quadrature.entropy(cut)


def test_a_missed_bump_is_refused():
    needle = Density(normal(1000.0, 1e-4).log_prob)  # no breaks: the nodes step over it
    with pytest.raises(ValueError, match="narrow bump"):
        quadrature.kl(needle, normal(0.0, 1.0))


def test_a_kink_needs_a_break_or_a_tolerance():
    p, kink = normal(0.0, 1.0), 0.1234
    exact = 2 * scipy.stats.norm.pdf(kink) + kink * (2 * scipy.stats.norm.cdf(kink) - 1)  # E|x - kink|
    with pytest.raises(ValueError, match="has not settled"):
        quadrature.expectation(p, lambda x: (x - kink).abs())
    same(quadrature.expectation(p, lambda x: (x - kink).abs(), breaks=(kink,)), exact, atol=1e-9, rtol=1e-9)
    same(quadrature.expectation(p, lambda x: (x - kink).abs(), tolerance=1e-3), exact, atol=1e-3, rtol=1e-3)


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_log_prob_must_be_a_number(value):
    bad = Density(lambda x: torch.full_like(x, value), support=(0.0, 1.0))
    with pytest.raises(ValueError, match="log_prob must be a number or -inf"):
        quadrature.entropy(bad)


def test_log_prob_must_keep_the_shape():
    bad = Density(lambda x: x.sum(), support=(0.0, 1.0))
    with pytest.raises(ValueError, match="log_prob must return the shape"):
        quadrature.entropy(bad)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: normal(0.0, 0.0), "std must be a finite number > 0, got 0.0"),
        (lambda: normal(0.0, -1.0), "std must be a finite number > 0, got -1.0"),
        (lambda: normal(math.nan, 1.0), "mean must be a finite number, got nan"),
        (lambda: uniform(1.0, 1.0), "lower must be below upper, got 1.0 and 1.0"),
        (lambda: uniform(0.0, math.inf), "upper must be a finite number"),
        (lambda: Density(torch.log, support=(1.0, 0.0)), r"support must be .* got \(1.0, 0.0\)"),
        (lambda: Density(torch.log, support=(math.nan, 0.0)), "support must be"),
        (lambda: Density(torch.log, breaks=(math.inf,)), "breaks must be a finite number"),
        (lambda: mixture([]), "components must be a list of at least one"),
        (lambda: mixture([normal(0.0, 1.0)], [0.5]), "weights must sum to 1"),
        (lambda: mixture([normal(0.0, 1.0)], [0.5, 0.5]), "weights must be one a component"),
        (lambda: quadrature.nodes(), "at least one density"),
    ],
)
def test_bad_arguments_are_named(build, message):
    with pytest.raises(ValueError, match=message):
        build()

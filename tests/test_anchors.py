"""Anchors: masses of cells against a numerical integral, the authors' projection against their loop, refusals."""

import math

import numpy as np
import pytest
import torch

from ganbook.divergences import discrete
from ganbook.losses import anchors


@pytest.mark.parametrize("outcomes", [2, 3, 5, 20, 51])
@pytest.mark.parametrize("name", list(anchors.NAMED))
def test_named_pairs_are_distributions_and_mirror_images(name, outcomes):
    low, high = anchors.pair(name, outcomes)
    assert len(low) == len(high) == outcomes
    for anchor in (low, high):
        assert min(anchor) >= 0 and math.isclose(sum(anchor), 1, abs_tol=1e-12)
    if name != "authors":  # a Gaussian against a uniform: no mirror there
        np.testing.assert_allclose(low, high[::-1], atol=1e-12)
    u = anchors.support(outcomes)
    means = [sum(p * v for p, v in zip(anchor, u, strict=True)) for anchor in (low, high)]
    assert means[0] < 0 < means[1]


def test_gaussian_against_a_riemann_sum():
    """Second implementation: a fine grid of the density, each point given to its nearest outcome."""
    x = np.linspace(-1, 1, 400_001)
    density = np.exp(-0.5 * ((x - 0.3) / 0.4) ** 2)
    nearest = np.rint((x + 1) / 2 * 6).astype(int)
    expected = np.bincount(nearest, density, 7) / density.sum()
    np.testing.assert_allclose(anchors.gaussian(7, 0.3, 0.4), expected, atol=1e-5)


def test_uniform_is_a_gaussian_without_end():
    np.testing.assert_allclose(anchors.uniform(9), anchors.gaussian(9, 0.0, 1e4), atol=1e-8)


def by_the_authors(anchor, skewness, v_min=-1.0, v_max=1.0):
    """Their projection as a loop over outcomes: floor and ceiling of b = (Tz - v_min) / delta, linear shares."""
    m = len(anchor)
    delta = (v_max - v_min) / (m - 1)
    out = np.zeros(m)
    for j in range(m):
        b = (min(max(v_min + j * delta + skewness, v_min), v_max) - v_min) / delta
        lower, upper = math.floor(b + 1e-12), math.ceil(b - 1e-12)
        if lower == upper:
            out[lower] += anchor[j]
        else:
            out[lower] += anchor[j] * (upper - b)
            out[upper] += anchor[j] * (b - lower)
    return out


@pytest.mark.parametrize("outcomes", [2, 3, 4, 5, 20, 51])
@pytest.mark.parametrize("skewness", [-1.0, -0.3, 0.0, 0.37, 1.0, 5.0])
def test_projection_against_the_loop(outcomes, skewness):
    masses = np.random.default_rng(0).dirichlet(np.ones(outcomes))
    projected = anchors.project(masses.tolist(), skewness)
    np.testing.assert_allclose(projected, by_the_authors(masses, skewness), atol=1e-12)
    assert math.isclose(sum(projected), 1, abs_tol=1e-12)
    if skewness == 0:
        np.testing.assert_allclose(projected, masses, atol=1e-15)


def test_odd_outcomes_shift_by_half_of_the_support():
    masses = (0.1, 0.2, 0.3, 0.15, 0.25)
    np.testing.assert_allclose(anchors.project(masses, 1.0), (0, 0, 0.1, 0.2, 0.7), atol=1e-15)
    np.testing.assert_allclose(anchors.project(masses, -1.0), (0.6, 0.15, 0.25, 0, 0), atol=1e-15)


@pytest.mark.parametrize("outcomes", [2, 5, 20, 51])
def test_authors_formula_is_the_mean_of_their_redraws(outcomes):
    rng = torch.Generator().manual_seed(0)
    draws = np.array([anchors.authors_draw(outcomes, rng) for _ in range(300)])
    formula = np.array(anchors.authors(outcomes))
    assert 0.5 * np.abs(draws.mean(0) - formula).sum(1).max() < 0.015  # total variation


@pytest.mark.parametrize(("outcomes", "twice"), [(2, 0.25), (3, 1.07), (5, 1.25), (10, 1.31), (20, 1.36), (51, 1.38)])
def test_authors_distance_is_finite_as_js_only(outcomes, twice):
    """One draw of the authors' own class gave these 2 JS; single draws scatter by some hundredths."""
    low, high = anchors.authors(outcomes)
    assert abs(2 * float(discrete.js(high, low)) - twice) < 0.07
    infinite = math.isinf(float(discrete.kl(high, low)))
    assert infinite == (outcomes > 2)


def test_a_redraw_puts_half_of_the_mass_on_the_end():
    """The defect of the gallery: shifted by half of the support and clamped, half of it piles up, in the mean."""
    rng = torch.Generator().manual_seed(0)
    low, high = np.array([anchors.authors_draw(51, rng) for _ in range(200)]).mean(0)
    assert 0.45 < low[0] < 0.55 and 0.45 < high[-1] < 0.55


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: anchors.support(1), "outcomes must be a whole number >= 2"),
        (lambda: anchors.gaussian(5, 0.0, 0.0), "std"),
        (lambda: anchors.gaussian(5, 50.0, 0.1), "mass"),
        (lambda: anchors.uniform(5, 1.0, 0.0), "low must be below high"),
        (lambda: anchors.uniform(5, 2.0, 3.0), "mass"),
        (lambda: anchors.one_hot(5, 5), "at must be a whole number in -5..4"),
        (lambda: anchors.project((0.5, 0.6), 0.0), "sum 1"),
        (lambda: anchors.project((0.5, 0.5), math.nan), "skewness"),
        (lambda: anchors.pair("skewed", 5), "anchors must be"),
        (lambda: anchors.pair(((1, 0),), 2), "anchors must be a pair"),
        (lambda: anchors.pair(((1, 0), (0, 1)), 3), r"anchors\[0\] must hold one probability"),
        (lambda: anchors.pair(((1, 0), (1, 0)), 2), "anchors must differ"),
        (lambda: anchors.pair(((1, 0), (-0.5, 1.5)), 2), r"anchors\[1\] must hold probabilities"),
        (lambda: anchors.pair(("10", (0, 1)), 2), r"anchors\[0\] must hold real numbers"),
    ],
)
def test_mistakes_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-0.4, 0.5), (0.1, 3.0), (-9.0, -0.3)])
def test_uniform_against_a_riemann_sum(low, high):
    """Ends inside cells, on one side of all, and beyond the support: what falls outside is shared."""
    x = np.linspace(-1, 1, 400_001)
    nearest = np.rint((x + 1) / 2 * 6).astype(int)
    inside = ((low <= x) & (x <= high)).astype(float)
    np.testing.assert_allclose(anchors.uniform(7, low, high), np.bincount(nearest, inside, 7) / inside.sum(), atol=1e-4)


def test_a_redraw_is_of_its_generator_alone():
    found = []
    for own in (1, 2):
        torch.manual_seed(own)
        found.append(anchors.authors_draw(5, torch.Generator().manual_seed(0), 50))
    assert found[0] == found[1]
    with pytest.raises(ValueError, match="outcomes=2 with one-hot anchors"):
        anchors.check_outcomes(1)

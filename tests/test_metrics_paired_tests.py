"""Paired comparisons: against scipy, against counting, and at the level that they promise."""

import itertools

import numpy as np
import pytest
from scipy import stats

from ganbook.metrics import best_of, holm, paired_t, sign_flip

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_sign_flip_against_scipy(n):
    x = RNG.normal(0.5, 1.0, n)
    expected = stats.permutation_test(
        (x,), lambda x, axis: x.sum(axis), permutation_type="samples", n_resamples=np.inf, vectorized=True
    )
    assert sign_flip(x) == pytest.approx(expected.pvalue, abs=1e-12)


def test_sign_flip_by_counting_and_its_least_value():
    x = [0.3, -0.1, 0.7]
    hits = sum(
        abs(sum(e * v for e, v in zip(signs, x, strict=True))) >= 0.9 - 1e-9
        for signs in itertools.product((-1, 1), repeat=3)
    )
    assert sign_flip(x) == hits / 8
    for n in (1, 3, 5, 8):
        assert sign_flip(list(range(1, n + 1))) == 2 / 2**n


def test_invariances():
    x = RNG.normal(0.3, 1.0, 6)
    for test in (sign_flip, paired_t):
        assert test(x) == pytest.approx(test(-x)) == pytest.approx(test(7 * x)) == pytest.approx(test(x[::-1]))


def test_paired_t_against_scipy_and_where_nothing_varies():
    x, y = RNG.normal(size=(2, 7))
    assert paired_t(x - y) == pytest.approx(stats.ttest_rel(x, y).pvalue, abs=1e-12)
    assert paired_t([0.0, 0.0]) == 1.0 and paired_t([2.0, 2.0]) == 0.0


def test_levels_under_the_null():
    """Of 4,000 comparisons of equal methods at most 5 % are called different, up to three standard errors."""
    x = RNG.normal(size=(4_000, 7))
    limit = 0.05 + 3 * (0.05 * 0.95 / 4_000) ** 0.5
    for test in (sign_flip, paired_t):
        assert np.mean([test(row) <= 0.05 for row in x]) < limit
    families = RNG.uniform(size=(4_000, 10))
    assert np.mean([min(holm(row)) <= 0.05 for row in families]) < limit
    assert np.mean(families.min(1) <= 0.05) > 0.35  # what happens without a correction


def test_holm_step_by_step():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.8]) == [1.0, 1.0]
    p = RNG.uniform(size=6)
    assert all(p <= holm(p)) and np.all(np.array(holm(p)) <= np.minimum(1, 6 * p) + 1e-12)  # never above Bonferroni


def test_best_of_by_counting():
    x = RNG.normal(size=7)
    for k in range(1, 8):
        expected = np.mean([min(some) for some in itertools.combinations(x, k)])
        assert best_of(x, k) == pytest.approx(expected, abs=1e-12)
    assert best_of(x, 1) == pytest.approx(x.mean()) and best_of(x, 7) == x.min()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sign_flip([]), "differences must be 1 to 20 numbers, got 0"),
        (lambda: sign_flip([1.0] * 21), "got 21"),
        (lambda: paired_t([1.0]), "at least 2 numbers, got 1"),
        (lambda: holm([0.1, 1.2]), r"p_values must be one or more numbers in \[0, 1\]"),
        (lambda: holm([float("nan")]), "p_values must hold finite numbers"),
        (lambda: best_of([1.0, 2.0], 3), r"k must be a whole number in 1\.\.2, got 3"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()

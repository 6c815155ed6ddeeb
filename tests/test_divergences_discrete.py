"""Discrete divergences: closed forms, scipy and torch as references, theorems as properties, edges, bad input."""

import math

import numpy as np
import pytest
import scipy.spatial.distance
import scipy.stats
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ganbook import divergences as dv

LOG2 = math.log(2)
NAMES = ("kl", "reverse_kl", "js", "total_variation", "chi_squared", "hellinger")
DIVERGENCES = [getattr(dv, name) for name in NAMES]
SYMMETRIC = [dv.js, dv.total_variation, dv.hellinger]
PAIRWISE = [*DIVERGENCES, dv.cross_entropy]
PROPERTIES = settings(max_examples=40, deadline=None)


def same(actual, expected, **tolerance):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), **tolerance)


def weights(k):
    """Positive and zero weights, some many orders of magnitude apart."""
    entry = st.one_of(st.just(0.0), st.floats(1e-12, 1.0))
    return hnp.arrays(np.float64, k, elements=entry).filter(lambda w: w.sum() > 1e-3).map(lambda w: w / w.sum())


def pairs(smallest=1, largest=6):
    return st.integers(smallest, largest).flatmap(lambda k: st.tuples(weights(k), weights(k)))


# --- closed forms, worked by hand -------------------------------------------------------------------------------


def test_by_hand():
    p, q = [0.5, 0.5], [0.75, 0.25]
    same(dv.entropy(q), 2 * LOG2 - 0.75 * math.log(3))
    same(dv.cross_entropy(p, q), (math.log(4 / 3) + math.log(4)) / 2)
    same(dv.kl(p, q), math.log(4 / 3) / 2)
    same(dv.reverse_kl(p, q), 0.75 * math.log(1.5) - 0.25 * LOG2)
    same(dv.total_variation(p, q), 0.25)
    same(dv.chi_squared(p, q), 1 / 12 + 1 / 4)
    same(dv.hellinger(p, q) ** 2, 1 - math.sqrt(0.375) - math.sqrt(0.125))


@pytest.mark.parametrize("k", [1, 2, 7, 1000])
def test_uniform_has_entropy_log_k(k):
    same(dv.entropy(np.full(k, 1 / k)), math.log(k))


# --- references -------------------------------------------------------------------------------------------------


@PROPERTIES
@given(pairs())
def test_scipy(pair):
    p, q = pair
    same(dv.entropy(p), scipy.stats.entropy(p))
    same(dv.kl(p, q), scipy.stats.entropy(p, q), atol=1e-12, rtol=1e-9)
    # scipy returns the square root, and nan where rounding makes its sum negative; hence the square and the guard
    reference = scipy.spatial.distance.jensenshannon(p, q) ** 2
    same(dv.js(p, q), 0.0 if math.isnan(reference) else reference, atol=1e-12, rtol=1e-9)


def test_torch_distributions():
    logits = torch.randn(2, 5, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    p, q = (torch.distributions.Categorical(logits=one) for one in logits)
    torch.testing.assert_close(dv.kl(p.probs, q.probs), torch.distributions.kl_divergence(p, q))
    torch.testing.assert_close(dv.entropy(p.probs), p.entropy())


def test_scipy_chi_square_statistic():
    observed, expected = np.array([18, 22, 60]), np.array([0.2, 0.3, 0.5])
    statistic = scipy.stats.chisquare(observed, 100 * expected).statistic  # n times the divergence
    same(dv.chi_squared(observed / 100, expected), statistic / 100)


# --- the theorems of chapter 3 as properties -------------------------------------------------------------------


@PROPERTIES
@given(pairs())
def test_never_negative_and_never_nan(pair):
    for divergence in DIVERGENCES:
        assert divergence(*pair).item() >= 0


@PROPERTIES
@given(pairs())
def test_zero_where_equal_and_only_there(pair):
    p, q = pair
    for divergence in DIVERGENCES:
        assert divergence(p, p).item() == 0.0
        if np.abs(p - q).max() > 1e-3:
            assert divergence(p, q).item() > 1e-7  # each is at least TV^2 / 2 > 1.2e-7


@PROPERTIES
@given(pairs())
def test_symmetric(pair):
    for divergence in SYMMETRIC:
        torch.testing.assert_close(divergence(*pair), divergence(*reversed(pair)), atol=1e-15, rtol=1e-12)


@pytest.mark.parametrize("divergence", [dv.kl, dv.chi_squared])
def test_not_symmetric(divergence):
    p, q = [0.5, 0.5], [0.9, 0.1]
    assert abs(divergence(p, q) - divergence(q, p)).item() > 0.1


@PROPERTIES
@given(pairs())
def test_reverse_is_kl_the_other_way(pair):
    p, q = pair
    same(dv.reverse_kl(p, q), dv.kl(q, p), atol=0, rtol=0)


@PROPERTIES
@given(pairs(), st.randoms())
def test_relabelling_changes_nothing(pair, random):
    p, q = pair
    order = random.sample(range(len(p)), len(p))
    for divergence in PAIRWISE:
        torch.testing.assert_close(divergence(p[order], q[order]), divergence(p, q), atol=1e-14, rtol=1e-10)


@PROPERTIES
@given(pairs(smallest=2), st.data())
def test_data_processing(pair, data):
    p, q = pair
    rows = st.lists(weights(3), min_size=len(p), max_size=len(p)).map(np.stack)
    channel = data.draw(rows)  # channel[i] = distribution of the output when the input is i
    for divergence in DIVERGENCES:
        before, after = divergence(p, q), divergence(p @ channel, q @ channel)
        assert after.item() <= before.item() * (1 + 1e-9) + 1e-9


@PROPERTIES
@given(pairs())
def test_inequalities_between_them(pair):
    p, q = pair
    kl, js, tv = (f(p, q).item() for f in (dv.kl, dv.js, dv.total_variation))
    chi2, squared = dv.chi_squared(p, q).item(), dv.hellinger(p, q).item() ** 2
    slack = 1e-9
    assert tv**2 / 2 <= js + slack and js <= LOG2 * tv + slack
    assert 2 * tv**2 <= kl + slack, "Pinsker"
    assert squared <= tv + slack and tv <= math.sqrt(2 * squared) + slack
    assert kl <= math.log1p(chi2) + slack * (1 + chi2)


@PROPERTIES
@given(pairs())
def test_chain_cross_entropy(pair):
    p, q = pair
    same(dv.cross_entropy(p, q), dv.entropy(p) + dv.kl(p, q), atol=1e-9, rtol=1e-9)


@PROPERTIES
@given(pairs(smallest=2, largest=4), pairs(smallest=2, largest=4))
def test_kl_adds_over_independent_parts(first, second):
    (p, q), (r, s) = first, second
    together = dv.kl(np.outer(p, r).ravel(), np.outer(q, s).ravel())
    same(together, dv.kl(p, q) + dv.kl(r, s), atol=1e-9, rtol=1e-9)


# --- edges ------------------------------------------------------------------------------------------------------

EDGES = {  # p, q: kl, reverse_kl, js, total_variation, chi_squared, hellinger
    "disjoint": ([1, 0], [0, 1], math.inf, math.inf, LOG2, 1.0, math.inf, 1.0),
    "disjoint, in tenths": (
        [0.1] * 10 + [0.0] * 10,
        [0.0] * 10 + [0.1] * 10,
        math.inf,
        math.inf,
        LOG2,
        1.0,
        math.inf,
        1.0,
    ),
    "one atom": ([1.0], [1.0], 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "both zero somewhere": ([0, 1, 0], [0, 1, 0], 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
    "q misses": (
        [0.5, 0.5],
        [1, 0],
        math.inf,
        LOG2,
        0.75 * LOG2 * 2 - 0.75 * math.log(3),
        0.5,
        math.inf,
        math.sqrt(1 - math.sqrt(0.5)),
    ),
    "p misses": (
        [1, 0],
        [0.5, 0.5],
        LOG2,
        math.inf,
        0.75 * LOG2 * 2 - 0.75 * math.log(3),
        0.5,
        1.0,
        math.sqrt(1 - math.sqrt(0.5)),
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_edges(edge):
    p, q, *expected = EDGES[edge]
    for divergence, value in zip(DIVERGENCES, expected, strict=True):
        same(divergence(p, q), value, atol=1e-14, rtol=1e-14)


def test_js_of_disjoint_is_log_2_to_the_last_bit():
    p, q = EDGES["disjoint, in tenths"][:2]
    assert dv.js(p, q).item() == LOG2


def test_one_atom_has_entropy_zero_and_not_minus_zero():
    assert math.copysign(1.0, dv.entropy([0.0, 1.0]).item()) == 1.0


def test_smallest_floats():
    tiny = 5e-324
    for divergence in DIVERGENCES:
        assert not math.isnan(divergence([tiny, 1.0], [1.0, tiny]).item())
    assert dv.kl([tiny, 1.0], [0.0, 1.0]).item() == math.inf, "0 < p where q = 0, however small p is"
    assert dv.chi_squared([tiny, 1.0], [0.0, 1.0]).item() == math.inf
    assert dv.reverse_kl([tiny, 1.0], [0.0, 1.0]).item() == 0.0


def test_lists_are_not_rounded_to_float32():
    p = [0.1, 0.2, 0.7]
    torch.testing.assert_close(dv.masses(p), torch.tensor(p, dtype=torch.float64), atol=0, rtol=0)
    assert dv.masses([1, 0]).dtype == torch.float64


def test_batches_are_row_by_row():
    p = torch.rand(4, 3, 5, generator=torch.Generator().manual_seed(1)).softmax(-1)
    q = p.flip(-1)
    for divergence in PAIRWISE:
        assert divergence(p, q).shape == (4, 3)
        torch.testing.assert_close(divergence(p, q)[1, 2], divergence(p[1, 2], q[1, 2]))


@pytest.mark.parametrize("divergence", PAIRWISE)
def test_gradient_is_finite_where_both_have_zeros(divergence):
    logits = torch.tensor([0.3, -0.2], dtype=torch.float64, requires_grad=True)
    p = torch.cat([logits.softmax(-1), torch.zeros(1, dtype=torch.float64)])
    divergence(p, [0.4, 0.6, 0.0]).backward()
    assert torch.isfinite(logits.grad).all()


@pytest.mark.parametrize("divergence", PAIRWISE)
def test_gradient_against_finite_differences(divergence):
    x = torch.tensor([0.3, -0.2, 0.9], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([-0.5, 0.1, 0.4], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a, b: divergence(a.softmax(-1), b.softmax(-1)), (x, y))


# --- bad input --------------------------------------------------------------------------------------------------

BAD = {
    "not normalised": ([0.5, 0.4], "sum to 1"),
    "negative": ([1.5, -0.5], "negative"),
    "nan": ([math.nan, 1.0], "finite"),
    "infinite": ([math.inf, 1.0], "finite"),
    "empty": ([], "k >= 1"),
    "scalar": (1.0, "k >= 1"),
    "complex": ([1 + 0j, 0j], "real"),
    "one bad row": ([[0.5, 0.5], [0.5, 0.6]], "sum to 1"),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("divergence", PAIRWISE)
def test_bad_input_is_named(divergence, case):
    bad, message = BAD[case]
    bad = torch.as_tensor(bad)
    good = torch.tensor([0.5, 0.5])
    with pytest.raises(ValueError, match=f"^p must .*{message}"):
        divergence(bad, good)
    with pytest.raises(ValueError, match=f"^q must .*{message}"):
        divergence(good, bad)


@pytest.mark.parametrize("divergence", PAIRWISE)
def test_shapes_must_match(divergence):
    with pytest.raises(ValueError, match=r"same shape, got \(2,\) and \(3,\)"):
        divergence([0.5, 0.5], [0.2, 0.3, 0.5])
    with pytest.raises(ValueError, match="same shape"):  # no silent broadcasting
        divergence([[0.5, 0.5]], [0.5, 0.5])


def test_entropy_names_its_argument():
    with pytest.raises(ValueError, match="^p must sum to 1"):
        dv.entropy([0.2, 0.2])


# --- a real defect of public code -------------------------------------------------------------------------------


def test_kl_on_a_grid_whose_points_were_eaten_is_refused():
    """Points are moved out of the true set while it is counted: 30 % of the mass is lost, and KL comes out negative."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=10_000)
    edges = np.linspace(-6, 6, 41)
    fake, _ = np.histogram(points, edges)  # a perfect generator: the very same points
    eaten, _ = np.histogram(np.delete(points, np.s_[:3_000]), edges)
    p, q = eaten / len(points), fake / len(points)
    seen = p > 0
    naive = float((p[seen] * np.log(p[seen] / q[seen])).sum())
    assert -0.26 < naive < -0.24  # 0.7 log 0.7 = -0.2497: an impossible value for a KL
    with pytest.raises(ValueError, match="^p must sum to 1 .*got a sum of 0.7"):
        dv.kl(p, q)
    assert dv.kl(fake / fake.sum(), q).item() == 0.0

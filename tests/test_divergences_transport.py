"""Optimal transport: POT, scipy.stats, closed forms, the axioms of a metric, bad input, planted defects."""

import math

import numpy as np
import ot
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from torch.testing import assert_close

from ganbook.divergences import gaussian, quantile, transport
from ganbook.divergences.densities import Density, mixture, normal, uniform
from ganbook.divergences.gaussian import Gaussian
from ganbook.divergences.sinkhorn import rounds, sinkhorn

numbers = st.floats(-50, 50, allow_nan=False).map(lambda x: round(x, 3))
sets = st.lists(numbers, min_size=1, max_size=7)


def instance(n, m, d=2, seed=0):
    rng = np.random.default_rng(seed)
    a, b = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    return rng.normal(size=(n, d)), rng.normal(size=(m, d)) + 0.5, a, b


def same(actual, expected, **tolerance):
    torch.testing.assert_close(
        torch.as_tensor(actual, dtype=torch.float64), torch.as_tensor(expected, dtype=torch.float64), **tolerance
    )


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("p", [0.5, 1.0, 2.0, 3.0])
def test_primal_dual_slackness_and_pot(seed, p):
    n, m = 3 + 4 * seed, 5 + 2 * seed
    x, y, a, b = instance(n, m, seed=seed)
    best = transport.transport(a, b, transport.costs(x, y, p))
    same(best.value, best.dual, atol=1e-9, rtol=1e-9)
    assert best.slack.min() > -1e-9 and (best.plan * best.slack).abs().max() < 1e-10
    same(best.plan.sum(1), a, atol=1e-12, rtol=0)
    same(best.plan.sum(0), b, atol=1e-12, rtol=0)
    assert (best.plan > 0).sum() <= n + m - 1
    same(best.value, ot.emd2(a, b, ot.dist(x, y, metric="euclidean") ** p), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_kantorovich_rubinstein_on_shared_points(seed):
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(12, 3))
    a, b = rng.dirichlet(np.ones(12)), rng.dirichlet(np.full(12, 0.3))
    d = transport.costs(points, points)
    f = transport.lipschitz_potential(a, b, d)
    plan = transport.transport(a, b, d)
    same((torch.as_tensor(a - b) @ f), plan.value, atol=1e-9, rtol=1e-9)
    assert transport.steepest(f, f, d) <= 1 + 1e-9
    from_prices = transport.c_transform(plan.v, d)  # one potential out of two, as in the proof
    same(torch.as_tensor(a - b) @ from_prices, plan.value, atol=1e-9, rtol=1e-9)
    assert transport.steepest(from_prices, from_prices, d) <= 1 + 1e-9


@given(sets, sets)
def test_line_against_scipy_and_against_the_programme(x, y):
    mine = float(quantile.wasserstein(x, y))
    assert math.isclose(mine, stats.wasserstein_distance(x, y), rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(mine, float(transport.wasserstein(x, y)), rel_tol=1e-7, abs_tol=1e-7)


@given(st.lists(st.tuples(numbers, st.integers(1, 9)), min_size=1, max_size=6), sets, st.sampled_from([1.0, 1.5, 2.0]))
def test_line_with_weights(weighted, y, p):
    x, w = zip(*weighted, strict=True)
    a = np.array(w) / sum(w)
    mine = float(quantile.wasserstein(x, y, p, a=a))
    if p == 1:
        assert math.isclose(mine, stats.wasserstein_distance(x, y, w), rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(mine, float(transport.wasserstein(x, y, p, a=a)), rel_tol=1e-5, abs_tol=1e-5)


@given(sets, sets, sets, st.sampled_from([1.0, 2.0]))
def test_axioms_of_a_metric(x, y, z, p):
    def w(s, t):
        return float(quantile.wasserstein(s, t, p))

    assert w(x, x) == 0.0 and w(x, list(reversed(x))) == 0.0
    assert math.isclose(w(x, y), w(y, x), rel_tol=1e-9, abs_tol=1e-12)
    assert w(x, z) <= w(x, y) + w(y, z) + 1e-9


@given(sets, st.floats(-9, 9).map(lambda t: round(t, 3)), st.floats(0.1, 5), st.sampled_from([1.0, 2.0, 3.0]))
def test_translation_and_scaling(x, shift, scale, p):
    y = [value + shift for value in x]
    assert math.isclose(float(quantile.wasserstein(x, y, p)), abs(shift), rel_tol=1e-9, abs_tol=1e-9)
    assert math.isclose(float(transport.wasserstein(x, y, p)), abs(shift), rel_tol=1e-6, abs_tol=1e-6)
    one, two = quantile.wasserstein(x, [0.0], p), quantile.wasserstein([scale * v for v in x], [0.0], p)
    assert math.isclose(float(two), scale * float(one), rel_tol=1e-9, abs_tol=1e-9)


def test_larger_exponents_are_larger_distances():
    x, y, a, b = instance(9, 11, seed=3)
    values = [float(transport.wasserstein(x, y, p, a, b)) for p in (1.0, 1.5, 2.0, 4.0)]
    assert values == sorted(values)


def test_monotone_plan_is_the_programmes_where_the_cost_is_strictly_convex():
    x, y, a, b = instance(8, 6, d=1, seed=4)
    i, j = np.argsort(x[:, 0]), np.argsort(y[:, 0])
    best = transport.transport(a[i], b[j], transport.costs(x[i], y[j], 2))
    same(quantile.monotone_plan(a[i], b[j]), best.plan, atol=1e-10, rtol=0)
    same(quantile.monotone_plan(a, a).diagonal(), a, atol=1e-15, rtol=0)


def test_gradient_of_a_shift_is_one():
    theta = torch.tensor(2.0, requires_grad=True, dtype=torch.float64)
    x = torch.randn(50, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    quantile.wasserstein(x, x + theta).backward()
    same(theta.grad, 1.0)


def test_densities_in_closed_form():
    same(quantile.between(normal(0.0, 1.0), normal(3.0, 5.0), 2), 5.0, atol=1e-5, rtol=0)
    folded = math.sqrt(2 / math.pi)  # E|Z|
    same(quantile.between(normal(0.0, 1.0), normal(0.0, 2.0)), folded, atol=1e-5, rtol=0)
    same(quantile.between(uniform(0.0, 1.0), uniform(0.0, 2.0), 2), math.sqrt(1 / 3), atol=1e-9, rtol=0)
    same(quantile.between(uniform(-1.0, 1.0), uniform(-2.0, 2.0)), 0.5, atol=1e-6, rtol=0)
    two = mixture([uniform(0.0, 1.0), uniform(9.0, 10.0)])
    same(quantile.between(two, uniform(0.0, 1.0)), 4.5, atol=1e-6, rtol=0)
    same(quantile.between(two, two), 0.0, atol=0, rtol=0)
    p, q = Gaussian(0.3, 1.7), Gaussian(-1.0, 0.4)
    same(quantile.between(p.density, q.density, 2), gaussian.wasserstein2(p, q), atol=1e-5, rtol=0)


def test_samples_come_close_to_their_densities():
    p, q = normal(0.0, 1.0), mixture([normal(-2.0, 0.5), normal(3.0, 1.0)], [0.3, 0.7])
    rng = torch.Generator().manual_seed(0)
    sampled = quantile.wasserstein(p.sample(40_000, rng)[:, 0], q.sample(40_000, rng)[:, 0])
    same(sampled, quantile.between(p, q), atol=0.05, rtol=0)


def test_gaussians_against_pot():
    rng = np.random.default_rng(0)
    roots = rng.normal(size=(2, 3, 3))
    covariances = [root @ root.T + np.eye(3) for root in roots]
    means = rng.normal(size=(2, 3))
    mine = gaussian.wasserstein2(Gaussian(means[0], covariances[0]), Gaussian(means[1], covariances[1]))
    same(mine, ot.gaussian.bures_wasserstein_distance(means[0], means[1], *covariances), atol=1e-9, rtol=1e-9)


@pytest.mark.parametrize("epsilon", [0.05, 0.5, 5.0])
def test_sinkhorn_against_pot_duality_and_bias(epsilon):
    x, y, a, b = instance(7, 9, seed=5)
    c = transport.costs(x, y)
    state = sinkhorn(a, b, c, epsilon, tolerance=1e-11)
    theirs = ot.sinkhorn(a, b, c.numpy(), epsilon, method="sinkhorn_log", stopThr=1e-12, numItermax=100_000)
    same(state.plan, theirs, atol=1e-8, rtol=0)
    same(state.objective, state.dual, atol=1e-8, rtol=0)
    bias = float(state.value - transport.transport(a, b, c).value)
    assert -1e-9 <= bias <= epsilon * math.log(7)
    same(state.plan.sum(0), b, atol=1e-12, rtol=0)


def test_sinkhorn_at_the_edges():
    c = torch.tensor([[0.0, 3.0], [1.0, 900.0]])
    state = sinkhorn([1.0, 0.0], [0.5, 0.5], c, 0.01)
    same(state.plan, [[0.5, 0.5], [0.0, 0.0]], atol=1e-12, rtol=0)
    same(state.dual, state.objective, atol=1e-9, rtol=0)
    large = sinkhorn([0.5, 0.5], [0.25, 0.75], c, 1e6).plan
    same(large, [[0.125, 0.375], [0.125, 0.375]], atol=1e-3, rtol=0)
    errors = [
        state.error for _, state in zip(range(20), rounds([0.3, 0.7], [0.6, 0.4], [[0, 2], [1, 3]], 1.0), strict=False)
    ]
    assert errors[-1] < errors[0] and errors[-1] < 1e-3
    with pytest.raises(RuntimeError, match="3 rounds"):
        sinkhorn([0.3, 0.7], [0.6, 0.4], c, 0.05, limit=3, tolerance=1e-15)


def test_edges_are_exact():
    one = transport.transport([1.0], [1.0], [[3.0]])
    assert one.value == 3.0 and one.plan == 1.0
    a = [0.2, 0.0, 0.8]
    equal = transport.transport(a, a, transport.costs([0.0, 1.0, 5.0], [0.0, 1.0, 5.0]))
    assert equal.value == 0.0 and float(quantile.wasserstein([4.0], [1.0], 3)) == pytest.approx(3.0)
    assert transport.transport([1, 0], [0, 1], [[0, 0], [0, 0]]).value == 0.0
    same(transport.transport([0.5, 0.5], [1.0], [[-1.0], [2.0]]).value, 0.5)
    assert transport.steepest([1.0], [1.0], [[0.0]]) == 0.0
    assert transport.steepest([1.0], [2.0], [[0.0]]) == math.inf
    same(transport.transport([0.5, 0.5], [0.5, 0.5], 1e9 * torch.eye(2)).value, 0.0, atol=1e-6, rtol=0)
    same(transport.transport([0.5, 0.5], [0.25, 0.75], 1e-9 * torch.tensor([[0.0, 1], [1, 0]])).value, 2.5e-10)


def test_float32_images_and_a_softmax_are_accepted():
    torch.manual_seed(0)
    x, y = torch.rand(6, 1, 4, 4), torch.rand(6, 1, 4, 4)
    weights = torch.rand(6).softmax(0)
    assert transport.wasserstein(x, y, a=weights, b=weights).dtype == torch.float64
    same(transport.wasserstein(x, y, a=[1 / 6] * 6), transport.wasserstein(x, y), atol=1e-9, rtol=0)


BAD = [
    (lambda: transport.transport([0.5, 0.4], [1.0], [[1], [1]]), "a must sum to 1"),
    (lambda: transport.transport([0.5, 0.5], [-0.5, 1.5], [[1, 1], [1, 1]]), "b must hold no negative"),
    (lambda: transport.transport([[1.0]], [1.0], [[1]]), "a must be one distribution"),
    (lambda: transport.transport([math.nan, 1], [1.0], [[1], [1]]), "a must hold finite"),
    (lambda: transport.transport([0.5, 0.5], [1.0], [[1, 1]]), r"cost must have shape \(2, 1\)"),
    (lambda: transport.transport([1.0], [1.0], [[math.inf]]), "cost must hold finite"),
    (lambda: transport.costs([[0.0, 1.0]], [[0.0]]), "y must be of the dimension of x, 2"),
    (lambda: transport.costs([0.0], [1.0], 0), "p must be a finite number > 0"),
    (lambda: transport.costs([], [1.0]), "x must hold at least one point"),
    (lambda: transport.costs([True], [1.0]), "x must hold real numbers"),
    (lambda: transport.wasserstein([0.0], [1.0], 0.5), "p must be a finite number >= 1"),
    (lambda: transport.wasserstein([0.0], [1.0], a=[0.5, 0.5]), "a must hold one mass for each of 1"),
    (lambda: transport.c_transform([0.0], [[1.0, 2.0]]), "cost must have shape"),
    (lambda: transport.lipschitz_potential([1, 0], [0, 1], [[0, 1], [2, 0]]), "distance must be symmetric"),
    (lambda: transport.lipschitz_potential([1], [1], [[0, 1], [1, 0]]), "a must hold one mass for each of 2"),
    (lambda: transport.check_metric([[0, 1, 5], [1, 0, 1], [5, 1, 0]]), "triangle"),
    (lambda: transport.check_metric([[1.0]]), "0 from each point to itself"),
    (lambda: transport.check_metric([[0, -1], [-1, 0]]), "no negative"),
    (lambda: transport.check_metric([[0, 1]]), "shape"),
    (lambda: transport.steepest([0.0], [1.0], [[1.0, 1.0]]), "distance must have shape"),
    (lambda: transport.steepest([0.0], [1.0], [[-1.0]]), "no negative"),
    (lambda: quantile.wasserstein([0.0, math.nan], [1.0]), "x must hold finite"),
    (lambda: quantile.wasserstein(torch.zeros(1, 1), [1.0]), "x must hold real numbers, shape"),
    (lambda: quantile.wasserstein([0.0], [1.0], 0.5), "p must be a finite number >= 1"),
    (lambda: quantile.wasserstein([0.0], [1.0], b=[0.5, 0.5]), "b must hold one mass"),
    (lambda: quantile.monotone_plan([[1.0]], [1.0]), "a must be one distribution"),
    (lambda: quantile.between(uniform(0.0, 1.0), uniform(0.0, 1.0), 3), "order must be one of 1, 2"),
    (lambda: quantile.between(uniform(0.0, 1.0), uniform(0.0, 1.0), pieces=1), "pieces"),
    (lambda: quantile.between(Density(lambda x: -x), uniform(0.0, 1.0)), "p must have a finite support"),
    (lambda: quantile.between(uniform(0.0, 1.0), Density(torch.log, (0.0, 1.0))), "q must have mass 1"),
    (lambda: sinkhorn([1.0], [1.0], [[1.0]], 0.0), "epsilon must be a finite number > 0"),
    (lambda: sinkhorn([1.0], [1.0], [[1.0, 2.0]], 1.0), "cost must have shape"),
    (lambda: sinkhorn([1.0], [1.0], [[1.0]], 1.0, limit=0), "limit"),
    (lambda: sinkhorn([1.0], [1.0], [[1.0]], 1.0, tolerance=0), "tolerance"),
]


@pytest.mark.parametrize(("call", "message"), BAD)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_planted_defects_are_caught():
    p, q = [0.6, 0.1, 0.1, 0.1, 0.1], [0.1, 0.1, 0.1, 0.1, 0.6]
    place = [0.0, 1.0, 2.0, 3.0, 4.0]
    right = float(quantile.wasserstein(place, place, a=p, b=q))
    assert right == pytest.approx(2.0) and float(quantile.wasserstein(p, q)) == 0.0  # histograms taken for samples
    x, y = torch.tensor([3.0, 0.0]), torch.tensor([1.0, 1.5])
    assert float((x - y).abs().mean()) > float(quantile.wasserstein(x, y))  # not sorted
    c = 1000.0 * torch.eye(2, dtype=torch.float64)  # exp(-c / epsilon) underflows, or meets a floor of 1e-6
    state = sinkhorn([0.3, 0.7], [0.7, 0.3], 1000.0 - c, 1.0)
    same(state.plan.sum(1), [0.3, 0.7], atol=1e-8, rtol=0)


@pytest.mark.parametrize("seed", range(20))
def test_masses_of_almost_nothing_are_no_contradiction(seed):
    rng = np.random.default_rng(seed)
    a, b = (np.maximum(rng.dirichlet([0.05] * n), 1e-300) for n in (20, 25))
    cost = rng.random((20, 25))
    best = transport.transport(a / a.sum(), b / b.sum(), cost)
    assert_close(best.plan.sum(1), best.a, rtol=0, atol=1e-9)
    assert_close(best.plan.sum(0), best.b, rtol=0, atol=1e-9)
    assert_close(best.value, best.dual, rtol=0, atol=1e-9)

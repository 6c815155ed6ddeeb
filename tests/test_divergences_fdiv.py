"""The f-divergence family: conjugates against brute force, the table of the paper, bounds, limits."""

import math

import numpy as np
import pytest
import torch

from ganbook import divergences as dv
from ganbook.divergences import fdiv
from ganbook.divergences.densities import normal, uniform

LOG2 = math.log(2)
P, Q = torch.tensor([0.5, 0.3, 0.2]).double(), torch.tensor([0.2, 0.2, 0.6]).double()
NAMED = {
    fdiv.KL: dv.kl,
    fdiv.REVERSE_KL: dv.reverse_kl,
    fdiv.PEARSON: dv.chi_squared,
    fdiv.NEYMAN: lambda p, q: dv.chi_squared(q, p),
    fdiv.SQUARED_HELLINGER: lambda p, q: dv.hellinger(p, q) ** 2,
    fdiv.JENSEN_SHANNON: dv.js,
    fdiv.TOTAL_VARIATION: dv.total_variation,
    fdiv.GAN: lambda p, q: 2 * dv.js(p, q) - 2 * LOG2,
}
each = pytest.mark.parametrize("member", fdiv.FAMILY, ids=lambda member: member.name)


def same(actual, expected, **tolerance):
    torch.testing.assert_close(actual, torch.as_tensor(expected, dtype=torch.float64), **tolerance)


@each
def test_the_definition_and_the_named_divergence_agree(member):
    same(member.divergence(P, Q), (Q * member.f(P / Q)).sum())
    same(member.divergence(P, Q), NAMED[member](P, Q))


@each
def test_f_is_convex_with_the_stated_value_at_one_and_slope(member):
    u = torch.linspace(0.05, 6.0, 400, dtype=torch.float64, requires_grad=True)
    f = member.f(u)
    assert (f.diff().diff() > -1e-12).all()
    same(member.f(torch.ones(1, dtype=torch.float64)), [member.offset])
    away = (u.detach() - 1).abs() > 1e-9
    same(torch.autograd.grad(f.sum(), u)[0][away], member.slope(u.detach())[away])


@each
def test_limits(member):
    tiny, huge = torch.tensor(1e-12).double(), torch.tensor(1e12).double()
    for value, limit in ((member.f(tiny), member.at_zero), (member.f(huge) / huge, member.at_infinity)):
        if limit == math.inf:
            assert value > 10
        else:
            same(value, limit, atol=1e-4, rtol=1e-4)
    disjoint = member.divergence([1, 0], [0, 1])
    same(disjoint, member.at_zero + member.at_infinity)


@each
def test_the_conjugate_is_the_supremum(member):
    """f*(t) = sup_u (ut - f(u)) on a fine grid of u, for t in the range that the activation reaches."""
    u = torch.cat([torch.logspace(-9, 4, 400_001, dtype=torch.float64), torch.ones(1, dtype=torch.float64)])
    for v in (-1.5, -0.5, 0.0, 0.5, 1.5):
        t = member.activation(torch.tensor(v, dtype=torch.float64))
        brute = (u * t - member.f(u)).max()
        same(member.conjugate(t), brute, atol=1e-6, rtol=1e-6)


@each
def test_fenchel_equality_at_the_witness(member):
    u = torch.tensor([0.2, 0.7, 1.5, 3.0], dtype=torch.float64)
    t = member.witness(u)
    same(member.conjugate(t), u * t - member.f(u))


@each
def test_activation_increases_and_stays_in_the_domain(member):
    v = torch.linspace(-20, 20, 2001, dtype=torch.float64)
    t = member.activation(v)
    assert (t.diff() >= 0).all() and (t[900:1101].diff() > 0).all()
    assert (t <= member.sup_t).all()


@each
def test_penalty_is_the_conjugate_of_the_activation(member):
    v = torch.linspace(-3, 3, 13, dtype=torch.float64)
    same(member.penalty(v), member.conjugate(member.activation(v)))


@each
def test_penalty_is_finite_and_differentiable_far_out(member):
    v = torch.tensor([-40.0, 40.0], dtype=torch.float64, requires_grad=True)
    (member.penalty(v).sum() + member.activation(v).sum()).backward()
    assert torch.isfinite(v.grad).all()


def test_the_table_of_the_paper():
    """Output activations and conjugates as tabulated by Nowozin et al.; their JS and Hellinger are twice ours."""
    v = torch.linspace(-2, 2, 9, dtype=torch.float64)
    table = {
        fdiv.KL: (1, v, lambda t: torch.exp(t - 1)),
        fdiv.REVERSE_KL: (1, -torch.exp(-v), lambda t: -1 - torch.log(-t)),
        fdiv.PEARSON: (1, v, lambda t: t**2 / 4 + t),
        fdiv.NEYMAN: (1, 1 - torch.exp(-v), lambda t: 2 - 2 * torch.sqrt(1 - t)),
        fdiv.SQUARED_HELLINGER: (2, 1 - torch.exp(-v), lambda t: t / (1 - t)),
        fdiv.JENSEN_SHANNON: (2, LOG2 - torch.log(1 + torch.exp(-v)), lambda t: -torch.log(2 - torch.exp(t))),
        fdiv.TOTAL_VARIATION: (1, torch.tanh(v) / 2, lambda t: t),
        fdiv.GAN: (1, -torch.log(1 + torch.exp(-v)), lambda t: -torch.log(1 - torch.exp(t))),
    }
    assert set(table) == set(fdiv.FAMILY)
    for member, (factor, activation, conjugate) in table.items():
        same(factor * member.activation(v), activation)
        same(factor * member.penalty(v), conjugate(activation))


@each
def test_the_bound_holds_for_any_network_and_is_reached_by_the_witness(member):
    rng = np.random.default_rng(0)
    exact = member.divergence(P, Q).item()
    for _ in range(100):
        v = torch.from_numpy(rng.normal(size=3) * 3)
        bound = (P * member.activation(v)).sum() - (Q * member.penalty(v)).sum()
        assert bound.item() <= exact + 1e-12
    t = member.witness(P / Q)
    same((P * t).sum() - (Q * member.conjugate(t)).sum(), exact)


def test_bound_is_the_mean_over_samples():
    real, fake = torch.tensor([[0.0], [2.0]]), torch.tensor([[1.0]])
    expected = 1.0 - math.exp(0.0)  # KL: mean of v less mean of exp(v - 1)
    torch.testing.assert_close(fdiv.KL.bound(real, fake), torch.tensor(expected))


def test_the_gan_member_is_goodfellows_value_function():
    real, fake = torch.randn(7, 1, generator=torch.Generator().manual_seed(0)), torch.linspace(-1, 1, 5).unsqueeze(1)
    value = real.sigmoid().log().mean() + (1 - fake.sigmoid()).log().mean()
    torch.testing.assert_close(fdiv.GAN.bound(real, fake), value)


@each
def test_between_densities(member):
    p, q = normal(0.0, 1.0), normal(0.5, 1.2)
    x = torch.linspace(-14, 14, 200_001, dtype=torch.float64)
    sum_on_a_grid = (q(x) * member.f((p.log(x) - q.log(x)).exp())).sum() * (x[1] - x[0])
    same(member.between(p, q), sum_on_a_grid, atol=1e-6, rtol=1e-6)


@each
def test_between_disjoint_densities(member):
    same(member.between(uniform(0.0, 1.0), uniform(2.0, 3.0)), member.at_zero + member.at_infinity)


@pytest.mark.parametrize("name", ["real", "fake"])
def test_empty_outputs_are_named(name):
    outputs = {"real": torch.zeros(2, 1), "fake": torch.zeros(2, 1), name: torch.zeros(0, 1)}
    with pytest.raises(ValueError, match=f"^{name} must .* not be empty"):
        fdiv.KL.bound(**outputs)


def test_bad_distributions_are_named():
    with pytest.raises(ValueError, match="^p must sum to 1"):
        fdiv.KL.divergence([0.5, 0.4], [0.5, 0.5])

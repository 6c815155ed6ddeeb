"""Penalties: closed forms for any shape, second derivatives, one sample at a time, and what public code got wrong."""

import dataclasses

import pytest
import torch
from torch import nn

from ganbook import recipes
from ganbook.games import GAN
from ganbook.losses import NonSaturating
from ganbook.models import NORMS, dcgan, mlp
from ganbook.penalties import (
    R1,
    R2,
    Dragan,
    GaussianNoise,
    GradientPenalty,
    Judge,
    Penalty,
    UniformNoise,
    differentiable,
    input_gradient_norms,
    input_gradients,
    interpolate,
)

SHAPES = [(2,), (1, 28, 28), (3, 8, 8), (1, 1, 1)]
ALL = [GradientPenalty(), Dragan(), Dragan(noise=GaussianNoise(0.5)), R1(10.0), R2(10.0)]


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def batch(shape, n=6, seed=0, dtype=torch.float64):
    return torch.randn(n, *shape, generator=rng(seed), dtype=dtype)


def linear(shape, norm, seed=9):
    """x -> <w, x> + 1 with ||w|| = norm, w spread over the whole sample."""
    w = batch(shape, 1, seed)
    w = norm * w / w.norm()
    return lambda x: (w * x).flatten(1).sum(1) + 1.0


def smooth(seed=0, d=3):
    """A critic that is not linear and has second derivatives everywhere."""
    torch.manual_seed(seed)
    network = mlp([d, 8, 1], nn.Tanh).double()
    return network, lambda x: network(x).squeeze(1)


# --- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("norm", [0.25, 1.0, 3.0])
def test_a_linear_critic(shape, norm):
    """Its gradient is w everywhere, so each penalty is a number one can write down; 0 for a unit gradient."""
    x, y, critic = batch(shape), batch(shape, seed=1), linear(shape, norm)
    for penalty, expected in (
        (GradientPenalty(), 10 * (norm - 1) ** 2),
        (GradientPenalty(weight=3.0, target=2.0), 3 * (norm - 2) ** 2),
        (GradientPenalty(one_sided=True), 10 * max(0.0, norm - 1) ** 2),
        (Dragan(), 10 * (norm - 1) ** 2),
        (Dragan(noise=GaussianNoise()), 10 * (norm - 1) ** 2),
        (R1(4.0), 2 * norm**2),
        (R2(4.0), 2 * norm**2),
    ):
        assert isinstance(penalty, Penalty)
        torch.testing.assert_close(float(penalty(critic, x, y, rng())), expected, rtol=1e-9, atol=1e-12)


def test_the_norm_is_over_the_whole_sample():
    """The defect: norm(2, dim=1) on an NCHW gradient is a norm over channels, a penalty per pixel."""
    x = batch((1, 28, 28))
    critic = linear((1, 28, 28), 1.0)
    assert float(GradientPenalty()(critic, x, x, rng())) < 1e-20
    x = x.requires_grad_()
    (gradient,) = torch.autograd.grad(critic(x).sum(), x)
    planted = 10 * (gradient.norm(2, dim=1) - 1).square().mean()
    assert float(planted) > 9  # each pixel's norm is near 0, and costs nearly the whole weight


def test_gradients_against_autograd_one_sample_at_a_time():
    network, critic = smooth()
    x = batch((3,))
    rows = [torch.autograd.functional.jacobian(lambda v: critic(v[None])[0], row) for row in x]
    torch.testing.assert_close(input_gradients(critic, x), torch.stack(rows))
    torch.testing.assert_close(input_gradient_norms(critic, x), torch.stack(rows).norm(dim=1))


# --- the second derivative -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [*ALL, GradientPenalty(weight=1.0, target=0.3, one_sided=True)], ids=repr)
def test_second_derivative_against_finite_differences(penalty):
    """d penalty / d weights by autograd twice, and by moving each weight by 1e-6 both ways."""
    network, critic = smooth()
    x, y, h = batch((3,)), batch((3,), seed=1), 1e-6
    for parameter in network.parameters():
        (found,) = torch.autograd.grad(penalty(critic, x, y, rng()), parameter, allow_unused=True)
        expected = torch.zeros_like(parameter)
        for place in range(parameter.numel()):
            values = []
            for sign in (1, -1):
                with torch.no_grad():
                    parameter.view(-1)[place] += sign * h
                values.append(penalty(critic, x, y, rng()).item())
                with torch.no_grad():
                    parameter.view(-1)[place] -= sign * h
            expected.view(-1)[place] = (values[0] - values[1]) / (2 * h)
        found = torch.zeros_like(parameter) if found is None else found  # the last bias: no input gradient has it
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-6)


def test_a_flat_critic_gives_no_nan():
    """The norm has no derivative at 0; the penalty of a critic that is 0 everywhere must still be a number."""
    network = nn.Linear(2, 1).double()
    with torch.no_grad():
        network.weight.zero_()
    value = GradientPenalty()(lambda x: network(x).squeeze(1), batch((2,)), batch((2,), seed=1), rng())
    (gradient,) = torch.autograd.grad(value, network.weight)
    assert value.item() == 10.0 and torch.isfinite(gradient).all()


# --- one sample at a time --------------------------------------------------------------------------------------------


def parts(D, x, others):
    """The gradient norms of x, once beside `others` and once beside other others."""
    critic = lambda x: D(x).squeeze(1)  # noqa: E731
    first = input_gradient_norms(critic, torch.cat([x, others]))[: len(x)]
    second = input_gradient_norms(critic, torch.cat([x, -2 * others]))[: len(x)]
    return first.detach(), second.detach()


@pytest.mark.parametrize("norm", NORMS)
def test_batch_norm_couples_samples_and_nothing_else_does(norm):
    torch.manual_seed(0)
    for D, shape in ((dcgan(16, 1, width=4, norm_d=norm)[1], (1, 16, 16)), (mlp([3, 8, 8, 1], norm=norm), (3,))):
        D = D.double()
        if norm == "spectral":
            D.eval()
        same = torch.allclose(*parts(D, batch(shape, 2), batch(shape, 4, seed=1)), rtol=1e-6)
        assert same is (norm != "batch")


@pytest.mark.parametrize("penalty", [R1(2.0), R2(2.0), Dragan(noise=GaussianNoise(0.0))], ids=repr)
def test_a_penalty_is_the_mean_over_samples(penalty):
    _, critic = smooth()
    x, y = batch((3,)), batch((3,), seed=1)
    one = [penalty(critic, x[i : i + 1], y[i : i + 1], rng()).item() for i in range(len(x))]
    torch.testing.assert_close(penalty(critic, x, y, rng()).item(), sum(one) / len(one))


# --- where the gradient is taken -------------------------------------------------------------------------------------


def where(penalty, x, y, seed=0):
    """The points at which a penalty asks for the gradient."""
    seen = []

    def spy(points):
        seen.append(points.detach().clone())
        return points.flatten(1).sum(1)

    penalty(spy, x, y, rng(seed))
    assert len(seen) == 1
    return seen[0]


@pytest.mark.parametrize("shape", SHAPES[:3], ids=str)
def test_one_coefficient_a_sample(shape):
    """From x = 1 to y = 0 the points are the coefficients: one number a sample, and not 1."""
    x, y = torch.ones(500, *shape), torch.zeros(500, *shape)
    points = where(GradientPenalty(), x, y).flatten(1)
    torch.testing.assert_close(points, points[:, :1].expand_as(points))  # drawn per element: fails
    e = points[:, 0]
    assert len(e.unique()) > 490 and 0 <= float(e.min()) < 0.02 and 0.98 < float(e.max()) < 1  # fixed at 1: fails
    assert abs(float(e.mean()) - 0.5) < 4 * (1 / 12 / 500) ** 0.5


def test_the_points_lie_between_each_pair():
    x, y = batch((2,), 50), batch((2,), 50, seed=1)
    points = where(GradientPenalty(), x, y)
    e = ((points - y) * (x - y)).sum(1) / (x - y).square().sum(1)
    torch.testing.assert_close(points, y + e[:, None] * (x - y))


def test_the_rng_decides_and_nothing_else():
    x, y = batch((2,)), batch((2,), seed=1)
    for penalty in (GradientPenalty(), Dragan(), Dragan(noise=GaussianNoise())):
        torch.manual_seed(1)
        first, state = where(penalty, x, y), torch.get_rng_state()
        torch.manual_seed(2)
        assert torch.equal(first, where(penalty, x, y)) and not torch.equal(first, where(penalty, x, y, seed=3))
        torch.manual_seed(1)
        assert torch.equal(state, torch.get_rng_state())


def test_r1_looks_at_reals_and_r2_at_fakes():
    x, y = batch((2,)), batch((2,), seed=1)
    assert torch.equal(where(R1(1.0), x, y), x) and torch.equal(where(R2(1.0), x, y), y)


def test_dragan_never_looks_at_fakes():
    x = batch((2,))
    for noise in (UniformNoise(), GaussianNoise()):
        assert torch.equal(*(where(Dragan(noise=noise), x, y) for y in (x, 5 + x)))


def test_the_two_noises_of_dragan():
    """The paper's has mean 0 and variance c; the code's is never negative, at most 0.5 std(x), of mean std(x) / 8."""
    x = torch.randn(20_000, 2, generator=rng(4))
    paper = where(Dragan(noise=GaussianNoise(4.0)), x, x) - x
    assert abs(float(paper.mean())) < 0.05 and abs(float(paper.var()) - 4) < 0.1
    x = 3 * x  # of a deviation where times and divided by differ
    code, std = where(Dragan(), x, x) - x, float(x.std(correction=0))
    assert 0 <= float(code.min()) and float(code.max()) <= 0.5 * std
    assert abs(float(code.mean()) - std / 8) < 0.005 * std
    share = code / code.abs().max(1, keepdim=True).values
    assert not torch.allclose(share[:, 0], share[:, 1])  # u is drawn for each number, the coefficient for each sample


# --- what reaches the networks ---------------------------------------------------------------------------------------


def test_a_penalty_is_a_loss_of_the_networks_and_leaves_its_samples_as_they_are():
    x, y = batch((3,)), batch((3,), seed=1)
    _, critic = smooth()
    for penalty in (GradientPenalty(), Dragan(), R1(1.0), R2(1.0)):
        value = penalty(critic, x, y, rng())
        assert value.shape == () and value.requires_grad
    assert not x.requires_grad and not y.requires_grad


def test_a_judge_asks_its_network_once():
    """R1 + R2 where the loss has just looked: two passes of D, not four, and the same gradients as from four."""
    torch.manual_seed(0)
    D = nn.Sequential(nn.Linear(3, 8), nn.Softplus(), nn.Linear(8, 1)).double()
    x, y, calls = batch((3,)).double(), batch((3,), seed=1).double(), []

    def network(x):
        calls.append(len(x))
        return D(x)

    def gradients(judge, x, y):
        total = (judge.outputs(y) - judge.outputs(x)).mean()
        total = total + R1(3.0)(judge, x, y, rng()) + R2(5.0)(judge, x, y, rng())
        return torch.autograd.grad(total, list(D.parameters())[:-1])

    once = gradients(Judge(network, lambda out: out.squeeze(1)), differentiable(x), differentiable(y))
    assert len(calls) == 2
    again = gradients(Judge(network, lambda out: out.squeeze(1)), x, y)  # nothing to recognise: a pass for each
    assert len(calls) == 6
    for a, b in zip(once, again, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-12, atol=1e-14)


def test_dragans_loss_is_back_propagated_and_its_penalty_too():
    """The defect of a public DRAGAN: d_loss is computed, and only the penalty is descended."""

    def real(n, rng):
        return torch.randn(n, 2, generator=rng)

    torch.manual_seed(0)
    game = GAN(
        mlp([3, 8, 2]), mlp([2, 8, 1]), dataclasses.replace(recipes.DRAGAN, batch=16), device=torch.device("cpu")
    )
    draws = rng(1)
    x, z = real(16, draws), torch.randn(16, 3, generator=draws)
    with torch.no_grad():
        y = game.G(z)
    loss = NonSaturating().d(game.D(x), game.D(y))
    penalty = Dragan()(game.critic, x, y, draws)
    own = list(game.D.parameters())
    gradients = [torch.autograd.grad(part, own, allow_unused=True, retain_graph=True) for part in (loss, penalty)]
    assert all(any(g is not None and g.abs().max() > 0 for g in part) for part in gradients)
    seen = []
    game.optimizers["D"].register_step_pre_hook(lambda *_: seen.extend(p.grad.clone() for p in own))
    game.round(real, rng(1))
    for found, a, b in zip(seen, *gradients, strict=True):
        torch.testing.assert_close(found, a if b is None else a + b)


# --- refusals --------------------------------------------------------------------------------------------------------


def test_a_critic_of_several_numbers_is_refused():
    """The sum of K logits is not the score of a K-output discriminator."""
    for critic in (lambda x: x, lambda x: x.sum()):
        with pytest.raises(Exception, match=r"critic must return one number a sample"):
            R1(1.0)(critic, batch((2,)), batch((2,)), rng())


def test_shapes_that_differ():
    with pytest.raises(ValueError, match="(x and y|real and fake) must have the same shape"):
        interpolate(torch.zeros(3, 2), torch.zeros(3, 4), rng())


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), True, "10"])
@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("weight", lambda v: GradientPenalty(weight=v)),
        ("target", lambda v: GradientPenalty(target=v)),
        ("weight", lambda v: Dragan(weight=v)),
        ("gamma", R1),
        ("gamma", R2),
        ("c", GaussianNoise),
        ("share", UniformNoise),
    ],
)
def test_bad_constants(name, make, value):
    with pytest.raises(Exception, match=name) as caught:
        make(value)
    assert isinstance(caught.value, ValueError) or "jaxtyping" in type(caught.value).__module__


def test_noise_must_be_noise():
    with pytest.raises(Exception, match="noise"):
        Dragan(noise="paper")


def test_penalties_print_and_compare():
    assert repr(GradientPenalty()) == "GradientPenalty(weight=10.0, target=1.0, one_sided=False)"
    assert repr(Dragan()) == "Dragan(weight=10.0, target=1.0, noise=UniformNoise(share=0.5))"
    assert Dragan() == Dragan(noise=UniformNoise()) != Dragan(noise=GaussianNoise()) and R1(1.0) == R1(1.0)

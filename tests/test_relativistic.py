"""Relativistic losses: closed forms, a second implementation in float64, and what public code got wrong."""

import math

import pytest
import torch

from ganbook.losses import AdversarialLoss, NonSaturating, RelativisticAverage, RelativisticPairing

AVERAGE, PAIRING = RelativisticAverage(), RelativisticPairing()
BOTH = [AVERAGE, PAIRING]


@pytest.fixture
def outputs():
    rng = torch.Generator().manual_seed(7)
    return [3 * torch.randn(50, 1, generator=rng, dtype=torch.float64) for _ in range(2)]


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


def average_d(real, fake):
    """The paper's formula with its sigmoids, sample by sample."""
    m, n = len(real), len(fake)
    mean_real, mean_fake = sum(real) / m, sum(fake) / n
    return -(
        sum(torch.log(sigmoid(value - mean_fake)) for value in real) / m
        + sum(torch.log(1 - sigmoid(value - mean_real)) for value in fake) / n
    )


def average_g(real, fake):
    m, n = len(real), len(fake)
    mean_real, mean_fake = sum(real) / m, sum(fake) / n
    return -(
        sum(torch.log(sigmoid(value - mean_real)) for value in fake) / n
        + sum(torch.log(1 - sigmoid(value - mean_fake)) for value in real) / m
    )


def pairing_d(real, fake):
    return -sum(torch.log(sigmoid(r - f)) for r, f in zip(real, fake, strict=True)) / len(real)


LITERAL = {AVERAGE: (average_d, average_g), PAIRING: (pairing_d, lambda real, fake: pairing_d(fake, real))}


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_formula_of_the_docstring(loss, outputs):
    real, fake = outputs
    for name, literal in zip("dg", LITERAL[loss], strict=True):
        expected = literal(real.flatten().unbind(), fake.flatten().unbind())
        torch.testing.assert_close(getattr(loss, name)(real, fake), expected, rtol=1e-12, atol=1e-12)


def test_gradients_against_finite_differences(outputs):
    real, fake = (out.clone().requires_grad_() for out in outputs)
    for loss in BOTH:
        assert torch.autograd.gradcheck(loss.d, (real, fake))
        assert torch.autograd.gradcheck(loss.g, (real, fake))


def test_constant_outputs_have_closed_forms():
    real, fake = torch.full((4, 1), 5.0), torch.full((4, 1), 3.0)
    once = math.log1p(math.exp(-2.0))
    torch.testing.assert_close(float(PAIRING.d(real, fake)), once)
    torch.testing.assert_close(float(AVERAGE.d(real, fake)), 2 * once)
    torch.testing.assert_close(float(PAIRING.g(real, fake)), 2 + once)
    for loss, value in ((PAIRING, math.log(2)), (AVERAGE, math.log(4))):
        torch.testing.assert_close(float(loss.d(real, real)), value)


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_a_constant_added_to_d_changes_nothing(loss, outputs):
    real, fake = outputs
    for name in ("d", "g"):
        play = getattr(loss, name)
        torch.testing.assert_close(play(real + 17, fake + 17), play(real, fake), rtol=1e-10, atol=1e-10)
    assert abs(NonSaturating().d(real + 17, fake + 17) - NonSaturating().d(real, fake)) > 1


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_roles_are_exchanged(loss, outputs):
    real, fake = outputs
    torch.testing.assert_close(loss.g(real, fake), loss.d(fake, real), rtol=0, atol=0)


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_directions(loss):
    """D wants real up and fake down, G fake up, and the gradient of D's outputs sums to zero. A flipped sign fails."""
    real, fake = (torch.full((3, 1), value, requires_grad=True) for value in (0.2, -0.1))
    d_real, d_fake = torch.autograd.grad(loss.d(real, fake), (real, fake))
    assert (d_real < 0).all() and (d_fake > 0).all()
    torch.testing.assert_close(d_real.sum(), -d_fake.sum())
    assert (torch.autograd.grad(loss.g(real, fake), fake)[0] < 0).all()


def test_only_the_average_forgets_who_met_whom(outputs):
    real, fake = outputs
    turned = fake.roll(1, 0)
    torch.testing.assert_close(AVERAGE.d(real, turned), AVERAGE.d(real, fake))
    assert abs(PAIRING.d(real, turned) - PAIRING.d(real, fake)) > 1e-3


def test_the_defects_of_public_code_are_told_apart(outputs):
    """The mean detached (the value agrees, the gradient does not), and a generator that forgets its real half."""
    real, fake = (out.clone().requires_grad_() for out in outputs)
    softplus = torch.nn.functional.softplus

    def detached(real, fake):
        return softplus(fake.mean().detach() - real).mean() + softplus(fake - real.mean().detach()).mean()

    torch.testing.assert_close(detached(real, fake), AVERAGE.d(real, fake))
    mine, theirs = (torch.autograd.grad(loss(real, fake), real)[0] for loss in (AVERAGE.d, detached))
    assert (mine - theirs).abs().max() > 1e-3
    half = softplus(real.mean() - fake).mean()
    assert abs(half - AVERAGE.g(real, fake)) > 1e-1


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_sure_discriminators_do_not_overflow(loss):
    real, fake = (torch.full((2, 1), value, requires_grad=True) for value in (-1e4, 1e4))
    gradients = torch.autograd.grad(loss.d(real, fake), (real, fake))
    assert all(torch.isfinite(gradient).all() and (gradient != 0).all() for gradient in gradients)


@pytest.mark.parametrize("loss", BOTH, ids=repr)
def test_refusals(loss):
    good = torch.zeros(4, 1)
    assert isinstance(loss, AdversarialLoss) and loss.g_sees_real
    with pytest.raises(ValueError, match="real must be D's outputs on real samples"):
        loss.g(None, good)
    for bad in (torch.zeros(4, 2), torch.zeros(0, 1)):
        for play in (loss.d, loss.g):
            with pytest.raises(ValueError, match=r"fake must be raw outputs of D of shape \(n, 1\)"):
                play(bad, bad)
        with pytest.raises(ValueError, match=r"out must be raw outputs of D of shape \(n, 1\)"):
            loss.score(bad)
    assert loss.score(good).shape == (4,)

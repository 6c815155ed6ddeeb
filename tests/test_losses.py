"""Losses: the docstring's formula in float64, closed forms, and what public code got wrong."""

import math

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits as bce

from ganbook.divergences import fdiv
from ganbook.losses import (
    FGAN,
    FeatureMatching,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    PlusMatching,
    Realness,
    Redrawn,
    RelativisticAverage,
    RelativisticPairing,
    SemiSupervised,
    SemiSupervisedMatching,
    Wasserstein,
)

LOSSES = [Minimax(), NonSaturating(), NonSaturating(real_label=0.9), LeastSquares(), Hinge(), Wasserstein()]


@pytest.fixture
def outputs():
    rng = torch.Generator().manual_seed(7)
    return [3 * torch.randn(50, 1, generator=rng, dtype=torch.float64) for _ in range(2)]


def sigmoid(x):
    return 1 / (1 + torch.exp(-x))


LITERAL_D = {
    Minimax(): lambda r, f: -(torch.log(sigmoid(r)).mean() + torch.log(1 - sigmoid(f)).mean()),
    NonSaturating(): lambda r, f: -(torch.log(sigmoid(r)).mean() + torch.log(1 - sigmoid(f)).mean()),
    NonSaturating(0.9): lambda r, f: (
        -(
            0.9 * torch.log(sigmoid(r)).mean()
            + 0.1 * torch.log(1 - sigmoid(r)).mean()
            + torch.log(1 - sigmoid(f)).mean()
        )
    ),
    LeastSquares(): lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2,
    Hinge(): lambda r, f: torch.clamp(1 - r, min=0).mean() + torch.clamp(1 + f, min=0).mean(),
    Wasserstein(): lambda r, f: f.sum() / len(f) - r.sum() / len(r),
}
LITERAL_G = {
    Minimax(): lambda f: torch.log(1 - sigmoid(f)).mean(),
    NonSaturating(): lambda f: -torch.log(sigmoid(f)).mean(),
    NonSaturating(0.9): lambda f: -torch.log(sigmoid(f)).mean(),
    LeastSquares(): lambda f: ((f - 1) ** 2).mean() / 2,
    Hinge(): lambda f: -f.mean(),
    Wasserstein(): lambda f: -f.mean(),
}


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_formula_of_the_docstring(loss, outputs):
    real, fake = outputs
    torch.testing.assert_close(loss.d(real, fake), LITERAL_D[loss](real, fake), rtol=1e-12, atol=1e-12)
    torch.testing.assert_close(loss.g(None, fake), LITERAL_G[loss](fake), rtol=1e-12, atol=1e-12)


def test_against_binary_cross_entropy(outputs):
    real, fake = outputs
    ones, zeros = torch.ones_like(real), torch.zeros_like(fake)
    for label in (1.0, 0.9, 0.5):
        expected = bce(real, label * ones) + bce(fake, zeros)
        torch.testing.assert_close(NonSaturating(real_label=label).d(real, fake), expected)
    torch.testing.assert_close(Minimax().d(real, fake), bce(real, ones) + bce(fake, zeros))
    torch.testing.assert_close(NonSaturating().g(None, fake), bce(fake, ones))


def test_value_at_equilibrium_is_log_4_in_total():
    undecided = torch.zeros(8, 1, dtype=torch.float64)
    for loss in (Minimax(), NonSaturating()):
        torch.testing.assert_close(float(loss.d(undecided, undecided)), math.log(4))


def test_minimax_is_zero_sum(outputs):
    real, fake = outputs
    fake.requires_grad_()
    for_d = torch.autograd.grad(Minimax().d(real, fake), fake)[0]
    for_g = torch.autograd.grad(Minimax().g(None, fake), fake)[0]
    torch.testing.assert_close(for_d, -for_g)


def test_gradients_that_reach_g(outputs):
    """-s(l) for the minimax loss, -(1 - s(l)) for the other: same sign, never the same number but at l = 0."""
    fake = outputs[1].requires_grad_()
    s = sigmoid(fake.detach()) / len(fake)
    torch.testing.assert_close(torch.autograd.grad(Minimax().g(None, fake), fake)[0], -s)
    torch.testing.assert_close(torch.autograd.grad(NonSaturating().g(None, fake), fake)[0], -(1 / len(fake) - s))


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_directions(loss):
    """D is rewarded for real up and fake down; G for fake up. A flipped sign or swapped order fails here."""
    real, fake = (torch.full((3, 1), value, requires_grad=True) for value in (0.2, -0.1))
    d_real, d_fake = torch.autograd.grad(loss.d(real, fake), (real, fake))
    assert (d_real < 0).all()
    assert (d_fake > 0).all() or isinstance(loss, LeastSquares)  # least squares pulls -0.1 up to its target 0
    assert (torch.autograd.grad(loss.g(None, fake), fake)[0] < 0).all()


@pytest.mark.parametrize("loss", [Minimax(), NonSaturating(), NonSaturating(0.9)], ids=repr)
def test_sure_discriminators_do_not_overflow(loss):
    """A loss that takes log(sigmoid) or log(p + eps) returns inf, or a number capped near 16, at a logit of 1e4."""
    real, fake = (torch.full((2, 1), value, requires_grad=True) for value in (-1e4, 1e4))
    value = loss.d(real, fake)
    torch.testing.assert_close(value.item(), 1e4 * loss.__dict__.get("real_label", 1.0) + 1e4)
    gradients = torch.autograd.grad(value, (real, fake))
    assert all(torch.isfinite(gradient).all() and (gradient != 0).all() for gradient in gradients)


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
def test_loss_is_a_mean_over_samples(loss, outputs):
    """Twice the batch is the same loss: a sum instead of a mean fails here."""
    real, fake = outputs
    twice = [torch.cat([out, out]) for out in outputs]
    torch.testing.assert_close(loss.d(*twice), loss.d(real, fake))
    torch.testing.assert_close(loss.g(None, twice[1]), loss.g(None, fake))


@pytest.mark.parametrize("loss", LOSSES, ids=repr)
@pytest.mark.parametrize("shape", [(4,), (4, 2), (0, 1), (4, 1, 1)])
def test_wrong_width_is_named(loss, shape):
    good, bad = torch.zeros(4, 1), torch.zeros(shape)
    for name, call in (
        ("real", lambda: loss.d(bad, good)),
        ("fake", lambda: loss.d(good, bad)),
        ("fake", lambda: loss.g(None, bad)),
        ("out", lambda: loss.score(bad)),
    ):
        with pytest.raises(Exception, match=name) as caught:  # jaxtyping refuses it first where it is installed
            call()
        assert isinstance(caught.value, ValueError) or "jaxtyping" in type(caught.value).__module__


@pytest.mark.parametrize("label", [0.0, -0.1, 1.1, float("nan")])
def test_label_out_of_range(label):
    with pytest.raises(ValueError, match=r"real_label must be a number in \(0, 1\]"):
        NonSaturating(real_label=label)


def test_score_is_one_number_a_sample(outputs):
    for loss in LOSSES:
        assert torch.equal(loss.score(outputs[0]), outputs[0][:, 0])


def test_losses_compare_and_print():
    assert NonSaturating(0.9) == NonSaturating(0.9) != NonSaturating()
    assert repr(NonSaturating(0.9)) == "NonSaturating(real_label=0.9)"
    with pytest.raises(AttributeError):
        NonSaturating().real_label = 0.5


def test_wasserstein_is_no_hinge(outputs):
    """It scales with the critic, and a constant added to the critic changes nothing in d. A hinge does neither."""
    real, fake = outputs
    for loss, linear in ((Wasserstein(), True), (Hinge(), False)):
        scaled = torch.allclose(loss.d(3 * real, 3 * fake), 3 * loss.d(real, fake))
        shifted = torch.allclose(loss.d(real + 5, fake + 5), loss.d(real, fake))
        assert scaled is linear and shifted is linear


def test_wasserstein_is_zero_sum(outputs):
    """What G descends is what D ascends: a flipped sign of g fails here."""
    real, fake = outputs
    fake.requires_grad_()
    for_d = torch.autograd.grad(Wasserstein().d(real, fake), fake)[0]
    torch.testing.assert_close(torch.autograd.grad(Wasserstein().g(None, fake), fake)[0], -for_d)


EVERY = [
    *LOSSES,
    *(
        RelativisticAverage(),
        RelativisticPairing(),
        Realness(3, 1),
        Realness(3, 2),
        Realness(3, 3),
        Redrawn(3, draws=5),
    ),
    *(FeatureMatching(2), PlusMatching(2), SemiSupervised(2), SemiSupervisedMatching(2, 2), FGAN(fdiv.KL)),
    FGAN(fdiv.KL, saturating=False),
]


@pytest.mark.parametrize("loss", EVERY, ids=repr)
def test_outputs_of_another_width_are_refused_by_every_loss_wherever_they_stand(loss, as_readers):
    """One column too few or too many, no axis for it, whole numbers: torch would take most of them, and broadcast."""
    good = torch.randn(4, loss.outputs)
    wider = torch.zeros(4, loss.outputs + 1)
    for bad in (wider, good[:, :-1], good[:, 0], good.long(), good[:0], good.numpy()):
        for call, name in (
            (lambda bad: loss.d(bad, good), "real"),
            (lambda bad: loss.d(good, bad), "fake"),
            (lambda bad: loss.g(good, bad), "(fake|out)"),  # SemiSupervised asks its score
            (loss.score, "out"),
            *([(lambda bad: loss.g(bad, good), "real")] if loss.g_sees_real else []),
        ):
            with pytest.raises(ValueError, match=rf"^{name} must be (raw outputs of D|paired with fake)"):
                call(bad)
    if loss.g_sees_real:
        with pytest.raises(ValueError, match="^real must be"):
            loss.g(None, good)
    else:
        assert loss.g(None, good).dim() == 0
    assert loss.d(good, good).dim() == 0 and loss.score(good).shape == (4,)

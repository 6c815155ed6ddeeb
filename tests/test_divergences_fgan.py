"""The f-GAN losses: Goodfellow's as a member, signs, a round of the game, refusals."""

import pytest
import torch

from ganbook.divergences import fdiv
from ganbook.games import GAN
from ganbook.losses import FGAN, AdversarialLoss, Minimax, NonSaturating
from ganbook.models import mlp
from ganbook.recipes import Recipe

each = pytest.mark.parametrize("member", fdiv.FAMILY, ids=lambda member: member.name)
REAL, FAKE = (torch.randn(9, 1, generator=torch.Generator().manual_seed(k)) for k in (0, 1))


def test_goodfellows_losses_are_the_gan_member():
    loss = FGAN(fdiv.GAN)
    assert isinstance(loss, AdversarialLoss)
    torch.testing.assert_close(loss.d(REAL, FAKE), Minimax().d(REAL, FAKE))
    torch.testing.assert_close(loss.g(None, FAKE), Minimax().g(None, FAKE))
    torch.testing.assert_close(FGAN(fdiv.GAN, saturating=False).g(None, FAKE), NonSaturating().g(None, FAKE))


@each
def test_a_penalty_and_a_plot_read_one_score_a_sample(member):
    torch.testing.assert_close(FGAN(member).score(REAL), REAL[:, 0])


@each
def test_literally(member):
    t = member.activation(FAKE)
    torch.testing.assert_close(FGAN(member).g(None, FAKE), -member.conjugate(t).mean())
    expected = member.conjugate(t).mean() - member.activation(REAL).mean()
    torch.testing.assert_close(FGAN(member).d(REAL, FAKE), expected)


@each
@pytest.mark.parametrize("saturating", [True, False])
def test_the_generator_is_pushed_to_where_the_critic_says_real(member, saturating):
    fake = torch.tensor([[-0.5], [0.0], [0.5]], requires_grad=True)
    FGAN(member, saturating).g(None, fake).backward()
    assert (fake.grad < 0).all(), "a higher output lowers the generator's loss"


@each
def test_a_round_is_played(member):
    torch.manual_seed(0)
    game = GAN(mlp([2, 8, 1]), mlp([1, 8, 1]), Recipe(loss=FGAN(member)))
    losses = game.round(lambda n, rng: torch.randn(n, 1, generator=rng), torch.Generator().manual_seed(0))
    assert all(torch.isfinite(loss) for loss in losses.values())


def test_widths_are_checked():
    with pytest.raises(ValueError, match=r"fake must be raw outputs of D of shape \(n, 1\)"):
        FGAN(fdiv.KL).g(None, torch.zeros(3, 2))

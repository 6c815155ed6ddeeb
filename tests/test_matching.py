"""Feature matching: the formula, its blindness to the verdict, and a game that uses it."""

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.games import GAN
from ganbook.losses import AdversarialLoss, FeatureMatching, NonSaturating
from ganbook.models import KeepFeatures, mlp
from ganbook.recipes import Recipe
from ganbook.train import fit, train


def outs(n, seed):
    return torch.randn(n, 5, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_the_formula():
    real, fake = outs(6, 0), outs(6, 1)
    loss = FeatureMatching(4)
    expected = sum((real[:, k].sum() / 6 - fake[:, k].sum() / 6) ** 2 for k in range(1, 5))
    torch.testing.assert_close(loss.g(real, fake), expected)
    torch.testing.assert_close(loss.d(real, fake), NonSaturating().d(real[:, :1], fake[:, :1]))
    assert torch.equal(loss.score(real), real[:, 0])
    assert loss.outputs == 5 and isinstance(loss, AdversarialLoss)


def test_invariances():
    real, fake, loss = outs(6, 0), outs(6, 1), FeatureMatching(4)
    value = loss.g(real, fake)
    shift = torch.tensor([0.0, 1.0, -2.0, 3.0, 0.5], dtype=torch.float64)
    torch.testing.assert_close(loss.g(real + shift, fake + shift), value)  # both sides moved alike
    torch.testing.assert_close(loss.g(real.flip(0), fake), value)  # a mean has no order
    verdict = fake.clone()
    verdict[:, 0] += 100
    assert torch.equal(loss.g(real, verdict), value)


def test_planted_defect_the_mean_of_distances_is_not_the_distance_of_means():
    real, fake = outs(6, 0), outs(6, 1)
    pairwise = (real[:, 1:] - fake[:, 1:]).square().sum(1).mean()
    assert pairwise > 2 * FeatureMatching(4).g(real, fake)
    assert FeatureMatching(4).g(real, real.flip(0)) < 1e-12 < (real - real.flip(0))[:, 1:].square().sum(1).mean()


def test_a_game_with_it():
    torch.manual_seed(0)
    *body, head = mlp([2, 8, 1])
    D = nn.Sequential(*body, KeepFeatures(head))
    game = GAN(mlp([2, 8, 2]), D, Recipe(loss=FeatureMatching(8)))
    assert len(fit(train(game, data.ring(), rounds=3)).history["G"]) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: FeatureMatching(0), "features must be"),
        (lambda: FeatureMatching(3).d(outs(4, 0), outs(4, 1)), "real must be raw outputs"),
        (lambda: FeatureMatching(4).g(None, outs(4, 1)), "real must be D's outputs"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()

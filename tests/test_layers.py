"""What stands before a discriminator: closed forms, invariances, and what a collapsed batch looks like through each."""

import pytest
import torch
from torch import nn

from ganbook import data
from ganbook.games import GAN
from ganbook.models import InstanceNoise, KeepFeatures, MinibatchStd, Pack, mlp
from ganbook.recipes import NON_SATURATING
from ganbook.train import fit, train

SHAPES = [(12, 2), (12, 3, 4, 4), (12, 1, 8, 8)]


def batch(shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_noise_is_there_in_training_only_and_of_the_right_size():
    layer, x = InstanceNoise(0.3), torch.zeros(50_000, 2)
    assert torch.equal(layer.eval()(x), x)
    torch.manual_seed(0)
    seen = layer.train()(x)
    assert abs(seen.std().item() - 0.3) < 0.005 and abs(seen.mean().item()) < 0.005
    assert not torch.equal(layer(x), seen)  # drawn anew at each look
    assert torch.equal(InstanceNoise(0.0)(x), x)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("m", [1, 2, 3])
def test_a_pack_is_its_samples_side_by_side(shape, m):
    x = batch(shape)
    packed = Pack(m)(x)
    expected = torch.stack([torch.cat(list(x[k : k + m])) for k in range(0, len(x), m)])
    assert packed.shape == (len(x) // m, m * shape[1], *shape[2:])
    assert torch.equal(packed, expected)


def test_a_pack_of_too_few_is_filled_and_of_a_ragged_batch_refused():
    x = batch((2, 3))
    assert torch.equal(Pack(4)(x), torch.cat([x[0], x[1], x[0], x[1]])[None])
    with pytest.raises(ValueError, match="multiple of m = 2"):
        Pack(2)(batch((5, 3)))


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("group", [None, 4, 6])
def test_the_deviation_against_a_loop(shape, group):
    x = batch(shape)
    seen, size = MinibatchStd(group)(x), group or len(x)
    assert torch.equal(seen[:, :-1], x)
    for start in range(0, len(x), size):
        spread = x[start : start + size].std(0, correction=0).mean()
        torch.testing.assert_close(
            seen[start : start + size, -1], spread.expand(size, *shape[2:]), rtol=1e-6, atol=1e-6
        )


def test_the_deviation_does_not_know_shifts_and_orders_and_grows_with_scale():
    x, layer = batch((8, 5)), MinibatchStd(eps=0.0)
    spread = layer(x)[0, -1]
    torch.testing.assert_close(layer(x + 3.0)[0, -1], spread)
    torch.testing.assert_close(layer(x.flip(0))[0, -1], spread)
    torch.testing.assert_close(layer(-2 * x)[0, -1], 2 * spread)


def test_a_collapsed_batch_has_deviation_zero_and_a_finite_gradient():
    x = torch.ones(6, 3, requires_grad=True)
    seen = MinibatchStd()(x)
    assert seen[:, -1].max() < 1.1e-4  # the root of eps
    seen.sum().backward()
    assert torch.isfinite(x.grad).all()


def test_planted_defect_deviation_within_each_sample():
    """Over the numbers of a sample instead of over samples: blind to collapse, and not what the layer returns."""
    x = torch.tensor([[0.0, 2.0], [0.0, 2.0]])
    assert x.std(1, correction=0).mean() == 1.0
    assert MinibatchStd()(x)[0, -1] < 1e-3


def test_features_beside_the_verdict():
    head, h = nn.Linear(4, 1), torch.randn(5, 4)
    out = KeepFeatures(head)(h)
    assert torch.equal(out[:, :1], head(h)) and torch.equal(out[:, 1:], h)


@pytest.mark.parametrize(
    "D",
    [
        lambda: nn.Sequential(InstanceNoise(0.1), *mlp([2, 8, 1])),
        lambda: nn.Sequential(Pack(4), *mlp([8, 8, 1])),
        lambda: nn.Sequential(MinibatchStd(2), *mlp([3, 8, 1])),
    ],
    ids=["noise", "pack", "spread"],
)
def test_a_game_is_played_through_it(D):
    torch.manual_seed(0)
    run = fit(train(GAN(mlp([2, 8, 2]), D(), NON_SATURATING), data.ring(), rounds=3))
    assert len(run.history["D"]) == 3


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: InstanceNoise(-0.1), "std must be"),
        (lambda: Pack(0), "m must be"),
        (lambda: Pack(True), "m must be"),
        (lambda: MinibatchStd(1), "group must be"),
        (lambda: MinibatchStd(4)(torch.zeros(6, 2)), "multiple of group = 4"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(ValueError, match=message):
        call()

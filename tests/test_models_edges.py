"""Models: biases that are 0 or are not there, norms that are asked for, shapes, and a tangent's step by hand."""

import pytest
import torch
from torch import nn

from ganbook import models
from ganbook.models.tangents import tangent_penalty


def biases(network):
    return [p for name, p in network.named_parameters() if name.endswith("bias")]


@pytest.mark.parametrize("init", [models.dcgan_init, models.he_init])
def test_biases_begin_at_0_and_weights_do_not(init):
    network = nn.Sequential(
        nn.Linear(30, 40), nn.Unflatten(1, (10, 2, 2)), nn.ConvTranspose2d(10, 5, 2), nn.Conv2d(5, 1, 1)
    )
    for p in network.parameters():
        nn.init.ones_(p)
    assert init(network) is network
    assert all(not p.any() for p in biases(network)) and len(biases(network)) == 3
    assert all(0 < p.std() < 1 for name, p in network.named_parameters() if name.endswith("weight"))


def test_attention_has_no_biases():
    assert biases(models.SelfAttention(16)) == []


@pytest.mark.parametrize("make", [models.dcgan, models.pooled, models.bigan, models.residual, models.growing])
@pytest.mark.parametrize("size", [16, 32])
def test_what_a_generator_makes_is_what_its_discriminator_takes(make, size):
    torch.manual_seed(0)
    narrow = {"widest": 8} if make is models.growing else {"hidden": 8} if make is models.bigan else {}
    networks = make(size, 3, z=5, width=8, outputs=2, **narrow)
    x = networks[0](torch.randn(4, 5))
    assert x.shape == (4, 3, size, size)
    D = networks[-1]
    out = D(x, torch.randn(4, 5)) if make is models.bigan else D(x)
    assert out.shape == (4, 2)


def test_a_norm_is_in_every_network_that_it_is_asked_for_in():
    def normed(network):
        return any(isinstance(part, nn.BatchNorm2d) for part in network.modules())

    for make in (models.bigan, models.bigbigan):
        found = {
            norm: [normed(net) for net in make(16, 1, z=4, width=4, hidden=8, norm=norm)] for norm in ("batch", None)
        }
        assert found["batch"][0] and found["batch"][1] and not any(found[None])


def test_a_tangent_penalty_is_one_step_by_hand():
    x, T = torch.randn(4, 2), torch.randn(4, 2, 3)
    u = torch.randn(4, 3, 1, generator=torch.Generator().manual_seed(7))
    moved = x + 0.5 * (T @ u).squeeze(2)
    wanted = ((moved**3 - x**3) / 0.5).square().sum(1).mean()
    found = tangent_penalty(lambda x: x**3, x, T, torch.Generator().manual_seed(7), step=0.5)
    torch.testing.assert_close(found, wanted)


def test_a_conditional_network_drawn_normal_has_one_deviation_and_no_biases():
    torch.manual_seed(0)
    for network in models.biggan(5, 16, 1, z=8, width=16, width_d=16, init="normal", spectral_d=False):
        weights = [
            part.weight
            for part in network.modules()
            if isinstance(part, (nn.Linear, nn.Conv2d, nn.Embedding)) and part.weight.any()
        ]
        drawn = torch.cat([w.detach().flatten() for w in weights])
        assert len(weights) > 3 and abs(float(drawn.std()) - 0.02) < 1e-3 and abs(float(drawn.mean())) < 1e-3
        plain = [p for name, p in network.named_parameters() if name.endswith("bias")]
        assert plain and not any(p.any() for p in plain)


def test_without_an_embedding_norms_hear_ones_among_zeros():
    G = models.ConditionalG(4, 16, 1, z=6, width=2, embedding=None)
    told = G.told(torch.tensor([2, 0]))
    assert told.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]] and told.dtype == torch.float32


@pytest.mark.parametrize("patches", [False, True])
def test_translators_and_critics_have_their_own_widths(patches):
    networks = models.cyclegan(16, 1, out=3, width=4, width_d=8, blocks=1, gate=False, patches=patches)
    first = [next(part for part in net.modules() if isinstance(part, nn.Conv2d)) for net in networks]
    assert [(layer.in_channels, layer.out_channels) for layer in first] == [(1, 4), (3, 4), (1, 8), (3, 8)]


@pytest.mark.parametrize("alpha", [-0.1, 1.1])
def test_a_share_of_more_than_all_is_refused(alpha):
    with pytest.raises(ValueError, match=r"alpha must be a number in \[0, 1\]"):
        models.faded(torch.zeros(1, 1, 2, 2), alpha)

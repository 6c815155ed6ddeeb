"""What the ledger switches: one thing of the baseline's pair, and nothing else."""

import pytest
import torch
from torch import nn

from ganbook.models import InstanceNoise, KeepFeatures, MinibatchStd, Pack, SelfAttention, still
from ganbook.studies import switches
from ganbook.studies.small_faces import plain


def pair():
    return plain(0, width=8, z=8)


def kinds(network):
    return [type(layer) for layer in network]


CASES = {
    switches.packed: (0, Pack),
    switches.attentive: (2, SelfAttention),
    switches.noisy: (0, InstanceNoise),
    switches.spread: (-3, MinibatchStd),
    switches.with_features: (-1, KeepFeatures),
}


@pytest.mark.parametrize("switch", CASES, ids=lambda switch: switch.__name__)
def test_a_switch_puts_one_layer_in_its_place_and_keeps_the_rest(switch):
    (G, D), (g, d) = pair(), switch(pair())
    at, kind = CASES[switch]
    assert kinds(d)[at] is kind and kinds(d).count(kind) == 1
    with still(g, d), torch.no_grad():
        x = g(torch.randn(4, 8, generator=torch.Generator().manual_seed(0)))
        assert x.shape == (4, 3, 16, 16) and len(d(x)) == (2 if switch is switches.packed else 4)
        assert d(x).isfinite().all()
    if switch is not switches.packed:  # whose D is drawn anew
        first = [next(p for p in network.parameters() if p.shape == (8, 3, 4, 4)) for network in (D, d)]
        assert torch.equal(*first)
    if switch is switches.attentive:
        assert kinds(g)[-3] is SelfAttention and len(g) == len(G) + 1
        with torch.no_grad():
            assert g[-3](torch.zeros(1, 8, 8, 8)).shape == (1, 8, 8, 8)
    else:
        assert all(torch.equal(a, b) for a, b in zip(G.parameters(), g.parameters(), strict=True))


def test_a_pack_and_the_spread_are_seen_by_one_convolution_more_wide():
    assert switches.packed(pair())[1][1].weight.shape == (8, 6, 4, 4)
    D = pair()[1]
    last = switches.spread(pair())[1][-2]
    assert last.weight.shape == (1, D[-2].in_channels + 1, 4, 4)
    assert switches.packed(pair())[1][1].stride == D[0].stride == (2, 2)
    x = torch.randn(6, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    assert switches.packed(pair())[1](x).shape == (3, 1) and switches.noisy(pair())[1][0].std == 0.1


def test_features_are_those_of_every_place_beside_the_verdict():
    D = switches.with_features(pair())[1]
    assert D(torch.zeros(2, 3, 16, 16)).shape == (2, 1 + 16 * pair()[1][-2].in_channels)


def test_first_weights_of_2015_are_normal_of_deviation_a_fiftieth():
    for network in switches.drawn_2015(plain(0, width=16)):
        for layer in network:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)) and layer.weight.numel() > 2_000:
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.1)


def test_a_class_stands_beside_z_and_chooses_among_scores():
    G = switches.ToldG(nn.Sequential(nn.Identity()), z=2, classes=3)
    assert G(torch.tensor([[5.0, 6.0]]), torch.tensor([1])).tolist() == [[5, 6, 0, 1, 0]]
    D = switches.ToldD(nn.Sequential(nn.Identity()))
    out = torch.tensor([[1.0, 10.0, 20.0], [2.0, 30.0, 40.0]])
    assert D(out, torch.tensor([1, 0])).tolist() == [[21], [32]]

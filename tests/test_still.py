"""still: networks are looked at in evaluation mode, and each part gets its own mode back, whatever happens then."""

import pytest
import torch
from torch import nn

from ganbook import models
from ganbook.models import still


def network():
    """Of two minds: its batch norm trains, its dropout and its inner block do not."""
    net = nn.Sequential(nn.BatchNorm1d(3), nn.Dropout(), nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3)))
    net[1].eval()
    net[2][1].eval()
    return net


def modes(net):
    return [part.training for part in net.modules()]


def test_every_part_has_its_own_mode_back():
    net, other = network(), models.mlp([3, 3]).eval()
    before = modes(net)
    with still(net, other):
        assert not any(modes(net)) and not any(modes(other))
        assert not net(torch.ones(4, 3)).requires_grad
    assert modes(net) == before and not any(modes(other))
    assert net(torch.ones(4, 3)).requires_grad


def test_also_after_an_error():
    net = network()
    before = modes(net)
    with pytest.raises(ZeroDivisionError), still(net):
        1 / 0  # noqa: B018
    assert modes(net) == before and torch.is_grad_enabled()


def test_one_look_inside_another():
    net = network()
    before = modes(net)
    with still(net):
        with still(net):
            net.train()  # whatever is done inside
        assert not any(modes(net)) and not torch.is_grad_enabled()
    assert modes(net) == before and torch.is_grad_enabled()


def test_a_part_and_its_whole_in_either_order():
    net = network()
    before = modes(net)
    with still(net[2], net, net[2]):
        assert not any(modes(net))
    assert modes(net) == before


def test_nothing_is_moved_and_nothing_drawn():
    net = nn.Sequential(models.InstanceNoise(1.0), nn.BatchNorm1d(3), models.Resample(3, 2))
    state, randomness = {k: v.clone() for k, v in net.state_dict().items()}, torch.get_rng_state()
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    with still(net):
        assert torch.equal(net(x), net(x))
    assert all(torch.equal(state[k], v) for k, v in net.state_dict().items())
    assert torch.equal(randomness, torch.get_rng_state())


def test_what_is_no_network_is_refused_before_anything_is_changed():
    net = network()
    before = modes(net)
    with pytest.raises(Exception, match="networks|Module"):
        still(net, "D")
    assert modes(net) == before

"""What the ledger of chapter 19 switches in a pair of networks: packs, noise, attention, a batch's spread, classes.

Each takes the baseline's (G, D) for small faces and gives a pair with one thing changed. What a change does not
touch keeps its weights; but a D that judges packs is drawn anew as a whole.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from ganbook.models import InstanceNoise, KeepFeatures, MinibatchStd, Pack, SelfAttention, dcgan_init, he_init

Pair = tuple[nn.Sequential, nn.Sequential]
NOISE = 0.1
"""Deviation of the noise on all that D sees; pixels lie in [-1, 1]."""


def packed(pair: Pair) -> Pair:
    """D judges two images at once."""
    G, D = pair
    return G, he_init(nn.Sequential(Pack(2), nn.Conv2d(6, D[0].out_channels, 4, 2, 1), *D[1:]))


def attentive(pair: Pair) -> Pair:
    """Attention behind G's last hidden layer and D's first, on 8x8 maps."""
    G, D = pair
    look = SelfAttention(D[0].out_channels), SelfAttention(D[0].out_channels)
    return nn.Sequential(*G[:-2], look[0], *G[-2:]), nn.Sequential(*D[:2], look[1], *D[2:])


def noisy(pair: Pair) -> Pair:
    """Noise on all that D sees."""
    G, D = pair
    return G, nn.Sequential(InstanceNoise(NOISE), *D)


def spread(pair: Pair) -> Pair:
    """D's last layer sees how much the batch varies."""
    G, D = pair
    last = nn.Conv2d(D[-2].in_channels + 1, 1, 4)
    return G, nn.Sequential(*D[:-2], MinibatchStd(), *he_init(nn.Sequential(last, nn.Flatten())))


def with_features(pair: Pair) -> Pair:
    """D's last hidden layer stands beside its verdict, 1 + 16 times as many numbers as it has maps."""
    G, D = pair
    head = nn.Sequential(nn.Linear(16 * D[-2].in_channels, 1))
    return G, nn.Sequential(*D[:-2], nn.Flatten(), KeepFeatures(he_init(head)[0]))


def drawn_2015(pair: Pair) -> Pair:
    """First weights of N(0, 0.02^2)."""
    G, D = pair
    return dcgan_init(G), dcgan_init(D)


class ToldG(nn.Module):
    """(z, y): the class stands beside z as ones among zeros."""

    def __init__(self, network: nn.Sequential, z: int, classes: int) -> None:
        super().__init__()
        self.network, self.z, self.classes = network, z, classes

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.network(torch.cat([z, one_hot(y, self.classes).to(z.dtype)], 1))


class ToldD(nn.Module):
    """(x, y): one score for all classes plus one of the class, which is the projection."""

    def __init__(self, network: nn.Sequential) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        out = self.network(x)
        return out[:, :1] + out[:, 1:].gather(1, y[:, None])

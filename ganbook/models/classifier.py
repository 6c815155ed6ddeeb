"""A small convolutional network that names classes."""

from __future__ import annotations

from torch import nn

from ganbook import checks
from ganbook.models.layers import InstanceNoise, KeepFeatures
from ganbook.models.networks import leaky_relu


def classifier(
    size: int = 16,
    channels: int = 1,
    *,
    outputs: int = 10,
    width: int = 32,
    hidden: int = 128,
    noise: float = 0.15,
    dropout: float = 0.3,
    features: bool = False,
) -> nn.Sequential:
    """(n, channels, size, size) -> (n, outputs): two convolutions, and no sample's output depends on the others'.

    Noise on what comes in, 4x4 convolution of stride 2, LeakyReLU 0.2, dropout of whole maps; 4x4 of stride 2,
    LeakyReLU, dropout; a hidden layer, LeakyReLU, dropout; a head. Noise and dropout are of the kind, if not of the
    size, that a network with few labels has in the literature.

    width: maps of the first convolution; the second has twice as many.
    hidden: numbers in the last hidden layer.
    features: keep that layer beside the outputs, for losses.SemiSupervisedMatching(outputs, hidden).

    Raises: ValueError for a size that is no multiple of 4, a number < 1, noise < 0, or dropout outside [0, 1).
    Source: the noise and dropout of Salimans et al. 2016's discriminators. Derived in: chapter 12.

    >>> sum(p.numel() for p in classifier().parameters())
    165866
    """
    for name, value in (("channels", channels), ("outputs", outputs), ("width", width), ("hidden", hidden)):
        checks.whole(name, value)
    if checks.whole("size", size, 4) % 4:
        raise ValueError(f"size must be a multiple of 4, got {size}")
    checks.inside("dropout", dropout, 0, 1, "[)")
    head = nn.Linear(hidden, outputs)
    return nn.Sequential(
        InstanceNoise(checks.not_negative("noise", noise)),
        nn.Conv2d(channels, width, 4, 2, 1),
        leaky_relu(),
        nn.Dropout2d(dropout),
        nn.Conv2d(width, 2 * width, 4, 2, 1),
        leaky_relu(),
        nn.Dropout(dropout),
        nn.Flatten(),
        nn.Linear(2 * width * (size // 4) ** 2, hidden),
        leaky_relu(),
        nn.Dropout(dropout),
        KeepFeatures(head) if checks.flag("features", features) else head,
    )

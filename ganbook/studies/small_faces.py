"""Chapter 19's baseline: small faces on DCGAN's convolutions without any norm; what all its recipes share."""

from __future__ import annotations

import torch
from torch import nn

from ganbook.losses import NonSaturating, RelativisticPairing
from ganbook.models import dcgan, he_init
from ganbook.penalties import R1, R2
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe

ADAM = {"batch": 32, "lr_d": 1e-3, "lr_g": 1e-3, "betas": (0.0, 0.99), "ema_halflife": 4_000.0}
"""What all that is compared has in common."""

BASELINE = Recipe(NonSaturating(), **ADAM)
"""The non-saturating loss, and nothing beside it but the average."""

PAIRING = Recipe(RelativisticPairing(), (R1(0.5), R2(0.5)), **ADAM)
"""Pairing with both penalties, all its numbers constant."""


def scheduled(
    images: int,
    gamma: float = 1.0,
    lr: float = 2e-3,
    batch: int = 32,
) -> Recipe:
    """R3GAN's recipe for a training of so many images: gamma, the rates and beta2 move as theirs do.

    gamma falls to a tenth and the rates to a quarter; beta2 rises from 0.9 to 0.99, beta1 is 0. Theirs move along a
    cosine, here in a straight line; their average's half-life moves too, from 0, and here it stands, at the images
    that ADAM has.

    Raises: ValueError where a number is not > 0.
    Source: Huang et al. 2024 and their code; the start values are chosen here. Derived in: chapter 19.

    >>> first, last = scheduled(1_000).at(0), scheduled(1_000).at(1_000)
    >>> first.betas, last.betas, last.penalties[0].gamma, last.lr_d
    ((0.0, 0.9), (0.0, 0.99), 0.1, 0.0005)
    """
    rate, price = Ramp(lr, lr / 4, images), Ramp(gamma, gamma / 10, images)
    return Recipe(
        RelativisticPairing(),
        (R1(price), R2(price)),
        batch=batch,
        lr_d=rate,
        lr_g=rate,
        betas=(0.0, Ramp(0.9, 0.99, images)),
        ema_halflife=ADAM["ema_halflife"],
    )


def plain(seed: int, width: int = 16, z: int = 64, **more: object) -> tuple[nn.Sequential, nn.Sequential]:
    """(G, D) of a seed for faces of 16 px: dcgan without norm, drawn by He's rule. G and D have a stream each.

    more: as dcgan's norm_d, norm_g and outputs. A spectral D stays as dcgan draws it.

    Raises: ValueError as dcgan.

    >>> torch.equal(plain(0)[0][0].weight, plain(0, outputs=5)[0][0].weight)
    True
    """
    torch.manual_seed(1_000_000 + seed)
    G, D = dcgan(16, 3, z=z, width=width, **{"norm_d": None, "norm_g": None, **more})
    if more.get("norm_d") != "spectral":
        torch.manual_seed(1_000_000 + seed)  # again: other heads and norms have taken other parts of the stream
        he_init(D)
    torch.manual_seed(seed)
    return he_init(G), D

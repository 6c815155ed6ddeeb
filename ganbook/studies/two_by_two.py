"""Chapter 19's 2x2: two losses, and none, one or both of two penalties; and how steep D is where the fakes are."""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook.games import SideBySide
from ganbook.losses import NonSaturating, RelativisticPairing
from ganbook.models import still
from ganbook.models.stacked import deal
from ganbook.penalties import R1, R2, input_gradient_norms
from ganbook.recipes import Recipe
from ganbook.studies.arena import ADAM
from ganbook.types import Float

LOSSES = {"GAN": NonSaturating(), "pairing": RelativisticPairing()}


def two_by_two(gamma: float) -> dict[str, Recipe]:
    """The six recipes by name, "GAN" to "pairing + R1 + R2", with the arena's rates.

    Raises: ValueError where gamma is not >= 0.

    >>> list(two_by_two(1.0))
    ['GAN', 'GAN + R1', 'GAN + R1 + R2', 'pairing', 'pairing + R1', 'pairing + R1 + R2']
    """
    penalties = {"": (), " + R1": (R1(gamma),), " + R1 + R2": (R1(gamma), R2(gamma))}
    return {
        name + more: Recipe(loss, adding, **ADAM) for name, loss in LOSSES.items() for more, adding in penalties.items()
    }


def steepness(game: SideBySide, x: Float[Tensor, "n ..."]) -> Float[Tensor, " runs"]:
    """For each run, the mean of |grad D| over its block of the samples x: the root of what R1 or R2 price, about.

    Raises: ValueError where x cannot be dealt out.
    Derived in: chapter 19.

    >>> from ganbook.models import mlp
    >>> game = SideBySide(lambda: (mlp([2, 2]), mlp([2, 1])), (0, 1), two_by_two(1.0)["GAN"])
    >>> steepness(game, torch.zeros(4, 2, device=game.device)).shape
    torch.Size([2])
    """
    deal(x, game.runs)
    with still(game), torch.enable_grad():
        norms = input_gradient_norms(game.critic, x)
    return deal(norms.detach(), game.runs).mean(1)

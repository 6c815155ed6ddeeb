"""Fourteen objectives on one budget: the entrants, and the race that scores them along the way.

Everything that could favour one of them is the same for all: networks, batch, one step of each player a round, Adam
with one pair of rates. What differs is the loss, the penalty, and what an objective is not itself without: WGAN's
clipping and its optimiser, and the spectral normalisation of one entrant's D.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import torch
from torch import nn

from ganbook import checks
from ganbook.games import SideBySide
from ganbook.games.game import first_samples
from ganbook.losses import (
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Realness,
    RelativisticAverage,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.models import mlp
from ganbook.penalties import R1, R2, Dragan, GradientPenalty
from ganbook.recipes import Recipe
from ganbook.train import fit, train
from ganbook.types import Batch, Float, Sampler, Samples, parts

ADAM = {"batch": 64, "lr_d": 1e-3, "lr_g": 1e-3, "betas": (0.5, 0.9)}
"""The setting of every entrant but WGAN: the rates of chapter 1's fully connected pair."""

CLIPPED = {"batch": 64, "lr_d": 5e-4, "lr_g": 5e-4, "optimizer": "rmsprop", "clip": 0.01}
"""WGAN's: its authors advise against momentum. The clipping is theirs, the rate is chapter 9's."""

SPECTRAL = ("SN-hinge",)
"""Entrants whose D is spectrally normalised."""


def entrants(penalty: float = 1.0) -> dict[str, Recipe]:
    """The fourteen entrants by name.

    penalty: a factor on every penalty's weight. 1 is for images: 10 as in the papers of WGAN-GP and DRAGAN, gamma = 1
    for R1 and R2, chosen here. 0.01 is for the plane, where the authors of WGAN-GP use 0.1 for 10.

    Derived in: chapter 11.

    >>> len(entrants()), entrants(0.01)["WGAN-GP"].penalties[0].weight
    (14, 0.1)
    """
    flat = {"R1": (R1(penalty),), "R1 + R2": (R1(penalty), R2(penalty))}
    return {
        "minimax": Recipe(Minimax(), **ADAM),
        "non-saturating": Recipe(NonSaturating(), **ADAM),
        "least squares": Recipe(LeastSquares(), **ADAM),
        "hinge": Recipe(Hinge(), **ADAM),
        "SN-hinge": Recipe(Hinge(), **ADAM),
        "WGAN": Recipe(Wasserstein(), **CLIPPED),
        "WGAN-GP": Recipe(Wasserstein(), (GradientPenalty(10 * penalty),), **ADAM),
        "DRAGAN": Recipe(NonSaturating(), (Dragan(10 * penalty),), **ADAM),
        "relativistic average": Recipe(RelativisticAverage(), **ADAM),
        "realness 1": Recipe(Realness(20, 1, "far"), **ADAM),
        "realness 2": Recipe(Realness(20, 2, "far"), **ADAM),
        "realness 3": Recipe(Realness(20, 3, "far"), **ADAM),
        "non-saturating + R1": Recipe(NonSaturating(), flat["R1"], **ADAM),
        "pairing + R1 + R2": Recipe(RelativisticPairing(), flat["R1 + R2"], **ADAM),
    }


def plane(outputs: int, spectral: bool, width: int = 64) -> tuple[nn.Sequential, nn.Sequential]:
    """The pair for points of the plane: z of 2 numbers, two hidden layers in G, three in D."""
    norm = "spectral" if spectral else None
    return mlp([2, width, width, 2], nn.ReLU), mlp([2, width, width, width, outputs], norm=norm)


def pixels(shape: Sequence[int], outputs: int, spectral: bool, width: int = 128) -> tuple[nn.Sequential, nn.Sequential]:
    """The pair for small images: z of 32 numbers, two hidden layers each, batch norm in G and none in D."""
    size, norm = int(torch.tensor(shape).prod()), "spectral" if spectral else None
    G = mlp([32, width, width, size], nn.ReLU, out=nn.Tanh(), shape=shape, norm="batch")
    return G, mlp([size, width, width, outputs], flatten=True, norm=norm)


@dataclass(frozen=True)
class Channels:
    """Three images drawn apart become the channels of one. With ten digits: 1000 modes.

    Source: Metz et al. 2017, appendix D. Derived in: chapter 11.
    """

    grey: Sampler

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        return self.grey(3 * n, rng).unflatten(0, (n, 3)).flatten(1, 2)  # (3 n, 1, s, s) -> (n, 3, s, s)


@dataclass(frozen=True)
class Look:
    """What `race` shows: the round, CPU seconds a run so far (training only), samples (runs, n, ...), which runs live.

    The samples of a run that is no longer finite are zeros, and `alive` is False for it.
    """

    round: int
    seconds: float
    samples: Float[torch.Tensor, "runs each ..."]
    alive: list[bool]


def race(
    make: Callable[[], tuple[nn.Sequential, nn.Sequential]],
    real: Sampler,
    recipe: Recipe,
    seeds: Sequence[int],
    rounds: int,
    looks: int,
    n: int,
    z: Samples | None = None,
) -> Iterator[Look]:
    """Train one run a seed, side by side; look at n samples of each, `looks` times at equal distances.

    All is on the device that the data are on.
    z: latents (n, ...) which all runs share, for films; by default each run's are its own and new at each look.
    Runs go on where others have become nan; where all have, what is left is shown as lost.

    Raises: ValueError where rounds is no multiple of looks, and as SideBySide.
    Derived in: chapter 11.
    """
    if checks.whole("rounds", rounds) % checks.whole("looks", looks):
        raise ValueError(f"rounds must be a multiple of looks ({looks}), got {rounds}")
    device = parts(first_samples(real, 1))[0].device
    game = SideBySide(make, seeds, recipe, device=device)
    run = train(game, real, rounds=rounds, seed=seeds[0], progress=False)
    own, used = torch.Generator().manual_seed(seeds[0] + 1), 0.0
    for k in range(1, looks + 1):
        start = time.process_time()
        with contextlib.suppress(FloatingPointError):  # all runs are lost: so say their samples
            fit(islice(run, rounds // looks))
        used += time.process_time() - start
        y = game.samples(n, own) if z is None else game.shared(z.to(device))
        alive = y.flatten(1).isfinite().all(1)
        y = y.nan_to_num(0.0, 0.0, 0.0) * alive.view(-1, *[1] * (y.dim() - 1))
        yield Look(k * rounds // looks, used / len(seeds), y, alive.tolist())

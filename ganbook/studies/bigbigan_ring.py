"""BigBiGAN where the answer is known: a ring of Gaussians from a normal plane, many seeds side by side. Chapter 18."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch
from torch import nn

from ganbook import checks, data, metrics
from ganbook.data.mixture import Mixture
from ganbook.games import AllRuns, BigBiGAN, EachRun
from ganbook.losses import Hinge
from ganbook.models import SCORES, Scores, Stochastic, leaky_relu, mlp
from ganbook.models.stacked import deal, stack
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.codes import ks
from ganbook.studies.encoders import ratio
from ganbook.types import Samples

ROUNDS, BATCH, WIDTH, STD = 1_500, 64, 64, 0.05
FALLING = Ramp(2e-3, 2e-4, images=BATCH * ROUNDS)
RING = Recipe(Hinge(), (R1(0.1),), batch=BATCH, lr_d=FALLING, lr_g=FALLING, betas=(0.0, 0.99))
"""One run's recipe."""


def world(device: torch.device | str | None = "cpu") -> Mixture:
    """Eight Gaussians on a circle of radius 1."""
    return data.ring(std=STD, device=device)


def networks(width: int = WIDTH, stochastic: bool = True) -> dict[str, nn.Sequential]:
    """Those of one run, each of two hidden layers or fewer: G, E's body, and the parts of D."""

    def open_ended(*widths: int) -> nn.Sequential:
        return mlp(widths).append(leaky_relu())

    return {
        "G": mlp([2, width, width, 2]),
        "E": mlp([2, width, width, 4 if stochastic else 2]),
        "F": open_ended(2, width, width),
        "H": open_ended(2, width, width),
        "J": open_ended(2 * width, width),
        **{f"of_{score}": mlp([width, 1]) for score in SCORES},
    }


def ring_game(
    seeds: Sequence[int],
    scores: tuple[str, ...] = SCORES,
    lr_e: float | Ramp | None = None,
    recipe: Recipe = RING,
    stochastic: bool = True,
) -> BigBiGAN:
    """A run a seed, side by side: a BigBiGAN of stacked networks, whose loss is taken of each run alone and summed.

    Raises: ValueError for no seeds, and as BigBiGAN.
    """
    made = []
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            made.append(networks(stochastic=stochastic))
    if not made:
        raise ValueError("seeds must be one or more, got none")
    runs = len(made)
    stacked = {name: stack([each[name] for each in made]) for name in made[0]}
    G, E = stacked.pop("G"), stacked.pop("E")
    together = replace(
        recipe,
        loss=EachRun(recipe.loss, runs),
        penalties=tuple(AllRuns(penalty, runs) for penalty in recipe.penalties),
        batch=recipe.batch * runs,
        lr_d=_stretched(recipe.lr_d, runs),
        lr_g=_stretched(recipe.lr_g, runs),
    )
    return BigBiGAN(
        G,
        Stochastic(E) if stochastic else E,
        Scores(**stacked),
        together,
        data.normal(2, "cpu"),
        torch.device("cpu"),
        scores=scores,
        lr_e=_stretched(lr_e, runs),
    )


def ring_scores(game: BigBiGAN, runs: int, n: int = 2_000, seed: int = 0) -> list[dict[str, float]]:
    """Of each run, by n samples: "modes" with 1 % or more of them within four deviations, "high quality", their share;
    "distance" ||x - G(E(x))||, and it as a share of that from another's ("ratio"), with the mean code; "ratio z" of z
    and E(G(z)); "KS" of drawn codes; "sigma", the mean deviation that E draws with (0 where it draws nothing)."""
    checks.whole("runs", runs)
    ring, rng = world(), torch.Generator().manual_seed(seed)
    x, z = ring(n * runs, rng), torch.randn(n * runs, 2, generator=rng)
    code, back = game.encode(x), game.reconstruct(x)
    with torch.no_grad():
        y = game.sampler.eval()(z)
        drawn = game.encoder.draw(x, rng) if isinstance(game.encoder, Stochastic) else code
        sigma = game.encoder.law(x)[1] if isinstance(game.encoder, Stochastic) else torch.zeros_like(code)
    again = game.encode(y)
    game.sampler.train()
    rows = []
    for own in zip(*(deal(part, runs) for part in (x, back, y, z, again, drawn, sigma)), strict=True):
        rows.append(_one(*own, ring))
    return rows


def _one(
    x: Samples, back: Samples, y: Samples, z: Samples, again: Samples, drawn: Samples, sigma: Samples, ring: Mixture
) -> dict[str, float]:
    found = metrics.mode_scores(y, ring.means, ring.std, radius=4.0, least=len(y) // 100)
    return {
        "modes": float(found.modes),
        "high quality": float(found.high_quality),
        "distance": float((x - back).norm(dim=1).mean()),
        "ratio": ratio(x, back),
        "ratio z": ratio(z, again),
        "KS": ks(drawn),
        "sigma": float(sigma.mean()),
    }


def _stretched(rate: float | Ramp | None, runs: int) -> float | Ramp | None:
    """A rate by images of one run as one by images of all."""
    return replace(rate, images=rate.images * runs) if isinstance(rate, Ramp) else rate

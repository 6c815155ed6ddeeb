"""RealnessGAN's toy world for many variants at once, each with several seeds, all side by side.

Runs of one seed start from the same weights and see the same data and the same z, whatever their variant: what differs
is the loss, so differences between variants are paired by seed. All have a D of one width, that of the most outcomes,
and each run uses as many of its outputs as its loss has.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from torch import nn

from ganbook import data, metrics, models
from ganbook.data.mixture import Mixture
from ganbook.games import SideBySide
from ganbook.recipes import REALNESS_TOY, Recipe
from ganbook.train import every, train
from ganbook.types import Batch, Sampler, Samples

TOY = replace(REALNESS_TOY, batch=64, lr_d=1e-3, lr_g=1e-3)
"""The authors' toy setting at ten times their rates, with batches of 64; the networks are smaller than theirs too."""

Z, WIDTH = 16, 64

Curves = dict[str, list[float]]
Rounds = Callable[[int], bool]


@dataclass(frozen=True)
class Repeated:
    """What a sampler draws, as often as there are variants: block k of a draw is the same for all of them."""

    sampler: Sampler
    variants: int

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        return self.sampler(n // self.variants, rng).repeat(self.variants, 1)


class Toy(SideBySide):
    """Every variant with every seed, variant by variant.

    recipes: one a variant, which differ in their loss alone.
    resample: for each variant None, or a function that says in which rounds D draws its logits as `Resample` does.
        With any of them all runs have its two heads, of which the second then rests where nothing is drawn.
    """

    def __init__(
        self,
        recipes: Sequence[Recipe],
        seeds: Sequence[int],
        resample: Sequence[Rounds | None] | None = None,
        width: int = WIDTH,
        device: torch.device | None = None,
    ) -> None:
        self.resample = [rounds for rounds in resample or () for _ in seeds]
        outputs = max(recipe.loss.outputs for recipe in recipes)

        def make() -> tuple[nn.Sequential, nn.Sequential]:
            G = models.mlp([Z, width, width, width, 2], nn.ReLU, norm="batch")
            D = models.mlp([2, width, width, width, outputs])
            if resample:
                D[-1] = models.Resample(width, max(2, outputs))
            return G, D

        prior = Repeated(data.normal(Z, device), len(recipes))
        each = [recipe for recipe in recipes for _ in seeds]
        super().__init__(make, [*seeds] * len(recipes), each, prior, device)

    def prepare(self, n: int) -> None:
        for run, rounds in enumerate(self.resample):
            self.D[-1].on[run] = float(rounds is not None and rounds(n))
        super().prepare(n)


def play(
    world: Mixture,
    recipes: Sequence[Recipe],
    seeds: Sequence[int],
    rounds: int,
    look: int,
    resample: Sequence[Rounds | None] | None = None,
    samples: int = 5_000,
) -> list[Curves]:
    """Train every variant with every seed; the curves of each run, variant by variant.

    look: rounds from one scoring of each generator's samples to the next. Curves: "modes" with 1 % of the samples or
        more within four standard deviations, their share "high quality", and each mode's share "mode k".
    recipes, resample: as in `Toy`. samples: how many each generator is scored by.
    """
    game = Toy(recipes, seeds, resample, device=world.means.device)
    run = train(game, Repeated(world, len(recipes)), rounds=rounds, seed=seeds[0], progress=False)
    own = torch.Generator().manual_seed(seeds[0] + 1)
    curves: list[Curves] = [{} for _ in range(game.runs)]
    for step in every(look, run):
        for curve, mine in zip(curves, game.samples(samples, own), strict=True):
            _score(curve, step.n, mine, world)
    return curves


def _score(curve: Curves, t: int, samples: Samples, world: Mixture) -> None:
    n = len(samples)
    found = metrics.mode_scores(samples, world.means, world.std, radius=4.0, least=n // 100)
    row = {"round": t, "modes": found.modes, "high quality": found.high_quality}
    row |= {f"mode {k}": count / n for k, count in enumerate(found.counts.tolist())}
    for name, value in row.items():
        curve.setdefault(name, []).append(round(float(value), 4))

"""Which modes do the Wasserstein games find, on a budget of 12,000 gradient steps? Ring and grid, ten seeds.

PacGAN's protocol for the scores (2,500 samples, 3 standard deviations), not for the training, which is shorter:
12,000 steps in all, critic's and generator's together, networks of 64 units a layer, and learning rates of 1e-3 (5e-4
for RMSprop) so that so few steps lead somewhere. WGAN-GP's weight, 0.1, is that of the authors' toy script. DRAGAN has
its recipe's 10 in one variant and this 0.1 in another. The ten runs of a variant are trained side by side.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from ganbook import data, metrics, recipes
from ganbook.experiments import Experiment, main
from ganbook.penalties import Dragan, GradientPenalty
from ganbook.studies.arena import plane, race

STEPS, LOOKS, SAMPLES, BATCH, SEEDS = 12_000, 5, 2_500, 64, tuple(range(10))
FAST = {"batch": BATCH, "lr_d": 1e-3, "lr_g": 1e-3, "betas": (0.5, 0.9)}
PLACES = {"ring": data.ring, "grid": data.grid}
RECIPES = {
    "standard": replace(recipes.NON_SATURATING, **FAST),
    "WGAN": replace(recipes.WGAN, batch=BATCH, lr_d=5e-4, lr_g=5e-4),
    "WGAN-GP": replace(recipes.WGAN_GP, penalties=(GradientPenalty(weight=0.1),), **FAST),
    "DRAGAN": replace(recipes.DRAGAN, **FAST),
    "DRAGAN 0.1": replace(recipes.DRAGAN, penalties=(Dragan(weight=0.1),), **FAST),
}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed."""
    place, name = variant.split(", ")
    real, recipe = PLACES[place](device="cpu"), RECIPES[name]
    rounds = STEPS // (recipe.d_steps + 1)
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]
    for look in race(lambda: plane(1, False), real, recipe, seeds, rounds, LOOKS, SAMPLES):
        for seed, row, samples in zip(seeds, rows, look.samples, strict=True):
            found = metrics.mode_scores(samples, real.means, real.std)
            known = real(SAMPLES, torch.Generator().manual_seed(2 + seed))
            row["step"].append(float(look.round * (recipe.d_steps + 1)))
            row["modes"].append(float(found.modes))
            row["high-quality share"].append(float(found.high_quality))
            row["sliced distance"].append(float(metrics.sliced_wasserstein(samples, known)))
    return rows


EXPERIMENT = Experiment(
    name="wgan_coverage",
    question="How many modes of ring and grid do four games find within 12,000 gradient steps?",
    variants=tuple(f"{place}, {name}" for place in PLACES for name in RECIPES),
    seeds=SEEDS,
    measures=("step", "modes", "high-quality share", "sliced distance"),
    measure=measure,
    live=None,
    differs={"live": "12,000 gradient steps of a hundred runs; chapter 9 trains live on digits only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

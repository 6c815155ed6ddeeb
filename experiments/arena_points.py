"""Ring and grid: all objectives of the book on one architecture and one budget, five seeds side by side.

PacGAN's protocol for the scores (2,500 samples, 3 standard deviations), not for the training, which is far shorter.
The two Wasserstein entrants also appear with the five steps of the critic that their papers ask for, on the same
number of steps of D: their generators then move a fifth as often.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import SPECTRAL, entrants, plane, race

STEPS, LOOKS, N, SEEDS = 600, 4, 2_500, tuple(range(10, 15))
PLACES, RECIPES = {"ring": data.ring, "grid": data.grid}, entrants(penalty=0.01)
RECIPES |= {f"{name}, 5 steps": replace(RECIPES[name], d_steps=5) for name in ("WGAN", "WGAN-GP")}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    place, name = variant.split(": ")
    recipe, real = RECIPES[name], PLACES[place](device="cpu")
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]
    truth = [real(N, torch.Generator().manual_seed(100 + seed)) for seed in seeds]

    def make():
        return plane(recipe.loss.outputs, name in SPECTRAL)

    for look in race(make, real, recipe, seeds, STEPS // recipe.d_steps, LOOKS, N):
        for row, samples, alive, x in zip(rows, look.samples, look.alive, truth, strict=True):
            found = metrics.mode_scores(samples, real.means, real.std)
            row["step of D"].append(look.round * recipe.d_steps)
            row["seconds"].append(look.seconds)
            row["modes"].append(float(found.modes))
            row["high quality"].append(float(found.high_quality))
            row["distance"].append(float(metrics.sliced_wasserstein(samples, x)))
            row["failed"].append(float(not alive))
    return rows


EXPERIMENT = Experiment(
    name="arena_points",
    question="Which objective of the book covers ring and grid best on one architecture and one budget?",
    variants=tuple(f"{place}: {name}" for place in PLACES for name in RECIPES),
    seeds=SEEDS,
    measures=("step of D", "seconds", "modes", "high quality", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
    live="11: living",
    differs={
        "rounds": "600, longer than live",
        "loss": "the reader's own loss enters only live",
        "seeds": "others",
        "data": "ring and grid for the ring",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

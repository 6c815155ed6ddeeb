"""Emoji in colour at 8 px: all objectives of the book on one architecture and one budget, five seeds.

The book has no features for emoji: the score is the sliced Wasserstein distance of the pixels to 1,000 real ones.
"""

from __future__ import annotations

import torch

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import SPECTRAL, entrants, pixels, race

ROUNDS, LOOKS, N, SEEDS = 300, 3, 1_000, tuple(range(10, 15))


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    recipe, real = entrants()[variant], data.emoji(size=8, device="cpu")
    known = real(N, torch.Generator().manual_seed(0)).flatten(1)
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]

    def make():
        return pixels(real.shape, recipe.loss.outputs, variant in SPECTRAL)

    for look in race(make, real, recipe, seeds, ROUNDS, LOOKS, N):
        for row, samples, alive in zip(rows, look.samples, look.alive, strict=True):
            row["round"].append(look.round)
            row["seconds"].append(look.seconds)
            row["distance"].append(float(metrics.sliced_wasserstein(samples.flatten(1), known)))
            row["failed"].append(float(not alive))
    return rows


EXPERIMENT = Experiment(
    name="arena_emoji",
    question="Which objective of the book makes the best small emoji on one architecture and one budget?",
    variants=tuple(entrants()),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

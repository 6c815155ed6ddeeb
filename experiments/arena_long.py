"""Digits at 16 px, ten times as long: three entrants of the arena; and R1 at a tenth and ten times its weight.

The seeds are the arena's, so the first tenth of a long run is the run of arena_images. Two questions that its tables
leave open: does the order hold, and was gamma = 1, the one weight chosen by the book, a lucky choice?
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from torch import Tensor
from torch.nn.functional import interpolate

from ganbook import data, features, metrics
from ganbook.experiments import Experiment, main
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.studies.arena import entrants, pixels, race

ROUNDS, SHORT, N, SEEDS = 2_100, 210, 400, tuple(range(10, 15))
LONG = ("non-saturating", "WGAN", "pairing + R1 + R2")
GAMMAS = (0.1, 10.0)


@cache
def real_features() -> Tensor:
    """Of the held-out digits, enlarged to the network's size."""
    return seen(data.digits(16, split="test", device="cpu").x)


def seen(x: Tensor) -> Tensor:
    """What the feature network says of images of 16 px."""
    return features.load("digits", device="cpu").features(interpolate(x, scale_factor=2, mode="bilinear"))


def recipe_of(variant: str) -> Recipe:
    """An entrant, or non-saturating + R1 with another weight."""
    if variant in LONG:
        return entrants()[variant]
    return replace(entrants()["non-saturating + R1"], penalties=(R1(float(variant.split()[-1])),))


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    recipe, real = recipe_of(variant), data.digits(16, device="cpu")
    rounds, looks = (ROUNDS, ROUNDS // SHORT) if variant in LONG else (SHORT, 1)
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]

    def make():
        return pixels(real.shape, recipe.loss.outputs, False)

    for look in race(make, real, recipe, seeds, rounds, looks, N):
        for row, samples, alive in zip(rows, look.samples, look.alive, strict=True):
            row["round"].append(look.round)
            row["seconds"].append(look.seconds)
            row["distance"].append(float(metrics.frechet_distance(real_features(), seen(samples))))
            row["failed"].append(float(not alive))
    return rows


EXPERIMENT = Experiment(
    name="arena_long",
    question="Does the order of three entrants on digits hold ten times as long, and does R1 need its weight?",
    variants=(*(f"gamma {gamma:g}" for gamma in GAMMAS), *LONG),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Digits at 16 px, ten times as long: three entrants of the arena; and R1 at a tenth and ten times its weight.

The seeds are the arena's, so the first tenth of a long run is the run of arena_images. Two questions that its tables
leave open: does the order hold, and was gamma = 1, the one weight chosen by the book, a lucky choice?
"""

from __future__ import annotations

from dataclasses import replace

from arena_images import curves, score

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.studies.arena import entrants

ROUNDS, SHORT, SEEDS = 2_100, 210, tuple(range(10, 15))
LONG = ("non-saturating", "WGAN", "pairing + R1 + R2")
GAMMAS = (0.1, 10.0)


def recipe_of(variant: str) -> Recipe:
    """An entrant, or non-saturating + R1 with another weight."""
    if variant in LONG:
        return entrants()[variant]
    return replace(entrants()["non-saturating + R1"], penalties=(R1(float(variant.split()[-1])),))


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """The curves of a run, scored as in arena_images."""
    rounds, looks = (ROUNDS, ROUNDS // SHORT) if variant in LONG else (SHORT, 1)
    return curves(data.digits(16, device="cpu"), recipe_of(variant), False, seeds, rounds, looks, score("digits"))


EXPERIMENT = Experiment(
    name="arena_long",
    question="Does the order of three entrants on digits hold ten times as long, and does R1 need its weight?",
    variants=(*(f"gamma {gamma:g}" for gamma in GAMMAS), *LONG),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
    live=None,
    differs={"live": "the live arena of chapter 11 is on the ring; this is arena_images, ten times as long"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Digits and fashion at 16 px: all objectives of the book on one architecture and one budget, five seeds.

The score is the book Frechet distance to held-out images, both enlarged to the feature network's size. The budget is
short, 210 rounds of fully connected networks: it compares how soon images appear, not how good they can get.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from torch import Tensor
from torch.nn.functional import interpolate

from ganbook import data, features, metrics
from ganbook.experiments import Experiment, main
from ganbook.recipes import Recipe
from ganbook.studies.arena import SPECTRAL, entrants, pixels, race

ROUNDS, LOOKS, N, SEEDS = 210, 3, 400, tuple(range(10, 15))
SETS = {"digits": data.digits, "fashion": data.fashion}


@cache
def score(place: str) -> Callable[[Tensor], float]:
    """Samples of a set -> their distance from real images."""
    net, test = features.load(place, device="cpu"), SETS[place](16, split="test", device="cpu").x

    def seen(x: Tensor) -> Tensor:
        return net.features(interpolate(x, scale_factor=2, mode="bilinear"))

    real = seen(test)
    return lambda x: float(metrics.frechet_distance(real, seen(x)))


def curves(
    real: data.TensorSampler,
    recipe: Recipe,
    spectral: bool,
    seeds: tuple[int, ...],
    rounds: int,
    looks: int,
    score: Callable[[Tensor], float],
    n: int = N,
) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side, and n samples scored at each look."""
    rows: list[dict[str, list[float]]] = [{"round": [], "seconds": [], "distance": [], "failed": []} for _ in seeds]

    def make():
        return pixels(real.shape, recipe.loss.outputs, spectral)

    for look in race(make, real, recipe, seeds, rounds, looks, n):
        for row, samples, alive in zip(rows, look.samples, look.alive, strict=True):
            row["round"].append(look.round)
            row["seconds"].append(look.seconds)
            row["distance"].append(score(samples))
            row["failed"].append(float(not alive))
    return rows


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """The curves of an entrant on one of the two sets."""
    place, name = variant.split(": ")
    real = SETS[place](16, device="cpu")
    return curves(real, entrants()[name], name in SPECTRAL, seeds, ROUNDS, LOOKS, score(place))


EXPERIMENT = Experiment(
    name="arena_images",
    question="Which objective of the book makes the best small images on one architecture and one budget?",
    variants=tuple(f"{place}: {name}" for place in SETS for name in entrants()),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
    live=None,
    differs={"live": "the live arena of chapter 11 is on the ring; all entrants on images take a quarter of an hour"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

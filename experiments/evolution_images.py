"""Does selection pay on faces of 16 px and digits of 28, at equal processor time? Five seeds, the same first weights.

DCGANs of width 16, no norm in D; batches of 32, Adam 1e-3 with betas (0.5, 0.9), an average over 2,000 images. "GAN":
heuristic alone, the plain game. "random": of the three mutations one drawn each round. "evolution": three children,
each mutation with moments of its own, gamma 0.05, judged by 64 samples, a quarter of the authors' 256, which saves it
time.

The last point of each curve has equal processor time: 9, 12 and 44 ms a round of faces in one trial on seed 100, and
15.7, 21.6 and 76.8 ms of digits, whose rounds are by the ratios of three trials. The others of GAN and random: equal
rounds (as many as evolution plays) and equal generator gradients (three times as many).

1,000 samples of the averaged G against 1,000 held-out images: FD, the Frechet distance in the features of the book's
network; px, that on pixels. seconds: of processor time in training. Settings not chosen by scores.
"""

from __future__ import annotations

import time
from functools import cache

import torch

from ganbook import data, features, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, Evolution
from ganbook.losses import NonSaturating
from ganbook.recipes import Recipe
from ganbook.train import train

SEEDS, N, CPU = (0, 1, 2, 3, 4), 1_000, torch.device("cpu")
RECIPE = Recipe(NonSaturating(), batch=32, lr_d=1e-3, lr_g=1e-3, betas=(0.5, 0.9), ema_halflife=2_000)
ROUNDS = {
    "faces": {"GAN": 1_800, "random": 1_350, "evolution": 360},
    "digits": {"GAN": 1_880, "random": 1_440, "evolution": 360},
}


@cache
def images(place: str, split: str) -> data.TensorSampler:
    """Faces of 16 px or digits of 28."""
    if place == "faces":
        return data.faces(16, split, style="pixel", device=CPU)
    return data.digits(28, split, device=CPU)


def parted(variant: str) -> tuple[str, str]:
    """ "digits: GAN" -> ("digits", "GAN"); without a place it is faces."""
    place, _, kind = variant.rpartition(": ")
    return place or "faces", kind


def game(variant: str, seed: int) -> GAN | Evolution:
    place, kind = parted(variant)
    torch.manual_seed(seed)
    channels, size, _ = images(place, "test").x.shape[1:]
    G, D = models.dcgan(size, channels, z=32, width=16, norm_d=None)
    if kind == "GAN":
        return GAN(G, D, RECIPE, device=CPU)
    if kind == "random":
        return Evolution([G], D, RECIPE, device=CPU, select="random")
    return Evolution([G], D, RECIPE, device=CPU, adam="mutation", evaluation=64)


def scored(played: GAN | Evolution, place: str, seed: int) -> dict[str, float]:
    y = played.sample(N, torch.Generator().manual_seed(1_000 + seed))
    x = images(place, "test").x[:N]
    return {
        "FD": float(features.book_frechet_distance(features.load(place, CPU), x, y)),
        "px": float(features.pixel_frechet_distance(x, y)),
    }


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """One training; scoring does not count as time."""
    place, kind = parted(variant)
    few, many = (ROUNDS[place][name] for name in ("evolution", kind))
    points = {few, 3 * few, many}
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    spent, start = 0.0, time.process_time()
    for step in train(game(variant, seed), images(place, "train"), rounds=many, seed=seed, progress=False):
        if step.n in points:
            spent += time.process_time() - start
            for name, value in {"round": float(step.n), "seconds": spent, **scored(step.game, place, seed)}.items():
                found[name].append(value)
            start = time.process_time()
    return found


MEASURES = ("round", "seconds", "FD", "px")
EXPERIMENT = Experiment(
    name="evolution_images",
    question="Does selection pay on faces of 16 px and digits of 28, at equal processor time?",
    variants=("GAN", "random", "evolution", "digits: GAN", "digits: random", "digits: evolution"),
    seeds=SEEDS,
    measures=MEASURES,
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 16 plays points live; a population of pictures takes too long for its reader"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

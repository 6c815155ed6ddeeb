"""RealnessGAN beside the standard, hinge and WGAN-GP losses on one DCGAN and one budget: three data sets, five seeds.

Nothing but loss and penalty differs: 16 px, batch norm in G and spectral norm in D as in RealnessGAN's own networks,
Adam at one pair of rates, one step of each player a round. (A trial with layer norm in D, two seeds, was dropped: all
but WGAN-GP stayed above 200 on digits.) Digits and Fashion are scored by the book Frechet distance
of held-out images and as many samples, both enlarged to the size of its features; emoji, for which the book has no
features, by the sliced Wasserstein distance of the pixels to 1,000 real ones.
"""

from __future__ import annotations

from functools import cache

import torch
from no_batch_norm import enlarged
from torch import Tensor

from ganbook import data, features, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.studies.arena import entrants
from ganbook.train import every, train
from ganbook.types import Sampler

SEEDS, ROUNDS, LOOKS, N, WIDTH, CPU = (0, 1, 2, 3, 4), 600, 3, 1_000, 16, torch.device("cpu")
PLACES = {"digits": data.digits, "fashion": data.fashion, "emoji": data.emoji}
GAMES = {
    {"non-saturating": "standard"}.get(name, name): recipe
    for name, recipe in entrants().items()
    if name in ("non-saturating", "hinge", "WGAN-GP", "realness 1", "realness 2", "realness 3")
}


def images(place: str, split: str = "train") -> Sampler:
    """16 px, on the CPU."""
    return PLACES[place](size=16, device=CPU, **({} if place == "emoji" else {"split": split}))


@cache
def known(place: str) -> Tensor:
    """What samples are held against: features of held-out images, or the pixels of real emoji."""
    if place == "emoji":
        return images(place)(N, torch.Generator().manual_seed(0)).flatten(1)
    return features.load(place, device=CPU).features(enlarged(images(place, "test").x[:N]))


def distance(place: str, samples: Tensor) -> float:
    """From samples (n, c, 16, 16) to the real ones."""
    if place == "emoji":
        return float(metrics.sliced_wasserstein(samples.flatten(1), known(place)))
    net = features.load(place, device=CPU)
    return float(metrics.frechet_distance(known(place), net.features(enlarged(samples))))


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """The curve of one training."""
    place, name = variant.split(": ")
    real, recipe = images(place), GAMES[name]
    torch.manual_seed(seed)
    pair = models.dcgan(16, real.shape[0], outputs=recipe.loss.outputs, width=WIDTH, norm_d="spectral")
    game, curve = GAN(*pair, recipe, device=CPU), {"round": [], "distance": []}
    for step in every(ROUNDS // LOOKS, train(game, real, rounds=ROUNDS, seed=seed, progress=False)):
        curve["round"].append(float(step.n))
        curve["distance"].append(distance(place, game.sample(N, torch.Generator().manual_seed(seed))))
    return curve


EXPERIMENT = Experiment(
    name="realness_images",
    question="Does RealnessGAN make better images than the standard, hinge and WGAN-GP losses on one DCGAN and budget?",
    variants=tuple(f"{place}: {name}" for place in PLACES for name in GAMES),
    seeds=SEEDS,
    measures=("round", "distance"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={
        "live": "ninety trainings take 40 minutes; the live pair of chapter 10 has faces, and no norm",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Does augmenting what D sees help where there are 300 images? Faces at 16 px, DCGAN with and without, five seeds.

One pair, one recipe, one budget; both runs of a seed begin with the same networks and the same faces. Augmented is
ganbook.augment.FEW_IMAGES: colour, translation and cutout with the constants of Zhao et al. 2020. Scores: 1,000 samples
against 1,000 held-out faces, by pixels and in the features of chapter 6; and how far D's mean score of its 300 faces
lies above that of held-out ones, in deviations of the latter.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from itertools import islice

import torch
from torch import Tensor

from ganbook import augment, data, features, metrics, models, recipes
from ganbook.experiments import Experiment, main
from ganbook.experiments.experiment import Values
from ganbook.games import GAN
from ganbook.train import fit, train

FACES, ROUNDS, LOOKS, N, WIDTH, SEEDS = 300, 3_000, 3, 1_000, 16, tuple(range(5))
RECIPE = replace(recipes.DCGAN, batch=32, lr_d=1e-3, lr_g=1e-3, ema_halflife=10_000)  # five times the paper's rate
WAYS = {"plain": (), "augmented": augment.FEW_IMAGES}
CPU = torch.device("cpu")


@cache
def held_out() -> Tensor:
    """The first 1,000 held-out faces."""
    return data.faces(split="test", device="cpu").x[:N]


def few(seed: int) -> data.TensorSampler:
    """300 faces, other ones for each seed."""
    x = data.faces(device="cpu").x
    return data.from_tensor(
        x[torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))[:FACES]], device="cpu"
    )


def run(way: str, seed: int) -> Values:
    """The curves of one run, and what it ends with."""
    torch.manual_seed(seed)
    game = GAN(*models.dcgan(16, 3, width=WIDTH), replace(RECIPE, augment=WAYS[way]), device=CPU)
    real, net = few(seed), features.load("faces", device="cpu")
    rounds, own, used = train(game, real, rounds=ROUNDS, seed=seed, progress=False), torch.Generator(), 0.0
    own.manual_seed(seed + 1)
    row: Values = {measure: [] for measure in ("round", "seconds", "pixel distance", "book distance", "gap")}
    for look in range(1, LOOKS + 1):
        start = time.process_time()
        fit(islice(rounds, ROUNDS // LOOKS))
        used += time.process_time() - start
        x = game.sample(N, own)
        with models.still(game.D):
            seen, new = (game.D(images).squeeze(1) for images in (real.x, held_out()))
        row["round"].append(look * ROUNDS // LOOKS)
        row["seconds"].append(used)
        row["pixel distance"].append(float(features.pixel_frechet_distance(held_out(), x)))
        row["book distance"].append(float(features.book_frechet_distance(net, held_out(), x)))
        row["gap"].append(float((seen.mean() - new.mean()) / new.std()))
    copied = metrics.memorisation(x.flatten(1), real.x.flatten(1), held_out().flatten(1), features="pixels")
    return row | {"memorisation": float(copied)}


def measure(variant: str, seeds: tuple[int, ...]) -> list[Values]:
    """The values of each seed."""
    return [run(variant, seed) for seed in seeds]


EXPERIMENT = Experiment(
    name="few_faces",
    question="Does augmenting what D sees help where there are 300 faces?",
    variants=tuple(WAYS),
    seeds=SEEDS,
    measures=("round", "seconds", "pixel distance", "book distance", "gap", "memorisation"),
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "ten runs of half a minute each; the page of own images trains for seconds"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

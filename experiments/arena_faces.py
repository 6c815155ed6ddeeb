"""Faces in colour at 16 px: all objectives of the book on one convolutional pair and one budget, five seeds.

The rules of the arena (rates, penalties, one step of D a step of G), but another pair, DCGAN's convolutions without any
norm but SN-hinge's own, and batches of 32 in place of 64, both as in the zoo's model of faces. The budget is short: 600
rounds, where that model has 30,000 at twice the width. It compares how soon faces appear, not how good they can get.
Two scores, of 2,000 samples against 2,000 held-out faces: the Frechet distance of pixels, and at the end the one in the
features of chapter 6.
"""

from __future__ import annotations

import contextlib
import time
from dataclasses import replace
from functools import cache
from itertools import islice

import torch
from torch import Tensor, nn

from ganbook import data, features, models
from ganbook.experiments import Experiment, main
from ganbook.experiments.experiment import Values
from ganbook.games import GAN
from ganbook.studies.arena import SPECTRAL, entrants
from ganbook.train import fit, train

ROUNDS, LOOKS, N, BATCH, WIDTH, SEEDS = 600, 4, 2_000, 32, 16, tuple(range(10, 15))


def pair(seed: int, outputs: int, spectral: bool) -> tuple[nn.Module, nn.Module]:
    """(G, D) of a seed; all entrants start with the same G."""
    torch.manual_seed(seed)
    G, D = models.dcgan(16, 3, outputs=outputs, width=WIDTH, norm_g=None, norm_d="spectral" if spectral else None)
    torch.manual_seed(seed)  # again: the wider heads have taken more of the first stream
    return models.he_init(G), D if spectral else models.he_init(D)


@cache
def held_out() -> Tensor:
    """The first 2,000 held-out faces."""
    return data.faces(split="test", device="cpu").x[:N]


def run(variant: str, seed: int) -> Values:
    """The curves of one run, and its book distance."""
    recipe, real = replace(entrants()[variant], batch=BATCH), data.faces(device="cpu")
    game = GAN(*pair(seed, recipe.loss.outputs, variant in SPECTRAL), recipe, device=torch.device("cpu"))
    rounds, own, used = train(game, real, rounds=ROUNDS, seed=seed, progress=False), torch.Generator(), 0.0
    own.manual_seed(seed + 1)
    row: Values = {measure: [] for measure in ("round", "seconds", "distance", "failed")}
    for look in range(1, LOOKS + 1):
        start = time.process_time()
        with contextlib.suppress(FloatingPointError):  # the run is lost: so say its samples
            fit(islice(rounds, ROUNDS // LOOKS))
        used += time.process_time() - start
        x = game.sample(N, own)
        alive = bool(x.isfinite().all())
        x = x if alive else torch.zeros_like(x)
        row["round"].append(look * ROUNDS // LOOKS)
        row["seconds"].append(used)
        row["distance"].append(float(features.pixel_frechet_distance(held_out(), x)))
        row["failed"].append(float(not alive))
    net = features.load("faces", device="cpu")
    return row | {"book distance": float(features.book_frechet_distance(net, held_out(), x))}


def measure(variant: str, seeds: tuple[int, ...]) -> list[Values]:
    """The values of each seed."""
    return [run(variant, seed) for seed in seeds]


EXPERIMENT = Experiment(
    name="arena_faces",
    question="Which objective of the book makes the best small faces on one convolutional pair and one budget?",
    variants=tuple(entrants()),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "book distance", "failed"),
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live="11: frames",
    differs={"seeds": "five for one", "variants": "fourteen entrants for two"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Which game survives a DCGAN without batch norm? Five games on 16 px digits, three seeds, equal gradient steps.

The networks are DCGAN's with nothing where batch norm was, in both players. Two more rows: "standard, batch norm" keeps
it, as the yardstick; "spectral norm" has that norm in D. The Frechet distance is the book's, of held-out digits and as
many samples, both enlarged to the size of its features. A run failed where all images of one single digit do better.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
from torch import Tensor
from torch.nn.functional import interpolate

from ganbook import data, features, metrics, models, recipes
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.recipes import Recipe
from ganbook.train import fit, train

STEPS, N, WIDTH, CPU = 720, 600, 16, torch.device("cpu")
FAST = {"batch": 64, "lr_d": 1e-3, "lr_g": 1e-3}  # five to ten times the papers' rates: the runs are short
GAMES: dict[str, tuple[Recipe, str | None, str | None]] = {
    "standard, batch norm": (replace(recipes.DCGAN, **FAST), "batch", "batch"),
    "standard": (replace(recipes.DCGAN, **FAST), None, None),
    "WGAN": (replace(recipes.WGAN, lr_d=5e-4, lr_g=5e-4), None, None),
    "WGAN-GP": (replace(recipes.WGAN_GP, **FAST, betas=(0.5, 0.9)), None, None),
    "DRAGAN": (replace(recipes.DRAGAN, **FAST), None, None),
    "spectral norm": (replace(recipes.SNGAN_HINGE, **FAST), "spectral", None),
}


def enlarged(x: Tensor) -> Tensor:
    return interpolate(x, scale_factor=2, mode="bilinear")


@cache
def reference() -> tuple[Tensor, float]:
    """Features of held-out digits, and the least distance that a single digit reaches, all its images copied."""
    net, known, test = (
        features.load("digits", device="cpu"),
        data.digits(16, device="cpu"),
        data.digits(16, split="test", device="cpu"),
    )
    real, copies = net.features(enlarged(test.x[:N])), net.features(enlarged(known.x[:3_000]))
    return real, min(float(metrics.frechet_distance(real, copies[known.y[:3_000] == k])) for k in range(10))


def training(variant: str, seed: int) -> dict[str, float]:
    """One training from one seed."""
    (recipe, norm_d, norm_g), (real, threshold) = GAMES[variant], reference()
    torch.manual_seed(seed)
    game = GAN(*models.dcgan(16, 1, width=WIDTH, norm_d=norm_d, norm_g=norm_g), recipe, device=CPU)
    rounds = STEPS // (recipe.d_steps + 1)
    fit(train(game, data.digits(16, device="cpu"), rounds=rounds, seed=seed, progress=False))
    fake = game.sample(N, torch.Generator().manual_seed(seed))
    distance = float(metrics.frechet_distance(real, features.load("digits", device="cpu").features(enlarged(fake))))
    return {"book Frechet distance": distance, "failed": float(distance > threshold)}


EXPERIMENT = Experiment(
    name="no_batch_norm",
    question="Which games survive a convolutional architecture without batch norm?",
    variants=tuple(GAMES),
    seeds=(0, 1, 2),
    measures=("book Frechet distance", "failed"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={"live": "eighteen trainings of a minute each, which an exercise of chapter 9 only loads"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

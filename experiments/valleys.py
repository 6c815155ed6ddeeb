"""Three rows of the table of f-divergences on zeros and ones in two numbers: what does each give up? Five seeds.

Data: MNIST's zeros and ones, reduced to two principal components of variance 1: two clouds with a valley between them.
"one Gaussian" is a generator that cannot be both, "network" one that can. Controls without a training: the Gaussian
with the data's mean and covariance (the least forward KL), the same shrunk towards its mean, and data drawn again.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from ganbook import data, metrics, models
from ganbook.divergences import fdiv
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.losses import FGAN
from ganbook.recipes import Recipe
from ganbook.train import fit, train

N, CPU, ROWS = 1_000, torch.device("cpu"), {"KL": fdiv.KL, "reverse KL": fdiv.REVERSE_KL, "GAN (JS)": fdiv.GAN}
CONTROLS = {"covering Gaussian": 1.0, "shrunk to 0.7": 0.7, "data, drawn again": 0.0}
HALF = 0.35
"""Half of the valley's width, along the line between the two means, in units of the codes."""


@cache
def clouds() -> tuple[Tensor, Tensor]:
    """Codes (n, 2) of the training images of 0 and 1, and their classes."""
    digits = data.digits(device="cpu")
    few = digits.y < 2
    flat, y = digits.x[few].flatten(1), digits.y[few]
    flat = flat - flat.mean(0)
    codes = flat @ torch.linalg.svd(flat, full_matrices=False).Vh[:2].T
    return codes / codes.std(0), y


def real(n: int, rng: torch.Generator) -> Tensor:
    return clouds()[0][torch.randint(len(clouds()[0]), (n,), generator=rng)]


@cache
def valley() -> tuple[Tensor, float]:
    """(direction, place): the samples x with x @ direction nearer than HALF to the place are in the valley.

    The direction is Fisher's, along which the clouds stand furthest apart for their width; the place is the emptiest.
    """
    codes, y = clouds()
    zero, one = codes[y == 0], codes[y == 1]
    w = torch.linalg.solve(torch.cov(zero.T) + torch.cov(one.T), one.mean(0) - zero.mean(0))
    w = w / w.norm()
    along = codes @ w
    places = torch.linspace(float((zero @ w).mean()), float((one @ w).mean()), 201)
    return w, float(min(places, key=lambda at: (along - at).abs().lt(HALF).sum()))


def judged(samples: Tensor, seed: int) -> dict[str, float]:
    w, at = valley()
    rng = torch.Generator().manual_seed(1_000 + seed)
    precision, recall = metrics.precision_recall(real(N, rng), samples)
    along = samples @ w
    return {
        "in the valley": float((along - at).abs().lt(HALF).float().mean()),
        "ones": float(along.gt(at).float().mean()),
        "precision": float(precision),
        "recall": float(recall),
    }


def training(variant: str, seed: int) -> dict[str, float]:
    rng = torch.Generator().manual_seed(seed)
    if variant in CONTROLS:
        codes, width = clouds()[0], CONTROLS[variant]
        z = torch.randn(N, 2, generator=rng) @ torch.linalg.cholesky(torch.cov(codes.T)).T
        return judged(codes.mean(0) + width * z if width else real(N, rng), seed)
    row, kind = variant.split(", ")
    torch.manual_seed(seed)
    if kind == "one Gaussian":
        G = models.mlp([2, 2])
        with torch.no_grad():
            G[0].weight.copy_(torch.eye(2))
            G[0].bias.zero_()
    else:
        G = models.mlp([2, 64, 64, 2])
    rates = {"lr_d": 5e-3, "lr_g": 1e-2} if kind == "one Gaussian" else {"lr_d": 2e-3, "lr_g": 2e-3}
    recipe = Recipe(FGAN(ROWS[row]), d_steps=4, batch=256, betas=(0.5, 0.99), **rates)
    game = GAN(G, models.mlp([2, 32, 32, 1]), recipe, device=CPU)
    fit(train(game, real, rounds=500, seed=seed, progress=False))
    return judged(game.sample(N, rng), seed)


EXPERIMENT = Experiment(
    name="valleys",
    question="What does a generator give up under three divergences, where it can be only one Gaussian?",
    variants=(*(f"{row}, {kind}" for kind in ("one Gaussian", "network") for row in ROWS), *CONTROLS),
    seeds=(0, 1, 2, 3, 4),
    measures=("in the valley", "ones", "precision", "recall"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live="03: ROWS",
    differs={"seeds": "five for one", "variants": "also a network for G, and three controls"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

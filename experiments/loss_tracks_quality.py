"""Does what D says follow the quality of the samples? Three games on Fashion, five seeds, no norm in any network.

At LOOKS even points of a run, held-out pictures and as many samples are shown to D: what it says is minus its loss
without any penalty. The book Frechet distance of the same samples is set beside it. The budget is equal in gradient
steps of both players together; two thirds of a run count, since a critic first has to catch up. Seeds train side by
side (`ganbook.games.side_by_side`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from ganbook import data, features, metrics, models, recipes
from ganbook.experiments import Experiment, main
from ganbook.games import SideBySide
from ganbook.models.stacked import deal
from ganbook.recipes import Recipe
from ganbook.train import every, train

SEEDS, STEPS, LOOKS, N = (0, 1, 2, 3, 4), 1_296, 9, 300
RECIPES: dict[str, Recipe] = {
    "standard": replace(recipes.NON_SATURATING, lr_d=5e-4, lr_g=5e-4),
    "WGAN": replace(recipes.WGAN, lr_d=5e-4, lr_g=5e-4),
    "WGAN-GP": replace(recipes.WGAN_GP, lr_d=1e-3, lr_g=1e-3, betas=(0.5, 0.9)),
}


def pair() -> tuple[nn.Sequential, nn.Sequential]:
    """The networks of chapter 9's live training."""
    G = models.mlp([64, 128, 128, 784], out=nn.Tanh(), shape=(1, 28, 28))
    return G, models.mlp([784, 128, 128, 1], flatten=True)


def trained(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """For each seed: gradient steps, what D says, the distance."""
    recipe, cpu = RECIPES[variant], torch.device("cpu")
    net, shown = features.load("fashion", device="cpu"), data.fashion(split="test", device="cpu").x[:N]
    real = net.features(shown)
    game = SideBySide(pair, seeds, recipe, device=cpu)
    rounds = STEPS // (recipe.d_steps + 1)
    curves: list[dict[str, list[float]]] = [{"step": [], "says": [], "distance": []} for _ in seeds]
    run = train(game, data.fashion(device="cpu"), rounds=rounds, progress=False)
    for step in every(rounds // LOOKS, run):
        y = game.samples(N, torch.Generator().manual_seed(1))
        with torch.no_grad():
            out_real, out_fake = (
                deal(game.D(x), len(seeds)) for x in (shown.repeat(len(seeds), 1, 1, 1), y.flatten(0, 1))
            )
        for k, curve in enumerate(curves):
            curve["step"].append(step.n * (recipe.d_steps + 1))
            curve["says"].append(-float(recipe.loss.d(out_real[k], out_fake[k])))
            curve["distance"].append(float(metrics.frechet_distance(real, net.features(y[k]))))
    return curves


def correlation(a: list[float], b: list[float]) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def ranks(values: list[float]) -> list[float]:
    return np.argsort(np.argsort(values)).astype(float).tolist()


def scored(curve: dict[str, list[float]]) -> dict[str, float | list[float]]:
    """The curves of one run, and the correlations over its last two thirds."""
    says, distance = (curve[name][LOOKS // 3 :] for name in ("says", "distance"))
    return {
        **curve,
        "Pearson": correlation(says, distance),
        "Spearman": correlation(ranks(says), ranks(distance)),
    }


EXPERIMENT = Experiment(
    name="loss_tracks_quality",
    question="Does what the discriminator or critic says follow the book Frechet distance over a training?",
    variants=tuple(RECIPES),
    seeds=SEEDS,
    measures=("step", "says", "distance", "Pearson", "Spearman"),
    measure=lambda variant, seeds: [scored(curve) for curve in trained(variant, seeds)],
    live="09: FAST",
    differs={
        "rounds": "216: a budget that all three games share in gradient steps",
        "seeds": "five, side by side, for one",
        "data": "Fashion for digits",
    },
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

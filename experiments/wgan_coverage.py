"""Which modes do the Wasserstein games find, on a budget of 2,400 gradient steps? Ring and grid, ten seeds.

PacGAN's protocol for the scores (2,500 samples, 3 standard deviations), not for the training, which is far shorter:
2,400 steps in all, critic's and generator's together, networks of 64 units a layer, and learning rates of 1e-3 (5e-4
for RMSprop) so that so few steps lead somewhere. The penalty's weight is that of the authors' toy script.

The ten networks of a variant are trained side by side: their weights are stacked, so that a step of all ten is one
product of matrices. They share nothing but the mean of their losses, whose factor 1/10 Adam and RMSprop divide away.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
from torch import Tensor, nn

from ganbook import data, metrics, models, recipes
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.penalties import GradientPenalty
from ganbook.train import fit, train

STEPS, SAMPLES, BATCH, SEEDS = 2_400, 2_500, 64, tuple(range(10))
FAST = {"lr_d": 1e-3, "lr_g": 1e-3, "betas": (0.5, 0.9)}
RECIPES = {
    "standard": replace(recipes.NON_SATURATING, **FAST),
    "WGAN": replace(recipes.WGAN, lr_d=5e-4, lr_g=5e-4),
    "WGAN-GP": replace(recipes.WGAN_GP, penalties=(GradientPenalty(weight=0.1),), **FAST),
    "DRAGAN": replace(recipes.DRAGAN, **FAST),
}


class SideBySide(nn.Module):
    """One fully connected network a seed; the rows of a batch are dealt out to them in equal blocks."""

    def __init__(self, widths: list[int], slope: float) -> None:
        super().__init__()
        networks = []
        for seed in SEEDS:
            torch.manual_seed(seed)
            networks.append([layer for layer in models.mlp(widths) if isinstance(layer, nn.Linear)])
        layers = list(zip(*networks, strict=True))
        self.weights = nn.ParameterList([torch.stack([each.weight.detach().T for each in layer]) for layer in layers])
        self.biases = nn.ParameterList([torch.stack([each.bias.detach()[None] for each in layer]) for layer in layers])
        self.slope = slope

    def forward(self, x: Tensor) -> Tensor:
        h = x.reshape(len(SEEDS), -1, x.shape[1])  # (10 n, d) -> (10, n, d)
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            h = nn.functional.leaky_relu(h, self.slope) if k else h
            h = torch.baddbmm(bias, h, weight)
        return h.reshape(len(x), -1)  # (10, n, k) -> (10 n, k)


class Ten(GAN):
    """Ten games in one round."""

    def check(self, x: Tensor) -> None:
        """Nothing: the two samples that `train` tries cannot be dealt out to ten networks."""


@cache
def scores(variant: str) -> list[dict[str, float]]:
    """The three scores of 2,500 samples of each of the ten generators, after STEPS gradient steps."""
    place, name = variant.split(", ")
    real, recipe = getattr(data, place)(), replace(RECIPES[name], batch=BATCH * len(SEEDS))
    G, D = SideBySide([2, 64, 64, 2], 0.0), SideBySide([2, 64, 64, 64, 1], 0.2)
    game = Ten(G, D, recipe, prior=data.normal(2))
    fit(train(game, real, rounds=STEPS // (recipe.d_steps + 1), seed=0, progress=False))
    samples = game.sample(SAMPLES * len(SEEDS), torch.Generator().manual_seed(1)).split(SAMPLES)
    rows = []
    for seed, mine in zip(SEEDS, samples, strict=True):
        found = metrics.mode_scores(mine, real.means, real.std)
        distance = metrics.sliced_wasserstein(mine, real(SAMPLES, torch.Generator().manual_seed(2 + seed)))
        rows.append(
            {
                "modes": float(found.modes),
                "high-quality share": float(found.high_quality),
                "sliced distance": float(distance),
            }
        )
    return rows


EXPERIMENT = Experiment(
    name="wgan_coverage",
    question="How many modes of ring and grid do four games find within 2,400 gradient steps?",
    variants=tuple(f"{place}, {name}" for place in ("ring", "grid") for name in RECIPES),
    seeds=SEEDS,
    measures=("modes", "high-quality share", "sliced distance"),
    measure=lambda variant, seed: scores(variant)[seed],
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Are samples as good where the networks compute in bfloat16? A small colour pair on emoji, five seeds, each twice.

The two runs of a seed have the same first weights, batches and latents; one trains in float32, the other with
train(..., precision="bf16"). Scored is what float32 makes of the weights: the sliced Wasserstein distance of patches at
16 and 8 px to 1,000 emoji faces, its mean over the two scales. Speed is not measured here: it depends on whether the
processor has instructions for bfloat16, and the one that made the results has none.
"""

from __future__ import annotations

from statistics import mean

import torch

from ganbook import data, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.losses import Realness
from ganbook.recipes import Recipe
from ganbook.train import every, train

ROUNDS, LOOKS, N, CPU = 500, 5, 1_000, torch.device("cpu")
RECIPE = Recipe(Realness(20, 2, "far"), batch=32, lr_d=5e-4, lr_g=5e-4, betas=(0.0, 0.9))


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """The curve of one training."""
    images = data.emoji(size=16, category="faces", device="cpu")
    known = images(N, torch.Generator().manual_seed(0))
    torch.manual_seed(seed)
    game = GAN(*models.pooled(16, 3, outputs=20, norm_g="batch"), RECIPE, device=CPU)
    curve: dict[str, list[float]] = {"round": [], "distance": []}
    run = train(game, images, rounds=ROUNDS, seed=seed, progress=False, precision=variant)
    for step in every(ROUNDS // LOOKS, run):
        y = game.sample(N, torch.Generator().manual_seed(seed)).float()
        scores = metrics.pyramid_distance(known, y, smallest=8, normalise="real")
        curve["round"].append(float(step.n))
        curve["distance"].append(mean(map(float, scores.values())))
    return curve


EXPERIMENT = Experiment(
    name="bf16_quality",
    question="Are the samples of a training in bfloat16 as good as those of one in float32?",
    variants=("float32", "bf16"),
    seeds=(0, 1, 2, 3, 4),
    measures=("round", "distance"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={"live": "ten trainings of a minute and more each, which an exercise of chapter 10 only loads"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

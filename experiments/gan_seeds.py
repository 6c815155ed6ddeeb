"""How much does a score change from one training to the next? The MLP GAN of chapter 1 on digits, five seeds."""

from __future__ import annotations

import torch

from ganbook import data, features, metrics, zoo
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.train import every, train

ROUNDS, EVERY, N = 1_200, 200, 1_000
SETS = {"digits": data.digits}


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """Scores against N held-out images along a training; networks and batches both come from the seed."""
    net = features.load(variant)
    real = net.features(SETS[variant](split="test").x[:N])
    torch.manual_seed(seed)
    game = GAN(*zoo.mlp_pair(), zoo.ENTRIES[f"mlp-{variant}"].recipe)
    found: dict[str, list[float]] = {name: [] for name in EXPERIMENT.measures}
    for step in every(EVERY, train(game, SETS[variant](), rounds=ROUNDS, seed=seed, progress=False)):
        fake = net.features(step.sample(N))
        precision, recall = metrics.precision_recall(real, fake)
        found["round"].append(step.n)
        found["book Frechet distance"].append(float(metrics.frechet_distance(real, fake)))
        found["precision"].append(float(precision))
        found["recall"].append(float(recall))
    return found


EXPERIMENT = Experiment(
    name="gan_seeds",
    question="How much does the score of a GAN change from one training to the next?",
    variants=tuple(SETS),
    seeds=(0, 1, 2, 3, 4),
    measures=("round", "book Frechet distance", "precision", "recall"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live="06: history",
    differs={"rounds": "1,200, somewhat longer", "seeds": "five for one"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

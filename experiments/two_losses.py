"""Minimax or non-saturating, SGD or Adam: an MLP GAN on digits, 1,500 rounds, five seeds, G's own weights.

No averaged copy: what is sampled is G itself. Beside the distance to held-out digits stands the variety of the samples,
their standard deviation in a pixel: a generator of one image has the distance of that image, and no variety.
"""

from __future__ import annotations

from dataclasses import replace

import torch

from ganbook import data, features, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.losses import Minimax, NonSaturating
from ganbook.recipes import MLP_GAN
from ganbook.train import train

ROUNDS, N, CPU = 1_500, 1_000, torch.device("cpu")
LOOKS = (100, 200, 400, 800, 1_500)
LOSSES = {"minimax": Minimax(), "non-saturating": NonSaturating()}
OPTIMISERS = ("SGD", "Adam")


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """One training from one seed: distance, variety and D's loss at LOOKS (the loss: mean of the 50 rounds before)."""
    optimiser, loss = variant.split(": ")
    torch.manual_seed(seed)
    G = models.mlp([64, 128, 128, 784], out=torch.nn.Tanh(), shape=(1, 28, 28))
    D = models.mlp([784, 128, 128, 1], flatten=True)
    game = GAN(G, D, replace(MLP_GAN, loss=LOSSES[loss], ema_halflife=None), device=CPU)
    if optimiser == "SGD":
        for player, net in (("D", D), ("G", G)):
            game.optimizers[player] = torch.optim.SGD(net.parameters(), lr=0.05, momentum=0.5)
    held_out, net = data.digits(split="test", device="cpu").x[:N], features.load("digits", device="cpu")
    known = net.features(held_out)
    found: dict[str, list[float]] = {name: [] for name in EXPERIMENT.measures}
    run = train(game, data.digits(device="cpu"), rounds=ROUNDS, seed=seed, progress=False)
    for step in run:
        if step.n not in LOOKS:
            continue
        fakes = step.sample(N)
        features_of = net.features(fakes)
        found["round"].append(step.n)
        found["distance"].append(float(metrics.sliced_wasserstein(held_out.flatten(1), fakes.flatten(1))))
        found["variety"].append(float(fakes.std(0).mean()))
        found["book Frechet distance"].append(float(metrics.frechet_distance(known, features_of)))
        found["loss of D"].append(sum(run.history["D"][-50:]) / 50)
    return found


EXPERIMENT = Experiment(
    name="two_losses",
    question="Which of the two losses of the generator ends nearer to the digits, under SGD and under Adam?",
    variants=tuple(f"{optimiser}: {loss}" for optimiser in OPTIMISERS for loss in LOSSES),
    seeds=(0, 1, 2, 3, 4),
    measures=("round", "distance", "variety", "book Frechet distance", "loss of D"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live="04: runs",
    differs={"rounds": "1,500, longer", "seeds": "five for one"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

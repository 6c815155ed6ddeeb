"""The authors' own toy setting: their networks, rates and batches on nine bells, three seeds.

As in their program (kam1107/RealnessGAN, train_toy.py): G has four hidden layers of 400 with batch norm, z has 128
numbers; D has three Maxout layers of 200 units with five pieces each; Adam at 1e-4 with betas (0.8, 0.999), batches of
100; anchors redrawn. They stop at 500 rounds; here a run goes on to 3,000. The bells' width, 0.05, is ours: the
authors' data file was not read. "5, k = 3" is what the program does as it stands.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from ganbook import data, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.losses import AdversarialLoss, NonSaturating, Redrawn
from ganbook.recipes import REALNESS_TOY
from ganbook.train import every, train

ROUNDS, LOOK, Z, N = 3_000, 250, 128, 5_000
RIVALS: dict[str, tuple[AdversarialLoss, int]] = {
    "standard, k = 1": (NonSaturating(), 1),
    "standard, k = 7": (NonSaturating(), 7),
    "5, k = 3": (Redrawn(5, 2, "authors"), 3),
    "20, k = 7": (Redrawn(20, 2, "authors"), 7),
}


class Maxout(nn.Linear):
    """(n, a) -> (n, b): each output is the largest of some affine functions (Goodfellow et al. 2013)."""

    def __init__(self, a: int, b: int, pieces: int = 5) -> None:
        super().__init__(a, b * pieces)
        self.pieces = pieces

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).unflatten(1, (-1, self.pieces)).amax(2)


def training(rival: str, seed: int) -> dict[str, list[float]]:
    """Modes and quality of one run at each look."""
    world, (loss, steps) = data.nine(device="cpu"), RIVALS[rival]
    torch.manual_seed(seed)
    G = models.mlp([Z, 400, 400, 400, 400, 2], nn.ReLU, norm="batch")
    D = nn.Sequential(Maxout(2, 200), Maxout(200, 200), Maxout(200, 200), nn.Linear(200, loss.outputs))
    recipe = replace(REALNESS_TOY, loss=loss, g_steps=steps)
    found: dict[str, list[float]] = {name: [] for name in EXPERIMENT.measures}
    for step in every(LOOK, train(GAN(G, D, recipe), world, rounds=ROUNDS, seed=seed, progress=False)):
        score = metrics.mode_scores(step.sample(N), world.means, world.std, radius=4.0, least=N // 100)
        found["round"].append(step.n)
        found["modes"].append(float(score.modes))
        found["high quality"].append(round(float(score.high_quality), 4))
    return found


EXPERIMENT = Experiment(
    name="realness_authors",
    question="With the authors' networks, rates and steps, how many of nine modes are found?",
    variants=tuple(RIVALS),
    seeds=(0, 1, 2),
    measures=("round", "modes", "high quality"),
    measure=lambda rival, seeds: [training(rival, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={"live": "a run takes one to four minutes; chapter 10 trains live on faces only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Do more outcomes help a GAN to find modes? The 3x3 mixture, five seeds, one step of each player a round.

The seeds of a variant are trained side by side, as one stack of networks: each layer holds a matrix for every seed and
multiplies them in one call, each run has its own random numbers, and no run sees another.
"""

from __future__ import annotations

import functools

import torch
from torch import nn

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.losses import AdversarialLoss, NonSaturating, Realness

SEEDS = (0, 1, 2, 3, 4)
ROUNDS, EVERY, BATCH, N, Z, WIDTH = 1_250, 125, 64, 5_000, 16, 64
RATE, BETAS = 1e-3, (0.8, 0.999)


LOSSES: dict[str, AdversarialLoss] = {
    "standard": NonSaturating(),
    "2 one-hot": Realness(2, 2, "one-hot"),
    "20 halves": Realness(20, 2, "halves"),
    "20 overlapping": Realness(20, 2, "far"),
}
G_STEPS = {1: tuple(LOSSES)}
"""Steps of G a step of D -> variants. {7: ...} is where others saw a difference; it takes about four times as long."""


class Linear(nn.Module):
    """As nn.Linear, for (n, runs, before) -> (n, runs, after) with a matrix for each run."""

    def __init__(self, runs: int, before: int, after: int) -> None:
        super().__init__()
        bound = before**-0.5
        self.weight = nn.Parameter(torch.empty(runs, before, after).uniform_(-bound, bound))
        self.bias = nn.Parameter(torch.empty(runs, after).uniform_(-bound, bound))

    def forward(self, x):
        return torch.bmm(x.transpose(0, 1), self.weight).transpose(0, 1) + self.bias


class Norm(nn.Module):
    """Batch norm: each run and channel has statistics of its own."""

    def __init__(self, runs: int, width: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(runs * width)

    def forward(self, x):
        return self.norm(x.flatten(1)).view_as(x)


def networks(runs: int, outputs: int) -> tuple[nn.Sequential, nn.Sequential]:
    """Three hidden layers each: ReLU with batch norm in G, LeakyReLU in D."""
    G, D, before = [], [], (Z, 2)
    for _ in range(3):
        G += [Linear(runs, before[0], WIDTH), Norm(runs, WIDTH), nn.ReLU()]
        D += [Linear(runs, before[1], WIDTH), nn.LeakyReLU(0.2)]
        before = (WIDTH, WIDTH)
    return nn.Sequential(*G, Linear(runs, WIDTH, 2)), nn.Sequential(*D, Linear(runs, WIDTH, outputs))


@functools.cache
def trained(variant: str, rounds: int = ROUNDS) -> list[dict[str, list[float]]]:
    """All seeds of a variant at once; for each its curves."""
    name, steps = variant.rsplit(", k = ", 1)
    loss, runs = LOSSES[name], len(SEEDS)
    rngs = [torch.Generator().manual_seed(seed) for seed in SEEDS]
    torch.manual_seed(SEEDS[0])
    G, D = networks(runs, loss.outputs)
    adam = [torch.optim.Adam(net.parameters(), lr=RATE, betas=BETAS, fused=True) for net in (D, G)]
    world = data.nine(device="cpu")

    def real():
        return torch.stack([world(BATCH, rng) for rng in rngs], 1)  # (n, runs, 2)

    def latent(n=BATCH):
        return torch.stack([torch.randn(n, Z, generator=rng) for rng in rngs], 1)

    def step(optimizer, value):
        optimizer.zero_grad()
        (runs * value).backward(inputs=[p for group in optimizer.param_groups for p in group["params"]])
        optimizer.step()

    curves = [{measure: [] for measure in EXPERIMENT.measures} for _ in SEEDS]
    for n in range(1, rounds + 1):
        with torch.no_grad():
            y = G(latent())
        out = D(torch.cat([real(), y]))
        step(adam[0], loss.d(out[:BATCH].flatten(0, 1), out[BATCH:].flatten(0, 1)))
        for _ in range(int(steps)):
            with torch.no_grad():
                seen = D(real()).flatten(0, 1) if loss.g_sees_real else None
            step(adam[1], loss.g(seen, D(G(latent())).flatten(0, 1)))
        if n % EVERY == 0:
            G.eval()
            with torch.no_grad():
                samples = G(latent(N))
            G.train()
            for k, curve in enumerate(curves):
                scores = metrics.mode_scores(samples[:, k], world.means, world.std, radius=4.0, least=N // 100)
                curve["round"].append(n)
                curve["modes"].append(float(scores.modes))
                curve["high quality"].append(float(scores.high_quality))
                for mode, count in enumerate(scores.counts.tolist()):
                    curve[f"mode {mode}"].append(count / N)
    return curves


def measure(variant: str, seed: int) -> dict[str, list[float]]:
    """The curves of one seed; the first seed asked for trains them all."""
    return trained(variant)[SEEDS.index(seed)]


EXPERIMENT = Experiment(
    name="realness_modes",
    question="Do more outcomes, or more overlap of the anchors, help to find modes?",
    variants=tuple(f"{name}, k = {k}" for k, names in G_STEPS.items() for name in names),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

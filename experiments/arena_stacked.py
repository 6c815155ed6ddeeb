"""How many of the 1000 modes of stacked digits do the objectives of the book find? 26,000 samples, as in the protocol.

Three 8 px digits are the channels of one image. The digits of a generated image are read off by a small classifier,
trained here on the same 9,000 digits; its accuracy on the 1,000 held-out ones is among the measures. The networks are
fully connected and the training is short: nothing here is comparable with a published figure but the protocol.
The protocol takes noise for digits, so a distance that does not goes with it: the sliced Wasserstein of the pixels.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import nn

from ganbook import data, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import SPECTRAL, Channels, entrants, pixels, race

ROUNDS, LOOKS, N, SEEDS = 600, 4, 26_000, tuple(range(10, 15))


@cache
def classifier() -> tuple[nn.Module, float]:
    """A digit classifier for 8 px, and its accuracy on held-out digits."""
    known, test = (data.digits(8, split=split, device="cpu") for split in ("train", "test"))
    rng = torch.Generator().manual_seed(0)
    torch.manual_seed(0)
    net = models.mlp([64, 256, 10], nn.ReLU, flatten=True)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    for _ in range(2_000):
        x, y = known.labelled(64, rng)
        adam.zero_grad()
        nn.functional.cross_entropy(net(x), y).backward()
        adam.step()
    net.eval().requires_grad_(False)
    return net, float((net(test.x).argmax(1) == test.y).float().mean())


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed; the seeds are trained side by side."""
    recipe, real = entrants()[variant], Channels(data.digits(8, device="cpu"))
    net, accuracy = classifier()
    known = real(500, torch.Generator().manual_seed(0)).flatten(1)
    rows = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]

    def make():
        return pixels((3, 8, 8), recipe.loss.outputs, variant in SPECTRAL)

    for look in race(make, real, recipe, seeds, ROUNDS, LOOKS, N):
        for row, samples, alive in zip(rows, look.samples, look.alive, strict=True):
            found = metrics.stacked_scores(samples, net)
            row["round"].append(look.round)
            row["seconds"].append(look.seconds)
            row["modes"].append(float(found.modes))
            row["reverse KL"].append(float(found.reverse_kl))
            row["distance"].append(float(metrics.sliced_wasserstein(samples[:500].flatten(1), known)))
            row["failed"].append(float(not alive))
            row["classifier accuracy"].append(accuracy)
    return rows


EXPERIMENT = Experiment(
    name="arena_stacked",
    question="How many of the 1000 modes of stacked digits do the objectives of the book find on one budget?",
    variants=tuple(entrants()),
    seeds=SEEDS,
    measures=("round", "seconds", "modes", "reverse KL", "distance", "failed", "classifier accuracy"),
    measure=measure,
    clocks=("seconds",),
    live=None,
    differs={"live": "the live arena of chapter 11 is on the ring; all entrants on stacked digits take twenty minutes"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

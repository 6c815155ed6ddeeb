"""Emoji in colour at 8 px: all objectives of the book on one architecture and one budget, five seeds.

The book has no features for emoji: the score is the sliced Wasserstein distance of the pixels to 1,000 real ones.
"""

from __future__ import annotations

import torch
from arena_images import curves
from torch import Tensor

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import SPECTRAL, entrants

ROUNDS, LOOKS, N, SEEDS = 300, 3, 1_000, tuple(range(10, 15))


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """The curves of an entrant."""
    real = data.emoji(size=8, device="cpu")
    known = real(N, torch.Generator().manual_seed(0)).flatten(1)

    def score(samples: Tensor) -> float:
        return float(metrics.sliced_wasserstein(samples.flatten(1), known))

    return curves(real, entrants()[variant], variant in SPECTRAL, seeds, ROUNDS, LOOKS, score, N)


EXPERIMENT = Experiment(
    name="arena_emoji",
    question="Which objective of the book makes the best small emoji on one architecture and one budget?",
    variants=tuple(entrants()),
    seeds=SEEDS,
    measures=("round", "seconds", "distance", "failed"),
    measure=measure,
    clocks=("seconds",),
    live=None,
    differs={"live": "the live arena of chapter 11 is on the ring; all entrants on emoji take six minutes"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Growing, by the rules of the ledger: small faces, half a minute, five seeds.

"growing": the layers of chapter 15 as they come (`models.growing`: equalised, pixel norm, a batch's spread in D) with
the ledger's baseline's recipe, which grow from 4 px to 8 and 16. Each size plays, and fades in, for as many images; the
last plays twice as long. "whole": the same layers and first weights, at 16 px from the first round. "baseline": that of
the ledger, trained again. All have as many rounds as take the baseline's processor time (measured on seed 100). The
first point of each curve is after a quarter of the rounds: the growing one plays 8 px by then, enlarged to be scored.

Run after the ledger, whose rows were known; nothing was tuned.
"""

from __future__ import annotations

from typing import Any

import ledger
import torch
from ledger import BASE, CPU, MEASURES, SEEDS
from torch import Tensor

from ganbook import models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, Growth, Progressive
from ganbook.studies.small_faces import BASELINE

ROUNDS = {"baseline": BASE, "growing": 860, "whole": 610}


class Shown(Progressive):
    """Samples have 16 px from the first: small ones are enlarged, as in a film."""

    def sample(self, n: int, rng: torch.Generator, size: int | None = 16) -> Tensor:
        return super().sample(n, rng, size)


def game_of(variant: str, seed: int) -> GAN:
    """The game of a variant."""
    if variant == "baseline":
        return ledger.game_of(variant, seed, BASE)[0]
    torch.manual_seed(seed)
    pair = models.growing(16, 3, z=64)
    if variant == "whole":
        return GAN(*pair, BASELINE, device=CPU)
    part = BASELINE.batch * ROUNDS[variant] // 6
    growth = Growth((4, 8, 16), hold=(part, part, 2 * part), fade=part)
    return Shown(*pair, BASELINE, growth, device=CPU)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, Any]]:
    """One training a seed."""
    return [ledger.followed(game_of(variant, seed), ledger.faces("train"), ROUNDS[variant], seed)[0] for seed in seeds]


EXPERIMENT = Experiment(
    name="ledger_growing",
    question="Does growing pay on small faces, by the rules of the ledger?",
    variants=tuple(ROUNDS),
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 15 grows a pair live; here fifteen trainings beside the ledger's baseline"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

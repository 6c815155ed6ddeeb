"""Anchors that are one frozen draw, redrawn in every step, or the mean of all draws: the 3x3 mixture, five seeds.

RealnessGAN's authors drew their anchors once until June 2020, and in every round since. A frozen draw is a histogram of
1,000 numbers as their programs make it; there are three of them. All else is the base of realness_choices: 20 outcomes,
objective 2, one step of each player a round.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from realness_choices import EXPERIMENT as CHOICES
from realness_choices import ROUNDS, SEEDS

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import Realness, Redrawn, anchors
from ganbook.studies.realness_toy import TOY, Curves, play

OUTCOMES = 20


def frozen(k: int) -> Realness:
    """The loss whose anchors are draw k."""
    return Realness(OUTCOMES, 2, anchors.authors_draw(OUTCOMES, torch.Generator().manual_seed(k)))


VARIANTS: dict[str, Realness] = {
    "mean": Realness(OUTCOMES, 2, "authors"),
    "redrawn": Redrawn(OUTCOMES, 2, "authors"),
    **{f"frozen {k}": frozen(k) for k in (1, 2, 3)},
}


def measure(group: str, seeds: tuple[int, ...]) -> list[Curves]:
    """The curves of each run, variant by variant."""
    recipes = [replace(TOY, loss=loss, g_steps=1) for loss in VARIANTS.values()]
    return play(data.nine(device="cpu"), recipes, seeds, ROUNDS, ROUNDS // 15)


EXPERIMENT = Experiment(
    name="realness_frozen",
    question="Do anchors that are one frozen draw find fewer modes than redrawn ones, or than their mean?",
    variants=tuple(VARIANTS),
    seeds=SEEDS,
    measures=CHOICES.measures,
    measure=measure,
    groups={"all": tuple(VARIANTS)},
    live=None,
    differs={"live": "25 runs side by side take over a minute; chapter 10 trains live on faces only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""Do more outcomes, or softer anchors, help to find modes where G moves seven times a step of D? Five seeds.

The runs of realness_modes with two changes. G's rate is a fifth of D's: at equal rates seven steps overshoot a D that
cannot follow, and nothing settles. The variants cross two and twenty outcomes with hard and soft anchors; beside them
are soft anchors with 5 and 51 outcomes, ten outcomes with the authors' anchors, and the standard GAN. The budget is
equal in rounds, one step of D each.
"""

from __future__ import annotations

from dataclasses import replace

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import AdversarialLoss, NonSaturating, Realness
from ganbook.studies.realness_toy import TOY, Curves, play

SEEDS = (0, 1, 2, 3, 4)
LOSSES: dict[str, AdversarialLoss] = {
    "standard": NonSaturating(),
    "2 hard": Realness(2, 2, "one-hot"),
    "2 soft": Realness(2, 2, "far"),
    "5 soft": Realness(5, 2, "far"),
    "10 authors'": Realness(10, 2, "authors"),
    "20 hard": Realness(20, 2, "halves"),
    "20 soft": Realness(20, 2, "far"),
    "51 soft": Realness(51, 2, "far"),
}


def measure(group: str, seeds: tuple[int, ...]) -> list[Curves]:
    """The curves of each run, variant by variant."""
    recipes = [replace(TOY, loss=loss, g_steps=7, lr_g=2e-4) for loss in LOSSES.values()]
    return play(data.nine(device="cpu"), recipes, seeds, rounds=2_000, look=100)


EXPERIMENT = Experiment(
    name="realness_steps",
    question="Do more outcomes, or softer anchors, help to find modes with seven steps of G a step of D?",
    variants=tuple(LOSSES),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
    groups={"all": tuple(LOSSES)},
    live=None,
    differs={"live": "2,000 rounds with seven steps of G take a quarter of an hour"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

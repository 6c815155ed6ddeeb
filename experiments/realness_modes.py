"""Do more outcomes, or softer anchors, help a GAN to find modes? The 3x3 mixture, one and three steps of G, five seeds.

All variants and seeds of one number of G's steps are trained side by side (`ganbook.studies.realness_toy`): per seed
the same first weights, the same data and the same z, so that differences are paired. The budget is equal in rounds, a
step of D each, as in the authors' program: in what D sees and how often it moves. G moves k times as often.
"""

from __future__ import annotations

from dataclasses import replace

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import AdversarialLoss, NonSaturating, Realness
from ganbook.studies.realness_toy import TOY, Curves, play

SEEDS, ROUNDS, GROUPS = (0, 1, 2, 3, 4), 1_500, {"k = 1": 1, "k = 3": 3}
LOSSES: dict[str, AdversarialLoss] = {
    "standard": NonSaturating(),
    "2 hard": Realness(2, 2, "one-hot"),
    "2 soft": Realness(2, 2, "far"),
    "5 soft": Realness(5, 2, "far"),
    "20 hard": Realness(20, 2, "halves"),
    "20 soft": Realness(20, 2, "far"),
    "20 authors'": Realness(20, 2, "authors"),
    "51 soft": Realness(51, 2, "far"),
}


def measure(group: str, seeds: tuple[int, ...]) -> list[Curves]:
    """The curves of each run with as many steps of G, variant by variant."""
    recipes = [replace(TOY, loss=loss, g_steps=GROUPS[group]) for loss in LOSSES.values()]
    return play(data.nine(device="cpu"), recipes, seeds, ROUNDS, look=ROUNDS // 15)


EXPERIMENT = Experiment(
    name="realness_modes",
    question="Do more outcomes, or softer anchors, help to find modes, with one or three steps of G a step of D?",
    variants=tuple(f"{name}, {group}" for group in GROUPS for name in LOSSES),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
    groups={group: tuple(f"{name}, {group}" for name in LOSSES) for group in GROUPS},
    live=None,
    differs={"live": "80 runs side by side take minutes; chapter 10 trains live on faces only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

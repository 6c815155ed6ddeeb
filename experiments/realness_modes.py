"""Do more outcomes, or softer anchors, help a GAN to find modes? The 3x3 mixture, one and three steps of G, five seeds.

All variants and seeds of one number of G's steps are trained side by side (`ganbook.studies.realness_toy`): per seed
the same first weights, the same data and the same z, so that differences are paired. The budget is equal in rounds, a
step of D each, as in the authors' program: in what D sees and how often it moves. G moves k times as often.
"""

from __future__ import annotations

from functools import cache

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import AdversarialLoss, NonSaturating, Realness
from ganbook.studies.realness_toy import Curves, Setting, play

SEEDS, ROUNDS, STEPS = (0, 1, 2, 3, 4), 1_500, (1, 3)
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


@cache
def trained(steps: int) -> dict[str, list[Curves]]:
    """Variant -> the curves of each seed."""
    setting = Setting(g_steps=steps, rounds=ROUNDS, look=ROUNDS // 15)
    return dict(zip(LOSSES, play(data.nine(device="cpu"), tuple(LOSSES.values()), SEEDS, setting), strict=True))


def measure(variant: str, seed: int) -> Curves:
    """The curves of one run; the first one asked for trains all with as many steps."""
    name, steps = variant.rsplit(", k = ", 1)
    return trained(int(steps))[name][SEEDS.index(seed)]


EXPERIMENT = Experiment(
    name="realness_modes",
    question="Do more outcomes, or softer anchors, help to find modes, with one or three steps of G a step of D?",
    variants=tuple(f"{name}, k = {steps}" for steps in STEPS for name in LOSSES),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

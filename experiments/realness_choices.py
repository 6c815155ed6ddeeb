"""What do RealnessGAN's other choices change? Objectives, distance of the anchors, redrawing, resampling; five seeds.

The 3x3 mixture and the networks of realness_modes, 20 outcomes, objective 2 and the mean of the authors' anchors; each
variant changes one of these. "Redrawn" makes its anchors of 1,000 draws from those of the base, in every step and run
anew. All run side by side, on the same data and z per seed, one step of each player a round: with three, nothing had
settled after 1,200 rounds.
"""

from __future__ import annotations

from dataclasses import replace

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import Realness, Redrawn
from ganbook.studies.realness_toy import TOY, Curves, Rounds, play

SEEDS, ROUNDS = (0, 1, 2, 3, 4), 1_500
BASE = Realness(20, 2, "authors")
VARIANTS: dict[str, tuple[Realness, Rounds | None]] = {
    "base": (BASE, None),
    "objective 1": (Realness(20, 1, "authors"), None),
    "objective 3": (Realness(20, 3, "authors"), None),
    "anchors far": (Realness(20, 2, "far"), None),
    "anchors near": (Realness(20, 2, "near"), None),
    "redrawn": (Redrawn(20, 2, "authors"), None),
    "resampling": (BASE, lambda t: True),
    "resampling first half": (BASE, lambda t: t <= ROUNDS // 2),
    "resampling last half": (BASE, lambda t: t > ROUNDS // 2),
}


def measure(group: str, seeds: tuple[int, ...]) -> list[Curves]:
    """The curves of each run, variant by variant."""
    losses, resample = zip(*VARIANTS.values(), strict=True)
    recipes = [replace(TOY, loss=loss, g_steps=1) for loss in losses]
    return play(data.nine(device="cpu"), recipes, seeds, ROUNDS, ROUNDS // 15, resample)


EXPERIMENT = Experiment(
    name="realness_choices",
    question="What do objective, distance of the anchors, redrawing and resampling change on the 3x3 mixture?",
    variants=tuple(VARIANTS),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
    groups={"all": tuple(VARIANTS)},
    live=None,
    differs={"live": "45 runs side by side take five minutes; chapter 10 trains live on faces only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

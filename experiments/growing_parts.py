"""What do two parts of a growing training bring? As growing_faces, whose "growing" is the other half of each pair.

"plain weights": no factor in the layers, which begin as the same functions, at a tenth of the rate. Adam then moves the
3x3 layers by 0.6 to 1.2 times as much of their weights as where they are equalised, those from and to colours by 0.1 to
0.6, G's first by 2: it is the equal steps that are missing, not the rate. "no deviation": D is not told how much the
four samples of a group differ; its first weights are others then, for it has a map less.

No trial was made of either.
"""

from __future__ import annotations

from dataclasses import replace

from growing_faces import MEASURES, RECIPE, SEEDS, grown

from ganbook.experiments import Experiment, main


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed."""
    if variant == "no deviation":
        return [grown(seed, spread=None) for seed in seeds]
    slow = replace(RECIPE, lr_d=RECIPE.lr_d / 10, lr_g=RECIPE.lr_g / 10)
    return [grown(seed, slow, equalised=False) for seed in seeds]


EXPERIMENT = Experiment(
    name="growing_parts",
    question="What do the equalised rate and the deviation of a batch bring to a growing training?",
    variants=("plain weights", "no deviation"),
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 15 shows a step of each layer, and what the deviation sees, exactly"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

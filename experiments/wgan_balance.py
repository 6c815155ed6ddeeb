"""Do sharp modes and right proportions go together? Three games on the grid, ten seeds, as in `wgan_coverage`.

The runs are its runs (same networks, rates, seeds and 12,000 gradient steps). New is the imbalance: how
many samples belong to each mode, whether or not they are near it. The sliced distance cannot tell a mode that has too
many samples from samples that lie between the modes.
"""

from __future__ import annotations

import torch
from torch import Tensor
from wgan_coverage import LOOKS, SAMPLES, SEEDS, STEPS
from wgan_coverage import RECIPES as ALL

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.studies.arena import plane, race

RECIPES = {"standard": ALL["standard"], "WGAN-GP 0.1": ALL["WGAN-GP"], "DRAGAN 0.1": ALL["DRAGAN 0.1"]}


def imbalance(samples: Tensor, centres: Tensor) -> float:
    """Total variation between the shares of the modes, each sample with its nearest, and equal shares: 0 to 1 - 1/k."""
    shares = torch.bincount(torch.cdist(samples, centres).argmin(1), minlength=len(centres)) / len(samples)
    return float((shares - 1 / len(centres)).abs().sum() / 2)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One dictionary of curves a seed."""
    real, recipe = data.grid(device="cpu"), RECIPES[variant]
    rounds = STEPS // (recipe.d_steps + 1)
    rows: list[dict[str, list[float]]] = [{measure: [] for measure in EXPERIMENT.measures} for _ in seeds]
    for look in race(lambda: plane(1, False), real, recipe, seeds, rounds, LOOKS, SAMPLES):
        for seed, row, samples in zip(seeds, rows, look.samples, strict=True):
            found = metrics.mode_scores(samples, real.means, real.std)
            known = real(SAMPLES, torch.Generator().manual_seed(2 + seed))
            row["step"].append(float(look.round * (recipe.d_steps + 1)))
            row["modes"].append(float(found.modes))
            row["high-quality share"].append(float(found.high_quality))
            row["imbalance"].append(imbalance(samples, real.means))
            row["sliced distance"].append(float(metrics.sliced_wasserstein(samples, known)))
    return rows


EXPERIMENT = Experiment(
    name="wgan_balance",
    question="On the grid, which game has the samples on the modes, and which has the modes in equal shares?",
    variants=tuple(RECIPES),
    seeds=SEEDS,
    measures=("step", "modes", "high-quality share", "imbalance", "sliced distance"),
    measure=measure,
    live=None,
    differs={"live": "12,000 gradient steps of thirty runs; chapter 9 trains live on digits only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

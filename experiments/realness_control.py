"""Is it the seven steps, or the rates? One step of G at the rates of realness_steps, the 3x3 mixture, five seeds.

G at a fifth of D's rate, as there, and at seven fifths, so that it moves about as far in a round as with seven steps.
"""

from __future__ import annotations

from dataclasses import replace

from ganbook import data
from ganbook.experiments import Experiment, main
from ganbook.losses import AdversarialLoss, NonSaturating, Realness
from ganbook.studies.realness_toy import TOY, Curves, play

SEEDS, RATES = (0, 1, 2, 3, 4), {"a fifth": 2e-4, "seven fifths": 1.4e-3}
LOSSES: dict[str, AdversarialLoss] = {"standard": NonSaturating(), "20 soft": Realness(20, 2, "far")}


def measure(rate: str, seeds: tuple[int, ...]) -> list[Curves]:
    """The curves of each run at one rate, variant by variant."""
    recipes = [replace(TOY, loss=loss, g_steps=1, lr_g=RATES[rate]) for loss in LOSSES.values()]
    return play(data.nine(device="cpu"), recipes, seeds, rounds=2_000, look=100)


EXPERIMENT = Experiment(
    name="realness_control",
    question="Does one step of G at the rates of realness_steps find as many modes as seven?",
    variants=tuple(f"{name}, {rate}" for rate in RATES for name in LOSSES),
    seeds=SEEDS,
    measures=("round", "modes", "high quality", *(f"mode {mode}" for mode in range(9))),
    measure=measure,
    groups={rate: tuple(f"{name}, {rate}" for name in LOSSES) for rate in RATES},
    live=None,
    differs={"live": "2,000 rounds of 20 runs take minutes; chapter 10 trains live on faces only"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

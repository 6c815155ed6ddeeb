"""Does the order of the ledger hold at four times its budget? Three of its rows, three of its seeds.

The trainings of ledger, four times as many rounds each (3,200 of the baseline, about half a minute), nothing else
changed; the seeds are its first three, so that a run begins as it does there. Everything measured is as there.
"""

from __future__ import annotations

from ledger import BASE, ROUNDS, looked_at, played

from ganbook.experiments import Experiment, main

SEEDS, TIMES = (0, 1, 2), 4


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed."""
    rows = []
    for seed in seeds:
        game, told = played(variant, seed, TIMES * ROUNDS.get(variant, BASE))
        rows.append({**told, **looked_at(game, seed)})
    return rows


EXPERIMENT = Experiment(
    name="ledger_longer",
    question="Does the order of three rows of the ledger hold at four times its budget?",
    variants=("baseline", "R1", "pairing, R1 + R2"),
    seeds=SEEDS,
    measures=(
        "round",
        "seconds",
        "book distance",
        "px",
        "precision",
        "recall",
        "pixel precision",
        "pixel recall",
        "failed",
    ),
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 19 trains two pairs live; here nine trainings of half a minute"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

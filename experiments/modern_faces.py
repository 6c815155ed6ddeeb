"""GAN or pairing, R1 or both penalties, on small faces: four rows of the ledger, ten seeds.

The trainings of ledger ("R1", "R1 + R2", "pairing, R1", "pairing, R1 + R2": one pair of networks, one budget of
processor time, half a minute), its first five seeds and five more, and its measures. failed: a weight or a sample that
is not finite. What diverges without that would show in px.
"""

from __future__ import annotations

from ledger import MEASURES, played

from ganbook.experiments import Experiment, main

EXPERIMENT = Experiment(
    name="modern_faces",
    question="GAN or pairing, R1 or both penalties: which of the four fails on small faces?",
    variants=("R1", "R1 + R2", "pairing, R1", "pairing, R1 + R2"),
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=lambda variant, seeds: [row for seed in seeds for row in played(variant, seed)],
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 19 trains two pairs live; here forty trainings"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

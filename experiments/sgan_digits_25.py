"""Digits with 25 labels: the six variants of sgan_digits, with three digits of five classes and two of the others.

Which five have three is decided by the seed. sgan_digits_50 and sgan_digits_1000 differ in the number of labels alone.
"""

from __future__ import annotations

import torch
from sgan_digits import KINDS, MEASURES, trainings

from ganbook import data
from ganbook.experiments import Experiment, main


def some(known: data.TensorSampler, labels: int, seed: int) -> data.TensorSampler:
    """So many labelled rows, as even over the ten classes as can be."""
    each, more = divmod(labels, 10)
    full = data.few(known, each + (more > 0), seed)
    rows = torch.arange(len(full)).view(10, -1)  # class by class
    lucky = torch.randperm(10, generator=torch.Generator().manual_seed(seed))[:more]
    kept = torch.cat([rows[:, :each].flatten(), rows[lucky, each:].flatten()])
    return data.from_tensor(full.x[kept], full.y[kept], known.classes)


def with_labels(labels: int) -> Experiment:
    """sgan_digits with another number of labels."""
    known = data.digits(16)
    return Experiment(
        name=f"sgan_digits_{labels}",
        question=f"Digits with {labels:,} labels: what do 9,000 digits without labels add, and what may stand in?",
        variants=KINDS,
        seeds=tuple(range(10)),
        measures=MEASURES,
        measure=lambda kind, seeds: trainings(
            kind, [some(known, labels, seed) for seed in seeds], known, data.digits(16, "test"), seeds
        ),
        live=None,
        differs={"live": "six variants of ten networks take 17 minutes; chapter 12 trains one convolutional pair live"},
    )


EXPERIMENT = with_labels(25)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

"""The plain network and SGAN with 25 labels: sgan_digits with three digits of five classes and two of the others.

Which five have three is decided by the seed.
"""

from __future__ import annotations

import torch
from sgan_digits import MEASURES, Values, trainings

from ganbook import data
from ganbook.experiments import Experiment, main


def twenty_five(known: data.TensorSampler, seed: int) -> data.TensorSampler:
    """Two rows of each class and a third of five of them."""
    three = data.few(known, 3, seed)
    rows = torch.arange(30).view(10, 3)  # class by class
    some = torch.randperm(10, generator=torch.Generator().manual_seed(seed))[:5]
    kept = torch.cat([rows[:, :2].flatten(), rows[some, 2]])
    return data.from_tensor(three.x[kept], three.y[kept], known.classes)


def digits(kind: str, seeds: tuple[int, ...]) -> list[Values]:
    """Digits with 25 labels."""
    known = data.digits(16)
    few = [twenty_five(known, seed) for seed in seeds]
    return trainings(kind, few, known, data.digits(16, "test"), seeds)


EXPERIMENT = Experiment(
    name="sgan_digits_25",
    question="Digits with 25 labels: what do 9,000 digits without labels add?",
    variants=("plain", "SGAN"),
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=digits,
    live=None,
    differs={"live": "ten networks side by side take ten minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

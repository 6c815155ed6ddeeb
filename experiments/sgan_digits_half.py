"""Half of the labels: does a GAN make up for them? A sentence about "98 % with half of the labels" asks for a baseline.

The networks and the rounds of sgan_digits. "half" are 4,500 of the 9,000 labels, drawn by the seed; SGAN has all 9,000
digits without labels beside them.
"""

from __future__ import annotations

import torch
from sgan_digits import MEASURES, Values, trainings

from ganbook import data
from ganbook.experiments import Experiment, main


def told(known: data.TensorSampler, share: float, seed: int) -> data.TensorSampler:
    """A share of the rows, with their labels."""
    rows = torch.randperm(len(known), generator=torch.Generator().manual_seed(seed))[: int(share * len(known))]
    return data.from_tensor(known.x[rows], known.y[rows], known.classes)


def digits(variant: str, seeds: tuple[int, ...]) -> list[Values]:
    """All labels, or half of them."""
    known, (labels, kind) = data.digits(16), variant.split(" of the labels, ")
    few = [told(known, {"all": 1.0, "half": 0.5}[labels], seed) for seed in seeds]
    return trainings(kind, few, known, data.digits(16, "test"), seeds)


EXPERIMENT = Experiment(
    name="sgan_digits_half",
    question="Digits with half of the 9,000 labels: what does a GAN add to the plain network?",
    variants=("half of the labels, plain", "half of the labels, SGAN", "all of the labels, plain"),
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=digits,
    live=None,
    differs={"live": "ten networks side by side take ten minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

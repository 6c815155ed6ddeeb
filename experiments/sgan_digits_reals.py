"""Does a perfect sampler harm, or do half as many reals? 100 labels and 4,500 digits without labels, in place of 9,000.

The variant "real images" of sgan_digits has 4,500 digits as reals and the other 4,500 as fakes. Here are its reals with
the usual fakes. Of the other half there are the labelled digits alone, the same as there.
"""

from __future__ import annotations

from sgan_digits import MEASURES, Values, halves, trainings

from ganbook import data
from ganbook.experiments import Experiment, main


def digits(kind: str, seeds: tuple[int, ...]) -> list[Values]:
    """Digits with 100 labels and the reals of "real images"."""
    known = data.digits(16)
    few = [data.few(known, 10, seed) for seed in seeds]
    return trainings(kind, few, halves(known)[0], data.digits(16, "test"), seeds)


EXPERIMENT = Experiment(
    name="sgan_digits_reals",
    question="Digits with 100 labels, and 4,500 without in place of 9,000: what do the usual fakes add?",
    variants=("SGAN", "interpolations"),
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=digits,
    live=None,
    differs={"live": "ten networks side by side take ten minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

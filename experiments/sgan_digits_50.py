"""The plain network and SGAN with 50 labels: sgan_digits with 5 digits of each class."""

from __future__ import annotations

from sgan_digits import MEASURES, digits

from ganbook.experiments import Experiment, main

EXPERIMENT = Experiment(
    name="sgan_digits_50",
    question="Digits with 50 labels: what do 9,000 digits without labels add?",
    variants=("plain", "SGAN"),
    seeds=tuple(range(10)),
    measures=MEASURES,
    measure=lambda kind, seeds: digits(kind, 5, seeds),
    live=None,
    differs={"live": "ten networks side by side take ten minutes; chapter 12 trains one convolutional pair live"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

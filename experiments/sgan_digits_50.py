"""Digits with 50 labels: sgan_digits_25 with another number."""

from __future__ import annotations

from sgan_digits_25 import with_labels

from ganbook.experiments import main

EXPERIMENT = with_labels(50)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

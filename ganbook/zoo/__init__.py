"""The model zoo: trained generators and discriminators, each with a card that says how to make it again.

    G = zoo.load("dcgan-digits").G
    python -m ganbook.zoo list
    python -m ganbook.zoo train dcgan-digits --out /tmp/zoo      # the same weights, if the machine is the same

A training can be stopped and started again: it goes on from its checkpoint.
"""

from __future__ import annotations

from ganbook.zoo.entries import ENTRIES, Entry, mlp_pair
from ganbook.zoo.maker import make
from ganbook.zoo.models import FOLDER, Model, card, film, load, names
from ganbook.zoo.scores import sums, training_set

__all__ = [
    "ENTRIES",
    "FOLDER",
    "Entry",
    "Model",
    "card",
    "film",
    "load",
    "make",
    "mlp_pair",
    "names",
    "sums",
    "training_set",
]

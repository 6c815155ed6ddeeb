"""The losses of both players as formulas of D's raw outputs: no networks, no optimisers, no sigmoid taken twice.

Every loss is a frozen dataclass with `d(real, fake)` for the discriminator and `g(real, fake)` for the generator.
Both are minimised. `real` and `fake` are what D's last layer returned, shape (n, outputs), before any sigmoid.
"""

from __future__ import annotations

from ganbook.losses import anchors
from ganbook.losses.base import AdversarialLoss, check_width
from ganbook.losses.classic import Hinge, LeastSquares, Minimax, NonSaturating, Wasserstein
from ganbook.losses.drift import Drift
from ganbook.losses.feature_matching import FeatureMatching
from ganbook.losses.fgan import FGAN
from ganbook.losses.plus_matching import PlusMatching
from ganbook.losses.realness import Realness, Redrawn
from ganbook.losses.relativistic import RelativisticAverage, RelativisticPairing
from ganbook.losses.semi_supervised import SemiSupervised, SemiSupervisedMatching

__all__ = [
    "FGAN",
    "AdversarialLoss",
    "Drift",
    "FeatureMatching",
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "PlusMatching",
    "Realness",
    "Redrawn",
    "RelativisticAverage",
    "RelativisticPairing",
    "SemiSupervised",
    "SemiSupervisedMatching",
    "Wasserstein",
    "anchors",
    "check_width",
]

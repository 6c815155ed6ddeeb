"""The non-saturating game, in which G is also asked to meet the mean of D's features."""

from __future__ import annotations

from dataclasses import dataclass

from ganbook import checks
from ganbook.losses.classic import NonSaturating
from ganbook.losses.feature_matching import FeatureMatching
from ganbook.types import Outputs, Scalar


@dataclass(frozen=True)
class PlusMatching(FeatureMatching):
    """D plays the standard game on its first output; G plays it too, and matches the mean of the features beside it.

    d = -E log D(x) - E log(1 - D(G(z))),
    g = -E log D(G(z)) + weight / k || E f(x) - E f(G(z)) ||^2, with the k numbers f of D's last hidden layer.

    D must end in `ganbook.models.KeepFeatures`. A mean over features, where `FeatureMatching` has their sum: the weight
    then means the same for every width.

    features: how many numbers f has. weight: of the matching.

    Raises: ValueError where features is not a whole number >= 1, or weight is not a finite number >= 0; in a call,
    where D has another width.
    Source: Salimans et al. 2016, section 3.1, for the matching; Kumar et al. 2017 add it to a BiGAN. Derived in:
    chapter 13.

    >>> import torch
    >>> real, fake = torch.tensor([[0.0, 1.0, 2.0]]), torch.tensor([[0.0, 4.0, 6.0]])
    >>> round(float(PlusMatching(2, weight=2.0).g(real, fake)), 4)  # log 2 + 2 / 2 * (3^2 + 4^2)
    25.6931
    """

    weight: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.not_negative("weight", self.weight)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        matching = super().g(real, fake) / self.features
        return NonSaturating().g(None, fake[:, :1]) + self.weight * matching

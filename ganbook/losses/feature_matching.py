"""Feature matching: G no longer asks D's verdict, but meets the mean of what D looks at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ganbook import checks
from ganbook.losses.base import check_width
from ganbook.losses.classic import NonSaturating
from ganbook.types import Float, Outputs, Scalar, Tensor


@dataclass(frozen=True)
class FeatureMatching:
    """D plays the standard game on its first output; G matches the mean of the features beside it.

    d = -E log D(x) - E log(1 - D(G(z))),  g = || E f(x) - E f(G(z)) ||^2, f: D's last hidden layer.

    D must end in `ganbook.models.KeepFeatures`, so that its outputs are [logit, f]. The means are those of the batches.

    features: how many numbers f has.

    Raises: ValueError where features is not a whole number >= 1; in a call, where D has another width.
    Source: Salimans et al. 2016, section 3.1. Derived in: chapter 7.

    >>> import torch
    >>> real, fake = torch.tensor([[0.0, 1.0, 2.0]]), torch.tensor([[9.0, 4.0, 6.0]])
    >>> float(FeatureMatching(2).g(real, fake))  # 3^2 + 4^2; the verdict 9 is not asked
    25.0
    """

    features: int
    g_sees_real: ClassVar[bool] = True

    def __post_init__(self) -> None:
        checks.whole("features", self.features)

    @property
    def outputs(self) -> int:
        """The logit and the features."""
        return 1 + self.features

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        self._check(real=real, fake=fake)
        return NonSaturating().d(real[:, :1], fake[:, :1])

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        if real is None:
            raise ValueError("real must be D's outputs on the data: matching needs their mean, got None")
        self._check(real=real, fake=fake)
        return (real[:, 1:].mean(0) - fake[:, 1:].mean(0)).square().sum()

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        """The logit, for penalties and heat maps."""
        self._check(out=out)
        return out[:, 0]

    def _check(self, **outputs: Outputs) -> None:
        for name, out in outputs.items():
            check_width(name, out, self.outputs)

"""What keeps a critic's scores near 0, where its loss does not say where they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.ramps import Ramp, ends
from ganbook.types import Batch, Scalar, parts


@dataclass(frozen=True)
class Drift:
    """A small price on the square of the real scores: weight * E D(x)^2. It stands among a recipe's penalties.

    A constant added to D changes no difference of scores: E D(x) - E D(y) leaves it free, and over many steps it
    drifts.

    Raises: ValueError where weight is not a finite number >= 0.
    Source: Karras et al. 2018, appendix A.1 (on real scores alone, as in their code). Derived in: chapter 15.

    >>> x, y = torch.ones(4, 2), torch.zeros(4, 2)
    >>> float(Drift(0.5)(lambda x: 3 * x[:, 0], x, y, torch.Generator()))  # 3^2 / 2
    4.5
    """

    weight: float | Ramp = 1e-3

    def __post_init__(self) -> None:
        for end in ends(self.weight):
            checks.not_negative("weight", end)

    def __call__(
        self,
        critic: Callable[..., Tensor],
        real: Batch,
        fake: Batch,
        rng: torch.Generator,
    ) -> Scalar:
        checks.function("critic", critic)
        checks.batch("real", real)
        return self.weight * checks.answering("critic", critic)(*parts(real)).square().mean()

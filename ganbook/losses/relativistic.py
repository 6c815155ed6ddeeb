"""Relativistic losses: D is asked whether a real sample is more real than a fake one, and never about one alone.

Both read D only through differences between a real and a fake output, so a constant added to D changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch.nn.functional import softplus

from ganbook.losses.base import OneOutput, check_width
from ganbook.types import Outputs, Scalar


class _Relative(OneOutput):
    """One output, which means something only beside another one; so the generator looks at D(x) too."""

    g_sees_real: ClassVar[bool] = True


@dataclass(frozen=True)
class RelativisticAverage(_Relative):
    """Each sample is compared with the mean of the other kind; G plays D's game with the roles exchanged.

    With l = D(x) and m = D(G(z)):
    d = E softplus(-(l - E m)) + E softplus(m - E l),  g = E softplus(-(m - E l)) + E softplus(l - E m), in nats.

    The means are over the batch, and both players learn through them too.

    Raises: ValueError where real is missing in g, or an output is not (n, 1).
    Source: Jolicoeur-Martineau 2019 (RaSGAN). Derived in: chapter 11.

    >>> import torch
    >>> real, fake = torch.tensor([[1.0], [3.0]]), torch.tensor([[2.0], [2.0]])  # means 2 and 2
    >>> loss = RelativisticAverage()
    >>> round(float(loss.d(real, fake)), 4)  # (log(1 + e) + log(1 + 1/e)) / 2 + log 2
    1.5064
    >>> float(loss.d(real, fake)) == float(loss.d(real + 100, fake + 100))
    True
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        _check(real, fake)
        return softplus(fake.mean() - real).mean() + softplus(fake - real.mean()).mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        _check(real, fake)
        return self.d(fake, real)


@dataclass(frozen=True)
class RelativisticPairing(_Relative):
    """Row i of the real outputs is compared with row i of the fake ones, and with nothing else.

    d = E softplus(-(D(x) - D(G(z)))),  g = E softplus(-(D(G(z)) - D(x))), in nats.

    Raises: ValueError where real is missing in g, an output is not (n, 1), or the two batches differ in size.
    Source: Jolicoeur-Martineau 2019 (RSGAN); with R1 and R2, Huang et al. 2024. Derived in: chapter 11.

    >>> import torch
    >>> real, fake = torch.tensor([[3.0], [0.0]]), torch.tensor([[1.0], [0.0]])
    >>> round(float(RelativisticPairing().d(real, fake)), 4)  # (log(1 + e^-2) + log 2) / 2
    0.41
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        _check(real, fake)
        if len(real) != len(fake):
            raise ValueError(f"real must pair with fake, {len(fake)} rows, got {len(real)}")
        return softplus(fake - real).mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        _check(real, fake)
        return self.d(fake, real)


def _check(real: Outputs | None, fake: Outputs) -> None:
    check_width("fake", fake, 1)
    if real is None:
        raise ValueError("real must be D's outputs on real samples in the generator's loss too, got None")
    check_width("real", real, 1)

"""The f-GAN: the two-player game whose value, at the best critic, is an f-divergence."""

from __future__ import annotations

from dataclasses import dataclass

from ganbook import checks
from ganbook.divergences.fdiv import FDivergence
from ganbook.losses.base import OneOutput, check_width
from ganbook.types import Outputs, Scalar


@dataclass(frozen=True)
class FGAN(OneOutput):
    """The critic raises the variational bound of D_f(p_data || p_g), the generator lowers it.

    d = -(E g(v(x)) - E f*(g(v(G(z))))),  g = -E f*(g(v(G(z)))), in nats for the divergences made of logarithms;
    with `saturating=False` the generator minimises -E g(v(G(z))) instead, as the paper advises for training.

    Source: Nowozin et al. 2016, eq. 6 and section 3.2. Derived in: chapter 3.

    >>> import torch
    >>> from ganbook.divergences import fdiv
    >>> undecided = torch.zeros(4, 1)
    >>> FGAN(fdiv.GAN).d(undecided, undecided)  # log 4, as Minimax().d
    tensor(1.3863)
    >>> FGAN(fdiv.REVERSE_KL).g(None, undecided)  # -E f*(-exp(0)) = 1 - 0
    tensor(1.)
    """

    divergence: FDivergence
    saturating: bool = True

    def __post_init__(self) -> None:
        known = "one of ganbook.divergences.fdiv, such as fdiv.KL"
        checks.instance("divergence", self.divergence, FDivergence, known)
        checks.one_of("saturating", self.saturating, (True, False))

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        return -self.divergence.bound(real, fake)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        if self.saturating:
            return -self.divergence.penalty(fake).mean()
        return -self.divergence.activation(fake).mean()

"""The losses of a discriminator with one output, as formulas of its raw outputs, with no sigmoid taken twice."""

from __future__ import annotations

from dataclasses import dataclass

from torch.nn.functional import softplus

from ganbook import checks
from ganbook.losses.base import OneOutput, check_width
from ganbook.types import Outputs, Scalar


@dataclass(frozen=True)
class Minimax(OneOutput):
    """The zero-sum game: D maximises V(D, G), G minimises the very same V.

    V(D, G) = E log D(x) + E log(1 - D(G(z))), with D = sigmoid(logit);
    d = -V, g = E log(1 - D(G(z))), in nats.

    Source: Goodfellow et al. 2014, eq. 1. Derived in: chapter 1; the gradient that starves G in chapter 4.

    >>> import torch
    >>> undecided = torch.zeros(4, 1)                      # D = 1/2 everywhere
    >>> round(float(Minimax().d(undecided, undecided)), 4)  # 2 log 2
    1.3863
    >>> round(float(Minimax().g(None, undecided)), 4)       # log 1/2
    -0.6931
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        return softplus(-real).mean() + softplus(fake).mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return -softplus(fake).mean()


@dataclass(frozen=True)
class NonSaturating(OneOutput):
    """D as in the minimax game; G maximises E log D(G(z)) and so is heard when D is sure.

    d = -a E log D(x) - (1 - a) E log(1 - D(x)) - E log(1 - D(G(z))),  g = -E log D(G(z)), in nats.

    real_label: the target a of real samples, in (0, 1]; 1 is the paper's loss, 0.9 one-sided label smoothing.
        Only the real side is smoothed: a target above 0 for fakes would reward D for calling fakes real.

    Raises: ValueError where real_label is outside (0, 1].

    Source: Goodfellow et al. 2014, section 3; smoothing: Salimans et al. 2016, section 3.4.
    Derived in: chapter 4.

    >>> import torch
    >>> undecided = torch.zeros(4, 1)
    >>> round(float(NonSaturating().g(None, undecided)), 4)  # -log 1/2
    0.6931
    >>> smoothed = NonSaturating(real_label=0.9)             # at a real logit of 2: log(1 + e^-2) + 0.1 * 2 + log 2
    >>> round(float(smoothed.d(torch.full((4, 1), 2.0), undecided)), 4)
    1.0201
    """

    real_label: float = 1.0

    def __post_init__(self) -> None:
        checks.inside("real_label", self.real_label, 0, 1, "(]")

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        # -a log s(l) - (1-a) log(1-s(l)) = softplus(-l) + (1-a) l: nothing can overflow
        smoothed = (
            softplus(-real).mean()
            if self.real_label == 1.0
            else (softplus(-real) + (1.0 - self.real_label) * real).mean()
        )
        return smoothed + softplus(fake).mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return softplus(-fake).mean()


@dataclass(frozen=True)
class LeastSquares(OneOutput):
    """D regresses reals to 1 and fakes to 0; G pulls its fakes to 1. No sigmoid anywhere.

    d = 1/2 E (D(x) - 1)^2 + 1/2 E D(G(z))^2,  g = 1/2 E (D(G(z)) - 1)^2.

    Source: Mao et al. 2017, eq. 9 (the coding a = 0, b = c = 1). Derived in: chapter 11.

    >>> import torch
    >>> float(LeastSquares().d(torch.tensor([[3.0]]), torch.tensor([[1.0]])))  # (2^2 + 1^2) / 2
    2.5
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        return 0.5 * ((real - 1.0).square().mean() + fake.square().mean())

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return 0.5 * (fake - 1.0).square().mean()


@dataclass(frozen=True)
class Hinge(OneOutput):
    """D pushes reals above 1 and fakes below -1, and stops pushing there; G pushes its fakes up.

    d = E max(0, 1 - D(x)) + E max(0, 1 + D(G(z))),  g = -E D(G(z)).

    Source: Lim and Ye 2017, section 3; Miyato et al. 2018, eqs. 16 and 17. Derived in: chapter 9.

    >>> import torch
    >>> float(Hinge().d(torch.tensor([[0.5], [2.0]]), torch.tensor([[-3.0], [0.0]])))  # (.5 + 0)/2 + (0 + 1)/2
    0.75
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        return (1.0 - real).relu().mean() + (1.0 + fake).relu().mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return -fake.mean()


@dataclass(frozen=True)
class Wasserstein(OneOutput):
    """The critic scores reals high and fakes low, without bound; -d is its estimate of W1 where it is 1-Lipschitz.

    d = E D(G(z)) - E D(x),  g = -E D(G(z)), in units of the data times the critic's Lipschitz constant.

    Nothing here keeps the critic Lipschitz: that is the work of clipping (recipes.WGAN), of a penalty
    (penalties.GradientPenalty) or of the network (spectral normalisation). Without one of them d has no minimum.

    Source: Arjovsky et al. 2017, eq. 2 and Algorithm 1. Derived in: chapter 9.

    >>> import torch
    >>> float(Wasserstein().d(torch.tensor([[3.0], [5.0]]), torch.tensor([[1.0], [2.0]])))  # 1.5 - 4
    -2.5
    """

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, 1)
        check_width("fake", fake, 1)
        return fake.mean() - real.mean()

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return -fake.mean()

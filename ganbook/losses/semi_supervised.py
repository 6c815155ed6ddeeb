"""One network names the class and tells real from fake: K logits, and a fake's own logit that is fixed at 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor
from torch.nn.functional import cross_entropy, softplus

from ganbook import checks
from ganbook.data.labels import check_labels
from ganbook.losses.base import check_width
from ganbook.types import Float, Int, Outputs, Scalar


class OneOfK:
    """What the losses of K logits share. log Z = logsumexp(l), never the log of a sum of exponentials taken apart."""

    classes: int
    weight: float
    outputs: int
    g_sees_real: ClassVar[bool] = False

    def __post_init__(self) -> None:
        checks.whole("classes", self.classes, 2)
        checks.positive("weight", self.weight)

    def logits(self, out: Outputs) -> Float[Tensor, "n classes"]:
        """The K logits l: their softmax is p(y | x, real)."""
        check_width("out", out, self.outputs)
        return out[:, : self.classes]

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        """log Z, the logit of D(x) = Z / (Z + 1): for penalties and heat maps."""
        return self.logits(out).logsumexp(1)

    def supervised(self, out: Outputs, y: Int[Tensor, " n"]) -> Scalar:
        """-E log softmax(l)_y over labelled samples, in nats.

        Raises: ValueError for labels outside 0..classes - 1, or not one a row.
        """
        logits, y = self.logits(out), check_labels(y, self.classes)
        if len(y) != len(out):
            raise ValueError(
                "y must hold one label for each of the "  # rows that D has seen
                f"{len(out)} rows of out, got {len(y)}"
            )
        return cross_entropy(logits, y)

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        """The unsupervised part, of samples without labels and of fakes."""
        checks.tensor("real", real, "n", self.outputs, what="raw outputs of D")
        checks.tensor("fake", fake, "n", self.outputs, what="raw outputs of D")
        return (0.5 * self.weight) * (
            softplus(-self.score(real)).mean()  # -log D(x)
            + softplus(self.score(fake)).mean()  # -log(1 - D(y))
        )


@dataclass(frozen=True)
class SemiSupervised(OneOfK):
    """D tells K classes and fakes apart with K logits; G wants its fakes to be of any class.

    p(y = k | x) = exp l_k / (Z + 1),  p(fake | x) = 1 / (Z + 1),  Z = sum_k exp l_k,  D(x) = Z / (Z + 1);
    d = weight / 2 [ E softplus(-log Z(x)) + E softplus(log Z(G(z))) ],  g = E softplus(-log Z(G(z))), in nats.

    A logit for the fakes too would be one too many: l + c(x) changes no probability, so it is fixed at 0. What a game
    adds to d for the labelled samples is `supervised`.

    classes: K, the width of D's last layer.
    weight: of the unsupervised part; 1 is the authors'.

    Raises: ValueError where classes is not a whole number >= 2, or weight not > 0.
    Source: Salimans et al. 2016, section 5; K logits and the factor 1/2: their code. Odena 2016 has the same network.
    Derived in: chapter 12.

    >>> import torch
    >>> sure, undecided = torch.tensor([[0.0, 5.0]]), torch.zeros(1, 2)  # Z = 2 where all logits are 0
    >>> loss = SemiSupervised(2)
    >>> round(float(loss.supervised(undecided, torch.tensor([1]))), 4)  # log 2
    0.6931
    >>> round(float(loss.d(undecided, undecided)), 4)  # (log(3/2) + log 3) / 2
    0.752
    >>> round(float(loss.g(None, undecided)), 4)  # log(3/2)
    0.4055
    >>> round(float(loss.score(sure)), 4)  # log(1 + e^5)
    5.0067
    """

    classes: int
    weight: float = 1.0

    @property
    def outputs(self) -> int:
        """One logit a class."""
        return self.classes

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        return softplus(-self.score(fake)).mean()


@dataclass(frozen=True)
class SemiSupervisedMatching(OneOfK):
    """D as in SemiSupervised; G no longer asks its verdict, but meets the mean of what D looks at.

    d as there,  g = || E f(x) - E f(G(z)) ||^2, f: D's last hidden layer, x: samples without labels.

    D must end in `ganbook.models.KeepFeatures`, so that its outputs are [l, f]. The authors' code takes the mean over
    features in place of the sum, for MNIST of squares, for CIFAR of absolute values.

    classes, weight: as in SemiSupervised. features: how many numbers f has.

    Raises: ValueError as SemiSupervised; where features is not a whole number >= 1.
    Source: Salimans et al. 2016, sections 3.1 and 5. Derived in: chapter 12.

    >>> import torch
    >>> real, fake = torch.tensor([[9.0, 9.0, 1.0, 2.0]]), torch.tensor([[0.0, 0.0, 4.0, 6.0]])
    >>> float(SemiSupervisedMatching(2, 2).g(real, fake))  # 3^2 + 4^2; the logits are not asked
    25.0
    """

    classes: int
    features: int
    weight: float = 1.0
    g_sees_real: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("features", self.features)

    @property
    def outputs(self) -> int:
        """The logits and the features."""
        return self.classes + self.features

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        if real is None:
            raise ValueError("real must be D's outputs on the data: matching needs their mean, got None")
        check_width("real", real, self.outputs)
        check_width("fake", fake, self.outputs)
        return (real[:, self.classes :].mean(0) - fake[:, self.classes :].mean(0)).square().sum()

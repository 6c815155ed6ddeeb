"""RealnessGAN: D answers with a distribution over outcomes, and is taught two of them, the anchors.

`Realness` is the pair of losses, `Redrawn` the same with anchors drawn anew at each call. The anchors themselves are in
`ganbook.losses.anchors`, the authors' last layer of D is `ganbook.models.Resample`.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences import discrete
from ganbook.losses import anchors as _anchors
from ganbook.losses.base import check_width
from ganbook.types import Float, Outputs, Scalar


@dataclass(frozen=True)
class Realness:
    """Kullback-Leibler losses of a D whose softmax is a distribution over outcomes, from surely fake to surely real.

    With P = softmax(D(x)), Q = softmax(D(G(z))) and anchors A1 (real), A0 (fake):
    d = E KL(A1 || P) + E KL(A0 || Q)
    g, objective 1: -E KL(A0 || Q);  2: E KL(P || Q) - E KL(A0 || Q);  3: E KL(A1 || Q) - E KL(A0 || Q), in nats.

    outcomes: M >= 2.
    objective: 1, 2 or 3. Objective 2 pairs row i of real with row i of fake.
    anchors: (A0, A1), each M probabilities, or a name: "one-hot", "halves", "near", "middle", "far", "authors" (see
        `ganbook.losses.anchors`).

    `kl` = KL(A1 || A0) and `js` = JS(A1, A0) say how far apart the anchors are; kl is inf where A0 lacks an outcome.

    Raises: ValueError naming the argument, its value and what is allowed; equal anchors are refused.
    Source: Xiangli et al. 2020, eq. 3 (d) and eqs. 18, 19 and 20 (g). Derived in: chapter 10.

    >>> loss = Realness(2, objective=3, anchors="one-hot")
    >>> undecided, sure = torch.zeros(4, 2), torch.tensor([[3.0, 5.0]])
    >>> round(float(loss.d(undecided, undecided)), 4)  # the standard GAN's 2 log 2
    1.3863
    >>> float(loss.g(None, sure))  # minus the logit s = 5 - 3
    -2.0
    """

    outcomes: int = 20
    objective: int = 2
    anchors: str | tuple[tuple[float, ...], tuple[float, ...]] = "far"

    def __post_init__(self) -> None:
        _anchors.pair(self.anchors, self.outcomes)
        checks.one_of("objective", self.objective, (1, 2, 3))
        if not isinstance(self.anchors, str):  # tuples of floats: hashable, and of one text in every process
            object.__setattr__(self, "anchors", _anchors.pair(self.anchors, self.outcomes))

    @property
    def outputs(self) -> int:
        """Width of D's last layer: the number of outcomes."""
        return self.outcomes

    @property
    def g_sees_real(self) -> bool:
        """Only objective 2 looks at D(x)."""
        return self.objective == 2

    @property
    def kl(self) -> float:
        """KL(A1 || A0) in nats; inf where a real outcome is impossible for fakes."""
        return float(discrete.kl(*reversed(self.pair)))

    @property
    def js(self) -> float:
        """JS(A1, A0) in nats, at most log 2: the anchors' distance that is always finite."""
        return float(discrete.js(*self.pair))

    @property
    def pair(self) -> tuple[_anchors.Anchor, _anchors.Anchor]:
        """(A0, A1) as numbers."""
        return _anchors.pair(self.anchors, self.outcomes)

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        check_width("real", real, self.outcomes)
        check_width("fake", fake, self.outcomes)
        a0, a1 = self._tensors(fake)
        return kl(a1, real) + kl(a0, fake)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, self.outcomes)
        a0, a1 = self._tensors(fake)
        away = -kl(a0, fake)
        if self.objective == 1:
            return away
        if self.objective == 3:
            return kl(a1, fake) + away
        checks.tensor("real", real, *fake.shape, what="paired with fake in objective 2")
        return kl(real.softmax(1), fake) + away

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        """The expected outcome, sum_j P(u_j) u_j, in [-1, 1]; unmoved by a constant added to all logits."""
        check_width("out", out, self.outcomes)
        return out.softmax(1) @ out.new_tensor(_anchors.support(self.outcomes))

    def _tensors(self, like: Tensor) -> Tensor:
        return like.new_tensor(self.pair)  # (2, M)


@dataclass(frozen=True)
class Redrawn(Realness):
    """The same losses with both anchors drawn anew at each call: histograms of `draws` draws from the fixed anchors.

    The losses are linear in the anchors (up to entropies that do not reach the logits), so this is the fixed pair plus
    gradient noise of mean zero, of the order of 1/sqrt(draws). The draws come from torch's global randomness,
    which `train` keeps and its checkpoints hold.

    Raises: ValueError as Realness, and for draws < 1.
    Source: the authors' programs, which draw 1,000 before each round. Derived in: chapter 10.
    """

    draws: int = 1_000

    def __post_init__(self) -> None:
        super().__post_init__()
        checks.whole("draws", self.draws)

    def _tensors(self, like: Tensor) -> Tensor:
        picks = torch.multinomial(torch.tensor(self.pair), self.draws, replacement=True)  # (2, draws)
        counts = torch.zeros(2, self.outcomes).scatter_add(1, picks, torch.ones(picks.shape))
        return (counts / self.draws).to(like)


def kl(target: Float[Tensor, "*n k"], logits: Outputs) -> Scalar:
    """Mean over a batch of KL(target || softmax(logits)), from log_softmax.

    target: one distribution for all (k,) or one a row (n, k); its zeros are meant literally, 0 log 0 = 0.

    >>> round(float(kl(torch.tensor([0.0, 1.0]), torch.zeros(3, 2))), 4)  # log 2
    0.6931
    """
    return (torch.xlogy(target, target) - target * logits.log_softmax(1)).sum(1).mean()

"""Layers that change what a discriminator sees or says, and no loss: noise, packs, the spread of a batch, its own
features, drawn logits."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.losses.anchors import check_outcomes
from ganbook.types import Batch, Float, Outputs


class InstanceNoise(nn.Module):
    """Gaussian noise on everything that D sees, real and fake: then no two supports are apart.

    x + std e, e ~ N(0, I), in the units of the data; in evaluation mode x as it is, as with dropout. The noise is of
    the global random state, which `train` keeps.

    Raises: ValueError where std is not >= 0.
    Source: Arjovsky and Bottou 2017, section 3. Derived in: chapter 7.

    >>> InstanceNoise(0.5).eval()(torch.ones(1, 2)).tolist()
    [[1.0, 1.0]]
    """

    def __init__(self, std: float) -> None:
        super().__init__()
        self.std = checks.not_negative("std", std)

    def forward(self, x: Batch) -> Batch:
        checks.tensor("x", x)
        return x + self.std * torch.randn_like(x) if self.training else x

    def extra_repr(self) -> str:
        return f"{self.std:g}"


class Pack(nn.Module):
    """D judges m samples together: (n, c, ...) -> (n / m, m c, ...), neighbours in the batch side by side.

    What comes next must take m times as many numbers or channels. Both sides of the game are packed alike, since both
    pass through D. Fewer than m samples (a look at two of them) are repeated until they fill one pack. No penalty on
    the gradient of one sample can be had behind it: there is no score of one sample.

    Raises: ValueError where m is not a whole number >= 1; in a call, for a batch that is no multiple of m.
    Source: Lin, Khetan, Fanti and Oh 2018 (PacGAN), section 2. Derived in: chapter 7.

    >>> Pack(2)(torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]])).tolist()
    [[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]
    """

    def __init__(self, m: int) -> None:
        super().__init__()
        self.m = checks.whole("m", m)

    def forward(self, x: Batch) -> Float[Tensor, "packs ..."]:
        if checks.tensor("x", x).dim() < 2:
            raise ValueError(f"x must be samples of shape (n, c, ...), got {tuple(x.shape)}")
        if len(x) < self.m:
            x = x.repeat(self.m, *[1] * (x.dim() - 1))[: self.m]
        if len(x) % self.m:
            raise ValueError(f"x must hold a multiple of m = {self.m} rows, got {len(x)}")
        return x.reshape(len(x) // self.m, self.m * x.shape[1], *x.shape[2:])

    def extra_repr(self) -> str:
        return f"{self.m}"


class MinibatchStd(nn.Module):
    """One more feature (or map) that says how much the samples of the batch differ: (n, c, ...) -> (n, c + 1, ...).

    The standard deviation of each number over a group of samples, averaged over all numbers; the same for the whole
    group. Real and fake come to D in batches of their own, so a collapsed batch gives itself away.

    group: samples a group, None for the whole batch.
    eps: below the root, or its derivative is infinite at a batch of equal samples.

    Raises: ValueError where group is not a whole number >= 2 or None; in a call, for a batch that is no multiple of it.
    Source: Karras et al. 2018, section 3 (theirs: groups of 4). Derived in: chapter 7.

    >>> MinibatchStd()(torch.tensor([[0.0], [2.0]])).round(decimals=3).tolist()  # deviation 1 about the mean 1
    [[0.0, 1.0], [2.0, 1.0]]
    """

    def __init__(self, group: int | None = None, eps: float = 1e-8) -> None:
        super().__init__()
        self.group = None if group is None else checks.whole("group", group, 2)
        self.eps = checks.not_negative("eps", eps)

    def forward(self, x: Batch) -> Batch:
        if checks.tensor("x", x).dim() < 2:
            raise ValueError(f"x must be samples of shape (n, c, ...), got {tuple(x.shape)}")
        size = self.group or len(x)
        if len(x) % size:
            raise ValueError(f"x must hold a multiple of group = {size} rows, got {len(x)}")
        parts = x.reshape(len(x) // size, size, -1)  # (groups, size, numbers of a sample)
        spread = (parts.var(1, correction=0) + self.eps).sqrt().mean(1)  # (groups,)
        column = spread.repeat_interleave(size).reshape(-1, *[1] * (x.dim() - 1))
        return torch.cat([x, column.expand(-1, 1, *x.shape[2:])], 1)

    def extra_repr(self) -> str:
        return "the whole batch" if self.group is None else f"groups of {self.group}"


class KeepFeatures(nn.Module):
    """The output of a head with the features it read beside it: h -> [head(h), h].

    For `ganbook.losses.FeatureMatching`.

    head: (n, f) -> (n, 1). Put it where a discriminator's last layer stands.

    >>> head = nn.Linear(2, 1)
    >>> KeepFeatures(head)(torch.tensor([[3.0, 4.0]]))[:, 1:].tolist()
    [[3.0, 4.0]]
    """

    def __init__(self, head: nn.Module) -> None:
        super().__init__()
        self.head = checks.instance("head", head, nn.Module, "a layer, such as nn.Linear(64, 1)")

    def forward(self, h: Float[Tensor, "n f"]) -> Float[Tensor, "n g"]:
        checks.tensor("h", h, "n", "f", what="features")
        return torch.cat([self.head(h), h], 1)


class Resample(nn.Module):
    """A last layer of D that draws its logits: in training out = mu + eps exp(v / 2), eps ~ N(0, 1), else out = mu.

    mu and v (log-variance) are two linear heads over the same features; eps is fresh for each sample, outcome and
    call, from torch's global randomness. The factor exp(v / 2) is the standard deviation, as in the authors' code.
    In evaluation mode the mean is returned: that choice is ours, their D is never evaluated.

    Takes (n, features), returns (n, outcomes) logits.
    Raises: ValueError for features < 1 or fewer than two outcomes.
    Source: Xiangli et al. 2020, section 3.4; `use_adaptive_reparam` in the authors' code. Derived in: chapter 10.

    >>> Resample(8, 20).eval()(torch.zeros(5, 8)).shape
    torch.Size([5, 20])
    """

    def __init__(self, features: int, outcomes: int, bias: bool = True) -> None:
        super().__init__()
        check_outcomes(outcomes)
        checks.whole("features", features)
        checks.flag("bias", bias)
        self.mean = nn.Linear(features, outcomes, bias=bias)
        self.log_variance = nn.Linear(features, outcomes, bias=bias)

    def forward(self, x: Float[Tensor, "n f"]) -> Outputs:
        checks.tensor("x", x, "n", "f", what="features")
        mean = self.mean(x)
        if not self.training:
            return mean
        std = (0.5 * self.log_variance(x)).exp()
        return torch.addcmul(mean, torch.randn_like(mean), std)

"""Residual blocks of networks that are told a class, and the batch norm that tells it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate

from ganbook import checks
from ganbook.types import Float


class ConditionalBatchNorm2d(nn.Module):
    """Batch norm whose scales and shifts are told by c: (1 + W c) * (x - mean) / deviation + V c.

    channels: of x. given: numbers in c, (n, given). W and V have no bias and are 0 at first: a plain batch norm.

    Raises: ValueError where a number is < 1; in a call, for a c of another width.
    Source: Dumoulin et al. 2017; the form 1 + W c: the authors' code of Brock et al. 2019. Derived in: chapter 17.

    >>> norm, x = ConditionalBatchNorm2d(2, 3), torch.randn(5, 2, 4, 4)
    >>> torch.allclose(norm(x, torch.randn(5, 3)), nn.BatchNorm2d(2)(x))
    True
    """

    def __init__(self, channels: int, given: int) -> None:
        super().__init__()
        self.channels, self.given = checks.whole("channels", channels), checks.whole("given", given)
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.gain = nn.Linear(given, channels, bias=False)
        self.shift = nn.Linear(given, channels, bias=False)
        nn.init.zeros_(self.gain.weight)
        nn.init.zeros_(self.shift.weight)

    def forward(self, x: Float[Tensor, "n c h w"], c: Float[Tensor, "n d"]) -> Float[Tensor, "n c h w"]:
        checks.fits("x", x, self.gain.weight, "n", self.channels, "h", "w")
        checks.fits("c", c, self.gain.weight, len(x), "d", what="what the norm is told")
        if c.shape[1] != self.given:
            raise ValueError(f"c must be (n, {self.given}), as the norm was made for, got {tuple(c.shape)}")
        gain, shift = 1 + self.gain(c), self.shift(c)
        return torch.addcmul(shift[:, :, None, None], self.norm(x), gain[:, :, None, None])


class _PlainNorm(nn.BatchNorm2d):
    """Batch norm that is told nothing, whatever it is given."""

    def forward(self, x: Tensor, c: Tensor | None = None) -> Tensor:
        return super().forward(x)


def _norm(channels: int, given: int) -> nn.Module:
    return ConditionalBatchNorm2d(channels, given) if given else _PlainNorm(channels)


class UpBlock(nn.Module):
    """Maps of twice the side: norm, ReLU, doubled, 3x3, norm, ReLU, 3x3, beside a doubled 1x1."""

    def __init__(self, before: int, after: int, given: int) -> None:
        super().__init__()
        self.first, self.second = _norm(before, given), _norm(after, given)
        self.widen = nn.Conv2d(before, after, 3, padding=1)
        self.again = nn.Conv2d(after, after, 3, padding=1)
        self.beside = nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor, c: Tensor) -> Tensor:
        h = self.widen(interpolate(self.first(x, c).relu(), scale_factor=2))
        h = self.again(self.second(h, c).relu())
        return h + interpolate(self.beside(x), scale_factor=2)


class DownBlock(nn.Module):
    """Maps of half the side: ReLU, 3x3, ReLU, 4x4 of stride 2, beside a 1x1 of the means of 2x2.

    A 4x4 kernel of stride 2 can be any 3x3 kernel with the means of 2x2 behind it, in fewer products.
    """

    def __init__(self, before: int, after: int, raw: bool) -> None:
        super().__init__()
        self.raw = raw  # the picture itself is not rectified
        self.widen = nn.Conv2d(before, after, 3, padding=1)
        self.halve = nn.Conv2d(after, after, 4, 2, 1)
        self.beside = nn.Conv2d(before, after, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.halve(self.widen(x if self.raw else x.relu()).relu())
        return h + self.beside(avg_pool2d(x, 2))

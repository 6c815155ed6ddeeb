"""Self-attention on maps: every position looks at all others, and adds what it finds to what it is."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import max_pool2d

from ganbook import checks
from ganbook.types import Float


class SelfAttention(nn.Module):
    """x + gate o(A g(x)): a layer that is nothing at first, and as much as the game wants of it later.

    A = softmax over positions j of theta(x)_i . phi(x)_j;  theta, phi: C -> C/8,  g: C -> C/2,  o: C/2 -> C, all 1x1
    convolutions without bias. The gate is one number, 0 at first: the layer is then the identity, and of the first step
    nobody but the gate gets a gradient.

    channels: C, a multiple of 8.
    pooled: keys phi and values g are max-pooled 2x2 first, as in the authors' code (their paper does not tell it): a
        quarter of the products. Sides must then be even.

    Raises: ValueError where channels is no multiple of 8; in a call, for maps of other channels or of an odd side.
    Source: Zhang et al. 2019 (SAGAN), section 3; pooling and the C/2 of g: their released code. Derived in: chapter 17.

    >>> layer, x = SelfAttention(8), torch.randn(2, 8, 4, 6)
    >>> torch.equal(layer(x), x), layer.weights(x).shape  # 24 positions look at 6
    (True, torch.Size([2, 24, 6]))
    """

    def __init__(self, channels: int, pooled: bool = True) -> None:
        super().__init__()
        if checks.whole("channels", channels) % 8:
            raise ValueError(f"channels must be a multiple of 8, of which theta and phi keep one in 8, got {channels}")
        checks.flag("pooled", pooled)
        self.channels, self.pooled = channels, pooled
        self.theta = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.phi = nn.Conv2d(channels, channels // 8, 1, bias=False)
        self.g = nn.Conv2d(channels, channels // 2, 1, bias=False)
        self.o = nn.Conv2d(channels // 2, channels, 1, bias=False)
        self.gate = nn.Parameter(torch.zeros(()))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        self._check(x)
        seen = self._smaller(self.g(x)).flatten(2)  # (n, c / 2, positions seen)
        found = seen @ self.weights(x).mT  # (n, c / 2, positions)
        return x + self.gate * self.o(found.unflatten(2, x.shape[2:]))

    def weights(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n positions seen"]:
        """A: how much each position looks at each of those that are seen, rows of sum 1."""
        self._check(x)
        asking = self.theta(x).flatten(2)
        offered = self._smaller(self.phi(x)).flatten(2)
        return (asking.mT @ offered).softmax(2)

    def _smaller(self, x: Tensor) -> Tensor:
        return max_pool2d(x, 2) if self.pooled else x

    def _check(self, x: Tensor) -> None:
        checks.fits("x", x, self.theta.weight, "n", self.channels, "h", "w")
        shape = tuple(x.shape[1:])
        if x.dim() != 4 or shape[0] != self.channels:
            raise ValueError(f"x must be maps of {self.channels} channels, (n, {self.channels}, h, w), got {shape}")
        if self.pooled and (shape[1] % 2 or shape[2] % 2):
            raise ValueError(
                f"x must have maps of even sides, since keys and values are pooled 2x2, got {shape[1]} x {shape[2]}: "
                "SelfAttention(channels, pooled=False) takes any size"
            )

    def extra_repr(self) -> str:
        return f"{self.channels}, pooled={self.pooled}"

"""Steganography by construction: a translator to grey that may move each pixel by a few grey levels only. Chapter 14.

What nobody can see it does may still be a message: whether F(G(x)) has the colours of x says so.
"""

from __future__ import annotations

from torch import Tensor, nn

from ganbook import checks, models
from ganbook.data import grey
from ganbook.types import Float, Samples


class Whispering(nn.Module):
    """x -> grey(x) + levels / 256 (network(x) - grey(x)): within `levels` of 256 grey levels of the true grey.

    levels: 0 for the true grey picture, 256 for whatever the network says.
    network: from (n, 3, h, w) to (n, 1, h, w) in [-1, 1].

    Raises: ValueError where levels is not in [0, 256].
    Derived in: chapter 14.

    >>> import torch
    >>> x = torch.rand(2, 3, 8, 8) * 2 - 1
    >>> G = Whispering(models.translator(3, out=1, gate=False), levels=8)
    >>> bool(((G(x) - grey(x)).abs() <= 8 / 128).all())
    True
    """

    def __init__(self, network: nn.Module, levels: float) -> None:
        super().__init__()
        self.network = checks.instance("network", network, nn.Module, "a network to one channel")
        self.levels = checks.inside("levels", levels, 0, 256)

    def forward(self, x: Samples) -> Float[Tensor, "n 1 h w"]:
        plain = grey(x)
        return plain + self.levels / 256 * (self.network(x) - plain)

    def extra_repr(self) -> str:
        return f"levels={self.levels:g}"


def networks(levels: float, width: int = 16) -> tuple[nn.Module, nn.Module, nn.Module, nn.Module]:
    """(G, F, D_x, D_y) of 16 px faces, colour to grey: G whispers within so many levels, or is free at 256.

    Derived in: chapter 14.
    """
    G, F, D_x, D_y = models.cyclegan(16, 3, out=1, gate=False, width=width)
    return (G if levels == 256 else Whispering(G, levels)), F, D_x, D_y

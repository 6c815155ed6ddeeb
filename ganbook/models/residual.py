"""R3GAN's residual pair, small: no norm anywhere, each block the identity at first, and biases beside activations only.

A block adds a branch to what it is given: 1x1 to `expansion` times the channels, 3x3 in groups, 1x1 back. The last one
is 0 at first. The others are drawn so that L blocks one after the other do not let the gradient grow with L.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from ganbook import checks
from ganbook.models.networks import HALVINGS
from ganbook.types import Float

LEAK = 0.2
GAIN = math.sqrt(2 / (1 + LEAK**2))
"""What a leaky ReLU's input must be scaled by for its output to keep the mean square: He et al. 2015, eq. 15."""


def branch_scale(blocks: int, layers: int = 3) -> float:
    """L^(-1 / (2 m - 2)): a factor on the weights of all but the last of a branch's m layers, in a network of L blocks.

    One step of plain descent then changes the network's output by an amount that does not grow with L: at first the
    last layers alone have a gradient; each carries the product of m - 1 factors, the output that it makes carries it
    once more, and L (L^(-1 / (2 m - 2)))^(2 (m - 1)) = 1.

    Raises: ValueError where blocks is not >= 1 or layers not >= 2.
    Source: Zhang et al. 2019 (Fixup), section 3; R3GAN has m = 3. Derived in: chapter 19.

    >>> branch_scale(16)  # 16^(-1/4)
    0.5
    """
    checks.whole("blocks", blocks), checks.whole("layers", layers, least=2)
    return blocks ** (-1 / (2 * layers - 2))


def _drawn(layer: nn.Conv2d | nn.Linear, gain: float = 1.0) -> nn.Module:
    """The layer with weights of deviation gain / sqrt(inputs of one output)."""
    nn.init.normal_(layer.weight, 0.0, gain / math.sqrt(layer.weight[0].numel()))
    return layer


class BiasedLeaky(nn.Module):
    """x + b through a leaky ReLU, one b a channel, 0 at first: the only biases of the networks.

    Source: Huang et al. 2024 (their code). Derived in: chapter 19.

    >>> BiasedLeaky(1)(torch.tensor([[[[-1.0, 1.0]]]])).flatten().tolist()
    [-0.20000000298023224, 1.0]
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(checks.whole("channels", channels), 1, 1))

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        checks.fits("x", x, self.bias, "n", len(self.bias), "h", "w")
        return leaky_relu(x + self.bias, LEAK)

    def extra_repr(self) -> str:
        return f"{len(self.bias)}"


class Bottleneck(nn.Module):
    """x + branch(x): 1x1 to `expansion` times the channels, 3x3 in groups, 1x1 back, the last one 0 at first.

    channels: of x. expansion: > 1 makes the bottleneck inverted: wide inside. group: channels of a group of the 3x3.
    blocks: L, how many such blocks the network has: see `branch_scale`.

    Raises: ValueError for a number < 1, or expansion * channels no multiple of group.
    Source: Huang et al. 2024, section 4. Derived in: chapter 19.

    >>> x = torch.randn(2, 8, 4, 4)
    >>> torch.equal(Bottleneck(8)(x), x)
    True
    """

    def __init__(self, channels: int, expansion: int = 2, group: int = 8, blocks: int = 1) -> None:
        super().__init__()
        wide = checks.whole("expansion", expansion) * checks.whole("channels", channels)
        if wide % checks.whole("group", group):
            raise ValueError(f"group must divide expansion * channels ({wide}), got {group}")
        gain = GAIN * branch_scale(blocks)
        self.branch = nn.Sequential(
            _drawn(nn.Conv2d(channels, wide, 1, bias=False), gain),
            BiasedLeaky(wide),
            _drawn(nn.Conv2d(wide, wide, 3, padding=1, groups=wide // group, bias=False), gain),
            BiasedLeaky(wide),
            _drawn(nn.Conv2d(wide, channels, 1, bias=False), 0.0),
        )

    def forward(self, x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        checks.maps("x", x, self.branch[0])
        return x + self.branch(x)


class Basis(nn.Module):
    """z -> maps: a linear layer says how much of each of `channels` learnt maps there is, a map a channel.

    Source: Huang et al. 2024 (their code). Derived in: chapter 19.

    >>> Basis(3, 5)(torch.zeros(2, 3)).shape
    torch.Size([2, 5, 4, 4])
    """

    def __init__(self, z: int, channels: int, side: int = 4) -> None:
        super().__init__()
        checks.whole("z", z), checks.whole("channels", channels), checks.whole("side", side)
        self.linear = _drawn(nn.Linear(z, channels, bias=False))
        self.maps = nn.Parameter(torch.randn(channels, side, side))

    def forward(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n c s s"]:
        checks.fits("z", z, self.linear.weight, "n", self.linear.in_features, what="latents")
        return self.linear(z)[:, :, None, None] * self.maps


def _resampled(before: int, after: int, up: bool) -> list[nn.Module]:
    """Twice or half the side, and 1x1 where the channels change: on the smaller side of the two."""
    channels = [] if before == after else [_drawn(nn.Conv2d(before, after, 1, bias=False))]
    if up:
        return [*channels, nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)]
    return [nn.AvgPool2d(2), *channels]


def residual(
    size: int = 16,
    channels: int = 3,
    *,
    outputs: int = 1,
    z: int = 64,
    width: int = 32,
    blocks: int = 1,
    expansion: int = 2,
    group: int = 8,
    tanh: bool = True,
) -> tuple[nn.Sequential, nn.Sequential]:
    """R3GAN's pair (G, D), small: from (n, z) to images and from images to (n, outputs), mirror images of each other.

    G: learnt 4x4 maps, then at each side `blocks` Bottlenecks, then twice the side; at the end 1x1 to colours.
    D: 1x1 from colours, the same way back, then one 4x4 kernel a channel and a linear layer. No norm, and no bias in a
    convolution.

    outputs: width of D's head. z: numbers in a latent. width: channels at the final size, twice as many with each
    halving. blocks: at each side. expansion, group: as in Bottleneck.
    tanh: at G's end, which theirs has not; here it keeps images in (-1, 1).

    Their code scales by a filter [1, 2, 1]; here bilinear up and averages down.

    Raises: ValueError for a size not 16, 32, 64 or 128, channels not 1 or 3, or as Bottleneck.
    Source: Huang et al. 2024, section 4, and their code. Derived in: chapter 19.

    >>> G, D = residual()
    >>> [sum(p.numel() for p in network.parameters()) for network in (G, D)]
    [139744, 131680]
    """
    checks.one_of("size", size, [side for side, (smallest, _) in HALVINGS.items() if smallest == 4])
    checks.one_of("channels", channels, (1, 3))
    for name, value in (("outputs", outputs), ("z", z), ("width", width), ("blocks", blocks)):
        checks.whole(name, value)
    checks.flag("tanh", tanh)
    doublings = HALVINGS[size][1]
    maps = [width * 2**k for k in range(doublings, -1, -1)]  # from 4 px to the final size
    deep = blocks * len(maps)

    def stage(at: int) -> list[nn.Module]:
        return [Bottleneck(at, expansion, group, deep) for _ in range(blocks)]

    G: list[nn.Module] = [Basis(z, maps[0]), *stage(maps[0])]
    D: list[nn.Module] = [_drawn(nn.Conv2d(channels, width, 1, bias=False))]
    for before, after in zip(maps[:-1], maps[1:], strict=True):
        G += [*_resampled(before, after, up=True), *stage(after)]
    for before, after in zip(maps[:0:-1], maps[-2::-1], strict=True):
        D += [*stage(before), *_resampled(before, after, up=False)]
    top = maps[0]
    G += [_drawn(nn.Conv2d(width, channels, 1, bias=False)), *([nn.Tanh()] if tanh else [])]
    D += [*stage(top), _drawn(nn.Conv2d(top, top, 4, groups=top, bias=False)), nn.Flatten()]
    D.append(_drawn(nn.Linear(top, outputs, bias=False)))
    return nn.Sequential(*G), nn.Sequential(*D)

"""Networks that grow: a generator and a critic that hold the layers of every size, and two numbers that say which play.

`stage` is the size that is made, 4 * 2**stage px; `alpha` is how far its block has faded in. At alpha = 0 a new stage
does what the stage before did, on both sides.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils import skip_init

from ganbook import checks
from ganbook.models.layers import MinibatchStd
from ganbook.models.networks import leaky_relu
from ganbook.types import Float, Outputs, Samples

SIZES = (8, 16, 32, 64)
GAIN = math.sqrt(2)


def enlarge(x: Float[Tensor, "n c h w"], times: int = 2) -> Float[Tensor, "n c ..."]:
    """Each pixel as times x times pixels.

    >>> enlarge(torch.tensor([[[[1.0, 2.0]]]])).tolist()
    [[[[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]]]
    """
    checks.tensor("x", x, "n", "c", "h", "w", what="maps or images")
    checks.whole("times", times)
    return x if times == 1 else F.interpolate(x, scale_factor=times)  # nearest neighbour


def shrink(x: Float[Tensor, "n c h w"], times: int = 2) -> Float[Tensor, "n c ..."]:
    """The mean of each times x times pixels; undoes `enlarge`, to rounding.

    >>> shrink(torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])).tolist()
    [[[[2.5]]]]
    """
    checks.tensor("x", x, "n", "c", "h", "w", what="maps or images")
    checks.whole("times", times)
    if min(x.shape[2:]) < times:
        raise ValueError(f"times must be at most the side of x, {min(x.shape[2:])}, got {times}")
    return x if times == 1 else F.avg_pool2d(x, times)


def faded(x: Float[Tensor, "n c h w"], alpha: float) -> Float[Tensor, "n c h w"]:
    """Real images while a size fades in: between what half the size can show of them, and themselves.

    enlarge(shrink(x)) + alpha (x - enlarge(shrink(x)))

    Source: process_reals in the code of Karras et al. 2018. Derived in: chapter 15.

    >>> faded(torch.tensor([[[[0.0, 2.0], [0.0, 2.0]]]]), 0.5).tolist()
    [[[[0.5, 1.5], [0.5, 1.5]]]]
    """
    checks.tensor("x", x, "n", "c", "h", "w", what="maps or images")
    checks.inside("alpha", alpha, 0, 1)
    if x.shape[2] % 2 or x.shape[3] % 2:
        raise ValueError(f"x must have even sides, got {tuple(x.shape)}")
    return x if alpha == 1 else torch.lerp(enlarge(shrink(x)), x, alpha)


class PixelNorm(nn.Module):
    """At each pixel the features are divided by their root mean square: a vector of C of them gets length sqrt(C).

    x / sqrt(mean_c x_c^2 + eps)

    Source: Karras et al. 2018, section 4.2. Derived in: chapter 15.

    >>> round(PixelNorm()(torch.tensor([[3.0, 4.0]])).norm().item() ** 2, 4)  # C = 2
    2.0
    """

    def __init__(self, eps: float = 1e-8) -> None:
        super().__init__()
        self.eps = checks.not_negative("eps", eps)

    def forward(self, x: Samples) -> Samples:
        if checks.tensor("x", x).dim() < 2:
            raise ValueError(f"x must be of shape (n, c, ...), got {tuple(x.shape)}")
        return x * (x.square().mean(1, keepdim=True) + self.eps).rsqrt()


class EqualisedLinear(nn.Linear):
    """A linear layer that computes with scale * weight, weight ~ N(0, 1) at first, scale = gain / sqrt(inputs).

    What it computes is as after He's initialisation; but what Adam moves has deviation 1 in every layer.

    Source: Karras et al. 2018, section 4.1. Derived in: chapter 15.

    >>> layer = EqualisedLinear(200, 5_000)
    >>> round(layer.scale, 4), abs(layer.weight.std().item() - 1) < 0.01  # sqrt(2 / 200)
    (0.1, True)
    """

    def __init__(self, inputs: int, outputs: int, gain: float = GAIN) -> None:
        super().__init__(checks.whole("inputs", inputs), checks.whole("outputs", outputs))
        self.scale = checks.positive("gain", gain) / math.sqrt(inputs)
        _standard_normal(self)

    def forward(self, x: Float[Tensor, "n i"]) -> Float[Tensor, "n o"]:
        checks.fits("x", x, self.weight, "n", self.in_features, what="rows")
        return F.linear(x, self.weight * self.scale, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_features}, {self.out_features}, scale={self.scale:.4g}"


class EqualisedConv2d(nn.Conv2d):
    """As EqualisedLinear: a convolution that keeps the size, with scale = gain / sqrt(inputs * kernel^2)."""

    def __init__(self, inputs: int, outputs: int, kernel: int, gain: float = GAIN) -> None:
        checks.whole("inputs", inputs), checks.whole("outputs", outputs)
        if checks.whole("kernel", kernel) % 2 == 0:
            raise ValueError(f"kernel must be odd, so that the size is kept, got {kernel}")
        super().__init__(inputs, outputs, kernel, padding=kernel // 2)
        self.scale = checks.positive("gain", gain) / math.sqrt(inputs * kernel**2)
        _standard_normal(self)

    def forward(self, x: Float[Tensor, "n i h w"]) -> Float[Tensor, "n o h w"]:
        checks.maps("x", x, self)
        return self._conv_forward(x, self.weight * self.scale, self.bias)

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, {self.kernel_size[0]}, scale={self.scale:.4g}"


@torch.no_grad()
def _standard_normal(layer: EqualisedLinear | EqualisedConv2d) -> None:
    layer.weight.normal_()
    layer.bias.zero_()


@torch.no_grad()
def plain(layer: EqualisedLinear | EqualisedConv2d) -> nn.Linear | nn.Conv2d:
    """The same function without the factor: its weight has He's deviation, and Adam moves that."""
    if isinstance(layer, EqualisedLinear):
        bare = skip_init(nn.Linear, layer.in_features, layer.out_features)  # no draw: the next layer is the same too
    else:
        shape = layer.in_channels, layer.out_channels, layer.kernel_size[0]
        bare = skip_init(nn.Conv2d, *shape, padding=layer.padding[0])
    bare.weight.copy_(layer.weight * layer.scale)
    bare.bias.zero_()
    return bare


class _Grows(nn.Module):
    """What both networks share: which stage plays, and how far it has faded in."""

    blocks: nn.ModuleList

    stage: int
    """0 makes 4 px, 1 makes 8 px, ...; at first the last one."""

    alpha: float
    """How far the block of this stage has faded in, 0 to 1."""

    @property
    def stages(self) -> int:
        return len(self.blocks)

    @property
    def size(self) -> int:
        """The side of the images of this stage."""
        return 4 * 2**self.stage

    def at(self, stage: int, alpha: float) -> None:
        """This stage plays from now on, its block faded in by alpha.

        Raises: ValueError where there is no such stage, or alpha is not in [0, 1].
        """
        self.stage = checks.whole("stage", stage, 0, self.stages - 1)
        self.alpha = checks.inside("alpha", alpha, 0, 1)


class GrowingG(_Grows):
    """From (n, z) to images of the stage's size; the last layer is linear, so it is not bound to [-1, 1].

    blocks[0]: z on the sphere of radius sqrt(z), a linear layer to 4x4 maps and a convolution; blocks[k]: two
    convolutions on maps that were enlarged. to_rgb[k]: 1x1, from its maps to colours.

    Source: Karras et al. 2018, figure 2 and appendix A.1. Derived in: chapter 15.
    """

    def __init__(self, blocks: list[nn.Module], to_rgb: list[nn.Module]) -> None:
        super().__init__()
        checks.modules("blocks", blocks)
        checks.modules("to_rgb", to_rgb)
        self.blocks, self.to_rgb = nn.ModuleList(blocks), nn.ModuleList(to_rgb)
        self.at(self.stages - 1, 1.0)

    def forward(self, z: Float[Tensor, "n z"]) -> Float[Tensor, "n c h w"]:
        x = self.blocks[0](z)
        for block in self.blocks[1 : self.stage + 1]:
            before, x = x, block(enlarge(x))
        image = self.to_rgb[self.stage](x)
        if self.alpha == 1 or self.stage == 0:
            return image
        # what the stage before makes
        old = enlarge(self.to_rgb[self.stage - 1](before))
        return torch.lerp(old, image, self.alpha)


class GrowingD(_Grows):
    """The mirror image of GrowingG: from images of the stage's size to (n, outputs).

    from_rgb[k]: 1x1, from colours to maps; blocks[k]: two convolutions, then maps of half the size; blocks[0]: the
    spread of the batch as one more map, a convolution and two linear layers.

    Raises: ValueError in a call, for images of another size.
    Source: Karras et al. 2018, figure 2 and appendix A.1. Derived in: chapter 15.
    """

    def __init__(self, blocks: list[nn.Module], from_rgb: list[nn.Module]) -> None:
        super().__init__()
        checks.modules("blocks", blocks)
        checks.modules("from_rgb", from_rgb)
        self.blocks, self.from_rgb = nn.ModuleList(blocks), nn.ModuleList(from_rgb)
        self.at(self.stages - 1, 1.0)

    def forward(self, image: Float[Tensor, "n c h w"]) -> Outputs:
        sides = tuple(image.shape[-2:])
        if sides != (self.size, self.size):
            its = f"{self.size} px in stage {self.stage}"
            raise ValueError(f"image must be of {its}, got {sides}")
        x = self.from_rgb[self.stage](image)
        for k in range(self.stage, 0, -1):
            x = shrink(self.blocks[k](x))
            if k == self.stage and self.alpha < 1:
                # what the stage before sees
                old = self.from_rgb[k - 1](shrink(image))
                x = torch.lerp(old, x, self.alpha)
        return self.blocks[0](x)


def growing(
    size: int = 32,
    channels: int = 3,
    *,
    outputs: int = 1,
    z: int = 48,
    width: int = 16,
    widest: int = 48,
    equalised: bool = True,
    pixel_norm: bool = True,
    spread: int | None = 4,
) -> tuple[GrowingG, GrowingD]:
    """(G, D) that grow from 4 px to 8, 16, 32 or 64; at first both play whole, at `size`.

    outputs: width of D's head. z: numbers in a latent.
    width: channels at the final size; twice as many with each halving, but no more than `widest`.
    equalised: False has the same function at first, without the factor in each layer.
    pixel_norm: after each of G's convolutions.
    spread: samples in a group of MinibatchStd in D's last block; None for none.

    Raises: ValueError for another size, channels not 1 or 3, or a number < 1.
    Source: Karras et al. 2018, table 2 (theirs: 512 maps up to 32 px, then half as many with each doubling); gains as
    in their code: sqrt(2), 1 to colours and in D's last layer, sqrt(2) / 4 in G's first. Derived in: chapter 15.

    >>> G, D = growing(16, 3)
    >>> G.at(1, 0.5), D.at(1, 0.5)  # 8 px, half faded in
    (None, None)
    >>> G(torch.zeros(4, 48)).shape, D(torch.zeros(4, 3, 8, 8)).shape
    (torch.Size([4, 3, 8, 8]), torch.Size([4, 1]))
    """
    checks.one_of("size", size, SIZES)
    checks.one_of("channels", channels, (1, 3))
    for name, value in (("outputs", outputs), ("z", z), ("width", width), ("widest", widest)):
        checks.whole(name, value)
    checks.flag("equalised", equalised)
    checks.flag("pixel_norm", pixel_norm)
    if spread is not None:
        checks.whole("spread", spread, 2)
    levels = int(math.log2(size // 4))
    maps = [min(widest, width * 2 ** (levels - k)) for k in range(levels + 1)]  # from 4 px to the final size
    made: Callable[..., nn.Module] = (lambda layer: layer) if equalised else plain
    first = maps[0]

    def conv(before: int, after: int) -> nn.Module:
        return made(EqualisedConv2d(before, after, 3))

    def acts() -> list[nn.Module]:
        return [leaky_relu(), *([PixelNorm()] if pixel_norm else [])]

    start = made(EqualisedLinear(z, 16 * first, GAIN / 4))
    g_blocks = [nn.Sequential(PixelNorm(), start, nn.Unflatten(1, (first, 4, 4)), *acts(), conv(first, first), *acts())]
    seen = [] if spread is None else [MinibatchStd(spread)]
    d_blocks = [
        nn.Sequential(
            *seen,
            conv(first + len(seen), first),
            leaky_relu(),
            nn.Flatten(),
            made(EqualisedLinear(16 * first, first)),
            leaky_relu(),
            made(EqualisedLinear(first, outputs, 1.0)),
        )
    ]
    for before, after in zip(maps[:-1], maps[1:], strict=True):
        g_blocks.append(nn.Sequential(conv(before, after), *acts(), conv(after, after), *acts()))
        d_blocks.append(nn.Sequential(conv(after, after), leaky_relu(), conv(after, before), leaky_relu()))
    to_rgb = [made(EqualisedConv2d(maps_k, channels, 1, 1.0)) for maps_k in maps]
    from_rgb = [nn.Sequential(made(EqualisedConv2d(channels, maps_k, 1)), leaky_relu()) for maps_k in maps]
    return GrowingG(g_blocks, to_rgb), GrowingD(d_blocks, from_rgb)

"""Networks that change a picture into another: residual blocks, a gate between old and new, critics of patches."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.models.networks import dcgan, dcgan_init, leaky_relu
from ganbook.types import Float, Samples


class Residual(nn.Module):
    """x + f(x): two 3x3 convolutions with instance norm, and a ReLU between them. The size stays.

    Instance norm has no weights and no running statistics: it is the same in training and in evaluation.

    Raises: ValueError where width is not a whole number >= 1.
    Source: Zhu et al. 2017, section 4 (after Johnson et al. 2016). Derived in: chapter 14.

    >>> block = Residual(4)
    >>> x = torch.randn(2, 4, 8, 8)
    >>> torch.equal(block(x), x + block.body(x))
    True
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        checks.whole("width", width)
        self.body = nn.Sequential(
            nn.Conv2d(width, width, 3, 1, 1),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.InstanceNorm2d(width),
        )

    def forward(self, x: Samples) -> Samples:
        checks.maps("x", x, self.body[0])
        return x + self.body(x)


class Redraw(nn.Module):
    """The body of a translator: one map of features kept at full size, a detour at half size, and both seen at the end.

    h = ReLU(conv(x)); d = up(residual blocks(down(h))); out = conv([d, h]), raw numbers.

    channels, out: of what comes in, and maps that come out. width: maps of h. blocks: residual blocks of 2 width.

    Raises: ValueError for a number < 1; in a call, for images whose size is odd.
    """

    def __init__(self, channels: int, out: int, width: int, blocks: int) -> None:
        super().__init__()
        for name, value in (("channels", channels), ("out", out), ("width", width), ("blocks", blocks)):
            checks.whole(name, value)
        wide = 2 * width
        self.first = nn.Sequential(nn.Conv2d(channels, width, 3, 1, 1), nn.ReLU())
        self.detour = nn.Sequential(
            nn.Conv2d(width, wide, 4, 2, 1),
            nn.InstanceNorm2d(wide),
            nn.ReLU(),
            *(Residual(wide) for _ in range(blocks)),
            nn.ConvTranspose2d(wide, width, 4, 2, 1),
            nn.InstanceNorm2d(width),
            nn.ReLU(),
        )
        self.last = nn.Conv2d(2 * width, out, 3, 1, 1)

    def forward(self, x: Samples) -> Samples:
        if x.shape[-1] % 2 or x.shape[-2] % 2:
            raise ValueError(f"x must hold images of even height and width, got {tuple(x.shape[-2:])}")
        h = self.first(x)
        return self.last(torch.cat([self.detour(h), h], 1))


class Gated(nn.Module):
    """A translator that decides where it paints: out = x + m (c - x), with m in (0, 1) and c in (-1, 1).

    m = sigmoid(first map of the network), one number a pixel: 0 keeps the pixel, 1 paints it. c = tanh(the others).
    It can copy its input exactly where m is 0, which is an assumption that is built in: most of the picture stays.

    network: from (n, c, h, w) to (n, 1 + c, h, w).

    Raises: ValueError for what is no network.
    Source: after the attention masks of Mejjati et al. 2018 and Pumarola et al. 2018. Derived in: chapter 14.

    >>> gate = Gated(nn.Conv2d(1, 2, 1))
    >>> _ = nn.init.zeros_(gate.network.weight), nn.init.zeros_(gate.network.bias)
    >>> gate(torch.ones(1, 1, 2, 2))[0, 0].tolist()  # m = 1/2, c = 0
    [[0.5, 0.5], [0.5, 0.5]]
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = checks.instance("network", network, nn.Module, "a network of 1 + c maps")

    def forward(self, x: Samples) -> Samples:
        m, c = self.parts(x)
        return x + m * (c - x)

    def parts(self, x: Samples) -> tuple[Float[Tensor, "n 1 h w"], Samples]:
        """(m, c): where it paints, and what."""
        maps = self.network(x)
        if maps.shape[1] != 1 + x.shape[1]:
            raise ValueError(f"network must give 1 + {x.shape[1]} maps for images of {x.shape[1]}, got {maps.shape[1]}")
        return maps[:, :1].sigmoid(), maps[:, 1:].tanh()

    @torch.no_grad()
    def mask(self, x: Samples) -> Float[Tensor, "n 1 h w"]:
        """m, without gradient: to look at."""
        return self.parts(x)[0]


class Patches(nn.Sequential):
    """A critic of patches: (n, c, h, w) -> (n places, 1), one row of output for each place of its last map.

    Every place sees a patch only, so texture and edges are judged and the whole is not.

    Source: Isola et al. 2017, section 3.2.2. Derived in: chapter 14.

    >>> Patches(nn.Conv2d(1, 1, 4, 2, 1))(torch.zeros(3, 1, 16, 16)).shape
    torch.Size([192, 1])
    """

    def forward(self, x: Samples) -> Float[Tensor, "places 1"]:
        return super().forward(x).flatten()[:, None]


def patch_critic(channels: int = 3, *, width: int = 32, halvings: int = 1, norm: bool = False) -> Patches:
    """A critic whose outputs see patches of 10 px (halvings 1) or 22 px (2): the 70 px one of the paper has 3 and one
    more layer.

    4x4 convolutions of stride 2 that double the maps, LeakyReLU 0.2, one 4x4 convolution of stride 1 to one map.
    Weights are normal with deviation 0.02.

    norm: instance norm behind all convolutions but the first and the last, as in the paper.

    Raises: ValueError for a number < 1.
    Source: Zhu et al. 2017, section 4, shortened for small images. Derived in: chapter 14.

    >>> patch_critic(3, halvings=1)(torch.zeros(2, 3, 16, 16)).shape  # 7 x 7 places a picture
    torch.Size([98, 1])
    """
    for name, value in (("channels", channels), ("width", width), ("halvings", halvings)):
        checks.whole(name, value)
    layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), leaky_relu()]
    for k in range(1, halvings):
        wide = width * 2**k
        layers += [nn.Conv2d(wide // 2, wide, 4, 2, 1), *([nn.InstanceNorm2d(wide)] * norm), leaky_relu()]
    layers.append(nn.Conv2d(width * 2 ** (halvings - 1), 1, 4, 1, 1))
    return dcgan_init(Patches(*layers))


def translator(
    channels: int = 3, *, out: int | None = None, width: int = 16, blocks: int = 2, gate: bool = True
) -> nn.Module:
    """From images to images of the same size: (n, channels, h, w) -> (n, out, h, w) in [-1, 1].

    The body is Redraw; with the gate the picture is repainted in places (Gated), without it anew (tanh). Weights are
    normal with deviation 0.02, biases 0.

    out: channels that come out, by default as many as go in; others only without the gate, which mixes old and new.

    Raises: ValueError for a number < 1, or a gate between different numbers of channels.
    Source: Zhu et al. 2017, section 4 (theirs has no gate, no first map at the end, and 9 blocks). Derived in:
    chapter 14.

    >>> sum(p.numel() for p in translator().parameters())
    55028
    """
    checks.whole("channels", channels)
    checks.flag("gate", gate)
    out = channels if out is None else checks.whole("out", out)
    if gate and out != channels:
        raise ValueError(f"gate must be False where out ({out}) is not channels ({channels}): it mixes old and new")
    body = Redraw(channels, out + 1 if gate else out, width, blocks)
    whole = dcgan_init(nn.Sequential(Gated(body)) if gate else nn.Sequential(body, nn.Tanh()))
    return whole[0] if gate else whole


def cyclegan(
    size: int = 16,
    channels: int = 3,
    *,
    out: int | None = None,
    width: int = 16,
    width_d: int = 32,
    blocks: int = 2,
    gate: bool = True,
    patches: bool = False,
) -> tuple[nn.Module, nn.Module, nn.Sequential, nn.Sequential]:
    """(G, F, D_x, D_y): two translators, x -> y and y -> x, and a critic for each domain.

    channels, out: of x and of y. width, blocks, gate: as in translator. width_d: of the critics' first layer.
    patches: critics of patches; by default of the whole picture, D of dcgan(norm_d=None).

    Raises: ValueError as translator; for a size that dcgan has not, where the critics see the whole picture.
    Derived in: chapter 14.

    >>> G, F, D_x, D_y = cyclegan(16, 3, out=1, gate=False)
    >>> x = torch.zeros(2, 3, 16, 16)
    >>> F(G(x)).shape, D_x(x).shape, D_y(G(x)).shape
    (torch.Size([2, 3, 16, 16]), torch.Size([2, 1]), torch.Size([2, 1]))
    """
    out = channels if out is None else out
    made = {"width": width, "blocks": blocks, "gate": gate}
    G, F = translator(channels, out=out, **made), translator(out, out=channels, **made)
    if checks.flag("patches", patches):
        D_x, D_y = (patch_critic(c, width=width_d) for c in (channels, out))
    else:
        D_x, D_y = (dcgan(size, c, width=width_d, norm_d=None)[1] for c in (channels, out))
    return G, F, D_x, D_y

"""Networks that are told a class: BigGAN's residual pair, small, with a switch for each of its ingredients."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot
from torch.nn.utils.parametrizations import spectral_norm

from ganbook import checks
from ganbook.data.labels import check_labels
from ganbook.models.attention import SelfAttention
from ganbook.models.blocks import DownBlock, UpBlock
from ganbook.models.networks import HALVINGS
from ganbook.models.orthogonal import LAYERS, orthogonal_init
from ganbook.types import Float, Int

LABELS = ("projection", "concatenation", None)
"""How D is told the class: by a product with its features, by maps beside the picture, not at all."""


class ConditionalG(nn.Module):
    """(z, y) -> pictures: residual blocks whose batch norms are told the class and, each, its own part of z.

    z is cut into one part for the first layer and one for each block (skip-z); what a block's norms are given is its
    part beside the class's embedding, which all blocks share.

    classes: how many. size, channels: of the pictures, 16, 28, 32 or 64 px, in grey or in colour.
    z: numbers in a latent. width: channels of the widest map; they double with each halving of the side.
    embedding: numbers that a class is told by; None for as many as there are classes, one of them 1 and learnt by none.
    skip_z: False gives all of z to the first layer.
    conditional: False leaves the norms untold of the class; its embedding then stands beside z at the input.
    attention: a SelfAttention behind the first block.

    Raises: ValueError for another size, channels not 1 or 3, numbers that are too small, attention on maps that it does
    not fit; in a call, for a label out of range, or z and y of different lengths.
    Source: Brock et al. 2019, section 3 and appendix B (smaller here). Derived in: chapter 17.

    >>> G = ConditionalG(4)
    >>> G(torch.zeros(2, 32), torch.tensor([0, 3])).shape, G.split
    (torch.Size([2, 3, 16, 16]), [11, 11, 10])
    """

    def __init__(
        self,
        classes: int,
        size: int = 16,
        channels: int = 3,
        *,
        z: int = 32,
        width: int = 16,
        embedding: int | None = 8,
        skip_z: bool = True,
        conditional: bool = True,
        attention: bool = False,
    ) -> None:
        super().__init__()
        smallest, maps = _maps(size, channels, width)
        maps = [2 * maps[-1], *maps[::-1]]  # from the smallest map to the widest
        blocks = len(maps) - 1
        self.classes = checks.whole("classes", classes)
        checks.flag("skip_z", skip_z)
        checks.flag("conditional", conditional)
        checks.flag("attention", attention)
        self.z = checks.whole("z", z, blocks + 1 if skip_z else 1)
        told = classes if embedding is None else checks.whole("embedding", embedding)
        self.embed = None if embedding is None else nn.Embedding(classes, told)
        self.skip_z, self.conditional = skip_z, conditional
        slots = blocks + 1 if skip_z else 1
        self.split = [z // slots + (k < z % slots) for k in range(slots)]
        rest = self.split[1:] if skip_z else [0] * blocks
        start = self.split[0] + (0 if conditional else told)
        self.start = nn.Sequential(
            nn.Linear(start, maps[0] * smallest**2), nn.Unflatten(1, (maps[0], smallest, smallest))
        )
        self.blocks = nn.ModuleList(
            UpBlock(before, after, part + (told if conditional else 0))
            for before, after, part in zip(maps[:-1], maps[1:], rest, strict=True)
        )
        self.attention = SelfAttention(maps[1]) if attention else None
        self.end = nn.Sequential(nn.BatchNorm2d(width), nn.ReLU(), nn.Conv2d(width, channels, 3, padding=1), nn.Tanh())

    def told(self, y: Int[Tensor, " n"]) -> Float[Tensor, "n e"]:
        """What the norms hear of a class: its embedding, or ones among zeros."""
        check_labels(y, self.classes)
        if self.embed is None:
            return one_hot(y, self.classes).to(self.start[0].weight.dtype)
        return self.embed(y)

    def forward(self, z: Float[Tensor, "n d"], y: Int[Tensor, " n"]) -> Float[Tensor, "n c h w"]:
        if z.dim() != 2 or z.shape[1] != self.z or len(z) != len(y):
            raise ValueError(f"z must be ({len(y)}, {self.z}), a latent for each label, got {tuple(z.shape)}")
        return self.paint(z, self.told(y))

    def paint(
        self,
        z: Float[Tensor, "n d"],
        told: Float[Tensor, "n e"],
    ) -> Float[Tensor, "n c h w"]:
        """As forward, of an embedding in place of a label: also of one between two classes."""
        first, *rest = z.split(self.split, 1)
        rest = rest or [z[:, :0]] * len(self.blocks)
        x = self.start(first if self.conditional else torch.cat([first, told], 1))
        for k, (block, part) in enumerate(zip(self.blocks, rest, strict=True)):
            x = block(x, torch.cat([part, told], 1) if self.conditional else part)
            if k == 0 and self.attention is not None:
                x = self.attention(x)
        return self.end(x)


class ConditionalD(nn.Module):
    """(picture, class) -> one number: psi(phi(x)) + <e_y, phi(x)>, a projection of the features on the class.

    phi: residual blocks, ReLU, and the *sum* over pixels; psi: a linear layer.

    classes, size, channels: as in ConditionalG. width: channels of the widest map.
    label: "projection"; "concatenation" (a map of ones for the class beside the picture, zeros for the others) or None,
        and then psi(phi) alone.
    attention: a SelfAttention behind the first block.
    class_bias: one more number a class, added: log p(y) / q(y), which the product alone has no place for.

    Raises: ValueError as ConditionalG, and for another label.
    Source: Miyato and Koyama 2018, eq. 5; Brock et al. 2019, appendix B. Derived in: chapter 17.

    >>> D, x, y = ConditionalD(4), torch.zeros(2, 3, 16, 16), torch.tensor([0, 3])
    >>> phi = D.features(x, y)
    >>> torch.allclose(D(x, y)[:, 0], D.psi(phi)[:, 0] + (D.embed(y) * phi).sum(1))
    True
    """

    def __init__(
        self,
        classes: int,
        size: int = 16,
        channels: int = 3,
        *,
        width: int = 32,
        label: str | None = "projection",
        attention: bool = False,
        class_bias: bool = False,
    ) -> None:
        super().__init__()
        _, maps = _maps(size, channels, width)
        self.classes = checks.whole("classes", classes)
        checks.flag("attention", attention)
        checks.flag("class_bias", class_bias)
        self.label = checks.one_of("label", label, LABELS)
        seen = [channels + (classes if label == "concatenation" else 0), *maps]
        self.blocks = nn.ModuleList(
            DownBlock(before, after, raw=not k)
            for k, (before, after) in enumerate(zip(seen[:-1], seen[1:], strict=True))
        )
        self.attention = SelfAttention(maps[0]) if attention else None
        self.psi = nn.Linear(maps[-1], 1)
        self.embed = nn.Embedding(classes, maps[-1]) if label == "projection" else None
        self.bias = nn.Parameter(torch.zeros(classes)) if class_bias else None

    def features(self, x: Float[Tensor, "n c h w"], y: Int[Tensor, " n"]) -> Float[Tensor, "n f"]:
        """phi: what the class is multiplied with."""
        if self.label == "concatenation":
            ones = one_hot(y, self.classes).to(x.dtype)[:, :, None, None]
            x = torch.cat([x, ones.expand(-1, -1, *x.shape[2:])], 1)
        for k, block in enumerate(self.blocks):
            x = block(x)
            if k == 0 and self.attention is not None:
                x = self.attention(x)
        return x.relu().sum((2, 3))

    def forward(
        self,
        x: Float[Tensor, "n c h w"],
        y: Int[Tensor, " n"],
    ) -> Float[Tensor, "n 1"]:
        check_labels(y, self.classes)
        phi = self.features(x, y)
        out = self.psi(phi)
        if self.embed is not None:
            out = out + (self.embed(y) * phi).sum(1, keepdim=True)
        return out if self.bias is None else out + self.bias[y][:, None]

    def extra_repr(self) -> str:
        return f"{self.classes} classes, {self.label}, class_bias={self.bias is not None}"


def spectral(network: nn.Module) -> nn.Module:
    """Divide every kernel and embedding by its largest singular value, one power iteration a forward pass in training.

    After the initialisation. What is 0 throughout (gains and shifts of a conditional batch norm) has nothing to be
    divided by and is left alone. Returns the network.
    Source: Miyato et al. 2018, Algorithm 1. Derived in: chapters 9 and 17.
    """
    for layer in checks.instance("network", network, nn.Module, "a network").modules():
        if isinstance(layer, (*LAYERS, nn.Embedding)) and layer.weight.any():
            spectral_norm(layer)
    return network


@torch.no_grad()
def _normal(network: nn.Module, std: float = 0.02) -> nn.Module:
    """The same layers as orthogonal_init draws, independent numbers of one deviation."""
    for layer in network.modules():
        if isinstance(layer, (*LAYERS, nn.Embedding)):
            if layer.weight.any():
                nn.init.normal_(layer.weight, 0.0, std)
            if getattr(layer, "bias", None) is not None:
                nn.init.zeros_(layer.bias)
    return network


INITS = {"orthogonal": orthogonal_init, "normal": _normal}
"""How the pair is drawn; normal is 0.02, as in the authors' script for CIFAR."""


def biggan(
    classes: int,
    size: int = 16,
    channels: int = 3,
    *,
    z: int = 32,
    width: int = 16,
    width_d: int = 32,
    embedding: int | None = 8,
    skip_z: bool = True,
    conditional: bool = True,
    label: str | None = "projection",
    attention: bool = False,
    class_bias: bool = False,
    spectral_g: bool = False,
    spectral_d: bool = True,
    init: str = "orthogonal",
) -> tuple[ConditionalG, ConditionalD]:
    """BigGAN's pair, small: (G, D), drawn and normalised.

    width, width_d: of G and D. attention: in both. spectral_g, spectral_d: whose kernels are divided by their largest
    singular value (the paper: both; here D alone, which is what trains best in a minute). init: "orthogonal", or
    "normal" with deviation 0.02. The rest: as in ConditionalG and ConditionalD.

    Raises: ValueError as these, and for another init.
    Derived in: chapter 17.

    >>> G, D = biggan(4)
    >>> [sum(p.numel() for p in network.parameters()) for network in (G, D)]
    [55427, 103969]
    """
    checks.flag("spectral_g", spectral_g)
    checks.flag("spectral_d", spectral_d)
    draw = INITS[checks.one_of("init", init, INITS)]
    given = {"z": z, "width": width, "embedding": embedding, "skip_z": skip_z, "conditional": conditional}
    G = draw(ConditionalG(classes, size, channels, attention=attention, **given))
    D = draw(
        ConditionalD(classes, size, channels, width=width_d, label=label, attention=attention, class_bias=class_bias)
    )
    return spectral(G) if spectral_g else G, spectral(D) if spectral_d else D


def _maps(size: int, channels: int, width: int) -> tuple[int, list[int]]:
    """(side of the smallest map, channels from the widest map to the smallest)."""
    checks.one_of("size", size, HALVINGS)
    checks.one_of("channels", channels, (1, 3))
    checks.whole("width", width)
    smallest, halvings = HALVINGS[size]
    return smallest, [width * 2**k for k in range(halvings)]

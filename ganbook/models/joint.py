"""Networks of a game with an encoder: D of pairs, an encoder of images, and the three that fit each other."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.models.networks import HALVINGS, dcgan, he_init, leaky_relu, mlp
from ganbook.types import Outputs, Samples


class Joint(nn.Module):
    """D of pairs: D(x, z) = head([of_x(x), of_z(z)]), each flattened and put side by side.

    of_x, of_z: what is seen of a sample and of a latent, such as nn.Identity(). head: from both to D's outputs.

    Raises: ValueError where one of them is no network.
    Source: Donahue et al. 2017, section 4 (theirs begins with a linear layer on both). Derived in: chapter 13.

    >>> both = Joint(nn.Identity(), nn.Flatten(), nn.Identity())
    >>> both(torch.zeros(5, 1, 2, 2), torch.ones(5, 3))[0].tolist()
    [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0]
    """

    def __init__(self, of_x: nn.Module, of_z: nn.Module, head: nn.Module) -> None:
        super().__init__()
        for name, network in (("of_x", of_x), ("of_z", of_z), ("head", head)):
            checks.instance(name, network, nn.Module, "a network, such as nn.Identity()")
        self.of_x, self.of_z, self.head = of_x, of_z, head

    def forward(self, x: Samples, z: Samples) -> Outputs:
        seen: list[Tensor] = [self.of_x(x).flatten(1), self.of_z(z).flatten(1)]
        return self.head(torch.cat(seen, 1))


def encoder(
    size: int = 16, channels: int = 3, *, z: int = 32, width: int = 32, norm: str | None = "batch"
) -> nn.Sequential:
    """From images to (n, z): the convolutions of dcgan's D, and one linear layer over what is left. Unbounded codes.

    norm: between the convolutions, as dcgan's norm_d.

    Raises: ValueError as dcgan.
    Derived in: chapter 13.

    >>> encoder(16, 3, z=7)(torch.zeros(2, 3, 16, 16)).shape
    torch.Size([2, 7])
    """
    checks.whole("z", z)
    checks.one_of("norm", norm, ("batch", "layer", "spectral", None))
    return dcgan(size, channels, outputs=z, width=width, norm_d=norm)[1]


def bigan(
    size: int = 16,
    channels: int = 3,
    *,
    outputs: int = 1,
    z: int = 32,
    width: int = 32,
    hidden: int = 256,
    norm: str | None = "batch",
) -> tuple[nn.Sequential, nn.Sequential, Joint]:
    """(G, E, D) for images of 16, 28, 32 or 64 px: dcgan's G, an encoder of its mirror image, and D of pairs.

    D: the encoder's convolutions on x, one linear layer to `hidden` on z, then two over both. These are drawn with
    He's deviation: at 0.02 a z is hardly heard beside an image.

    outputs: width of D's head. z: numbers in a latent. width: channels of the widest map. hidden: units of D's layers.
    norm: of G, E and D's convolutions: "batch", "layer" or None (all convolutions are then drawn with He's deviation).

    Raises: ValueError as dcgan.
    Derived in: chapter 13.

    >>> G, E, D = bigan(16, 3, z=5)
    >>> E(G(torch.zeros(2, 5))).shape, D(torch.zeros(2, 3, 16, 16), torch.zeros(2, 5)).shape
    (torch.Size([2, 5]), torch.Size([2, 1]))
    """
    checks.whole("hidden", hidden)
    checks.one_of("norm", norm, ("batch", "layer", None))
    checks.whole("outputs", outputs)
    G = dcgan(size, channels, z=z, width=width, norm_d=None, norm_g=norm)[0]
    E, like = (encoder(size, channels, z=z, width=width, norm=norm) for _ in range(2))
    smallest, halvings = HALVINGS[size]
    seen = width * 2 ** (halvings - 1) * smallest**2
    of_z = nn.Sequential(nn.Linear(z, hidden), leaky_relu())
    head = mlp([seen + hidden, hidden, outputs])
    D = Joint(nn.Sequential(*like[:-2], nn.Flatten()), he_init(of_z, last=1.0), he_init(head))
    if norm is None:
        for network in (G, E, D.of_x):
            he_init(network)
    return G, E, D

"""Networks of BigBiGAN: a D of three scores, an encoder that draws its code, and what a reader of features sees."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganbook import checks
from ganbook.models.joint import encoder
from ganbook.models.networks import HALVINGS, dcgan, he_init, leaky_relu
from ganbook.models.still import still
from ganbook.types import Float, Outputs, Samples

SCORES = ("x", "z", "xz")
"""The columns of what D says, in this order: of the sample, of the latent, and of the two together."""


class Scores(nn.Module):
    """D of three scores, the columns s_x, s_z, s_xz:

    s_x = of_x(F(x)),  s_z = of_z(H(z)),  s_xz = of_xz(J([F(x), H(z)])).

    F: from samples to (n, f). H: from latents to (n, h). J: from both, side by side, to (n, j). of_x, of_z, of_xz: from
    f, h and j numbers to one. F is asked twice about a sample and computed once.

    Raises: ValueError where one of them is no network.
    Source: Donahue and Simonyan 2019, figure 1 and section 2. Derived in: chapter 18.

    >>> D = Scores(nn.Identity(), nn.Identity(), nn.Identity(), *(Sum() for _ in range(3)))
    >>> D(torch.tensor([[1.0, 2.0]]), torch.tensor([[10.0]]))  # of x alone, of z alone, of both
    tensor([[ 3., 10., 13.]])
    """

    def __init__(
        self, F: nn.Module, H: nn.Module, J: nn.Module, of_x: nn.Module, of_z: nn.Module, of_xz: nn.Module
    ) -> None:
        super().__init__()
        for name, network in {"F": F, "H": H, "J": J, "of_x": of_x, "of_z": of_z, "of_xz": of_xz}.items():
            setattr(self, name, checks.instance(name, network, nn.Module, "a network, such as nn.Identity()"))

    def forward(self, x: Samples, z: Samples) -> Outputs:
        f, h = self.F(x).flatten(1), self.H(z).flatten(1)
        both = self.J(torch.cat([f, h], 1))
        return torch.cat([self.of_x(f), self.of_z(h), self.of_xz(both)], 1)


class Sum(nn.Module):
    """The sum of a row's numbers: a head without weights, for arithmetic by hand."""

    def forward(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "n 1"]:
        return x.sum(1, keepdim=True)


class Stochastic(nn.Module):
    """An encoder that draws: z = mu(x) + sigma(x) eps, eps ~ N(0, I), sigma = softplus(s).

    In training eps is of torch's global randomness, fresh for each row and call; in evaluation mode the code is mu.

    body: from samples to (n, 2 d): mu, then s.

    Raises: ValueError where body is no network; in a call, where it makes an odd number of numbers.
    Source: Donahue and Simonyan 2019, section 2. Derived in: chapter 18.

    >>> E = Stochastic(nn.Identity())
    >>> mu, sigma = E.law(torch.tensor([[3.0, 0.0]]))
    >>> mu.tolist(), round(sigma.item(), 4)  # softplus(0) = log 2
    ([[3.0]], 0.6931)
    >>> E.eval()(torch.tensor([[3.0, 0.0]])).tolist()
    [[3.0]]
    """

    def __init__(self, body: nn.Module) -> None:
        super().__init__()
        self.body = checks.instance("body", body, nn.Module, "a network from samples to (n, 2 d)")

    def law(self, x: Samples) -> tuple[Float[Tensor, "n d"], Float[Tensor, "n d"]]:
        """(mu, sigma): the mean and the deviations of each row's code."""
        both = self.body(x)
        if both.dim() != 2 or both.shape[1] % 2:
            raise ValueError(f"body must make mu and s, (n, 2 d), got {tuple(both.shape)}")
        mu, s = both.chunk(2, 1)
        return mu, softplus(s)

    def draw(self, x: Samples, rng: torch.Generator) -> Float[Tensor, "n d"]:
        """A code of each row, with eps of rng, in either mode."""
        mu, sigma = self.law(x)
        return torch.addcmul(mu, sigma, torch.randn(mu.shape, generator=rng, dtype=mu.dtype).to(mu.device))

    def forward(self, x: Samples) -> Float[Tensor, "n d"]:
        mu, sigma = self.law(x)
        return torch.addcmul(mu, sigma, torch.randn_like(mu)) if self.training else mu


def pooled_features(E: nn.Module, x: Samples) -> Float[Tensor, "n c"]:
    """What E's last layer reads, averaged over pixels: one number a map, in evaluation mode, without gradient.

    E: of `encoder`, or a Stochastic one of such a body.

    Raises: ValueError for another network.
    Source: Donahue and Simonyan 2019, section 3.1, read their probe here and not at z. Derived in: chapter 18.

    >>> pooled_features(encoder(16, 3, width=8), torch.zeros(5, 3, 16, 16)).shape  # 8, then 16 maps
    torch.Size([5, 16])
    """
    body = E.body if isinstance(E, Stochastic) else E
    if not isinstance(body, nn.Sequential) or len(body) < 3 or not isinstance(body[-2], nn.Conv2d):
        raise ValueError(f"E must be an encoder that ends in a convolution and nn.Flatten(), got {type(body).__name__}")
    checks.tensor("x", x, "n", "c", "h", "w", what="images")
    if any(weight.dtype != x.dtype for weight in body.parameters()):
        raise ValueError(f"x must be of the type of E's weights, got {x.dtype}")
    with still(body):
        return checks.answering("E", body[:-2])(x).mean((2, 3))


def bigbigan(
    size: int = 16,
    channels: int = 3,
    *,
    z: int = 32,
    width: int = 32,
    hidden: int = 256,
    norm: str | None = "batch",
    stochastic: bool = True,
) -> tuple[nn.Sequential, nn.Module, Scores]:
    """(G, E, D) for images of 16, 28, 32 or 64 px: the layers of `bigan`, with two more heads on D.

    G is dcgan's, E its mirror image, F as E without its last layer; H and J have one layer of `hidden` units each, and
    each score is a linear head. Counting s_xz alone, D is that of `bigan`.

    z: numbers in a latent. width: channels of the widest map. hidden: units of H and of J. norm: of G, E and F:
    "batch", "layer" or None (all convolutions are then drawn with He's deviation). stochastic: E draws its code.

    Raises: ValueError as dcgan.
    Source: Donahue and Simonyan 2019, section 2 (theirs are BigGAN's). Derived in: chapter 18.

    >>> G, E, D = bigbigan(16, 3, z=5)
    >>> E(G(torch.zeros(2, 5))).shape, D(torch.zeros(2, 3, 16, 16), torch.zeros(2, 5)).shape
    (torch.Size([2, 5]), torch.Size([2, 3]))
    """
    checks.whole("z", z)
    checks.whole("hidden", hidden)
    checks.instance("stochastic", stochastic, bool, "True or False")
    checks.one_of("norm", norm, ("batch", "layer", None))
    checks.flag("stochastic", stochastic)
    G = dcgan(size, channels, z=z, width=width, norm_d=None, norm_g=norm)[0]
    E = encoder(size, channels, z=2 * z if stochastic else z, width=width, norm=norm)
    F = nn.Sequential(*encoder(size, channels, width=width, norm=norm)[:-2], nn.Flatten())
    smallest, halvings = HALVINGS[size]
    seen = width * 2 ** (halvings - 1) * smallest**2
    H, J = (he_init(nn.Sequential(nn.Linear(n, hidden), leaky_relu()), last=1.0) for n in (z, seen + hidden))
    heads = [he_init(nn.Sequential(nn.Linear(n, 1))) for n in (seen, hidden, hidden)]
    if norm is None:
        for network in (G, E, F):
            he_init(network)
    return G, Stochastic(E) if stochastic else E, Scores(F, H, J, *heads)

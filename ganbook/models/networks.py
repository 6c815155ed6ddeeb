"""Networks as plain nn.Sequential: printing one shows all there is."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm

from ganbook import checks

leaky_relu: Callable[[], nn.Module] = partial(nn.LeakyReLU, 0.2)
"""The activation of most discriminators. Source: Radford et al. 2016, section 3."""


NORMS = ("batch", "layer", "spectral", None)
"""What may stand between a discriminator's layers. Only "batch" lets one sample's output depend on the others."""

NORMS_G = ("batch", "layer", None)
"""The same for a generator of images."""


def mlp(
    widths: Sequence[int],
    activation: Callable[[], nn.Module] = leaky_relu,
    *,
    out: nn.Module | None = None,
    flatten: bool = False,
    shape: Sequence[int] | None = None,
    norm: str | None = None,
) -> nn.Sequential:
    """A fully connected network: `widths[0]` numbers in, `widths[-1]` out, `activation` between the layers.

    out: a last activation, such as nn.Tanh().
    flatten: take images and flatten them first (a discriminator's start).
    shape: reshape what comes out to (n, *shape) (a generator's end).
    norm: before each activation, "batch" or "layer"; "spectral" divides every weight matrix by its largest singular
        value instead; None for neither.

    Raises: ValueError for fewer than two widths, a width < 1, a shape that does not hold widths[-1] numbers, or
    another norm.
    Derived in: chapter 1.

    >>> sum(p.numel() for p in mlp([2, 32, 1]).parameters())  # (2 + 1) * 32 + (32 + 1) * 1
    129
    """
    widths = _whole_numbers("widths", widths)
    if len(widths) < 2:
        raise ValueError(f"widths must be two or more whole numbers, got {widths}")
    checks.maker(
        "activation", activation, "a function without arguments that makes a layer, such as nn.ReLU", nn.Module
    )
    if out is not None:
        checks.instance("out", out, nn.Module, "a layer, such as nn.Tanh()")
    if shape is not None and math.prod(_whole_numbers("shape", shape)) != widths[-1]:
        raise ValueError(f"shape {tuple(shape)} must hold as many numbers as the last width, {widths[-1]}")
    checks.one_of("norm", norm, NORMS)
    between = {"batch": nn.BatchNorm1d, "layer": nn.LayerNorm}
    layers: list[nn.Module] = [nn.Flatten()] if checks.flag("flatten", flatten) else []
    for k, (before, after) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
        if k:
            layers += ([between[norm](before)] if norm in between else []) + [activation()]
        layers.append(nn.Linear(before, after))
    if out is not None:
        layers.append(out)
    if shape is not None:
        layers.append(nn.Unflatten(1, tuple(shape)))
    return _spectral(nn.Sequential(*layers)) if norm == "spectral" else nn.Sequential(*layers)


HALVINGS = {16: (4, 2), 28: (7, 2), 32: (4, 3), 64: (4, 4), 128: (4, 5)}
"""Image size -> (size of the smallest map, how often D halves): 28 = 7 * 2^2."""


def dcgan(
    size: int = 64,
    channels: int = 3,
    *,
    outputs: int = 1,
    z: int = 100,
    width: int = 64,
    norm_d: str | None = "batch",
    norm_g: str | None = "batch",
) -> tuple[nn.Sequential, nn.Sequential]:
    """The convolutional pair (G, D) of Radford et al., for 16, 28, 32 or 64 px images.

    G: (n, z) -> (n, channels, size, size) in (-1, 1): one linear layer to the smallest map, then 4x4 transposed
    convolutions of stride 2 with batch norm and ReLU, tanh at the end. D: 4x4 convolutions of stride 2 with batch norm
    (not in its first layer) and LeakyReLU 0.2, then one convolution over what is left, to (n, outputs). All weights are
    normal with mean 0 and standard deviation 0.02, batch norm scales with mean 1 and deviation 0.02, biases 0.

    outputs: width of D's head.
    z: numbers in a latent.
    width: channels of the widest map; they double with each halving.
    norm_d, norm_g: what stands where the paper has batch norm: "layer" is over channels and pixels of one sample
        (GroupNorm with one group), None is nothing; D may have "spectral", each kernel, as a matrix of one row an
        output channel, divided by its largest singular value (one power iteration a forward pass in training).
        Convolutions get a bias where no norm brings a shift.

    Raises: ValueError for another size, channels not 1 or 3, a number < 1, or another norm.
    Source: Radford et al. 2016, section 3 and figure 1. Derived in: chapter 5.

    >>> G, D = dcgan(64, 3)
    >>> [sum(p.numel() for p in network.parameters()) for network in (G, D)]
    [3583872, 2765568]
    """
    check_size(size)
    _check_pair(channels, outputs=outputs, z=z, width=width)
    checks.one_of("norm_d", norm_d, NORMS)
    checks.one_of("norm_g", norm_g, NORMS_G)
    smallest, halvings = HALVINGS[size]
    maps = [width * 2**k for k in range(halvings)]  # from the widest map to the smallest
    top = maps[-1]

    bias = norm_g is None
    G: list[nn.Module] = [nn.Linear(z, top * smallest**2), nn.Unflatten(1, (top, smallest, smallest)), nn.ReLU()]
    for before, after in zip(maps[:0:-1], maps[-2::-1], strict=True):
        G += [nn.ConvTranspose2d(before, after, 4, 2, 1, bias=bias), *_norm2d(norm_g, after), nn.ReLU()]
    G += [nn.ConvTranspose2d(width, channels, 4, 2, 1, bias=bias), nn.Tanh()]

    bias = norm_d in ("spectral", None)
    D: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1, bias=bias), leaky_relu()]
    for before, after in zip(maps[:-1], maps[1:], strict=True):
        D += [nn.Conv2d(before, after, 4, 2, 1, bias=bias), *_norm2d(norm_d, after), leaky_relu()]
    D += [nn.Conv2d(top, outputs, smallest, bias=bias), nn.Flatten()]
    g, d = dcgan_init(nn.Sequential(*G)), dcgan_init(nn.Sequential(*D))
    return g, _spectral(d) if norm_d == "spectral" else d


def check_size(size: object) -> None:
    """Refuse a size that no sum of halvings leads to, with the next ones that there are.

    >>> check_size(48)
    Traceback (most recent call last):
    ...
    ValueError: size must be one of 16, 28, 32, 64, 128, got 48 (resize the images to 32 or 64: data.folder(path, \
size=64))
    """
    try:
        checks.one_of("size", size, HALVINGS)
    except ValueError as error:
        if not checks.is_finite(size):
            raise
        below = [known for known in HALVINGS if known < size][-1:]
        above = [known for known in HALVINGS if known > size][:1]
        near = " or ".join(map(str, below + above))
        best = (above or below)[0]
        raise ValueError(f"{error} (resize the images to {near}: data.folder(path, size={best}))") from None


def _check_pair(channels: int, **numbers: int) -> None:
    """What every convolutional pair asks of its arguments."""
    checks.one_of("channels", channels, (1, 3))
    for name, value in numbers.items():
        checks.whole(name, value)


def _whole_numbers(name: str, values: Sequence[int]) -> list[int]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a list of whole numbers, got {values!r}")
    if not (found := [checks.whole(name, value) for value in values]):
        raise ValueError(f"{name} must hold at least one whole number, got none")
    return found


def _norm2d(norm: str | None, channels: int) -> list[nn.Module]:
    """What stands between a convolution and its activation."""
    if norm == "batch":
        return [nn.BatchNorm2d(channels)]
    return [nn.GroupNorm(1, channels)] if norm == "layer" else []


def _spectral(network: nn.Sequential) -> nn.Sequential:
    """The network with every weight matrix divided by its largest singular value (after its initialisation).

    Source: Miyato et al. 2018, section 2.1 and Algorithm 1. Derived in: chapter 9.
    """
    for layer in network:
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            spectral_norm(layer)
    return network


def pooled(
    size: int = 32,
    channels: int = 3,
    *,
    outputs: int = 20,
    z: int = 100,
    width: int = 32,
    norm_g: str | None = "batch",
) -> tuple[nn.Sequential, nn.Sequential]:
    """A small convolutional pair (G, D): 3x3 kernels of one width at every size.

    G: (n, z) -> (n, channels, size, size) in (-1, 1): a linear layer to 4x4 maps, then convolution, norm, ReLU and
    nearest-neighbour up-sampling until the size is reached, one last convolution, tanh. D: convolution, LeakyReLU 0.2
    and average pooling down to 4x4 maps, then a linear layer, to (n, outputs); it has no normalisation.
    norm_g: as in dcgan. None is as published: its tanh may then end flat, on one picture for all z.

    Raises: ValueError for a size not 8, 16, 32 or 64, channels not 1 or 3, a number < 1, or another norm.
    Source: after the pair of a tutorial that trains RealnessGAN with 20 outcomes on CIFAR-10. Derived in: chapter 10.

    >>> G, D = pooled(32, norm_g=None)
    >>> [sum(p.numel() for p in network.parameters()) for network in (G, D)]
    [80323, 29652]
    """
    checks.one_of("size", size, (8, 16, 32, 64))
    _check_pair(channels, outputs=outputs, z=z, width=width)
    checks.one_of("norm_g", norm_g, NORMS_G)
    doublings = int(math.log2(size // 4))
    G: list[nn.Module] = [nn.Linear(z, 16 * width), nn.Unflatten(1, (width, 4, 4)), *_norm2d(norm_g, width), nn.ReLU()]
    for _ in range(doublings):
        G += [nn.Conv2d(width, width, 3, 1, 1), *_norm2d(norm_g, width), nn.ReLU(), nn.Upsample(scale_factor=2)]
    D: list[nn.Module] = []
    for k in range(doublings):
        D += [nn.Conv2d(width if k else channels, width, 3, 1, 1), leaky_relu(), nn.AvgPool2d(2)]
    return (
        nn.Sequential(*G, nn.Conv2d(width, channels, 3, 1, 1), nn.Tanh()),
        nn.Sequential(*D, nn.Flatten(), nn.Linear(16 * width, outputs)),
    )


@torch.no_grad()
def dcgan_init(network: nn.Sequential, std: float = 0.02) -> nn.Sequential:
    """Draw weights with mean 0 and batch norm scales with mean 1, deviation std; biases 0. Returns the network.

    Raises: ValueError where std is not > 0. Source: Radford et al. 2016, section 4 (0.02).
    """
    checks.positive("std", std)
    for layer in checks.instance("network", network, nn.Module, "a network").modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0.0, std)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.normal_(layer.weight, 1.0, std)
        if getattr(layer, "bias", None) is not None:
            nn.init.zeros_(layer.bias)
    return network


@torch.no_grad()
def he_init(network: nn.Sequential, last: float = 0.5) -> nn.Sequential:
    """Draw weights so that a network without norm keeps the scale of what passes through it; biases 0. Returns it.

    Normal with mean 0 and variance 2 / (inputs of one output), kernel by stride for a transposed convolution.

    last: a factor on the deviation of the last layer, so that a tanh behind it does not begin flat.

    Raises: ValueError where last is not > 0.
    Source: He et al. 2015, eq. 10. Derived in: chapter 5.

    >>> layer = he_init(nn.Sequential(nn.Linear(200, 5_000)), last=1.0)[0]
    >>> abs(layer.weight.data.std().item() / 0.1 - 1) < 0.01  # sqrt(2 / 200)
    True
    """
    checks.positive("last", last)
    kinds = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)
    checks.instance("network", network, nn.Module, "a network")
    layers = [layer for layer in network.modules() if isinstance(layer, kinds)]
    for layer in layers:
        inputs = layer.weight[0].numel()
        if isinstance(layer, nn.ConvTranspose2d):  # each output pixel sums kernel / stride^2 weights a channel
            inputs = layer.weight.shape[0] * layer.weight[0, 0].numel() // math.prod(layer.stride)
        nn.init.normal_(layer.weight, 0.0, math.sqrt(2 / inputs) * (last if layer is layers[-1] else 1.0))
        if layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return network

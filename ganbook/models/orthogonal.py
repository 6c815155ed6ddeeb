"""Weights as rotations: drawn so, and held near it."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from ganbook import checks
from ganbook.types import Float, Scalar

LAYERS = (nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


@torch.no_grad()
def orthogonal_init(network: nn.Module, gain: float = 1.0) -> nn.Module:
    """Draw every kernel as a matrix with orthonormal rows (columns, where it is taller than wide); biases 0.

    A kernel is a matrix of one row an output channel, as for spectral norm; embeddings too. All singular values are
    then `gain`, so that no direction grows or dies in the first rounds. What is 0 throughout stays 0: the maps to
    gains and shifts of a conditional batch norm, which begins as a plain one. Returns the network.

    Before spectral norm, not after: a normalised weight cannot be drawn anew.

    Raises: ValueError where gain is not > 0, or a weight is normalised already.
    Source: Saxe et al. 2014; Brock et al. 2019, section 3. Derived in: chapter 17.

    >>> W = orthogonal_init(nn.Sequential(nn.Linear(5, 3)))[0].weight
    >>> torch.allclose(W @ W.mT, torch.eye(3), atol=1e-6)
    True
    """
    checks.positive("gain", gain)
    for layer in checks.instance("network", network, nn.Module, "a network").modules():
        if not isinstance(layer, (*LAYERS, nn.Embedding)):
            continue
        if parametrize.is_parametrized(layer, "weight"):
            raise ValueError(f"network must be drawn before its weights are normalised, got {type(layer).__name__}")
        if layer.weight.any():
            W = as_matrix(layer, layer.weight)
            turned = layer.weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else layer.weight
            turned.copy_(nn.init.orthogonal_(torch.empty_like(W), gain).view_as(turned))
        if getattr(layer, "bias", None) is not None:
            nn.init.zeros_(layer.bias)
    return network


def orthogonal_penalty(network: nn.Module, strength: float = 1e-4) -> Scalar:
    """What keeps filters apart and leaves their lengths free: strength sum ||W W^T * (1 - I)||_F^2 over all kernels.

    W: a kernel with one row an output channel; embeddings are left out. Its gradient is 4 strength (W W^T * (1 - I)) W.
    The authors' public code adds a gradient with 2 in place of 4: the same as this at half the strength.

    Raises: ValueError where strength is not >= 0, or no layer has a kernel.
    Source: Brock et al. 2019, eq. 3 (strength 1e-4). Derived in: chapter 17.

    >>> layer = nn.Linear(2, 2, bias=False)
    >>> layer.weight.data = torch.tensor([[1.0, 0.0], [1.0, 3.0]])
    >>> orthogonal_penalty(layer, 0.5).item()  # W W^T = [[1, 1], [1, 10]]: twice 1 beside the diagonal
    1.0
    """
    checks.not_negative("strength", strength)
    total = [strength * beside_diagonal(W) for W in kernels(network)]
    if not total:
        raise ValueError(f"network must have a linear layer or a convolution, got {type(network).__name__} without one")
    return torch.stack(total).sum()


def kernels(network: nn.Module) -> Iterator[Float[Tensor, "o i"]]:
    """Every kernel as a matrix with one row an output channel."""
    for layer in checks.instance("network", network, nn.Module, "a network").modules():
        if isinstance(layer, LAYERS):
            yield as_matrix(layer, layer.weight)


def as_matrix(layer: nn.Module, weight: Tensor) -> Float[Tensor, "o i"]:
    """The weight of a layer with one row an output channel, as spectral norm has it."""
    return (weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight).flatten(1)


def beside_diagonal(W: Float[Tensor, "o i"]) -> Scalar:
    """||W W^T * (1 - I)||_F^2, by the smaller of W W^T and W^T W: both have the same ||.||_F."""
    gram, lengths = W @ W.mT if len(W) <= W.shape[1] else W.mT @ W, W.square().sum(1)
    return gram.square().sum() - lengths.square().sum()

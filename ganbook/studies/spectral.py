"""What spectral norm divides by, beside what it should: power iteration against the SVD, a kernel against what it does.

Chapter 17. The largest singular value of a matrix W is sigma_1 = max |W x| / |x|.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import conv2d, normalize
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import _SpectralNorm

from ganbook import checks
from ganbook.models.orthogonal import as_matrix
from ganbook.types import Float


def estimates(W: Float[Tensor, "o i"], steps: int, seed: int = 0) -> list[float]:
    """sigma-hat after 1, 2, ..., steps power iterations from a random start: u^T W v, never more than sigma_1.

    v <- W^T u / |.|, u <- W v / |.|; u^T W v <= |u| |W| |v| = sigma_1, and it never falls. From u = sum a_i u_i,
    sigma-hat^2 = sum a_i^2 s_i^(4 t) / sum a_i^2 s_i^(4 t - 2): what is missing falls as (s2 / s1)^(4 t).

    Raises: ValueError for what is no matrix, or steps < 1.
    Source: Miyato et al. 2018, Algorithm 1. Derived in: chapter 17.

    >>> found = estimates(torch.diag(torch.tensor([2.0, 1.0])), 20)
    >>> found == sorted(found), found[-1] <= 2.0 + 1e-6, round(found[-1], 6)
    (True, True, 2.0)
    """
    if W.dim() != 2:
        raise ValueError(f"W must be a matrix, got shape {tuple(W.shape)}")
    rng = torch.Generator().manual_seed(seed)
    u = normalize(torch.randn(len(W), generator=rng, dtype=W.dtype), dim=0)
    found = []
    for _ in range(checks.whole("steps", steps)):
        v = normalize(W.mT @ u, dim=0)
        u = normalize(W @ v, dim=0)
        found.append(float(u @ W @ v))
    return found


def with_ratio(ratio: float, size: int, seed: int = 0) -> Float[Tensor, "s s"]:
    """A matrix with singular values 1, ratio, ratio^2, ... and random directions, in float64.

    Raises: ValueError where ratio is not in (0, 1].
    """
    checks.inside("ratio", ratio, 0.0, 1.0, "(]")
    rng = torch.Generator().manual_seed(seed)
    left, right = (torch.linalg.qr(torch.randn(size, size, generator=rng, dtype=torch.float64)).Q for _ in range(2))
    return left * ratio ** torch.arange(size, dtype=torch.float64) @ right.mT


def layers(network: nn.Module) -> list[tuple[str, float, float]]:
    """(name, sigma-hat, sigma_1) of each layer with spectral norm: what it is divided by, and what the SVD says.

    Raises: ValueError where there is none.

    >>> layer = nn.utils.parametrizations.spectral_norm(nn.Linear(3, 2))
    >>> (name, estimate, exact), = layers(nn.Sequential(layer))
    >>> name, estimate <= exact + 1e-6
    ('0', True)
    """
    found = []
    for name, layer in checks.instance("network", network, nn.Module, "a network").named_modules():
        if not (parametrize.is_parametrized(layer, "weight")):
            continue
        norm = layer.parametrizations.weight[0]
        if isinstance(norm, _SpectralNorm):
            W = as_matrix(layer, layer.parametrizations.weight.original.detach())
            found.append((name, float(norm._u @ W @ norm._v), float(torch.linalg.matrix_norm(W, 2))))
    if not found:
        raise ValueError("network must have a layer with spectral norm, got none")
    return found


def kernel_sigma(kernel: Float[Tensor, "o i h w"]) -> float:
    """sigma_1 of the kernel as a matrix of one row an output channel: what spectral norm takes for the convolution's.

    Raises: ValueError for a kernel that is not in float32 or float64, in which torch has singular values.

    >>> round(kernel_sigma(torch.full((1, 1, 3, 3), 1 / 3)), 6)
    1.0
    """
    _check(kernel)
    return float(torch.linalg.matrix_norm(kernel.detach().flatten(1), 2))


def convolution_sigma(kernel: Float[Tensor, "o i h w"], size: int, padding: int = 1, stride: int = 1) -> float:
    """sigma_1 of the convolution itself, on maps of size x size with zeros around: its matrix is written out.

    At most sqrt(h w) times that of the kernel for stride 1, since a pixel is looked at h w times.

    Raises: ValueError where size is < 1, or the matrix has more than 4,096 columns; as kernel_sigma.
    Derived in: chapter 17.

    >>> round(convolution_sigma(torch.full((1, 1, 3, 3), 1 / 3), 16), 2)  # 3 on the plane, less at borders
    2.93
    """
    _check(kernel)
    inputs = kernel.shape[1] * checks.whole("size", size) ** 2
    if inputs > 4_096:
        raise ValueError(f"size must leave at most 4096 columns (channels times size^2), got {inputs}")
    kernel = kernel.detach()
    basis = torch.eye(inputs, dtype=kernel.dtype).unflatten(1, (kernel.shape[1], size, size))
    return float(torch.linalg.matrix_norm(conv2d(basis, kernel, None, stride, padding).flatten(1), 2))


def _check(kernel: Tensor) -> None:
    checks.tensor("kernel", kernel, "o", "i", "h", "w")
    if kernel.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"kernel must be of float32 or float64, which have singular values, got {kernel.dtype}")


def steps_until(ratio: float, missing: float) -> int:
    """Power iterations until (s2 / s1)^(4 t), by which the estimate nears sigma_1, is `missing` at most.

    Raises: ValueError where a number is not in (0, 1).

    >>> steps_until(0.5, 0.01), steps_until(0.969, 0.01)
    (2, 37)
    """
    checks.inside("ratio", ratio, 0.0, 1.0, "()")
    checks.inside("missing", missing, 0.0, 1.0, "()")
    return math.ceil(math.log(missing) / (4 * math.log(ratio)) - 1e-9)  # a quotient that is whole but for rounding

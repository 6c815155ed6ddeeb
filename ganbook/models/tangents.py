"""What a network does to small steps: its Jacobian, the directions it spans, the angle between two sets of directions.

At an inverse pair, J_E J_G = I. The columns of J_G span the tangent space of what G makes; the rows of J_E need not,
since that equation says nothing about steps that lead away from what G makes.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.models.still import still
from ganbook.types import Float, Samples, Scalar


def jacobian(network: nn.Module, x: Samples) -> Float[Tensor, "n outputs inputs"]:
    """J[i, a, b] = d network(x_i)_a / d x_ib at each sample, both flattened; in evaluation mode, without a graph.

    A backward pass an output; where there are fewer inputs, as in a generator, one an input: u -> J^T u is linear, and
    its own backward pass is v -> J v. (torch's forward mode does the same, after loading for five seconds.)

    Raises: ValueError where network is none, or x is not a batch of samples.
    Derived in: chapter 13.

    >>> layer = nn.Linear(2, 3)
    >>> torch.equal(jacobian(layer, torch.zeros(5, 2)), layer.weight.detach().expand(5, 3, 2))
    True
    """
    checks.instance("network", network, nn.Module, "a network")
    if not isinstance(x, Tensor) or x.dim() < 2 or not x.is_floating_point() or not len(x):
        raise ValueError(f"x must be samples of shape (n, ...), got {getattr(x, 'shape', x)!r}")

    if any(weight.dtype != x.dtype for weight in network.parameters()):
        raise ValueError(f"x must be of the type of the network's weights, got {x.dtype}")

    def one(sample: Tensor) -> Tensor:
        return checks.answering("network", network)(sample[None])[0].flatten()

    def by_input(sample: Tensor) -> Tensor:
        out, pull = torch.func.vjp(one, sample)
        _, push = torch.func.vjp(lambda u: pull(u)[0], torch.zeros_like(out))
        steps = torch.eye(sample.numel(), dtype=sample.dtype, device=sample.device)
        return torch.vmap(lambda v: push(v.view_as(sample))[0], out_dims=1)(steps)

    with still(network):
        outputs = one(x[0]).numel()
        way = by_input if x[0].numel() < outputs else torch.func.jacrev(one)
        return torch.vmap(way)(x).reshape(len(x), outputs, -1).detach()


def tangents(J: Float[Tensor, "n d inputs"], k: int | None = None) -> Float[Tensor, "n d k"]:
    """The k directions in which outputs move most: left singular vectors of each J, the largest first, orthonormal.

    k: by default all there are, min(d, inputs).

    Raises: ValueError where k is not in 1..min(d, inputs).
    Source: Kumar et al. 2017, who take them of the decoder's Jacobian. Derived in: chapter 13.

    >>> tangents(torch.tensor([[[0.0, 2.0], [0.0, 0.0], [1.0, 0.0]]]))[0].abs().tolist()
    [[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    """
    checks.all_finite("J", checks.tensor("J", J, "n", "d", "inputs", what="Jacobians"))
    if J.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"J must be of float32 or float64, in which torch has singular values, got {J.dtype}")
    most = min(J.shape[1:])
    k = most if k is None else checks.whole("k", k, most=most)
    return torch.linalg.svd(J, full_matrices=False).U[:, :, :k]


def rows(J: Float[Tensor, "n outputs d"], k: int | None = None) -> Float[Tensor, "n d k"]:
    """The k directions of the input that outputs hear most: right singular vectors of each J. See `tangents`.

    >>> rows(torch.tensor([[[3.0, 0.0, 0.0]]]))[0].abs().flatten().tolist()
    [1.0, 0.0, 0.0]
    """
    checks.all_finite("J", checks.tensor("J", J, "n", "outputs", "d", what="Jacobians"))
    return tangents(J.mT, k)


def angles(A: Float[Tensor, "n d k"], B: Float[Tensor, "n d l"]) -> Float[Tensor, "n m"]:
    """Principal angles between the spans of the columns of A and of B, in degrees, the smallest first; m = min(k, l).

    cos of the angles are the singular values of Q_A^T Q_B with orthonormal bases Q; the sin of the small ones are those
    of what is left of Q_B outside A's span, since cos says nothing on an angle near 0.

    Range: 0 (a common direction) to 90. k random directions of d hold one given direction at about acos sqrt(k / d).

    Raises: ValueError for other shapes, where d is less than k or l, or where columns depend on each other, so that
    they span less than they are.
    Source: Björck and Golub 1973. Derived in: chapter 13.

    >>> plane, line = torch.eye(3)[None, :, :2], torch.tensor([[[1.0], [0.0], [1.0]]])
    >>> angles(plane, line).round().tolist()
    [[45.0]]
    """
    checks.tensor("A", A, "n", "d", "k", what="bases")
    checks.tensor("B", B, len(A), A.shape[1], "l", what="bases")
    for name, basis in (("A", A), ("B", B)):
        checks.all_finite(name, basis)
        if basis.shape[2] > basis.shape[1]:
            raise ValueError(f"{name} must have at most d = {basis.shape[1]} columns, got {basis.shape[2]}")
    checks.independent("A", A)
    checks.independent("B", B)
    if A.shape[2] < B.shape[2]:
        A, B = B, A
    a, b = (torch.linalg.qr(basis.double()).Q for basis in (A, B))
    cosines = torch.linalg.svdvals(a.mT @ b).clamp(max=1)
    sines = torch.linalg.svdvals(b - a @ (a.mT @ b)).clamp(max=1).flip(-1)
    found = torch.where(cosines.square() > 0.5, sines.arcsin(), cosines.arccos())
    return torch.rad2deg(found).to(A.dtype)


def tangent_penalty(
    classifier: Callable[[Tensor], Tensor],
    x: Samples,
    T: Float[Tensor, "n d k"],
    rng: torch.Generator,
    step: float = 1e-2,
) -> Scalar:
    """How much a classifier's outputs move along given directions: an estimate of E ||J_c(x) T||_F^2.

    || (c(x + step T u) - c(x)) / step ||^2 with one u ~ N(0, I_k) a sample, averaged: its mean over u is the squared
    Frobenius norm, but for terms of the order of step. One more forward pass, where J_c itself takes k.

    T: directions at each sample, of its d numbers. step: in the units of x.

    Raises: ValueError where T does not fit x, or step is not > 0.
    Source: Simard et al. 1992; Kumar et al. 2017. Derived in: chapter 13.

    >>> x, T = torch.zeros(20_000, 2), torch.tensor([[1.0], [0.0]]).expand(20_000, 2, 1)
    >>> found = tangent_penalty(lambda x: x @ torch.tensor([[3.0], [5.0]]), x, T, torch.Generator().manual_seed(0))
    >>> abs(found.item() - 9) < 0.5  # 3^2: the 5 is across
    True
    """
    checks.positive("step", step)
    checks.function("classifier", classifier)
    checks.batch("x", x)
    checks.instance("rng", rng, torch.Generator, "a torch.Generator")
    checks.tensor("T", T, len(x), x[0].numel(), "k", what="directions")
    if T.dtype != x.dtype:
        raise ValueError(f"T must be of the type of x, {x.dtype}, got {T.dtype}")
    u = torch.randn(len(x), T.shape[2], 1, generator=rng, dtype=x.dtype).to(x.device)
    moved = x + step * (T @ u).view_as(x)
    return ((classifier(moved) - classifier(x)) / step).square().flatten(1).sum(1).mean()

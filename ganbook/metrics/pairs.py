"""Distances between all pairs of two sets, a block of rows at a time: memory stays bounded at any sample size."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from ganbook import checks
from ganbook.types import Float

BLOCK = 2**22
"""Largest number of entries of a block: 16 MB in float32."""


def check(**sets: Tensor) -> None:
    """Refuse what is not two-dimensional, too small, not finite, or of different widths.

    Raises: ValueError naming the argument.
    """
    width = None
    for name, x in sets.items():
        checks.tensor(name, x, "samples", "features", what="a tensor (images: .flatten(1))")
        if len(x) < 2:
            raise ValueError(f"{name} must hold at least 2 samples, got {len(x)}")
        checks.all_finite(name, x)
        if width is not None and x.shape[1] != width:
            raise ValueError(f"{name} must have {width} features like the first set, got {x.shape[1]}")
        width = x.shape[1]


def centred(real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    """Both sets minus the mean of real: distances stay, and |x|^2 + |y|^2 - 2xy loses fewer digits."""
    mean = real.mean(0)
    return real - mean, fake - mean


def rows(n: int, m: int) -> Iterator[slice]:
    """Slices of range(n) such that a slice times m entries stays below BLOCK."""
    step = max(1, BLOCK // m)
    return (slice(start, min(start + step, n)) for start in range(0, n, step))


def squared_distances(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> Iterator[tuple[slice, Tensor]]:
    """Blocks of |x_i - y_j|^2, each (rows, m), with the rows they belong to.

    >>> x = torch.tensor([[0.0, 0.0], [3.0, 4.0]])
    >>> [block.tolist() for _, block in squared_distances(x, x)]
    [[[0.0, 25.0], [25.0, 0.0]]]
    """
    squares = (y * y).sum(1)
    for part in rows(len(x), len(y)):
        block = torch.addmm(squares, x[part], y.T, alpha=-2.0)
        yield part, block.add_((x[part] * x[part]).sum(1, keepdim=True)).clamp_(min=0.0)


def radii(x: Float[Tensor, "n d"], neighbours: int) -> Float[Tensor, " n"]:
    """Squared distance from each sample to its `neighbours`-th nearest other sample of the same set.

    Raises: ValueError where neighbours is not in 1 ... n - 1.

    >>> radii(torch.tensor([[0.0], [1.0], [3.0]]), neighbours=1).tolist()
    [1.0, 1.0, 4.0]
    """
    checks.whole("neighbours", neighbours, 1, len(x) - 1, note="one less than the samples at most")
    found = [smallest(block, neighbours + 1)[:, -1] for _, block in squared_distances(x, x)]
    return torch.cat(found)  # the smallest of neighbours + 1 is the sample itself


def smallest(block: Float[Tensor, "r m"], k: int) -> Float[Tensor, "r k"]:
    """The k smallest entries of each row, in order.

    They lie in the k groups of 16 with the smallest minima: a topk of those is several times cheaper than of the row.

    >>> smallest(torch.arange(100.0).flip(0)[None], 3).tolist()
    [[0.0, 1.0, 2.0]]
    """
    groups = block.shape[1] // 16
    if groups <= 2 * k:
        return block.topk(k, largest=False).values
    body = block[:, : 16 * groups].view(len(block), 16, groups)
    best = body.amin(1).topk(k, largest=False, sorted=False).indices  # (r, k)
    chosen = body.gather(2, best[:, None, :].expand(-1, 16, -1)).flatten(1)  # (r, 16 k)
    return torch.cat([chosen, block[:, 16 * groups :]], dim=1).topk(k, largest=False).values


def nearest(x: Float[Tensor, "n d"], y: Float[Tensor, "m d"]) -> tuple[Tensor, Tensor]:
    """For each x: its squared distance to the nearest y, and which y that is.

    >>> distance, index = nearest(torch.tensor([[0.0], [5.0]]), torch.tensor([[4.0], [1.0]]))
    >>> distance.tolist(), index.tolist()
    ([1.0, 1.0], [1, 0])
    """
    checks.all_finite("x", checks.tensor("x", x, "n", "d"))
    checks.all_finite("y", checks.tensor("y", y, "m", x.shape[1]))
    if x.dtype != y.dtype:
        raise ValueError(f"y must be of the type of x, {x.dtype}, got {y.dtype}")
    found = [block.min(1) for _, block in squared_distances(x, y)]
    return torch.cat([part.values for part in found]), torch.cat([part.indices for part in found])


def slack(*sets: Tensor) -> float:
    """Rounding error of a squared distance: two distances closer than this count as equal."""
    largest = max(float((x * x).sum(1).max()) for x in sets)
    return 16 * torch.finfo(sets[0].dtype).eps * largest

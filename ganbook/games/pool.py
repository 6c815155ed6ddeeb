"""A pool of earlier fakes, so that a critic does not forget what its generator made a while ago."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from ganbook import checks
from ganbook.types import Samples


class Pool(nn.Module):
    """The last fakes, some of them: what is handed in comes back, or an older one in its place.

    While the pool fills, every row is kept and comes back. Then each row comes back with probability 1/2; else it is
    exchanged: an old row, drawn uniformly, comes back, and the new one takes its place. The rows are in buffers, so
    that a checkpoint holds them, and everything is drawn from rng.

    size: rows that are kept. shape: of one row.

    A row stays for 2 size rows on average (each new one replaces it with probability 1 / (2 size)).

    Raises: ValueError where size is not a whole number >= 1; in a call, for rows of another shape.
    Source: Shrivastava et al. 2017, section 2.3; the rule, and 50 rows, are of Zhu et al. 2017's code. Derived in:
    chapter 14.

    >>> pool, rng = Pool(2, (1,)), torch.Generator().manual_seed(1)
    >>> pool.exchange(torch.tensor([[1.0], [2.0]]), rng).flatten().tolist()  # it fills
    [1.0, 2.0]
    >>> pool.exchange(torch.tensor([[3.0], [4.0]]), rng).flatten().tolist()
    [3.0, 1.0]
    """

    def __init__(self, size: int, shape: Sequence[int]) -> None:
        super().__init__()
        checks.each("shape", shape, lambda side: side >= 1 and side == int(side), "whole numbers >= 1")
        self.register_buffer("kept", torch.zeros(checks.whole("size", size), *shape))
        self.register_buffer("filled", torch.tensor(0))

    @torch.no_grad()
    def exchange(self, y: Samples, rng: torch.Generator) -> Samples:
        """The rows that D is to see in place of y."""
        shape, its = tuple(self.kept.shape[1:]), tuple(y.shape[1:])
        if its != shape:
            raise ValueError(f"y must hold rows of shape {shape}, got {its}")
        y, out = y.detach(), y.detach().clone()
        room = min(len(self.kept) - int(self.filled), len(y))
        self.kept[int(self.filled) : int(self.filled) + room] = y[:room]
        self.filled += room
        for k in range(room, len(y)):
            if torch.rand((), generator=rng) < 0.5:
                old = torch.randint(len(self.kept), (), generator=rng)
                out[k], self.kept[old] = self.kept[old].clone(), y[k]
        return out

    def extra_repr(self) -> str:
        return f"{len(self.kept)}"

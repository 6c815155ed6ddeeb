"""One run played by several processes: each draws the whole of what is random and keeps its rows.

`train(..., shared=True)` opens `together()`; outside of it, and in a process that is alone, everything here hands back
what it is given. Losses that are means over rows then have the gradient of one process: the mean over processes of the
gradients of their rows. What looks at a batch as a whole (batch norm, a minibatch deviation, the relativistic average)
looks at its process's rows only.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator

import torch
from torch import Tensor, nn

from ganbook.types import Batch

_place = (0, 1)


def place() -> tuple[int, int]:
    """(this process, how many there are): (0, 1) unless a shared run is being played."""
    return _place


@contextlib.contextmanager
def together(rank: int, world: int) -> Iterator[None]:
    """Within it this process is one of `world` that play one run."""
    global _place
    before, _place = _place, (rank, world)
    try:
        yield
    finally:
        _place = before


def rows(draw: Callable[[int], Batch], n: int) -> Batch:
    """This process's n rows of a draw of as many for each process: draw(n times processes), cut.

    >>> with together(1, 2):
    ...     rows(lambda n: torch.arange(float(n)), 3).tolist()
    [3.0, 4.0, 5.0]
    """
    rank, world = _place
    if world == 1:
        return draw(n)
    batch = draw(n * world)
    cut = slice(rank * n, (rank + 1) * n)
    return tuple(part[cut] for part in batch) if isinstance(batch, tuple) else batch[cut]


def average_gradients(parameters: Iterable[nn.Parameter]) -> None:
    """Put the mean over processes in place of each gradient; a parameter without one counts as 0 there."""
    if _place[1] == 1:
        return
    for parameter in parameters:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
        parameter.grad.copy_(mean(parameter.grad))


def mean(x: Tensor) -> Tensor:
    """The mean of a tensor over processes, the same bits in each.

    Raises: ConnectionError where another process of the run has ended.
    """
    if _place[1] == 1:
        return x
    total = x.detach().clone()
    try:
        torch.distributed.all_reduce(total)
    except RuntimeError as error:
        raise ConnectionError(
            f"another process of this shared run has ended ({str(error).splitlines()[0]}): start all of them again, "
            "and they go on from the last checkpoint"
        ) from error
    return total / _place[1]

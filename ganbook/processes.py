"""One run played by several processes: each draws the whole of what is random and keeps its rows.

`train(..., shared=True)` opens `together()`; outside of it, and in a process that is alone, everything here hands back
what it is given. Losses that are means over rows then have the gradient of one process: the mean over processes of the
gradients of their rows. What looks at a batch as a whole (batch norm, a minibatch deviation, the relativistic average,
the imagined steps of Unrolled) looks at its process's rows only. A game that decides something by numbers of its rows,
such as which of its members survives, takes their `mean` first, or its processes would decide differently.
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
    """Put the mean over processes in place of each gradient; a parameter without one counts as 0 there.

    One message for each type of number, since many small ones would cost more than the arithmetic. A parameter that no
    process has a gradient for gets none, and its optimiser leaves it alone as it would in one process.
    """
    if _place[1] == 1:
        return
    moving = list(parameters)
    used = mean(torch.tensor([float(p.grad is not None) for p in moving])).tolist()
    moving = [p for p, share in zip(moving, used, strict=True) if share]
    for dtype in dict.fromkeys(p.dtype for p in moving):
        same = [p for p in moving if p.dtype == dtype]
        flat = mean(torch.cat([(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in same]))
        for p, gradient in zip(same, flat.split([p.numel() for p in same]), strict=True):
            p.grad = torch.empty_like(p).copy_(gradient.view(p.shape))


def mean(x: Tensor) -> Tensor:
    """The mean of a tensor over processes, the same bits in each.

    Raises: ConnectionError where another process of the run has ended.
    """
    if _place[1] == 1:
        return x
    total = _message(x)
    with _heard():
        torch.distributed.all_reduce(total)
    return (total / _place[1]).to(x.device)


def copy_first(tensors: Iterable[Tensor]) -> None:
    """Put the first process's numbers into these tensors, in all processes, in one message.

    Raises: ConnectionError where another process of the run has ended.
    """
    places = [x for x in tensors if x.numel()]
    if _place[1] == 1 or not places:
        return
    with torch.no_grad():
        own = [x.detach().contiguous().flatten().view(torch.uint8) for x in places]
        message = _message(torch.cat([x.to(own[0].device) for x in own]))
        with _heard():
            torch.distributed.broadcast(message, 0)
        for place, part in zip(places, message.split([len(x) for x in own]), strict=True):
            place.copy_(part.clone().view(place.dtype).view(place.shape))  # cloned: a view needs bytes in their place


def alike(digest: bytes) -> bool:
    """Have all processes the same digest? All of them must ask.

    Raises: ConnectionError where another process of the run has ended.
    """
    if _place[1] == 1:
        return True
    mine = _message(torch.tensor(list(digest), dtype=torch.int64))
    least, most = mine.clone(), mine.clone()
    with _heard():
        torch.distributed.all_reduce(least, torch.distributed.ReduceOp.MIN)
        torch.distributed.all_reduce(most, torch.distributed.ReduceOp.MAX)
    return torch.equal(least, most)


def _message(x: Tensor) -> Tensor:
    """A copy that can be sent: NCCL sends from GPUs only."""
    on_gpu = torch.distributed.get_backend() == "nccl"
    return x.detach().to("cuda" if on_gpu and not x.is_cuda else x.device, copy=True).contiguous()


@contextlib.contextmanager
def _heard() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise ConnectionError(
            f"another process of this shared run has ended ({str(error).splitlines()[0]}): start all of them again, "
            "and they go on from the last checkpoint"
        ) from error

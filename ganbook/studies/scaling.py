"""What a run over several processes needs, one thing at a time: the games, layers and planted failures behind the
page Scaling out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import torch
from torch import Tensor, nn

import ganbook
from ganbook import checks, processes


class _Mean(torch.autograd.Function):
    """The mean over processes, and its derivative, since what is descended is the mean of all losses."""

    @staticmethod
    def forward(ctx: Any, own: Tensor) -> Tensor:
        return processes.mean(own)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> Tensor:
        return processes.mean(slope)


class SharedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch norm over the rows of all processes of a shared run; in a process that is alone, batch norm.

    Two messages forward, two backward. torch.nn.SyncBatchNorm does this on GPUs, and on nothing else.
    Source: Ioffe and Szegedy 2015, algorithm 1, over more rows. Derived in: the page Scaling out.

    >>> SharedBatchNorm(1)(torch.tensor([[1.0], [3.0]])).tolist()  # mean 2, deviation 1
    [[-0.9999949932098389], [0.9999949932098389]]
    """

    def _check_input_dim(self, input: Tensor) -> None:
        """Points and images alike."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        over, world = [0, *range(2, input.dim())], processes.place()[1]
        wide = (1, -1, *[1] * (input.dim() - 2))  # (1, c, 1, 1)
        mean = _Mean.apply(input.mean(over))
        centred = input - mean.view(wide)
        variance = _Mean.apply(centred.square().mean(over))
        n = world * input.numel() // input.shape[1]
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * n / (n - 1), self.momentum)
            self.num_batches_tracked += 1
        return centred * (self.weight / (variance + self.eps).sqrt()).view(wide) + self.bias.view(wide)


def share_batch_norm(network: nn.Module) -> nn.Module:
    """The same network with a SharedBatchNorm in place of each batch norm; its weights are those it had."""
    for name, child in network.named_children():
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            new = SharedBatchNorm(child.num_features, child.eps, child.momentum).to(child.weight)
            new.load_state_dict(child.state_dict())
            setattr(network, name, new)
        else:
            share_batch_norm(child)
    return network


LEFT_OUT: dict[str, dict[str, Callable]] = {
    "nothing": {},
    "gradients": {"average_gradients": lambda parameters: None},
    "rows": {"rows": lambda draw, n: draw(n)},
    "buffers": {"copy_first": lambda tensors: None},
}
"""What a shared run may be robbed of -> what then stands in `ganbook.processes` in its place."""


@contextmanager
def left_out(what: str) -> Iterator[None]:
    """Within it a shared run lacks one thing: "gradients" are not averaged; "rows" are not cut, so that all processes
    draw the same; "buffers" are not copied from the first process.

    Raises: ValueError for anything else.
    """
    checks.one_of("what", what, LEFT_OUT)
    with ExitStack() as stack:
        for name, instead in LEFT_OUT[what].items():
            stack.enter_context(mock.patch.object(processes, name, instead))
        yield


def redraw_power_iteration(network: nn.Module, seed: int) -> None:
    """Other vectors in every spectral norm of a network: those that a process would have that began by itself."""
    rng = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, buffer in network.named_buffers():
            if name.endswith(("._u", "._v")):
                drawn = torch.randn(buffer.shape, generator=rng, dtype=buffer.dtype)
                buffer.copy_(drawn / drawn.norm())


def in_processes(n: int, call: Callable[[], Any]) -> list[Any]:
    """What `call()` returns in each of n new processes on this machine, by rank; train(..., shared=True) joins them.

    They are forked, and no fork survives a backward pass made before: leave those to them. On the processor only.

    Raises: ValueError where this process is itself one of several.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) > 1:
        raise ValueError("WORLD_SIZE must be 1, since this starts processes of its own: run it without a launcher")
    from accelerate import debug_launcher

    with tempfile.TemporaryDirectory() as folder:

        def child() -> None:
            os.environ["GANBOOK_DEVICE"] = "cpu"
            ganbook.device.cache_clear()
            torch.set_num_threads(1)
            torch.save(call(), f"{folder}/{torch.distributed.get_rank()}")

        debug_launcher(child, num_processes=n)
        return [torch.load(f"{folder}/{rank}") for rank in range(n)]

"""The global random state, taken and put back: a training and its reader never share randomness."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator

import torch
from torch import Tensor, nn


def gpus(network: nn.Module) -> list[int]:
    """The indices of the GPUs that hold parameters of a network."""
    return sorted({parameter.device.index or 0 for parameter in network.parameters() if parameter.is_cuda})


def take(devices: Iterable[int]) -> dict[str, Tensor]:
    """The state of the global generators of the CPU and of these GPUs, by name."""
    return {"cpu": torch.get_rng_state(), **{f"cuda:{index}": torch.cuda.get_rng_state(index) for index in devices}}


def put(state: dict[str, Tensor]) -> None:
    """Put back what `take` took."""
    for name, value in state.items():
        if name == "cpu":
            torch.set_rng_state(value)
        else:
            torch.cuda.set_rng_state(value, name)


@contextlib.contextmanager
def kept(devices: Iterable[int]) -> Iterator[None]:
    """Whatever is drawn within it, global randomness is afterwards as it was: on the CPU, and on these GPUs."""
    before = take(devices)
    try:
        yield
    finally:
        put(before)

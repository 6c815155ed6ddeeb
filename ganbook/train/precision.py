"""The precision in which networks compute: float32, or bfloat16 for those who ask.

bfloat16 keeps the range of float32 and 8 of its 24 significant bits. Processors with instructions for it (AMX,
AVX512_BF16, the tensor cores of GPUs) multiply it several times as fast; others are slower with it than without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import wraps

import torch
from torch import Tensor, nn

PRECISIONS = ("float32", "bf16")


def check_precision(precision: str) -> str:
    """Raises: ValueError unless precision is "float32" or "bf16"."""
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {precision!r}")
    return precision


@contextlib.contextmanager
def computing(game: nn.Module, precision: str) -> Iterator[None]:
    """Within it the networks of a game compute in this precision; weights, losses and optimisers stay in float32.

    Only what a network does in its forward pass, and the way back through it, is cast; what it returns is float32
    again, so that log_softmax, softplus and penalties see the full precision. Each pass casts the weights anew:
    autocast keeps its casts until it is left, and around a whole round it would keep D's from before D's step.

    Raises: ValueError for another precision.
    Source: the mixed precision of Micikevicius et al. 2018, whose float16 needs a scaled loss; bfloat16 does not.

    >>> net = nn.Linear(1, 1)
    >>> _ = nn.init.constant_(net.weight, 1.0), nn.init.zeros_(net.bias)
    >>> with computing(nn.ModuleList([net]), "bf16"):
    ...     net(torch.tensor([[1 + 2**-10]])).item()  # eight bits do not hold the thousandth
    1.0
    """
    networks = list(game.children()) if check_precision(precision) == "bf16" else []
    for network in networks:
        network.forward = _cast(network.forward)  # on the instance, before the class's own
    try:
        yield
    finally:
        for network in networks:
            del network.forward


def _cast(forward):
    @wraps(forward)
    def cast(x: Tensor) -> Tensor:
        with torch.autocast(x.device.type, torch.bfloat16):
            return forward(x).float()

    return cast

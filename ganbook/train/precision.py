"""The precision in which networks compute: float32, or bfloat16 for those who ask.

bfloat16 keeps the range of float32 and 8 of its 24 significant bits. Processors with instructions for it (AMX,
AVX512_BF16, the tensor cores of GPUs) multiply it several times as fast; others are slower with it than without.
float16, which needs a scaled loss, is not offered.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from types import MethodType
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel
from torch.utils._pytree import tree_leaves, tree_map

from ganbook import checks

PRECISIONS = ("float32", "bf16")

_casting: ContextVar[bool] = ContextVar("casting", default=False)


def check_precision(precision: str) -> str:
    """Raises: ValueError unless precision is "float32" or "bf16"."""
    return checks.one_of("precision", precision, PRECISIONS)


def networks(game: nn.Module) -> dict[str, nn.Module]:
    """What computes in the rounds of a game, by name: its children, and the members of those that only hold others.

    A module without parameters is none, nor is an averaged copy, from which samples are drawn, in float32.

    >>> list(networks(nn.ModuleDict({"G": nn.Linear(1, 1), "critics": nn.ModuleList([nn.Linear(1, 1), nn.ReLU()])})))
    ['G', 'critics.0']
    """
    found: dict[str, nn.Module] = {}
    for name, child in game.named_children():
        if isinstance(child, AveragedModel) or next(child.parameters(), None) is None:
            continue
        if type(child).forward is nn.Module.forward:  # ModuleList, ModuleDict, or a class of the reader's like them
            found |= {f"{name}.{inner}": network for inner, network in networks(child).items()}
        else:
            found[name] = child
    return found


def said(game: nn.Module, precision: str) -> str:
    """What computes in what, in one line.

    >>> said(nn.ModuleDict({"G": nn.Linear(1, 1)}), "bf16")
    'bf16 in G; weights, losses and optimisers in float32'
    """
    if check_precision(precision) == "float32":
        return "float32"
    return f"bf16 in {', '.join(networks(game))}; weights, losses and optimisers in float32"


@contextlib.contextmanager
def computing(game: nn.Module, precision: str) -> Iterator[None]:
    """Within it the networks of a game compute in this precision; weights, losses and optimisers stay in float32.

    Only what a network does in its forward pass, and the way back through it, is cast; what it returns is float32
    again, so that log_softmax, softplus and penalties see the full precision. Each pass casts the weights anew:
    autocast keeps its casts until it is left, and around a whole round it would keep D's from before D's step.
    A part of a network that is called for itself, such as D.features(x), computes as the whole does. A deep copy of a
    network that is made within is a network of its own, and computes as all do: in this precision within, in float32
    without.

    Raises: ValueError for another precision.
    Source: the mixed precision of Micikevicius et al. 2018, whose float16 needs a scaled loss; bfloat16 does not.

    >>> net = nn.Linear(1, 1)
    >>> _ = nn.init.constant_(net.weight, 1.0), nn.init.zeros_(net.bias)
    >>> with computing(nn.ModuleList([net]), "bf16"):
    ...     net(torch.tensor([[1 + 2**-10]])).item()  # eight bits do not hold the thousandth
    1.0
    """
    if check_precision(precision) == "float32":
        yield
        return
    for network in networks(game).values():
        for part in network.modules():
            part.forward = MethodType(_forward, part)  # on the instance, before the class's own
    token = _casting.set(True)
    try:
        yield
    finally:
        _casting.reset(token)
        for part in game.modules():  # those that came in between, too
            if getattr(part.__dict__.get("forward"), "__func__", None) is _forward:
                del part.forward


def _forward(network: nn.Module, *inputs: Any, **named: Any) -> Any:
    forward = type(network).forward
    if not _casting.get():  # a part of what is cast already, or a copy that was taken out
        return forward(network, *inputs, **named)
    tensors = [x for x in tree_leaves((inputs, named)) if isinstance(x, Tensor)]
    kind = tensors[0].device.type if tensors else next(network.parameters()).device.type
    token = _casting.set(False)
    try:
        with torch.autocast(kind, torch.bfloat16):
            out = forward(network, *inputs, **named)
    finally:
        _casting.reset(token)
    return tree_map(lambda x: x.float() if isinstance(x, Tensor) and x.dtype == torch.bfloat16 else x, out)

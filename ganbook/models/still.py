"""A look at networks that leaves no trace: evaluation mode and no gradient, and afterwards each part as it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import torch
from torch import nn

from ganbook import checks


def still(*networks: nn.Module) -> AbstractContextManager[None]:
    """with still(G, D): both are in evaluation mode, nothing is differentiated; then each part has its own mode back.

    Batch norm then uses its running statistics and does not move them, layers that draw (dropout, instance noise,
    resampled logits) draw nothing. A part that was in evaluation mode before stays so, also after an error.

    Raises: ValueError for what is no network.

    >>> net = nn.Sequential(nn.BatchNorm1d(2), nn.Dropout().eval())
    >>> with still(net):
    ...     net.training, net(torch.ones(4, 2)).requires_grad
    (False, False)
    >>> net.training, net[0].training, net[1].training
    (True, True, False)
    """
    for network in networks:
        checks.instance("networks", network, nn.Module, "torch.nn.Modules")
    return _still(networks)


@contextmanager
def _still(networks: tuple[nn.Module, ...]) -> Iterator[None]:
    modes = [(part, part.training) for network in networks for part in network.modules()]
    try:
        for network in networks:
            network.eval()
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode

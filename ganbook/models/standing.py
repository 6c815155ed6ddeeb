"""Standing statistics: what batch norm divides by, computed anew for the weights and latents that it is used on."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ganbook import checks

MEASURED = (_BatchNorm,)


@torch.no_grad()
def standing(network: nn.Module, batches: Iterable[tuple[Tensor, ...]]) -> nn.Module:
    """Batch norm's running statistics become the plain mean of those of these batches. In place; returns the network.

    An averaged copy has weights of its own, but the statistics of the network that it follows, and those of a training
    without truncation: neither fits. Nothing else is in training mode meanwhile (spectral norm does not iterate,
    dropout drops nothing), and afterwards every part has its own mode and momentum back.

    batches: what the network is called with, once each: (z, y), or (z,).

    Raises: ValueError where there is no batch, or the network has no batch norm.
    Source: Brock et al. 2019, section 3.1 and appendix. Derived in: chapter 17.

    >>> net = nn.BatchNorm1d(1, affine=False)
    >>> _ = standing(net, [(torch.tensor([[0.0], [2.0]]),), (torch.tensor([[4.0], [6.0]]),)])
    >>> net.running_mean.item(), net.running_var.item()  # means 1 and 5, variances 2 and 2
    (3.0, 2.0)
    """
    modes = [(part, part.training) for part in checks.instance("network", network, nn.Module, "a network").modules()]
    norms = [part for part, _ in modes if isinstance(part, MEASURED) and part.track_running_stats]
    if not norms:
        raise ValueError(f"network must have batch norm with running statistics, got {type(network).__name__}")
    checks.series("batches", batches, "what the network is called with, tuples of tensors")
    momenta = [norm.momentum for norm in norms]
    kept = [{name: value.clone() for name, value in norm.named_buffers()} for norm in norms]
    seen = 0
    try:
        network.eval()
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over batches
            norm.train()
        for batch in batches:
            checks.series("batches", batch, "what the network is called with, tuples of tensors")
            network(*batch)
            seen += 1
    finally:
        for norm, momentum, before in zip(norms, momenta, kept, strict=True):
            norm.momentum = momentum
            if not seen:
                norm.load_state_dict(before, strict=False)
        for part, mode in modes:
            part.training = mode
    if not seen:
        raise ValueError("batches must be one or more, got none")
    return network

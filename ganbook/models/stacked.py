"""Many networks of one shape as one: their weights stacked, one product of matrices a layer for all of them.

The rows of a batch are dealt out in equal blocks, one a network (a "run"), and no block sees another's. torch.func's
stack_module_state does this for weights alone; here the buffers of batch norm and spectral norm move too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm, normalize
from torch.nn.utils import parametrize

from ganbook import checks
from ganbook.models.layers import Resample as PlainResample
from ganbook.types import Batch, Float


def deal(x: Batch, runs: int) -> Float[Tensor, "runs each ..."]:
    """Rows in equal blocks, one a run. Raises: ValueError where they cannot be dealt out.

    >>> deal(torch.arange(6.0).view(6, 1), 2)[1].flatten().tolist()
    [3.0, 4.0, 5.0]
    """
    checks.whole("runs", runs)
    if not isinstance(x, Tensor) or x.dim() == 0 or x.is_complex():
        raise ValueError(f"x must be samples of shape (n, ...), got {type(x).__name__}")
    if len(x) % runs:
        raise ValueError(f"x must have a multiple of {runs} rows, one block a run, got {len(x)}")
    return x.unflatten(0, (runs, -1))


class Linear(nn.Module):
    """As nn.Linear, with a matrix for each run: (runs n, before) -> (runs n, after)."""

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        self.in_features, self.out_features = layers[0].in_features, layers[0].out_features
        spectral = [parametrize.is_parametrized(each, "weight") for each in layers]
        weights = [each.parametrizations.weight.original if spectral[0] else each.weight for each in layers]
        self.weight = nn.Parameter(torch.stack([weight.detach().T for weight in weights]))  # (runs, before, after)
        self.bias = nn.Parameter(torch.stack([each.bias.detach()[None] for each in layers]))  # (runs, 1, after)
        if spectral[0]:
            parametrize.register_parametrization(self, "weight", Spectral(layers), unsafe=True)

    def extra_repr(self) -> str:
        return f"in_features={self.in_features}, out_features={self.out_features}, runs={len(self.bias)}"

    def forward(self, x: Batch) -> Batch:
        return torch.baddbmm(self.bias, deal(x, len(self.bias)), self.weight).flatten(0, 1)


class Spectral(nn.Module):
    """Each run's matrix divided by its largest singular value, one power iteration a forward pass in training.

    Source: Miyato et al. 2018, Algorithm 1, as torch's spectral_norm does it. Derived in: chapter 9.
    """

    def __init__(self, layers: Sequence[nn.Linear]) -> None:
        super().__init__()
        norms = [each.parametrizations.weight[0] for each in layers]
        self.register_buffer("u", torch.stack([norm._u for norm in norms])[:, None])  # (runs, 1, after)
        self.register_buffer("v", torch.stack([norm._v for norm in norms])[:, :, None])  # (runs, before, 1)

    def forward(self, weight: Float[Tensor, "runs i o"]) -> Float[Tensor, "runs i o"]:
        if self.training:
            with torch.no_grad():
                self.u = normalize(torch.bmm(self.v.mT, weight), dim=2)
                self.v = normalize(torch.bmm(weight, self.u.mT), dim=1)
        return weight / torch.bmm(torch.bmm(self.v.mT, weight), self.u.mT)


class LayerNorm(nn.Module):
    """As nn.LayerNorm, with scales and shifts of its own for each run."""

    def __init__(self, layers: Sequence[nn.LayerNorm]) -> None:
        super().__init__()
        self.shape, self.eps = layers[0].normalized_shape, layers[0].eps
        self.weight = nn.Parameter(torch.stack([each.weight.detach()[None] for each in layers]))
        self.bias = nn.Parameter(torch.stack([each.bias.detach()[None] for each in layers]))

    def forward(self, x: Batch) -> Batch:
        x = deal(layer_norm(x, self.shape, eps=self.eps), len(self.bias))
        return torch.addcmul(self.bias, x, self.weight).flatten(0, 1)


class BatchNorm(nn.Module):
    """As nn.BatchNorm1d, with statistics, scales and shifts of its own for each run."""

    def __init__(self, layers: Sequence[nn.BatchNorm1d]) -> None:
        super().__init__()
        self.runs, one = len(layers), layers[0]
        self.norm = nn.BatchNorm1d(self.runs * one.num_features, one.eps, one.momentum).to(one.weight)
        states = [each.state_dict() for each in layers]
        self.norm.load_state_dict(
            {name: torch.cat([state[name] for state in states]) for name in states[0] if states[0][name].dim()}
            | {"num_batches_tracked": states[0]["num_batches_tracked"]}
        )

    def forward(self, x: Batch) -> Batch:
        side = deal(x, self.runs).transpose(0, 1).flatten(1)  # (n, runs d)
        return self.norm(side).unflatten(1, (self.runs, -1)).transpose(0, 1).flatten(0, 1)


class Resample(nn.Module):
    """As models.Resample, in the runs that `on` (runs, 1, 1) marks with 1: at first all; where it is 0, the mean."""

    def __init__(self, layers: Sequence[PlainResample]) -> None:
        super().__init__()
        self.mean = Linear([each.mean for each in layers])
        self.log_variance = Linear([each.log_variance for each in layers])
        self.register_buffer("on", torch.ones(len(layers), 1, 1))

    def forward(self, x: Batch) -> Batch:
        mean = self.mean(x)
        if not self.training:
            return mean
        noise = torch.randn_like(mean) * (0.5 * self.log_variance(x)).exp()
        mean, noise = (deal(part, len(self.on)) for part in (mean, noise))
        return torch.addcmul(mean, self.on, noise).flatten(0, 1)


STACKS: dict[type[nn.Module], Callable[..., nn.Module]] = {
    nn.Linear: Linear,
    nn.LayerNorm: LayerNorm,
    nn.BatchNorm1d: BatchNorm,
    PlainResample: Resample,
}


def stack(networks: Sequence[nn.Sequential]) -> nn.Sequential:
    """One network that holds several of one shape: block k of its rows goes through the k-th.

    Layers without parameters must treat each row alone, as activations, Flatten and Unflatten do.

    Raises: ValueError for no networks, networks of different shapes, or a layer with weights that is not in STACKS.
    Derived in: chapter 11.

    >>> one, two = nn.Linear(1, 1), nn.Linear(1, 1)
    >>> both = stack([nn.Sequential(one), nn.Sequential(two)])
    >>> x = torch.tensor([[1.0], [2.0]])
    >>> torch.equal(both(x), torch.cat([one(x[:1]), two(x[1:])]))
    True
    """
    for network in checks.instance("networks", networks, (list, tuple), "a list of nn.Sequential"):
        checks.instance("networks", network, nn.Sequential, "a list of nn.Sequential")
    if not networks or len({repr(network) for network in networks}) != 1:
        raise ValueError(f"networks must be one or more of one shape, got {len(networks)} of different ones or none")
    stacked = []
    for same in zip(*networks, strict=True):
        kind = next((make for plain, make in STACKS.items() if isinstance(same[0], plain)), None)
        if kind is None and any(True for _ in same[0].state_dict()):
            raise ValueError(
                f"networks must have weights in {', '.join(t.__name__ for t in STACKS)} only, got {same[0]}"
            )
        stacked.append(same[0] if kind is None else kind(same))
    return nn.Sequential(*stacked)

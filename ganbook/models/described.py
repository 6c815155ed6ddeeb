"""A network as a description that JSON can hold, and back: layers of torch.nn and of this package, and no code.

What is read from a file makes only layers of the two, by their names; nothing in it can do anything else.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import spectral_norm

from ganbook.models import joint, layers

OWN = {
    kind.__name__: kind
    for kind in (joint.Joint, layers.InstanceNoise, layers.KeepFeatures, layers.MinibatchStd, layers.Pack)
}
"""The layers of this package that tell what they were made of."""


def describe(network: nn.Module) -> dict[str, Any]:
    """The kind of a layer and what it was made with; of a Sequential its members, by name.

    Raises: ValueError for a layer of another kind, naming it.

    >>> describe(nn.Sequential(nn.ReLU(), nn.Flatten()))["members"]
    [['0', {'kind': 'ReLU', 'with': {'inplace': False}}], ['1', {'kind': 'Flatten', 'with': {'start_dim': 1, \
'end_dim': -1}}]]
    """
    kind, found = type(network), {}
    if parametrize.is_parametrized(network):
        kind, found["spectral"] = kind.__bases__[0], _spectral(network)
    if kind is nn.Sequential:
        return {"kind": "Sequential", "members": [[name, describe(each)] for name, each in network.named_children()]}
    if _known(kind.__name__) is not kind:
        raise ValueError(f"network must be made of layers of torch.nn and ganbook.models, got a {kind.__name__}")
    given = {}
    for name, parameter in inspect.signature(kind.__init__).parameters.items():
        if name in ("self", "device", "dtype") or not hasattr(network, name):
            continue
        value = getattr(network, name)
        if isinstance(value, nn.Module):
            given[name] = describe(value)
        elif name == "bias" and (value is None or isinstance(value, Tensor)):
            given[name] = value is not None
        elif isinstance(value, (bool, int, float, str, tuple, list, type(None))):
            given[name] = list(value) if isinstance(value, (tuple, list)) else value
        elif parameter.default is inspect.Parameter.empty:
            raise ValueError(f"network must be made of layers that can be described, got {name} of a {kind.__name__}")
    return {"kind": kind.__name__, "with": given, **found}


def build(description: dict[str, Any]) -> nn.Module:
    """The network of a description, with weights that are drawn anew; global randomness stays as it was.

    Raises: ValueError for a kind of layer that is not known, or arguments that it does not take.

    >>> build(describe(nn.Sequential(nn.Linear(2, 3, bias=False), nn.Tanh())))
    Sequential(
      (0): Linear(in_features=2, out_features=3, bias=False)
      (1): Tanh()
    )
    """
    with torch.random.fork_rng():
        return _build(description)


def _build(description: dict[str, Any]) -> nn.Module:
    try:
        kind = description["kind"]
        if kind == "Sequential":
            network = nn.Sequential()
            for name, each in description["members"]:
                network.add_module(name, _build(each))
            return network
        make = _known(kind)
        if make is None:
            raise ValueError(f"a layer must be one of torch.nn or ganbook.models, got {kind!r}")
        given = {name: _build(v) if isinstance(v, dict) else _tuple(v) for name, v in description["with"].items()}
        layer = make(**given)
        return spectral_norm(layer, **description["spectral"]) if "spectral" in description else layer
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a layer must be described by its kind and arguments, got {description!r:.200}") from error


def _known(kind: str) -> type[nn.Module] | None:
    """A layer by its name: of torch.nn, or of OWN."""
    found = OWN.get(kind) or vars(nn).get(kind)
    return found if isinstance(found, type) and issubclass(found, nn.Module) else None


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _spectral(layer: nn.Module) -> dict[str, Any]:
    """The settings of spectral_norm on a layer's weight."""
    names = list(layer.parametrizations)
    each = list(layer.parametrizations["weight"]) if names == ["weight"] else []
    if [type(one).__name__ for one in each] != ["_SpectralNorm"]:
        raise ValueError(f"network must have no parametrisation but spectral_norm of a weight, got one of {names}")
    return {"n_power_iterations": each[0].n_power_iterations, "eps": each[0].eps, "dim": each[0].dim}

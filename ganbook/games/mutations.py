"""Mutations: what the children of a population descend, and which of them survive."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, nn
from torch.nn.functional import softplus

from ganbook import checks

MUTATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "minimax": lambda out: -softplus(out),
    "heuristic": lambda out: softplus(-out),
    "least squares": lambda out: (out.sigmoid() - 1).square(),
    "least squares on the logit": lambda out: (out - 1).square(),
}
"""Name -> what a child descends, row by row, given D's raw output l for its sample; D(y) = sigmoid(l).

log(1 - D(y)), -log D(y), (D(y) - 1)^2; and (l - 1)^2, which the authors' PyTorch code has for the third.
Source: Wang et al. 2019, section III-B. Derived in: chapter 16.

>>> {name: round(float(loss(torch.tensor(0.0))), 4) for name, loss in MUTATIONS.items()}
{'minimax': -0.6931, 'heuristic': 0.6931, 'least squares': 0.25, 'least squares on the logit': 1.0}
"""

PAPER = ("minimax", "heuristic", "least squares")
"""The mutations of the paper."""


def fittest(fitness: Tensor, n: int = 1) -> list[int]:
    """Which n of the children survive, the best first; of equals the earlier.

    Raises: ValueError for no children, fewer than n of them, or a fitness that is not finite, which could be neither
    above nor below another.
    Derived in: chapter 16.

    >>> import torch
    >>> fittest(torch.tensor([0.2, 0.7, 0.5]), 2)
    [1, 2]
    >>> fittest(torch.tensor([0.2, float("nan"), 0.5]))
    Traceback (most recent call last):
    ...
    ValueError: fitness must be finite, got nan for child 1
    """
    checks.tensor("fitness", fitness, "children")
    checks.whole("n", n, most=len(fitness))
    bad = (~fitness.isfinite()).nonzero().flatten().tolist()
    if bad:
        raise ValueError(
            f"fitness must be finite, got {fitness[bad[0]]:g} for child {bad[0]}",
        )
    return fitness.argsort(descending=True, stable=True)[:n].tolist()


def check_parents(parents: Sequence[nn.Module]) -> list[nn.Module]:
    """Refuse a population of none, the same network twice, or networks of different shapes."""
    found = list(parents) if isinstance(parents, (list, tuple, nn.ModuleList)) else []
    if not found or not all(isinstance(G, nn.Module) for G in found):
        raise ValueError(f"parents must be a list of at least one network, got {parents!r:.100}")
    if len({id(G) for G in found}) < len(found):
        raise ValueError("parents must each be a network of its own, got the same one twice")
    shapes = [{name: tuple(x.shape) for name, x in G.state_dict().items()} for G in found]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError("parents must be of one shape, since a child may take any place, got different ones")
    return found


def check_mutations(mutations: Sequence[str]) -> tuple[str, ...]:
    """Refuse no mutations, unknown ones, and the same one twice."""
    if isinstance(mutations, str) or not isinstance(mutations, (list, tuple)) or not mutations:
        raise ValueError(f"mutations must be a list of names from {', '.join(MUTATIONS)}, got {mutations!r}")
    for name in mutations:
        checks.one_of("mutations", name, MUTATIONS)
    if len(set(mutations)) < len(mutations):
        raise ValueError(f"mutations must be different ones, got {mutations!r}")
    return tuple(mutations)

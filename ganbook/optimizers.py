"""What moves a player: its optimiser by name, and what happens to its weights right after each step."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.optim import Adam, Optimizer, RMSprop

from ganbook import checks


def adam(parameters: Iterable[nn.Parameter], lr: float, betas: tuple[float, float]) -> Optimizer:
    """Adam with both decay rates. Source: Kingma and Ba 2015, Algorithm 1."""
    checks.not_negative("lr", lr)
    checks.each("betas", betas, lambda beta: 0 <= beta < 1, "two numbers in [0, 1)", 2)
    return Adam(checks.parameters("parameters", parameters), lr=lr, betas=betas, fused=True)


def rmsprop(parameters: Iterable[nn.Parameter], lr: float, betas: tuple[float, float]) -> Optimizer:
    """RMSprop: each step divided by a running root mean square of its gradient (decay 0.99), without momentum.

    betas are not used: they are here so that all optimisers are made alike. Source: Arjovsky et al. 2017, Algorithm 1.
    """
    checks.not_negative("lr", lr)
    return RMSprop(checks.parameters("parameters", parameters), lr=lr)


OPTIMIZERS: dict[str, Callable[[Iterable[nn.Parameter], float, tuple[float, float]], Optimizer]] = {
    "adam": adam,
    "rmsprop": rmsprop,
}
"""Name in a recipe -> what makes the optimiser from parameters, learning rate and betas."""


@dataclass(frozen=True)
class Clip:
    """Put every parameter of an optimiser back into [-c, c] after each of its steps.

    w <- min(max(w, -c), c), for weights, biases and the scales of normalisations alike, as the authors' code does.
    Register it with optimizer.register_step_post_hook(Clip(0.01)). It has no state, so nothing is to be saved.

    Raises: ValueError where c is not > 0.
    Source: Arjovsky et al. 2017, Algorithm 1, line 7. Derived in: chapter 9.

    >>> weight = nn.Parameter(torch.tensor([0.5, -0.002]))
    >>> sgd = torch.optim.SGD([weight], lr=1.0)
    >>> _ = sgd.register_step_post_hook(Clip(0.01))
    >>> weight.sum().backward(); sgd.step()                  # a step of -1: to -0.5 and -1.002, then back
    >>> [round(w, 3) for w in weight.tolist()]
    [-0.01, -0.01]
    """

    c: float

    def __post_init__(self) -> None:
        checks.positive("c", self.c)

    @torch.no_grad()
    def __call__(self, optimizer: Optimizer, args: Any = (), kwargs: Any = None) -> None:
        for group in optimizer.param_groups:
            for parameter in group["params"]:
                parameter.clamp_(-self.c, self.c)

"""Games: who plays, who owns which parameters, and what one round is."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ganbook.types import Sampler, Samples, Scalar


def descend(optimizer: Optimizer, loss: Scalar) -> None:
    """One step of one player: only the parameters that its optimiser owns get a gradient and move.

    A forgotten `detach` can therefore leave no gradient in the other player, nor use up its graph. Frozen parameters
    (requires_grad False) stay as they are.

    Raises: ValueError where the optimiser owns nothing that can move.
    Derived in: chapter 1.
    """
    own = [p for group in optimizer.param_groups for p in group["params"] if p.requires_grad]
    if not own:
        raise ValueError("optimizer must own a parameter with requires_grad, got none")
    optimizer.zero_grad(set_to_none=True)
    loss.backward(inputs=own)
    optimizer.step()


class Average(AveragedModel):
    """A slowly moving copy of a network: after `halflife` images a change is half absorbed.

    w_avg <- d w_avg + (1 - d) w with d = 2^(-batch / halflife); buffers (batch norm statistics) are copied. The first
    update copies the network.
    Raises: ValueError where halflife is not > 0.
    Source: Karras et al. 2018, section 4 (with decay 0.999). Derived in: chapter 7.
    """

    def __init__(self, network: nn.Module, halflife: float, batch: int) -> None:
        if not halflife > 0:
            raise ValueError(f"halflife must be a number of images > 0, got {halflife!r}")
        super().__init__(network, multi_avg_fn=get_ema_multi_avg_fn(0.5 ** (batch / halflife)))
        self.requires_grad_(False)


class Game(nn.Module):
    """Networks and the optimisers that own them. A new kind of play writes `round`, and nothing else."""

    optimizers: dict[str, Optimizer]
    """Player name -> optimiser: a player is an optimiser and what it owns."""

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """Every player moves once (or as often as the recipe says); returns the losses, detached, by player."""
        raise NotImplementedError(f"{type(self).__name__} must define round(real, rng)")

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        """n samples in evaluation mode, without gradient; touches neither global randomness nor batch statistics."""
        raise NotImplementedError(f"{type(self).__name__} must define sample(n, rng)")

    def check(self, x: Tensor) -> None:
        """Look at two samples of the data before the first round; raise ValueError where they do not fit."""

    def describe(self) -> dict[str, str]:
        """What must agree before a checkpoint of this game is resumed."""
        return {"game": type(self).__name__}

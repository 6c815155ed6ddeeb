"""A game with a critic alone: the fakes are what they are, and only D learns."""

from __future__ import annotations

import torch
from torch import nn

from ganbook.games.game import descend, first_samples
from ganbook.games.with_d import GameWithD
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts


class CriticAlone(GameWithD):
    """D against a generator that holds still: what a discriminator becomes between two fixed distributions.

    D: network from samples to (n, recipe.loss.outputs).
    recipe: of it, all that concerns D.
    fake: Sampler of what stands against the data.
    device: by default ganbook.device().

    Raises: ValueError as GAN; where the fakes are no samples of the data's shape, before round 1.
    Derived in: chapter 9.

    >>> from dataclasses import replace
    >>> from ganbook import data, recipes
    >>> from ganbook.train import fit, train
    >>> near, far = (data.gaussian(mean, device="cpu") for mean in (0.0, -8.0))
    >>> game = CriticAlone(nn.Linear(1, 1), replace(recipes.WGAN, lr_d=1e-3), far, device=torch.device("cpu"))
    >>> run = fit(train(game, near, rounds=20))
    >>> game.D.weight  # clipped at 0.01, on the side of the data
    Parameter containing:
    tensor([[0.0100]], requires_grad=True)
    """

    maker = "fake"

    def __init__(
        self,
        D: nn.Module,
        recipe: Recipe,
        fake: Sampler,
        device: torch.device | None = None,
    ) -> None:
        super().__init__(recipe, device)
        self.fakes = fake
        self.seat_d(D)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        for _ in range(self.recipe.d_steps):
            x = self.draw(real, rng)
            y = self.fake(x, rng)
            d_loss = descend(self.optimizers["D"], self.d_loss(x, y, rng))
        return {"D": d_loss}

    def fake(self, x: Batch, rng: torch.Generator) -> Batch:
        return self.draw(self.fakes, rng, len(parts(x)[0]))

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        raise ValueError("sample needs a generator, and a CriticAlone has none: draw from its `fakes`")

    def check(self, real: Sampler) -> None:
        first_samples(self.fakes, self.share, "fake")
        super().check(real)

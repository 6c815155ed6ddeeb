"""A large batch on a small machine: every step in parts, one after the other, and one move."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor, nn

from ganbook import checks, processes
from ganbook.games.game import descend
from ganbook.games.gan import GAN
from ganbook.games.with_d import detached
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Scalar


class InParts(GAN):
    """A GAN whose every step is made in `parts` passes over as many rows each, and one move: gradient accumulation.

    What is random is drawn whole and cut, so where losses are means over rows it is the step of one pass, up to
    rounding. Not so with batch norm, which sees a part at a time, nor with spectral norm, whose power iteration
    advances with each pass. The graph of one part is gone before the next, so G's fakes are made a second time for its
    own step.

    parts: must divide the rows that each process has of a batch.

    Raises: ValueError as GAN; where recipe.batch is no multiple of parts, or, in a shared run, of processes x parts.
    Derived in: the page Scaling out.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        parts: int = 1,
    ) -> None:
        super().__init__(G, D, recipe, prior, device)
        self.parts = checks.whole("parts", parts)
        self._check_batch()

    def check(self, real: Sampler) -> None:
        self._check_batch()
        whole = self.recipe
        self.recipe = replace(whole, batch=whole.batch // self.parts)  # a look at one part: the whole may not fit
        try:
            super().check(real)
        finally:
            self.recipe = whole

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, move = self.recipe, self.optimizers
        for _ in range(recipe.d_steps):
            pairs = self._pairs(real, rng)
            d_losses = (self.d_loss(x, self._still(*given), rng) for x, given in pairs)
            d_loss = descend(move["D"], d_losses, self.parts)
        for k in range(recipe.g_steps):
            pairs = self._pairs(real, rng) if k else pairs
            g_loss = descend(move["G"], (self.g_loss(x, self.made(*given)) for x, given in pairs), self.parts)
        if self.average is not None:
            self.average.update_parameters(self.G)
        return {"D": d_loss, "G": g_loss}

    def _pairs(self, real: Sampler, rng: torch.Generator) -> list[tuple]:
        """Of each part its data, and what its fakes are made from."""
        x = self.draw(real, rng)
        return list(zip(*(self._cut(batch) for batch in (x, self.given(x, rng))), strict=True))

    def _cut(self, batch: Batch) -> list:
        if isinstance(batch, Tensor):
            return list(batch.chunk(self.parts))
        return list(zip(*(rows.chunk(self.parts) for rows in batch), strict=True))

    @torch.no_grad()
    def _still(self, *given: Tensor) -> Batch:
        return detached(self.made(*given))

    def _check_batch(self) -> None:
        world = processes.place()[1]
        if self.recipe.batch % (world * self.parts):
            raise ValueError(
                f"recipe.batch must be a multiple of processes x parts = {world} x {self.parts}, "
                f"got {self.recipe.batch}"
            )

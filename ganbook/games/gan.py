"""The game of two players that most chapters play."""

from __future__ import annotations

import os

import torch
from torch import Tensor, nn

import ganbook
from ganbook import checks
from ganbook.data import normal
from ganbook.games.game import Average, descend
from ganbook.games.with_d import GameWithD, detached
from ganbook.models import still
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts


def latent_width(G: nn.Module) -> int:
    """How many numbers G's first layer takes: the dimension of z.

    Raises: ValueError where G has no layer with in_features or in_channels.
    """
    for layer in checks.instance("G", G, nn.Module, "a network").modules():
        width = getattr(layer, "in_features", None) or getattr(layer, "in_channels", None)
        if width:
            return int(width)
    raise ValueError(f"G must hold a layer that tells its input width, got {type(G).__name__} without one")


class GAN(GameWithD):
    """Two players. G turns z into samples; D tells them from real ones.

    G: network from (n, z) to samples.
    D: network from samples to (n, recipe.loss.outputs).
    prior: Sampler of z; by default N(0, I) of the width of G's first layer.
    device: by default ganbook.device().

    The fakes of D's last step serve G's first step too: G has not moved in between, so drawing them again would only
    cost a second forward pass (Algorithm 1 of the paper draws anew). Where the recipe gives G more steps, each further
    one has fresh z and fresh data.

    A game whose batches have more than samples in them overrides `given` and `made`, and D is called with all parts.

    Raises: ValueError where prior is missing and G does not tell its input width, or shapes do not fit in a round.
    Source: Goodfellow et al. 2014, Algorithm 1. Derived in: chapter 1.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
    ) -> None:
        super().__init__(recipe, device)
        self.seat(G, D)
        if prior is not None:
            checks.function("prior", prior, "a Sampler of z, called as prior(n, rng)")
        self.prior = prior or normal(latent_width(G), self.device)

    def seat(self, G: nn.Module, D: nn.Module) -> None:
        """These networks play: fresh optimisers, and where the recipe asks for them a clip on D and an averaged G.

        Called once a game, and once more by a game whose networks grow.
        """
        recipe, self.G = self.recipe, G
        self.seat_d(D)
        self.player("G", G, lr=recipe.lr_g)
        self.average = Average(G, recipe.ema_halflife, recipe.batch) if recipe.ema_halflife else None

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, move = self.recipe, self.optimizers
        for k in range(recipe.d_steps):
            x = self.draw(real, rng)
            with torch.set_grad_enabled(k == recipe.d_steps - 1):  # the last are G's too
                y = self.fake(x, rng)
            d_loss = descend(move["D"], self.d_loss(x, detached(y), rng))
        for k in range(recipe.g_steps):
            if k:  # G has moved
                x = self.draw(real, rng)
                y = self.fake(x, rng)
            g_loss = descend(move["G"], self.g_loss(x, y))
        if self.average is not None:
            self.average.update_parameters(self.G)
        return {"D": d_loss, "G": g_loss}

    def fake(self, x: Batch, rng: torch.Generator) -> Batch:
        return self.made(*self.given(x, rng))

    def given(self, x: Batch, rng: torch.Generator) -> tuple[Tensor, ...]:
        """What the fakes beside this batch are made from, as many rows: z."""
        return (self.draw(self.prior, rng, len(parts(x)[0])),)

    def made(self, z: Tensor) -> Batch:
        """The fakes made from what was given."""
        return self.G(z)

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        """What G descends: y are fakes that still hang on G."""
        loss = self.now.loss
        seen = self.D(*parts(self.shown(x))) if loss.g_sees_real else None
        return loss.g(seen, self.D(*parts(self.shown(y))))

    @property
    def sampler(self) -> nn.Module:
        """The network that samples are drawn from: the averaged copy where there is one."""
        return self.G if self.average is None else self.average.module

    def save(self, path: str | os.PathLike) -> None:
        """Keep the generator that samples are drawn from, in one file with its card: see `ganbook.keep.save`."""
        ganbook.save(self, path)

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        checks.whole("n", n)
        with still(self.sampler):
            return self.sampler(self.prior(n, rng))

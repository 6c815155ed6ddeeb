"""The game of two players that most chapters play."""

from __future__ import annotations

import re

import torch
from torch import Tensor, nn

import ganbook
from ganbook.data import normal
from ganbook.games.game import Average, Game, descend
from ganbook.optimizers import OPTIMIZERS, Clip
from ganbook.recipes import Recipe
from ganbook.types import Sampler, Samples, Scalar


def latent_width(G: nn.Module) -> int:
    """How many numbers G's first layer takes: the dimension of z.

    Raises: ValueError where G has no layer with in_features or in_channels.
    """
    for layer in G.modules():
        width = getattr(layer, "in_features", None) or getattr(layer, "in_channels", None)
        if width:
            return int(width)
    raise ValueError(f"G must hold a layer that tells its input width, got {type(G).__name__} without one")


def check_shapes(x: Tensor, y: Tensor) -> None:
    """Refuse generated samples y that are not of the data's shape.

    Raises: ValueError naming G and both shapes.
    """
    if y.shape[1:] != x.shape[1:]:
        raise ValueError(f"G must make samples of the data's shape {tuple(x.shape[1:])}, got {tuple(y.shape[1:])}")


class GAN(Game):
    """Two players. G turns z into samples; D tells them from real ones.

    G: network from (n, z) to samples. D: network from samples to (n, recipe.loss.outputs).
    prior: Sampler of z; by default N(0, I) of the width of G's first layer. device: by default ganbook.device().

    The fakes of D's last step serve G's step too: G has not moved in between, so drawing them again would only
    cost a second forward pass (Algorithm 1 of the paper draws anew).

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
        if not isinstance(recipe, Recipe):
            raise ValueError(f"recipe must be a Recipe, such as ganbook.recipes.MLP_GAN, got {recipe!r}")
        super().__init__()
        self.device = device or ganbook.device()
        layout = torch.channels_last  # convolutions on the CPU are faster in it; other layers do not care
        self.G, self.D = (net.to(self.device, memory_format=layout) for net in (G, D))
        self.recipe = recipe
        self.prior = prior or normal(latent_width(G), self.device)
        self.average = Average(G, recipe.ema_halflife, recipe.batch) if recipe.ema_halflife else None
        make = OPTIMIZERS[recipe.optimizer]
        self.optimizers = {
            "D": make(D.parameters(), recipe.lr_d, recipe.betas),
            "G": make(G.parameters(), recipe.lr_g, recipe.betas),
        }
        if recipe.clip is not None:
            self.optimizers["D"].register_step_post_hook(Clip(recipe.clip))

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, loss = self.recipe, self.recipe.loss
        for k in range(recipe.d_steps):
            x, z = real(recipe.batch, rng), self.prior(recipe.batch, rng)
            with torch.set_grad_enabled(k == recipe.d_steps - 1):  # only the last fakes are G's to learn from
                y = self.G(z)
            check_shapes(x, y)
            fakes = y.detach()
            d_loss = loss.d(self.D(x), self.D(fakes))
            for penalty in recipe.penalties:
                d_loss = d_loss + penalty(self.critic, x, fakes, rng)
            descend(self.optimizers["D"], d_loss)
        g_loss = loss.g(self.D(x) if loss.g_sees_real else None, self.D(y))
        descend(self.optimizers["G"], g_loss)
        if self.average is not None:
            self.average.update_parameters(self.G)
        return {"D": d_loss.detach(), "G": g_loss.detach()}

    def critic(self, x: Samples) -> Tensor:
        """One number a sample: the score that the recipe's loss reads from D's outputs."""
        return self.recipe.loss.score(self.D(x))

    @torch.no_grad()
    def sample(self, n: int, rng: torch.Generator) -> Samples:
        if not isinstance(n, int) or isinstance(n, bool) or n < 1:
            raise ValueError(f"n must be a whole number >= 1, got {n!r}")
        G = self.G if self.average is None else self.average.module
        mode = G.training
        G.eval()
        try:
            return G(self.prior(n, rng))
        finally:
            G.train(mode)

    @torch.no_grad()
    def check(self, x: Tensor) -> None:
        weight = next(self.D.parameters())
        if x.dtype != weight.dtype or x.device != weight.device:
            raise ValueError(
                f"real must return {weight.dtype} on {weight.device}, as D computes, got {x.dtype} on {x.device}"
            )
        if x.dim() == 4 and not x.abs().max() <= 1:
            raise ValueError(f"real must return images in [-1, 1], got values from {x.min():.3g} to {x.max():.3g}")
        modes = [(part, part.training) for part in self.modules()]
        self.eval()  # so that looking changes no batch statistics
        try:
            y, out = self._try("G", self.G, self.prior(2, torch.Generator().manual_seed(0))), self._try("D", self.D, x)
        finally:
            for part, mode in modes:
                part.training = mode
        check_shapes(x, y)
        self.recipe.loss.score(out)

    @staticmethod
    def _try(name: str, network: nn.Module, x: Tensor) -> Tensor:
        try:
            return network(x)
        except RuntimeError as error:
            raise ValueError(
                f"{name} must take inputs of shape ({', '.join(map(str, ('n', *x.shape[1:])))}), "
                f"got a network that refuses them: {error}"
            ) from error

    def describe(self) -> dict[str, str]:
        nets = {name: " ".join(repr(net).split()) for name, net in (("G", self.G), ("D", self.D))}
        prior = re.sub(r",? ?device=device\([^)]*\)", "", repr(self.prior))
        prior = type(self.prior).__name__ if " at 0x" in prior else prior  # a function prints its address
        return {"game": type(self).__name__, **self.recipe.describe(), "prior": prior, **nets}

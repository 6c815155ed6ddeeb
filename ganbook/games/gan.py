"""The game of two players that most chapters play."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.data import normal
from ganbook.games.game import Average, Game, descend, first_samples
from ganbook.optimizers import Clip
from ganbook.penalties import Judge, differentiable
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts


def latent_width(G: nn.Module) -> int:
    """How many numbers G's first layer takes: the dimension of z.

    Raises: ValueError where G has no layer with in_features or in_channels.
    """
    for layer in G.modules():
        width = getattr(layer, "in_features", None) or getattr(layer, "in_channels", None)
        if width:
            return int(width)
    raise ValueError(f"G must hold a layer that tells its input width, got {type(G).__name__} without one")


def check_shapes(x: Batch, y: Batch) -> None:
    """Refuse generated samples y that are not of the data's shape, part by part.

    Raises: ValueError naming G and both shapes.
    """
    real, fake = ([tuple(part.shape[1:]) for part in parts(batch)] for batch in (x, y))
    if len(real) != len(fake):
        raise ValueError(
            f"real must return what this game makes, a batch of {len(fake)} part(s), got {len(real)}: "
            "for samples with labels a game that takes labels is needed"
        )
    for wanted, got in zip(real, fake, strict=True):
        if wanted != got:
            raise ValueError(f"G must make samples of the data's shape {wanted}, got {got}")


class GAN(Game):
    """Two players. G turns z into samples; D tells them from real ones.

    G: network from (n, z) to samples.
    D: network from samples to (n, recipe.loss.outputs).
    prior: Sampler of z; by default N(0, I) of the width of G's first layer.
    device: by default ganbook.device().

    The fakes of D's last step serve G's first step too: G has not moved in between, so drawing them again would only
    cost a second forward pass (Algorithm 1 of the paper draws anew). Where the recipe gives G more steps, each further
    one has fresh z and fresh data.

    A game whose batches have more than samples in them overrides `fake`, and D is called with all parts.

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
        self.prior = prior or normal(latent_width(G), self.device)

    def seat(self, G: nn.Module, D: nn.Module) -> None:
        """These networks play: fresh optimisers, and where the recipe asks for them a clip on D and an averaged G.

        Called once a game, and once more by a game whose networks grow.
        """
        recipe = self.recipe
        self.G, self.D = G, D
        self.player("D", D, lr=recipe.lr_d)
        self.player("G", G, lr=recipe.lr_g)
        self.average = Average(G, recipe.ema_halflife, recipe.batch) if recipe.ema_halflife else None
        if recipe.clip is not None:
            self.optimizers["D"].register_step_post_hook(Clip(recipe.clip))

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
        """Fakes to stand against the real batch x: as many, and of the form that `d_loss` takes."""
        return self.G(self.draw(self.prior, rng, len(parts(x)[0])))

    def d_loss(
        self,
        x: Batch,
        y: Batch,
        rng: torch.Generator,
        D: Callable[..., Tensor] | None = None,
    ) -> Scalar:
        """What D descends, penalties included; D: another network in its place.

        x: the real batch, y: what `fake` made beside it. A game that calls D with something else than the batch as it
        comes hands that on: super().d_loss((x, self.E(x)), y, rng).
        """
        check_shapes(x, y)
        loss, penalties = self.now.loss, self.now.penalties
        judge = Judge(D or self.D, loss.score)
        if penalties:  # they differentiate by what the loss has just looked at
            x, y = differentiable(x), differentiable(y)
        total = loss.d(judge.outputs(x), judge.outputs(y))
        for penalty in penalties:
            total = total + penalty(judge, x, y, rng)
        return total

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        """What G descends: y are fakes that still hang on G."""
        loss = self.now.loss
        seen = self.D(*parts(x)) if loss.g_sees_real else None
        return loss.g(seen, self.D(*parts(y)))

    @property
    def sampler(self) -> nn.Module:
        """The network that samples are drawn from: the averaged copy where there is one."""
        return self.G if self.average is None else self.average.module

    def critic(self, x: Samples, *given: Tensor) -> Tensor:
        """One number a sample: the score that the recipe's loss reads from D's outputs."""
        return self.now.loss.score(self.D(x, *given))

    @torch.no_grad()
    def sample(self, n: int, rng: torch.Generator) -> Samples:
        checks.whole("n", n)
        G = self.sampler
        mode = G.training
        G.eval()
        try:
            return G(self.prior(n, rng))
        finally:
            G.train(mode)

    @torch.no_grad()
    def check(self, real: Sampler) -> None:
        """Before round 1: are the data what D computes with, and do G and D take what they will be given?"""
        x = first_samples(real, self.recipe.batch)
        samples, weight = parts(x)[0], next(self.D.parameters())
        if samples.dtype != weight.dtype or samples.device != weight.device:
            raise ValueError(
                f"real must return {weight.dtype} on {weight.device}, as D computes, "
                f"got {samples.dtype} on {samples.device}"
            )
        rng = torch.Generator().manual_seed(0)
        modes = [(part, part.training) for part in self.modules()]
        self.eval()  # so that looking changes no batch statistics
        try:
            y = self._try("G", (), lambda: self.fake(x, rng))
            with torch.enable_grad():
                self._try("D", parts(x), lambda: self.d_loss(x, detached(y), rng))
        finally:
            for part, mode in modes:
                part.training = mode

    @staticmethod
    def _try(name: str, given: tuple[Tensor, ...], call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (RuntimeError, TypeError) as error:
            shapes = " and ".join(f"({', '.join(map(str, ('n', *part.shape[1:])))})" for part in given)
            took = f"inputs of shape {shapes}" if given else "what prior draws"
            raise ValueError(f"{name} must take {took}, got a network that refuses them: {error}") from error


def detached(batch: Batch) -> Batch:
    """A batch that no gradient goes through."""
    return tuple(part.detach() for part in batch) if isinstance(batch, tuple) else batch.detach()

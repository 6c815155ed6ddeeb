"""The game of two players that most chapters play."""

from __future__ import annotations

from collections.abc import Callable

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


def check_shapes(x: Batch, y: Batch, maker: str = "G") -> None:
    """Refuse fakes y that are not of the data's shape, part by part. maker: who made them.

    Raises: ValueError naming the maker and both shapes.
    """
    real, fake = ([tuple(part.shape[1:]) for part in parts(batch)] for batch in (x, y))
    if len(real) != len(fake):
        raise ValueError(
            f"real must return what this game makes, a batch of {len(fake)} part(s), got {len(real)}: "
            "for samples with labels a game that takes labels is needed"
        )
    for wanted, got in zip(real, fake, strict=True):
        if wanted != got:
            raise ValueError(f"{maker} must make samples of the data's shape {wanted}, got {got}")


class GameWithD(Game):
    """What games with one discriminator share: how it moves, what it descends, and whether the data fit it.

    A game calls `seat_d` once, and says in `fake` what stands against the data.
    """

    D: nn.Module

    maker = "G"
    """Who makes the fakes: the argument that is named where they do not fit."""

    def seat_d(self, D: nn.Module) -> None:
        """D plays: at the recipe's rate, and clipped where the recipe says so."""
        self.D = D
        self.player("D", D, lr=self.recipe.lr_d)
        if self.recipe.clip is not None:
            self.optimizers["D"].register_step_post_hook(Clip(self.recipe.clip))

    def fake(self, x: Batch, rng: torch.Generator) -> Batch:
        """Fakes to stand against the real batch x, as many and of its form."""
        raise NotImplementedError(f"{type(self).__name__} must define fake(x, rng)")

    def d_loss(
        self,
        x: Batch,
        y: Batch,
        rng: torch.Generator,
        D: Callable[..., Tensor] | None = None,
    ) -> Scalar:
        """What D descends, penalties included; D: another network in its place."""
        loss, penalties = self.now.loss, self.now.penalties
        judge = Judge(D or self.D, loss.score)
        if penalties:  # they differentiate by what the loss has just looked at
            x, y = differentiable(x), differentiable(y)
        total = loss.d(judge.outputs(x), judge.outputs(y))
        for penalty in penalties:
            total = total + penalty(judge, x, y, rng)
        return total

    def critic(self, x: Samples, *given: Tensor) -> Tensor:
        """One number a sample: the score that the recipe's loss reads from D's outputs."""
        return self.now.loss.score(self.D(x, *given))

    @torch.no_grad()
    def check(self, real: Sampler) -> None:
        x = first_samples(real, self.recipe.batch)
        samples, weight = parts(x)[0], next(self.D.parameters())
        if samples.dtype != weight.dtype or samples.device != weight.device:
            raise ValueError(
                f"real must return {weight.dtype} on {weight.device}, as D computes, "
                f"got {samples.dtype} on {samples.device}"
            )
        if samples.dim() == 4 and not samples.abs().max() <= 1:
            raise ValueError(
                f"real must return images in [-1, 1], got values from {samples.min():.3g} to {samples.max():.3g}"
            )
        modes = [(part, part.training) for part in self.modules()]
        self.eval()  # so that looking changes no batch statistics
        try:
            y = self._try("G", (), lambda: self.fake(x, torch.Generator().manual_seed(0)))
            out = self._try("D", parts(x), lambda: self.D(*parts(x)))
        finally:
            for part, mode in modes:
                part.training = mode
        check_shapes(x, y, self.maker)
        self.recipe.loss.score(out)

    @staticmethod
    def _try(name: str, given: tuple[Tensor, ...], call: Callable[[], Batch]) -> Batch:
        try:
            return call()
        except (RuntimeError, TypeError) as error:
            shapes = " and ".join(f"({', '.join(map(str, ('n', *part.shape[1:])))})" for part in given)
            took = f"inputs of shape {shapes}" if given else "what prior draws"
            raise ValueError(f"{name} must take {took}, got a network that refuses them: {error}") from error


class GAN(GameWithD):
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
        self.G = G
        self.seat_d(D)
        self.player("G", G, lr=recipe.lr_g)
        self.prior = prior or normal(latent_width(G), self.device)
        self.average = Average(G, recipe.ema_halflife, recipe.batch) if recipe.ema_halflife else None

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, move = self.recipe, self.optimizers
        for k in range(recipe.d_steps):
            x = self.draw(real, rng)
            with torch.set_grad_enabled(k == recipe.d_steps - 1):  # the last are G's too
                y = self.fake(x, rng)
            check_shapes(x, y)
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
        """Fakes to stand against the real batch x, as many and of its form."""
        return self.G(self.draw(self.prior, rng, len(parts(x)[0])))

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        """What G descends: y are fakes that still hang on G."""
        loss = self.now.loss
        seen = self.D(*parts(x)) if loss.g_sees_real else None
        return loss.g(seen, self.D(*parts(y)))

    @property
    def sampler(self) -> nn.Module:
        """The network that samples are drawn from: the averaged copy where there is one."""
        return self.G if self.average is None else self.average.module

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

    def extra_repr(self) -> str:
        return f"prior={self.prior!r}"


def detached(batch: Batch) -> Batch:
    """A batch that no gradient goes through."""
    return tuple(part.detach() for part in batch) if isinstance(batch, tuple) else batch.detach()

"""What games with one discriminator share: how it moves, what it descends, and whether the data fit it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.games import fitting
from ganbook.games.game import Game, first_samples
from ganbook.models import still
from ganbook.optimizers import Clip
from ganbook.penalties import Judge, differentiable
from ganbook.types import Batch, Sampler, Samples, Scalar, parts


def check_shapes(x: Batch, y: Batch, maker: str = "G") -> None:
    """Refuse fakes y that are not of the data's shape, part by part. maker: who made them.

    Raises: ValueError naming the maker and both shapes.
    """
    checks.batch("x", x)
    checks.batch("y", y)
    real, fake = ([tuple(part.shape[1:]) for part in parts(batch)] for batch in (x, y))
    if len(real) != len(fake):
        raise ValueError(
            f"real must return what this game makes, a batch of {len(fake)} part(s), got {len(real)}: "
            "for samples with labels a game that takes labels is needed"
        )
    for wanted, got in zip(real, fake, strict=True):
        if wanted != got:
            raise ValueError(
                f"{maker} must make samples of the data's shape {wanted}, got {got}{fitting.made(maker, wanted, got)}"
            )


class GameWithD(Game):
    """A game whose D tells real batches from those of `fake`, which a game of this kind defines.

    It calls `seat_d` once, and once more where its networks grow.
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
        """Fakes to stand against the real batch x: as many, and of the form that `d_loss` takes."""
        raise NotImplementedError(f"{type(self).__name__} must define fake(x, rng)")

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
        check_shapes(x, y, self.maker)
        x, y = self.shown(x), self.shown(y)
        loss, penalties = self.now.loss, self.now.penalties
        judge = Judge(D or self.D, loss.score)
        if penalties:  # they differentiate by what the loss has just looked at
            x, y = differentiable(x), differentiable(y)
        total = loss.d(judge.outputs(x), judge.outputs(y))
        for penalty in penalties:
            total = total + penalty(judge, x, y, rng)
        return total

    def shown(self, batch: Batch) -> Batch:
        """What D gets to see of a batch, real or fake, in both players' steps: its samples, augmented by the recipe."""
        for augment in self.recipe.augment:
            batch = (augment(batch[0]), *batch[1:]) if isinstance(batch, tuple) else augment(batch)
        return batch

    def critic(self, x: Samples, *given: Tensor) -> Tensor:
        """One number a sample: the score that the recipe's loss reads from D's outputs."""
        return self.now.loss.score(self.D(x, *given))

    def check(self, real: Sampler) -> None:
        """Before round 1: are the data what D computes with, and do G and D take what they will be given?"""
        x = first_samples(real, self.share)
        samples, weight = parts(x)[0], next(self.D.parameters())
        if samples.dtype != weight.dtype or samples.device != weight.device:
            raise ValueError(
                f"real must return {weight.dtype} on {weight.device}, as D computes, "
                f"got {samples.dtype} on {samples.device}"
            )
        rng = torch.Generator().manual_seed(0)
        with still(self):  # so that looking changes no batch statistics
            with torch.enable_grad():  # penalties differentiate; and the graph tells how a network ends
                y = self._try(self.maker, (), lambda: self.fake(x, rng))
                with fitting.watched(self.D) as seen:
                    self._try("D", parts(x), lambda: self.d_loss(x, detached(y), rng))
        fitting.check_players(self.recipe, self.D, getattr(self, "G", None))
        fitting.check_ends(seen, samples, parts(y)[0])

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

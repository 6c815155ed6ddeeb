"""Many runs of one training, side by side: their weights stacked, one product of matrices a layer for all of them.

A network of the plane is so small that Python takes longer than the arithmetic; ten runs side by side take little more
time than one. The rows of a batch are dealt out in equal blocks, one a run, and no run sees another's: losses and
penalties are summed over runs, so each gets the gradients, and takes the steps, that it would get alone.

    game = SideBySide(lambda: (mlp([2, 64, 2]), mlp([2, 64, 1])), range(10), NON_SATURATING)
    fit(train(game, data.ring(), rounds=1_000))
    game.samples(2_500, rng)                         # (10, 2500, 2)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.games.gan import GAN
from ganbook.losses import AdversarialLoss
from ganbook.models import still
from ganbook.models.stacked import deal, stack
from ganbook.penalties import Critic, Penalty
from ganbook.recipes import Recipe
from ganbook.types import Batch, Float, Outputs, Sampler, Samples, Scalar


@dataclass(frozen=True)
class EachRun:
    """A loss taken for each run alone, and summed. What couples a batch, such as a mean, couples that of one run.

    loss: that of all runs, or a tuple with one a run. Runs with fewer outputs than the widest use the first of theirs.
    """

    loss: AdversarialLoss | tuple[AdversarialLoss, ...]
    runs: int

    def __post_init__(self) -> None:
        checks.whole("runs", self.runs)
        if isinstance(self.loss, tuple) and len(self.loss) != self.runs:
            raise ValueError(f"loss must be one, or one a run ({self.runs}), got {len(self.loss)}")

    @property
    def outputs(self) -> int:
        """Width of D's last layer: that of the widest loss."""
        return max(loss.outputs for loss in self.kinds)

    @property
    def g_sees_real(self) -> bool:
        """Does any of the losses look at D(x) in G's step?"""
        return any(loss.g_sees_real for loss in self.kinds)

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        return self._sum(lambda loss, real, fake: loss.d(real, fake), real, fake)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        if real is None:
            return self._sum(lambda loss, mine: loss.g(None, mine), fake)
        return self._sum(lambda loss, real, fake: loss.g(real if loss.g_sees_real else None, fake), real, fake)

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        """One number a sample, by the loss of its run."""
        if not isinstance(self.loss, tuple):
            return self.loss.score(out)
        blocks = deal(out, self.runs)
        own = [loss.score(mine[:, : loss.outputs]) for loss, mine in zip(self.loss, blocks, strict=True)]
        return torch.cat(own)

    @cached_property
    def kinds(self) -> dict[AdversarialLoss, list[int]]:
        """Each different loss with its runs."""
        kinds: dict[AdversarialLoss, list[int]] = {}
        for run, loss in enumerate(self.loss if isinstance(self.loss, tuple) else [self.loss] * self.runs):
            kinds.setdefault(loss, []).append(run)
        return kinds

    def _sum(self, one: Callable[..., Tensor], *outs: Outputs) -> Scalar:
        order = [run for runs in self.kinds.values() for run in runs]
        sizes = [len(runs) for runs in self.kinds.values()]
        total = 0.0
        blocks = [deal(out, self.runs) for out in outs]
        if order != sorted(order):
            blocks = [block[order] for block in blocks]
        for loss, *mine in zip(self.kinds, *(block.split(sizes) for block in blocks), strict=True):
            if isinstance(self.loss, tuple):
                mine = [block[:, :, : loss.outputs] for block in mine]
            total = total + torch.vmap(lambda *out, loss=loss: one(loss, *out), randomness="different")(*mine).sum()
        return total


@dataclass(frozen=True)
class AllRuns:
    """A penalty, which is a mean over rows, for all runs at once: the sum of theirs.

    A penalty that looks at its batch as a whole looks at all runs' rows: UniformNoise's deviation is theirs together.
    """

    penalty: Penalty
    runs: int

    def __call__(self, critic: Critic, real: Batch, fake: Batch, rng: torch.Generator) -> Scalar:
        return self.runs * self.penalty(critic, real, fake, rng)


class SideBySide(GAN):
    """One GAN a seed, trained side by side.

    make: called once a seed, with torch's global randomness at that seed, returns (G, D).
    seeds: one a run; the same seed twice gives two runs that start alike.
    recipe: that of one run, or one a run; these may differ in their loss alone.
    prior: as in GAN.

    Real samples, latents and penalties are drawn from one stream, different rows for each run, so that runs are
    independent; a run's result depends on how many others there are, but not on what they do. Runs go on where others
    have become nan; the game is lost when all of them are.

    Raises: ValueError as `stack`, and as GAN; for no seeds, or recipes that are not one a run or differ in more.
    Derived in: chapter 11.
    """

    def __init__(
        self,
        make: Callable[[], tuple[nn.Sequential, nn.Sequential]],
        seeds: Sequence[int],
        recipe: Recipe | Sequence[Recipe],
        prior: Sampler | None = None,
        device: torch.device | None = None,
    ) -> None:
        checks.maker("make", make, "a function that makes a pair of networks (G, D)")
        checks.series("seeds", seeds, "whole numbers >= 0")
        pairs, seeds = [], tuple(seeds)
        with torch.random.fork_rng():
            for seed in seeds:
                checks.whole("seeds", seed, 0)
                torch.manual_seed(seed)
                pairs.append(make())
        if not pairs:
            raise ValueError("seeds must be one or more, got none")
        if wrong := [pair for pair in pairs if not isinstance(pair, tuple) or len(pair) != 2]:
            raise ValueError(f"make must return a pair of networks (G, D), got {type(wrong[0]).__name__}")
        self.runs = runs = len(pairs)
        one, loss = _common(recipe, runs)
        together = replace(
            one,
            loss=EachRun(loss, runs),
            penalties=tuple(AllRuns(penalty, runs) for penalty in one.penalties),
            batch=one.batch * runs,
            ema_halflife=one.ema_halflife and one.ema_halflife * runs,
        )
        super().__init__(stack([G for G, _ in pairs]), stack([D for _, D in pairs]), together, prior, device)
        self.seeds = seeds

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """One round of every run; the losses are means over runs."""
        return {name: loss / self.runs for name, loss in super().round(real, rng).items()}

    def samples(self, n: int, rng: torch.Generator) -> Float[Tensor, "runs each ..."]:
        """n samples of each run, from latents of their own."""
        return deal(self.sample(n * self.runs, rng), self.runs)

    def shared(self, z: Samples) -> Float[Tensor, "runs each ..."]:
        """What every run makes of the same latents, in evaluation mode."""
        with still(self.sampler):
            return deal(self.sampler(z.repeat(self.runs, *[1] * (z.dim() - 1))), self.runs)

    def alive(self) -> list[bool]:
        """For each run: are all its weights finite?"""
        stacked = [p for p in self.parameters() if len(p) == self.runs]
        finite = torch.stack([p.detach().flatten(1).isfinite().all(1) for p in stacked]).all(0)
        return finite.tolist()

    def lost(self, readings: dict[str, Scalar]) -> bool:
        """Only when all runs are: a run that is nan leaves the others as they are."""
        return super().lost(readings) and not any(self.alive())


def _common(recipe: Recipe | Sequence[Recipe], runs: int) -> tuple[Recipe, object]:
    """What all runs share, and their loss, or their losses as a tuple."""
    if isinstance(recipe, Recipe):
        return recipe, recipe.loss
    recipes = list(recipe) if isinstance(recipe, Sequence) and not isinstance(recipe, str) else [recipe]
    if not all(isinstance(one, Recipe) for one in recipes) or len(recipes) != runs:
        raise ValueError(f"recipe must be a Recipe, or one a run ({runs}), got {recipe!r:.200}")
    for field in fields(Recipe):
        values = {repr(getattr(one, field.name)) for one in recipes}
        if field.name != "loss" and len(values) > 1:
            raise ValueError(
                f"recipe may differ between runs in its loss only, got {field.name} of {' and '.join(sorted(values))}"
            )
    return recipes[0], tuple(one.loss for one in recipes)

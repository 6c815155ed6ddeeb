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
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from ganbook.games.gan import GAN, check_shapes
from ganbook.losses import AdversarialLoss
from ganbook.models.stacked import deal, stack
from ganbook.penalties import Critic, Penalty
from ganbook.recipes import Recipe
from ganbook.types import Batch, Float, Outputs, Sampler, Samples, Scalar


@dataclass(frozen=True)
class EachRun:
    """A loss taken for each run alone, and summed. What couples a batch, such as a mean, couples that of one run."""

    loss: AdversarialLoss
    runs: int

    @property
    def outputs(self) -> int:
        return self.loss.outputs

    @property
    def g_sees_real(self) -> bool:
        return self.loss.g_sees_real

    def d(self, real: Outputs, fake: Outputs) -> Scalar:
        return self._sum(self.loss.d, real, fake)

    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        if real is None:
            return self._sum(lambda mine: self.loss.g(None, mine), fake)
        return self._sum(self.loss.g, real, fake)

    def score(self, out: Outputs) -> Float[Tensor, " n"]:
        return self.loss.score(out)

    def _sum(self, one: Callable[..., Tensor], *outs: Outputs) -> Scalar:
        return torch.vmap(one, randomness="different")(*(deal(out, self.runs) for out in outs)).sum()


@dataclass(frozen=True)
class AllRuns:
    """A penalty, which is a mean over rows, for all runs at once: the sum of theirs.

    A penalty that looks at its batch as a whole looks at all runs' rows: UniformNoise's deviation is theirs together.
    """

    penalty: Penalty
    runs: int

    def __call__(self, critic: Critic, real: Samples, fake: Samples, rng: torch.Generator) -> Scalar:
        return self.runs * self.penalty(critic, real, fake, rng)


class SideBySide(GAN):
    """One GAN a seed, trained side by side.

    make: called once a seed, with torch's global randomness at that seed, returns (G, D). recipe: that of one run.
    prior: as in GAN. Real samples, latents and penalties are drawn from one stream, different rows for each run, so
    that runs are independent; a run's result depends on how many others there are, but not on what they do.

    Raises: ValueError as `stack`, and as GAN.
    Derived in: chapter 11.
    """

    def __init__(
        self,
        make: Callable[[], tuple[nn.Sequential, nn.Sequential]],
        seeds: Sequence[int],
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
    ) -> None:
        pairs = []
        with torch.random.fork_rng():
            for seed in seeds:
                torch.manual_seed(seed)
                pairs.append(make())
        self.runs = runs = len(pairs)
        together = replace(
            recipe,
            loss=EachRun(recipe.loss, runs),
            penalties=tuple(AllRuns(penalty, runs) for penalty in recipe.penalties),
            batch=recipe.batch * runs,
            ema_halflife=recipe.ema_halflife and recipe.ema_halflife * runs,
        )
        super().__init__(stack([G for G, _ in pairs]), stack([D for _, D in pairs]), together, prior, device)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """One round of every run; the losses are means over runs."""
        return {name: loss / self.runs for name, loss in super().round(real, rng).items()}

    def samples(self, n: int, rng: torch.Generator) -> Float[Tensor, "runs each ..."]:
        """n samples of each run, from latents of their own."""
        return deal(self.sample(n * self.runs, rng), self.runs)

    @torch.no_grad()
    def shared(self, z: Batch) -> Float[Tensor, "runs each ..."]:
        """What every run makes of the same latents, in evaluation mode."""
        G = self.G if self.average is None else self.average.module
        mode = G.training
        y = G.eval()(z.repeat(self.runs, *[1] * (z.dim() - 1)))
        G.train(mode)
        return deal(y, self.runs)

    @torch.no_grad()
    def check(self, x: Tensor) -> None:
        self.eval()
        y = self._try("G", self.G, self.prior(self.runs, torch.Generator().manual_seed(0)))
        check_shapes(x, y)
        self.recipe.loss.score(self._try("D", self.D, x[:1].expand(self.runs, *x.shape[1:])))
        self.train()

"""BigBiGAN: D judges pairs by three scores, of the sample, of the latent and of both, each with a loss of its own."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.games.bigan import BiGAN, Pair
from ganbook.games.game import descend
from ganbook.games.with_d import check_shapes, detached
from ganbook.models.bigbigan import SCORES
from ganbook.penalties import Judge, differentiable
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.types import Batch, Float, Outputs, Sampler, Samples, Scalar


class BigBiGAN(BiGAN):
    """Three players. D tells (x, E(x)) from (G(z), z) by three scores; G moves the second pair, E the first.

    D descends  sum_k d(s_k(x, E(x)), s_k(G(z), z))  over the scores k that count: "x", "z", "xz"
    G descends  sum_k g(s_k(G(z), z)),   of the hinge  -E s_k(G(z), z): s_z has no word for it,
    E descends  sum_k g(-s_k(x, E(x))),  of the hinge  +E s_k(x, E(x)): s_x has no word for it.

    The loss is taken of each score by itself and summed (the authors take the mean, which Adam does not tell from the
    sum). Each term of the hinge has the least value 2 (1 - TV) of its two laws, and the marginals' TV is never above
    that of the pairs: where s_xz is satisfied, so are the others.

    G: network from (n, z) to samples.
    E: network from samples to (n, z), such as models.Stochastic.
    D: network of two arguments, D(x, z), to (n, 3): s_x, s_z, s_xz, such as models.Scores.
    recipe: lr_g is the rate of G. Its penalties look at the sum of the scores that count.
    prior: Sampler of z; by default N(0, I) of the width of G's first layer.
    device: by default ganbook.device().
    scores: those that count, in a tuple. ("xz",) is BiGAN; ("x", "z") leaves open which z belongs to which x; ("x",) is
        a plain GAN, in which E has nothing to descend.
    lr_e: E's rate; by default that of G.

    Raises: ValueError as BiGAN, and where a score is unknown, named twice or none is; before round 1 where D does not
    make three scores, or the loss is not one of one output whose g looks at fakes alone.
    Source: Donahue and Simonyan 2019, section 2, eqs. 1 to 5. Derived in: chapter 18.
    """

    def __init__(
        self,
        G: nn.Module,
        E: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        scores: tuple[str, ...] = SCORES,
        lr_e: float | Ramp | None = None,
    ) -> None:
        known = isinstance(scores, tuple) and all(score in SCORES for score in scores)
        if not known or not scores or len(set(scores)) < len(scores):
            raise ValueError(f"scores must be a tuple of one or more of {', '.join(SCORES)}, got {scores!r}")
        super().__init__(G, E, D, recipe, prior, device)
        if not isinstance(lr_e, Ramp) and lr_e is not None:
            checks.positive("lr_e", lr_e)
        self.scores, self.lr_e = scores, lr_e
        self.player("G", G, lr=recipe.lr_g)  # without E, which moves at its own rate
        self.player("E", E, lr=recipe.lr_g if lr_e is None else lr_e)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, move = self.recipe, self.optimizers
        for k in range(recipe.d_steps):
            x = self.draw(real, rng)
            with torch.set_grad_enabled(k == recipe.d_steps - 1):  # the last are G's too
                y = self.fake(x, rng)
            d_loss = descend(move["D"], self.d_loss(x, detached(y), rng))
        for k in range(recipe.g_steps):
            if k:  # G and E have moved
                x = self.draw(real, rng)
                y = self.fake(x, rng)
            g_loss = descend(move["G"], self.g_loss(x, y))
            e_loss = descend(move["E"], self.e_loss(x))
        for average, network in ((self.average, self.G), (self.average_e, self.E)):
            if average is not None:
                average.update_parameters(network)
        return {"D": d_loss, "G": g_loss, "E": e_loss}

    def counted(self, out: Outputs) -> dict[str, Float[Tensor, "n 1"]]:
        """Of D's three columns those that count, by name, each (n, 1)."""
        if out.dim() != 2 or out.shape[1] != len(SCORES):
            raise ValueError(f"D must make {len(SCORES)} scores a row, (n, {len(SCORES)}), got {tuple(out.shape)}")
        return {name: column for name, column in zip(SCORES, out.split(1, 1), strict=True) if name in self.scores}

    def d_loss(
        self,
        x: Batch,
        y: Pair,
        rng: torch.Generator,
        D: Callable[..., Tensor] | None = None,
    ) -> Scalar:
        with torch.no_grad():  # E is not D's to move
            pair = (x, self.E(x))
        check_shapes(pair, y, self.maker)
        loss, penalties = self.now.loss, self.now.penalties
        judge = Judge(D or self.D, self.total)
        if penalties:
            pair, y = differentiable(pair), differentiable(y)
        real, fake = self.counted(judge.outputs(pair)), self.counted(judge.outputs(y))
        total = sum(loss.d(real[k], fake[k]) for k in real)
        for penalty in penalties:
            total = total + penalty(judge, pair, y, rng)
        return total

    def g_loss(self, x: Batch, y: Pair) -> Scalar:
        return sum(
            self.now.loss.g(None, fake)  # of s_z too, which has no slope for G
            for fake in self.counted(self.D(*y)).values()
        )

    def e_loss(self, x: Samples) -> Scalar:
        """What E descends: its pairs are to be taken for G's."""
        seen = self.counted(self.D(x, self.E(x)))
        return sum(self.now.loss.g(None, -real) for real in seen.values())

    def total(self, out: Outputs) -> Tensor:
        """One number a pair: the sum of the scores that count."""
        return sum(self.now.loss.score(column) for column in self.counted(out).values())

    def critic(self, x: Samples, *given: Tensor) -> Tensor:
        return self.total(self.D(x, *given))

    def check(self, real: Sampler) -> None:
        loss = self.now.loss
        if loss.outputs != 1 or loss.g_sees_real:
            raise ValueError(
                f"loss must be of one output, with a g that looks at fakes alone, as Hinge() is; got {loss!r}"
            )
        super().check(real)

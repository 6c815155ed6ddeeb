"""The unrolled game: G moves against the discriminator that would answer, not against the one that stands."""

from __future__ import annotations

from functools import partial

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ganbook import checks
from ganbook.games.gan import GAN
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Scalar, parts

Weights = dict[str, Tensor]


class Unrolled(GAN):
    """G's loss is taken after `steps` further steps of D that are imagined, and differentiated through them.

    psi_0 = psi,  psi_{k+1} = psi_k - eta * grad_psi L_D(theta, psi_k),  G descends L_G(theta, psi_K) in theta.

    The imagined steps are forgotten: D's real steps come before, as many as the recipe says, as in GAN. With steps=0
    this is GAN, to the last bit. eta is D's learning rate divided, weight by weight, by Adam's present sqrt(v): what
    D's own optimiser would do without momentum. Other optimisers give plain gradient steps of their learning rate.

    steps: K >= 0; each costs about as much as a step of D, twice differentiated, in memory too.

    Raises: ValueError where steps is not a whole number >= 0.
    Source: Metz et al. 2017, eqs. 7 to 9. Derived in: chapter 7.
    """

    def __init__(
        self,
        G: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        steps: int = 5,
    ) -> None:
        self.steps = checks.whole("steps", steps, least=0)
        super().__init__(G, D, recipe, prior, device)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        self._rng = rng  # penalties draw in the imagined steps too
        return super().round(real, rng)

    def g_loss(self, x: Batch, y: Batch) -> Scalar:
        loss, weights = self.now.loss, dict(self.D.named_parameters())
        sizes = self.step_sizes()
        for _ in range(self.steps):
            answer = self.d_loss(x, y, self._rng, D=partial(self.play, weights))
            slopes = torch.autograd.grad(answer, list(weights.values()), create_graph=True)
            pairs = zip(weights.items(), slopes, strict=True)
            weights = {name: w - sizes[name] * slope for (name, w), slope in pairs}
        seen = self.play(weights, *parts(self.shown(x))) if loss.g_sees_real else None
        return loss.g(seen, self.play(weights, *parts(self.shown(y))))

    def play(self, weights: Weights, *batch: Tensor) -> Tensor:
        """D's outputs, were its weights these."""
        return functional_call(self.D, weights, batch)

    def step_sizes(self) -> dict[str, Tensor]:
        """How far D's optimiser would move each weight for a gradient of 1, momentum apart."""
        optimizer = self.optimizers["D"]
        group = optimizer.param_groups[0]
        sizes = {}
        for name, w in self.D.named_parameters():
            state = optimizer.state.get(w, {})  # to ask for it would make one, of weights that are not its own too
            size = torch.full_like(w, group["lr"])
            if "exp_avg_sq" in state:
                v = state["exp_avg_sq"] / (1 - group["betas"][1] ** state["step"].item())
                size = size / (v.sqrt() + group["eps"])
            sizes[name] = size
        return sizes

"""The unrolled game: G moves against the discriminator that would answer, not against the one that stands."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.func import functional_call

from ganbook.games.game import descend
from ganbook.games.gan import GAN, check_shapes
from ganbook.recipes import Recipe
from ganbook.types import Sampler, Samples, Scalar

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
        if not isinstance(steps, int) or isinstance(steps, bool) or steps < 0:
            raise ValueError(f"steps must be a whole number >= 0, got {steps!r}")
        super().__init__(G, D, recipe, prior, device)
        self.steps = steps

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        recipe, loss = self.recipe, self.recipe.loss
        for k in range(recipe.d_steps):
            x, z = real(recipe.batch, rng), self.prior(recipe.batch, rng)
            with torch.set_grad_enabled(k == recipe.d_steps - 1):
                y = self.G(z)
            check_shapes(x, y)
            d_loss = self.answer_loss(dict(self.D.named_parameters()), x, y.detach(), rng)
            descend(self.optimizers["D"], d_loss)

        weights, sizes = dict(self.D.named_parameters()), self.step_sizes()
        for _ in range(self.steps):
            gradients = torch.autograd.grad(
                self.answer_loss(weights, x, y, rng), list(weights.values()), create_graph=True
            )
            weights = {name: w - sizes[name] * g for (name, w), g in zip(weights.items(), gradients, strict=True)}
        g_loss = loss.g(self.play(weights, x) if loss.g_sees_real else None, self.play(weights, y))
        descend(self.optimizers["G"], g_loss)
        if self.average is not None:
            self.average.update_parameters(self.G)
        return {"D": d_loss.detach(), "G": g_loss.detach()}

    def play(self, weights: Weights, x: Samples) -> Tensor:
        """D's outputs, were its weights these."""
        return functional_call(self.D, weights, (x,))

    def answer_loss(self, weights: Weights, x: Samples, y: Samples, rng: torch.Generator) -> Scalar:
        """D's whole loss, penalties included, as a function of its weights and of the fakes y."""
        loss = self.recipe.loss
        total = loss.d(self.play(weights, x), self.play(weights, y))
        for penalty in self.recipe.penalties:
            total = total + penalty(lambda u: loss.score(self.play(weights, u)), x, y, rng)
        return total

    def step_sizes(self) -> dict[str, Tensor]:
        """How far D's optimiser would move each weight for a gradient of 1, momentum apart."""
        optimizer = self.optimizers["D"]
        group = optimizer.param_groups[0]
        sizes = {}
        for name, w in self.D.named_parameters():
            state = optimizer.state[w]
            size = torch.full_like(w, group["lr"])
            if "exp_avg_sq" in state:
                v = state["exp_avg_sq"] / (1 - group["betas"][1] ** state["step"].item())
                size = size / (v.sqrt() + group["eps"])
            sizes[name] = size
        return sizes

    def describe(self) -> dict[str, str]:
        return {**super().describe(), "unrolled steps": repr(self.steps)}

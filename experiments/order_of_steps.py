"""In turns or both at once? Chapter 1's ring with the steps of Algorithm 1 and with those of the authors' program."""

from __future__ import annotations

import torch

from ganbook import claims, data, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, descend
from ganbook.losses import NonSaturating
from ganbook.recipes import Recipe
from ganbook.train import fit, train
from ganbook.types import Sampler, Scalar

ROUNDS, N = 1_500, 2_000
RECIPE = Recipe(NonSaturating(), batch=128, lr_d=1e-3, lr_g=1e-3)


class AtOnce(GAN):
    """Both gradients are taken at the same point, from one minibatch; then both players step.

    Source: get_gradients of goodfeli/adversarial. Derived in: chapter 1.
    """

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        x = self.draw(real, rng)
        y = self.fake(x, rng)
        g_loss = self.g_loss(x, y)
        slopes = torch.autograd.grad(g_loss, list(self.G.parameters()))  # before D moves
        d_loss = descend(self.optimizers["D"], self.d_loss(x, y.detach(), rng))
        for weight, slope in zip(self.G.parameters(), slopes, strict=True):
            weight.grad = slope
        self.optimizers["G"].step()
        return {"D": d_loss, "G": g_loss.detach()}


GAMES = {"in turns": GAN, "at once": AtOnce}


def training(variant: str, seed: int) -> dict[str, float]:
    """Clusters with at least 20 good samples of N, and the share of good ones; networks and batches from the seed."""
    torch.manual_seed(seed)
    networks = models.mlp([2, 64, 64, 2]), models.mlp([2, 64, 64, 1])
    game, ring = GAMES[variant](*networks, RECIPE), data.ring(std=0.05)
    fit(train(game, ring, rounds=ROUNDS, seed=seed, progress=False))
    samples = game.sample(N, claims.rng(100 + seed)).cpu()
    found = metrics.mode_scores(samples, ring.means.cpu(), ring.std, least=20)
    return {"clusters": float(found.modes), "good": float(found.high_quality)}


EXPERIMENT = Experiment(
    name="order_of_steps",
    question="Does it matter whether the two players step in turns or at once?",
    variants=tuple(GAMES),
    seeds=tuple(range(10)),
    measures=("clusters", "good"),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live="01: on_ring",
    differs={"seeds": "ten for one", "variants": "also with both steps taken at once"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

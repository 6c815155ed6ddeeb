"""Does a larger batch make better digits? And does batch norm mind that it sees a batch in parts?

16 px digits, float32, one process. "32" to "256": the effective batch, made of 1, 2, 4 or 8 parts of 32 rows, with the
same rates, layer norm in G and spectral norm in D; scored after 8,000 and 16,000 real images, so that 8,000 of "32" are
as many rounds as 16,000 of "64". "64 rows" and "8 rows": batches of 64 with batch norm in both networks, which sees
so many rows at a time, as it does in 1 or 8 processes that do not share it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import torch
from dcgan_guidelines import enlarged
from torch import Tensor

from ganbook import data, features, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import InParts
from ganbook.recipes import HINGE
from ganbook.train import train

CPU = torch.device("cpu")
RECIPE = replace(HINGE, lr_d=1e-3, lr_g=1e-3, ema_halflife=2_000)
LOOKS, N = (8_000, 16_000), 2_000
PLAIN = {f"{32 * parts}": (("layer", "spectral"), 32 * parts, parts) for parts in (1, 2, 4, 8)}
NORMED = {f"{64 // parts} rows": (("batch", "batch"), 64, parts) for parts in (1, 8)}


@cache
def held_out() -> Tensor:
    """Features of the held-out digits."""
    return features.load("digits").features(enlarged(data.digits(16, split="test", device=CPU).x))


def distance(images: Tensor) -> float:
    """Book Frechet distance of samples to the held-out digits."""
    return float(metrics.frechet_distance(held_out(), features.load("digits").features(enlarged(images))))


def training(variant: str, seed: int) -> dict[str, list[float]]:
    """One training, scored as it goes on."""
    (g, d), batch, parts = (PLAIN | NORMED)[variant]
    torch.manual_seed(seed)
    pair = models.dcgan(16, 1, z=32, width=16, norm_g=g, norm_d=d)
    game = InParts(*pair, replace(RECIPE, batch=batch), data.normal(32, CPU), CPU, parts=parts)
    rounds = {images // batch for images in LOOKS}
    run = train(game, data.digits(16, device=CPU), rounds=max(rounds), seed=seed, progress=False)
    return {"book Frechet distance": [distance(s.sample(N)) for s in run if s.n in rounds]}


EXPERIMENT = Experiment(
    name="scaling_batches",
    question="What does a larger batch bring, and what a batch norm that sees a part of it?",
    variants=(*PLAIN, *NORMED),
    seeds=tuple(range(2)),
    measures=("book Frechet distance",),
    measure=lambda variant, seeds: [training(variant, seed) for seed in seeds],
    apart=True,
    live=None,
    differs={"live": "a page, not a chapter, shows it"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

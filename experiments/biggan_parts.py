"""What does each ingredient of BigGAN change in half a minute? Four classes of faces, 16 px, equal processor time.

"full": class-conditional batch norm with skip-z and a shared embedding of 8 numbers, projection, orthogonal weights,
spectral norm in D, hinge, an average over 2,000 images with standing statistics: models.biggan and
games.conditional.BIGGAN_LITE, 400 rounds of batches of 32. Each other variant changes one thing; those with networks of
the same shapes start from the same weights and see the same data. Where a round costs more or less, rounds are fewer or
more, so that all take the processor time of "full" (ROUNDS: measured on seed 100, beside one another). "no average" and
"copied statistics" are the training of "full" seen otherwise: the last weights of G with standing statistics of their
own, and the averaged weights with the running statistics of the last ones. "real": training faces in place of fakes.

Measured of 1,000 samples, 250 a class, against 1,000 held-out faces: the share in which the classifier of chapter 6
finds the class that was asked for; precision and recall in its features and on pixels; both Frechet distances. seconds:
of processor time in training.

Settings from three trials of 25 s on seed 100. One had the average over 10,000 images that longer runs can have: after
300 rounds more than half of it was the first weights, so 2,000 here. The other two: with and without skip-z.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor

from ganbook import features, models
from ganbook.experiments import Experiment, main
from ganbook.games import ConditionalGAN
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.studies.conditional import CLASSES, four_classes, scores
from ganbook.train import fit, train

SEEDS, N, CPU = (0, 1, 2, 3, 4), 1_000, torch.device("cpu")
VARIANTS: dict[str, dict[str, Any]] = {
    "no class in batch norm": {"conditional": False},
    "concatenation": {"label": "concatenation"},
    "no label in D": {"label": None},
    "spectral norm in G too": {"spectral_g": True},
    "no spectral norm": {"spectral_d": False},
    "normal weights": {"init": "normal"},
    "orthogonal penalty": {"orthogonal": 1e-4},
    "no skip-z": {"skip_z": False},
    "attention": {"attention": True},
    "two steps of D": {"d_steps": 2},
    "half the width": {"width": 8, "width_d": 16},
}
"""What each variant of its own training changes: of the pair, of the recipe or of the game."""
ROUNDS = {
    "no spectral norm": 465,
    "attention": 328,
    "two steps of D": 250,
    "half the width": 697,
}
"""Rounds that take as long as 400 of "full", where a round costs over 5 % more or less."""
SEEN = ("full", "no average", "copied statistics")
"""One training, seen in three ways."""


@cache
def faces(split: str):
    return four_classes(split, CPU)


def played(seed: int, rounds: int, **changes: Any) -> tuple[ConditionalGAN, float]:
    """A game after its rounds, and the processor time they took."""
    orthogonal, d_steps = changes.pop("orthogonal", 0.0), changes.pop("d_steps", 1)
    torch.manual_seed(seed)
    G, D = models.biggan(len(CLASSES), **changes)
    game = ConditionalGAN(G, D, replace(BIGGAN_LITE, d_steps=d_steps), len(CLASSES), device=CPU, orthogonal=orthogonal)
    start = time.process_time()
    fit(train(game, faces("train").labelled, rounds=rounds, seed=seed, progress=False))
    return game, time.process_time() - start


def scored(x: Tensor, y: Tensor, seed: int) -> dict[str, float]:
    """All that is measured of samples asked for by class."""
    rows = torch.randperm(len(faces("test")), generator=torch.Generator().manual_seed(seed))[:N]
    return scores(features.load("faces", device="cpu"), faces("test").x[rows], x, y)


def looked_at(game: ConditionalGAN, seed: int, standing: int = 16) -> dict[str, float]:
    """The scores of N samples, as many of each class."""
    y = torch.arange(N) % len(CLASSES)
    return scored(game.sample(N, torch.Generator().manual_seed(1_000 + seed), y=y, standing=standing), y, seed)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed; that of "full" is seen in three ways, variant by variant."""
    rows: list[list[dict[str, float]]] = []
    for seed in seeds:
        if variant == "real":
            x, y = faces("train").labelled(N, torch.Generator().manual_seed(seed))
            rows.append([{"round": 0.0, "seconds": 0.0, **scored(x, y, seed)}])
            continue
        rounds = ROUNDS.get(variant, 400)
        game, seconds = played(seed, rounds, **VARIANTS.get(variant, {}))
        told = {"round": float(rounds), "seconds": seconds}
        views = [looked_at(game, seed)]
        if variant == "seen in three ways":
            average, game.average = game.average, None
            views.append(looked_at(game, seed))
            game.average = average
            views.append(looked_at(game, seed, standing=0))
        rows.append([{**told, **view} for view in views])
    return [views[k] for k in range(len(rows[0])) for views in rows]


EXPERIMENT = Experiment(
    name="biggan_parts",
    question="What does each ingredient of BigGAN change in half a minute, at equal processor time?",
    variants=(*SEEN, *VARIANTS, "real"),
    seeds=SEEDS,
    measures=(
        "round",
        "seconds",
        "label accuracy",
        "precision",
        "recall",
        "pixel precision",
        "pixel recall",
        "book distance",
        "px",
    ),
    measure=measure,
    groups={"seen in three ways": SEEN},
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 17 trains one pair live, longer; here twelve trainings a seed of half a minute each"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

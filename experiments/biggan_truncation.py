"""Truncation in its three senses, at equal deviation of the latents: one curve or three? Five seeds of a small BigGAN.

The pair and recipe of biggan_parts' "full", 400 rounds. Each form of truncation at thresholds that give its coordinates
the deviations STD; 1 is none, the same for all. Batch statistics of the averaged G are computed anew for each
deviation, but for "resampled, statistics of all z": of untruncated latents.

Of 1,000 samples of random classes, against 1,000 held-out faces: precision and recall on thumbnails (means of 4 x 4
pixels), the share in which the class that was asked for is found, px (Frechet distance on pixels), and spread: the mean
distance of two samples as a share of that of two held-out faces.
"""

from __future__ import annotations

import copy

import torch
from biggan_parts import CPU, N, faces, played
from torch import Tensor

from ganbook import data, features
from ganbook.data.truncation import FORMS
from ganbook.experiments import Experiment, main
from ganbook.games import ConditionalGAN
from ganbook.models import standing, still
from ganbook.studies.conditional import CLASSES, label_accuracy
from ganbook.studies.thumbnails import thumbnail_precision_recall

SEEDS, ROUNDS, BATCHES = (0, 1, 2, 3, 4), 400, 16
STD = (0.2, 0.4, 0.6, 0.75, 0.87, 1.0)
STALE = "resampled, statistics of all z"
MEASURES = ("std", "threshold", "precision", "recall", "label accuracy", "px", "spread")


def apart(x: Tensor) -> float:
    """The mean distance of neighbours in a random order."""
    flat = x.flatten(1)
    return float((flat - flat.roll(1, 0)).norm(dim=1).mean())


def scored(x: Tensor, y: Tensor, seed: int) -> dict[str, float]:
    """All that is measured of samples asked for by class."""
    rows = torch.randperm(len(faces("test")), generator=torch.Generator().manual_seed(seed))[:N]
    real = faces("test").x[rows]
    precision, recall = thumbnail_precision_recall(real, x)
    return {
        "precision": float(precision),
        "recall": float(recall),
        "label accuracy": label_accuracy(features.load("faces", device="cpu"), x, y),
        "px": float(features.pixel_frechet_distance(real, x)),
        "spread": apart(x) / apart(real),
    }


def curve(game: ConditionalGAN, variant: str, seed: int) -> dict[str, list[float]]:
    """The scores of one form at each deviation."""
    form, z = variant.split(",")[0], game.prior.d
    y = torch.randint(len(CLASSES), (N,), generator=torch.Generator().manual_seed(seed))
    found: dict[str, list[float]] = {measure: [] for measure in MEASURES}
    for std in STD:
        threshold = data.threshold_for(std, form) if std < 1 else 0.0
        latents = data.truncated(z, threshold, form, CPU) if std < 1 else game.prior
        rng = torch.Generator().manual_seed(1_000 + seed)
        seen = game.prior if variant == STALE else latents
        G = standing(
            copy.deepcopy(game.sampler),
            ((seen(32, rng), torch.randint(4, (32,), generator=rng)) for _ in range(BATCHES)),
        )
        with still(G):
            x = G(latents(N, rng), y)
        row = {"std": std, "threshold": threshold, **scored(x, y, seed)}
        for measure, value in row.items():
            found[measure].append(value)
    return found


def measure(group: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """One training a seed, all curves of it; variant by variant."""
    rows = []
    for seed in seeds:
        game, _ = played(seed, ROUNDS)
        rows.append([curve(game, variant, seed) for variant in EXPERIMENT.variants])
    return [curves[k] for k in range(len(EXPERIMENT.variants)) for curves in rows]


EXPERIMENT = Experiment(
    name="biggan_truncation",
    question="Do the three senses of truncation trade precision for recall on one curve?",
    variants=(*FORMS, STALE),
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    groups={"one training": (*FORMS, STALE)},
    apart=True,
    live=None,
    differs={"live": "chapter 17 truncates one pair live, in one sense; here five trainings, three senses"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

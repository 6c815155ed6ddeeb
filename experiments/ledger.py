"""The ledger that closes the book: each idea alone on one baseline, small faces, half a minute, five seeds.

"baseline": DCGAN's convolutions of width 16 without any norm, He's first weights, the non-saturating loss, Adam at 1e-3
with betas (0, 0.99), batches of 32, an average over 4,000 images, 3,200 rounds. Each other variant changes what its
name says and nothing else; where its networks have the shapes of the baseline's, they start from the same weights.
Rounds (ROUNDS, measured on seed 100 beside the baseline, which was measured again before each) are as many as take the
baseline's processor time. "no average" and "truncation 0.7" are the baseline's training seen otherwise: the last
weights in place of the averaged ones, and latents of 0.7 times the length. Each measure is a curve of two points: after
a quarter of the rounds, and at the end.

"DCGAN of 2015" changes all at once: its norm, first weights, rates, betas, batch, and no average. Growing has
experiments of its own, growing_faces and, by the rules of this one, ledger_growing: its layers cost six times the
baseline's here. "R3GAN's networks" and "R3GAN's
schedules" (gamma 1 to 0.1, rates 2e-3 to 5e-4, beta2 0.9 to 0.99) are to be read beside "pairing, R1 + R2". "real":
training faces in place of fakes. No row was tuned: constants are those that the book has used on small images. This is
the second ledger: a first one of 23 rows, five seeds and a quarter of the length had been seen, and three of its rows
at this length; its numbers stand in the first points of the curves.

2,000 samples against 2,000 held-out faces for both Frechet distances (book distance: in the features of chapter 6; px:
of pixels), 1,000 of each for precision and recall in these features and on pixels.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import Any

import torch
from torch import Tensor

from ganbook import data, features, metrics, models, recipes
from ganbook.augment import FEW_IMAGES, Flip
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, BiGAN, ConditionalGAN, Evolution, Unrolled
from ganbook.losses import (
    FeatureMatching,
    Hinge,
    LeastSquares,
    Minimax,
    NonSaturating,
    Realness,
    RelativisticAverage,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.penalties import R1, R2, Dragan, GradientPenalty
from ganbook.studies.conditional import CLASSES, four_classes
from ganbook.studies.small_faces import BASELINE, PAIRING, plain, scheduled
from ganbook.studies.switches import ToldD, ToldG, attentive, drawn_2015, noisy, packed, spread, with_features
from ganbook.train import fit, train

SEEDS, N, BASE, CPU = tuple(range(5)), 2_000, 3_200, torch.device("cpu")
VARIANTS: dict[str, dict[str, Any]] = {
    "minimax": {"loss": Minimax()},
    "least squares": {"loss": LeastSquares()},
    "hinge": {"loss": Hinge()},
    "Wasserstein, penalty": {"loss": Wasserstein(), "penalties": (GradientPenalty(10.0),)},
    "DRAGAN": {"penalties": (Dragan(),)},
    "realness": {"loss": Realness(20, 2, "far")},
    "relativistic average": {"loss": RelativisticAverage()},
    "pairing": {"loss": RelativisticPairing()},
    "R1": {"penalties": (R1(0.5),)},
    "R1 + R2": {"penalties": (R1(0.5), R2(0.5))},
    "pairing, R1": {"loss": RelativisticPairing(), "penalties": (R1(0.5),)},
    "pairing, R1 + R2": {"loss": PAIRING.loss, "penalties": PAIRING.penalties},
    "feature matching": {"loss": FeatureMatching(512), "changed": with_features},
    "batch norm in both": {"norm_g": "batch", "norm_d": "batch"},
    "batch norm in G": {"norm_g": "batch"},
    "layer norm in D": {"norm_d": "layer"},
    "spectral norm in D": {"norm_d": "spectral"},
    "weights of 2015": {"changed": drawn_2015},
    "DCGAN of 2015": {},
    "label smoothing": {"loss": NonSaturating(real_label=0.9)},
    "instance noise": {"changed": noisy},
    "packing": {"changed": packed},
    "spread of a batch": {"changed": spread},
    "unrolled": {},
    "attention": {"changed": attentive},
    "classes": {},
    "an encoder": {},
    "evolution": {},
    "augmentation": {"augment": FEW_IMAGES},
    "flips": {"augment": (Flip(),)},
    "two steps of D": {"d_steps": 2},
    "half the width": {"width": 8},
    "R3GAN's schedules": {},
    "R3GAN's networks": {},
}
"""What each changes: of the recipe, of the pair (norm_g, norm_d, width), or of the pair once it is drawn."""
ROUNDS = {
    "Wasserstein, penalty": 2_220,
    "DRAGAN": 2_060,
    "realness": 2_940,
    "relativistic average": 2_940,
    "R1": 2_520,
    "R1 + R2": 1_980,
    "pairing, R1": 2_380,
    "pairing, R1 + R2": 1_920,
    "feature matching": 2_840,
    "spectral norm in D": 2_420,
    "DCGAN of 2015": 1_420,
    "instance noise": 2_520,
    "packing": 3_740,
    "spread of a batch": 2_580,
    "unrolled": 1_700,
    "attention": 1_680,
    "classes": 2_980,
    "an encoder": 1_820,
    "evolution": 660,
    "augmentation": 2_500,
    "two steps of D": 1_980,
    "half the width": 3_940,
    "R3GAN's schedules": 1_920,
    "R3GAN's networks": 300,
}
"""Rounds that take as long as 3,200 of the baseline, where a round costs over 5 % more or less."""
SEEN = ("baseline", "no average", "truncation 0.7")
"""One training, seen in three ways."""
FIELDS = ("loss", "penalties", "augment", "d_steps")


@cache
def faces(split: str) -> data.FacesSampler:
    return data.faces(split=split, device=CPU)


def special(variant: str, seed: int) -> GAN | Evolution | None:
    """The game of a variant that is no change of recipe or pair; None for the others."""
    if variant == "classes":
        k = len(CLASSES)
        G, D = plain(seed, z=64 + k)[0], plain(seed, outputs=1 + k)[1]
        return ConditionalGAN(ToldG(G, 64, k), ToldD(D), BASELINE, k, device=CPU)
    if variant == "unrolled":
        return Unrolled(*plain(seed), BASELINE, device=CPU, steps=1)
    if variant == "evolution":
        G, D = plain(seed)
        return Evolution([G], D, BASELINE, device=CPU, adam="mutation", evaluation=64)
    torch.manual_seed(seed)
    if variant == "an encoder":
        return BiGAN(*models.bigan(16, 3, z=64, width=16, norm=None), BASELINE, device=CPU)
    if variant == "DCGAN of 2015":
        return GAN(*models.dcgan(16, 3, z=64, width=16), recipes.DCGAN, device=CPU)
    if variant == "R3GAN's networks":
        return GAN(*models.residual(16, 3, width=16), PAIRING, device=CPU)
    return None


def game_of(variant: str, seed: int, rounds: int) -> tuple[GAN | Evolution, Any]:
    """(game, what it draws its data from)."""
    if game := special(variant, seed):
        return game, four_classes("train", CPU).labelled if variant == "classes" else faces("train")
    change = VARIANTS.get(variant, {})
    recipe = replace(BASELINE, **{name: change[name] for name in FIELDS if name in change})
    if variant == "R3GAN's schedules":
        recipe = scheduled(32 * rounds)
    made = {name: change[name] for name in ("norm_g", "norm_d", "width") if name in change}
    outputs = 1 if "changed" in change else recipe.loss.outputs
    pair = plain(seed, outputs=outputs, **made)
    return GAN(*change.get("changed", lambda pair: pair)(pair), recipe, device=CPU), faces("train")


def scored(y: Tensor, seed: int) -> dict[str, float]:
    """All that is measured of N samples, in a drawn order."""
    net, x = features.load("faces", device="cpu"), faces("test").x[:N]
    rows = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))[: N // 2]
    precision, recall = metrics.precision_recall(net.features(x[rows]), net.features(y[: N // 2]))
    pixels = metrics.precision_recall(x[rows].flatten(1), y[: N // 2].flatten(1))
    return {
        "book distance": float(features.book_frechet_distance(net, x, y)),
        "px": float(features.pixel_frechet_distance(x, y)),
        "precision": float(precision),
        "recall": float(recall),
        "pixel precision": float(pixels[0]),
        "pixel recall": float(pixels[1]),
    }


def looked_at(game: GAN | Evolution, seed: int, way: str) -> dict[str, float]:
    """The scores of N samples of a game; what is not finite is black, and counted."""
    rng, average = torch.Generator().manual_seed(1_000 + seed), game.average
    if way == "no average":
        game.average = None
    if way == "truncation 0.7":
        with models.still(game.sampler):
            y = game.sampler(0.7 * game.prior(N, rng))
    else:
        y = game.sample(N, rng)
    game.average = average
    alive = bool(y.isfinite().all())
    y = y.clamp(-1, 1) if alive else torch.full_like(y, -1.0)
    return {"failed": float(not alive), **scored(y, seed)}


def played(variant: str, seed: int, ways: tuple[str, ...] = ("",)) -> list[dict[str, list[float]]]:
    """A training of the ledger."""
    rounds = ROUNDS.get(variant, BASE)
    game, real = game_of(variant, seed, rounds)
    return followed(game, real, rounds, seed, ways)


def followed(
    game: GAN | Evolution,
    real: Any,
    rounds: int,
    seed: int,
    ways: tuple[str, ...] = ("",),
) -> list[dict[str, list[float]]]:
    """A training, or as much of it as it lived: for each way of looking the two points of each measure."""
    run = train(game, real, rounds=rounds, seed=seed, progress=False)
    found: list[dict[str, list[float]]] = [{name: [] for name in MEASURES} for _ in ways]
    spent, lives = 0.0, True
    for part in (rounds // 4, rounds - rounds // 4):
        start = time.process_time()
        try:
            if lives:
                fit(islice(run, part))
        except FloatingPointError:
            lives = False  # the run is lost: so say its samples
        spent += time.process_time() - start
        for row, way in zip(found, ways, strict=True):
            look = looked_at(game, seed, way)
            now = {"round": float(run.n), "seconds": spent, **look}
            for name, values in row.items():
                values.append(max(now[name], float(not lives)) if name == "failed" else now[name])
    return found


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, Any]]:
    """One training a seed; the baseline's is seen in three ways, way by way."""
    rows: list[list[dict[str, Any]]] = []
    for seed in seeds:
        if variant == "real":
            order = torch.randperm(len(faces("train")), generator=torch.Generator().manual_seed(seed))
            told = {"round": 0.0, "seconds": 0.0, "failed": 0.0}
            rows.append([told | scored(faces("train").x[order[:N]], seed)])
        elif variant == "seen in three ways":
            rows.append(list(played("baseline", seed, SEEN)))
        else:
            rows.append(list(played(variant, seed)))
    return [views[k] for k in range(len(rows[0])) for views in rows]


MEASURES = (
    "round",
    "seconds",
    "book distance",
    "px",
    "precision",
    "recall",
    "pixel precision",
    "pixel recall",
    "failed",
)
EXPERIMENT = Experiment(
    name="ledger",
    question="Which ideas of the book pay on small faces, each alone on one baseline and one budget of processor time?",
    variants=(*SEEN, *VARIANTS, "real"),
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    groups={"seen in three ways": SEEN},
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 19 trains two pairs live; here 35 trainings a seed"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

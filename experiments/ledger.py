"""The ledger that closes the book: each idea alone on one baseline, small faces, about seven seconds, five seeds.

"baseline": DCGAN's convolutions of width 16 without any norm, He's first weights, the non-saturating loss, Adam at 1e-3
with betas (0, 0.99), batches of 32, an average over 4,000 images, 800 rounds. Each other variant changes what its name
says and nothing else; where its networks have the shapes of the baseline's, they start from the same weights. Rounds
(ROUNDS, measured on seed 100 beside the baseline, which was measured again before each) are as many as take the
baseline's processor time. "no average" and "truncation 0.7" are the baseline's training seen otherwise: the last
weights in place of the averaged ones, and latents of 0.7 times the length.

Growing has an experiment of its own, growing_faces: its layers cost six times the baseline's here. "R3GAN's networks"
and "R3GAN's schedules" (gamma 1 to 0.1, rates 2e-3 to 5e-4, beta2 0.9 to 0.99) are to be read beside "pairing, R1 +
R2". "real": training faces in place of fakes. No row was tuned: constants are those that the book has used on small
images. One trial of the baseline on seed 100 told how many rounds make something that resembles faces. A start with 600
rounds was stopped after some fifteen rows of seed 0 had been seen, and made longer; eight rows then went for time.

2,000 samples against 2,000 held-out faces for both Frechet distances (book distance: in the features of chapter 6; px:
of pixels), 1,000 of each for precision and recall in these features and on pixels. What a row says is what an idea does
alone, on this baseline, in these seconds: how soon faces appear, not how good they can get.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import one_hot

from ganbook import data, features, metrics, models
from ganbook.augment import FEW_IMAGES
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, ConditionalGAN
from ganbook.losses import (
    Hinge,
    LeastSquares,
    NonSaturating,
    Realness,
    RelativisticPairing,
    Wasserstein,
)
from ganbook.models import Pack, SelfAttention, he_init
from ganbook.penalties import R1, R2, GradientPenalty
from ganbook.studies.conditional import CLASSES, four_classes
from ganbook.studies.small_faces import BASELINE, PAIRING, plain, scheduled
from ganbook.train import fit, train

SEEDS, N, BASE, CPU = tuple(range(5)), 2_000, 800, torch.device("cpu")
Pair = tuple[nn.Sequential, nn.Sequential]


class ToldG(nn.Module):
    """(z, y): the class stands beside z as ones among zeros."""

    def __init__(self, network: nn.Sequential, z: int) -> None:
        super().__init__()
        self.network, self.z = network, z

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.network(torch.cat([z, one_hot(y, len(CLASSES)).to(z.dtype)], 1))


class ToldD(nn.Module):
    """(x, y): one score for all classes plus one of the class, which is the projection."""

    def __init__(self, network: nn.Sequential) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        out = self.network(x)
        return out[:, :1] + out[:, 1:].gather(1, y[:, None])


def packed(pair: Pair) -> Pair:
    G, D = pair
    return G, he_init(nn.Sequential(Pack(2), nn.Conv2d(6, D[0].out_channels, 4, 2, 1), *D[1:]))


def attentive(pair: Pair) -> Pair:
    """Behind G's last hidden layer and D's first, on 8x8 maps."""
    G, D = pair
    look = SelfAttention(D[0].out_channels), SelfAttention(D[0].out_channels)
    return nn.Sequential(*G[:-2], look[0], *G[-2:]), nn.Sequential(*D[:2], look[1], *D[2:])


VARIANTS: dict[str, dict[str, Any]] = {
    "least squares": {"loss": LeastSquares()},
    "hinge": {"loss": Hinge()},
    "Wasserstein, penalty": {"loss": Wasserstein(), "penalties": (GradientPenalty(10.0),)},
    "realness": {"loss": Realness(20, 2, "far")},
    "pairing": {"loss": RelativisticPairing()},
    "R1": {"penalties": (R1(0.5),)},
    "R1 + R2": {"penalties": (R1(0.5), R2(0.5))},
    "pairing, R1": {"loss": RelativisticPairing(), "penalties": (R1(0.5),)},
    "pairing, R1 + R2": {"loss": PAIRING.loss, "penalties": PAIRING.penalties},
    "batch norm in both": {"norm_g": "batch", "norm_d": "batch"},
    "layer norm in D": {"norm_d": "layer"},
    "spectral norm in D": {"norm_d": "spectral"},
    "label smoothing": {"loss": NonSaturating(real_label=0.9)},
    "packing": {"changed": packed},
    "attention": {"changed": attentive},
    "classes": {},
    "augmentation": {"augment": FEW_IMAGES},
    "two steps of D": {"d_steps": 2},
    "half the width": {"width": 8},
    "R3GAN's schedules": {},
    "R3GAN's networks": {},
}
"""What each changes: of the recipe, of the pair (norm_g, norm_d, width), or of the pair once it is drawn."""
ROUNDS = {
    "Wasserstein, penalty": 560,
    "realness": 700,
    "R1": 640,
    "R1 + R2": 500,
    "pairing, R1": 590,
    "pairing, R1 + R2": 530,
    "spectral norm in D": 660,
    "packing": 870,
    "attention": 470,
    "classes": 740,
    "augmentation": 590,
    "two steps of D": 510,
    "half the width": 950,
    "R3GAN's schedules": 500,
    "R3GAN's networks": 90,
}
"""Rounds that take as long as 800 of the baseline, where a round costs over 5 % more or less."""
SEEN = ("baseline", "no average", "truncation 0.7")
"""One training, seen in three ways."""
FIELDS = ("loss", "penalties", "augment", "d_steps")


@cache
def faces(split: str) -> data.FacesSampler:
    return data.faces(split=split, device=CPU)


def game_of(variant: str, seed: int, rounds: int) -> tuple[GAN, Any]:
    """(game, what it draws its data from)."""
    change = VARIANTS.get(variant, {})
    recipe = replace(BASELINE, **{name: change[name] for name in FIELDS if name in change})
    if variant == "R3GAN's networks":
        torch.manual_seed(seed)
        return GAN(*models.residual(16, 3, width=16), PAIRING, device=CPU), faces("train")
    if variant == "classes":
        G, D = plain(seed, z=64 + len(CLASSES))[0], plain(seed, outputs=1 + len(CLASSES))[1]
        return ConditionalGAN(ToldG(G, 64), ToldD(D), BASELINE, len(CLASSES), device=CPU), four_classes(
            "train", CPU
        ).labelled
    if variant == "R3GAN's schedules":
        recipe = scheduled(32 * rounds)
    pair = plain(
        seed,
        outputs=recipe.loss.outputs,
        **{name: change[name] for name in ("norm_g", "norm_d", "width") if name in change},
    )
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


def looked_at(game: GAN, seed: int, truncation: float = 1.0) -> dict[str, float]:
    """The scores of N samples of a game; what is not finite is black, and counted."""
    rng = torch.Generator().manual_seed(1_000 + seed)
    if truncation == 1:
        y = game.sample(N, rng)
    else:
        with models.still(game.sampler):
            y = game.sampler(truncation * game.prior(N, rng))
    alive = bool(y.isfinite().all())
    y = y.clamp(-1, 1) if alive else torch.full_like(y, -1.0)
    return {"failed": float(not alive), **scored(y, seed)}


def played(variant: str, seed: int, rounds: int) -> tuple[GAN, dict[str, float]]:
    """A game after its rounds, or as many as it lived, and what they cost."""
    game, real = game_of(variant, seed, rounds)
    start = time.process_time()
    run = train(game, real, rounds=rounds, seed=seed, progress=False)
    try:
        fit(run)
    except FloatingPointError:
        pass  # the run is lost: so say its samples
    return game, {"round": float(rounds), "seconds": time.process_time() - start}


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed; the baseline's is seen in three ways, way by way."""
    rows: list[list[dict[str, float]]] = []
    for seed in seeds:
        if variant == "real":
            order = torch.randperm(len(faces("train")), generator=torch.Generator().manual_seed(seed))
            told = {"round": 0.0, "seconds": 0.0, "failed": 0.0}
            rows.append([told | scored(faces("train").x[order[:N]], seed)])
            continue
        name = "baseline" if variant == "seen in three ways" else variant
        game, told = played(name, seed, ROUNDS.get(name, BASE))
        views = [looked_at(game, seed)]
        if name == "baseline":
            short = looked_at(game, seed, 0.7)
            game.average = None
            views += [looked_at(game, seed), short]
        rows.append([{**told, **view} for view in views])
    return [views[k] for k in range(len(rows[0])) for views in rows]


EXPERIMENT = Experiment(
    name="ledger",
    question="Which ideas of the book pay on small faces, each alone on one baseline and one budget of processor time?",
    variants=(*SEEN, *VARIANTS, "real"),
    seeds=SEEDS,
    measures=(
        "round",
        "seconds",
        "book distance",
        "px",
        "precision",
        "recall",
        "pixel precision",
        "pixel recall",
        "failed",
    ),
    measure=measure,
    groups={"seen in three ways": SEEN},
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 19 trains two pairs live, longer; here 22 trainings a seed"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

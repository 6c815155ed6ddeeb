"""Does growing pay at 32 px? Drawn faces, equal processor time of half a minute, five seeds.

The same layers, 8 to 32 maps wide, with the same first weights; batches of 16 and one recipe: Wasserstein with penalty
10 (in native pixels) and drift 0.001, one step of the critic, Adam with betas (0, 0.99) at 3e-3, three times the
paper's rate, since there are 450 rounds and not 750,000; an average over 800 images. "growing" plays 4, 8, 16, then 32
px; "not growing" plays them whole, at 32 px from the first round, as many rounds as take the same time: a round costs
19 ms at 4 px, 27 at 8, 48 at 16 and 88 at 32. "real": faces to train on in place of fakes.

1,000 samples of the averaged G, cut to [-1, 1], against 1,000 held-out faces. SWD: 1,000 times the sliced Wasserstein
distance of 7x7 patches, at three levels of the pyramid. MS-SSIM: of 2,000 pairs of samples. px: Frechet distance on the
pixels of 8 px thumbnails. seconds: of processor time in training.

Settings from five trials of 40 to 60 s on seed 100 with the same networks: four that grow, one that does not. The one
with this recipe grew, so that if the choice favours either, it is growing.
"""

from __future__ import annotations

import time
from functools import cache

import torch
from torch import Tensor

from ganbook import data, features, metrics, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN, Growth, Progressive
from ganbook.losses import Drift, Wasserstein
from ganbook.penalties import GradientPenalty
from ganbook.recipes import Recipe
from ganbook.studies.growing import levels
from ganbook.train import fit, train

SEEDS, N, BATCH, CPU = (0, 1, 2, 3, 4), 1_000, 16, torch.device("cpu")
RECIPE = Recipe(
    Wasserstein(),
    (GradientPenalty(10.0), Drift(1e-3)),
    batch=BATCH,
    lr_d=3e-3,
    lr_g=3e-3,
    betas=(0.0, 0.99),
    ema_halflife=800,
)
GROWTH = Growth((4, 8, 16, 32), hold=(800, 800, 800, 1_920), fade=(800, 800, 1_280))
WHOLE = 296
"""Rounds at 32 px that take as long as GROWTH."""


@cache
def faces(split: str) -> data.FacesSampler:
    return data.faces(32, split, style="drawn", device=CPU)


def pair(seed: int, equalised: bool = True, spread: int | None = 4) -> tuple[models.GrowingG, models.GrowingD]:
    """(G, D), the same function at first for every variant of a seed that has the same layers."""
    torch.manual_seed(seed)
    return models.growing(32, width=8, widest=32, equalised=equalised, spread=spread)


def trained(game: GAN, rounds: int, seed: int) -> dict[str, float]:
    """What comes of one training, and how long it took."""
    start = time.process_time()
    fit(train(game, faces("train"), rounds=rounds, seed=seed, progress=False))
    spent = time.process_time() - start
    y = game.sample(N, torch.Generator().manual_seed(1_000 + seed)).clamp(-1, 1)
    return {"round": float(rounds), "seconds": spent, **scored(y, seed)}


def scored(y: Tensor, seed: int) -> dict[str, float]:
    """All that is measured of samples."""
    x = faces("test").x[torch.randperm(2_000, generator=torch.Generator().manual_seed(seed))[:N]]
    found = {f"SWD {side}": value for side, value in levels(x, y, seed=seed).items()}
    found["MS-SSIM"] = float(metrics.image_similarity(y, pairs=2_000, seed=seed))
    found["px"] = float(features.pixel_frechet_distance(*(models.shrink(each, 4) for each in (x, y))))
    return found


def grown(seed: int, recipe: Recipe = RECIPE, **changes: object) -> dict[str, float]:
    """The training that grows, whole."""
    game = Progressive(*pair(seed, **changes), recipe, GROWTH, device=CPU, pixels="native")
    return trained(game, GROWTH.images // BATCH, seed)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed; of the data a draw a seed."""
    rows = []
    for seed in seeds:
        if variant == "growing":
            rows.append(grown(seed))
        elif variant == "not growing":
            rows.append(trained(GAN(*pair(seed), RECIPE, device=CPU), WHOLE, seed))
        else:
            order = torch.randperm(8_000, generator=torch.Generator().manual_seed(seed))
            rows.append({"round": 0.0, "seconds": 0.0, **scored(faces("train").x[order[:N]], seed)})
    return rows


MEASURES = ("round", "seconds", "SWD 32", "SWD 16", "SWD 8", "MS-SSIM", "px")
EXPERIMENT = Experiment(
    name="growing_faces",
    question="Does growing pay at 32 px, at equal processor time?",
    variants=("growing", "not growing", "real"),
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    apart=True,
    clocks=("seconds",),
    live=None,
    differs={"live": "chapter 15 grows one pair live, to 16 px; here drawn faces at 32 px, five seeds and a control"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

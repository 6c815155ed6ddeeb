"""Which of BigBiGAN's three scores matter on faces, and what does its encoder know? 16 px, ten seeds.

Networks, batch, rounds, rates, R1, labelled and held-out faces are those of chapter 13's `bigan_encoders`, with the
hinge for its loss; `bigbigan_probes` has its other encoders. No setting was chosen for this experiment: one trial on
seed 100, all scores, was only looked at. Seeds 0 to 4 had been seen when 10 to 14 were added; 5 to 9 are those of
`bigbigan_joint`. Per seed all variants begin with the same weights (the deterministic encoder has a smaller last layer)
and see the same faces and the same z. "encoder x10": E's rate is ten times that of G and D, from 1e-2 to 1e-3.
"untrained": the same networks before round 1.

ratio x: ||x - G(E(x))|| on 1,000 held-out faces as a share of the distance from another face's, with the mean code;
ratio z: the same for z and E(G(z)). book: book Frechet distance of 1,000 samples from these faces. KS: the largest gap
between the distribution of drawn codes and N(0, 1), mean over coordinates. sigma: the mean deviation that E draws with.
Attributes, as in `bigan_encoders` (1,000 labelled faces, a linear map, the same held-out faces), read from the mean
code ("z: ...", 32 numbers) and from the maps of the last convolution, averaged over pixels ("pooled: ...", 32 numbers).
"""

from __future__ import annotations

from functools import cache
from typing import Any

import torch
from bigan_encoders import ASKED, BATCH, CPU, FALLING, ROUNDS, WIDTH, N, Z, faces, labels
from torch import Tensor, nn

from ganbook import features, models
from ganbook.experiments import Experiment, main
from ganbook.games import BigBiGAN
from ganbook.losses import Hinge
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.codes import ks
from ganbook.studies.encoders import probe, ratio
from ganbook.train import fit, train

SEEDS = (0, 1, 2, 3, 4, 10, 11, 12, 13, 14)  # 5 to 9 are those of bigbigan_joint
RECIPE = Recipe(Hinge(), (R1(0.5),), batch=BATCH, lr_d=FALLING, lr_g=FALLING, betas=(0.0, 0.99))
VARIANTS: dict[str, dict[str, Any]] = {
    "all scores": {},
    "without s_x": {"scores": ("z", "xz")},
    "without s_z": {"scores": ("x", "xz")},
    "joint only": {"scores": ("xz",)},
    "encoder x10": {"lr_e": Ramp(10 * FALLING.start, 10 * FALLING.end, images=BATCH * ROUNDS)},
    "deterministic": {"stochastic": False},
    "untrained": {"rounds": 0},
}
READ = tuple(f"{where}: {name}" for where in ("z", "pooled") for name in ASKED)


@cache
def net() -> features.FaceNet:
    return features.load("faces", CPU)


def trained(seed: int, stochastic: bool = True, rounds: int = ROUNDS, **changes: Any) -> BigBiGAN:
    """One game, played."""
    torch.manual_seed(seed)
    nets = models.bigbigan(16, 3, z=Z, width=WIDTH, hidden=128, norm=None, stochastic=stochastic)
    game = BigBiGAN(*nets, RECIPE, device=CPU, **changes)
    if rounds:
        fit(train(game, faces("train"), rounds=rounds, seed=seed, progress=False))
    return game


def attributes(E: nn.Module) -> dict[str, float]:
    """What a linear map reads, from both places."""
    known, new = (faces(split).x[:N] for split in ("train", "test"))
    with models.still(E):
        codes = {"z": (E(known), E(new))}
    codes["pooled"] = tuple(models.pooled_features(E, x) for x in (known, new))
    return {
        f"{where}: {name}": probe(a, labels("train", name)[:N], b, labels("test", name)[:N])
        for where, (a, b) in codes.items()
        for name in ASKED
    }


@torch.no_grad()
def scored(game: BigBiGAN, seed: int) -> dict[str, float]:
    """All that is measured of a game."""
    x, rng = faces("test").x[:N], torch.Generator().manual_seed(1_000 + seed)
    z: Tensor = torch.randn(N, Z, generator=rng)
    y = game.G(z)
    found = {"ratio x": ratio(x, game.reconstruct(x)), "ratio z": ratio(z, game.encode(y))}
    found["book"] = float(features.book_frechet_distance(net(), x, y))
    found["px"] = float(features.pixel_frechet_distance(x, y))
    drawn = isinstance(game.E, models.Stochastic)
    found["KS"] = ks(game.E.draw(x, rng) if drawn else game.encode(x))
    found["sigma"] = float(game.E.law(x)[1].mean()) if drawn else 0.0
    return found | attributes(game.E)


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """One training a seed."""
    return [scored(trained(seed, **VARIANTS[variant]), seed) for seed in seeds]


EXPERIMENT = Experiment(
    name="bigbigan_faces",
    question="Which of the three scores matter on faces, and what does the encoder know?",
    variants=tuple(VARIANTS),
    seeds=SEEDS,
    measures=("ratio x", "ratio z", "book", "px", "KS", "sigma", *READ),
    measure=measure,
    apart=True,
    live=None,
    differs={"live": "chapter 18 trains one game live; here six variants of it, ten seeds each"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

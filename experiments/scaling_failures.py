"""Two processes play one run, and each variant leaves out one thing that they must share: what comes out, who notices?

16 px digits, float64, 40 rounds of 64 rows, 32 in each process. The first five variants have layer norm in G and
spectral norm in D, the last three batch norm in both. Samples are compared from the same z, by the root of the mean
square over pixels, which go from -1 to 1: the first process's with those of one process that plays alone, and with the
second's. "u of its own": the second process begins with other vectors in the power iterations of D, and nobody copies
the first's. "averages of own rows": the half-life of the averaged copy, which is in images, counts 32 a round.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor

from ganbook import data, models
from ganbook.experiments import Experiment, main
from ganbook.games import GAN
from ganbook.games.game import Average
from ganbook.recipes import HINGE
from ganbook.studies.scaling import in_processes, left_out, redraw_power_iteration, share_batch_norm
from ganbook.train import fit, state, train
from ganbook.types import Sampler

CPU, ROUNDS, N = torch.device("cpu"), 40, 200
RECIPE = replace(HINGE, batch=64, lr_d=1e-3, lr_g=1e-3, ema_halflife=500)
SPECTRAL = {
    "nothing left out": "nothing",
    "gradients not averaged": "gradients",
    "the same rows in both": "rows",
    "u of its own": "buffers",
    "averages of own rows": "nothing",
}
BATCH_NORM = {
    "batch norm over all rows": "nothing",
    "batch norm over own rows": "nothing",
    "... whose statistics stay": "buffers",
}


def exact(sampler: Sampler) -> Sampler:
    """The same in float64."""
    return lambda n, rng: sampler(n, rng).double()


def game(variant: str, seed: int, batch: int) -> GAN:
    """A variant, before anything is played."""
    torch.manual_seed(seed)
    g, d = ("layer", "spectral") if variant in SPECTRAL else ("batch", "batch")
    pair = models.dcgan(16, 1, z=32, width=16, norm_g=g, norm_d=d)
    if variant == "batch norm over all rows":
        pair = tuple(map(share_batch_norm, pair))
    recipe = replace(RECIPE, batch=batch, ema_halflife=RECIPE.ema_halflife * batch / RECIPE.batch)  # as many rounds
    made = GAN(*(network.double() for network in pair), recipe, exact(data.normal(32, CPU)), CPU)
    if variant == "averages of own rows":
        made.average = Average(made.G, RECIPE.ema_halflife, batch // 2)
    return made


def played(variant: str, seed: int, batch: int = RECIPE.batch) -> Callable[[], dict[str, Tensor]]:
    """What a process does: it returns samples, and whether the check that comes before each checkpoint refuses."""

    def call() -> dict[str, Tensor]:
        begun, real = game(variant, seed, batch), exact(data.digits(16, device=CPU))
        with left_out((SPECTRAL | BATCH_NORM)[variant]):
            run = train(begun, real, rounds=ROUNDS, seed=seed, progress=False, shared=True)
            if variant == "u of its own" and run.others.rank:
                redraw_power_iteration(run.game.D, seed)
            fit(run)
        samples = run.game.sample(N, torch.Generator().manual_seed(seed))
        return {"samples": samples, "noticed": torch.tensor(not run.others.alike(state.digest(state.take(run)[0])))}

    return call


def measure(name: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """All variants of a pair of networks, each held against one process that plays the same networks alone."""
    (seed,) = seeds
    variants = SPECTRAL if name == "spectral norm" else BATCH_NORM
    sound = next(iter(variants))
    (alone,) = in_processes(1, played(sound, seed))
    (half,) = in_processes(1, played(sound, seed, RECIPE.batch // 2))
    found = []
    for variant in variants:
        first, second = in_processes(2, played(variant, seed))

        def away(other: dict[str, Tensor], x: Tensor = first["samples"]) -> float:
            return float((x - other["samples"]).square().mean().sqrt())

        found.append(
            {
                "from one process": away(alone),
                "from half the batch": away(half),
                "from the other process": away(second),
                "noticed": float(first["noticed"]),
            }
        )
    return found


EXPERIMENT = Experiment(
    name="scaling_failures",
    question="What becomes of a run of two processes that do not share what they must?",
    variants=(*SPECTRAL, *BATCH_NORM),
    seeds=tuple(range(3)),
    measures=("from one process", "from half the batch", "from the other process", "noticed"),
    measure=measure,
    groups={"spectral norm": tuple(SPECTRAL), "batch norm": tuple(BATCH_NORM)},
    apart=True,
    live=None,
    differs={"live": "a page, not a chapter, shows it; and no cell of a notebook starts processes"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

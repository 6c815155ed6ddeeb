"""Does selection beat chance? The authors' ring of 8 and grid of 25 modes, 20 seeds side by side.

Data as in their toys: ring of radius 2 and deviation 0.02, divided by sqrt 2; grid of spacing 2 and deviation 0.05,
divided by sqrt 8. MLPs 2-64-64-2 and 2-64-64-1 and Adam 1e-3 (0.5, 0.999), where theirs are 512 wide and learn at 1e-4
for 100,000 rounds; batches of 64, one step of D a round, the recipe's loss of D is cross-entropy.

One child a round, no selection: one mutation alone ("heuristic", "minimax", "least squares"), or drawn at random each
round ("random"). Three children and one survivor: "evolution" (gamma 0.05), with gamma 0 and with 2, the authors' for
toys; each with Adam's moments a mutation, as their first code; "inherited" has the parent's, as their second. "aliased"
has the defect of the first code. "three steps": three steps of heuristic a step of D, one after the other.
All of them start a seed from the same first weights. Children are judged by 128 samples, half of the authors' 256.

A point of the curves each 200 rounds: 30 for one child (6,000 rounds), 10 for three (2,000 rounds), so that the last
points have equal generator gradients, 6,000, and equal rounds are at the tenth.

modes: those with at least 25 of 2,500 samples within three deviations. share: of such samples. KL: reverse, over the
nearest modes of all samples. wins NAME: how often each mutation survived, since the last point.
F_d curve: by the run's last D, of real samples from k modes only, k = 1 to 8 or 25. F_d planted: the rank correlation
of that with k. F_d own: rank correlation, over the run's ten or thirty generators, of the modes they had with the F_d
that the last D gives them.

Settings from one pilot on seeds 100 to 103.
"""

from __future__ import annotations

import copy
from functools import cache

import torch
from scipy import stats
from torch import Tensor

from ganbook import data, metrics
from ganbook.experiments import Experiment, main
from ganbook.games.mutations import PAPER
from ganbook.losses import NonSaturating
from ganbook.metrics.pairs import nearest
from ganbook.models import mlp
from ganbook.recipes import Recipe
from ganbook.studies.evolution import AliasedPopulations
from ganbook.studies.populations import Populations
from ganbook.train import train

SEEDS, N, POINT, CPU = tuple(range(20)), 2_500, 200, torch.device("cpu")
RECIPE = Recipe(NonSaturating(), lr_d=1e-3, lr_g=1e-3, betas=(0.5, 0.999))
STEPS = Recipe(NonSaturating(), lr_d=1e-3, lr_g=1e-3, betas=(0.5, 0.999), g_steps=3)
ALONE, THREE = 6_000, 2_000
GAMMAS = {"evolution": 0.05, "gamma 0": 0.0, "gamma 2": 2.0}
SINGLE = ("heuristic", "minimax", "least squares", "random")


@cache
def real(name: str) -> data.Mixture:
    if name == "ring":
        return data.ring(8, 2 / 2**0.5, 0.02 / 2**0.5, device=CPU)
    return data.grid(5, 2 / 8**0.5, 0.05 / 8**0.5, device=CPU)


def pair() -> tuple[torch.nn.Sequential, torch.nn.Sequential]:
    """(G, D) of one run."""
    return mlp([2, 64, 64, 2]), mlp([2, 64, 64, 1])


def scored(y: Tensor, modes: data.Mixture) -> dict[str, float]:
    """Of the samples of one run."""
    found = metrics.mode_scores(y, modes.means, modes.std, least=25)
    counts = torch.bincount(nearest(y.double(), modes.means.double())[1], minlength=len(modes.means))
    return {
        "modes": float(found.modes),
        "share": float(found.high_quality),
        "KL": metrics.modes.reverse_kl(counts),
    }


def some_modes(k: int, modes: data.Mixture, n: int, rng: torch.Generator) -> Tensor:
    """n samples of the first k modes, shuffled a seed."""
    which = torch.randperm(len(modes.means), generator=rng)[:k]
    centres = modes.means[which[torch.randint(k, (n,), generator=rng)]]
    return centres + modes.std * torch.randn(n, 2, generator=rng)


def rank(a: list[float], b: list[float]) -> float:
    """Spearman's, 0 where one of both is constant."""
    return 0.0 if len(set(a)) == 1 or len(set(b)) == 1 else float(stats.spearmanr(a, b).statistic)


def played(game: Populations, name: str, rounds: int, seed: int) -> list[dict[str, object]]:
    """One row of measures a run."""
    modes, runs = real(name), game.runs
    rows = [{m: [] for m in MEASURES if not m.startswith("F_d")} for _ in range(runs)]
    wins, past = torch.zeros(runs, len(PAPER)), []
    for step in train(game, modes, rounds=rounds, seed=seed):
        ways = torch.tensor([PAPER.index(way) for way in game.mutations])[game.won]
        wins[torch.arange(runs), ways] += 1
        if step.n % POINT == 0:
            rng = torch.Generator().manual_seed(step.n)
            for run, y in enumerate(game.samples(N, rng)):
                found = scored(y, modes) | {"round": float(step.n)}
                found |= {f"wins {way}": float(wins[run, k]) / POINT for k, way in enumerate(PAPER)}
                for measure, value in found.items():
                    rows[run][measure].append(value)
            wins.zero_()
            past.append(copy.deepcopy(game.G))
    rng = torch.Generator().manual_seed(seed)
    x = modes(500 * runs, rng)
    planted = [
        game.steepness(x, torch.cat([some_modes(k, modes, 500, rng) for _ in range(runs)])).tolist()
        for k in range(1, len(modes.means) + 1)
    ]
    with torch.no_grad():
        own = [game.steepness(x, G(game.prior(500 * runs, rng))).tolist() for G in past]
    for run, row in enumerate(rows):
        worth = [at[run] for at in planted]
        row["F_d planted"] = rank(list(range(len(worth))), worth)
        row["F_d own"] = rank(row["modes"], [at[run] for at in own])
        row["F_d curve"] = worth
    return rows


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, object]]:
    """All seeds of a variant, or of a group of them, side by side."""
    name, kind = variant.split(": ")
    n, first = len(seeds), seeds[0]
    if kind == "one child":
        ways = [PAPER if way == "random" else (way,) for way in SINGLE for _ in seeds]
        game = Populations(pair, seeds * len(SINGLE), RECIPE, device=CPU, mutations=ways, select="random")
        return played(game, name, ALONE, first)
    if kind == "three steps":
        game = Populations(pair, seeds, STEPS, device=CPU, mutations=[("heuristic",)] * n, select="random")
        return played(game, name, THREE, first)
    more = {"adam": "parent" if kind == "inherited" else "mutation", "evaluation": 128, "gamma": GAMMAS.get(kind, 0.05)}
    make = AliasedPopulations if kind == "aliased" else Populations
    return played(make(pair, seeds, RECIPE, device=CPU, **more), name, THREE, first)


MEASURES = (
    *("round", "modes", "share", "KL"),
    *(f"wins {way}" for way in PAPER),
    *("F_d planted", "F_d own", "F_d curve"),
)
RING = ("evolution", "gamma 0", "gamma 2", "inherited", "aliased", "three steps")
EXPERIMENT = Experiment(
    name="evolution_ring",
    question="Does selection among three mutations beat one of them, or chance?",
    variants=(
        *(f"ring: {way}" for way in SINGLE),
        *(f"ring: {way}" for way in RING),
        *(f"grid: {way}" for way in SINGLE),
        *(f"grid: {way}" for way in ("evolution", "aliased")),
    ),
    groups={f"{name}: one child": tuple(f"{name}: {way}" for way in SINGLE) for name in ("ring", "grid")},
    seeds=SEEDS,
    measures=MEASURES,
    measure=measure,
    live=None,
    differs={"live": "chapter 16 plays one population live, judged by 256 samples; here are twenty, and controls"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

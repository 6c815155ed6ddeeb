"""Does D win where the data are a finite set? 100 points, 1,000, or no end of them; five seeds side by side.

x = M z with z ~ N(0, I) in 16 dimensions, so that an inverse pair exists: G = M and its inverse, or the same turned. A
run of "100" has 100 such x of its own and never sees another. Under a deterministic E they are atoms of P_EX, and a D
that sees sharply enough tells every pair.

"exact pair": G = M and E = M^-1 stand still, and D alone learns. On all of P_EX = P_GZ there is nothing to learn, and
its loss is log 4 = 1.386 at best. The others are games from the start, G, E and D with two hidden layers; "with R1" D
is kept from seeing sharply, with the same networks and rates.

D's loss: on 1,000 fresh z and as many x of the set, penalty apart. "D on the set", "D on fresh", "D on made": its share
of right calls on pairs (x, E(x)) of the set, of x that are not in it, and on pairs (G(z), z). ratio x: ||x - G(E(x))||
on fresh x as a share of the distance from what comes back for another x; ratio z: the same for z and E(G(z)). Both are
0 for the exact pair.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from ganbook.experiments import Experiment, main
from ganbook.games import AllRuns, BiGAN, CriticAlone, EachRun
from ganbook.losses import NonSaturating
from ganbook.models import Joint, mlp, still
from ganbook.models.stacked import deal, stack
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.studies.encoders import ratio
from ganbook.train import every, train

SEEDS, ROUNDS, LOOKS, BATCH, N, CPU = (0, 1, 2, 3, 4), 2_000, 16, 64, 1_000, torch.device("cpu")
D = 16
TURN = torch.linalg.qr(torch.randn(D, D, generator=torch.Generator().manual_seed(2))).Q
M = (torch.eye(D) + 0.5 * torch.diag(torch.ones(D - 1), 1)) @ TURN  # a shear after a rotation
BACK = torch.linalg.inv(M)
RECIPE = Recipe(NonSaturating(), batch=BATCH, lr_d=1e-3, lr_g=1e-3, betas=(0.5, 0.99))
SIZES = {"100": 100, "1,000": 1_000, "unlimited": 0}
Map = Callable[[Tensor], Tensor]
WAYS = ("exact pair", "game", "game with R1")


class Sets:
    """Each run draws from its own n points, or where n is 0 from the whole plane; rows in blocks, one a run."""

    def __init__(self, n: int, seeds: Sequence[int]) -> None:
        rngs = [torch.Generator().manual_seed(1_000 + seed) for seed in seeds]
        self.n, self.known = n, torch.stack([torch.randn(max(n, N), D, generator=rng) @ M.T for rng in rngs])

    def __call__(self, total: int, rng: torch.Generator) -> Tensor:
        runs = len(self.known)
        if not self.n:
            return torch.randn(total, D, generator=rng) @ M.T
        rows = torch.randint(self.n, (runs, total // runs), generator=rng)
        return self.known[torch.arange(runs)[:, None], rows].flatten(0, 1)

    def set(self, count: int) -> Tensor:
        """Points that the runs see, count each."""
        return self.known[:, : self.n or None][:, torch.arange(count) % (self.n or count)].flatten(0, 1)


def stacks(seeds: Sequence[int]) -> tuple[nn.Sequential, nn.Sequential, Joint]:
    """(G, E, D), each of them a network a seed."""
    networks = []
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            networks.append((mlp([D, 64, 64, D]), mlp([D, 64, 64, D]), mlp([2 * D, 128, 128, 1])))
    G, E, judge = (stack(each) for each in zip(*networks, strict=True))
    return G, E, Joint(nn.Identity(), nn.Identity(), judge)


def together(way: str, seeds: Sequence[int]) -> tuple[BiGAN | CriticAlone, Map, Map]:
    """One game that holds a run a seed, its rows dealt out in blocks; its G; its E."""
    (G, E, judge), runs = stacks(seeds), len(seeds)
    penalties = (AllRuns(R1(0.5), runs),) if way == "game with R1" else ()
    recipe = replace(RECIPE, loss=EachRun(RECIPE.loss, runs), penalties=penalties, batch=BATCH * runs)
    if way == "exact pair":
        return CriticAlone(judge, recipe, made, device=CPU), lambda z: z @ M.T, lambda x: x @ BACK.T
    return BiGAN(G, E, judge, recipe, device=CPU), G, E


def made(n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """(M z, z)."""
    z = torch.randn(n, D, generator=rng)
    return z @ M.T, z


@torch.no_grad()
def looked(judge: nn.Module, G: Map, E: Map, real: Sets, runs: int) -> list[dict[str, float]]:
    """What is read of each run."""
    rng, known = torch.Generator().manual_seed(7), real.set(N)
    fresh, z = made(N * runs, rng)[0], torch.randn(N * runs, D, generator=rng)
    with still(judge):
        y, code = G(z), E(fresh)
        outs = judge(known, E(known)), judge(fresh, code), judge(y, z)
    parts = [[deal(part, runs)[run] for part in (*outs, fresh, G(code), z, E(y))] for run in range(runs)]
    return [
        {
            "D's loss": float(RECIPE.loss.d(own, fake)),
            "D on the set": float((own > 0).double().mean()),
            "D on fresh": float((new > 0).double().mean()),
            "D on made": float((fake < 0).double().mean()),
            "ratio x": ratio(x, back),
            "ratio z": ratio(latent, again),
        }
        for own, new, fake, x, back, latent, again in parts
    ]


def measure(variant: str, seeds: tuple[int, ...]) -> list[dict[str, list[float]]]:
    """The curves of each seed."""
    size, way = variant.split(": ")
    points = Sets(SIZES[size], seeds)
    game, G, E = together(way, seeds)
    real = (lambda n, rng: (x := points(n, rng), E(x))) if way == "exact pair" else points
    rows = [{name: [] for name in EXPERIMENT.measures} for _ in seeds]
    for step in every(ROUNDS // LOOKS, train(game, real, rounds=ROUNDS, seed=0, progress=False)):
        for row, found in zip(rows, looked(game.D, G, E, points, len(seeds)), strict=True):
            row["round"].append(float(step.n))
            for name, value in found.items():
                row[name].append(value)
    return rows


EXPERIMENT = Experiment(
    name="bigan_finite",
    question="Does D win where the data are a finite set?",
    variants=tuple(f"{size}: {way}" for way in WAYS for size in SIZES),
    seeds=SEEDS,
    measures=("round", "D's loss", "D on the set", "D on fresh", "D on made", "ratio x", "ratio z"),
    measure=measure,
    live=None,
    differs={"live": "nine games of points take twelve minutes, and chapter 13 shows their curves"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

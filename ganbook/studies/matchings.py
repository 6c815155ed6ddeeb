"""The theorem of chapter 14 where everything can be counted: n points to n points, and networks that match them.

Two domains of n equally likely points. G and F are maps between the numbers 0..n-1; the true partner of x_i is y_i.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.divergences import js
from ganbook.games import AllRuns, CycleGAN, EachRun
from ganbook.losses import NonSaturating
from ganbook.models import mlp, still
from ganbook.models.stacked import deal, stack
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.types import Float, Int, Samples

Matching = tuple[int, ...]
"""A map of 0..n-1 to 0..n-1: the number of G(x_i) at place i."""


def pairs(n: int) -> Iterator[tuple[Matching, Matching]]:
    """Every (G, F) of bijections that undo each other: n! of them.

    >>> [G for G, F in pairs(3) if all(F[G[i]] == i for i in range(3))] == list(itertools.permutations(range(3)))
    True
    """
    checks.whole("n", n)
    for G in itertools.permutations(range(n)):
        F = [0] * n
        for i, j in enumerate(G):
            F[j] = i
        yield G, tuple(F)


def losses(G: Sequence[int], F: Sequence[int]) -> tuple[float, float]:
    """(adversarial, cycle): JSD(G(X), Y) + JSD(F(Y), X) in nats, and the share of points that do not come back.

    >>> losses([1, 0], [1, 0]), losses([0, 0], [0, 1])  # a swap is perfect; G that forgets is not
    ((0.0, 0.0), (0.2157615543388357, 0.5))
    """
    n = _check(G, F)
    laws = [torch.bincount(torch.tensor(list(to)), minlength=n).double() / n for to in (G, F)]
    away = sum(F[G[i]] != i for i in range(n)) + sum(G[F[i]] != i for i in range(n))
    return float(sum(js(law, torch.full((n,), 1 / n, dtype=torch.float64)) for law in laws)), away / (2 * n)


def right(G: Sequence[int]) -> float:
    """Share of points whose partner is the true one.

    >>> right([0, 2, 1, 3])
    0.5
    """
    if not len(G):
        raise ValueError("G must give at least one number, got none")
    return sum(i == j for i, j in enumerate(G)) / len(G)


def census(n: int) -> Int[Tensor, " m"]:
    """How many of the n! solutions have k right pairs, k = 0..n: choose the k, and leave none of the others in place.

    C(n, k) !(n - k), where !m = round(m! / e) permutations of m leave nothing in place. The mean of k is 1.

    >>> census(4).tolist()
    [9, 8, 6, 0, 1]
    """
    checks.whole("n", n, 1, 20, note="beyond which 64 bits do not hold n!")
    nowhere = [1, 0]
    for m in range(2, n + 1):
        nowhere.append((m - 1) * (nowhere[-1] + nowhere[-2]))
    return torch.tensor([math.comb(n, k) * nowhere[n - k] for k in range(n + 1)])


def _check(G: Sequence[int], F: Sequence[int]) -> int:
    n = len(G)
    if not n or len(F) != n or not all(0 <= j < n for to in (G, F) for j in to):
        raise ValueError(f"G and F must each give n numbers in 0..n-1, got {list(G)} and {list(F)}")
    return n


# --- networks that match points of the plane


class Near(nn.Module):
    """x + f(x), f small at first: a network that begins near the identity."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Samples) -> Samples:
        return x + self.network(x)


def circles(n: int = 8, shift: float = 0.0) -> tuple[Float[Tensor, "n 2"], Float[Tensor, "n 2"]]:
    """Two rings of n points of radius 1: y_i = x_i + (shift, 0).

    >>> x, y = circles(4, shift=3.0)
    >>> y[0].tolist()
    [4.0, 0.0]
    """
    angle = torch.arange(checks.whole("n", n)) * 2 * math.pi / n
    x = torch.stack([angle.cos(), angle.sin()], 1)
    return x, x + torch.tensor([shift, 0.0])


def drawn(n: int = 8, shift: float = 0.0) -> Callable[[int, torch.Generator], tuple[Tensor, Tensor]]:
    """Sampler of both rings, each for itself: rows do not belong together."""
    x, y = circles(n, shift)

    def circle_points(rows: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        return tuple(ring[torch.randint(n, (rows,), generator=rng)] for ring in (x, y))

    return circle_points


def together(
    seeds: Sequence[int],
    rounds: int,
    *,
    cycle: float = 10.0,
    identity: float = 0.0,
    near: bool = False,
    batch: int = 32,
) -> CycleGAN:
    """One game that holds a run a seed, on the CPU, its rows dealt out in blocks: 2-64-64-2 and 2-64-64-1 networks.

    near: translators that begin near the identity (Near).
    """
    networks: list[list[nn.Sequential]] = []
    with torch.random.fork_rng():
        for seed in seeds:
            torch.manual_seed(seed)
            networks.append([mlp([2, 64, 64, 2]), mlp([2, 64, 64, 2]), mlp([2, 64, 64, 1]), mlp([2, 64, 64, 1])])
    runs = len(networks)
    G, F, D_x, D_y = (stack(list(each)) for each in zip(*networks, strict=True))
    if near:
        for network in (G, F):
            with torch.no_grad():
                for p in network[-1].parameters():
                    p.mul_(0.1)
        G, F = Near(G), Near(F)
    rate = Ramp(1e-3, 1e-4, images=rounds * batch * runs)
    one = Recipe(NonSaturating(), (R1(0.1),), batch=batch, lr_d=rate, lr_g=rate, betas=(0.5, 0.9))
    recipe = replace(
        one,
        loss=EachRun(one.loss, runs),
        penalties=tuple(AllRuns(penalty, runs) for penalty in one.penalties),
        batch=batch * runs,
    )
    weights = {"cycle": cycle * runs, "identity": identity * runs}  # losses are summed over runs, means are not
    return CycleGAN(G, F, D_x, D_y, recipe, torch.device("cpu"), pool=0, **weights)


def found(game: CycleGAN, n: int = 8, shift: float = 0.0) -> tuple[list[Matching], list[float], list[float]]:
    """Of each run: the number of the y that is nearest to each G(x_i); the mean distance to it; |F(G(x_i)) - x_i|."""
    x, y = circles(n, shift)
    runs = len(next(game.G.parameters()))
    with still(game):
        made = deal(game.G(x.repeat(runs, 1)), runs)
        back = deal(game.F(made.flatten(0, 1)), runs)
    distance, to = torch.cdist(made, y.expand(runs, -1, -1)).min(2)
    error = (back - x).norm(dim=2).mean(1)
    return [tuple(row) for row in to.tolist()], distance.mean(1).tolist(), error.tolist()

"""What evolution rests on, in numbers: a planted defect, the family tree, the winner's curse, the cost. Chapter 16."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy import stats
from torch import Tensor

from ganbook import checks
from ganbook.games.evolution import Child, Evolution
from ganbook.games.mutations import PAPER
from ganbook.studies.populations import Populations
from ganbook.types import Sampler


class Aliased(Evolution):
    """Evolution with the defect of the authors' first code: the list of parents is the list of survivors.

    `gen_old_params = gen_new_params` makes no copy, so the first child takes its parent's place at once, and each later
    child starts from the best child so far: no siblings but a chain, of up to as many steps as there are mutations.

    Raises: ValueError as Evolution, and for more than one parent.
    Source: WANG-Chaoyue/EvolutionaryGAN, cifar10/train_cifar10.py and toys/train_toy_8G.py. Derived in: chapter 16.
    """

    def generation(self, real: Sampler, rng: torch.Generator) -> list[Child]:
        if len(self.parents) > 1:
            raise ValueError(f"parents must be one here, got {len(self.parents)}")
        x, best = self.judges(real, rng), []
        for mutation in range(len(self.mutations)):
            child = self.child(0, mutation, rng)
            child.fitness = self.fitness(child.G, x, rng)
            best = self.chosen([*best, child])
            self.succeed(best)  # the next child's parent
        return best


class AliasedPopulations(Aliased, Populations):
    """The same of many runs, with moments of each mutation's own, as in that code: adam="mutation"."""


class Birth(NamedTuple):
    """A survivor: when it was born (round from 1), its place, its parent's place, by what, and what it was worth."""

    round: int
    place: int
    parent: int
    mutation: str
    fitness: float


def family(history: dict[str, list[float]], mutations: Sequence[str] = PAPER) -> list[Birth]:
    """The family tree of a run of Evolution, from its history; fitness is nan where nothing was judged.

    A birth's parent is the survivor at that place of the round before.

    Raises: ValueError for a history without "mutation".

    >>> family({"mutation": [1.0, 0.0], "parent": [0.0, 0.0], "fitness": [0.5, 0.25]})[1]
    Birth(round=2, place=0, parent=0, mutation='minimax', fitness=0.25)
    """
    if "mutation" not in history:
        raise ValueError(f"history must be that of an Evolution, got {', '.join(history) or 'nothing'}")
    births, places = [], sum(name.startswith("mutation") for name in history)
    for n in range(len(history["mutation"])):
        for k in range(places):
            end = f" {k + 1}" if k else ""
            worth = history[f"fitness{end}"][n] if f"fitness{end}" in history else math.nan
            parent, way = int(history[f"parent{end}"][n]), int(history[f"mutation{end}"][n])
            births.append(Birth(n + 1, k, parent, mutations[way], worth))
    return births


def shares(births: Sequence[Birth], parts: int = 4, mutations: Sequence[str] = PAPER) -> list[dict[str, float]]:
    """How often each mutation won, in each of `parts` equal parts of the training: rows that sum to 1.

    Raises: ValueError for no births, or fewer rounds than parts.

    >>> births = family({"mutation": [1, 1, 0, 2], "parent": [0] * 4})
    >>> shares(births, 2)[1]
    {'minimax': 0.5, 'heuristic': 0.0, 'least squares': 0.5}
    """
    if not births:
        raise ValueError("births must hold at least one round, got none")
    last = max(birth.round for birth in births)
    checks.whole("parts", parts, most=last)
    found = []
    for part in range(parts):
        low, high = part * last // parts, (part + 1) * last // parts
        names = [birth.mutation for birth in births if low < birth.round <= high]
        found.append({name: names.count(name) / len(names) for name in mutations})
    return found


def expected_maximum(n: int) -> float:
    """E max of n independent standard normal numbers: what the best of n equal children seems to be ahead, in sigmas.

    E max = integral of x n phi(x) Phi(x)^(n-1) dx,  for n = 3: 3 / (2 sqrt(pi)).

    Derived in: chapter 16.

    >>> round(expected_maximum(3), 4)
    0.8463
    """
    checks.whole("n", n)
    x = np.linspace(-12.0, 12.0, 24_001)
    return float(np.trapezoid(x * n * stats.norm.pdf(x) * stats.norm.cdf(x) ** (n - 1), x))


def curse(
    worth: Sequence[float], sigma: float, draws: int = 100_000, rng: torch.Generator | None = None
) -> tuple[float, float]:
    """(promised, kept): the mean fitness of the winner as it was judged, and judged once more with fresh noise.

    worth: the true fitness of each child. sigma: deviation of the noise that it is judged with.

    Raises: ValueError for no children, sigma not > 0. Derived in: chapter 16.

    >>> promised, kept = curse([0.0, 0.0, 0.0], 1.0, rng=torch.Generator().manual_seed(0))
    >>> round(promised, 1), abs(kept) < 0.02
    (0.8, True)
    """
    true = checks.tensor("worth", torch.as_tensor(worth, dtype=torch.float64), "children")
    checks.positive("sigma", sigma), checks.whole("draws", draws)
    rng = rng or torch.Generator().manual_seed(0)

    def judged() -> Tensor:
        return true + sigma * torch.randn(draws, len(true), generator=rng, dtype=torch.float64)

    first, again = judged(), judged()
    winner = first.argmax(1, keepdim=True)
    return float(first.gather(1, winner).mean()), float(again.gather(1, winner).mean())


def passes(
    children: int = 3, batch: int = 64, evaluation: int = 256, d_steps: int = 1, *, gamma: bool = True
) -> dict[str, int]:
    """Rows that go forward and backward through G and D in one iteration of Evolution with one parent.

    children: mutations; with evaluation=0 nothing is judged: children=1 is then a GAN that draws D's fakes anew.
    gamma: whether F_d, a gradient of D's loss by its weights, is computed.

    Derived in: chapter 16.

    >>> passes(1, 64, 0)
    {'G forward': 128, 'G backward': 64, 'D forward': 192, 'D backward': 192}
    >>> sum(passes(3, 64, 256).values()) / sum(passes(1, 64, 0).values())  # 4928 rows for 576
    8.555555555555555
    """
    for name, value, least in (("children", children, 1), ("batch", batch, 1), ("evaluation", evaluation, 0)):
        checks.whole(name, value, least)
    judged = evaluation * (2 if gamma else 1)
    return {
        "G forward": d_steps * batch + children * (batch + evaluation),
        "G backward": children * batch,
        "D forward": 2 * d_steps * batch + children * (batch + judged),
        "D backward": 2 * d_steps * batch + children * (batch + (judged if gamma else 0)),
    }

"""Many populations of one, side by side: each run chooses among its own children. Chapter 16.

As games.SideBySide: weights stacked, one product of matrices a layer for all runs. Runs may differ in their mutations
and in gamma, so that a game with selection and its variants are played at once.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn

from ganbook import checks
from ganbook.games.evolution import Child, Evolution, Fitness
from ganbook.games.mutations import MUTATIONS, PAPER
from ganbook.games.side_by_side import AllRuns, EachRun
from ganbook.models import still
from ganbook.models.stacked import deal, stack
from ganbook.recipes import Recipe
from ganbook.types import Float, Sampler, Scalar


class Populations(Evolution):
    """One parent a run.

    make: called once a seed, with torch's global randomness at that seed, returns (G, D).
    seeds: one a run.
    recipe, prior, device, evaluation, select, adam: as in Evolution; a batch is that of one run.
    mutations: of all runs; or, with select="random", one tuple a run: those that its children are drawn from.
    gamma: of all runs, or one a run.

    `won` holds the mutation of each run's survivor. Readings are means over runs; "share NAME" is how often each
    mutation has won. A run whose children are all nan keeps the first of them.

    Raises: ValueError as SideBySide and Evolution; where mutations or gamma are not one, or one a run.
    Derived in: chapter 16.
    """

    def __init__(
        self,
        make: Callable[[], tuple[nn.Sequential, nn.Sequential]],
        seeds: Sequence[int],
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        mutations: Sequence[str] | Sequence[Sequence[str]] = PAPER,
        gamma: float | Sequence[float] = 0.05,
        evaluation: int = 256,
        select: str = "fitness",
        adam: str = "parent",
    ) -> None:
        pairs, own_seeds = [], tuple(seeds)
        with torch.random.fork_rng():
            for seed in own_seeds:
                torch.manual_seed(seed)
                pairs.append(make())
        if not pairs:
            raise ValueError("seeds must be one or more, got none")
        runs = len(pairs)
        own = [tuple(one) for one in mutations] if not isinstance(mutations[0], str) else [tuple(mutations)] * runs
        gammas = [float(checks.finite("gamma", g)) for g in (gamma if isinstance(gamma, Sequence) else [gamma] * runs)]
        if len(own) != runs or len(gammas) != runs:
            raise ValueError(f"mutations and gamma must be one, or one a run ({runs})")
        if len(set(own)) > 1 and (select != "random" or adam != "parent"):
            raise ValueError('mutations may differ between runs with select="random" and adam="parent" only')
        together = replace(
            recipe,
            loss=EachRun(recipe.loss, runs),
            penalties=tuple(AllRuns(penalty, runs) for penalty in recipe.penalties),
            batch=recipe.batch * runs,
            ema_halflife=recipe.ema_halflife and recipe.ema_halflife * runs,
        )
        super().__init__(
            [stack([G for G, _ in pairs])],
            stack([D for _, D in pairs]),
            together,
            prior,
            device,
            mutations=tuple(dict.fromkeys(name for one in own for name in one)),
            gamma=max(gammas, key=abs),
            evaluation=evaluation * runs,
            select=select,
            adam=adam,
        )
        self.runs, self.seeds = runs, own_seeds
        self.gammas = torch.tensor(gammas, device=self.device)
        self.allowed = torch.tensor([[float(name in one) for name in self.mutations] for one in own])
        self.won = torch.zeros(runs, dtype=torch.long)
        self.every = torch.arange(runs)

    def mutated(self, out: Tensor, mutation: Any) -> Scalar:
        """The sum over runs of what their children descend; mutation: a number, or one a run."""
        ways = torch.as_tensor(mutation).expand(self.runs).contiguous()
        rows = deal(out, self.runs)
        needed = ways.unique().tolist()
        losses = torch.stack([MUTATIONS[self.mutations[k]](rows).flatten(1).mean(1) for k in needed])
        places = torch.searchsorted(torch.tensor(needed), ways)
        return losses[places, self.every].sum()

    def drawn(self, rng: torch.Generator) -> list[Child]:
        """A child a run, its mutation drawn among the run's own."""
        return [self.child(0, torch.multinomial(self.allowed, 1, generator=rng)[:, 0], rng)]

    def each_mean(self, rows: Tensor) -> Tensor:
        return deal(rows, self.runs).mean(1)

    def squared(self, slopes: list[Tensor]) -> Tensor:
        total = sum(g.flatten(1).square().sum(1) for g in slopes)
        return total.clamp(min=torch.finfo(torch.float32).tiny)

    def fitness(self, G: nn.Module, x: Any, rng: torch.Generator) -> Fitness:
        found = super().fitness(G, x, rng)
        if found.diversity is None:
            return found
        return replace(found, total=found.quality + self.gammas * found.diversity)

    def chosen(self, children: list[Child]) -> list[Child]:
        """One child, put together of every run's fittest."""
        worth = torch.stack([child.fitness.total for child in children])
        best = worth.nan_to_num(nan=-torch.inf, neginf=-torch.inf).argmax(0).cpu()

        def pick(tensors: Sequence[Tensor]) -> Tensor:
            return torch.stack(list(tensors))[best, self.every]

        first = children[0]
        G = copy.deepcopy(first.G)
        with torch.no_grad():
            for place, *each in zip(G.parameters(), *(child.G.parameters() for child in children), strict=True):
                place.copy_(pick(each))
        optimizer = self._moments(G, children, pick) if self.by is None else first.optimizer
        ways = pick([torch.as_tensor(child.mutation).expand(self.runs) for child in children])
        parts = [child.fitness for child in children]
        fitness = Fitness(
            pick([part.total for part in parts]),
            pick([part.quality for part in parts]),
            None if parts[0].diversity is None else pick([part.diversity for part in parts]),
        )
        return [Child(G, optimizer, first.parent, ways, fitness)]

    def _moments(self, G: nn.Module, children: list[Child], pick: Callable) -> torch.optim.Optimizer:
        """The optimiser of the survivors: each run's own moments. All children are equally old."""
        optimizer = copy.copy(children[0].optimizer)
        states = [[child.optimizer.state[p] for p in child.G.parameters()] for child in children]
        optimizer.param_groups = [{**group, "params": list(G.parameters())} for group in optimizer.param_groups]
        optimizer.state = type(optimizer.state)(dict)
        for p, *each in zip(G.parameters(), *states, strict=True):
            optimizer.state[p] = {
                key: value if value.dim() == 0 else pick([state[key] for state in each])
                for key, value in each[0].items()
            }
        return optimizer

    def succeed(self, survivors: list[Child]) -> None:
        super().succeed(survivors)
        self.won = torch.as_tensor(survivors[0].mutation).expand(self.runs).clone()

    def told(self, survivors: list[Child]) -> dict[str, Scalar]:
        worth = survivors[0].fitness
        found: dict[str, Scalar] = {
            f"share {name}": (self.won == k).float().mean() for k, name in enumerate(self.mutations)
        }
        if worth is not None:
            found |= {"fitness": worth.total.mean(), "F_q": worth.quality.mean()}
            found |= {} if worth.diversity is None else {"F_d": worth.diversity.mean()}
        return found

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """One round of every run; the loss of D is the mean over runs."""
        told = super().round(real, rng)
        return told | {"D": told["D"] / self.runs}

    def samples(self, n: int, rng: torch.Generator) -> Float[Tensor, "runs each ..."]:
        """n samples of each run, from latents of their own."""
        return deal(self.sample(n * self.runs, rng), self.runs)

    def alive(self) -> list[bool]:
        """For each run: are all its weights finite?"""
        own = [*self.G.parameters(), *self.D.parameters()]
        return torch.stack([p.detach().flatten(1).isfinite().all(1) for p in own]).all(0).tolist()

    def lost(self, readings: dict[str, Scalar]) -> bool:
        """Only when all runs are."""
        return super().lost(readings) and not any(self.alive())

    def steepness(self, x: Any, y: Tensor) -> Tensor:
        """F_d of samples y of all runs beside x, a number a run."""
        with still(self.D), torch.enable_grad():
            slopes = torch.autograd.grad(self.now.loss.d(self.D(x), self.D(y)), list(self.D.parameters()))
        return -self.squared(list(slopes)).log() / 2

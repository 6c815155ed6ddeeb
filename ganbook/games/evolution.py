"""A population of generators: each parent has a child by each loss, and those that D likes best are the next parents.

Wang et al. 2019 call the losses mutations and the choice evolution. It is a search along one step: of three gradients
the one that looks best to the present D. Nothing is crossed, and no parent outlives its children.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganbook import checks, processes
from ganbook.data import normal
from ganbook.games.game import Average, descend
from ganbook.games.gan import latent_width
from ganbook.games.mutations import MUTATIONS, PAPER, check_mutations, check_parents, fittest
from ganbook.games.with_d import GameWithD, detached
from ganbook.models import still
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts


@dataclass
class Fitness:
    """What a generator is worth to D: total = quality + gamma diversity. Without gamma there is no diversity."""

    total: Tensor
    quality: Tensor
    diversity: Tensor | None = None


@dataclass
class Child:
    """A generator after its step, the optimiser that made it, whose child it is, by which mutation, and its worth."""

    G: nn.Module
    optimizer: Optimizer
    parent: int
    mutation: Any
    fitness: Fitness | None = None


class Evolution(GameWithD):
    """Each round D moves, then each parent has a child by each mutation; as many stay as there are parents.

    F = F_q + gamma F_d,  F_q = E D(G(z)),  F_d = -log ||grad_psi L_D||,  D = sigmoid of the raw score.

    F_q is what D thinks of the child's samples; L_D is the recipe's loss of D, penalties apart, of real samples and
    the child's. Both are measured on `evaluation` samples, all children of a round beside the same real ones.

    parents: networks of one shape from (n, z) to samples, each its own; the fakes that D learns from are dealt out.
    D: network from samples to (n, 1). The mutations read its outputs as logits: a loss of D by cross-entropy is meant.
    recipe: d_steps steps of D, and g_steps of each child; lr_g is a child's rate. Its loss is D's alone.
    prior: Sampler of z; by default N(0, I) of the width of G's first layer.
    device: by default ganbook.device().
    mutations: names from MUTATIONS.
    gamma: of F_d; 0 spares its backward pass. The authors' first code has twice its beta: 0.004 on CIFAR-10 and 2 on
        the toys. Below 0 large gradients are sought, as in their PyTorch code before July 2020.
    evaluation: samples that a child is judged by, 256 in the authors' code.
    select: "fitness"; or "random": as many children as there are parents are drawn, and only these are made and none
        is judged. That is the control: the same steps without selection, at a third of the cost.
    adam: "parent": a child goes on with its parent's moments (the authors' PyTorch code); "mutation": each mutation has
        moments of its own, kept across rounds, whoever survives (their Theano code). The paper does not say.
    fresh: judge the first survivor once more, on fresh samples: the reading "fresh". What it won by was the best of
        several noisy numbers, so it promises too much.

    Readings: "D"; of the survivors "mutation" and "parent", as numbers from 0, and "fitness", "F_q", "F_d" of the
    first; a second one's have " 2" after their names. studies.evolution.family reads the tree from them.

    D's fakes are drawn anew, where the authors' code takes those that the survivor was chosen by. Children are judged
    in training mode, as D will see them.

    Raises: ValueError for no parents, parents of different shapes or the same one twice, unknown or repeated mutations;
    before round 1 for a loss of several outputs, or fewer rows than parents. FloatingPointError where a fitness is nan.
    Source: Wang et al. 2019, Algorithm 1. Derived in: chapter 16.
    """

    maker = "parents"

    def __init__(
        self,
        parents: Sequence[nn.Module],
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        mutations: Sequence[str] = PAPER,
        gamma: float = 0.05,
        evaluation: int = 256,
        select: str = "fitness",
        adam: str = "parent",
        fresh: bool = False,
    ) -> None:
        super().__init__(recipe, device)
        self.parents = nn.ModuleList(check_parents(parents))
        self.mutations, self.gamma = check_mutations(mutations), checks.finite("gamma", gamma)
        self.evaluation = checks.whole("evaluation", evaluation)
        self.select = checks.one_of("select", select, ("fitness", "random"))
        self.adam = checks.one_of("adam", adam, ("parent", "mutation"))
        self.fresh = checks.one_of("fresh", fresh, (False, True))
        self.seat_d(D)
        self.parents.to(self.device)
        self.by = nn.ModuleList(copy.deepcopy(self.G) for _ in self.mutations) if adam == "mutation" else None
        for k, G in enumerate(self.by or self.parents):
            self.player(f"G{k}", G, lr=recipe.lr_g)
        if prior is not None:
            checks.function("prior", prior, "a Sampler of z, called as prior(n, rng)")
        self.prior = prior or normal(latent_width(self.G), self.device)
        self.average = Average(self.G, recipe.ema_halflife, recipe.batch) if recipe.ema_halflife else None

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        for _ in range(self.recipe.d_steps):
            x = self.draw(real, rng)
            with torch.no_grad():
                y = self.fake(x, rng)
            d_loss = descend(self.optimizers["D"], self.d_loss(x, detached(y), rng))
        survivors = self.drawn(rng) if self.select == "random" else self.chosen(self.generation(real, rng))
        self.succeed(survivors)
        if self.fresh and survivors[0].fitness is not None:
            again = self.fitness(self.G, self.judges(real, rng), rng).total
        if self.average is not None:
            self.average.update_parameters(self.G)
        told = {"D": d_loss, **self.told(survivors)}
        return told | {"fresh": again.mean()} if "fitness" in told and self.fresh else told

    def fake(self, x: Batch, rng: torch.Generator) -> Batch:
        """As many samples as x, of each parent an equal part."""
        n, P = len(parts(x)[0]), len(self.parents)
        return torch.cat([G(self.draw(self.prior, rng, n // P + (k < n % P))) for k, G in enumerate(self.parents)])

    def child(self, parent: int, mutation: Any, rng: torch.Generator) -> Child:
        """A copy of a parent that has moved by one mutation; the parent stays as it was."""
        if self.by is None:
            G, optimizer = copy.deepcopy(
                (self.parents[parent], self.optimizers[f"G{parent}"]),
            )
        else:
            G, optimizer = self.by[mutation], self.optimizers[f"G{mutation}"]
            G.load_state_dict(self.parents[parent].state_dict())
        for _ in range(self.recipe.g_steps):
            y = G(self.draw(self.prior, rng))
            descend(optimizer, self.mutated(self.D(self.shown(y)), mutation))
        return Child(
            G if self.by is None else copy.deepcopy(G),
            optimizer,
            parent,
            mutation,
        )

    def mutated(self, out: Tensor, mutation: Any) -> Scalar:
        """What a child descends, given D's raw outputs for its samples."""
        return MUTATIONS[self.mutations[mutation]](out).mean()

    def judges(self, real: Sampler, rng: torch.Generator) -> Batch:
        """Real samples beside which children are judged."""
        return self.draw(real, rng, max(1, self.evaluation // processes.place()[1]))

    def generation(self, real: Sampler, rng: torch.Generator) -> list[Child]:
        """Every parent's child by every mutation, judged."""
        x, children = self.judges(real, rng), []
        for parent in range(len(self.parents)):
            for mutation in range(len(self.mutations)):
                child = self.child(parent, mutation, rng)
                child.fitness = self.fitness(child.G, x, rng)
                children.append(child)
        return children

    def fitness(self, G: nn.Module, x: Batch, rng: torch.Generator) -> Fitness:
        """F, F_q and F_d of a generator beside the real samples x, each on as many fresh samples of its own."""
        with torch.no_grad():
            y = G(self.draw(self.prior, rng, len(parts(x)[0])))
        loss, own = self.now.loss, [p for p in self.D.parameters() if p.requires_grad]
        with torch.set_grad_enabled(self.gamma != 0):
            out = self.D(self.shown(y))
            quality = self.each_mean(loss.score(out.detach()).sigmoid())
            if not self.gamma:
                return Fitness(quality, quality)
            slopes = torch.autograd.grad(
                loss.d(self.D(*parts(self.shown(x))), out),
                own,
                allow_unused=True,
            )
        diversity = (
            -self.squared(
                [processes.mean(g) for g in slopes if g is not None],
            ).log()
            / 2
        )
        return Fitness(quality + self.gamma * diversity, quality, diversity)

    def each_mean(self, rows: Tensor) -> Tensor:
        """The mean over rows, of all processes."""
        return processes.mean(rows.mean())

    def squared(self, slopes: list[Tensor]) -> Tensor:
        """||g||^2; where D has no slope left at all, the least number above 0."""
        return torch.stack([g.square().sum() for g in slopes]).sum().clamp(min=torch.finfo(torch.float32).tiny)

    def chosen(self, children: list[Child]) -> list[Child]:
        """The survivors, the fittest first. Raises: FloatingPointError where a fitness is not finite."""
        try:
            best = fittest(torch.stack([child.fitness.total for child in children]), len(self.parents))
        except ValueError as error:
            names = ", ".join(self.mutations)
            raise FloatingPointError(f"{error} (mutations {names}): D or a child is lost. Lower the rates") from error
        return [children[k] for k in best]

    def drawn(self, rng: torch.Generator) -> list[Child]:
        """As many children as there are parents, drawn among all that there could be."""
        M, P = len(self.mutations), len(self.parents)
        order = torch.randperm(P * M, generator=rng)[:P].tolist()
        return [self.child(k // M, k % M, rng) for k in order]

    def succeed(self, survivors: list[Child]) -> None:
        """The survivors are the parents now."""
        for k, child in enumerate(survivors):
            self.parents[k] = child.G
            if self.by is None:
                self.optimizers[f"G{k}"] = child.optimizer

    def told(self, survivors: list[Child]) -> dict[str, Scalar]:
        """The readings of a round."""
        found: dict[str, Scalar] = {}
        for k, child in enumerate(survivors):
            end, worth = f" {k + 1}" if k else "", child.fitness
            found[f"mutation{end}"] = torch.tensor(float(child.mutation))
            found[f"parent{end}"] = torch.tensor(float(child.parent))
            if worth is not None:
                found |= {f"fitness{end}": worth.total, f"F_q{end}": worth.quality}
                found |= {} if worth.diversity is None else {f"F_d{end}": worth.diversity}
        return found

    def check(self, real: Sampler) -> None:
        if self.recipe.loss.outputs != 1:
            raise ValueError(f"recipe.loss must have one output, as mutations ask, got {self.recipe.loss!r:.100}")
        if self.share < len(self.parents):
            raise ValueError(f"recipe.batch must be at least one row a parent, {len(self.parents)}, got fewer")
        super().check(real)

    @property
    def G(self) -> nn.Module:
        """The fittest generator of the last round."""
        return self.parents[0]

    @property
    def sampler(self) -> nn.Module:
        """The network that samples are drawn from: the averaged copy where there is one."""
        return self.G if self.average is None else self.average.module

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        checks.whole("n", n)
        with still(self.sampler):
            return self.sampler(self.prior(n, rng))

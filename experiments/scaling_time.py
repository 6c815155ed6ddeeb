"""What does a round cost, made in so many parts by so many processes, and how much does a part keep in memory?

The networks of scaling_batches (16 px digits, layer norm in G, spectral norm in D), one thread a process. "256 in 4":
batches of 256 rows, 64 at a time; "by two" processes, each with half of the rows and of the parts. A round is timed six
times, all variants of as many processes in turn, and the quickest counts, since other programs run here, too. "MiB
kept": what autograd keeps for a step of D, in each process: the most that one part keeps.
"""

from __future__ import annotations

import resource
from dataclasses import replace
from time import perf_counter

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from ganbook import data, models
from ganbook.experiments import Experiment, main
from ganbook.games import InParts
from ganbook.recipes import HINGE
from ganbook.studies.scaling import in_processes
from ganbook.train import train
from ganbook.train.run import Run

CPU = torch.device("cpu")
RECIPE = replace(HINGE, lr_d=1e-3, lr_g=1e-3, ema_halflife=2_000)
ONE = {f"{batch} in {parts}": (batch, parts) for batch in (64, 256) for parts in (1, 2, 4, 8)}
TWO = {f"{batch} in {parts} by two": (batch, parts // 2) for batch in (64, 256) for parts in (2, 4, 8)}


class Counted(InParts):
    """Notes what the largest part of a step of D keeps for its backward pass."""

    kept = 0

    def d_loss(self, x: Tensor, y: Tensor, rng: torch.Generator) -> Tensor:
        seen: dict[int, int] = {}

        def note(kept: Tensor) -> Tensor:
            seen[kept.untyped_storage().data_ptr()] = kept.untyped_storage().nbytes()
            return kept

        with saved_tensors_hooks(note, lambda kept: kept):
            loss = super().d_loss(x, y, rng)
        self.kept = max(self.kept, sum(seen.values()))
        return loss


def begun(batch: int, parts: int, rounds: int) -> Run:
    """One training, before its first round."""
    torch.manual_seed(0)
    pair = models.dcgan(16, 1, z=32, width=16, norm_g="layer", norm_d="spectral")
    game = Counted(*pair, replace(RECIPE, batch=batch), data.normal(32, CPU), CPU, parts=parts)
    return train(game, data.digits(16, device=CPU), rounds=rounds, progress=False, shared=True)


def seconds() -> tuple[float, float]:
    """What the clock says, and what this process has used of a processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return perf_counter(), used.ru_utime + used.ru_stime


def timed(variants: dict[str, tuple[int, int]], times: int) -> list[dict[str, float]]:
    """Each variant's quickest round, in this process, after one that is not timed."""
    runs = [begun(*each, times + 1) for each in variants.values()]
    spent: list[list[tuple[float, ...]]] = [[] for _ in runs]
    for _ in range(times + 1):
        for run, own in zip(runs, spent, strict=True):
            before = seconds()
            next(run)
            own.append(tuple(1e3 * (b - a) for a, b in zip(before, seconds(), strict=True)))
    found = []
    for run, own in zip(runs, spent, strict=True):
        clock, used = (min(column) for column in zip(*own[1:], strict=True))
        found.append({"ms a round": clock, "processor ms": used, "MiB kept": run.game.kept / 2**20})
    return found


def measure(name: str, seeds: tuple[int, ...]) -> list[dict[str, float]]:
    """A seed is one more look at the clock."""
    assert len(seeds) == 1
    variants, n = (ONE, 1) if name == "one process" else (TWO, 2)
    return in_processes(n, lambda: timed(variants, 6))[0]


EXPERIMENT = Experiment(
    name="scaling_time",
    question="What does a round cost in parts, and by two processes?",
    variants=(*ONE, *TWO),
    seeds=tuple(range(2)),
    measures=("ms a round", "processor ms", "MiB kept"),
    measure=measure,
    groups={"one process": tuple(ONE), "two processes": tuple(TWO)},
    apart=True,
    clocks=("ms a round", "processor ms"),
    live=None,
    differs={"live": "a page, not a chapter, shows it; and no cell of a notebook starts processes"},
)

if __name__ == "__main__":
    main(EXPERIMENT, __file__)

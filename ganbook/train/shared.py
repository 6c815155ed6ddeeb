"""Who plays a run: this process alone, or all processes that `accelerate launch` has started."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

import ganbook
from ganbook import processes


@dataclass(frozen=True)
class Company:
    """This process among those that play one run."""

    rank: int = 0
    world: int = 1

    def together(self) -> contextlib.AbstractContextManager:
        """Within it batches are cut, and gradients averaged: see `ganbook.processes`."""
        return processes.together(self.rank, self.world)


Alone = Company()


def company(shared: bool, batch: int) -> Company:
    """The processes of a run: this one alone unless `shared` is asked for and there are more.

    Raises: ValueError where shared is no bool, or the recipe's batch cannot be dealt out; ImportError where several
    processes were started and accelerate is missing.
    """
    if not isinstance(shared, bool):
        raise ValueError(f"shared must be True or False, got {shared!r}")
    if not shared or int(os.environ.get("WORLD_SIZE", "1")) == 1:
        return Alone
    from accelerate import PartialState

    state = PartialState(cpu=ganbook.device().type == "cpu")  # without cpu=True it takes each process for the only one
    if batch % state.num_processes:
        raise ValueError(
            f"recipe.batch must be a multiple of the {state.num_processes} processes that share a run, got {batch}"
        )
    return Company(state.process_index, state.num_processes)

"""Who plays a run: this process alone, or all processes that `accelerate launch` has started."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from hashlib import sha256

import torch
from torch import Tensor, nn

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

    def stir(self, seed: int, n: int) -> None:
        """Global randomness of its own for each process but the first, a function of the round alone.

        Dropout would otherwise drop the same in all of them, and a checkpoint would have to hold the state of each.
        """
        if self.rank:
            torch.manual_seed(int.from_bytes(sha256(f"{seed} {self.rank} {n}".encode()).digest()[:4], "little"))

    def follow(self, game: nn.Module) -> None:
        """The weights of all processes are the first's."""
        with self.together():
            processes.copy_first(game.state_dict().values())

    def settle(self, game: nn.Module, readings: dict[str, Tensor]) -> dict[str, Tensor]:
        """After a round: the buffers of all are the first's (batch norm's statistics, say); the readings are means."""
        if self.world == 1:
            return readings
        with self.together():
            processes.copy_first(game.buffers())
            own = [torch.as_tensor(value) for value in readings.values()]
            means = processes.mean(torch.stack([value.detach().double().cpu() for value in own]))
        return {
            name: one.to(value.device, value.dtype if value.is_floating_point() else torch.float32)
            for name, value, one in zip(readings, own, means, strict=True)
        }

    def alike(self, digest: str) -> bool:
        """Have all processes the same digest? All of them must ask."""
        with self.together():
            return processes.alike(digest.encode())


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
    try:
        from accelerate import PartialState
    except ImportError as error:
        raise ImportError("shared=True over several processes needs accelerate: pip install accelerate") from error
    state = PartialState(cpu=ganbook.device().type == "cpu")  # without cpu=True it takes each process for the only one
    if batch % state.num_processes:
        raise ValueError(
            f"recipe.batch must be a multiple of the {state.num_processes} processes that share a run, got {batch}"
        )
    return Company(state.process_index, state.num_processes)

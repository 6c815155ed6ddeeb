"""The training loop as an iterator: it knows nothing of data, losses or networks.

    for step in every(100, train(game, real, rounds=2_000)):
        film.add(step.sample(64), title=f"round {step.n}")

Whatever the reader draws, prints or stops inside the loop, the training stays the same, bit for bit.
"""

from __future__ import annotations

import math
import os
import pathlib
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import torch
from torch import Tensor
from tqdm import tqdm

from ganbook import checks
from ganbook.games.game import Game, check_batch, check_players
from ganbook.player.front_end import live_front_end
from ganbook.train import randomness, state
from ganbook.train.precision import check_precision, computing, said
from ganbook.train.shared import Alone, Company, company
from ganbook.types import Batch, Sampler, Samples

LOOK = 100
"""Rounds between two looks at the losses, and at the data: looking at each would stall a GPU."""


@dataclass(frozen=True)
class Step:
    """What the reader sees of a finished round: its number from 1, and the game as it now stands."""

    n: int
    game: Game = field(repr=False)
    seed: int = field(repr=False)
    tensors: dict[str, Tensor] = field(repr=False)

    @property
    def losses(self) -> dict[str, float]:
        """What the round told, by name: each player's loss, and other readings where the game has them."""
        return {name: float(loss) for name, loss in self.tensors.items()}

    def sample(self, n: int, **asked: Any) -> Samples:
        """n samples from the same z at every step of a run, so that frames of a film can be compared.

        asked: what this game's `sample` takes besides, such as y= or truncation=.
        """
        return self.game.sample(n, torch.Generator().manual_seed(self.seed + 1), **asked)


def train(
    game: Game,
    real: Sampler,
    *,
    rounds: int,
    seed: int = 0,
    checkpoint: str | os.PathLike | None = None,
    save_every: int = 1_000,
    progress: bool = True,
    precision: str = "float32",
    shared: bool = False,
) -> Run:
    """An iterator over `rounds` rounds of a game; nothing moves until it is iterated.

    game: networks and optimisers; its weights are used as they are.
    real: Sampler of data.
    seed: of the run's own randomness (batches, z, dropout).
    checkpoint: a file saved every `save_every` rounds and at the end; a run goes on from it, bit-equal to one unbroken.
    progress: a bar on terminals and in live notebooks.
    precision: "bf16" lets the networks compute in bfloat16, faster where the processor can (ganbook.train.precision);
        weights and losses stay in float32.
    shared: play this one run over all processes of `accelerate launch`, each with its share of every batch
        (ganbook.processes); the first process writes the checkpoint.

    Raises, before the first round: ValueError for a bad argument, bad data, a damaged checkpoint, or one of another
    recipe, seed, prior or networks (listing every difference); OSError where the checkpoint cannot be written.
    While iterated: FloatingPointError where a loss or a weight is no longer finite (the last good checkpoint stays);
    ValueError where the data are not; ConnectionError where another process of a shared run has ended.

    Bit-equal means: on the CPU with as many threads, or on a GPU under torch.use_deterministic_algorithms(True).
    A sampler with a state of its own (data.from_loader) starts a new pass where a run is resumed.
    A round that is stopped in the middle is undone when the run is iterated on. A finished run's file is only read.
    Derived in: chapter 1; several processes: chapter 17.
    """
    if not isinstance(game, Game):
        raise ValueError(f"game must be a Game, such as GAN(G, D, recipe), got {type(game).__name__}")
    for name, value, least in (("rounds", rounds, 0), ("save_every", save_every, 1), ("seed", seed, 0)):
        checks.whole(name, value, least)
    check_precision(precision)
    others = company(shared, game.recipe.batch)
    with randomness.kept(randomness.gpus(game)), others.together():  # a look at this process's rows
        game.prepare(1)
        check_players(game)
        game.check(real)
    path = None if checkpoint is None else state.writable(pathlib.Path(checks.path("checkpoint", checkpoint)), rounds)
    return Run(game, real, rounds, seed, path, save_every, progress, precision, others)


class Run(Iterator[Step]):
    """A training in progress: iterate it, stop, look, iterate on. Made by `train`."""

    def __init__(
        self,
        game: Game,
        real: Sampler,
        rounds: int,
        seed: int,
        path: pathlib.Path | None,
        save_every: int,
        progress: bool,
        precision: str,
        others: Company = Alone,
    ) -> None:
        self.game, self.real, self.rounds, self.seed = game, real, rounds, seed
        self.path, self.save_every, self.precision, self.others = path, save_every, precision, others
        self.n = 0
        self.rng = torch.Generator().manual_seed(seed)
        self._history: dict[str, list[float]] = {}
        self._unread: list[dict[str, Tensor]] = []
        self._broken = ""
        self._gpus = randomness.gpus(game)
        with randomness.kept(self._gpus):
            torch.manual_seed(seed)
            self.random = randomness.take(self._gpus)
            """The global random state of the training, which is not the reader's."""
        # In the form of round 1: a game that grows describes itself otherwise later.
        self._agreed = {
            **game.describe(),
            "seed": repr(seed),
            "precision": precision,
            "processes": repr(others.world),
        }
        if path is not None and path.exists():
            self._history = state.resume(self, path, self._agreed)
        self._kept = state.take(self)
        game.story = {"rounds": self.n, "seed": seed, "data": repr(real)}
        if others.world > 1 and not others.alike(state.digest(self._kept[0], self.n, rounds, save_every, self._agreed)):
            raise ValueError(
                "the processes of a shared run must start alike: each with the same game (torch.manual_seed before "
                "its networks are made), the same arguments of train, and the same checkpoint to read"
            )
        show = checks.flag("progress", progress) and others.rank == 0 and _live()
        self._bar = tqdm(total=rounds, initial=self.n, disable=not show, unit=" rounds")

    def __repr__(self) -> str:
        kind = type(self.game).__name__
        return f"Run({kind}, round {self.n:,} of {self.rounds:,}, {said(self.game, self.precision)})"

    @property
    def history(self) -> dict[str, list[float]]:
        """Name of a reading -> its value in each round so far: each player's loss, and what else the game tells."""
        self._read()
        return self._history

    def __len__(self) -> int:
        """Rounds that are left."""
        return max(0, self.rounds - self.n)

    def __bool__(self) -> bool:
        return True  # also with no rounds left: it still has a history and a game

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> Step:
        if self._broken:
            self._mend()
        if self.n >= self.rounds:
            self._bar.close()
            raise StopIteration
        self._broken = f"round {self.n + 1} was stopped"
        losses = self._play(self.real if self.n % LOOK else self._looked_at)
        self.n += 1
        self._unread.append(losses)
        last = self.n == self.rounds
        saving = self.path is not None and (self.n % self.save_every == 0 or last)
        try:
            if saving or last or len(self._unread) >= LOOK:
                self._read()
            if saving:
                self._save()
        except FloatingPointError as error:
            self._broken = f"lost: {error}"
            raise
        if self.n % LOOK == 0:
            self._kept = state.take(self)
        self._broken, self.game.story["rounds"] = "", self.n
        self._bar.update()
        return Step(self.n, self.game, self.seed, losses)

    def _save(self) -> None:
        tensors, facts = state.take(self)
        state.check_finite(self, tensors)
        if self.others.world > 1 and not self.others.alike(state.digest(tensors)):
            raise RuntimeError(
                f"the processes of this shared run no longer hold the same weights after round {self.n}; the last "
                "checkpoint is kept. What a round decides, it must decide by ganbook.processes.mean, and draw from rng"
            )
        if self.others.rank == 0:
            state.write(self.path, tensors, facts, self._history, self._agreed)

    def _play(self, real: Sampler) -> dict[str, Tensor]:
        """One round, in the training's own randomness."""
        with randomness.kept(self._gpus):
            randomness.put(self.random)
            try:
                self.game.train()
                form = self._prepare()
                self.others.stir(self.seed, self.n)
                with self.others.together(), computing(self.game, self.precision):
                    losses = self.game.round(real, self.rng)
                losses = self.others.settle(self.game, losses)
            finally:
                self.random = randomness.take(self._gpus)
        if (now := state.form(self.game)) != form:
            raise ValueError(
                f"round must leave every player in its shapes, which {type(self.game).__name__}.round did not: "
                f"{state.changes(form, now)}. A game that grows does so in prepare(n), or it could not be resumed"
            )
        return losses

    def _prepare(self) -> state.Form:
        before = state.form(self.game)
        self.game.prepare(self.n + 1)
        form = state.form(self.game)
        if form != before:  # new networks are drawn from global randomness
            self.others.follow(self.game)
        return form

    def _looked_at(self, n: int, rng: torch.Generator) -> Batch:
        batch = self.real(n, rng)
        check_batch(batch, n, f"in round {self.n + 1}")
        return batch

    def _mend(self) -> None:
        """Undo a round that was stopped: back to the last state that was kept, and the rounds since once more.

        Raises: FloatingPointError where the networks are lost; RuntimeError where `real` cannot draw again, or where
        other processes have gone on.
        """
        if self._broken.startswith("lost: "):
            raise FloatingPointError(self._broken[len("lost: ") :])
        if self.others.world > 1:
            raise RuntimeError(f"{self._broken}, and this run is shared: start all its processes again")
        if getattr(self.real, "stateful", False):
            raise RuntimeError(
                f"{self._broken} in the middle, and {type(self.real).__name__} cannot draw the same batches again: "
                "build the game anew, or go on from a checkpoint"
            )
        n = self.n
        self._go_back()
        while self.n < n:
            self._play(self.real)
            self.n += 1
        self._broken = ""

    def _go_back(self) -> None:
        """To the last state that was kept, in the form that the game had then."""
        state.prepare(self.game, self._kept[1]["n"])
        state.put(self, *self._kept)

    def _read(self) -> None:
        """Fetch the readings of the last rounds, and refuse to go on, or to save, where the game is lost."""
        unread, self._unread = self._unread, []
        rows = [{name: float(loss) for name, loss in losses.items()} for losses in unread]
        for row in rows:
            for name, value in row.items():
                self._history.setdefault(name, []).append(value)
        for n, row in enumerate(rows, self.n - len(rows) + 1):
            bad = next((name for name, value in row.items() if not math.isfinite(value)), None)
            if bad is not None:
                if not self.game.lost(unread[n - 1 - self.n + len(rows)]):
                    return  # some runs of many are nan; the others go on
                self._refuse(n, bad, row[bad])

    def _refuse(self, n: int, name: str, value: float) -> None:
        """Say what is to blame for a loss that is not finite: the data, if playing the rounds again finds it there."""
        if not getattr(self.real, "stateful", False):
            self._go_back()
            while self.n < n:
                self._play(self._looked_at)
                self.n += 1
        raise FloatingPointError(
            f"the loss of {name} is {value} at round {n}: the networks are lost. "
            "Go back to a checkpoint, or lower the learning rates."
        )


T = TypeVar("T", bound=Iterable)


def every(k: int, steps: Iterable[Step]) -> Iterator[Step]:
    """Every k-th step, and always the last one.

    Raises: ValueError where k is not a whole number >= 1.

    >>> from ganbook.recipes import DCGAN
    >>> [step.n for step in every(3, [Step(n, Game(DCGAN), 0, {}) for n in range(1, 8)])]
    [3, 6, 7]
    """
    return _every(checks.whole("k", k), checks.series("steps", steps, "a Run, or what iterates over steps"))


def _every(k: int, steps: Iterable[Step]) -> Iterator[Step]:
    step = None
    for step in steps:
        if checks.like("steps", step, "n", "a Run, or what iterates over steps").n % k == 0:
            yield step
    if step is not None and step.n % k:
        yield step


def fit(run: T) -> T:
    """Exhaust a run, or what iterates over steps of one, for scripts; returns it for its history and game."""
    for _ in checks.series("run", run, "a Run, or what iterates over one"):
        pass
    return run


def _live() -> bool:
    """Is somebody watching? Not where a notebook is executed for its outputs, which would hold 500 lines of the bar."""
    if "PYTEST_VERSION" in os.environ or "GANBOOK_STATIC" in os.environ:
        return False
    return live_front_end() if "ipykernel" in sys.modules else sys.stderr.isatty()

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
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor
from tqdm import tqdm

from ganbook.files import checkpoint as files
from ganbook.games import Game
from ganbook.train import randomness
from ganbook.train.precision import check_precision, computing
from ganbook.types import Sampler, Samples

LOOK = 100
"""Rounds between two looks at the losses: looking at each would stall a GPU."""


@dataclass(frozen=True)
class Step:
    """What the reader sees of a finished round: its number from 1, and the game as it now stands."""

    n: int
    game: Game = field(repr=False)
    seed: int = field(repr=False)
    tensors: dict[str, Tensor] = field(repr=False)

    @property
    def losses(self) -> dict[str, float]:
        """Each player's loss in this round."""
        return {name: float(loss) for name, loss in self.tensors.items()}

    def sample(self, n: int) -> Samples:
        """n samples from the same z at every step of a run, so that frames of a film can be compared."""
        return self.game.sample(n, torch.Generator().manual_seed(self.seed + 1))


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
) -> Run:
    """An iterator over `rounds` rounds of a game; nothing moves until it is iterated.

    game: networks and optimisers; its weights are used as they are. real: Sampler of data. seed: of the run's own
    randomness (batches, z, dropout). checkpoint: a file saved every `save_every` rounds and at the end; where it exists
    already, the run goes on from it, bit-equal to one never interrupted. progress: a bar on terminals and in live
    notebooks. precision: "bf16" lets the networks compute in bfloat16, faster where the processor can
    (ganbook.train.precision); weights and losses stay in float32.

    Raises, before the first round: ValueError for a bad argument, bad data, a damaged checkpoint, or one of another
    recipe, seed, prior or networks (listing every difference); OSError where the checkpoint cannot be written.
    While iterated: FloatingPointError where a loss or a weight is no longer finite (the last good checkpoint stays).

    Bit-equal means: on the CPU with as many threads, or on a GPU under torch.use_deterministic_algorithms(True).
    A sampler with a state of its own (data.from_loader) starts a new pass where a run is resumed.
    Derived in: chapter 1.
    """
    if not isinstance(game, Game):
        raise ValueError(f"game must be a Game, such as GAN(G, D, recipe), got {type(game).__name__}")
    for name, value, least in (("rounds", rounds, 0), ("save_every", save_every, 1), ("seed", seed, 0)):
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise ValueError(f"{name} must be a whole number >= {least}, got {value!r}")
    check_precision(precision)
    reader = randomness.take(randomness.gpus(game))
    try:
        game.check(_first_samples(real))
    finally:
        randomness.put(reader)
    path = None if checkpoint is None else _writable(pathlib.Path(checkpoint))
    return Run(game, real, rounds, seed, path, save_every, progress, precision)


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
    ) -> None:
        self.game, self.real, self.rounds, self.seed = game, real, rounds, seed
        self.path, self.save_every, self.precision = path, save_every, precision
        self.n = 0
        self._history: dict[str, list[float]] = {}
        self._unread: list[dict[str, Tensor]] = []
        self._rng = torch.Generator().manual_seed(seed)
        self._gpus = randomness.gpus(game)
        reader = randomness.take(self._gpus)
        torch.manual_seed(seed)
        self._global = randomness.take(self._gpus)
        randomness.put(reader)
        if path is not None and path.exists():
            self._resume()
        self._bar = tqdm(total=rounds, initial=self.n, disable=not (progress and _live()), unit=" rounds")

    @property
    def history(self) -> dict[str, list[float]]:
        """Player name -> its loss in each round so far."""
        self._read()
        return self._history

    def __len__(self) -> int:
        """Rounds that are left."""
        return max(0, self.rounds - self.n)

    def __iter__(self) -> Run:
        return self

    def __next__(self) -> Step:
        if self.n >= self.rounds:
            self._bar.close()
            raise StopIteration
        reader = randomness.take(self._gpus)
        randomness.put(self._global)
        try:
            self.game.train()
            with computing(self.game, self.precision):
                losses = self.game.round(self.real, self._rng)
        finally:
            self._global = randomness.take(self._gpus)
            randomness.put(reader)
        self.n += 1
        self._unread.append(losses)
        last = self.n == self.rounds
        saving = self.path is not None and (self.n % self.save_every == 0 or last)
        if saving or last or len(self._unread) >= LOOK:
            self._read()
        if saving:
            self._save()
        self._bar.update()
        return Step(self.n, self.game, self.seed, losses)

    def _read(self) -> None:
        """Fetch the losses of the last rounds, and refuse to go on, or to save, where one is not finite."""
        unread, self._unread = self._unread, []
        rows = [{name: float(loss) for name, loss in losses.items()} for losses in unread]
        for row in rows:
            for name, value in row.items():
                self._history.setdefault(name, []).append(value)
        for n, row in enumerate(rows, self.n - len(rows) + 1):
            for name, value in row.items():
                if not math.isfinite(value):
                    raise FloatingPointError(
                        f"the loss of {name} is {value} at round {n}: the networks are lost. "
                        "Go back to a checkpoint, or lower the learning rates."
                    )

    def _facts(self) -> dict[str, str]:
        """What must agree before a checkpoint is resumed."""
        return {**self.game.describe(), "seed": repr(self.seed), "precision": self.precision}

    def _save(self) -> None:
        assert self.path is not None
        tensors = {f"game/{name}": tensor for name, tensor in self.game.state_dict().items()}
        groups = {}
        for name, optimizer in self.game.optimizers.items():
            state, groups[name] = files.flatten_optimizer(name, optimizer)
            tensors |= state
        lost = [name for name, tensor in tensors.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
        if lost:
            raise FloatingPointError(
                f"{lost[0]} is not finite after round {self.n}: the networks are lost, the last checkpoint is kept. "
                "Go back to it, or lower the learning rates."
            )
        tensors |= {
            f"history/{name}": torch.tensor(values, dtype=torch.float64) for name, values in self._history.items()
        }
        tensors |= {f"random/{name}": state for name, state in self._global.items()}
        tensors["random/rng"] = self._rng.get_state()
        files.write(self.path, tensors, {"n": self.n, "must agree": self._facts(), "optimizers": groups})

    def _resume(self) -> None:
        assert self.path is not None
        tensors, facts = files.read(self.path)
        if not {"n", "must agree", "optimizers"} <= facts.keys() or "random/rng" not in tensors:
            raise ValueError(f"checkpoint {self.path} was not written by a training; name another file")
        saved = {name[len("game/") :]: tensor for name, tensor in tensors.items() if name.startswith("game/")}
        states = (saved, self.game.state_dict())
        kinds = [{name: f"{t.dtype} {tuple(t.shape)}" for name, t in state.items()} for state in states]
        agreed = {"precision": "float32", **facts["must agree"]}  # older checkpoints do not say
        differences = _differences(agreed, self._facts()) + _differences(*kinds)
        if facts["optimizers"].keys() != self.game.optimizers.keys():
            differences.append(f"players: saved {sorted(facts['optimizers'])}, now {sorted(self.game.optimizers)}")
        if facts["n"] > self.rounds:
            differences.append(f"rounds: saved {facts['n']}, now {self.rounds}")
        if differences:
            raise ValueError(
                f"checkpoint {self.path} is of another training; name another file, or undo: " + "; ".join(differences)
            )
        self.game.load_state_dict(saved)
        for name, optimizer in self.game.optimizers.items():
            files.restore_optimizer(name, optimizer, tensors, facts["optimizers"][name])
        self._history = {
            name[len("history/") :]: tensor.tolist() for name, tensor in tensors.items() if name.startswith("history/")
        }
        self._rng.set_state(tensors["random/rng"])
        self._global |= {name: tensors[f"random/{name}"] for name in self._global if f"random/{name}" in tensors}
        self.n = facts["n"]


def every(k: int, steps: Iterable[Step]) -> Iterator[Step]:
    """Every k-th step, and always the last one.

    Raises: ValueError where k is not a whole number >= 1.

    >>> [step.n for step in every(3, [Step(n, Game(), 0, {}) for n in range(1, 8)])]
    [3, 6, 7]
    """
    if not isinstance(k, int) or isinstance(k, bool) or k < 1:
        raise ValueError(f"k must be a whole number >= 1, got {k!r}")
    return _every(k, steps)


def _every(k: int, steps: Iterable[Step]) -> Iterator[Step]:
    step = None
    for step in steps:
        if step.n % k == 0:
            yield step
    if step is not None and step.n % k:
        yield step


def fit(run: Run) -> Run:
    """Exhaust a run, for scripts; returns it for its history and game."""
    for _ in run:
        pass
    return run


def _differences(saved: dict[str, str], now: dict[str, str]) -> list[str]:
    """One sentence for each entry that is not the same on both sides."""
    names = sorted(saved.keys() | now.keys())
    return [
        f"{name}: saved {saved.get(name, 'nothing'):.200}, now {now.get(name, 'nothing'):.200}"
        for name in names
        if saved.get(name) != now.get(name)
    ]


def _first_samples(real: Sampler) -> Tensor:
    """Two samples of the data, once they have been looked at."""
    if not callable(real):
        raise ValueError(f"real must be a Sampler, called as real(n, rng), got {type(real).__name__}")
    batch = real(2, torch.Generator().manual_seed(0))
    if not isinstance(batch, Tensor) or not batch.is_floating_point() or batch.dim() < 2 or len(batch) != 2:
        what = f"{batch.dtype} of shape {tuple(batch.shape)}" if isinstance(batch, Tensor) else type(batch).__name__
        raise ValueError(f"real(2, rng) must return a float tensor of 2 samples, got {what}")
    if not torch.isfinite(batch).all():
        raise ValueError("real must return finite numbers, got nan or infinity among its first samples")
    return batch


def _writable(path: pathlib.Path) -> pathlib.Path:
    if path.is_dir():
        raise OSError(f"checkpoint must name a file, got the folder {path}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(f"checkpoint must be in a folder that can be written, got {path} ({error})") from error
    return path


def _live() -> bool:
    """Is somebody watching? Not under pytest or a notebook executed for its outputs: a bar would be compared there."""
    if "PYTEST_VERSION" in os.environ or "GANBOOK_STATIC" in os.environ:
        return False
    return sys.stderr.isatty() or "ipykernel" in sys.modules

"""How a model of the zoo is made: trained, scored and written with its card. A training can be stopped and started."""

from __future__ import annotations

import hashlib
import json
import platform
import tempfile
import time
from functools import singledispatch
from pathlib import Path
from typing import Any

import torch
from torch import nn

import ganbook
from ganbook import checks
from ganbook.files import weights, write_whole
from ganbook.games import GAN, BiGAN, ConditionalGAN, CycleGAN
from ganbook.train import train
from ganbook.zoo.entries import ENTRIES, named
from ganbook.zoo.frames import Reel
from ganbook.zoo.models import FOLDER, load
from ganbook.zoo.scores import sums, training_set


def make(
    name: str, *, rounds: int | None = None, out: Path = FOLDER, checkpoint: Path | None = None, progress: bool = True
) -> dict[str, Any]:
    """Train an entry, score it, and write its weights and card to `out`; returns the card.

    rounds: fewer than the entry's for a trial.
    out: the folder for weights and card.
    checkpoint: where an interrupted training goes on (default: runs/zoo).
    progress: with a bar.

    Raises: ValueError for an unknown name; what `ganbook.train.train` raises for a checkpoint of another training.
    """
    entry = ENTRIES[checks.one_of("name", name, ENTRIES)]
    total = entry.rounds if rounds is None else checks.whole("rounds", rounds)
    with torch.random.fork_rng():
        torch.manual_seed(entry.seed)
        networks = named(entry.build())
    game = entry.game(*networks.values(), entry.recipe)
    path = checkpoint or Path("runs") / "zoo" / f"{name}.safetensors"
    run = train(
        game,
        training_set(entry.data) if entry.real is None else entry.real(),
        rounds=total,
        seed=entry.seed,
        progress=progress,
        checkpoint=path,
        save_every=500,
    )
    clock, reel = _Clock(path.with_suffix(".json"), run.n), Reel(path.with_suffix(".npz"), run.n)
    for step in run:
        last = step.n == total
        if step.n % entry.look == 0 or last:
            reel.add(step.n, step.sample(16) if entry.frame is None else entry.frame(game))
        if step.n % 500 == 0 or last:  # where a checkpoint is
            clock.note(step.n)
            if reel.frames:
                reel.save()
            print(f"{name}: round {step.n} of {total}, {clock.spent['seconds']:.0f} s", flush=True)
    duration = {**clock.spent, "rounds": total, "threads": torch.get_num_threads()}
    tensors = {
        f"{prefix}/{key}": x
        for prefix, net in (networks | sampled_from(game, entry.seed)).items()
        for key, x in net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    found = {
        "name": name,
        "kind": type(game).__name__,
        **({"note": entry.note} if entry.note else {}),
        "averaged": bool(entry.recipe.ema_halflife),
        "command": f"python -m ganbook.zoo train {name}" + ("" if total == entry.rounds else f" --rounds {total}"),
        "seed": entry.seed,
        "rounds": total,
        "recipe": entry.recipe.describe(),
        "duration": duration,
        "parameters": {letter: _count(net) for letter, net in networks.items()},
        "versions": {"ganbook": ganbook.__version__, "python": platform.python_version(), "torch": torch.__version__},
        "data": {"set": entry.data, "split": "train", "sha256": sums(entry.data)},
    }
    with tempfile.TemporaryDirectory() as folder:  # a card without scores must never be seen in `out`
        weights.write(Path(folder), name, tensors, found)
        shipped = load(name, folder=Path(folder))  # the rounded weights are what is scored
    found["scores"] = entry.scored(shipped, entry.data)
    reel.path = out / f"{name}.npz"
    out.mkdir(parents=True, exist_ok=True)
    found["film"] = {"rounds": list(reel.frames), "sha256": hashlib.sha256(reel.save()).hexdigest()}
    return weights.write(out, name, tensors, found)


@singledispatch
def sampled_from(game: GAN, seed: int) -> dict[str, nn.Module]:
    """The networks that are shipped in place of those that played, by their letters: averaged where there are such."""
    return {"G": game.sampler}


@sampled_from.register
def _(game: BiGAN, seed: int) -> dict[str, nn.Module]:
    return {"G": game.sampler, "E": game.encoder}


@sampled_from.register
def _(game: ConditionalGAN, seed: int) -> dict[str, nn.Module]:
    return {"G": game.standing(torch.Generator().manual_seed(seed), 200)}


@sampled_from.register
def _(game: CycleGAN, seed: int) -> dict[str, nn.Module]:
    return dict(zip("GF", game.translators, strict=True))


class _Clock:
    """Seconds of all the sittings of a training, kept in a file beside its checkpoint."""

    def __init__(self, path: Path, n: int) -> None:
        self.path, self.before = path, {"seconds": 0.0, "cpu_seconds": 0.0}
        if n and path.exists():
            marks = json.loads(path.read_text(encoding="utf-8"))
            last = max((int(mark) for mark in marks if int(mark) <= n), default=None)
            self.before = self.before if last is None else marks[str(last)]
        self.start, self.cpu, self.spent = time.perf_counter(), time.process_time(), dict(self.before)
        self.marks = {str(n): dict(self.before)}

    def note(self, n: int) -> None:
        """What was spent until round n, where a checkpoint is."""
        self.spent = {
            "seconds": round(self.before["seconds"] + time.perf_counter() - self.start, 1),
            "cpu_seconds": round(self.before["cpu_seconds"] + time.process_time() - self.cpu, 1),
        }
        self.marks[str(n)] = self.spent
        write_whole(self.path, json.dumps(self.marks).encode())


def _count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())

"""The model zoo: trained generators and discriminators, each with a card that says how to make it again.

    G = zoo.load("dcgan-digits").G
    python -m ganbook.zoo list
    python -m ganbook.zoo train dcgan-digits --out /tmp/zoo      # the same weights, if the machine is the same

A training can be stopped and started again: it goes on from its checkpoint.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

import ganbook
from ganbook import data, features, metrics, models, recipes
from ganbook.files import weights, write_whole
from ganbook.games import GAN, latent_width
from ganbook.player.film import Film
from ganbook.recipes import Recipe
from ganbook.reel import Reel
from ganbook.train import train
from ganbook.types import Samples
from ganbook.zoo_scores import score, sums, training_images, training_set

FOLDER = Path(__file__).resolve().parent / "zoo_weights"


@dataclass(frozen=True)
class Entry:
    """What defines a model of the zoo. look: rounds between two frames of its film."""

    build: Callable[[], tuple[nn.Module, nn.Module]]
    recipe: Recipe
    data: str
    rounds: int
    seed: int = 0
    look: int = 100


def mlp_pair() -> tuple[nn.Module, nn.Module]:
    """Chapter 1's fully connected pair: 64 -> 256 -> 256 -> 784 and 784 -> 256 -> 256 -> 1."""
    G = models.mlp([64, 256, 256, 784], out=nn.Tanh(), shape=(1, 28, 28))
    return G, models.mlp([784, 256, 256, 1], flatten=True)


_DCGAN = replace(recipes.DCGAN, batch=64, ema_halflife=10_000)
_FAST = replace(_DCGAN, lr_d=1e-3, lr_g=1e-3)  # five times the paper's rate, for few rounds
_small_dcgan = partial(models.dcgan, size=28, channels=1, width=32)

ENTRIES: dict[str, Entry] = {
    "mlp-digits": Entry(mlp_pair, recipes.MLP_GAN, "digits", rounds=5_000),
    "mlp-fashion": Entry(mlp_pair, recipes.MLP_GAN, "fashion", rounds=5_000),
    "dcgan-digits": Entry(_small_dcgan, _FAST, "digits", rounds=3_000, look=200),
    "dcgan-fashion": Entry(_small_dcgan, _FAST, "fashion", rounds=1_500),
    "dcgan-emoji": Entry(partial(models.dcgan, size=32, channels=3, width=32), _DCGAN, "emoji", rounds=4_000, look=500),
}


@dataclass(frozen=True)
class Model:
    """A trained pair, frozen and in evaluation mode, with its card. G is the averaged copy where there is one."""

    name: str
    G: nn.Module
    D: nn.Module
    card: dict[str, Any]

    def sample(self, n: int, seed: int = 0) -> Samples:
        """n samples from the z of a seed, 500 at a time; the same ones for the same seed.

        Raises: ValueError where n is not >= 1.
        """
        if n < 1:
            raise ValueError(f"n must be a whole number >= 1, got {n}")
        device = next(self.G.parameters()).device
        z = data.normal(latent_width(self.G), device)(n, torch.Generator().manual_seed(seed))
        with torch.no_grad():
            return torch.cat([self.G(part) for part in z.split(500)])


def names() -> list[str]:
    """The models that can be loaded.

    >>> set(names()) <= set(ENTRIES)
    True
    """
    return weights.names(FOLDER)


def card(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The card of a model: command, seed, versions, rounds, duration, data, hash, and scores with intervals.

    Raises: ValueError for an unknown name; OSError for a missing or damaged card.
    """
    known = weights.names(folder)
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known) or 'none (no card is here)'}, got {name!r}")
    return weights.read_card(folder, name)


def load(name: str, device: torch.device | str | None = None, folder: Path = FOLDER) -> Model:
    """A trained model, its file's hash checked against its card.

    Raises: ValueError for an unknown name, listing the known ones; OSError for a missing, truncated or changed file.
    """
    tensors, found = weights.read(folder, name)
    with torch.random.fork_rng():
        G, D = ENTRIES[name].build()
    device = ganbook.device() if device is None else device
    for net, prefix in ((G, "G/"), (D, "D/")):
        net.load_state_dict({key[2:]: x for key, x in tensors.items() if key.startswith(prefix)})
        net.requires_grad_(False).eval().to(device)
    return Model(name, G, D, found)


def film(name: str, alt: str, *, folder: Path = FOLDER, **settings: Any) -> Film:
    """The film of a model's training, 16 samples from one z; settings: as for `plot.Film`.

    Raises: ValueError for a model without a film, listing those that have one; OSError for a changed file.
    """
    known = [one for one in weights.names(folder) if "film" in card(one, folder)]
    if name not in known:
        raise ValueError(f"name must be one of {', '.join(known) or 'none (no film is here)'}, got {name!r}")
    path = folder / f"{name}.npz"
    if hashlib.sha256(path.read_bytes()).hexdigest() != card(name, folder)["film"]["sha256"]:
        raise OSError(f"the film {path} is not the one of its card: install ganbook again")
    return Reel(path).film(alt, **settings)


def make(
    name: str, *, rounds: int | None = None, out: Path = FOLDER, checkpoint: Path | None = None, progress: bool = True
) -> dict[str, Any]:
    """Train an entry, score it, and write its weights and card to `out`; returns the card.

    rounds: fewer than the entry's for a trial. checkpoint: where an interrupted training goes on (default: runs/zoo).

    Raises: ValueError for an unknown name; what `ganbook.train.train` raises for a checkpoint of another training.
    """
    if name not in ENTRIES:
        raise ValueError(f"name must be one of {', '.join(ENTRIES)}, got {name!r}")
    entry = ENTRIES[name]
    total = entry.rounds if rounds is None else rounds
    with torch.random.fork_rng():
        torch.manual_seed(entry.seed)
        G, D = entry.build()
    game = GAN(G, D, entry.recipe)
    path = checkpoint or Path("runs") / "zoo" / f"{name}.safetensors"
    run = train(
        game,
        training_set(entry.data),
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
            reel.add(step.n, step.sample(16))
        if step.n % 500 == 0 or last:  # where a checkpoint is
            clock.note(step.n)
            reel.save()
            print(f"{name}: round {step.n} of {total}, {clock.spent['seconds']:.0f} s", flush=True)
    duration = {**clock.spent, "rounds": total, "threads": torch.get_num_threads()}
    sampler = G if game.average is None else game.average.module
    tensors = {
        f"{prefix}/{key}": x
        for prefix, net in (("G", sampler), ("D", game.D))
        for key, x in net.state_dict().items()
        if not key.endswith("num_batches_tracked")
    }
    found = {
        "name": name,
        "kind": "GAN",
        "averaged": game.average is not None,
        "command": f"python -m ganbook.zoo train {name}" + ("" if total == entry.rounds else f" --rounds {total}"),
        "seed": entry.seed,
        "rounds": total,
        "recipe": entry.recipe.describe(),
        "duration": duration,
        "parameters": {"G": _count(G), "D": _count(D)},
        "versions": {"ganbook": ganbook.__version__, "python": platform.python_version(), "torch": torch.__version__},
        "data": {"set": entry.data, "split": "train", "sha256": sums(entry.data)},
    }
    with tempfile.TemporaryDirectory() as folder:  # a card without scores must never be seen in `out`
        weights.write(Path(folder), name, tensors, found)
        shipped = load(name, folder=Path(folder))  # the rounded weights are what is scored
    against = (
        "on pixels, against the 238 faces to train on, as many fakes; memorisation: by the 22 faces held out, "
        if entry.data == "emoji"
        else f"against the held-out images of {entry.data}, as many fakes, "
    )
    found["scores"] = {
        "protocol": f"{against}10 draws of z, 95 % t intervals; real: 5 draws from the training set in place of fakes",
        "features": "pixels" if entry.data == "emoji" else features.load(entry.data).tag,
        "values": _plain(score(shipped.sample, entry.data)),
        "real": _plain(score(training_images(entry.data), entry.data, repeats=5)),
    }
    reel.path = out / f"{name}.npz"
    out.mkdir(parents=True, exist_ok=True)
    found["film"] = {"rounds": list(reel.frames), "sha256": hashlib.sha256(reel.save()).hexdigest()}
    return weights.write(out, name, tensors, found)


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


def _plain(scores: dict[str, metrics.Interval]) -> dict[str, dict[str, float]]:
    return {metric: interval._asdict() for metric, interval in scores.items()}


def _count(net: nn.Module) -> int:
    return sum(p.numel() for p in net.parameters())


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m ganbook.zoo", description="The model zoo of the GAN Book.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="names, sizes and book Frechet distances")
    trainer = commands.add_parser("train", help="make a model again; goes on where it was interrupted")
    trainer.add_argument("name", choices=sorted(ENTRIES))
    trainer.add_argument("--rounds", type=int, help="fewer rounds, for a trial")
    trainer.add_argument("--out", type=Path, default=FOLDER, help="folder for weights and card")
    trainer.add_argument("--checkpoint", type=Path, help="default: runs/zoo/NAME.safetensors")
    args = parser.parse_args(arguments)
    if args.command == "list":
        for name in names():
            found = card(name)
            metric, distance = next(iter(found["scores"]["values"].items()))
            print(
                f"{name:16s} {found['bytes'] / 1e6:.2f} MB  {found['rounds']} rounds  {metric} "
                f"{distance['mean']:.2f} [{distance['low']:.2f}, {distance['high']:.2f}] "
                f"({found['scores']['features']})"
            )
        return
    torch.set_num_threads(1)  # with more, the same seed gives other weights
    found = make(args.name, rounds=args.rounds, out=args.out, checkpoint=args.checkpoint)
    print(f"{args.name}: {found['bytes']} bytes, sha256 {found['sha256']}, written to {args.out}")


if __name__ == "__main__":
    main()

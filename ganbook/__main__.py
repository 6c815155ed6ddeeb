"""python -m ganbook: from a folder of pictures to a generator, and samples of it, without a notebook.

python -m ganbook train FOLDER --recipe realness --size 64 --out own.safetensors
python -m ganbook sample own.safetensors --n 64 --out grid.png
"""

from __future__ import annotations

import argparse
import dataclasses
import difflib
import os
import re
import shlex
import signal
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

import ganbook
from ganbook import augment, checks, data, models, recipes
from ganbook.files import checkpoint
from ganbook.files.note import Note, digests
from ganbook.games import GAN
from ganbook.player.pictures import contact_sheet
from ganbook.recipes import Recipe
from ganbook.train import Run, train
from ganbook.zoo.frames import Reel

RECIPES = {
    name.lower().replace("_", "-"): recipe for name, recipe in vars(recipes).items() if isinstance(recipe, Recipe)
}
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif")
KILLED = 128
"""What a shell adds to the number of the signal that ended a command."""

FEW = 2_000
"""Below so many pictures the line that tells of --few is printed."""


def recipe_name(text: str) -> str:
    """The name in RECIPES that is meant: WGAN_GP and wgan-gp, RealnessGAN and realness are the same.

    Raises: argparse.ArgumentTypeError that names the nearest, and all that there are.
    """
    name = text.lower().replace("_", "-")
    for meant in (name, name.removesuffix("gan").rstrip("-")):
        if meant in RECIPES:
            return meant
    near = difflib.get_close_matches(name, RECIPES, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise argparse.ArgumentTypeError(f"there is no recipe {text!r}{hint}; there are {', '.join(sorted(RECIPES))}")


def main(arguments: list[str] | None = None) -> None:
    """Read the command line, and do what it says."""
    parser = argparse.ArgumentParser(prog="python -m ganbook", description="From a folder of pictures to a generator.")
    commands = parser.add_subparsers(dest="command", required=True)
    trainer = commands.add_parser("train", help="train on the pictures of a folder; goes on where it was stopped")
    trainer.add_argument("folder", help="pictures, in folders or not")
    names = f"{', '.join(sorted(RECIPES))}; default: dcgan"
    trainer.add_argument("--recipe", type=recipe_name, default="dcgan", help=names)
    trainer.add_argument("--size", type=int, default=64, help=f"{', '.join(map(str, models.HALVINGS))}; default: 64")
    trainer.add_argument("--grey", action="store_true", help="one channel instead of three")
    trainer.add_argument("--rounds", type=int, default=5_000, help="default: 5,000; more of them go on from there")
    trainer.add_argument("--batch", type=int, help="default: the recipe's")
    trainer.add_argument("--width", type=int, default=32, help="channels of the widest maps; default: 32")
    trainer.add_argument("--few", action="store_true", help="augment what D sees: for some hundred pictures")
    trainer.add_argument("--skip-unreadable", action="store_true", help="leave out files that cannot be read")
    trainer.add_argument("--seed", type=int, default=0)
    trainer.add_argument("--out", type=Path, required=True, help="NAME.safetensors; beside it NAME.webp, the film")
    sampler = commands.add_parser("sample", help="draw from a kept generator")
    sampler.add_argument("file", type=Path, help="NAME.safetensors")
    sampler.add_argument("--n", type=int, default=64)
    sampler.add_argument("--seed", type=int, default=0)
    sampler.add_argument(
        "--out", type=Path, required=True, help="a picture such as grid.png, or a film such as walk.webp"
    )
    args = parser.parse_args(arguments)
    args.typed = f"{parser.prog} {shlex.join(sys.argv[1:] if arguments is None else arguments)}"
    try:
        with warnings.catch_warnings():
            warnings.showwarning = lambda said, *_: print(in_its_words(args, said), file=sys.stderr)
            code = (_train if args.command == "train" else _sample)(args)
    except (ValueError, OSError, FloatingPointError) as error:
        sys.exit(in_its_words(args, error))
    except KeyboardInterrupt:
        again = " The same command goes on from the last checkpoint, if there is one." * (args.command == "train")
        print(f"\nStopped.{again}", file=sys.stderr)
        code = KILLED + signal.SIGINT
    if code:
        sys.exit(code)


def in_its_words(args: argparse.Namespace, said: Exception | Warning) -> str:
    """A sentence of the library as one of the command: with the names and the remedies that it has."""
    text = str(said).replace("pass skip_unreadable=True", "add --skip-unreadable")
    text = re.sub(r"^path\b", args.command == "train" and "FOLDER" or "FILE", text)
    text = re.sub(r"(shutil\.unpack_archive\(.*\)) makes", r'python -c "import shutil; \1" makes', text)
    return f"python -m ganbook {args.command}: {text}"


def pair(size: int, channels: int, width: int, recipe: Recipe) -> tuple[torch.nn.Module, torch.nn.Module]:
    """DCGAN's pair, with what goes with a recipe in D: "layer" beside a penalty, "spectral" where it counts on it."""
    norm_d = recipe.norm_d or ("layer" if recipe.penalties else "batch")
    return models.dcgan(size, channels, outputs=recipe.loss.outputs, width=width, norm_d=norm_d)


def check_out(out: Path, folder: str) -> None:
    """Before anything is trained: may `out`, and the film beside it, be written there?

    Raises: ValueError where they would lie among the pictures (the film would be one of them the next time), or in the
    place of what no training of this command has left there.
    """
    if out.suffix != ".safetensors":
        raise ValueError(f"--out must end in .safetensors, got {str(out)!r}")
    if out.is_dir():
        raise ValueError(f"--out must name a file, got the folder {str(out)!r}")
    if out.resolve().is_relative_to(Path(folder).resolve()):
        raise ValueError(f"--out must lie outside the folder of pictures, or its film will be one of them, got {out}")
    for file in (out, out.with_suffix(".webp")):
        if file.exists() and not out.with_suffix(".checkpoint").exists():
            raise ValueError(f"--out would replace {file}, which no training with a checkpoint there has made")


@contextmanager
def stopped_after_a_round(run: Run) -> Iterator[list[int]]:
    """Ctrl-C, or a polite kill, lets the round end and its checkpoint be written; a second one stops at once.

    Gives a list: the signal that has come is in it.
    """
    come: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(number: int, _: Any) -> None:
        come.append(number)
        run.save_every = 1
        for each, way in before.items():
            signal.signal(each, way)
        os.write(2, b"\nStopping after this round; once more stops at once.\n")  # print may be in the middle of a line

    for number in before:
        signal.signal(number, stop)
    try:
        yield come
    finally:
        for number, way in before.items():
            signal.signal(number, way)


def _begin(args: argparse.Namespace, recipe: Recipe) -> data.TensorSampler:
    """The pictures, once nothing speaks against training on them at --out: what was begun there, goes on."""
    options = {name: getattr(args, name[2:]) for name in ("--size", "--grey", "--recipe", "--width", "--few", "--seed")}
    options["--batch"] = recipe.batch
    path, note = args.out.with_suffix(".checkpoint"), Note.beside(args.out)
    note = note if path.exists() else None
    if note:
        note.check_options(options, args.out)
    if path.exists() and (n := checkpoint.read(path)[1].get("n", 0)) > args.rounds:
        raise ValueError(f"--rounds must be at least {n:,}, where {path} stands, got {args.rounds:,}")
    real = data.folder(args.folder, args.size, 1 if args.grey else 3, skip_unreadable=args.skip_unreadable)
    print(real)
    now = digests(real.stored)
    if note and (told := note.compare(now, args.out)):
        print(told)
    if len(real) < FEW and not args.few:
        print(f"{len(real):,} pictures are few: --few augments what D sees of them.")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    Note(args.typed, options, now).write(args.out)
    return real


def _train(args: argparse.Namespace) -> int:
    check_out(args.out, args.folder)
    checks.whole("--rounds", args.rounds)
    checks.whole("--width", args.width)
    checks.whole("--seed", args.seed, 0)
    models.networks.check_size(args.size)
    recipe = RECIPES[args.recipe]
    recipe = recipe if args.batch is None else dataclasses.replace(recipe, batch=args.batch)
    recipe = dataclasses.replace(recipe, augment=augment.FEW_IMAGES) if args.few else recipe
    real = _begin(args, recipe)
    torch.manual_seed(args.seed)
    game = GAN(*pair(args.size, real.shape[0], args.width, recipe), recipe)
    every = max(1, args.rounds // 40)
    path = args.out.with_suffix(".checkpoint")
    run = train(game, real, rounds=args.rounds, seed=args.seed, checkpoint=path, save_every=min(250, every))
    reel = Reel(args.out.with_suffix(".frames.npz"), run.n)
    if run.n >= args.rounds:
        print(f"{path} stands at round {run.n:,} already: nothing is trained. A larger --rounds goes on from there.")
    elif run.n:
        print(f"Going on from round {run.n:,}.")
    with stopped_after_a_round(run) as come:
        for step in run:
            if step.n % every == 0 or step.n == args.rounds:
                reel.add(step.n, step.sample(16))
                reel.save()
            if come and path.exists():
                break
    if not reel.frames:  # stopped before the first
        reel.add(run.n, game.sample(16, torch.Generator().manual_seed(args.seed + 1)))
    game.save(args.out)
    film = args.out.with_suffix(".webp")
    reel.film(f"{run.n} rounds on {args.folder}", ncol=4).save(film)
    stopped = run.n < args.rounds
    if stopped:
        print(f"Stopped after round {run.n:,} of {args.rounds:,}. To go on: {args.typed}")
    print(
        f"Kept{' so far' * stopped} in {args.out} ({args.out.stat().st_size / 1e6:.1f} MB); the film: {film}. Samples: "
        f"python -m ganbook sample {shlex.quote(str(args.out))} --out grid.png"
    )
    return KILLED + come[0] if stopped else 0


def _sample(args: argparse.Namespace) -> None:
    left = args.file.with_suffix(".checkpoint")
    if args.file.suffix != ".safetensors" or args.file.is_dir():
        hint = f" (beside it: {left.with_suffix('.safetensors')})" * (args.file.suffix == ".checkpoint")
        raise ValueError(f"FILE must be a NAME.safetensors that was kept, got {args.file}{hint}")
    suffix = checks.one_of("suffix of --out", args.out.suffix.lower(), PICTURES)
    checks.whole("--n", args.n)
    checks.whole("--seed", args.seed, 0)
    if not args.file.exists() and left.exists():
        note = Note.beside(args.file)
        again = note.command if note else f"python -m ganbook train FOLDER --out {args.file}, as it was begun"
        raise ValueError(
            f"{args.file} is not there yet, but {left} is, of a training that was killed at round "
            f"{checkpoint.read(left)[1].get('n', 0):,} or later. Go on, and stop by Ctrl-C where you like: {again}"
        )
    kept = ganbook.load(args.file)
    print(kept)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    if suffix in (".webp", ".gif"):
        kept.walk(args.n, seed=args.seed).save(args.out)
    else:
        contact_sheet(kept.sample(args.n, args.seed).cpu(), None).save(args.out)
    print(f"{args.n} samples in {args.out}")


if __name__ == "__main__":
    main()

"""python -m ganbook.zoo: list the models, or make one again."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from ganbook.zoo.entries import ENTRIES
from ganbook.zoo.maker import make
from ganbook.zoo.models import FOLDER, card, names


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

"""One training that any number of processes play together. To be copied: it reads nothing that lies beside it.

    accelerate launch --num_processes 1 scale_out.py runs
    accelerate launch --config_file scale_out.yaml --num_processes 2 scale_out.py runs

Started again, it goes on from its checkpoint, on as many processes as began it. The page Scaling out says the rest.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from ganbook import data, models, plot
from ganbook.games import InParts
from ganbook.recipes import HINGE
from ganbook.train import fit, train

BATCH, PARTS = 64, 1  # rows of all processes and all their parts together; passes in which a process makes its share
RECIPE = replace(HINGE, batch=BATCH, lr_d=1e-3, lr_g=1e-3, ema_halflife=2_000)


def game():
    """Networks and players, alike in every process."""
    torch.manual_seed(0)  # the same first weights
    G, D = models.dcgan(size=16, channels=1, z=32, width=16, norm_g="layer", norm_d="spectral")  # no batch norm
    return InParts(G, D, RECIPE, parts=PARTS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where the checkpoint and a picture go; all machines must see it")
    parser.add_argument("--rounds", type=int, default=1_000)
    args = parser.parse_args()
    run = train(game(), data.digits(16), rounds=args.rounds, checkpoint=args.folder / "run.safetensors", shared=True)
    fit(run)
    if run.others.rank == 0:  # the checkpoint is the first process's, too
        images = run.game.sample(64, torch.Generator().manual_seed(0))
        plot.grid(images).figure.savefig(args.folder / "samples.png")
        print(f"{run.n} rounds, {run.others.world} process(es): {args.folder}")

"""Train a generator of faces and film what it draws: `python scripts/make_cover.py` writes book/cover/film.html.

The cover is one HTML element made by the book's own Film: no network, no kernel, pausable. Its 40 faces are 40 fixed
latents, unselected. Frames of a trained network differ between processors, so the file is committed, not compared.
"""

import os
import pathlib
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from ganbook import data, plot
from ganbook.games import GAN
from ganbook.losses import NonSaturating
from ganbook.penalties import R1
from ganbook.recipes import Recipe
from ganbook.train import train
from ganbook.zoo.entries import plain_dcgan

TARGET = pathlib.Path(__file__).resolve().parents[1] / "book" / "cover" / "film.html"
BUDGET = 230_000
LOOKS = (0, 20, 40, 60, 80, 120, 160, 200, 250, 300, 400, 500, 650, 800, 1_000, 1_300, 1_600, 2_000, 2_400)
RECIPE = Recipe(NonSaturating(), (R1(0.5),), batch=32, lr_d=1e-3, lr_g=1e-3, betas=(0.0, 0.99), ema_halflife=8_000)
ALT = (
    "Forty faces in pixel art, drawn by a generator as it learns: specks of noise turn into patches of colour, and "
    "patches into heads with hair, glasses and shirts"
)


def main(rounds=LOOKS[-1]):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    G, D = plain_dcgan(16)
    game = GAN(G, D, RECIPE)
    film = plot.Film(alt=ALT, fps=4, ncol=8, budget=BUDGET)
    film.add(game.sample(40, torch.Generator().manual_seed(7)), title="before the first round")
    for step in train(game, data.faces(), rounds=rounds, seed=0):
        if step.n in LOOKS:
            film.add(game.sample(40, torch.Generator().manual_seed(7)), title=f"round {step.n:,}")
    TARGET.parent.mkdir(exist_ok=True)
    html = film._repr_html_()
    TARGET.write_text(html.strip() + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(film)} frames, {len(html.encode()) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

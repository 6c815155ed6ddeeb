"""Train the generator of chapter 1 and film what it draws: `python scripts/make_cover.py` writes book/cover/film.html.

The cover is one HTML element made by the book's own Film: no network, no kernel, pausable. Its 40 digits are 40 fixed
latents, unselected. Frames of a trained network differ between processors, so the file is committed, not compared.
"""

import os
import pathlib
import sys

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from ganbook import data, models, plot, recipes
from ganbook.games import GAN
from ganbook.train import train

TARGET = pathlib.Path(__file__).resolve().parents[1] / "book" / "cover" / "film.html"
BUDGET = 230_000
LOOKS = (0, 25, 50, 75, 100, 150, 200, 300, 400, 500, 700, 900, 1_200, 1_500, 2_000, 2_500, 3_000, 4_000, 5_000, 6_000)
ALT = (
    "Forty handwritten digits, drawn by the generator of chapter 1 as it learns: "
    "grey noise turns into strokes, and strokes into digits"
)


def main(rounds=LOOKS[-1]):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    G = models.mlp([64, 256, 256, 784], out=torch.nn.Tanh(), shape=(1, 28, 28))
    D = models.mlp([784, 256, 256, 1], flatten=True)
    game = GAN(G, D, recipes.MLP_GAN)
    film = plot.Film(alt=ALT, fps=4, ncol=8, budget=BUDGET)
    film.add(game.sample(40, torch.Generator().manual_seed(7)), title="before the first round")
    for step in train(game, data.digits(), rounds=rounds, seed=0):
        if step.n in LOOKS:
            film.add(game.sample(40, torch.Generator().manual_seed(7)), title=f"round {step.n:,}")
    TARGET.parent.mkdir(exist_ok=True)
    html = film._repr_html_()
    TARGET.write_text(html.strip() + "\n", encoding="utf-8")
    print(f"{TARGET.name}: {len(film)} frames, {len(html.encode()) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

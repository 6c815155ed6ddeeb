"""The notebook in ten lines, as the design promises it, runs as written; only the sizes are small here."""

import dataclasses

import torch

from ganbook import data, models, plot
from ganbook.games import GAN
from ganbook.recipes import DCGAN
from ganbook.train import every, train


def test_the_ten_lines():
    recipe = dataclasses.replace(DCGAN, batch=4)
    torch.manual_seed(0)
    G, D = models.dcgan(size=32, channels=1, outputs=recipe.loss.outputs)
    film = plot.Film()
    for step in every(2, train(GAN(G, D, recipe), data.digits(size=32), rounds=3, seed=0)):
        film.add(step.sample(4), title=f"round {step.n}")
    assert film.titles == ["round 2", "round 3"]
    assert "round 3" in film._repr_html_()


def test_a_recipe_differs_in_one_field():
    other = dataclasses.replace(DCGAN, d_steps=5)
    assert [name for name, value in other.describe().items() if value != DCGAN.describe()[name]] == ["d_steps"]

"""Two promises: the notebook in ten lines runs as written, and what a picture's words tell is claimed beside it."""

import dataclasses
from pathlib import Path

import pytest
import torch
from contract import Chapter
from contract.directions import directions_are_claimed, promises

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


def cell(kind, text, printed="", alt=""):
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    metadata = {"mystnb": {"image": {"alt": alt}}} if alt else {}
    return {"cell_type": kind, "metadata": metadata, "outputs": [output], "source": text}


def refused(alt, printed, heading="", before="## The training", code="plot()"):
    """The words that are refused where a picture of this alt text stands before a cell that prints these claims."""
    cells = [cell("markdown", before), cell("code", code, alt=alt)]
    cells += [cell("markdown", heading)] * bool(heading) + [cell("code", "claim(...)", printed)]
    return [line.split("'")[1] for line in directions_are_claimed(Chapter(Path("01.ipynb"), {"cells": cells}))]


FALLS = "The distance to the digits falls"


@pytest.mark.parametrize(
    "claim",
    [
        "✓ The distance falls below half  [0.4, asked < 0.5]",
        "✓✓ At the end less than a tenth of the distance is left  [0.05, asked < 0.1]",
        "✓ The distance, look by look  [3, 2, 1, asked falling]",
        "✓ The loss is 3  [3, asked 3]\n✓ Here, five distances: the last is lower  [0.5, asked < 1]",
    ],
)
def test_a_direction_that_a_claim_asserts_may_be_told(claim):
    assert refused(FALLS, claim) == []


@pytest.mark.parametrize(
    "claim",
    [
        "",
        "✗ The distance falls below half  [0.6, asked < 0.5]",  # it failed
        "✓ The loss falls below half  [0.4, asked < 0.5]",  # of something else
        "✓ The distance rises by more than a half  [1.6, asked > 1.5]",  # the other way
        "✓ The distance, look by look  [1, 2, 3, asked rising]",
        "✓ The distance is 3  [3, asked 3 ± 0.1]",  # no way at all
    ],
)
def test_a_direction_that_no_claim_asserts_is_refused(claim):
    assert refused(FALLS, claim) == ["falls"]


@pytest.mark.parametrize(
    ("alt", "claim", "words"),
    [
        ("Recall stays low", "✓ Recall is below 0.2  [0.1, asked < 0.2]", ["stays"]),
        ("Recall stays low", "✓ Recall changes by less than 0.1  [0.05, asked < 0.1]", []),
        ("Recall stays low", "✓ Recall at the end  [0.13, asked 0.1 to 0.2]", []),
        ("Recall ends above precision", "✓ Recall is precision's double  [2, asked > 1.8]", []),
        ("Recall ends above precision", "✓ Recall is precision's half  [0.5, asked < 0.6]", ["above"]),
        ("Recall rises, precision drops", "✓ Recall rises  [0.2, asked > 0.1]", ["drops"]),
        ("The curve of recall begins at 0, climbs, and remains", "✓ Recall rises  [0.2, asked > 0.1]", ["remains"]),
        ("Recall is lower with WGAN", "✓ WGAN: a lower recall  [0.3 vs 0.5, asked <]", []),
        ("Recall is lower with WGAN", "✓ WGAN: recall beside the other's  [0.5 vs 0.3, asked >]", ["lower"]),
    ],
)
def test_each_word_is_held_against_the_claims_about_its_own_subject(alt, claim, words):
    assert refused(alt, claim) == words


def test_a_claim_stands_in_the_same_section():
    claim = "✓ The distance falls below half  [0.4, asked < 0.5]"
    assert refused(FALLS, claim, heading="### Another") == ["falls"]
    assert refused(FALLS, claim, heading="### Another", before="# The title\n\nIts opening.") == ["falls"]
    assert refused(FALLS, claim, heading="## The question", before="# The title\n\nIts opening.") == []
    assert refused(FALLS, claim, heading="## The check", before="## The derivation\n\n### A lemma") == []


def test_films_and_captions_are_read_too():
    film = 'plot.Film(alt="faces, whose loss falls " f"from {round}")'
    assert refused("", "", code=film) == ["falls"]
    assert refused("", "", code='plot.table(rows, caption="The loss rises")') == ["rises"]
    assert refused("", "", code='plot.table(rows, caption="Does the loss rise?")') == []  # it only asks


@pytest.mark.parametrize(
    "place",
    [
        "Two rows of eight digits: generated samples above, the nearest training images below, similar",
        "Above, two games; below each, its distribution over the outcomes",
        "Three rows of sixteen digits with three scores above each: blurred ones and sharp ones",
        "Two curves over 240 rounds, one above the other, and a mark below the plot",
        "Each face of the lower row is drawn from what was read in the face above it",
        "The blurred plan of two densities, sharper as epsilon falls",
    ],
)
def test_a_place_in_the_picture_is_no_outcome(place):
    assert list(promises(place)) == []

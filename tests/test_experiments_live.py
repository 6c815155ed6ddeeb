"""An experiment and its live part: what it tells of it moves no digest, and what it does not tell is found."""

import json

import chapters
import live_parts
import pytest

from ganbook import data, models
from ganbook.experiments import Experiment, read_script
from ganbook.experiments.code import digest
from ganbook.games import GAN, SideBySide
from ganbook.recipes import NON_SATURATING
from ganbook.train import fit, train

SCRIPTS = sorted(live_parts.EXPERIMENTS.glob("*.py"))

CELLS = [
    "import torch\nfrom ganbook import data, models\nfrom ganbook.games import GAN, descend\n"
    "from ganbook.recipes import NON_SATURATING\nfrom ganbook.train import every, train\n\nslow = 1 / 0",
    "from dataclasses import replace\n\nRECIPE = replace(NON_SATURATING, batch=8)\nwidth = 16\nunused = never_defined",
    "def pair():\n    return models.mlp([2, width, 2]), models.mlp([2, width, 1])",
    "looks = {}\nfor k in (1, 2):\n    game = GAN(*pair(), RECIPE)\n"
    "    for step in every(5, train(game, data.ring(), rounds=10)):\n        looks[k] = step.sample(10)\n",
    "quiet = 3\ntwice = 1",
    "twice = 2",
    "critic = models.mlp([2, 4, 1])\nadam = torch.optim.Adam(critic.parameters(), lr=1e-2)\n"
    "for _ in range(10**9):\n    loss = critic(torch.ones(1, 2)).mean()\n    loss.backward()\n    adam.step()",
]


@pytest.fixture
def folder(tmp_path):
    """A chapter 61 that trains two GANs in one cell, and a critic by hand in another."""

    def write(old="", new=""):
        cells = [{"cell_type": "code", "metadata": {}, "source": cell.replace(old, new)} for cell in CELLS]
        (tmp_path / "61_try.ipynb").write_text(json.dumps({"cells": cells}))
        return tmp_path

    return write


def played(variant, seeds, width=16, rounds=10, game=GAN, **changes):
    recipe = NON_SATURATING.__class__(**{**vars(NON_SATURATING), "batch": 8, **changes})

    def pair():
        return models.mlp([2, width, 2]), models.mlp([2, width, 1])

    game = SideBySide(pair, [0, 1], recipe) if game is SideBySide else game(*pair(), recipe)
    fit(train(game, data.ring(), rounds=rounds))
    game.sample(5, None)  # scores are not asked for: here they would fail
    raise AssertionError("nothing is scored")


def experiment(live="61: looks", differs=None, **changes):
    measure = changes.pop("measure", lambda variant, seeds: played(variant, seeds, **changes))
    return Experiment("tiny", "?", ("a",), (0, 1), ("m",), measure, live=live, differs=differs or {})


@pytest.mark.parametrize("differs", [{}, {"seeds": "two for one"}], ids=["nothing told", "a word to the reader"])
def test_the_same_training_may_be_called_the_same(folder, differs):
    assert live_parts.complaints(experiment(differs=differs), folder()) == []
    assert live_parts.complaints(experiment(differs=differs, game=SideBySide), folder()) == []


CHANGES = [
    ("networks", {"width": 17}),
    ("rates", {"lr_g": 1e-3}),
    ("rates", {"betas": (0.0, 0.9)}),
    ("rates", {"optimizer": "rmsprop"}),
    ("batch", {"batch": 16}),
    ("d_steps", {"d_steps": 2}),
    ("ema_halflife", {"ema_halflife": 100.0}),
    ("clip", {"clip": 0.1}),
    ("rounds", {"rounds": 20}),
    ("kind", {"game": type("AtOnce", (GAN,), {})}),
]


@pytest.mark.parametrize(("field", "changes"), CHANGES, ids=[" ".join([f, *c]) for f, c in CHANGES])
def test_a_difference_that_is_not_told_is_refused(folder, field, changes):
    (said,) = live_parts.complaints(experiment(**changes), folder())
    assert said.startswith(f"its {field} are not those of its live part") and f"say in differs[{field!r}]" in said
    assert live_parts.complaints(experiment(differs={field: "on purpose"}, **changes), folder()) == []


def test_a_change_in_the_chapter_is_seen_too(folder):
    (said,) = live_parts.complaints(experiment(), folder("width = 16", "width = 32"))
    assert said.startswith(
        "its networks are not those of its live part (G (0): Linear(in_features=2, out_features=16, bias=True) for "
        "(0): Linear(in_features=2, out_features=32, bias=True))"
    )
    (said,) = live_parts.complaints(
        experiment(), folder("RECIPE = replace", "RECIPE = NON_SATURATING\nother = replace")
    )
    assert said.startswith("its batch are not those of its live part (8 for 64): make")


def test_a_difference_that_is_told_and_is_none_is_refused(folder):
    (said,) = live_parts.complaints(experiment(differs={"batch": "8 for 64"}), folder())
    assert said == "differs['batch'] says '8 for 64', and what is built is the same: take it out"


def test_the_live_part_is_one_cell_that_trains(folder):
    for name, said in (("absent", "0 cells"), ("twice", "2 cells"), ("quiet", "its cell trains nothing")):
        (found,) = live_parts.complaints(experiment(live=f"61: {name}"), folder())
        assert said in found
    (found,) = live_parts.complaints(experiment(measure=lambda variant, seeds: []), folder())
    assert "the experiment trains nothing" in found


def test_without_a_live_part_it_is_said_why():
    assert live_parts.complaints(experiment(live=None, differs={"live": "it takes an hour"})) == []
    for differs in ({}, {"rounds": "many"}, {"live": "none", "rounds": "many"}):
        assert live_parts.complaints(experiment(live=None, differs=differs)) != []


def test_a_critic_trained_by_hand_is_seen(folder):
    (found,) = live_parts.of_cells(chapters.read(folder() / "61_try.ipynb"), ["critic"])
    assert found["rates"] == {"": "Adam(lr=0.01, betas=(0.9, 0.999))"} and found["networks"][""][0] == (4, 2)


def test_trainings_go_on_as_ever_afterwards(folder):
    live_parts.complaints(experiment(), folder())
    game = GAN(models.mlp([2, 4, 2]), models.mlp([2, 4, 1]), NON_SATURATING)
    assert fit(train(game, data.ring(), rounds=3)).n == 3


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"live": "chapter 4"},
            "live must be a chapter and what its cell defines, as '04: digits_game', got 'chapter 4'",
        ),
        ({"differs": {"rounds": " "}}, r"differs\['rounds'\] must be one non-empty line of text"),
    ],
)
def test_another_form_is_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        experiment(**changes)


SCRIPT = (
    'from ganbook.experiments import Experiment\nE = Experiment(\n    name="x",\n    measure=f,\n    apart=True,\n)\n'
)
TOLD = SCRIPT.replace("    apart", '    live="04: runs",\n    differs={"rounds": "1,500"},\n    apart')


def test_what_is_told_of_the_live_part_moves_no_digest_and_all_else_does():
    """The results stay those of their script when a chapter's cell is renamed; any other argument is seen."""
    assert digest(TOLD) == digest(SCRIPT) == digest(TOLD.replace("04: runs", "05: plans").replace("1,500", "800"))
    assert digest(TOLD.replace("apart=True", "apart=False")) != digest(SCRIPT)
    assert digest(TOLD.replace("measure=f", "measure=g")) != digest(SCRIPT)
    assert digest(TOLD.replace("Experiment(", "Another(")) != digest(SCRIPT.replace("Experiment(", "Another("))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_shipped_experiments_say_what_their_live_part_is(path):
    assert live_parts.complaints(read_script(path)[0]) == []

"""A reader runs chapter 1's training cell twice: the second film begins with an untrained generator, as the first did.

What scripts/contract/rerun.py reads off every chapter is here run, with a handful of rounds.
"""

import chapters
import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest

FEW = (
    ("rounds=1_500", "rounds=2"),
    ("every(75,", "every(2,"),
    ("rounds=6_000", "rounds=3"),
    ("every(200,", "every(3,"),
    ("classifier, digits.x, images", "classifier, digits.x[:1_000], images"),  # the tests' types want equal numbers
)
MAKES, TRAINS = "game = games.GAN(G, D", "run = train(game, digits"


@pytest.fixture
def cells():
    """The sources of chapter 1's code cells from the imports up to the training of the digits, that one last."""
    found = [
        chapters.source(cell)
        for cell in chapters.read(chapters.ROOT / "notebooks" / "01_minimax_game.ipynb")["cells"]
        if cell["cell_type"] == "code"
    ]
    (last,) = [k for k, source in enumerate(found) if TRAINS in source]
    wanted = [source for source in found[:last] if "plot.style()" in source or "digits, unseen = " in source]
    assert len(wanted) == 2
    text = "\n# %%\n".join([*wanted, found[last]])
    for whole, few in FEW:
        assert whole in text, f"chapter 1 no longer holds {whole}"
        text = text.replace(whole, few)
    with mpl.rc_context():
        yield text.split("\n# %%\n")
    plt.close("all")


def first_scores(before, again):
    """The score before round 1, of a cell that is run twice after those before it."""
    space, scores = {}, []
    for source in before:
        exec(source, space)
    for _ in range(2):
        exec(again, space)
        scores.append(space["marks"][0])
    return scores


def test_the_training_cell_run_twice_begins_untrained_twice(cells):
    one, two = first_scores(cells[:-1], cells[-1])
    assert one == two > 0


def test_a_game_made_in_another_cell_would_be_seen(cells):
    at = cells[-1].index("marks = ")
    assert MAKES in cells[-1][:at]
    one, two = first_scores([*cells[:-1], cells[-1][:at]], cells[-1][at:])
    assert one != two

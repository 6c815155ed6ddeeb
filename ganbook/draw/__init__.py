"""The drawings of the book, as inline SVG made by code: the kit, and one function a drawing.

A drawing is `Drawing(Panel(...), ...)`; a panel is 340 pixels wide, so that it fits a phone as it is, and two stand
side by side on a desk. Numbers that a drawing carries are computed by the library when it is made. How to add one is in
CONTRIBUTING.md; `python -m ganbook.draw` writes all of them on one page.
"""

from __future__ import annotations

from ganbook.draw.axes import Axes
from ganbook.draw.blocks import dcgan_blocks
from ganbook.draw.conditional import labels_in
from ganbook.draw.cycle import there_and_back
from ganbook.draw.drawing import Drawing
from ganbook.draw.family import family_tree
from ganbook.draw.flat import flat_verdict
from ganbook.draw.game import the_game
from ganbook.draw.generation import one_generation
from ganbook.draw.growing import fade_in
from ganbook.draw.hulls import fakes_between
from ganbook.draw.integrands import kl_integrands
from ganbook.draw.overlap import painting
from ganbook.draw.pairs import two_arrows
from ganbook.draw.panel import Panel
from ganbook.draw.residual import identity_at_first
from ganbook.draw.scores import three_scores
from ganbook.draw.simplex import realness_simplex
from ganbook.draw.slack import prices
from ganbook.draw.story import the_story
from ganbook.draw.tangents import conjugate
from ganbook.draw.turning import at_once_or_in_turns

DRAWINGS = (
    the_game,
    the_story,
    kl_integrands,
    conjugate,
    dcgan_blocks,
    painting,
    flat_verdict,
    at_once_or_in_turns,
    prices,
    realness_simplex,
    family_tree,
    fakes_between,
    two_arrows,
    fade_in,
    there_and_back,
    one_generation,
    labels_in,
    three_scores,
    identity_at_first,
)
"""Every drawing of the book; the tests look at each in a browser."""

__all__ = [
    "Axes",
    "DRAWINGS",
    "Drawing",
    "Panel",
    "at_once_or_in_turns",
    "conjugate",
    "dcgan_blocks",
    "fade_in",
    "fakes_between",
    "family_tree",
    "flat_verdict",
    "identity_at_first",
    "kl_integrands",
    "labels_in",
    "one_generation",
    "painting",
    "prices",
    "realness_simplex",
    "the_game",
    "the_story",
    "there_and_back",
    "three_scores",
    "two_arrows",
]

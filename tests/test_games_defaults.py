"""Defaults of games, one for one.

They are the networks, protocols and constants of whoever said nothing: with another one, another thing is measured.
"""

import inspect

import pytest

from ganbook import games
from ganbook.games.bigan import generated

DEFAULTS = {
    games.BiGAN: {"fakes": (generated,)},
    games.BigBiGAN: {"scores": ("x", "z", "xz")},
    games.ConditionalGAN: {"parts": 1, "labels": "real", "orthogonal": 0.0},
    games.CycleGAN: {"cycle": 10.0, "identity": 5.0, "pool": 50},
    games.Evolution: {
        "mutations": ("minimax", "heuristic", "least squares"),
        "gamma": 0.05,
        "evaluation": 256,
        "select": "fitness",
        "adam": "parent",
        "fresh": False,
    },
    games.InParts: {"parts": 1},
    games.Progressive: {"pixels": "full"},
    games.Unrolled: {"steps": 5},
    games.check_shapes: {"maker": "G"},
    games.descend: {"parts": 1},
    games.fittest: {"n": 1},
}


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_what_holds_where_nothing_is_said(made):
    parameters = inspect.signature(made).parameters
    assert {name: parameters[name].default for name in DEFAULTS[made]} == DEFAULTS[made]

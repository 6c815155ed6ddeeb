"""The numbers of figures, films, panels and tables where nothing is said."""

import importlib

import pytest
from defaults import told

from ganbook import explore, plot  # noqa: F401 (for `make mutants`, which asks the tests that import a module)
from ganbook.player import film, pictures, source, table  # noqa: F401
from ganbook.player.drag import mount  # noqa: F401
from ganbook.player.judge import mount as judge  # noqa: F401
from ganbook.player.live import mount as live  # noqa: F401

DEFAULTS = {
    "explore": {
        "BUDGET": 600_000,
        "slider.between": True,
        "slider.budget": 600_000,
        "pad.between": True,
        "pad.budget": 600_000,
        "choices.start": 0,
        "choices.budget": 600_000,
    },
    "plot": {
        "curves.smooth": 1,
        "field.bounds": 2.0,
        "field.sigmoid": True,
        "field.resolution": 120,
        "field.bar": True,
    },
    "player.film": {
        "POINTS": 360,
        "Film.fps": 8,
        "Film.loop": False,
        "Film.budget": 800_000,
        "Films.budget": 1_000_000,
        "films.budget": 1_000_000,
    },
    "player.pictures": {"QUALITIES": (80, 60, 40, 25), "contact_sheet.gap": 2},
    "player.table": {"WIDTH": 88},
    "player.source": {"WIDTH": 88, "source.docstring": False},
    "player.drag.mount": {"line.width": 1, "lines.width": 1, "dots.size": 8},
    "player.judge.mount": {"WIDTH": 480, "HEIGHT": 200, "FROM": -5.0, "TO": 7.0},
    "player.live.mount": {"SIDE": 320},
}


@pytest.mark.parametrize("module", DEFAULTS)
def test_where_nothing_is_said_the_numbers_are_these(module):
    """A change of one is meant: it stands in this list too."""
    found = told(importlib.import_module(f"ganbook.{module}"))
    assert {name: found.get(name) for name in DEFAULTS[module]} == DEFAULTS[module]

"""The numbers of the sets where nothing is said: each is a promise of its docstring."""

import importlib

import pytest
from defaults import told

from ganbook.data import (  # noqa: F401 (for `make mutants`, which asks the tests that import a module)
    bundled,
    colourless,
    download,
    emoji,
    faces,
    folder,
    labels,
    lines,
    loader,
    moons,
    planar,
    stand_ins,
    unpaired,
)

DEFAULTS = {
    "bundled": {
        "digits.size": 28,
        "fashion.size": 28,
    },
    "colourless": {
        "unpaired_colour.size": 16,
    },
    "download": {
        "ATTEMPTS": 4,
        "FACES": (16, 32, 64, 128),
        "Source.crop": 0,
    },
    "emoji": {
        "emoji.size": 32,
        "emoji.tones": True,
    },
    "faces": {
        "faces_pairs.size": 16,
    },
    "folder": {
        "FORM": 1,
        "ON_GPU": 2147483648,
        "folder.channels": 3,
        "folder.labels": False,
        "folder.skip_unreadable": False,
        "folder.cache": True,
    },
    "labels": {
        "few.seed": 0,
    },
    "lines": {
        "gaussian.mean": 0.0,
        "gaussian.std": 1.0,
        "interval.low": 0.0,
        "interval.high": 1.0,
    },
    "loader": {
        "LoaderSampler.labels": False,
        "from_loader.labels": False,
    },
    "moons": {
        "moons.std": 0.1,
    },
    "planar": {
        "ring.modes": 8,
        "ring.radius": 1.0,
        "ring.std": 0.01,
        "grid.side": 5,
        "grid.spacing": 2.0,
        "grid.std": 0.05,
        "nine.std": 0.05,
        "swiss_roll.radius": 1.0,
        "swiss_roll.std": 0.02,
    },
    "stand_ins": {
        "between.share": 0.5,
    },
    "unpaired": {
        "LUMINANCE": (0.299, 0.587, 0.114),
        "unpaired_faces.size": 16,
        "unpaired_emoji.size": 32,
    },
}


@pytest.mark.parametrize("module", DEFAULTS)
def test_where_nothing_is_said_the_numbers_are_these(module):
    """A change of one is meant: it stands in this list too."""
    found = told(importlib.import_module(f"ganbook.data.{module}"))
    assert {name: found.get(name) for name in DEFAULTS[module]} == DEFAULTS[module]

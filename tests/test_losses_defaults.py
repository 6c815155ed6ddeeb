"""Defaults of losses, penalties and augmentations, one for one.

They are the networks, protocols and constants of whoever said nothing: with another one, another thing is measured.
"""

import inspect

import pytest

from ganbook import augment, losses, penalties

DEFAULTS = {
    losses.FGAN: {"saturating": True},
    losses.Drift: {"weight": 0.001},
    losses.NonSaturating: {"real_label": 1.0},
    losses.PlusMatching: {"weight": 1.0},
    losses.Realness: {"outcomes": 20, "objective": 2, "anchors": "far"},
    losses.Redrawn: {"outcomes": 20, "objective": 2, "anchors": "far", "draws": 1000},
    losses.SemiSupervised: {"weight": 1.0},
    losses.SemiSupervisedMatching: {"weight": 1.0},
    penalties.GradientPenalty: {"weight": 10.0, "target": 1.0, "one_sided": False},
    penalties.GaussianNoise: {"c": 10.0},
    penalties.UniformNoise: {"share": 0.5},
    penalties.Dragan: {"weight": 10.0, "target": 1.0},
    augment.Translate: {"share": 0.125, "fill": 0.0},
    augment.Cutout: {"share": 0.5},
    augment.Colour: {"brightness": 1.0, "saturation": 1.0, "contrast": 0.5},
}


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_what_holds_where_nothing_is_said(made):
    parameters = inspect.signature(made).parameters
    assert {name: parameters[name].default for name in DEFAULTS[made]} == DEFAULTS[made]

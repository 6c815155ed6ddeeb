"""Defaults of divergences, one for one.

They are the networks, protocols and constants of whoever said nothing: with another one, another thing is measured.
"""

import inspect
import math

import pytest

from ganbook.divergences import densities, fdiv, mutations, quadrature, quantile, sinkhorn, transport

DEFAULTS = {
    densities.Density: {"support": (-math.inf, math.inf), "breaks": ()},
    fdiv.FDivergence: {"offset": 0.0},
    quadrature.nodes: {"order": 40, "breaks": ()},
    quadrature.expectation: {"breaks": (), "tolerance": 1e-06},
    quantile.wasserstein: {"p": 1.0},
    quantile.between: {"order": 1, "pieces": 4000},
    sinkhorn.sinkhorn: {"tolerance": 1e-09, "limit": 100000},
    transport.costs: {"p": 1.0},
    transport.wasserstein: {"p": 1.0},
    mutations.MutationDivergence: {"convex_from": 0.0, "phi_convex_from": 0.0},
    mutations.two_points: {"p": 0.5},
}


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_what_holds_where_nothing_is_said(made):
    parameters = inspect.signature(made).parameters
    assert {name: parameters[name].default for name in DEFAULTS[made]} == DEFAULTS[made]

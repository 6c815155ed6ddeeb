"""The numbers of the studies where nothing is said: the results that are shown were made with them."""

import importlib

import pytest
from defaults import told

from ganbook.studies import (  # noqa: F401 (for `make mutants`, which asks the tests that import a module)
    arena,
    bigbigan_ring,
    class_prior,
    dirac,
    encoders,
    evolution,
    growing,
    hidden_colour,
    joint_distance,
    ledger,
    matchings,
    modern,
    populations,
    realness_toy,
    small_faces,
    spectral,
    switches,
    translation,
    two_by_two,
)

DEFAULTS = {
    "arena": {
        "ADAM": {"batch": 64, "lr_d": 0.001, "lr_g": 0.001, "betas": (0.5, 0.9)},
        "entrants.penalty": 1.0,
        "plane.width": 64,
        "pixels.width": 128,
    },
    "bigbigan_ring": {
        "ROUNDS": 1500,
        "BATCH": 64,
        "WIDTH": 64,
        "STD": 0.05,
        "networks.width": 64,
        "networks.stochastic": True,
        "ring_game.stochastic": True,
        "ring_scores.n": 2000,
        "ring_scores.seed": 0,
    },
    "class_prior": {
        "best.ridge": 1e-10,
    },
    "dirac": {
        "_nodes.count": 64,
        "WithGradientPenalty.target": 1.0,
        "Consensus.weight": 1.0,
        "jacobian.at": (0.0, 0.0),
        "eigenvalues.at": (0.0, 0.0),
        "damped_eigenvalues.slope": 0.5,
        "simulate.steps": 500,
        "simulate.h": 0.2,
    },
    "encoders": {
        "probe.ridge": 0.1,
    },
    "evolution": {
        "Aliased.gamma": 0.05,
        "Aliased.evaluation": 256,
        "Aliased.fresh": False,
        "AliasedPopulations.gamma": 0.05,
        "AliasedPopulations.evaluation": 256,
        "shares.parts": 4,
        "curse.draws": 100000,
        "passes.children": 3,
        "passes.batch": 64,
        "passes.evaluation": 256,
        "passes.d_steps": 1,
        "passes.gamma": True,
    },
    "growing": {
        "GAIN": 1.4142135623730951,
        "relative_step.gain": 1.4142135623730951,
        "relative_steps.steps": 1,
        "jump.weight": 10.0,
        "jump.seed": 0,
        "levels.smallest": 8,
        "levels.seed": 0,
    },
    "hidden_colour": {
        "networks.width": 16,
    },
    "joint_distance": {
        "three.order": 200,
    },
    "ledger": {
        "LEVEL": 0.05,
    },
    "matchings": {
        "circles.n": 8,
        "circles.shift": 0.0,
        "drawn.n": 8,
        "drawn.shift": 0.0,
        "together.cycle": 10.0,
        "together.identity": 0.0,
        "together.near": False,
        "together.batch": 32,
        "found.n": 8,
        "found.shift": 0.0,
    },
    "modern": {
        "FAKES": {"match": (0, 1), "collapse": (0, 0), "one match": (0, 2)},
        "dirac_eigenvalues.penalties": 1,
        "Kink.c": 0.0,
        "Kink.slope": 0.0,
        "slopes.lr": 1.0,
        "slopes.r1": 0.0,
        "slopes.r2": 0.0,
        "slopes.reals": (-1.0,),
        "slopes.fakes": (1.0,),
        "slopes.c": 0.0,
        "resting_slope.distance": 1.0,
        "sup_value.bound": 40.0,
        "sup_value.steps": 500,
    },
    "populations": {
        "Populations.gamma": 0.05,
        "Populations.evaluation": 256,
    },
    "realness_toy": {
        "Z": 16,
        "WIDTH": 64,
        "Toy.width": 64,
        "play.samples": 5000,
    },
    "small_faces": {
        "ADAM": {"batch": 32, "lr_d": 0.001, "lr_g": 0.001, "betas": (0.0, 0.99), "ema_halflife": 4000.0},
        "scheduled.gamma": 1.0,
        "scheduled.lr": 0.002,
        "scheduled.batch": 32,
        "plain.width": 16,
        "plain.z": 64,
    },
    "spectral": {
        "estimates.seed": 0,
        "with_ratio.seed": 0,
        "convolution_sigma.padding": 1,
        "convolution_sigma.stride": 1,
    },
    "switches": {
        "NOISE": 0.1,
    },
    "translation": {
        "WITH": {"glasses": (1, 2), "beard": (1,), "mouth": (1,), "hair": (0,)},
        "hit.codes": (1, 2),
        "scored.codes": (1, 2),
        "borrowed.shift": 1,
    },
    "two_by_two": {
        "ADAM": {"batch": 64, "lr_d": 0.001, "lr_g": 0.001, "betas": (0.5, 0.9)},
    },
}


@pytest.mark.parametrize("module", DEFAULTS)
def test_where_nothing_is_said_the_numbers_are_these(module):
    """A change of one is meant: it stands in this list too."""
    found = told(importlib.import_module(f"ganbook.studies.{module}"))
    assert {name: found.get(name) for name in DEFAULTS[module]} == DEFAULTS[module]

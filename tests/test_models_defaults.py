"""Defaults of models, one for one.

They are the networks, protocols and constants of whoever said nothing: with another one, another thing is measured.
"""

import inspect

import pytest

from ganbook import models
from ganbook.models import tangents

DEFAULTS = {
    models.ConditionalD: {
        "size": 16,
        "channels": 3,
        "width": 32,
        "label": "projection",
        "attention": False,
        "class_bias": False,
    },
    models.ConditionalG: {
        "size": 16,
        "channels": 3,
        "z": 32,
        "width": 16,
        "embedding": 8,
        "skip_z": True,
        "conditional": True,
        "attention": False,
    },
    models.Basis: {"side": 4},
    models.Bottleneck: {"expansion": 2, "group": 8, "blocks": 1},
    models.EqualisedConv2d: {"gain": 2**0.5},
    models.EqualisedLinear: {"gain": 2**0.5},
    models.MinibatchStd: {"eps": 1e-08},
    models.PixelNorm: {"eps": 1e-08},
    models.Resample: {"bias": True},
    models.bigan: {"size": 16, "channels": 3, "outputs": 1, "z": 32, "width": 32, "hidden": 256, "norm": "batch"},
    models.bigbigan: {
        "size": 16,
        "channels": 3,
        "z": 32,
        "width": 32,
        "hidden": 256,
        "norm": "batch",
        "stochastic": True,
    },
    models.branch_scale: {"layers": 3},
    models.SelfAttention: {"pooled": True},
    models.biggan: {
        "size": 16,
        "channels": 3,
        "z": 32,
        "width": 16,
        "width_d": 32,
        "embedding": 8,
        "skip_z": True,
        "conditional": True,
        "label": "projection",
        "attention": False,
        "class_bias": False,
        "spectral_g": False,
        "spectral_d": True,
        "init": "orthogonal",
    },
    models.classifier: {
        "size": 16,
        "channels": 1,
        "outputs": 10,
        "width": 32,
        "hidden": 128,
        "noise": 0.15,
        "dropout": 0.3,
        "features": False,
    },
    models.cyclegan: {
        "size": 16,
        "channels": 3,
        "width": 16,
        "width_d": 32,
        "blocks": 2,
        "gate": True,
        "patches": False,
    },
    models.dcgan: {
        "size": 64,
        "channels": 3,
        "outputs": 1,
        "z": 100,
        "width": 64,
        "norm_d": "batch",
        "norm_g": "batch",
    },
    models.dcgan_init: {"std": 0.02},
    models.encoder: {"size": 16, "channels": 3, "z": 32, "width": 32, "norm": "batch"},
    models.enlarge: {"times": 2},
    models.growing: {
        "size": 32,
        "channels": 3,
        "outputs": 1,
        "z": 48,
        "width": 16,
        "widest": 48,
        "equalised": True,
        "pixel_norm": True,
        "spread": 4,
    },
    models.he_init: {"last": 0.5},
    models.mlp: {"flatten": False},
    models.orthogonal_init: {"gain": 1.0},
    models.orthogonal_penalty: {"strength": 0.0001},
    models.patch_critic: {"channels": 3, "width": 32, "halvings": 1, "norm": False},
    models.pooled: {"size": 32, "channels": 3, "outputs": 20, "z": 100, "width": 32, "norm_g": "batch"},
    models.residual: {
        "size": 16,
        "channels": 3,
        "outputs": 1,
        "z": 64,
        "width": 32,
        "blocks": 1,
        "expansion": 2,
        "group": 8,
        "tanh": True,
    },
    models.shrink: {"times": 2},
    models.translator: {"channels": 3, "width": 16, "blocks": 2, "gate": True},
    tangents.tangent_penalty: {"step": 0.01},
}


@pytest.mark.parametrize("made", DEFAULTS, ids=lambda made: made.__name__)
def test_what_holds_where_nothing_is_said(made):
    parameters = inspect.signature(made).parameters
    assert {name: parameters[name].default for name in DEFAULTS[made]} == DEFAULTS[made]

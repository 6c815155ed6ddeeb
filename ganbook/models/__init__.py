"""Networks as plain nn.Sequential, printing one shows all there is; and the layers that are not in torch.nn.

`mlp`, `dcgan`, `pooled`, `classifier`, `encoder`, `bigan`, `translator`, `cyclegan` make them, and `growing` those that
grow; `layers` change what a discriminator sees or says; `stacked` holds many networks of one shape as one. `still` is
a look at networks that leaves no trace, `tangents` what they do to small steps.
"""

from __future__ import annotations

from ganbook.models import layers, stacked, tangents
from ganbook.models.classifier import classifier
from ganbook.models.growing import (
    EqualisedConv2d,
    EqualisedLinear,
    GrowingD,
    GrowingG,
    PixelNorm,
    enlarge,
    faded,
    growing,
    shrink,
)
from ganbook.models.joint import Joint, bigan, encoder
from ganbook.models.layers import InstanceNoise, KeepFeatures, MinibatchStd, Pack, Resample
from ganbook.models.networks import HALVINGS, NORMS, dcgan, dcgan_init, he_init, leaky_relu, mlp, pooled
from ganbook.models.still import still
from ganbook.models.translation import Gated, Patches, Redraw, Residual, cyclegan, patch_critic, translator

__all__ = [
    "HALVINGS",
    "NORMS",
    "EqualisedConv2d",
    "EqualisedLinear",
    "GrowingD",
    "GrowingG",
    "Gated",
    "InstanceNoise",
    "Joint",
    "KeepFeatures",
    "MinibatchStd",
    "Pack",
    "PixelNorm",
    "Patches",
    "Redraw",
    "Resample",
    "Residual",
    "bigan",
    "classifier",
    "cyclegan",
    "dcgan",
    "dcgan_init",
    "encoder",
    "enlarge",
    "faded",
    "growing",
    "he_init",
    "layers",
    "leaky_relu",
    "mlp",
    "patch_critic",
    "pooled",
    "shrink",
    "stacked",
    "still",
    "tangents",
    "translator",
]

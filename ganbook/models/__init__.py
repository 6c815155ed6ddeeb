"""Networks as plain nn.Sequential, printing one shows all there is; and the layers that are not in torch.nn.

`mlp`, `dcgan`, `pooled`, `classifier`, `encoder`, `bigan`, `bigbigan`, `translator`, `cyclegan` make them, `growing`
those that grow, `biggan` those that are told a class, and `residual` R3GAN's; `layers` change what a discriminator sees
or says; `stacked` holds many networks of one shape as one. `still` is a look at networks that leaves no trace,
`standing` computes batch statistics anew, `tangents` are what networks do to small steps.
"""

from __future__ import annotations

from ganbook.models import layers, stacked, tangents
from ganbook.models.attention import SelfAttention
from ganbook.models.bigbigan import SCORES, Scores, Stochastic, bigbigan, pooled_features
from ganbook.models.blocks import ConditionalBatchNorm2d
from ganbook.models.classifier import classifier
from ganbook.models.conditional import ConditionalD, ConditionalG, biggan, spectral
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
from ganbook.models.orthogonal import orthogonal_init, orthogonal_penalty
from ganbook.models.residual import Basis, BiasedLeaky, Bottleneck, branch_scale, residual
from ganbook.models.standing import standing
from ganbook.models.still import still
from ganbook.models.translation import Gated, Patches, Redraw, Residual, cyclegan, patch_critic, translator

__all__ = [
    "HALVINGS",
    "NORMS",
    "ConditionalBatchNorm2d",
    "ConditionalD",
    "ConditionalG",
    "SCORES",
    "Basis",
    "BiasedLeaky",
    "Bottleneck",
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
    "Scores",
    "Stochastic",
    "bigan",
    "bigbigan",
    "branch_scale",
    "SelfAttention",
    "bigan",
    "biggan",
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
    "orthogonal_init",
    "orthogonal_penalty",
    "patch_critic",
    "pooled",
    "pooled_features",
    "residual",
    "shrink",
    "spectral",
    "stacked",
    "standing",
    "still",
    "tangents",
    "translator",
]

"""What a GAN learns from and starts from: samplers `(n, rng) -> (n, ...)`.

Bundled images: digits, fashion, emoji, faces (with faces_pairs). Downloaded: torchvision. Your own: folder,
from_tensor, from_loader. Points in the plane: ring, grid, nine, swiss_roll, moons. Numbers on a line: gaussian,
mixture1d, interval. Latents: normal, uniform, truncated. Made of others: few (labels), together (batches of several
kinds), between (interpolations); noise; unpaired_faces, unpaired_emoji, unpaired_colour (two domains); greyed.
`.labelled` of a set draws (x, y).

Every sampler but from_loader's has no state but `rng`, a generator of the CPU: the same rng gives the same samples on
every device. Images are float32 in [-1, 1], (n, c, h, w), on `ganbook.device()` unless `device` says otherwise.
"""

from __future__ import annotations

from ganbook.data.bundled import digits, fashion, sha256
from ganbook.data.colourless import unpaired_colour
from ganbook.data.download import torchvision
from ganbook.data.emoji import EmojiSampler, emoji
from ganbook.data.faces import FacesSampler, faces, faces_pairs
from ganbook.data.folder import folder
from ganbook.data.labels import check_labels, few, together
from ganbook.data.lines import Interval, gaussian, interval, mixture1d
from ganbook.data.loader import LoaderSampler, from_loader
from ganbook.data.mixture import Mixture, mixture
from ganbook.data.moons import Moons, moons
from ganbook.data.planar import SwissRoll, grid, nine, ring, swiss_roll
from ganbook.data.priors import Normal, Uniform, normal, uniform
from ganbook.data.sampler import TensorSampler, from_tensor
from ganbook.data.stand_ins import Between, Noise, between, noise
from ganbook.data.truncation import Truncated, threshold_for, truncated, truncated_std
from ganbook.data.unpaired import grey, greyed, unpaired_emoji, unpaired_faces

__all__ = [
    "Between",
    "EmojiSampler",
    "FacesSampler",
    "Interval",
    "LoaderSampler",
    "Mixture",
    "Moons",
    "Noise",
    "Normal",
    "SwissRoll",
    "TensorSampler",
    "Truncated",
    "Uniform",
    "between",
    "check_labels",
    "digits",
    "emoji",
    "faces",
    "faces_pairs",
    "fashion",
    "few",
    "folder",
    "from_loader",
    "from_tensor",
    "gaussian",
    "grey",
    "greyed",
    "grid",
    "interval",
    "mixture",
    "mixture1d",
    "moons",
    "nine",
    "noise",
    "normal",
    "ring",
    "sha256",
    "swiss_roll",
    "threshold_for",
    "together",
    "torchvision",
    "truncated",
    "truncated_std",
    "uniform",
    "unpaired_colour",
    "unpaired_emoji",
    "unpaired_faces",
]

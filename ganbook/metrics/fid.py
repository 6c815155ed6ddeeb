"""The real FID and Inception Score, with Inception's weights through torch-fidelity: to compare with published numbers.

Everything else in the book scores with its own small networks, and calls that a book Frechet distance.
"""

from __future__ import annotations

import importlib
import os
from dataclasses import replace
from typing import NamedTuple

import torch
from torch import Tensor, nn

import ganbook
from ganbook import checks
from ganbook.data.images import encode
from ganbook.metrics.frechet import frechet_distance
from ganbook.metrics.inception import inception_score
from ganbook.metrics.score import Score
from ganbook.types import Float

TAG = "inception-v3-compat (torch-fidelity)"
ADVICE = (
    "The book's own distances need neither: ganbook.features.book_frechet_distance. To have the real FID, run "
    "`pip install torch-fidelity` where the internet can be reached, once; or give weights=, a file of its "
    "InceptionV3 weights."
)


class Published(NamedTuple):
    """FID (with 2048 features) and Inception Score (ten splits), as papers report them."""

    fid: Score
    inception_score: Score


def published(
    real: Float[Tensor, "n c h w"], fake: Float[Tensor, "m c h w"], *, weights: str | os.PathLike | None = None
) -> Published:
    """FID and Inception Score of images in [-1, 1]; grey ones are repeated in three channels.

    Pixels become bytes by the fixed map (x + 1) 127.5, rounded: never by the smallest and largest pixel of a set.
    Papers use 50,000 fakes (10,000 at least): with fewer the FID is biased upwards and comparable to none of theirs.

    weights: a local file of torch-fidelity's InceptionV3 weights; by default it downloads them, about 90 MB, once.

    Raises: ImportError where torch-fidelity is missing, OSError where its weights cannot be had, each saying what to
    do; ValueError for images outside [-1, 1], or of 2 channels.
    Source: Heusel et al. 2017 (FID), Salimans et al. 2016 (IS); Obukhov et al. 2020 (torch-fidelity).
    Derived in: chapter 6.
    """
    pixels = [
        encode(checks.images(name, images, (1, 3))).expand(-1, 3, -1, -1)
        for name, images in (("real", real), ("fake", fake))
    ]
    network = _inception(weights)
    (features_real, _), (features_fake, logits) = (_run(network, x) for x in pixels)
    return Published(
        replace(frechet_distance(features_real, features_fake, features=TAG), name="FID"),
        inception_score(logits, features=TAG),
    )


def _inception(weights: str | os.PathLike | None) -> nn.Module:
    try:
        module = importlib.import_module("torch_fidelity.feature_extractor_inceptionv3")
    except ImportError as error:
        raise ImportError(f"the real FID needs the package torch-fidelity, which is not installed. {ADVICE}") from error
    try:
        network = module.FeatureExtractorInceptionV3(
            "inception-v3-compat",
            ["2048", "logits_unbiased"],
            feature_extractor_weights_path=None if weights is None else os.fspath(weights),
        )
    except OSError as error:  # URLError is one
        raise OSError(f"Inception's weights cannot be had here ({error}). {ADVICE}") from error
    return network.to(ganbook.device())


@torch.no_grad()
def _run(network: nn.Module, pixels: Tensor) -> tuple[Tensor, Tensor]:
    found = [network(part.to(ganbook.device())) for part in pixels.split(50)]
    return torch.cat([pair[0] for pair in found]), torch.cat([pair[1] for pair in found])

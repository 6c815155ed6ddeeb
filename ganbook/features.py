"""The feature networks of the book: small classifiers of digits and of fashion; scores compare their last hidden layer.

A distance in these features is a *book Frechet distance*, never an FID: another network, other images, another scale.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import ganbook
from ganbook.files import weights
from ganbook.metrics import Score, frechet_distance
from ganbook.types import Batch, Float

FOLDER = Path(__file__).resolve().parent / "feature_weights"
WIDTH = 64
"""Numbers a feature has."""


class FeatureNet(nn.Module):
    """Five convolutions, a hidden layer of 64 ReLU units (the features), and ten logits.

    Takes images (n, 1, 28, 28) in [-1, 1]; 32x32 are cropped and 64x64 halved first, the inverse of `ganbook.data`.
    Derived in: chapter 06.

    >>> sum(p.numel() for p in FeatureNet().parameters()) < 110_000
    True
    """

    def __init__(self, tag: str = "untrained", card: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.tag, self.card = tag, card or {}
        self.body = nn.Sequential(
            *_block(1, 16, stride=1),
            *_block(16, 32, stride=2),
            *_block(32, 32, stride=1),
            *_block(32, 64, stride=2),
            *_block(64, 64, stride=1),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(64 * 9, WIDTH),
            nn.ReLU(),
        )
        self.head = nn.Linear(WIDTH, 10)

    def forward(self, x: Float[Tensor, "n 1 h w"]) -> Float[Tensor, "n 10"]:
        return self.head(self.body(as_28(x)))

    @torch.no_grad()
    def features(self, x: Batch) -> Float[Tensor, "n 64"]:
        """The hidden layer, 500 images at a time.

        Raises: ValueError for images of another shape.
        """
        device = next(self.parameters()).device
        return torch.cat([self.body(as_28(part.to(device))) for part in x.split(500)])

    @torch.no_grad()
    def logits(self, x: Batch) -> Float[Tensor, "n 10"]:
        """The ten logits, 500 images at a time; the features' own last step.

        Raises: ValueError for images of another shape.
        """
        return self.head(self.features(x))


def load(name: str, device: torch.device | str | None = None) -> FeatureNet:
    """The trained network for "digits" or "fashion": frozen, in evaluation mode, its hash checked.

    Raises: ValueError for another name; OSError for a missing, truncated or changed file.

    >>> net = load("digits")
    >>> net.features(torch.zeros(2, 1, 28, 28)).shape, any(p.requires_grad for p in net.parameters())
    (torch.Size([2, 64]), False)
    """
    tensors, card = weights.read(FOLDER, name)
    net = FeatureNet(f"{name}@{card['sha256'][:8]}", card)
    net.load_state_dict(tensors)
    return net.requires_grad_(False).eval().to(ganbook.device() if device is None else device)


def book_frechet_distance(net: FeatureNet, real: Batch, fake: Batch) -> Score:
    """Frechet distance of images in the features of `net`; its Score names the network and its hash.

    Range: 0 to infinity, lower is better. Comparable only with the same network, set, and numbers of images; never
    with a published FID.
    Raises: ValueError for images of another shape, or fewer than two.
    Source: Heusel et al. 2017, eq. 6, with other features.
    Derived in: chapter 06.

    >>> x = torch.rand(8, 1, 28, 28)
    >>> abs(float(book_frechet_distance(FeatureNet().eval(), x, x))) < 1e-6
    True
    """
    score = frechet_distance(net.features(real), net.features(fake), features=net.tag)
    return Score(score.value, "book Frechet distance", score.n_real, score.n_fake, score.features)


def as_28(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n 1 28 28"]:
    """28x28 as they are, 32x32 without their border, 64x64 as means of 2x2 first.

    Raises: ValueError for other shapes.
    """
    if x.ndim == 4 and x.shape[1:] == (1, 64, 64):
        x = F.avg_pool2d(x, 2)
    if x.ndim == 4 and x.shape[1:] == (1, 32, 32):
        x = x[..., 2:-2, 2:-2]
    if x.ndim != 4 or x.shape[1:] != (1, 28, 28):
        raise ValueError(f"x must hold images of shape (n, 1, s, s) with s of 28, 32, 64; got {tuple(x.shape)}")
    return x


def _block(before: int, after: int, *, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]

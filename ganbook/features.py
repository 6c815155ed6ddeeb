"""The feature networks of the book: small classifiers of digits, fashion and faces; scores compare their hidden layer.

A distance in these features is a *book Frechet distance*, never an FID: another network, other images, another scale.
Features see only what they were taught, so beside them stands `pixel_frechet_distance`, which sees every pixel.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import ganbook
from ganbook import checks
from ganbook.files import weights
from ganbook.metrics import Score, frechet_distance
from ganbook.types import Batch, Float

FOLDER = Path(__file__).resolve().parent / "feature_weights"
WIDTH = 64
"""Numbers that the features of a digit or of a piece of clothing have."""
FACE_WIDTH = 96
"""Numbers that the features of a face have."""


class FeatureNet(nn.Module):
    """Five convolutions, a hidden layer of 64 ReLU units (the features), and ten logits.

    Takes images (n, 1, 28, 28) in [-1, 1]; 32x32 are cropped and 64x64 halved first, the inverse of `ganbook.data`.
    Derived in: chapter 6.

    >>> sum(p.numel() for p in FeatureNet().parameters()) < 110_000
    True
    """

    def __init__(self, tag: str = "untrained", card: dict[str, Any] | None = None) -> None:
        super().__init__()
        checks.instance("card", card, (dict, type(None)), "a dict or None")
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
        if checks.tensor("x", x, what="images").dtype != torch.float32:
            raise ValueError(f"x must be in float32, as the network's weights, got {x.dtype}")
        device = next(self.parameters()).device
        return torch.cat([self.body(as_28(part.to(device))) for part in x.split(500)])

    @torch.no_grad()
    def logits(self, x: Batch) -> Float[Tensor, "n 10"]:
        """The ten logits, 500 images at a time; the features' own last step.

        Raises: ValueError for images of another shape.
        """
        return self.head(self.features(x))


class FaceNet(nn.Module):
    """Five convolutions, a hidden layer of 96 ReLU units (the features), and one linear head for each attribute.

    heads: the number of values of each attribute, in the order of the logits. All attributes of `data.faces` are told,
    the details too: bars of colour that are moved until they suit a classifier of four yes-or-no questions beat
    generated faces in its features.

    Takes images (n, 3, 16, 16) in [-1, 1]; 32x32 are averaged over 2x2 first, so the doubled ones of `data.faces(32)`
    give the features of the 16.
    Derived in: chapter 6.

    >>> net = FaceNet({"glasses": 3, "beard": 2}).eval()
    >>> net(torch.zeros(4, 3, 16, 16)).shape, net.attributes(torch.zeros(4, 3, 32, 32))["beard"].shape
    (torch.Size([4, 5]), torch.Size([4]))
    """

    def __init__(self, heads: dict[str, int], tag: str = "untrained", card: dict[str, Any] | None = None) -> None:
        super().__init__()
        checks.instance("card", card, (dict, type(None)), "a dict or None")
        checks.instance("heads", heads, dict, "a dict: attribute -> number of its values")
        checks.each("heads", heads.values(), lambda k: k >= 1 and k == int(k), "attributes with numbers of values >= 1")
        self.heads, self.tag, self.card = dict(heads), tag, card or {}
        self.body = nn.Sequential(
            *_block(3, 24, stride=1),
            *_block(24, 48, stride=2),
            *_block(48, 64, stride=1),
            *_block(64, 64, stride=2),
            *_block(64, 64, stride=1),
            nn.Flatten(),
            nn.Linear(64 * 16, FACE_WIDTH),
            nn.ReLU(),
        )
        self.head = nn.Linear(FACE_WIDTH, sum(self.widths))

    @property
    def widths(self) -> list[int]:
        """The number of logits of each head."""
        return list(self.heads.values())

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n k"]:
        """The logits of all heads side by side."""
        return self.head(self.body(as_16(x)))

    @torch.no_grad()
    def features(self, x: Batch) -> Float[Tensor, "n 96"]:
        """The hidden layer, 500 images at a time.

        Raises: ValueError for images of another shape.
        """
        if checks.tensor("x", x, what="images").dtype != torch.float32:
            raise ValueError(f"x must be in float32, as the network's weights, got {x.dtype}")
        device = next(self.parameters()).device
        return torch.cat([self.body(as_16(part.to(device))) for part in x.split(500)])

    @torch.no_grad()
    def probabilities(self, x: Batch) -> dict[str, Tensor]:
        """For each attribute, the probability of each of its values, (n, values), as the network tells it.

        Raises: ValueError for images of another shape.
        """
        parts = self.head(self.features(x)).split(self.widths, 1)
        return {name: part.softmax(1) for name, part in zip(self.heads, parts, strict=True)}

    def attributes(self, x: Batch) -> dict[str, Tensor]:
        """For each attribute the code of its most probable value, one an image: the codes of `FacesSampler.column`.

        Raises: ValueError for images of another shape.
        """
        return {name: p.argmax(1) for name, p in self.probabilities(x).items()}


def load(name: str, device: torch.device | str | None = None) -> FeatureNet | FaceNet:
    """The trained network for "digits", "fashion" or "faces": frozen, in evaluation mode, its hash checked.

    Raises: ValueError for another name; OSError for a missing, truncated or changed file.

    >>> net = load("digits")
    >>> net.features(torch.zeros(2, 1, 28, 28)).shape, any(p.requires_grad for p in net.parameters())
    (torch.Size([2, 64]), False)
    """
    checks.device("device", device)
    tensors, card = weights.read(FOLDER, name)
    tag = f"{name}@{card['sha256'][:8]}"
    net = FaceNet(card["heads"], tag, card) if "heads" in card else FeatureNet(tag, card)
    net.load_state_dict(tensors)
    return net.requires_grad_(False).eval().to(ganbook.device() if device is None else device)


def book_frechet_distance(net: FeatureNet | FaceNet, real: Batch, fake: Batch) -> Score:
    """Frechet distance of images in the features of `net`; its Score names the network and its hash.

    Range: 0 to infinity, lower is better. Comparable only with the same network, set, and numbers of images; never
    with a published FID.
    Raises: ValueError for images of another shape or outside [-1, 1], or fewer than two.
    Source: Heusel et al. 2017, eq. 6, with other features.
    Derived in: chapter 6.

    >>> x = torch.rand(8, 1, 28, 28) * 2 - 1
    >>> abs(float(book_frechet_distance(FeatureNet().eval(), x, x))) < 1e-6
    True
    """
    checks.instance("net", net, (FeatureNet, FaceNet), "a network of features.load")
    for name, x in (("real", real), ("fake", fake)):
        checks.images(name, x)
        if x.dtype != torch.float32:
            raise ValueError(f"{name} must be in float32, as the network's weights, got {x.dtype}")
        if x.shape[1:] not in [(3, 16, 16), (3, 32, 32)] and isinstance(net, FaceNet):
            raise ValueError(f"{name} must hold images of shape (n, 3, s, s) with s of 16, 32; got {tuple(x.shape)}")
        if x.shape[1:] not in [(1, 28, 28), (1, 32, 32), (1, 64, 64)] and isinstance(net, FeatureNet):
            raise ValueError(f"{name} must hold images (n, 1, s, s) with s of 28, 32, 64; got {tuple(x.shape)}")
    score = frechet_distance(net.features(real), net.features(fake), features=net.tag)
    return Score(score.value, "book Frechet distance", score.n_real, score.n_fake, score.features)


def pixel_frechet_distance(real: Batch, fake: Batch) -> Score:
    """Frechet distance of images on their raw pixels, brought from [-1, 1] to [0, 1].

    Range: 0 to infinity, lower is better. It sees everything and weighs all alike: a shift by one pixel counts as much
    as a wrong face. Comparable only for images of one size and equal numbers of them.
    Raises: ValueError for images of different shapes, or fewer than two.
    Source: Heusel et al. 2017, eq. 6, with pixels for features.
    Derived in: chapter 6.

    >>> x = torch.tensor([-1.0, 1.0]).view(2, 1, 1, 1)      # black and white: mean 1/2, variance 1/2
    >>> round(float(pixel_frechet_distance(x, torch.ones(2, 1, 1, 1))), 6)     # against white: 1/4 + 1/2
    0.75
    """
    checks.tensor("real", real, "n", "c", "h", "w", what="images")
    checks.tensor("fake", fake, "n", "c", "h", "w", what="images")
    if real.ndim != 4 or real.shape[1:] != fake.shape[1:]:
        raise ValueError(f"real and fake must be images of one shape, got {tuple(real.shape)} and {tuple(fake.shape)}")
    for name, x in (("real", real), ("fake", fake)):
        checks.images(name, x)
    flat = [((x.double() + 1) / 2).flatten(1) for x in (real, fake)]
    score = frechet_distance(*flat, features="pixels in [0, 1]")
    return Score(score.value, "pixel Frechet distance", score.n_real, score.n_fake, score.features)


def as_16(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n 3 16 16"]:
    """16x16 in colour as they are, 32x32 as means of 2x2.

    Raises: ValueError for other shapes.
    """
    checks.tensor("x", x, "n", 3, "s", "s", what="images")
    if x.ndim == 4 and x.shape[1:] == (3, 32, 32):
        x = F.avg_pool2d(x, 2)
    if x.ndim != 4 or x.shape[1:] != (3, 16, 16):
        raise ValueError(f"x must hold images of shape (n, 3, s, s) with s of 16, 32; got {tuple(x.shape)}")
    return x


def as_28(x: Float[Tensor, "n c h w"]) -> Float[Tensor, "n 1 28 28"]:
    """28x28 as they are, 32x32 without their border, 64x64 as means of 2x2 first.

    Raises: ValueError for other shapes.
    """
    checks.tensor("x", x, "n", 1, "s", "s", what="images")
    if x.ndim == 4 and x.shape[1:] == (1, 64, 64):
        x = F.avg_pool2d(x, 2)
    if x.ndim == 4 and x.shape[1:] == (1, 32, 32):
        x = x[..., 2:-2, 2:-2]
    if x.ndim != 4 or x.shape[1:] != (1, 28, 28):
        raise ValueError(f"x must hold images of shape (n, 1, s, s) with s of 28, 32, 64; got {tuple(x.shape)}")
    return x


def _block(before: int, after: int, *, stride: int) -> list[nn.Module]:
    return [nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU()]

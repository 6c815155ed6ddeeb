"""Two domains without pairs, of sets whose pairs are known: for training unpaired, and scoring by the truth."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.emoji import EmojiSampler, emoji
from ganbook.data.faces import PAIRS, FacesSampler, faces
from ganbook.data.sampler import TensorSampler, check_samples
from ganbook.types import Float

IDENTITY = ("cut", "eyes", "skin", "garment", "clothing")
"""What faces of one identity share; the split into training and test set is made by it too."""
LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in grey. Source: ITU-R BT.601."""


def unpaired_faces(
    attribute: str = "glasses", size: int = 16, device: torch.device | str | None = None
) -> tuple[FacesSampler, FacesSampler]:
    """Faces without an attribute and faces with it, of different people: 5,000 and 5,000 for the glasses.

    No identity is in both, so that no face of the one has its partner in the other. Half of the identities of the
    training set, drawn once and for all, give the first domain, the others the second. The true pairs that score a
    translation, `faces_pairs(attribute)`, are of the test set.

    attribute: "glasses" or "beard" (without, with), "mouth" (sad, happy), "hair" (black, blond).
    size: 16 or 32.

    Raises: ValueError for another attribute or size.
    Derived in: chapter 14.

    >>> unpaired_faces("mouth")
    (FacesSampler(5,036 faces of shape 3x16x16), FacesSampler(5,036 faces of shape 3x16x16))
    """
    checks.one_of("attribute", attribute, PAIRS)
    known = faces(size, device=device)
    identity = torch.stack([known.column(name) for name in IDENTITY], 1)
    first = _halves(identity.unique(dim=0, return_inverse=True)[1])
    values = known.attributes[attribute]
    one, other = (values.index(value) if value else 0 for value in PAIRS[attribute])
    column = known.column(attribute)
    of_y = column != 0 if PAIRS[attribute][1] is None else column == other
    return tuple(
        replace(known, stored=known.stored[rows], codes=known.codes[rows])
        for rows in ((column == one) & first, of_y & ~first)
    )


def unpaired_emoji(size: int = 32, device: torch.device | str | None = None) -> tuple[EmojiSampler, EmojiSampler]:
    """Emoji as Google drew them, and other emoji as Twitter did: two designs of which no emoji is in both.

    Half of the names of the training set, drawn once and for all, are in the first, the others in the second; all
    tones of an emoji have one name. The pairs that score a translation are those of the test set: emoji("noto",
    split="test") and emoji("twemoji", split="test"), row by row.

    size: as in emoji.

    Raises: ValueError for another size.
    Derived in: chapter 14.

    >>> noto, twemoji = unpaired_emoji()
    >>> len(noto) + len(twemoji), set(noto.names) & set(twemoji.names)
    (3432, set())
    """
    both = [emoji(style, size, device=device) for style in ("noto", "twemoji")]
    names = {name: k for k, name in enumerate(sorted(set(both[0].names)))}
    first = _halves(torch.tensor([names[name] for name in both[0].names]))
    found = []
    for sampler, keep in zip(both, (first, ~first), strict=True):
        rows = keep.nonzero().squeeze(1)
        of = rows.to(sampler.device)
        found.append(
            replace(
                sampler,
                stored=sampler.stored[of],
                y=sampler.y[of],
                codepoints=tuple(sampler.codepoints[k] for k in rows.tolist()),
                names=tuple(sampler.names[k] for k in rows.tolist()),
            )
        )
    return found[0], found[1]


def greyed(sampler: TensorSampler) -> TensorSampler:
    """The same pictures in grey, one channel: 0.299 red + 0.587 green + 0.114 blue.

    Raises: ValueError where the samples are no pictures in colour.
    Derived in: chapter 14.

    >>> greyed(unpaired_faces()[0])
    TensorSampler(4,953 samples of shape 1x16x16)
    """
    checks.instance("sampler", sampler, TensorSampler, "a set of pictures, such as data.faces()")
    return TensorSampler(grey(sampler.x), sampler.y, sampler.classes)


def grey(x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 1 h w"]:
    """0.299 red + 0.587 green + 0.114 blue, of images in [-1, 1]; white stays 1 and black -1.

    >>> [round(v, 3) for v in grey(torch.eye(3).view(3, 3, 1, 1) * 2 - 1).flatten().tolist()]
    [-0.402, 0.174, -0.772]
    """
    check_samples("x", x)
    if x.dim() != 4 or x.shape[1] != 3:
        raise ValueError(f"x must hold pictures in colour (n, 3, h, w), got shape {tuple(x.shape)}")
    return (x * torch.tensor(LUMINANCE).to(x).view(1, 3, 1, 1)).sum(1, keepdim=True).clamp(-1, 1)


def _halves(group: Tensor) -> Tensor:
    """For each row: is its group in the first half of all groups, in an order that is drawn once and for all?"""
    count = int(group.max()) + 1
    order = torch.randperm(count, generator=torch.Generator().manual_seed(14))
    return (order < count // 2).to(group.device)[group]

"""Emoji in two designs: small colour images in pairs, index i the same emoji in both."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import torch

from ganbook import checks
from ganbook.data.bundled import SPLITS, _load
from ganbook.data.images import SIZES, resize
from ganbook.data.sampler import TensorSampler, place

STYLES = ("noto", "twemoji")
CATEGORIES = ("faces", "people", "animals", "plants", "food", "travel", "activities", "objects", "symbols", "flags")
TONES = {"1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"}


@dataclass(frozen=True, eq=False, repr=False)
class EmojiSampler(TensorSampler):
    """A TensorSampler whose rows have names.

    codepoints: Unicode's code points of each row, hexadecimal and joined by "-", such as "1F600".
    names: Unicode's name of each row, lower case; the tones of one emoji share it.
    """

    codepoints: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def emoji(
    style: str = "noto",
    size: int = 32,
    category: str | None = None,
    split: str = "train",
    *,
    tones: bool = True,
    device: torch.device | str | None = None,
) -> EmojiSampler:
    """3,745 emoji in colour on white: 3,432 to train on, 313 held out, each in Google's and in Twitter's design.

    style: "noto" or "twemoji". Row i is the same emoji in both: pairs that score an unpaired translation.
    size: 32, or 4, 8, 16 (means of blocks) and 64 (interpolated).
    category: one of CATEGORIES, such as "faces", or None for all.
    split: "train" (default), "test" or "all". A hash of the code points decides; all tones of an emoji, and the man,
        the woman and the person who do the same, are on one side. No picture is there twice, but many are alike.
    tones: False leaves out the rows with a modifier of skin tone, about half of all and most of "people".

    Returns a sampler of (n, 3, size, size) in [-1, 1], background 1, with `.x`, `.y`, `.classes` (CATEGORIES),
    `.codepoints` and `.names`.
    Raises: ValueError for another style, size, category or split; OSError for a missing or damaged file.
    Source: Noto Emoji (Google) and Twemoji (Twitter and contributors). Licences: emoji-noto.LICENSE.txt (Apache 2.0)
    and emoji-twemoji.LICENSE.txt (CC BY 4.0: name the authors) beside this file.

    >>> emoji()
    TensorSampler(3,432 samples of shape 3x32x32, 10 classes)
    >>> faces = emoji("twemoji", size=16, category="faces", split="test")
    >>> faces.shape, len(faces), faces.names[0]
    ((3, 16, 16), 11, 'slightly frowning face')
    """
    checks.one_of("style", style, STYLES)
    checks.one_of("size", size, SIZES[32])
    checks.one_of("category", category, (None, *CATEGORIES))
    checks.one_of("split", split, SPLITS)
    parts = ("train", "test") if split == "all" else (split,)
    codepoints, names = (sum((_column(part, kind) for part in parts), ()) for kind in ("codepoints", "name"))
    labels = torch.cat([_load("emoji")[f"{part}_labels"] for part in parts]).to(torch.int64)
    keep = torch.ones_like(labels, dtype=torch.bool)
    if category is not None:
        keep &= labels == CATEGORIES.index(category)
    if not checks.flag("tones", tones):
        keep &= torch.tensor([TONES.isdisjoint(code.split("-")) for code in codepoints])
    rows = keep.nonzero().squeeze(1)
    pixels = torch.cat([_load(f"emoji-{style}")[f"{part}_images"] for part in parts])[rows]
    x = resize(pixels.permute(0, 3, 1, 2).contiguous(), size)  # (n, 32, 32, 3) -> (n, 3, size, size)
    target = place(device)
    return EmojiSampler(
        x.to(target),
        labels[rows].to(target),
        CATEGORIES,
        tuple(codepoints[k] for k in rows.tolist()),
        tuple(names[k] for k in rows.tolist()),
    )


@functools.cache
def _column(part: str, kind: str) -> tuple[str, ...]:
    """One text a row, from the bytes of the file that both styles share."""
    return tuple(bytes(_load("emoji")[f"{part}_{kind}"].numpy()).decode().split("\n"))

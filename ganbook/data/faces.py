"""Drawn faces whose every attribute is known: in pixel art at 16 px, and in a detailed style at 64 px."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.bundled import SPLITS, _load
from ganbook.data.sampler import TensorSampler, decode, place
from ganbook.types import Float

STYLES = {"pixel": ("faces", (16, 32)), "drawn": ("faces-drawn", (32, 64))}
"""File and sizes of each style; the native size of pixel is 16, of drawn 64."""
PAIRS = {"glasses": ("none", None), "beard": ("no", "yes"), "mouth": ("sad", "happy"), "hair": ("black", "blond")}
"""What the first and the second of a true pair have; None: light or dark glasses."""


@dataclass(frozen=True, eq=False, repr=False)
class FacesSampler(TensorSampler):
    """A TensorSampler of faces with a table: one row a face, one column an attribute.

    attributes: the values of each attribute by its name, in the order of their codes.
    codes: the table, (n, number of attributes), uint8, on the device of the samples.
    label: the attribute that `y` and `classes` are, or None.

    >>> sampler = faces(label="glasses")
    >>> sampler.where(hat="yes", hair=("red", "blue"))
    FacesSampler(826 faces of shape 3x16x16, labelled by glasses: none, light, dark)
    """

    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: Tensor | None = None
    label: str | None = None

    def __repr__(self) -> str:
        labels = "" if self.label is None else f", labelled by {self.label}: {', '.join(self.classes)}"
        return f"FacesSampler({len(self):,} faces of shape {'x'.join(map(str, self.shape))}{labels})"

    def column(self, name: str) -> Tensor:
        """The codes of one attribute, one a row, int64: `attributes[name][code]` is the value.

        Raises: ValueError for an unknown attribute, listing those there are.

        >>> faces().column("glasses").bincount().tolist()
        [10000, 5000, 5000]
        """
        self._check(name)
        return self.codes[:, list(self.attributes).index(name)].to(torch.int64)

    def where(self, **choices: str | tuple[str, ...]) -> FacesSampler:
        """The faces that have all of some attributes: `where(glasses="none", hair=("red", "blue"))`.

        choices: for an attribute its value, or a tuple of values of which a face must have one.

        Raises: ValueError for no choice, an unknown attribute or value, or an empty selection: listing what there is.
        """
        if not choices:
            raise ValueError(f"where() needs at least one attribute of {', '.join(self.attributes)}")
        kept = {name: self._among(name, values) for name, values in choices.items()}
        rows = torch.stack(list(kept.values())).all(0)
        if not rows.any():
            raise ValueError(self._empty(choices, kept))
        y = None if self.y is None else self.y[rows]
        return replace(self, stored=self.stored[rows], y=y, codes=self.codes[rows])

    def _check(self, name: str) -> None:
        if name not in self.attributes:
            raise ValueError(f"an attribute must be one of {', '.join(self.attributes)}; got {name!r}")

    def _among(self, name: str, values: str | tuple[str, ...]) -> Tensor:
        column, known = self.column(name), self.attributes[name]
        rows = torch.zeros_like(column, dtype=torch.bool)
        for value in (values,) if isinstance(values, str) else tuple(values):
            if value not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}, got {value!r}")
            rows |= column == known.index(value)
        return rows

    def _empty(self, choices: dict[str, str | tuple[str, ...]], kept: dict[str, Tensor]) -> str:
        """A sentence that says which values each choice could take with the others as they are."""
        free = []
        for name in choices:
            others = [rows for other, rows in kept.items() if other != name]
            rows = torch.stack(others).all(0) if others else torch.ones(len(self), dtype=torch.bool, device=self.device)
            found = [self.attributes[name][code] for code in self.column(name)[rows].unique().tolist()]
            free.append(f"{name} can be {' or '.join(found) or 'nothing'}")
        asked = ", ".join(f"{name}={values!r}" for name, values in choices.items())
        return f"no face of {len(self):,} has {asked}: with the other choices as they are, {'; '.join(free)}"


def faces(
    size: int | None = None,
    split: str = "train",
    label: str | None = None,
    style: str = "pixel",
    device: torch.device | str | None = None,
) -> FacesSampler:
    """Faces on white with known attributes: 20,000 in pixel art to train on, 4,000 held out; or 8,000 and 2,000 drawn.

    size: None for the native size, 16 in pixel art (or 32, each pixel doubled), 64 drawn (or 32, means of 2x2 pixels).
    split: "train" (default), "test" or "all". Divided by identity, which is cut, eyes, skin, garment and its colour
        (drawn: cut, eyes, skin, brows), 8 faces each: an identity of one part differs from each of the other in two
        of these or more. No picture is there twice.
    label: the attribute that `labelled` draws and `classes` names, such as "glasses", or None.
    style: "pixel" or "drawn".

    Attributes of the pixel style: glasses none 1/2, light 1/4, dark 1/4; hair (its colour) 1/8 each; length of the hair
    1/2 each; beard 1/3; hat 1/6, on cuts that it leaves visible; mouth sad, happy 1/2 each; skin (six tones, light to
    dark), eyes, clothing (its colour) and garment in equal shares; cut (of the hair); and the details frame,
    frame_colour, beard_shape, hat_shape, hat_colour, mouth_shape, lips: the table determines the picture. What is not
    identity is dealt independently. Drawn: glasses 1/2; hair 1/10 each; length; earrings 1/4, on cuts that show them;
    mouth, skin, eyes and brows in equal shares; cut; frame, earrings_shape.

    Returns a sampler of (n, 3, size, size) in [-1, 1], background 1, kept as bytes, with `.attributes`, `.column`,
    `.where`.
    Raises: ValueError for another size, split, label or style; OSError for a missing or damaged file.
    Source: Pixel Art (DiceBear, CC0 1.0) and Adventurer (Lisa Wischofsky, CC BY 4.0: name her). Licences:
    faces.LICENSE.txt and faces-drawn.LICENSE.txt beside this file.

    >>> faces(label="glasses")
    FacesSampler(20,000 faces of shape 3x16x16, labelled by glasses: none, light, dark)
    >>> faces(32, "test").where(glasses="none").attributes["length"]
    ('short', 'long')
    """
    checks.text("style", style)
    if label is not None:
        checks.text("label", label)
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, got {style!r}")
    file, sizes = STYLES[style]
    size = {"pixel": 16, "drawn": 64}[style] if size is None else size
    _check_size(size, style)
    checks.one_of("split", split, SPLITS)
    attributes = _attributes(file)
    if label is not None and label not in attributes:
        raise ValueError(f"label must be None or one of {', '.join(attributes)}, got {label!r}")
    parts = ("train", "test") if split == "all" else (split,)
    target = place(device)
    pixels = torch.cat([_rows(file, part) for part in parts])
    codes = torch.cat([_table(file, part) for part in parts]).to(target)
    sampler = FacesSampler(_sized(pixels, size).to(target), attributes=attributes, codes=codes)
    if label is None:
        return sampler
    return replace(sampler, y=sampler.column(label), classes=attributes[label], label=label)


def faces_pairs(
    attribute: str, size: int = 16, device: torch.device | str | None = None
) -> tuple[Float[Tensor, "n 3 h w"], Float[Tensor, "n 3 h w"]]:
    """1,000 held-out faces in pixel art, drawn twice: row i of both is the same face but for one attribute.

    attribute: "glasses" or "beard" (without, with), "mouth" (sad, happy), or "hair" (black, blond: a beard has the
        colour of the hair and changes with it).
    size: 16 or 32.

    One of the two is a face of `faces(split="test")`, each of them equally often; the other is its partner.
    Returns two tensors (1000, 3, size, size) in [-1, 1].
    Raises: ValueError for another attribute or size; OSError for a missing or damaged file.

    >>> without, with_glasses = faces_pairs("glasses")
    >>> without.shape, bool((without != with_glasses).flatten(1).any(1).all())
    (torch.Size([1000, 3, 16, 16]), True)
    """
    checks.one_of("attribute", attribute, PAIRS)
    _check_size(size, "pixel")
    arrays = _load("faces")
    rows = arrays[f"pairs_{attribute}_rows"].to(torch.int64)
    values = _attributes("faces")[attribute]
    own = _rows("faces", "test")[rows]
    partner = arrays[f"pairs_{attribute}_images"].permute(0, 3, 1, 2)
    column = _table("faces", "test")[rows, list(_attributes("faces")).index(attribute)]
    is_first = (column == values.index(PAIRS[attribute][0])).view(-1, 1, 1, 1)
    target = place(device)
    first, second = torch.where(is_first, own, partner), torch.where(is_first, partner, own)
    return decode(_sized(first, size).to(target)), decode(_sized(second, size).to(target))


def _check_size(size: object, style: str) -> None:
    try:
        checks.one_of("size", size, STYLES[style][1])
    except ValueError as error:
        other = next(name for name in STYLES if name != style)
        sizes = " or ".join(map(str, STYLES[other][1]))
        raise ValueError(f"{error} (style {style!r}; style {other!r} has {sizes})") from None


def _sized(pixels: Tensor, size: int) -> Tensor:
    """Bytes in, bytes out: doubled, or the rounded means of 2x2 pixels."""
    native = pixels.shape[-1]
    if size == 2 * native:
        return pixels.repeat_interleave(2, 2).repeat_interleave(2, 3)
    if 2 * size == native:
        return (torch.nn.functional.avg_pool2d(pixels.to(torch.float32), 2) + 0.5).to(torch.uint8)
    return pixels


def _rows(file: str, part: str) -> Tensor:
    """The pictures of a part in the order in which they are handed out, (n, 3, s, s), a new tensor."""
    arrays = _load(file)
    order = arrays[f"{part}_order"].to(torch.int64)
    return arrays[f"{part}_images"].index_select(0, order).permute(0, 3, 1, 2).contiguous()


def _table(file: str, part: str) -> Tensor:
    """The codes of a part, in the same order, one column an attribute."""
    arrays = _load(file)
    columns = torch.stack([arrays[f"{part}_{name}"] for name in _attributes(file)], 1)
    return columns[arrays[f"{part}_order"].to(torch.int64)]


@functools.cache
def _attributes(file: str) -> dict[str, tuple[str, ...]]:
    text = bytes(_load(file)["columns"].numpy()).decode()
    return {name: tuple(values) for name, values in json.loads(text).items()}

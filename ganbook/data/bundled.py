"""The image sets that come with the book: no download, checked by SHA-256, read when first asked for."""

from __future__ import annotations

import functools
import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.images import SIZES, resize
from ganbook.data.sampler import TensorSampler, place

FOLDER = Path(__file__).resolve().parent
SPLITS = ("train", "test", "all")
CLASSES = {
    "digits": tuple("0123456789"),
    "fashion": (
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    ),
}
FILES = (*CLASSES, "emoji", "emoji-noto", "emoji-twemoji", "faces", "faces-drawn")
"""What lies beside this file as NAME.npz."""


def digits(size: int = 28, split: str = "train", device: torch.device | str | None = None) -> TensorSampler:
    """10,000 handwritten digits of MNIST, grey: 9,000 to train on, 1,000 held out.

    size: 28, or 4, 7, 8, 14, 16, 32, 64 (see `ganbook.data.images.resize`).
    split: "train" (default: what a network has trained on must not also measure it), "test", or "all" 10,000. Both
        parts hold the ten digits in the proportions of the whole, within one image, and so does every long run of
        rows. The split is the book's own: it is not that of the MNIST database.

    Returns a sampler of (n, 1, size, size) in [-1, 1], background -1, with `.x`, `.y` and `.classes`.
    Raises: ValueError for another size or split; OSError for a missing or damaged file.
    Source: LeCun, Cortes and Burges 1998. Licence: digits.LICENSE.txt beside this file.

    >>> digits()
    TensorSampler(9,000 samples of shape 1x28x28, 10 classes)
    >>> len(digits(split="test")), len(digits(split="all"))
    (1000, 10000)
    """
    return _sampler("digits", size, split, device)


def fashion(size: int = 28, split: str = "train", device: torch.device | str | None = None) -> TensorSampler:
    """12,000 pieces of clothing of Fashion-MNIST, grey: the first 10,000 of its training and 2,000 of its test images.

    size, split, device, errors: as for `digits`; "all" is train, then test.
    Returns a sampler of (n, 1, size, size) in [-1, 1], background -1, with `.x`, `.y` and `.classes`.
    Source: Xiao, Rasul and Vollgraf 2017. Licence: fashion.LICENSE.txt beside this file.

    >>> fashion(size=32, split="test")
    TensorSampler(2,000 samples of shape 1x32x32, 10 classes)
    """
    return _sampler("fashion", size, split, device)


def sha256(name: str) -> str:
    """The SHA-256 that NAME.npz must have, for a card that says what a network was trained on.

    Raises: ValueError for a name that is not bundled; OSError where the list of sums is missing or damaged.

    >>> len(sha256("digits"))
    64
    """
    checks.one_of("name", name, FILES)
    path = FOLDER / "sums.txt"
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return {file: digest for digest, file in (line.split() for line in lines)}[f"{name}.npz"]
    except (OSError, ValueError, KeyError) as error:
        raise OSError(f"{path} is missing or damaged: install ganbook again") from error


def _sampler(name: str, size: int, split: str, device: torch.device | str | None) -> TensorSampler:
    checks.one_of("size", size, SIZES[28])
    checks.one_of("split", split, SPLITS)
    arrays = _load(name)
    parts = ("train", "test") if split == "all" else (split,)
    pixels = torch.cat([arrays[f"{part}_images"] for part in parts]).unsqueeze(1)  # (n, 28, 28) -> (n, 1, 28, 28)
    labels = torch.cat([arrays[f"{part}_labels"] for part in parts]).to(torch.int64)
    target = place(device)
    return TensorSampler(resize(pixels, size).to(target), labels.to(target), CLASSES[name])


@functools.cache
def _load(name: str) -> dict[str, Tensor]:
    """The bytes of a file as they are, checked and unpacked once in a process."""
    path, expected = FOLDER / f"{name}.npz", sha256(name)
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise OSError(f"cannot read the bundled file {path} ({error}): install ganbook again") from error
    found = hashlib.sha256(raw).hexdigest()
    if found != expected:
        raise OSError(
            f"the bundled file {path} is damaged: its SHA-256 is {found}, it must be {expected}. Install ganbook again"
        )
    with np.load(io.BytesIO(raw), allow_pickle=False) as archive:
        return {key: torch.from_numpy(archive[key]) for key in archive.files}

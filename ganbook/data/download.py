"""The public image sets that torchvision knows, downloaded with retries, as the same sampler as the bundled ones."""

from __future__ import annotations

import errno
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.images import SIZES, encode, resize
from ganbook.data.sampler import TensorSampler, place

ATTEMPTS = 4
"""How often a download is tried, with pauses of 1, 2, 4 s between."""

HOPELESS = {errno.ENOSPC, errno.EACCES, errno.EPERM, errno.EROFS, errno.EDQUOT, errno.ENOTDIR, errno.EEXIST}
"""Errors of the folder, not of the network: trying again does not help."""


@dataclass(frozen=True)
class Source:
    """What one set of torchvision needs from us."""

    splits: dict[str, dict[str, Any]]  # our name of a split -> torchvision's arguments
    sizes: tuple[int, ...]
    files: str  # what a reader who downloads by hand puts where
    crop: int = 0  # faces: the side of the square cut from the middle


TRAIN_TEST = {"train": {"train": True}, "test": {"train": False}}
IDX = "the four .gz files (train- and t10k-, images-idx3-ubyte and labels-idx1-ubyte) in {root}/%s/raw/"
FACES = (16, 32, 64, 128)
SOURCES = {
    "MNIST": Source(TRAIN_TEST, SIZES[28], IDX % "MNIST"),
    "FashionMNIST": Source(TRAIN_TEST, SIZES[28], IDX % "FashionMNIST"),
    "CIFAR10": Source(TRAIN_TEST, SIZES[32], "cifar-10-python.tar.gz in {root}/"),
    "LFWPeople": Source(
        {"train": {"split": "train"}, "test": {"split": "test"}, "all": {"split": "10fold"}},
        FACES,
        "lfw-funneled.tgz, lfw-names.txt and people.txt, peopleDevTrain.txt, peopleDevTest.txt in {root}/lfw-py/, "
        "with the archive unpacked there (folder lfw_funneled)",
        crop=128,
    ),
    "CelebA": Source(
        {name: {"split": name} for name in ("train", "valid", "test", "all")},
        FACES,
        "img_align_celeba.zip, unpacked (folder img_align_celeba), and list_attr_celeba.txt, identity_CelebA.txt, "
        "list_bbox_celeba.txt, list_landmarks_align_celeba.txt, list_eval_partition.txt in {root}/celeba/",
        crop=128,
    ),
}


def torchvision(
    name: str,
    root: str | os.PathLike[str] | None = None,
    split: str = "train",
    size: int | None = None,
    device: torch.device | str | None = None,
) -> TensorSampler:
    """One of torchvision's image sets, downloaded where it is not there yet, as a sampler of the whole set in memory.

    name: "MNIST", "FashionMNIST" (28 px, grey), "CIFAR10" (32 px), "LFWPeople", "CelebA" (faces, 64 px by default).
    root: an absolute folder; by default GANBOOK_DATA, else ~/.cache/ganbook. Nothing is read by a relative path.
    split: "train" or "test"; CelebA also has "valid" and "all", LFWPeople "all" (its ten folds).
    size: of MNIST and FashionMNIST as for `digits`; of CIFAR10 4, 8, 16, 32, 64; of faces 16, 32, 64, 128. Faces are
        the 128 x 128 pixels in the middle, resized with antialiasing: our choice, published code uses 108 to 178.

    Returns a sampler of (n, c, size, size) in [-1, 1], which stores bytes. `.y` is the class, for LFWPeople the person,
    for CelebA the 40 attributes (0 or 1) of each face; `.classes` names them.

    LFWPeople is no longer offered by newer versions of torchvision, CelebA needs the package `gdown` and often meets a
    quota: the error says which files to put where by hand.

    Raises: ValueError for an unknown name, split or size, or a relative root; OSError where the set can be neither
    found nor downloaded, or its files cannot be read.
    """
    source = SOURCES[checks.one_of("name", name, SOURCES)]
    checks.one_of(f"split of {name}", split, source.splits)
    native = 28 if 28 in source.sizes else 32
    size = size if size is not None else 64 if source.crop else native
    checks.one_of("size", size, source.sizes)
    folder = root_of(root)
    dataset = _open(name, source, folder, source.splits[split])
    try:
        pixels, labels, classes = _faces(dataset, source.crop, size) if source.crop else _plain(dataset, native, size)
    except Exception as error:  # Pillow and torchvision raise many kinds for a damaged file
        raise OSError(_advice(name, source, folder, f"its files cannot be read ({_short(error)})")) from error
    target = place(device)
    return TensorSampler(pixels.to(target), labels.to(target), classes)


def root_of(root: str | os.PathLike[str] | None) -> Path:
    chosen = root if root is not None else os.environ.get("GANBOOK_DATA") or Path.home() / ".cache" / "ganbook"
    folder = Path(checks.instance("root", chosen, (str, os.PathLike), "an absolute folder")).expanduser()
    if not folder.is_absolute():
        raise ValueError(f"root (or GANBOOK_DATA) must be an absolute folder, got {str(chosen)!r}")
    return folder


def _open(name: str, source: Source, folder: Path, arguments: dict[str, Any]) -> Any:
    """torchvision's data set: the files that are there, else a download, tried ATTEMPTS times."""
    from torchvision import datasets  # a second to import: only for those who ask for it

    make = getattr(datasets, name)
    try:
        return make(root=str(folder), download=False, **arguments)
    except Exception as error:  # "not found", or any error of a damaged file
        found = error
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(2 ** (attempt - 1))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return make(root=str(folder), download=True, **arguments)
        except Exception as error:  # torchvision falls through to its next mirror for URLError alone
            found = error
            if _hopeless(error):
                break
    tries = f"{attempt + 1} attempt{'s' * (attempt > 0)}"
    reason = f"reading or downloading it failed after {tries} ({_short(found)})"
    raise OSError(_advice(name, source, folder, reason)) from found


def _hopeless(error: Exception) -> bool:
    """Whether trying again cannot help: a full or forbidden folder, no gdown, a set no longer offered, bad files."""
    if isinstance(error, OSError):
        return error.errno in HOPELESS
    return isinstance(
        error, (ValueError, TypeError, LookupError, AttributeError, AssertionError)
    ) or "'gdown' is required" in str(error)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"


def _advice(name: str, source: Source, folder: Path, reason: str) -> str:
    return (
        f"no {name} in {folder}: {reason}. Try again later, or put by hand {source.files.format(root=folder)}; "
        "delete what is damaged there. Another folder: root=..., or the environment variable GANBOOK_DATA"
    )


def _plain(dataset: Any, native: int, size: int) -> tuple[Tensor, Tensor, tuple[str, ...]]:
    """Bytes (n, c, size, size), labels and class names of a set that torchvision holds as one array."""
    pixels = torch.as_tensor(dataset.data)
    pixels = pixels.unsqueeze(1) if pixels.dim() == 3 else pixels.permute(0, 3, 1, 2)  # grey, or channels last
    if size != native:
        pixels = torch.cat([encode(resize(part, size)) for part in pixels.split(4096)])
    labels = torch.as_tensor(dataset.targets, dtype=torch.int64)
    if len(labels) != len(pixels):
        raise ValueError(f"{len(pixels)} images and {len(labels)} labels")
    return pixels.contiguous(), labels, tuple(dataset.classes)


def _faces(dataset: Any, crop: int, size: int) -> tuple[Tensor, Tensor, tuple[str, ...]]:
    """Bytes (n, 3, size, size), labels and class names of a folder of pictures, read one after the other."""
    from torchvision.transforms import functional
    from tqdm import tqdm

    pixels = torch.empty(len(dataset), 3, size, size, dtype=torch.uint8)
    labels: list[Tensor] = []
    for i in tqdm(range(len(dataset)), desc=type(dataset).__name__, unit=" images", disable=None):
        picture, label = dataset[i]
        with picture:
            square = functional.center_crop(picture.convert("RGB"), [crop, crop])
        pixels[i] = functional.pil_to_tensor(functional.resize(square, [size, size], antialias=True))
        labels.append(torch.as_tensor(label, dtype=torch.int64))
    names = getattr(dataset, "attr_names", None) or getattr(dataset, "class_to_idx", {})
    return pixels, torch.stack(labels), tuple(str(name) for name in names if name)

"""Your own pictures: a folder of files becomes a sampler."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps

from ganbook import checks
from ganbook.data.sampler import TensorSampler, place

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")


def folder(
    path: str | os.PathLike[str],
    size: int,
    channels: int = 3,
    *,
    labels: bool = False,
    skip_unreadable: bool = False,
    device: torch.device | str | None = None,
) -> TensorSampler:
    """Every picture below a folder, each once, in the order of names.

    path: a folder, with folders in it or without.
    size: each picture is turned as its camera says, cut to the middle square and resized to size x size.
    channels: 3 for colour, 1 for grey. What is transparent lies on white; 16 bits become 8 by their range, not cut.
    labels: each folder in `path` is a class, named as it is.
    skip_unreadable: leave out files that cannot be read, instead of refusing.

    Returns a sampler of (n, channels, size, size) in [-1, 1]; the bytes are kept, a quarter of the memory of floats.
    Raises: ValueError for what is no folder, a folder without pictures, or files that cannot be read (naming them).
    """
    root = Path(path)
    checks.whole("size", size)
    checks.one_of("channels", channels, (1, 3))
    if not root.is_dir():
        what = "a file" if root.is_file() else "nothing"
        raise ValueError(f"path must be a folder of pictures, and {str(root)!r} is {what}")
    files = sorted(file for file in root.rglob("*") if file.suffix.lower() in SUFFIXES and file.is_file())
    pixels, kept, bad = [], [], []
    for file in files:
        try:
            pixels.append(_read(file, size, channels))
            kept.append(file)
        except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
            bad.append(f"{file.relative_to(root)} ({error})")
    if bad and not skip_unreadable:
        more = f" and {len(bad) - 5} more" if len(bad) > 5 else ""
        raise ValueError(
            f"path must hold pictures that can be read, got {len(bad)} of {len(files)} that cannot: "
            f"{'; '.join(bad[:5])}{more}. Remove them, or pass skip_unreadable=True"
        )
    if not pixels:
        raise ValueError(f"path must hold pictures ({', '.join(SUFFIXES)}), got {len(files)} readable in {str(root)!r}")
    stored = torch.from_numpy(np.stack(pixels)).to(place(device))
    if not labels:
        return TensorSampler(stored)
    names = [file.relative_to(root).parts[0] if file.parent != root else "" for file in kept]
    if "" in names:
        raise ValueError(f"labels=True needs a folder a class, got {kept[names.index('')].name} in none")
    classes = tuple(sorted(set(names)))
    y = torch.tensor([classes.index(name) for name in names]).to(stored.device)
    return TensorSampler(stored, y, classes)


def _read(file: Path, size: int, channels: int) -> np.ndarray:
    """Bytes (channels, size, size) of one picture."""
    with Image.open(file) as picture:
        picture = ImageOps.exif_transpose(picture)
        if picture.mode.startswith("I") or picture.mode == "F":  # 16 or 32 bits: convert("L") would cut them off
            values = np.asarray(picture, dtype=np.float64)
            whole = 65535.0 if values.max() > 255 else 255.0
            picture = Image.fromarray((values / whole * 255).round().clip(0, 255).astype(np.uint8))
        if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
            picture = picture.convert("RGBA")
            white = Image.new("RGBA", picture.size, (255, 255, 255, 255))
            picture = Image.alpha_composite(white, picture)
        picture = picture.convert("L" if channels == 1 else "RGB")
        picture = ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
    array = np.asarray(picture)
    return array[None] if channels == 1 else array.transpose(2, 0, 1)

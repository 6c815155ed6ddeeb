"""Pictures for the page: batches of images as contact sheets, figures and PIL images alike, and their WebP and PNG."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from PIL import Image

from ganbook import checks
from ganbook.data.images import encode

GAPS = {1: 40, 3: 255}
"""Grey level of the lines between samples: on black digits one that is seen; colour pictures stand on white."""

QUALITIES = (80, 60, 40, 25)
"""WebP qualities tried in turn until the pictures fit their budget."""


def array(values: Any, name: str) -> np.ndarray:
    """A float32 copy on the CPU of a tensor or array, checked to be finite.

    Raises: ValueError naming `name` for what is no numeric array, and for nan or infinity.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float().numpy()  # bfloat16 has no numpy type
    try:
        out = np.array(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a tensor or an array of numbers, got {type(values).__name__}") from error
    if not np.isfinite(out).all():
        bad = int((~np.isfinite(out)).sum())
        raise ValueError(f"{name} must be finite, got {bad} nan or infinite values among {out.size}")
    return out


def pixels(images: Any, name: str = "images") -> np.ndarray:
    """Images as bytes: [-1, 1] -> 0..255, (n, c, h, w) -> (n, h, w, c).

    Raises: ValueError naming `name` for another shape, another range, nan, or no image at all.

    >>> pixels(np.array([[[[-1.0, 0.0, 1.0]]]])).ravel().tolist()
    [0, 128, 255]
    """
    if np.ndim(images) != 4:
        shape = tuple(np.shape(images))
        raise ValueError(f"{name} must be of shape (n, 1 or 3, height, width), got {shape}{_hint(shape)}")
    x = checks.images(name, torch.from_numpy(array(images, name)), (1, 3))
    return encode(x).numpy().transpose(0, 2, 3, 1)


def contact_sheet(images: Any, ncol: int | None = None, gap: int = 2, name: str = "images") -> Image.Image:
    """All images of a batch in one picture, row by row, `ncol` a row (default: as square as possible).

    >>> contact_sheet(np.zeros((64, 1, 28, 28))).size  # 8 * 28 + 7 * 2
    (238, 238)
    """
    x = pixels(images, name)
    n, h, w, c = x.shape
    ncol = min(n, math.ceil(math.sqrt(n)) if ncol is None else checks.whole("ncol", ncol))
    nrow = math.ceil(n / ncol)
    sheet = np.full((nrow * (h + gap) - gap, ncol * (w + gap) - gap, c), GAPS[c], np.uint8)
    for i in range(n):
        top, left = (i // ncol) * (h + gap), (i % ncol) * (w + gap)
        sheet[top : top + h, left : left + w] = x[i]
    return Image.fromarray(sheet[:, :, 0] if c == 1 else sheet)


def picture(drawn: Any, ncol: int | None = None, name: str = "frame") -> Image.Image:
    """Whatever can be shown, as a picture: an image batch, a matplotlib figure or axes (closed after), a PIL image.

    Raises: ValueError naming `name` for anything else.
    """
    if isinstance(drawn, Image.Image):
        return drawn.convert("L" if drawn.mode in ("1", "L") else "RGB")
    figure = getattr(drawn, "figure", None) or drawn
    if hasattr(figure, "savefig"):
        return _rendered(figure)
    if hasattr(drawn, "shape"):
        return contact_sheet(drawn, ncol, name=name)
    raise ValueError(
        f"{name} must be an image batch (n, 1 or 3, height, width), a matplotlib figure or axes, or a PIL image, "
        f"got {type(drawn).__name__}" + (": does the function end in `return ax`?" if drawn is None else "")
    )


def enlarged(image: Image.Image) -> int:
    """How many screen pixels one pixel of a sample grid takes, to be about 480 wide; a lone sample, about 320."""
    return max(1, round((476 if image.width > 64 else 320) / image.width)) if is_pixel_art(image) else 1


def is_pixel_art(image: Image.Image) -> bool:
    """Small pictures are sample grids: they are enlarged pixel by pixel, never smoothed."""
    return image.width < 300


def _webp(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "webp", **options)
    return buffer.getvalue()


def fitted(images: Sequence[Image.Image], budget: int, qualities: Sequence[int] = QUALITIES) -> tuple[list[bytes], int]:
    """The pictures as WebP at the best of `qualities` at which they take at most `budget` bytes of HTML; that weight.

    Each picture is kept without loss where that is the smaller form, as it is for line drawings and clean digits.
    Where no quality fits, the lowest is returned: the caller compares the weight with its budget.
    """
    exact = [_webp(image, lossless=True, quality=20, method=2) for image in images]
    for quality in qualities:
        blobs = [
            min(_webp(image, quality=quality, method=4), best, key=len)
            for image, best in zip(images, exact, strict=True)
        ]
        total = sum(map(weight, blobs))
        if total <= budget:
            break
    return blobs, total


def weight(blob: bytes) -> int:
    """Characters that a picture takes in base64.

    >>> weight(b"1234")
    8
    """
    return 4 * math.ceil(len(blob) / 3)


def png(image: Image.Image) -> bytes:
    """A picture as PNG, enlarged as on the page: for live widgets, whose CSS is not ours."""
    scale = enlarged(image)
    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=3)
    return buffer.getvalue()


def _rendered(figure: Any) -> Image.Image:
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())
    plt.close(figure)
    return image


def _hint(shape: tuple[int, ...]) -> str:
    if len(shape) == 2 and math.isqrt(shape[1]) ** 2 == shape[1] and shape[1] > 4:
        side = math.isqrt(shape[1])
        return f"; flat images become a batch with .reshape(-1, 1, {side}, {side})"
    return "; one image becomes a batch with x[None]" if len(shape) == 3 else ""

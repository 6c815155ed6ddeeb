"""One picture file as bytes: whatever its mode, its shape and what its camera says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

NOTES = {
    "transparent": "with transparency, laid on {background}",
    "deep": "of 16 bits, brought to 8 by their range",
    "turned": "turned as their camera says",
    "cut": "not square, cut to the middle square",
    "small": "smaller than {size} px, enlarged",
    "moving": "animated, of which the first frame is taken",
}
"""What may be done to a picture on the way, and the words in which it is told."""


def read(file: Path, size: int, channels: int, background: str = "white") -> tuple[np.ndarray, set[str]]:
    """Bytes (channels, size, size) of a picture, and which of NOTES hold for it.

    It is turned as its camera says, laid on the background where it is transparent, cut to the middle square and
    resized (Lanczos). 16 bits become 8 by their range, 65,535 being white; CMYK and palettes become RGB.

    Raises: many kinds of Exception for what is no picture, or a damaged one.
    """
    notes = set()
    with Image.open(file) as picture:
        picture.draft(None, (2 * size, 2 * size))  # of a large JPEG only as much is decoded as is needed
        if getattr(picture, "n_frames", 1) > 1:
            notes.add("moving")
        if picture.getexif().get(0x0112, 1) != 1:
            notes.add("turned")
        deep = picture.mode.startswith("I;16") or (picture.mode == "I" and picture.format == "PNG")
        if not deep and picture.mode in ("I", "F"):
            raise ValueError("pixels of 32 bits have no agreed white: save it with 8 or 16")
        picture = ImageOps.exif_transpose(picture)
    if deep:
        notes.add("deep")
        picture = Image.fromarray((np.asarray(picture, dtype=np.float64) / 257).round().clip(0, 255).astype(np.uint8))
    if picture.mode in ("LA", "PA", "RGBA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        if picture.getextrema()[3][0] < 255:
            notes.add("transparent")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, background), picture)
    if picture.width != picture.height:
        notes.add("cut")
    if min(picture.size) < size:
        notes.add("small")
    picture = ImageOps.fit(picture.convert("L" if channels == 1 else "RGB"), (size, size), Image.Resampling.LANCZOS)
    array = np.asarray(picture)
    return (array[None] if channels == 1 else array.transpose(2, 0, 1)), notes

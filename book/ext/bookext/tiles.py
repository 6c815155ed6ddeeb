"""A chapter's tile on the map: how its first film ends, by day and by night.

A plot is turned over by the filter of theme/css/night.css. Pictures keep their colours; of a sheet of them on a white
ground only the ground becomes the page's (sheets.py).
"""

from __future__ import annotations

import base64
import io

from docutils import nodes
from PIL import Image

from bookext import dark_films
from bookext.dark import PICTURES, code_behind, on_ground
from bookext.sheets import without_ground

SMALL = 200  # pixels; below, a pixel is a square


def at_night(frame: Image.Image, code: str) -> Image.Image | None:
    """The picture of the tile for the night; None where one picture serves day and night."""
    if not on_ground(frame):
        night = without_ground(frame)
        return None if night.tobytes() == frame.tobytes() else night
    boxes = dark_films.pictures([frame]) if PICTURES.search(code) else []
    return dark_films.night(frame, boxes) if boxes else None


def address(picture: Image.Image) -> str:
    body = io.BytesIO()
    picture.save(body, "WEBP", quality=60, lossless=picture.width < SMALL, method=4)
    return f"data:image/webp;base64,{base64.b64encode(body.getvalue()).decode()}"


def tile(chapter, number):
    """The tile of a chapter; where there is no film, its number. The frame's file by day is the chapter's own."""
    inner = f'<span aria-hidden="true">{number}</span>'
    if chapter and chapter.frame:
        with Image.open(io.BytesIO(base64.b64decode(chapter.frame.partition(",")[2]))) as opened:
            frame = opened.convert("RGB")
        night = at_night(frame, code_behind(chapter.code[0], list(chapter.code[1:])))
        kind, alt = "pixels " * (frame.width < SMALL), f"The last frame of the first film of chapter {number}"
        faces = [(f"{kind}on-ground" if on_ground(frame) else kind, chapter.frame)]
        if night is not None:
            faces = [(f"{kind}only-light", chapter.frame), (f"{kind}only-dark", address(night))]
        inner = "".join(f'<img class="{name}" loading="lazy" src="{src}" alt="{alt}" />' for name, src in faces)
    return nodes.raw("", f'<div class="syllabus-tile">{inner}</div>', format="html")

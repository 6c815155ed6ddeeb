"""Films and panels at night whose frames show pictures (digits, faces) beside the marks of a plot.

A film stands on the page twice, once with the files of the day and once with those of the night; a reader loads one of
the two. Frames are lossy, so a picture is not told from its ground pixel by pixel: a film's pictures are the rectangles
that, in the mean of its frames, are no ground nearly everywhere and full of edges. They stay; all else is turned over.
Of pictures that stand on white, such as faces, the white around them becomes the page's (sheets.py).
"""

from __future__ import annotations

import base64
import io
import pathlib
import re

from PIL import Image, ImageChops, ImageFilter

from bookext.dark import GROUND, MIXED, PAPER, on_ground, turned
from bookext.sheets import blocks, on_white, without_ground

FILM = re.compile(f"{MIXED[0]}(.*?){MIXED[1]}", re.S)
INLINE = re.compile(r"data:image/webp;base64,([A-Za-z0-9+/=]+)")  # frames too small for a file
FILE = re.compile(r'_images/([^"/]+)\.webp"')
NOISE = 5  # of a lossy ground
LEAST = 40  # pixels of a side
SMALL = 300  # pixels; below, a pixel is a square
REACH = 20  # pixels from an edge, where a title's letters may be
FULL, DENSE, EDGES = 0.75, 0.5, 0.05  # of a rectangle, around a pixel, of neighbours that differ


def mean(masks: list[Image.Image]) -> Image.Image:
    out = masks[0]
    for k, mask in enumerate(masks[1:], start=2):
        out = Image.blend(out, mask, 1 / k)
    return out


def off_ground(frame: Image.Image, noise: int = NOISE) -> Image.Image:
    """White where a frame has not the colour of the ground."""
    red, green, blue = ImageChops.difference(frame, Image.new("RGB", frame.size, GROUND)).split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 * (value > noise))


def edges(frame: Image.Image) -> Image.Image:
    """White where a pixel differs from the one on its left."""
    grey = frame.convert("L")
    return ImageChops.difference(grey, ImageChops.offset(grey, 1, 0)).point(lambda value: 255 * (value > 16))


def share(mask: Image.Image) -> float:
    """How much of a mask is white.

    >>> share(Image.new("L", (9, 9), 255))
    1.0
    """
    return mask.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0)) / 255


def lines(mask: Image.Image, down: bool) -> bytes:
    """The mean of each row of a mask, or of each column."""
    return mask.resize((1, mask.height) if down else (mask.width, 1), Image.Resampling.BOX).tobytes()


def trimmed(box: tuple[int, int, int, int], off: Image.Image) -> tuple[int, int, int, int]:
    """A rectangle cut where, near an edge, a row or column is mostly ground: without its title, and without its rim."""
    inside = []
    for down in (True, False):
        ground = [value < 255 * DENSE for value in lines(off.crop(box), down)]
        first = max((k + 1 for k in range(min(REACH, len(ground))) if ground[k]), default=0)
        last = min((k for k in range(max(0, len(ground) - REACH), len(ground)) if ground[k]), default=len(ground))
        inside.append((box[down] + first + 1, box[down] + max(first + 1, last - 1)))
    (top, bottom), (left, right) = inside
    return (left, top, right, bottom)


def pictures(frames: list[Image.Image]) -> list[tuple[int, int, int, int]]:
    """Where the frames of one film show pictures."""
    off, sharp = mean([off_ground(frame) for frame in frames]), mean([edges(frame) for frame in frames])
    dense = off.filter(ImageFilter.BoxBlur(10)).point(lambda value: 255 * (value > 255 * DENSE))
    found = [trimmed(box, off) for box in blocks(dense)]
    large = [box for box in found if min(box[2] - box[0], box[3] - box[1]) >= LEAST]
    return [box for box in large if share(off.crop(box)) > FULL and share(sharp.crop(box)) > EDGES]


def night(frame: Image.Image, boxes: list[tuple[int, int, int, int]]) -> Image.Image:
    """A frame turned over, but for its pictures."""
    out = ImageChops.lighter(turned(frame), Image.new("RGB", frame.size, PAPER))
    for box in boxes:
        part = frame.crop(box)
        out.paste(without_ground(part) if on_white(part) else part, box[:2])
    return out


def nights(frames: dict[str, Image.Image]) -> dict[str, Image.Image]:
    """The frames of one player for the night, by their names."""
    if not on_ground(next(iter(frames.values()))):  # nothing but a sheet of pictures
        return {name: without_ground(frame) for name, frame in frames.items()}
    boxes = pictures(list(frames.values()))
    return {name: night(frame, boxes) for name, frame in frames.items()}


def inline(found: re.Match) -> str:
    """The address of a frame that stands in the page, for the night."""
    with Image.open(io.BytesIO(base64.b64decode(found[1]))) as frame:
        (dark,) = nights({"": frame.convert("RGB")}).values()
    body = io.BytesIO()
    dark.save(body, "WEBP", lossless=True)
    return f"data:image/webp;base64,{base64.b64encode(body.getvalue()).decode()}"


def films(html: str, images: pathlib.Path) -> str:
    """The page with two copies of each film whose frames have pictures: its script starts both, and one is seen."""

    def both(found: re.Match) -> str:
        film = found[1].replace('<img class="gbp-img', '<img loading="lazy" class="gbp-img')
        frames = {}
        for name in FILE.findall(film):
            with Image.open(images / f"{name}.webp") as frame:
                frames[name] = frame.convert("RGB")
        for size in {frame.size for frame in frames.values()}:  # each player has its own
            alike = {name: frame for name, frame in frames.items() if frame.size == size}
            for name, dark in nights(alike).items():
                sharp = {"lossless": True, "method": 0} if dark.width < SMALL else {"quality": 80, "method": 4}
                dark.save(images / f"{name}-night.webp", "WEBP", **sharp)
        day, dark = (film.replace('class="gbp ', f'class="gbp has-pictures {which} ', 1) for which in
                     ("only-light", "only-dark"))  # fmt: skip
        return day + INLINE.sub(inline, FILE.sub(r'_images/\1-night.webp"', dark))

    return FILM.sub(both, html)

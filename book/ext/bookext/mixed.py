"""Films and panels that show pictures beside a plot, by night: all but the pictures is turned over, in every frame.

Where the pictures stand is read from the frames: what is off the ground in most of them, wide, and full of detail both
along its rows and along its columns, which bars and bands are not. theme/css/night.css turns over what is left.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator

from PIL import Image, ImageChops, ImageFilter, ImageStat

GROUND = (251, 250, 247)  # figure.facecolor of ganbook's style
VIEW = '<figure class="gbp-view">'
FRAME = re.compile(r"data:image/\w+;base64,([A-Za-z0-9+/=]+)")
LEAST = 20  # pixels: smaller is no picture
DETAIL = 0.03  # the share of neighbours that differ: 0.05 and more in pictures, 0.015 in bars
LOSS = 8  # how far a lossy frame takes the ground from its colour


def spread(mask: Image.Image) -> Image.Image:
    """A mask that reaches four pixels further."""
    return mask.filter(ImageFilter.BoxBlur(4)).point(lambda value: 255 * (value > 2))


def off_ground(frames: list[Image.Image]) -> Image.Image:
    """A mask of what is off the ground in at least half of the frames, and wide."""
    share = Image.new("L", frames[0].size)
    for n, frame in enumerate(frames, 1):
        bands = ImageChops.difference(frame, Image.new("RGB", frame.size, GROUND)).split()
        off = ImageChops.lighter(ImageChops.lighter(*bands[:2]), bands[2]).point(lambda value: 255 * (value > LOSS))
        share = Image.blend(share, off, 1 / n)
    most = share.point(lambda value: 255 * (value >= 127))
    return spread(ImageChops.invert(spread(ImageChops.invert(most))))


def runs(line: list[bool]) -> list[tuple[int, int]]:
    """The stretches of a line that are not empty.

    >>> runs([False, True, True, False, True])
    [(1, 3), (4, 5)]
    """
    edges = [k for k, (a, b) in enumerate(zip([False, *line], [*line, False], strict=True)) if a != b]
    return list(zip(edges[::2], edges[1::2], strict=True))


def boxes(mask: Image.Image, left: int = 0, top: int = 0) -> Iterator[tuple[int, int, int, int]]:
    """What a mask consists of, cut along empty rows and columns until none is left.

    >>> mask = Image.new("L", (9, 5))
    >>> for box in [(1, 1, 3, 4), (5, 2, 8, 3)]:
    ...     mask.paste(255, box)
    >>> list(boxes(mask))
    [(1, 1, 3, 4), (5, 2, 8, 3)]
    """
    wide, high = mask.size
    columns = runs([mask.crop((x, 0, x + 1, high)).getbbox() is not None for x in range(wide)])
    rows = runs([mask.crop((0, y, wide, y + 1)).getbbox() is not None for y in range(high)])
    if columns == [(0, wide)] and rows == [(0, high)]:
        yield left, top, left + wide, top + high
        return
    for low, end in rows:
        for start, stop in columns:
            yield from boxes(mask.crop((start, low, stop, end)), left + start, top + low)


def detailed(part: Image.Image) -> bool:
    """Whether much changes along the rows of a part and along its columns."""
    grey = part.convert("L")
    for step in ((1, 0), (0, 1)):
        changes = ImageChops.difference(grey, ImageChops.offset(grey, *step)).point(lambda value: 255 * (value > 12))
        if ImageStat.Stat(changes).mean[0] < 255 * DETAIL:
            return False
    return True


def around_pictures(frames: list[Image.Image]) -> str:
    """As a shape of CSS: the whole frame without the boxes of its pictures."""
    wide, high = frames[0].size
    outline = "0 0,100% 0,100% 100%,0 100%,0 0"
    for box in boxes(off_ground(frames)):
        if min(box[2] - box[0], box[3] - box[1]) >= LEAST and detailed(frames[0].crop(box)):
            left, right = (f"{100 * x / wide:.2f}%" for x in box[::2])
            top, bottom = (f"{100 * y / high:.2f}%" for y in box[1::2])
            outline += f",{left} {top},{left} {bottom},{right} {bottom},{right} {top},{left} {top},0 0"
    return f"polygon(evenodd,{outline})"


def with_shape(html: str) -> str:
    """A film or panel of one view that says where, beside its pictures, it is to be turned over."""
    if html.count(VIEW) != 1:
        return html
    frames = [Image.open(io.BytesIO(base64.b64decode(found[1]))).convert("RGB") for found in FRAME.finditer(html)]
    return html.replace(VIEW, f'<figure class="gbp-view mixed" style="--beside:{around_pictures(frames)}">')

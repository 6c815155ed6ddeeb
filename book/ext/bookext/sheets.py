"""Sheets of pictures on a white ground (faces), by night: the ground becomes the page's, the pictures stay as they are.

The ground is the white that reaches the border of the sheet, between the pictures and around what is drawn in each.
White inside a picture, such as that of an eye, is no ground.
"""

from __future__ import annotations

import pathlib
import re

from PIL import Image, ImageChops, ImageFilter

PAPER = (21, 24, 29)  # the page at night: --gb-paper of theme/css/colours.css
WHITE = 225  # the least channel of a white ground, as far as a lossy frame keeps it
SHARE = 0.3  # of the border of a sheet, at least, is white
STILL = re.compile(r'(class="gbh-still">\s*<img\b[^>]*\bsrc="[^"]*_images/)([^"/]+)')
NEXT = ImageFilter.Kernel((3, 3), (0, 1, 0, 1, 1, 1, 0, 1, 0), scale=1)


def white(picture: Image.Image) -> Image.Image:
    """A mask of what is white."""
    red, green, blue = picture.convert("RGB").split()
    return ImageChops.darker(ImageChops.darker(red, green), blue).point(lambda value: 255 * (value >= WHITE))


def on_white(picture: Image.Image) -> bool:
    """Whether pictures stand on a white ground, as far as the border tells.

    >>> on_white(Image.new("RGB", (9, 9), "white")), on_white(Image.new("RGB", (9, 9), "#fbfad0"))
    (True, False)
    """
    wide, high = picture.size
    edges = [(0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high)]
    border = b"".join(white(picture.crop(edge)).tobytes() for edge in edges)
    return sum(border) >= 255 * SHARE * len(border)


def ground(sheet: Image.Image) -> Image.Image:
    """A mask of the white that reaches the border of a sheet."""
    wide, high = sheet.size
    open_to = Image.new("L", (wide + 2, high + 2), 255)  # a rim of ground, so that a step has room
    open_to.paste(white(sheet), (1, 1))
    reached = Image.new("L", open_to.size, 255)
    reached.paste(0, (1, 1, wide + 1, high + 1))
    for k in range(high):  # a white line from edge to edge is ground: it is there at once
        if open_to.crop((1, k + 1, wide + 1, k + 2)).getextrema()[0]:
            reached.paste(255, (1, k + 1, wide + 1, k + 2))
    for k in range(wide):
        if open_to.crop((k + 1, 1, k + 2, high + 1)).getextrema()[0]:
            reached.paste(255, (k + 1, 1, k + 2, high + 1))
    while True:  # one pixel further, as long as that is white and new
        grown = ImageChops.darker(reached.filter(NEXT), open_to)
        if grown.tobytes() == reached.tobytes():
            break
        reached = grown
    return reached.crop((1, 1, wide + 1, high + 1))


def without_ground(sheet: Image.Image) -> Image.Image:
    """A sheet of pictures, its ground made the colour of the page at night.

    >>> sheet = Image.new("RGB", (9, 9), "white")
    >>> sheet.paste("red", (2, 2, 7, 7)), sheet.putpixel((4, 4), (255, 255, 255))
    (None, None)
    >>> [without_ground(sheet).getpixel(at) for at in ((0, 0), (2, 2), (4, 4))]
    [(21, 24, 29), (255, 0, 0), (255, 255, 255)]
    """
    return Image.composite(Image.new("RGB", sheet.size, PAPER), sheet, ground(sheet))


def clear_stills(html: str, images: pathlib.Path) -> str:
    """The page with the stills of the generator in hand on no ground of their own: one file for day and night."""

    def clear(found: re.Match) -> str:
        with Image.open(images / found[2]) as opened:
            still = opened.convert("RGB")
        if not on_white(still):
            return found[0]
        still.putalpha(ImageChops.invert(ground(still)))
        still.save(images / (name := f"{pathlib.Path(found[2]).stem}-clear.png"))
        return f"{found[1]}{name}"

    return STILL.sub(clear, html)


def blocks(mask: Image.Image, at: tuple[int, int] = (0, 0)) -> list[tuple[int, int, int, int]]:
    """The rectangles into which empty rows and columns cut what is white.

    >>> mask = Image.new("L", (9, 9))
    >>> mask.paste(255, (1, 1, 3, 3)), mask.paste(255, (5, 1, 9, 8))
    (None, None)
    >>> blocks(mask)
    [(1, 1, 3, 3), (5, 1, 9, 8)]
    """
    box = mask.point(lambda value: 255 * (value > 0)).getbbox()
    if box is None:
        return []
    part, (x, y) = mask.crop(box), (at[0] + box[0], at[1] + box[1])
    for down in (True, False):
        marks = [bool(part.crop((0, k, part.width, k + 1) if down else (k, 0, k + 1, part.height)).getbbox())
                 for k in range(part.height if down else part.width)]  # fmt: skip
        if all(marks):
            continue
        cuts = [k for k in range(len(marks) + 1) if (k < len(marks) and marks[k]) != (k > 0 and marks[k - 1])]
        found = []
        for start, end in zip(cuts[::2], cuts[1::2], strict=True):
            piece = (0, start, part.width, end) if down else (start, 0, end, part.height)
            found += blocks(part.crop(piece), (x + piece[0], y + piece[1]))
        return found
    return [(x, y, x + part.width, y + part.height)]

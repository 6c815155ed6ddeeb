"""Figures by night, and their size: a plot is turned over, light for dark with its hues kept; a picture is not.

A plot stands on a ground of its own colour, so one file serves day and night, through a filter (theme/css/night.css).
Where pictures (digits, faces) stand among the marks of a plot, a second file is made, in which they stay as they are;
a reader at night loads only that one; for films and panels see dark_films.py. What a plot is, is read from the code of
its cell, and from its ground.
"""

from __future__ import annotations

import base64
import io
import pathlib
import re

from docutils import nodes
from PIL import Image, ImageChops, ImageFilter

from bookext.folds import cells
from bookext.sheets import PAPER, blocks, on_white, without_ground

GROUND = (251, 250, 247)  # figure.facecolor of ganbook's style
EDGE = (213, 207, 194)  # around a film of points
PICTURES = re.compile(r"\bimshow\(|\bplot\.grid\(")
DEFINED = re.compile(r"^def (\w+)\(.*?(?=^\S|\Z)", re.M | re.S)
FRAME = re.compile(r'src="data:image/\w+;base64,([A-Za-z0-9+/=]+)"')
FIGURE = re.compile(r'<img\b(?=[^>]*\bclass="[^"]*\bhas-pictures\b)[^>]*\bsrc="[^"]*_images/([^"/]+)"[^>]*>')
MIXED = ("<!-- frames with pictures -->", "<!-- end of frames -->")  # around a film, for bookext/dark_films.py
STILL = re.compile(r'(<img\b(?![^>]*\bwidth=)[^>]*\bsrc="[^"]*_images/([0-9a-f]{64}\.\w+)")([^>]*>)')
FILM_SIZE = re.compile(r'(<img\b[^>]*\bgbp-img\b[^>]*\bwidth=)"(\d+)"( height=)"(\d+)"')
WRITTEN = max((pathlib.Path(__file__).parent / name).stat().st_mtime for name in ("dark.py", "sheets.py"))
LEAST = 0.5  # ticks of 17.6 pixels are then 8.8; what is wider than the screen is scrolled in its card
SHOWN = 0.87  # titles of 13.5 pt at 110 dpi are 20.6 pixels, the page's text is 18
LIFT = 0.93  # of the filter invert(); night.css has the same
# hue-rotate(180deg), by its definition in Filter Effects
TURN = [(-0.574, 1.430, 0.144), (0.426, 0.430, 0.144), (0.426, 1.430, -0.856)]


def on_ground(picture: Image.Image) -> bool:
    """Whether most of a picture's border has the colour of the ground, as far as a lossy frame keeps it.

    >>> on_ground(Image.new("RGB", (9, 9), GROUND)), on_ground(Image.new("RGB", (9, 9), "white"))
    (True, False)
    """
    wide, high = picture.size
    edges = [(0, 0, wide, 1), (0, high - 1, wide, high), (0, 0, 1, high), (wide - 1, 0, wide, high)]
    border = b"".join(picture.convert("RGB").crop(edge).tobytes() for edge in edges)
    pixels = list(zip(border[0::3], border[1::3], border[2::3], strict=True))
    near = sum(max(abs(a - b) for a, b in zip(pixel, GROUND, strict=True)) <= 5 for pixel in pixels)
    return near > len(pixels) / 2 or set(pixels) == {EDGE}


def turned(figure: Image.Image) -> Image.Image:
    """Light for dark, hues kept: CSS's invert(0.93) hue-rotate(180deg).

    >>> [turned(Image.new("RGB", (1, 1), colour)).getpixel((0, 0)) for colour in (GROUND, "#1f6fb4")]
    [(23, 22, 20), (94, 162, 222)]
    """
    return figure.convert(
        "RGB", [value for row in TURN for value in (*(part * (1 - 2 * LIFT) for part in row), 255 * LIFT)]
    )


def spread(mask: Image.Image) -> Image.Image:
    """A mask that reaches four pixels further."""
    return mask.filter(ImageFilter.BoxBlur(4)).point(lambda value: 255 * (value > 2))


def night(figure: Image.Image) -> Image.Image:
    """A figure with pictures in it, for the night: what is wide and is no ground stays, all else is turned over."""
    figure = figure.convert("RGB")
    red, green, blue = ImageChops.difference(figure, Image.new("RGB", figure.size, GROUND)).split()
    off = ImageChops.lighter(ImageChops.lighter(red, green), blue).point(lambda value: 255 * (value > 0))
    wide = spread(ImageChops.invert(spread(ImageChops.invert(off))))
    kept = ImageChops.darker(wide, off)
    page = Image.new("RGB", figure.size, PAPER)
    out = Image.composite(figure, ImageChops.lighter(turned(figure), page), kept)
    for box in blocks(kept):  # of pictures on white, such as faces, only the pictures stay
        if on_white(part := figure.crop(box)):
            out.paste(without_ground(part), box[:2])
    return out


def pairs(html: str, images: pathlib.Path) -> str:
    """The page with two files for each figure that has pictures, one for the day and one for the night."""

    def both(found: re.Match) -> str:
        path = images / found[1]
        dark = path.with_name(f"{path.stem}-night.webp")
        if not dark.exists() or dark.stat().st_mtime < WRITTEN:
            with Image.open(path) as figure:
                night(figure).save(dark, "WEBP", lossless=True, quality=50, method=2)
        day = found[0].replace("has-pictures", "has-pictures only-light", 1)
        at_night = found[0].replace("has-pictures", "has-pictures only-dark", 1).replace(path.name, dark.name)
        return "".join(tag.replace("<img", '<img loading="lazy"', 1) for tag in (day, at_night))

    return FIGURE.sub(both, html)


def scaled(before: str, width: str, between: str, height: str) -> str:
    """The size at which a figure is shown, so that its title is as large as the text around it."""
    return f'{before}"{round(int(width) * SHOWN)}"{between}"{round(int(height) * SHOWN)}"'


def sized(html: str, images: pathlib.Path) -> str:
    """The page with the size of each still figure: the text below keeps its place, and it loads when it is near."""

    def size(found: re.Match) -> str:
        with Image.open(images / found[2]) as figure:
            width, height = figure.size
        least = f' style="min-width:{round(width * LEAST)}px"'
        later = "" if "loading=" in found[0] else ' loading="lazy"'
        return f"{found[1]}{scaled(' width=', str(width), ' height=', str(height))}{least}{later}{found[3]}"

    return STILL.sub(size, html)


def code_behind(source: str, others: list[str]) -> str:
    """A cell's code, with the functions it calls and the cells that made what it only shows.

    >>> code_behind("film", ["film = a.Film()", "x = 1"])
    'film\\nfilm = a.Film()'
    >>> code_behind("f()", ["def f():\\n    g()\\n", "def g():\\n    pass\\n", "def h():\\n    pass\\n"]).count("def")
    2
    """
    found = [source]
    if re.fullmatch(r"\w+", source.strip()):
        found += [other for other in others if re.search(rf"\b{source.strip()}(?: =|\.add\()", other)]
    made = {function[1]: function[0] for other in others for function in DEFINED.finditer(other)}
    for code in found:  # which grows: a function calls others
        found += [made.pop(name) for name in list(made) if re.search(rf"\b{name}\b", code)]
    return "\n".join(found)


def mark(app, doctree):
    """Say of each cell whether its figures and films stand on the ground alone, or show pictures."""
    if not app.env.docname.startswith("notebooks/"):
        return
    found = [(cell, code.astext() if code else "", output) for cell, _, code, output in cells(doctree)]
    sources = [source for _, source, _ in found]
    for cell, source, output in found:
        if output is None:
            continue
        pictures = bool(PICTURES.search(code_behind(source, sources)))
        for image in output.findall(nodes.image):
            (image if pictures else cell)["classes"].append("has-pictures" if pictures else "on-ground")
        for raw in output.findall(nodes.raw):
            frame = FRAME.search(raw.astext()) if 'class="gbp' in raw.astext() else None
            if frame is None:
                continue
            with Image.open(io.BytesIO(base64.b64decode(frame[1]))) as first:
                plot = on_ground(first)
                sheet = not plot and on_white(first)
            if not (plot or sheet):
                continue
            shown = FILM_SIZE.sub(lambda found: scaled(*found.groups()), raw.astext()) if plot else raw.astext()
            if pictures or sheet:
                shown = shown.join(MIXED)
            else:
                cell["classes"].append("on-ground")
            raw.clear()
            raw += nodes.Text(shown)


def setup(app):
    app.connect("doctree-read", mark, priority=400)  # before the cells are folded
    return {"parallel_read_safe": True}

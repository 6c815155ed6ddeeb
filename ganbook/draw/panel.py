"""A panel: one SVG, and the shapes that a writer puts on it.

All coordinates are in the panel's own units, which are pixels on a page that is wide enough: x to the right, y *down*.
"""

from __future__ import annotations

import hashlib
import html
import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ganbook.draw.axes import Axes
from ganbook.draw.markup import number, paint, plain, words
from ganbook.draw.strokes import Point, tip, track

FORM = ("x", "y", "width", "height", "rx", "cx", "cy", "r", "d")
"""Attributes that say where an element is; all others say how it looks."""


class Panel:
    """One picture of a drawing: `height` pixels high, 340 wide unless a reason speaks against it.

    title: its heading, drawn at the top left where it is `headed`. alt: what is to be seen, for who cannot see it.
    width: more than 340 makes letters smaller than 11 px on a phone.

    Each method adds one shape and returns the panel. color: a name of `ganbook.draw.markup.INKS`.

    Raises: ValueError for an empty title or alt, and for an unknown color.

    >>> Panel("Two dots", "Two dots on a line.", 100).dot(10, 50).dot(90, 50, color="fake").svg().count("<circle")
    2
    """

    def __init__(self, title: str, alt: str, height: float, width: float = 340, headed: bool = True) -> None:
        for name, value in (("title", title), ("alt", alt)):
            if not value.strip():
                raise ValueError(f"{name} must say something, got {value!r}")
        self.title, self.alt, self.height, self.width = title, alt, height, width
        self.shapes: list[tuple[str, str]] = []  # (how it looks, the element without that)
        self.letters: list[tuple[str, str]] = []  # always above the shapes
        if headed:
            self.text(0, 13, title, weight=600)

    def add(self, tag: str, content: str | None = None, **attributes: Any) -> Panel:
        """An SVG element as it is; None leaves an attribute out, and `_` in a name stands for `-`."""
        form, looks = "", ""
        for name, value in attributes.items():
            if value is not None:
                value = number(value) if isinstance(value, (int, float)) else value
                written = f' {name.replace("_", "-")}="{value}"'
                form, looks = (form + written, looks) if name in FORM else (form, looks + written)
        where = self.letters if tag == "text" else self.shapes
        where.append((looks, f"<{tag}{form}" + (f">{content}</{tag}>" if content is not None else "/>")))
        return self

    def text(
        self,
        x: float,
        y: float,
        line: str,
        color: str = "ink",
        size: float = 13,
        anchor: str = "start",
        weight: int = 0,
    ) -> Panel:
        """Words whose baseline is y. *x* is italic, _{data} an index, ^2 an exponent. anchor: start, middle, end."""
        return self.add(
            "text",
            words(line),
            x=x,
            y=y,
            fill=None if color == "ink" else paint(color),
            font_size=None if size == 13 else size,
            text_anchor=None if anchor == "start" else anchor,
            font_weight=weight or None,
        )

    def letter_by_letter(
        self, xs: Sequence[float], y: float, glyphs: str, color: str = "ink", size: float = 13, weight: int = 0
    ) -> Panel:
        """Single letters or digits, each in the middle of its own x: a row of a table as one element."""
        return self.add(
            "text",
            words(glyphs),
            x=" ".join(map(number, xs)),
            y=y,
            fill=None if color == "ink" else paint(color),
            font_size=None if size == 13 else size,
            text_anchor="middle",
            font_weight=weight or None,
        )

    def cells(self, x: float, y: float, n: int, w: float, h: float, color: str = "line", fill: str = "none") -> Panel:
        """A row of n cells of w by h, as one shape."""
        inner = "".join(f"M{number(x + k * w)} {number(y)}v{number(h)}" for k in range(1, n))
        d = f"M{number(x)} {number(y)}h{number(n * w)}v{number(h)}h{number(-n * w)}z{inner}"
        return self.add("path", d=d, fill=None if fill == "none" else paint(fill), stroke=paint(color), stroke_width=1)

    def path(
        self,
        points: Iterable[Point],
        color: str = "ink",
        width: float = 1.5,
        dash: str | None = None,
        fill: str = "none",
        opacity: float | None = None,
        closed: bool = False,
    ) -> Panel:
        """A line through points, or a polygon: `closed`, with `fill` and perhaps color="none"."""
        return self.add(
            "path",
            d=track(points) + ("z" if closed else ""),
            fill=None if fill == "none" else paint(fill),
            stroke=None if color == "ink" else paint(color),
            stroke_width=None if width == 1.5 or color == "none" else width,
            stroke_dasharray=dash,
            opacity=None if opacity in (None, 1) else f"{opacity:g}",
        )

    def polygon(self, points: Iterable[Point], fill: str, opacity: float = 0.3) -> Panel:
        """A filled shape without an outline."""
        return self.path(points, "none", fill=fill, opacity=opacity, closed=True)

    def box(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        label: str = "",
        color: str = "ink",
        fill: str = "tint",
        width: float = 1.5,
        size: float = 13,
        weight: int = 0,
        corner: float = 4,
        dash: str | None = None,
    ) -> Panel:
        """A rectangle with its label in the middle; a pale outline has a pale label."""
        self.add(
            "rect",
            x=x,
            y=y,
            width=w,
            height=h,
            rx=corner or None,
            fill=None if fill == "none" else paint(fill),
            stroke=None if color == "ink" else paint(color),
            stroke_width=None if width == 1.5 or color == "none" else width,
            stroke_dasharray=dash,
        )
        if label:
            self.text(x + w / 2, y + h / 2 + 0.35 * size, label, _readable(color), size, "middle", weight)
        return self

    def dot(self, x: float, y: float, r: float = 3.5, color: str = "ink") -> Panel:
        """A filled circle."""
        return self.add("circle", cx=x, cy=y, r=r, fill=paint(color), stroke="none")

    def arrow(
        self,
        *points: Point,
        color: str = "ink",
        width: float = 1.5,
        dash: str | None = None,
        label: str = "",
        above: float = 6,
        head: float = 7,
    ) -> Panel:
        """An arrow through points to the last of them; the label stands over the middle of the first stretch."""
        self.arrows([points], color, width, head, dash)
        if label:
            (a, b), (c, d) = points[0], points[1]
            self.text((a + c) / 2, (b + d) / 2 - above, label, _readable(color), anchor="middle")
        return self

    def arrows(
        self,
        ways: Iterable[Sequence[Point]],
        color: str = "ink",
        width: float = 1,
        head: float = 5,
        dash: str | None = None,
    ) -> Panel:
        """Many arrows of one kind, each through its points, as two shapes."""
        ways = [(list(way), tip(way[-2], way[-1], head)) for way in ways]
        shafts = "".join(track([*way[:-1], foot]) for way, (foot, _) in ways)
        heads = "".join(track(tip) + "z" for _, (_, tip) in ways)
        looks = {"stroke": None if color == "ink" else paint(color), "stroke_width": width, "stroke_dasharray": dash}
        self.add("path", d=shafts, **looks)
        return self.add("path", d=heads, fill=paint(color), stroke="none")

    def patches(
        self, rectangles: Iterable[tuple[float, float, float, float]], fill: str, opacity: float = 0.3
    ) -> Panel:
        """Filled rectangles (x, y, width, height) as one shape, without outlines."""
        d = "".join(f"M{number(x)} {number(y)}h{number(w)}v{number(h)}h{number(-w)}z" for x, y, w, h in rectangles)
        return self.add("path", d=d, fill=paint(fill), stroke="none", opacity=f"{opacity:g}")

    def bracket(self, x0: float, x1: float, y: float, label: str = "", depth: float = 6, color: str = "soft") -> Panel:
        """A bracket under [x0, x1] that opens upwards (downwards for a negative depth), and its label."""
        self.path([(x0, y - depth), (x0, y), (x1, y), (x1, y - depth)], color, 1)
        return self.text((x0 + x1) / 2, y + (15 if depth > 0 else -6), label, color, anchor="middle") if label else self

    def axes(
        self,
        x: Point,
        y: Point,
        box: tuple[float, float, float, float],
        xlabel: str = "",
        ylabel: str = "",
        xticks: Sequence[float] = (),
        yticks: Sequence[float] = (),
    ) -> Axes:
        """Axes in a box (left, top, width, height) of the panel, for x and y in these ranges; they cross at 0."""
        axes = Axes(self, x, y, box)
        left, top, w, h = box
        floor = axes.at(x[0], min(max(0.0, y[0]), y[1]))[1]
        wall = axes.at(min(max(0.0, x[0]), x[1]), y[0])[0] if ylabel or yticks else left
        self.path([(left, floor), (left + w, floor)], "line", 1)
        if ylabel or yticks:
            self.path([(wall, top), (wall, top + h)], "line", 1)
            self.text(wall + 5, top + 8, ylabel, "soft", 12) if ylabel else None
        for tick in xticks:
            at = axes.at(tick, 0)[0]
            self.path([(at, floor), (at, floor + 4)], "line", 1)
            self.text(at, floor + 16, f"{tick:g}".replace("-", "−"), "soft", 12, "middle")
        for tick in yticks:
            at = axes.at(0, tick)[1]
            self.path([(wall - 4, at), (wall, at)], "line", 1)
            self.text(wall - 7, at + 4, f"{tick:g}".replace("-", "−"), "soft", 12, "end")
        if xlabel:
            self.text(left + w, floor + 16, xlabel, "soft", 12, "end")
        return axes

    def svg(self) -> str:
        """The panel as an inline <svg>: its name and description first, then the shapes in the order they came."""
        shapes, letters = grouped(self.shapes), grouped(sorted(self.letters, key=lambda letter: letter[0]))
        everything = "".join((self.title, self.alt, *shapes, *letters))
        name = "gd-" + hashlib.sha256(everything.encode()).hexdigest()[:8]
        w, h = number(self.width), number(self.height)
        return "\n".join(
            [
                f'<svg width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
                f'aria-labelledby="{name} {name}d" fill="currentColor" font-size="13" '
                f'style="flex:1 1 {number(0.92 * self.width)}px;max-width:{number(1.12 * self.width)}px">',
                f'<title id="{name}">{html.escape(plain(self.title))}</title>',
                f'<desc id="{name}d">{html.escape(self.alt)}</desc>',
                '<g fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round">',
                *shapes,
                "</g>",
                *letters,
                "</svg>",
            ]
        )


def grouped(elements: Iterable[tuple[str, str]]) -> list[str]:
    """Elements of the same looks that follow one another, with these looks written once.

    >>> grouped([(' fill="red"', "<a/>"), (' fill="red"', "<b/>"), ("", "<c/>")])
    ['<g fill="red">', '<a/>', '<b/>', '</g>', '<c/>']
    """
    out: list[str] = []
    for looks, run in itertools.groupby(elements, key=lambda element: element[0]):
        those = [element for _, element in run]
        if looks and len(those) > 1:
            out += [f"<g{looks}>", *those, "</g>"]
        else:
            out += [re.sub(r"^<\w+", lambda tag, looks=looks: tag[0] + looks, element) for element in those]
    return out


def _readable(color: str) -> str:
    """Words on or beside a shape of this colour: a line's grey is too pale for letters."""
    return {"line": "soft", "none": "ink", "tint": "ink"}.get(color, color)

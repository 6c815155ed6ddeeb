"""What a cell puts on the page for a small piece: a still, and the place where the reader moves it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Mapping
from typing import Any

from ganbook.player.drag import bundle
from ganbook.player.front_end import live_front_end
from ganbook.player.images import as_images

REAL, FAKE, SOFT = "#3a86c8", "#d9622b", "#8a8f98"
"""Colours that hold on light and on dark ground."""


class Drag:
    """A small piece that the reader moves in the page; made by `dirac` and its like.

    name: one of bundle.PIECES. label: what a screen reader calls it. state: what its script begins with.
    still: an SVG, made by `picture`. room: the heights, in pixels, that the piece takes on a desk and on a phone, kept
    free so that the text below does not jump.
    """

    def __init__(self, name: str, label: str, state: Mapping[str, Any], still: str, room: tuple[int, int]) -> None:
        self.name, self.label, self.state, self.still, self.room = name, label, dict(state), still, room

    def __repr__(self) -> str:
        return f"Live {self.name}({self.label})"

    def _repr_html_(self) -> str:
        state = html.escape(json.dumps(self.state, separators=(",", ":"), allow_nan=False), quote=True)
        live = f"<style>{bundle.style()}</style>", f"<script>{bundle.script(self.name)}</script>", as_images(self.still)
        before, after, still = live if live_front_end() else ("", "", self.still)
        return (
            f'{before}<div class="gbd" data-drag="{self.name}" role="group" aria-label="{html.escape(self.label)}" '
            f'data-lm-suppress-shortcuts="true" style="--desk:{self.room[0]}px;--phone:{self.room[1]}px" '
            f'data-state="{state}"><div class="gbd-still">{still}'
            f"<p>A still. With JavaScript it moves under your finger here.</p></div></div>{after}"
        )


def picture(width: int, height: int, words: str, *shapes: str) -> str:
    """A still as SVG. words: what is to be seen, for those who do not see it."""
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{html.escape(words)}" '
        f'fill="none" stroke="{SOFT}">{"".join(shapes)}</svg>'
    )


def line(points: Iterable[tuple[float, float]], colour: str = SOFT, width: float = 1) -> str:
    """A line through points in pixels.

    >>> line([(0, 0), (10.2, 5.0)], "red", 2)
    '<path d="m0 0 10 5" stroke="red" stroke-width="2"/>'
    """
    return lines([points], colour, width)


def lines(several: Iterable[Iterable[tuple[float, float]]], colour: str = SOFT, width: float = 1) -> str:
    """Lines as one shape, through whole pixels, each place told from the last: a still is small."""
    told, at = [], (0, 0)
    for points in several:
        whole = [(round(x), round(y)) for x, y in points]
        way = [(x - a, y - b) for (x, y), (a, b) in zip(whole, [at, *whole[:-1]], strict=True)]
        steps = [way[0], *(step for step in way[1:] if step != (0, 0))]
        told.append("m" + " ".join(f"{x} {y}" for x, y in steps).replace(" -", "-"))
        at = whole[-1]
    return f'<path d="{"".join(told)}" stroke="{colour}" stroke-width="{width:g}"/>'


def dots(points: Iterable[tuple[float, float]], colour: str, size: float = 8) -> str:
    """Filled circles at places in pixels, as one shape: lines of no length with round ends."""
    told, at = [], (0, 0)
    for x, y in points:
        here = round(x), round(y)
        told.append(f"m{here[0] - at[0]} {here[1] - at[1]}h0".replace(" -", "-"))
        at = here
    return f'<path d="{"".join(told)}" stroke="{colour}" stroke-width="{size:g}" stroke-linecap="round"/>'

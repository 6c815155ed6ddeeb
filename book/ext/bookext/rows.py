"""Films and panels whose frames are one wide row of plots: on a phone the plots stand one below the other.

Such a frame shrinks to the width of a phone, and its letters to seven pixels. It is cut where all its frames have
nothing but ground, and shown once more for each further piece; theme/css/rows.css says from which width on, and
theme/js/films.js keeps the pieces at one frame.
"""

from __future__ import annotations

import itertools
import json
import pathlib
import re

from PIL import Image

from bookext.dark_films import off_ground

FILM = re.compile(
    r'(<img class="gbp-img(?![^"]*gbp-pixels)[^>]*>)'
    r'((?:(?!class="gbp-img).)*?<script type="application/json">(.*?)</script>)',
    re.S,
)
FILE = re.compile(r'_images/([^"/\\]+)"')
WIDEST = 620  # pixels of a piece: on a phone letters of 17.6 are then 9.4
LARGEST = 500  # pixels that fill a phone's width: letters of 17.6 are then 11.7, and no film is higher than a screen
GAP = 12  # pixels between two plots, at least
NOISE = 24  # of a lossy ground, near letters
SOME = 6  # frames that are looked at


def ground(frames: list[Image.Image]) -> list[bool]:
    """Of each column of pixels whether all frames have nothing but ground there."""
    ink = [off_ground(frame, NOISE).resize((frame.width, 1), Image.Resampling.BOX).tobytes() for frame in frames]
    return [not any(column) for column in zip(*ink, strict=True)]


def gaps(empty: list[bool]) -> list[int]:
    """The middles of what is empty between two plots; the edges are no gaps.

    >>> gaps([True] * 20 + [False] * 30 + [True] * 14 + [False] * 30 + [True] * 3 + [False] * 9)
    [57]
    """
    found, at = [], 0
    for blank, run in itertools.groupby(empty):
        width = len(list(run))
        if blank and width >= GAP and 0 < at and at + width < len(empty):
            found.append(at + width // 2)
        at += width
    return found


def cuts(width: int, between: list[int]) -> list[int]:
    """Where to cut so that no piece is wider than WIDEST: as few cuts as do, and pieces as equal as may be.

    >>> cuts(900, [300, 600]), cuts(900, [100, 440]), cuts(500, [250]), cuts(900, [])
    ([300], [440], [], [])
    """
    if width <= WIDEST:
        return []
    ways = [way for n in range(1, 4) for way in itertools.combinations(between, n)]
    widest = {way: max(b - a for a, b in itertools.pairwise((0, *way, width))) for way in ways}
    good = [way for way in ways if widest[way] <= WIDEST]
    return list(min(good, key=lambda way: (len(way), widest[way]), default=()))


def pieces(image: str, width: int, at: list[int]) -> str:
    """A film's picture, and after it a copy for each further piece, which only a narrow screen shows."""
    edges = [0, *at, width]
    most = max(LARGEST, *(b - a for a, b in itertools.pairwise(edges)))
    copy = image.replace('<img class="gbp-img', '<img loading="lazy" aria-hidden="true" class="film-piece', 1)
    return "".join(
        f'<span class="film-row" style="--from:{a};--part:{b - a};--all:{width};--most:{most}">{shown}</span>'
        for shown, (a, b) in zip([image, *[copy] * len(at)], itertools.pairwise(edges), strict=True)
    )


def in_rows(html: str, images: pathlib.Path) -> str:
    """The page with its wide films in pieces."""

    def cut(found: re.Match) -> str:
        names = FILE.findall(json.dumps(json.loads(found[3])["frames"])) + FILE.findall(found[1])
        with Image.open(images / names[-1]) as last:
            width = last.width
        if width <= WIDEST:
            return found[0]
        frames = []
        for name in names[:: -max(1, len(names) // SOME)]:
            with Image.open(images / name) as frame:
                frames.append(frame.convert("RGB"))
        at = cuts(width, gaps(ground(frames)))
        return (pieces(found[1], width, at) if at else found[1]) + found[2]

    return FILM.sub(cut, html)

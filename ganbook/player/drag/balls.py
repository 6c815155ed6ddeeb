"""Balls to the k-th neighbour under the finger: a point is dragged, and precision, recall, density, coverage move."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

import torch

from ganbook import checks
from ganbook.metrics.pairs import radii
from ganbook.player.drag import bundle
from ganbook.player.drag.mount import FAKE, REAL, Drag, dots, lines, picture

WIDE, HIGH, SCALE = 3.4, 2.4, 50


def balls(
    k: int = 3, real: Sequence[Sequence[float]] | None = None, fake: Sequence[Sequence[float]] | None = None
) -> Drag:
    """Real points and fakes in the plane with the balls to their k-th neighbours, each to be moved, and four scores.

    k: how many neighbours a ball reaches to; it can be turned.
    real, fake: 2 to 40 points each, across from -3.4 to 3.4 and up from -2.4 to 2.4; by default 16 and 14 of the book.

    Raises: ValueError for points beyond these, or a k that is not from 1 to 8 and below the number of points.
    Derived in: chapter 6.

    >>> balls(k=2, real=[[0, 0], [1, 0], [0, 1]])
    Live balls(Balls to the k-th neighbour)
    """
    given = points() | {name: value for name, value in (("real", real), ("fake", fake)) if value is not None}
    sets = {name: _checked(name, value) for name, value in given.items()}
    least = min(map(len, sets.values()))
    checks.whole("k", k, 1, min(8, least - 1), note="one less than the points at most")
    state = {name: places.tolist() for name, places in sets.items()} | {"k": k, "balls": "real"}
    return Drag("balls", "Balls to the k-th neighbour", state, _still(sets, k), room=(446, 580))


@cache
def points() -> dict[str, list[list[float]]]:
    """Sixteen real points and fourteen fakes, drawn once from two round Gaussians that overlap by half."""
    return json.loads((bundle.HERE / "balls.json").read_text(encoding="utf-8"))


def _checked(name: str, given: Sequence[Sequence[float]]) -> torch.Tensor:
    found = checks.numbers(name, given)
    within = found.ndim == 2 and found.shape[1] == 2 and 2 <= len(found) <= 40
    if not (within and bool((found.abs() <= found.new_tensor([WIDE, HIGH])).all())):
        raise ValueError(f"{name} must be 2 to 40 points [x, y] with |x| <= {WIDE} and |y| <= {HIGH}, got {given!r}")
    return found


def _still(sets: dict[str, torch.Tensor], k: int) -> str:
    """Both sets, and the balls of the real."""
    reals, fakes = ([(SCALE * (WIDE + x), SCALE * (HIGH - y)) for x, y in sets[side].tolist()] for side in sets)
    reach = (SCALE * radii(sets["real"], k).sqrt()).tolist()
    rings = "".join(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="{r:.0f}"/>' for (x, y), r in zip(reals, reach, strict=True))
    crosses = [[(x - 4, y - way), (x + 4, y + way)] for x, y in fakes for way in (-4, 4)]
    words = f"Real points as dots, each with the ball to its neighbour number {k}, and fakes as crosses"
    return picture(
        round(2 * SCALE * WIDE),
        round(2 * SCALE * HIGH),
        words,
        f'<g stroke="{REAL}" fill="{REAL}" fill-opacity=".07">{rings}</g>',
        dots(reals, REAL),
        lines(crosses, FAKE, 2),
    )

"""The d of a path: straight tracks, smooth bends, the head of an arrow."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ganbook.draw.markup import number

Point = tuple[float, float]


def track(points: Iterable[Point]) -> str:
    """The d of a path through points.

    >>> track([(0, 0), (10, 0.04), (10, -5)])
    'M0 0H10V-5'
    """
    out, before = [], ("", "")
    for x, y in points:
        x, y = number(x), number(y)
        if not out:
            out.append(f"M{x} {y}")
        elif y == before[1]:
            out.append("" if x == before[0] else f"H{x}")
        else:
            out.append(f"V{y}" if x == before[0] else f"L{x} {y}")
        before = (x, y)
    return "".join(out)


def bend(at: Sequence[Point], early: Sequence[Point]) -> str:
    """The d of a smooth path through `at`; `early` is the control point before each, mirrored behind it.

    >>> bend([(0, 0), (10, 5), (20, 0)], [(-3, -3), (7, 5), (17, 3)])
    'M0 0c3 3 7 5 10 5s7-2 10-5'
    """
    grid = [(round(x, 1), round(y, 1)) for x, y in at]
    out = f"M{number(grid[0][0])} {number(grid[0][1])}"
    first = (2 * at[0][0] - early[0][0], 2 * at[0][1] - early[0][1])
    for k, (here, there, control) in enumerate(zip(grid, grid[1:], early[1:], strict=False)):
        steps = ([first] if k == 0 else []) + [control, there]
        numbers = [number(p[axis] - here[axis]) for p in steps for axis in (0, 1)]
        letter = "c" if k == 0 else "s" if k == 1 else " "
        out += (letter + " ".join(numbers)).replace(" -", "-")
    return out


def tip(start: Point, end: Point, head: float) -> tuple[Point, list[Point]]:
    """Where the head of an arrow begins, and its corners."""
    long = math.hypot(end[0] - start[0], end[1] - start[1])
    ux, uy = (end[0] - start[0]) / long, (end[1] - start[1]) / long
    foot = (end[0] - head * ux, end[1] - head * uy)
    side = (-0.42 * head * uy, 0.42 * head * ux)
    return foot, [end, (foot[0] + side[0], foot[1] + side[1]), (foot[0] - side[0], foot[1] - side[1])]

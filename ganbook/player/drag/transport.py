"""Transport of thirty points under the finger: the earth is dragged, and the cheapest plan to the holes is drawn."""

from __future__ import annotations

import math

import torch

from ganbook import checks
from ganbook.divergences import transport as exact
from ganbook.player.drag.mount import FAKE, REAL, Drag, dots, lines, picture

FAR, HIGH, MOST = 4.0, 3.0, 40


def transport(earth: object = None, holes: object = None, order: int = 1) -> Drag:
    """As many points of earth as holes, and the cheapest plan between them, anew at every move of the earth.

    The page computes the plan by the Hungarian method, exactly, with the prices that prove it.

    earth, holes: (n, 2) points with |x| <= 4 and |y| <= 3, n at most 40; by default thirty of each, a heap and a ring.
    order: 1 or 2, the exponent of the cost.

    Raises: ValueError for other points or another order.
    Derived in: chapter 8.

    >>> transport(order=2)
    Live transport(Points of earth and holes)
    """
    checks.one_of("order", order, (1, 2))
    points = {"earth": _heap() if earth is None else earth, "holes": _ring() if holes is None else holes}
    state = {name: _checked(name, some) for name, some in points.items()}
    if len(state["earth"]) != len(state["holes"]):
        raise ValueError(f"earth must hold as many points as holes, {len(state['holes'])}, got {len(state['earth'])}")
    return Drag("transport", "Points of earth and holes", {**state, "order": order}, _still(**state), room=(575, 585))


def _checked(name: str, some: object) -> list[list[float]]:
    points = checks.numbers(name, some)
    if points.ndim != 2 or points.shape[1] != 2 or not 1 <= len(points) <= MOST:
        raise ValueError(f"{name} must have shape (n, 2) with n from 1 to {MOST}, got {tuple(points.shape)}")
    if (points.abs() > torch.tensor([FAR, HIGH])).any():
        farthest = points.abs().amax(0).tolist()
        raise ValueError(f"{name} must lie within |x| <= {FAR:g} and |y| <= {HIGH:g}, got up to {farthest}")
    return [[round(v, 4) for v in point] for point in points.tolist()]


def _heap(n: int = 30) -> list[list[float]]:
    """Points even over a disc, as the seeds of a sunflower are."""
    polar = [(1.1 * math.sqrt((k + 0.5) / n), k * math.pi * (3 - math.sqrt(5))) for k in range(n)]
    return [[round(-2.2 + r * math.cos(turn), 2), round(-0.7 + r * math.sin(turn), 2)] for r, turn in polar]


def _ring(n: int = 30) -> list[list[float]]:
    """Even over an ellipse, at the right of the heap."""
    turns = [math.tau * k / n for k in range(n)]
    return [[round(1.6 + 1.7 * math.cos(turn), 2), round(0.3 + 2.1 * math.sin(turn), 2)] for turn in turns]


def _still(earth: list[list[float]], holes: list[list[float]]) -> str:
    pairs = exact.transport(*[[1 / len(earth)] * len(earth)] * 2, exact.costs(earth, holes)).plan.argmax(1)
    x, y = ([(160 + 40 * a, 120 - 40 * b) for a, b in points] for points in (earth, holes))
    threads = lines([x[i], y[j]] for i, j in enumerate(pairs.tolist()))
    words = "Earth and holes, and the threads of the cheapest plan between them"
    return picture(320, 240, words, threads, dots(x, FAKE), dots(y, REAL))

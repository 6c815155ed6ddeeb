"""The conjugate as tangents: each line u t - f*(t) lies under f and touches it once."""

from __future__ import annotations

import torch

from ganbook.divergences.fdiv import KL
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

TOUCH = (0.4, 1.0, 2.0)
"""Where the three lines touch f: u = p/q."""

SHOWN = 2.0
"""The line that carries the labels."""


def lines() -> list[tuple[float, float, float]]:
    """(u, t, f*(t)) of each line of the drawing: t = f'(u), for f(u) = u log u of KL(p || q).

    >>> [tuple(round(number, 3) for number in line) for line in lines()]
    [(0.4, 0.084, 0.4), (1.0, 1.0, 1.0), (2.0, 1.693, 2.0)]
    """
    u = torch.tensor(TOUCH, dtype=torch.float64)
    t = KL.slope(u)
    return list(zip(TOUCH, t.tolist(), KL.conjugate(t).tolist(), strict=True))


def loss_of_a_wrong_slope() -> float:
    """How far below f(2) the line of slope f'(1) passes: what a critic with T = 1 loses at a place where p/q = 2.

    >>> round(loss_of_a_wrong_slope(), 3)
    0.386
    """
    u = torch.tensor(SHOWN, dtype=torch.float64)
    _, t, conjugate = lines()[1]
    return float(KL.f(u) - (u * t - conjugate))


def conjugate() -> Drawing:
    """f(u) = u log u with three of its lines, which meet the axis at -f*(t); and the curve of f* itself.

    Source: Nguyen et al. 2010; Nowozin et al. 2016. Derived in: chapter 3.

    >>> [panel.title for panel in conjugate().panels]
    ['lines under *f*(*u*) = *u* log *u*', 'their depths: *f*^{*}(*t*)']
    """
    return Drawing(_lines(), _depths())


def _lines() -> Panel:
    gap = loss_of_a_wrong_slope()
    low, one, (u, t, star) = lines()
    panel = Panel(
        "lines under *f*(*u*) = *u* log *u*",
        "A convex curve f over u = p/q, and three straight lines that lie under it and touch it, at u = 0.4, 1 and 2. "
        f"The line that touches at u = 2 has the slope t = f'(2) = {t:.2f} and meets the vertical axis at "
        f"−f*(t) = −{star:.2f}. At u = 2 the line that touches at u = 1 passes {gap:.2f} below the curve.",
        282,
    )
    axes = panel.axes((-0.15, 3.1), (-2.3, 3.3), (6, 26, 332, 250), "", "*f*(*u*)", (2, 3))
    panel.text(338, axes.at(0, 0)[1] - 8, "*u* = *p*/*q*", "soft", 12, "end")
    for (_, slope, depth), end in ((low, 1.7), (one, 3.05)):
        axes.curve((0, end), (-depth, -depth + end * slope), color="line")
    axes.curve((0, 3.05), (-star, -star + 3.05 * t), color="G", width=2)
    near = [3.0 * (k / 32) ** 2 for k in range(33)]  # close together where f is steep
    axes.curve(near, KL.f(torch.tensor(near, dtype=torch.float64)).tolist(), width=2.5)
    for touch, slope, depth in lines():
        panel.dot(*axes.at(touch, touch * slope - depth), 4, "G" if touch == u else "ink")
    x, y = axes.at(1, 0)
    panel.text(x - 5, y - 8, "1", "soft", 12, "end")
    x, y = axes.at(0, -star)
    panel.dot(x, y, 4, "G").text(x + 12, y + 5, f"−*f*^{{*}}(*t*) = −{star:.2f}", "G", weight=600)
    x, y = axes.at(u, u * t - star)
    panel.text(x - 10, y - 10, f"slope *t* = *f* ′(2) = {t:.2f}", "G", 13, "end", 600)
    below = axes.at(u, u * one[1] - one[2])[1]
    panel.path([(x, below), (x, y + 5)], "fake", 2.5)
    return panel.text(x + 8, (below + y) / 2 + 12, f"{gap:.2f}: lost with *t* = 1", "fake", 12)


def _depths() -> Panel:
    panel = Panel(
        "their depths: *f*^{*}(*t*)",
        "The curve f*(t) = e^(t − 1) over the slope t. Three dots are the three lines: "
        + "; ".join(f"slope {t:.2f}, depth {star:.2f}" for _, t, star in lines())
        + ". The steeper the line, the deeper it must start to stay under f.",
        282,
    )
    axes = panel.axes((-1.0, 2.2), (-0.4, 3.4), (6, 26, 332, 226), "", "*f*^{*}(*t*)", (-1, 1, 2))
    panel.text(338, axes.at(0, 0)[1] - 8, "slope *t*", "soft", 12, "end")
    axes.graph(KL.conjugate, (-1.0, 2.2), 10, width=2.5)
    for touch, t, star in lines():
        x, y = axes.at(t, star)
        color = "G" if touch == SHOWN else "ink"
        panel.path([(x, axes.at(0, 0)[1]), (x, y)], "line", 1, "3 3")
        panel.dot(x, y, 4, color).text(x - 9, y - 8, f"{star:.2f}", color, 13, "end", 600)
    return panel.text(0, 276, "how far below 0 the line of slope *t* meets the axis", "soft", 12)

"""The plane of D's last features: what a linear head may not call one class when fakes lie between the classes."""

from __future__ import annotations

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel, Point

ONE = ((-2.6, 0.5), (-2.2, -0.5), (-1.9, 0.9), (-1.7, 0.1))
"""Features of the class 1: the first carries its label, the last is the x that is asked about."""

TWO = ((2.5, 0.3), (2.1, -0.6), (1.9, 0.9), (1.7, -0.1))
"""Features of the class 2: the first carries its label."""

BETWEEN = ((-0.1, 1.0), (0.1, 0.2), (-0.1, -0.6))
"""Fakes of a bad generator: in the gap."""

ON_THE_DATA = ((-2.2, 0.3), (-1.95, -0.15), (2.15, 0.2), (1.95, -0.3))
"""Fakes of a perfect one: among the samples."""

HEAD = ((-1.0, 0.0, -0.9), (1.0, 0.0, -0.9))
"""A linear head that is right on everything in the first panel: l_j = a h_1 + b h_2 + c, as (a, b, c) for j = 1, 2."""


def logit(j: int, h: Point) -> float:
    """l_j of the features h, j = 1 or 2.

    >>> [logit(j, BETWEEN[1]) < 0 for j in (1, 2)], logit(1, ONE[3]) > 0
    ([True, True], True)
    """
    a, b, c = HEAD[j - 1]
    return a * h[0] + b * h[1] + c


def fakes_between() -> Drawing:
    """Fakes between the classes keep them apart; fakes on the data forbid nothing, for D cannot be right on them.

    Source: the idea is that of Dai et al. 2017. Derived in: chapter 12.

    >>> [panel.title for panel in fakes_between().panels]
    ['a bad generator: fakes in the gap', 'a perfect generator: fakes on the data']
    """
    return Drawing(_bad(), _perfect())


def _at(h: Point) -> Point:
    return 170 + 54 * h[0], 106 - 50 * h[1]


def _samples(panel: Panel, fakes: tuple[Point, ...]) -> None:
    for cluster, name in ((ONE, "1"), (TWO, "2")):
        for k, h in enumerate(cluster):
            x, y = _at(h)
            panel.dot(x, y, 5.5 if k == 0 else 4, "real")
            if k == 0:
                panel.text(x + (-9 if name == "1" else 9), y - 8, name, "real", 13, "middle", 600)
    for h in fakes:
        panel.dot(*_at(h), 4, "fake")


def _bad() -> Panel:
    panel = Panel(
        "a bad generator: fakes in the gap",
        "A cloud of four points on the left, one of them labelled 1, a cloud of four on the right, one of them "
        "labelled 2, and three fakes in the gap between them. Left of the gap a line where l1 is 0, right of it one "
        "where l2 is 0: between them D says fake. The hull of the right cloud and of the point x of the left one "
        "holds a fake, so x cannot be called 2.",
        214,
    )
    panel.polygon([_at(h) for h in (ONE[3], TWO[2], TWO[0], TWO[1])], "fake", 0.13)
    for (a, _, c), words, anchor in zip(HEAD, ("*l*_1 = 0", "*l*_2 = 0"), ("end", "start"), strict=True):
        x = _at((-c / a, 0))[0]
        panel.path([(x, 30), (x, 186)], "ink", 1.5)
        panel.text(x + (-5 if anchor == "end" else 5), 38, words, "ink", 12, anchor)
    _samples(panel, BETWEEN)
    x, y = _at(ONE[3])
    panel.text(x + 10, y + 16, "*x*", "real", 13, "middle", 600)
    panel.text(170, 182, "fake", "fake", 12, "middle")
    return panel.text(0, 208, "if *x* were called 2, a fake would be inside the hull of 2", "soft", 12)


def _perfect() -> Panel:
    panel = Panel(
        "a perfect generator: fakes on the data",
        "The same two clouds, with fakes among their points and none in the gap. No line has all data on one side and "
        "all fakes on the other, so D cannot be right, and the line between the classes may run anywhere: three are "
        "drawn, one of them through the left cloud.",
        214,
    )
    for (a, b), dash in (((-0.1, 0.15), None), ((0.9, -0.6), "5 4"), ((-2.6, -1.6), "2 3")):
        panel.path([(_at((a, 0))[0], 30), (_at((b, 0))[0], 186)], "ink", 1.5, dash)
    _samples(panel, ON_THE_DATA)
    return panel.text(0, 208, "no head is right on all of these: nothing is forbidden", "soft", 12)

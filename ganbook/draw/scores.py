"""The discriminator of BigBiGAN, which gives three scores; and two pairs with the same shadows."""

from __future__ import annotations

import math

from ganbook.draw.axes import Axes
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel
from ganbook.draw.strokes import Point

R = 0.8
"""Correlation of x and z under the first of the drawn distributions; under the second it is -R."""


def distance(r: float) -> float:
    """TV of two normal pairs with unit variances and correlations r and -r: (2 / pi) arcsin |r|.

    The first density is the larger one exactly where x z r > 0; under it that has mass 1/2 + arcsin |r| / pi, under the
    other 1/2 - arcsin |r| / pi.

    Derived in: chapter 18.

    >>> distance(0.0), distance(-1.0), round(distance(0.8), 3)
    (0.0, 1.0, 0.59)
    """
    return 2 * math.asin(abs(r)) / math.pi


def three_scores() -> Drawing:
    """F sees samples, H latents, J what both make of them; and two laws of pairs that only J can tell apart.

    Source: Donahue and Simonyan 2019, figure 1. Derived in: chapter 18.

    >>> [panel.title for panel in three_scores().panels]
    ['three scores', 'equal shadows']
    """
    judges = Panel(
        "three scores",
        "A pair of a sample x and a latent z comes from the left. F sees x and gives the score s x, H sees z and gives "
        "the score s z. The features of both go to J, which gives the score s xz. G learns from s x and s xz, the "
        "encoder E from s z and s xz.",
        204,
    )
    for y, name, network, score, who in (
        (52, "*x*", "*F*", "*s*_{*x*}", "moves *G*"),
        (160, "*z*", "*H*", "*s*_{*z*}", "moves *E*"),
    ):
        judges.text(8, y + 5, name, "ink", 15).arrow((24, y), (50, y))
        judges.box(52, y - 19, 42, 38, network, "D", size=16).arrow((96, y), (222, y), color="D")
        _score(judges, y, score, who)
    judges.arrow((84, 73), (139, 95), color="D").arrow((84, 139), (139, 117), color="D")
    judges.box(141, 87, 42, 38, "*J*", "D", size=16).arrow((185, 106), (222, 106), color="D")
    _score(judges, 106, "*s*_{*xz*}", "moves both")
    judges.text(0, 198, "*D* is *F*, *H* and *J* together", "soft", 12)

    apart = distance(R)
    shadows = Panel(
        "equal shadows",
        f"In the plane of x and z, two ellipses: normal pairs with correlations {R:g} and −{R:g}. Below "
        "and at the left their marginals, which are one and the same bell. The total variation distance is 0 in x, 0 "
        f"in z and {apart:.3f} for the pairs.",
        204,
    )
    axes = shadows.axes((-2.6, 2.6), (-2.6, 2.6), (36, 22, 130, 130))
    shadows.path([axes.at(0, -2.6), axes.at(0, 2.6)], "line", 1)
    for r, color in ((R, "real"), (-R, "fake")):
        points = [axes.at(*point) for point in ellipse(r)]
        shadows.path(points, color, 2, fill=color, opacity=0.55, closed=True)
    below = Axes(shadows, (-2.6, 2.6), (0, 0.45), (36, 156, 130, 28))
    shadows.path([below.at(x, bell(x)) for x in GRID], "none", fill="real", opacity=0.4, closed=True)
    shadows.path([below.at(x, bell(x)) for x in GRID], "fake", 2)
    left = [(30 - 62 * bell(z), axes.at(0, z)[1]) for z in GRID]
    shadows.path(left, "none", fill="real", opacity=0.4, closed=True).path(left, "fake", 2)
    shadows.text(168, axes.at(0, 0)[1] + 4, "*x*", "soft", 12).text(axes.at(0, 0)[0] + 5, 30, "*z*", "soft", 12)
    shadows.text(0, 200, "TV: total variation distance", "soft", 12)
    for y, line in ((60, "TV of *x*: 0"), (84, "TV of *z*: 0"), (108, f"TV of pairs: {apart:.3f}")):
        shadows.text(200, y, line)
    return Drawing(judges, shadows)


GRID = [-2.6 + 5.2 * k / 32 for k in range(33)]


def bell(x: float) -> float:
    """The density of N(0, 1)."""
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def ellipse(r: float, pieces: int = 36) -> list[Point]:
    """Points at 1.5 standard deviations of a normal pair with unit variances and correlation r."""
    turns = [2 * math.pi * k / pieces for k in range(pieces)]
    long, short = 1.5 * math.sqrt((1 + r) / 2), 1.5 * math.sqrt((1 - r) / 2)
    return [(long * math.cos(t) - short * math.sin(t), long * math.cos(t) + short * math.sin(t)) for t in turns]


def _score(panel: Panel, y: float, score: str, who: str) -> None:
    panel.box(224, y - 15, 36, 30, score, "D", size=15)
    panel.text(268, y + 4, who, "G", 12)

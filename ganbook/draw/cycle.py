"""There and back: the two ways round of CycleGAN; and eight points that it pairs in any of 40,320 ways."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ganbook.draw.drawing import Drawing
from ganbook.draw.markup import paint
from ganbook.draw.panel import Panel

POINTS = 8
OTHER = (2, 0, 1, 3, 7, 4, 5, 6)
"""A pairing with one right pair, which is the mean over all pairings: point i goes to OTHER[i]."""


def right(pairing: Sequence[int]) -> int:
    """How many points go to their own partner.

    >>> right((0, 1, 2)), right((1, 2, 0)), right((0, 2, 1))
    (3, 0, 1)
    """
    return sum(k == other for k, other in enumerate(pairing))


def there_and_back() -> Drawing:
    """x -> G -> G(x) -> F -> F(G(x)) and the same from y; and two pairings of eight points whose losses are all 0.

    Source: Zhu et al. 2017, figure 3. Derived in: chapter 14.

    >>> [panel.title for panel in there_and_back().panels]
    ['there and back, twice', 'two of 40,320 pairings']
    """
    game = Panel(
        "there and back, twice",
        "Above, a sample x of the first set goes through G to G(x), which D Y has to tell from samples of the second "
        "set, and through F back to F(G(x)); x and F(G(x)) are compared. Below, a sample y of the second set goes "
        "through F to F(y), which D X has to tell from samples of the first set, and through G back to G(F(y)).",
        214,
    )
    _round(game, 46, "real", ("*x*", "*G*(*x*)", "*F*(*G*(*x*))"), ("*G*", "*F*"), "*D*_{*Y*}")
    _round(game, 146, "fake", ("*y*", "*F*(*y*)", "*G*(*F*(*y*))"), ("*F*", "*G*"), "*D*_{*X*}")

    n = math.factorial(POINTS)
    pairs = Panel(
        f"two of {n:,} pairings",
        f"Twice two columns of {POINTS} points, joined one to one. On the left every point goes to its own partner, on "
        f"the right only {right(OTHER)} of {POINTS} does. No point is left over and each comes back: all losses "
        "are 0 for both.",
        214,
    )
    columns = ((8, tuple(range(POINTS))), (194, OTHER))
    for hit, color in ((True, "good"), (False, "fake")):
        lines = [
            f"M{left} {_height(k)}l130 {_height(other) - _height(k)}"
            for left, pairing in columns
            for k, other in enumerate(pairing)
            if (k == other) is hit
        ]
        pairs.add("path", d="".join(lines), stroke=paint(color))
    for shift, name, color in ((0, "*x*", "real"), (130, "*y*", "fake")):
        for left, _ in columns:
            pairs.text(left + shift, 34, name, "soft", 12, "middle")
            for k in range(POINTS):
                pairs.dot(left + shift, _height(k), 4, color)
    for left, pairing in columns:
        pairs.text(left + 65, 192, f"{right(pairing)} of {POINTS} right", "ink", 12, "middle")
    pairs.text(0, 208, "cycle loss of both: 0", "soft", 12)
    return Drawing(game, pairs)


def _round(
    panel: Panel, y: float, color: str, samples: tuple[str, str, str], ways: tuple[str, str], judge: str
) -> None:
    """One way round: three samples, two networks, the judge of the middle one, the comparison of the outer two."""
    for at, name in zip((14, 160, 300), samples, strict=True):
        panel.text(at, y + 5, name, color, 14, "middle")
    for at, name in ((80, ways[0]), (222, ways[1])):
        panel.box(at - 15, y - 15, 30, 30, name, "G", size=14)
    ends = ((26, 63), (97, 132), (186, 205), (239, 268))
    panel.arrows([*(((a, y), (b, y)) for a, b in ends), ((160, y + 12), (160, y + 27))], color, 1.5, 6)
    panel.box(144, y + 28, 32, 26, judge, "D")
    panel.path([(14, y + 14), (14, y + 62), (300, y + 62), (300, y + 14)], "soft", 1, "3 3")
    panel.text(222, y + 52, "*L*_{1}", "soft", 12)


def _height(k: int) -> int:
    return 46 + 18 * k

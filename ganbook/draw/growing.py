"""A pair that grows from 8 to 16 pixels: the old way and the new one, side by side, in shares 1 - alpha and alpha."""

from __future__ import annotations

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

SHARE = 0.25
"""The alpha of the drawing."""

NEW, OLD = 62, 128
"""Heights of the two ways."""


def fade_in() -> Drawing:
    """G's and D's new layers while they fade in: above the new way, below the old one, added in shares.

    Source: Karras et al. 2018, figure 2. Derived in: chapter 15.

    >>> [panel.title for panel in fade_in().panels]
    ['*G* grows from 8 to 16 pixels', '*D* grows with it']
    """
    shares = f"{SHARE:g} of the new way and {1 - SHARE:g} of the old one"
    first = Panel(
        "*G* grows from 8 to 16 pixels",
        "Maps h of 8 by 8 pixels go two ways. Above, the new one: doubled to 16 by 16, through a new block, then to "
        f"RGB. Below, the old one: to RGB by the old layer, then doubled. Their sum, {shares}, is the picture. At "
        "alpha = 0 it is the old picture with every pixel doubled.",
        204,
    )
    first.box(1, 73, 42, 44, "*h*", "G", size=15).text(22, 135, "8 × 8", "soft", 12, "middle")
    first.arrow((44, 88), (66, NEW), color="G").arrow((44, 102), (103, OLD), color="G")
    first.box(68, NEW - 16, 30, 32, "↑2", "line").arrow((99, NEW), (112, NEW), color="G", head=5)
    first.box(114, NEW - 16, 76, 32, "new block", "G", width=2.5).arrow((192, NEW), (202, NEW), color="G", head=5)
    first.box(204, NEW - 16, 58, 32, "to RGB", "G", width=2.5)
    first.box(106, OLD - 16, 76, 32, "old to RGB", "G").arrow((183, OLD), (223, OLD), color="G", head=5)
    first.box(224, OLD - 16, 36, 32, "↑2", "line")
    _sum(first, 286, "G", 263)
    first.arrow((296, 95), (307, 95), color="fake", head=5)
    first.box(309, 80, 30, 30, "", "fake").text(338, 124, "16 × 16", "soft", 12, "end")
    first.text(0, 178, "*α* = 0:  *G*(*z*) is the old picture, doubled", "ink", 12)
    first.text(0, 198, "↑2 doubles each pixel; ↓2 is the mean of 2 × 2", "soft", 12)

    second = Panel(
        "*D* grows with it",
        "A picture x of 16 by 16 pixels goes two ways. Above, the new one: from RGB, through a new block, then halved "
        f"to 8 by 8. Below, the old one: halved, then from RGB by the old layer. Their sum, {shares}, goes on through "
        "the layers that D had so far to the logit. At alpha = 0, D says what it said of the halved picture.",
        204,
    )
    second.box(1, 81, 28, 28, "*x*", "real", size=15).text(0, 127, "16 × 16", "soft", 12)
    second.arrow((30, 88), (52, NEW), color="D").arrow((30, 102), (66, OLD), color="D")
    second.box(54, NEW - 16, 72, 32, "from RGB", "D", width=2.5).arrow((128, NEW), (137, NEW), color="D", head=5)
    second.box(139, NEW - 16, 76, 32, "new block", "D", width=2.5).arrow((217, NEW), (226, NEW), color="D", head=5)
    second.box(228, NEW - 16, 30, 32, "↓2", "line")
    second.box(68, OLD - 16, 36, 32, "↓2", "line").arrow((105, OLD), (143, OLD), color="D", head=5)
    second.box(144, OLD - 16, 94, 32, "old from RGB", "D")
    _sum(second, 278, "D", 259, 239)
    second.arrow((288, 95), (296, 95), color="D", head=5)
    second.box(298, 75, 41, 40, "so far", "D", size=12)
    second.text(0, 178, "*α* = 0:  *D*(*x*) is the old *D* of ↓2 *x*", "ink", 12)
    second.text(0, 198, "real pictures fade too:  (1 − *α*) ↑2 ↓2 *x* + *α* *x*", "real", 12)
    return Drawing(first, second)


def _sum(panel: Panel, x: float, color: str, new: float, old: float | None = None) -> None:
    """Both ways come together at (x, 95), each with its share."""
    panel.arrow((new, NEW), (x, NEW), (x, 84), color=color, head=5)
    panel.arrow((new if old is None else old, OLD), (x, OLD), (x, 106), color=color, head=5)
    panel.box(x - 9, 86, 18, 18, "+", color, corner=9)
    panel.text(x + 6, NEW - 4, f"*α* = {SHARE:g}", "ink", 12)
    panel.text(x + 6, OLD + 14, f"{1 - SHARE:g}", "ink", 12)

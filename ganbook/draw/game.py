"""The game, once for each player's turn: what flows forward, what comes back, and who moves."""

from __future__ import annotations

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel


def the_game() -> Drawing:
    """z -> G -> fake, real -> D -> loss; dashed, the gradient: where it flows, where it is cut, whom it moves.

    Source: Goodfellow et al. 2014, Algorithm 1. Derived in: chapter 1.

    >>> [panel.title for panel in the_game().panels]
    ["*D*'s turn", "*G*'s turn"]
    """
    first = _board(
        "*D*'s turn",
        "Noise z goes through G to a fake, G(z). Fake and real sample both go into D, and its two answers into the "
        "loss −log D(x) − log(1 − D(G(z))). The gradient comes back from the loss to D and is cut there: the fake "
        "is detached. D moves, G stands still.",
        moves="D",
    )
    first.arrow((302, 84), (249, 84), color="D", dash="4 3")
    first.text(276, 108, "gradient", anchor="middle")
    first.path([(196, 84), (176, 84)], "D", dash="4 3")
    for x in (168, 174):
        first.path([(x - 4, 92), (x + 4, 76)], "D", 2)
    first.text(160, 100, "detach", anchor="end", weight=600)
    first.text(0, 172, "*D* steps down on  −log *D*(*x*) − log(1 − *D*(*G*(*z*)))")

    second = _board(
        "*G*'s turn",
        "The same board. The real sample is pale: this loss, −log D(G(z)), does not look at it. The gradient comes "
        "back from the loss through D, which stands still, and through the fake into G. G moves.",
        moves="G",
    )
    second.arrow((302, 84), (97, 84), color="G", dash="4 3")
    second.text(146, 101, "gradient", "G", anchor="middle")
    second.text(0, 172, "*G* steps down on  −log *D*(*G*(*z*))")
    return Drawing(first, second)


def _board(title: str, alt: str, moves: str) -> Panel:
    """What both turns share; the player who moves is thick and in colour."""
    panel = Panel(title, alt, 182)
    tone = "soft" if moves == "G" else "real"
    panel.text(4, 69, "*z*", size=15).arrow((18, 64), (42, 64))
    panel.box(46, 42, 48, 44, "*G*", "G" if moves == "G" else "line", width=3 if moves == "G" else 1.5, size=17)
    panel.text(70, 34, "moves" if moves == "G" else "stands still", "G" if moves == "G" else "soft", 12, "middle")
    panel.arrow((97, 64), (194, 64), color="fake", label="fake *G*(*z*)")
    panel.box(198, 42, 48, 100, "*D*", "D" if moves == "D" else "line", width=3 if moves == "D" else 1.5, size=17)
    panel.text(222, 34, "moves" if moves == "D" else "stands still", "ink" if moves == "D" else "soft", 12, "middle")
    panel.arrow((97, 122), (194, 122), color="real" if moves == "D" else "line")
    panel.text(92, 126, "real *x*", tone, anchor="end")
    panel.arrow((249, 64), (301, 64))
    return panel.box(305, 54, 34, 40, "loss", "line")

"""The family of the objectives: which one is a special case of which, and what else sets them apart."""

from __future__ import annotations

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel, Point


def family_tree() -> Drawing:
    """Left, the losses of a D that gives odds; right, those of a D that gives a score without bound.

    A thick arrow leads from the general to its special case, exactly; a dashed one changes what its label says.

    Derived in: chapters 1, 3, 4, 7, 9, 10, 11.

    >>> len(family_tree().panels)
    2
    """
    return Drawing(_odds(), _scores())


def _odds() -> Panel:
    panel = Panel(
        "*D* classifies",
        "Two general families lead to minimax by exact special cases: the f-GAN, with f the GAN's own, and realness "
        "with objective 1, two outcomes and one-hot anchors. From minimax, another loss for G leads to non-saturating, "
        "and squares in place of logs to least squares. From non-saturating, a penalty leads to DRAGAN and to R1, and "
        "differences of two outputs in place of one output to pairing. From pairing, batch means lead to the "
        "relativistic average, and penalties at reals and at fakes, R1 + R2, to the last one.",
        360,
    )
    for x, y, w, name in (
        (1, 26, 96, "*f*-GAN"),
        (104, 104, 100, "minimax"),
        (236, 104, 103, "least squares"),
        (94, 172, 120, "non-saturating"),
        (1, 246, 76, "DRAGAN"),
        (90, 246, 76, "+ R1"),
        (214, 246, 125, "pairing"),
        (52, 310, 140, "relativistic average"),
        (214, 310, 125, "pairing + R1 + R2"),
    ):
        _node(panel, x, y, w, name)
    _node(panel, 201, 26, 138, "realness 1", "*M* outcomes")
    _exact(panel, [(60, 52), (124, 101)], [(250, 68), (184, 101)])
    _changed(
        panel,
        [(206, 117), (234, 117)],
        [(154, 132), (154, 170)],
        [(116, 200), (52, 244)],
        [(140, 200), (130, 244)],
        [(184, 200), (252, 244)],
        [(226, 274), (176, 308)],
        [(277, 274), (277, 308)],
    )
    for x, y, line, anchor in (
        (4, 84, "*f* = the GAN's", "start"),
        (242, 92, "*M* = 2, one-hot", "start"),
        (288, 146, "squares for logs", "middle"),
        (146, 155, "*G*: −log *D*", "end"),
        (240, 222, "*D*(*x*) − *D*(*y*)", "start"),
        (39, 288, "∇*D* near data", "middle"),
        (128, 288, "∇*D* at data", "middle"),
        (122, 352, "batch means", "middle"),
        (277, 352, "∇*D* at both", "middle"),
    ):
        panel.text(x, y, line, "soft", 12, anchor)
    return panel


def _scores() -> Panel:
    panel = Panel(
        "*G* raises a score",
        "From the Wasserstein critic, which is to score reals above fakes, dashed arrows lead to WGAN by clipping the "
        "weights, to WGAN-GP by a penalty on the gradient, and to hinge by a cap at plus and minus 1; from hinge to "
        "SN-hinge by spectral normalisation. With realness 3, G has the loss of the Wasserstein game for the score "
        "A1 − A0 times the logits, and D has two KL divergences; realness 2 takes D's answer P on a real sample for "
        "A1.",
        360,
    )
    _node(panel, 88, 26, 164, "Wasserstein critic")
    for x, w, name, how, start in (
        (1, 82, "WGAN", "clip weights", 124),
        (104, 94, "WGAN-GP", "penalty on ∇*D*", 160),
        (219, 120, "hinge", "cap at ±1", 216),
    ):
        _node(panel, x, 96, w, name)
        _changed(panel, [(start, 54), (x + w / 2, 94)])
        panel.text(x + w / 2, 138, how, "soft", 12, "middle")
    _node(panel, 219, 172, 120, "SN-hinge")
    _changed(panel, [(279, 143), (279, 170)], [(104, 54), (94, 84), (94, 240)], [(159, 263), (188, 263)])
    panel.text(279, 214, "spectral norm", "soft", 12, "middle")
    panel.text(102, 188, "*D*: two KLs", "soft", 12)
    _node(panel, 1, 242, 156, "realness 3", "score ⟨*A*_1 − *A*_0, *ℓ*⟩")
    _node(panel, 190, 242, 149, "realness 2", "score ⟨*P* − *A*_0, *ℓ*⟩")
    _exact(panel, [(0, 316), (34, 316)])
    panel.text(44, 320, "an exact special case", size=12)
    _changed(panel, [(0, 340), (34, 340)])
    return panel.text(44, 344, "one thing changed: what stands below", size=12)


def _node(panel: Panel, x: float, y: float, w: float, name: str, more: str = "") -> None:
    h = 42 if more else 26
    panel.box(x, y, w, h, color="line", width=1)
    panel.text(x + w / 2, y + 17, name, size=12, anchor="middle")
    if more:
        panel.text(x + w / 2, y + 34, more, "soft", 12, "middle")


def _exact(panel: Panel, *ways: list[Point]) -> None:
    panel.arrows(ways, width=2.5, head=9)


def _changed(panel: Panel, *ways: list[Point]) -> None:
    panel.arrows(ways, width=1.2, dash="4 3", head=7)

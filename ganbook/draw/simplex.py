"""Three outcomes as a triangle: where D's best answers lie, and where each generator objective pulls."""

from __future__ import annotations

import torch

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel, Point
from ganbook.losses import Realness

A0, A1 = (0.75, 0.15, 0.1), (0.1, 0.15, 0.75)
P, Q = (0.15, 0.45, 0.4), (0.6, 0.3, 0.1)
"""The anchors; D's answer on a real sample, P = D(x), and on the fake that is paired with it, Q = D(G(z))."""

SHARE = 0.5
"""Arrows are drawn at this share of their length."""

Triple = tuple[float, float, float]


def pulls() -> list[Triple]:
    """For each objective 1, 2, 3 what one step down adds to the fake's logits: minus the gradient, by autograd.

    >>> [[round(x, 2) + 0.0 for x in pull] for pull in pulls()]  # Q - A0, P - A0, A1 - A0
    [[-0.15, 0.15, 0.0], [-0.6, 0.3, 0.3], [-0.65, 0.0, 0.65]]
    """
    real = torch.tensor([P], dtype=torch.float64).log()
    found = []
    for objective in (1, 2, 3):
        fake = torch.tensor([Q], dtype=torch.float64).log().requires_grad_()
        loss = Realness(3, objective, (A0, A1)).g(real, fake)
        found.append(tuple((-torch.autograd.grad(loss, fake)[0][0]).tolist()))
    return found


def place(answer: Triple, share: float = 1.0) -> Point:
    """Where a distribution over three outcomes lies on the panel; of a difference of two, the way between them."""
    corners = ((16.0, 252.0), (170.0, 30.0), (324.0, 252.0))
    return tuple(share * sum(a * corner[k] for a, corner in zip(answer, corners, strict=True)) for k in (0, 1))


def realness_simplex() -> Drawing:
    """The simplex of three outcomes with the segment A0 A1, D's best answers on it, and the pulls on one fake.

    Source: Xiangli et al. 2020, eqs. 18 to 20. Derived in: chapter 10.

    >>> len(realness_simplex().panels)
    1
    """
    panel = Panel(
        "answers over three outcomes",
        "A triangle whose corners are the outcomes fake, unsure and real. The anchor A0 lies near the corner fake, A1 "
        "near the corner real; D's best answers, for w = 0, 1/4, 1/2, 3/4 and 1, lie on the segment between them. From "
        "the answer Q on a fake, off the segment, start three arrows at half their length: objective 1 pulls along the "
        "way from A0 to Q, and is short, objective 2 along the way from A0 to P, D's answer on the paired real sample, "
        "and objective 3, the longest, along the way from A0 to A1.",
        314,
    )
    corners = [place((1, 0, 0)), place((0, 1, 0)), place((0, 0, 1))]
    panel.path(corners, "line", 1, closed=True)
    panel.text(0, 272, "fake (−1)", "soft", 12).text(340, 272, "real (+1)", "soft", 12, "end")
    panel.text(184, 38, "unsure (0)", "soft", 12)
    for answer in (Q, P):
        panel.path([place(A0), place(answer)], "line", 1, "3 3")
    panel.path([place(A0), place(A1)], "ink", 2.5)
    for k in range(5):
        w = k / 4
        mixed = tuple(w * b + (1 - w) * a for a, b in zip(A0, A1, strict=True))
        panel.dot(*place(mixed), 5 if k in (0, 4) else 3.5, "fake" if k == 0 else "real" if k == 4 else "ink")
    _label(panel, A0, "*A*_0", "fake", -8, 20)
    _label(panel, A1, "*A*_1", "real", -6, 20)
    middle = tuple((a + b) / 2 for a, b in zip(A0, A1, strict=True))
    _label(panel, middle, "*D*'s best answers", "ink", -52, 20)
    panel.dot(*place(P), 4.5, "real")
    _label(panel, P, "*P*", "real", 9, 5)
    panel.dot(*place(Q), 4.5, "fake")
    _label(panel, Q, "*Q*", "fake", -19, 0)
    x, y = place(Q)
    for k, pull in enumerate(pulls(), start=1):
        dx, dy = place(pull, SHARE)
        panel.arrow((x, y), (x + dx, y + dy), color="G", width=2, head=8)
        panel.text(x + dx + (0, 6, 6)[k - 1], y + dy + (-6, 2, 5)[k - 1], f"{k}", "G", 13, weight=600)
    panel.text(0, 292, "1: *A*_0 to *Q*", "G", 12).text(92, 292, "2: *A*_0 to *P*", "G", 12)
    panel.text(184, 292, "3: *A*_0 to *A*_1", "G", 12)
    return Drawing(panel.text(0, 309, "what a step down adds to the logits of the fake, × ½", "soft", 12))


def _label(panel: Panel, at: Triple, line: str, color: str, dx: float, dy: float) -> None:
    x, y = place(at)
    panel.text(x + dx, y + dy, line, color, 13, weight=600)

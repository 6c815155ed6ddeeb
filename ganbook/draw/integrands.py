"""What the two directions of KL charge for, place by place: why forward covers and reverse seeks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook.divergences import quadrature
from ganbook.divergences.densities import Density, mixture, normal
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

P = mixture([normal(-2.0, 0.6), normal(2.0, 0.6)], [0.6, 0.4])  # the two humps of chapter 3
Q = normal(-1.6, 1.1)
WINDOW = (-5.0, 4.4)


@dataclass(frozen=True)
class Bill:
    """A divergence as the area above zero less the area below it, in nats.

    hill: the area of the largest lobe. missed: what the half line x > 1 contributes, p's right hump.
    """

    value: float
    above: float
    below: float
    hill: float
    missed: float


def integrand(a: Density, b: Density) -> Callable[[Tensor], Tensor]:
    """x -> a(x) log(a(x)/b(x))."""
    return lambda x: a(x) * (a.log(x) - b.log(x))


def bill(a: Density, b: Density) -> Bill:
    """KL(a || b), by quadrature, and its parts, by sums over a fine grid.

    >>> round(bill(P, Q).value, 3), round(bill(Q, P).value, 3)
    (1.765, 0.921)
    """
    x = torch.linspace(-12, 12, 120_001, dtype=torch.float64)
    y = integrand(a, b)(x) * float(x[1] - x[0])
    top = int(y.argmax())
    ends = (y <= 0).nonzero().flatten()
    lobe = y[int(ends[ends < top].max()) : int(ends[ends > top].min())]
    above, below = float(y.clamp(min=0).sum()), float(-y.clamp(max=0).sum())
    return Bill(float(quadrature.kl(a, b)), above, below, float(lobe.sum()), float(y[x > 1].sum()))


def kl_integrands() -> Drawing:
    """p log(p/q) and q log(q/p) of one pair, with their signed areas.

    Derived in: chapter 3.

    >>> [panel.title for panel in kl_integrands().panels]
    ['forward: KL(*p* ‖ *q*)', 'reverse: KL(*q* ‖ *p*)']
    """
    there, back = bill(P, Q), bill(Q, P)
    forward = _panel(
        "forward: KL(*p* ‖ *q*)",
        f"Above, p has two humps, and q one, over p's left hump. Below, the integrand p log(p/q): near zero on the "
        f"left, a tall hill of area {there.hill:.3f} where q misses p's right hump. {_sum(there)}: to make this "
        "small, q must cover.",
        there,
        P,
        Q,
    )
    reverse = _panel(
        "reverse: KL(*q* ‖ *p*)",
        f"The same p and q. The integrand q log(q/p) has a hill of area {back.hill:.3f} in the valley between the "
        f"humps, where q paints and p is small; the hump that q misses contributes {_signed(back.missed)}. "
        f"{_sum(back)}: to make this small, q must leave the valley, and may stay on one hump.",
        back,
        Q,
        P,
    )
    return Drawing(forward, reverse)


def _panel(title: str, alt: str, parts: Bill, a: Density, b: Density) -> Panel:
    panel = Panel(title, alt, 254)
    upper = panel.axes(WINDOW, (0.0, 0.44), (0, 26, 338, 72))
    upper.graph(P, (-4.2, 4.2), 20, "none", fill="real", opacity=0.35)
    upper.graph(Q, (-5.0, 2.2), 12, "fake", 2.5)
    panel.text(*upper.at(-2.0, 0.05), "*p*", "ink", 14, "middle", 600)
    panel.text(*upper.at(-0.3, 0.28), "*q*", "fake", 14, "start", 600)
    lower = panel.axes(WINDOW, (-0.16, 1.42), (0, 104, 338, 120))
    f = integrand(a, b)
    lower.graph(lambda x: f(x).clamp(min=0), None, 36, "none", fill="ink", opacity=0.55)
    lower.graph(lambda x: f(x).clamp(max=0), None, 36, "none", fill="good", opacity=0.55)
    forward = a is P
    panel.text(0, 126, "*p* log(*p*/*q*)" if forward else "*q* log(*q*/*p*)", size=14)
    x, y = lower.at(1.0, 0.75) if forward else lower.at(0.85, 0.27)
    panel.text(
        x, y, "*q* misses a hump:" if forward else "*q* paints the valley:", "ink", 12, "end" if forward else "start"
    )
    panel.text(x, y + 16, f"+{parts.hill:.3f}", "ink", 13, "end" if forward else "start", 600)
    if not forward:
        panel.text(338, lower.at(0, -0.2)[1], f"the missed hump: {_signed(parts.missed)}", "ink", 12, "end")
    return panel.text(0, 248, f"areas: {parts.above:.3f} − {parts.below:.3f} = {parts.value:.3f} nats", weight=600)


def _sum(parts: Bill) -> str:
    return (
        f"The area above zero, {parts.above:.3f}, less the area below, {parts.below:.3f}, is the divergence, "
        f"{parts.value:.3f} nats"
    )


def _signed(x: float) -> str:
    return f"{x:+.3f}".replace("-", "−")

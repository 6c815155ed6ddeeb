"""Two arrows against each other and one judge of pairs; and on a line, where the pairs of each arrow lie."""

from __future__ import annotations

import math

import torch

from ganbook.divergences import densities, quadrature
from ganbook.draw.axes import Axes
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

E, G = 0.4, 0.8
"""Slopes of an encoder E(x) = e x and a generator G(z) = g z that do not invert each other."""


def js_on_a_line(e: float, g: float) -> float:
    """JS divergence of the pairs (x, e x) and (g z, z), x and z from N(0, 1), in nats: log 2 unless e g = 1.

    Derived in: chapter 13.

    >>> round(js_on_a_line(0.4, 0.8), 3), round(js_on_a_line(1.25, 0.8), 3), js_on_a_line(-1.0, -1.0) < 1e-9
    (0.693, 0.012, True)
    """
    if not math.isclose(e * g, 1.0):
        return math.log(2)  # two lines share one point, which has no mass
    return float(quadrature.js(densities.normal(0.0, 1.0), densities.normal(0.0, abs(g))))


def two_arrows() -> Drawing:
    """x -> E -> E(x) and G(z) <- G <- z, each with its pair before D; and the pairs of two lines in the plane (x, z).

    Source: Donahue et al. 2017, figure 1. Derived in: chapter 13.

    >>> [panel.title for panel in two_arrows().panels]
    ['two arrows, one judge of pairs', 'where the pairs lie']
    """
    game = Panel(
        "two arrows, one judge of pairs",
        "Above, a real sample x goes from left to right through the encoder E to the latent E(x); the two ends are one "
        "pair, (x, E(x)). Below, a latent z goes from right to left through the generator G to the sample G(z); these "
        "ends are the other pair, (G(z), z). Both pairs go to D on the right, which has to tell which arrow made them.",
        182,
    )
    game.text(32, 36, "samples", "soft", 12, "middle").text(204, 36, "latents", "soft", 12, "middle")
    _row(game, 64, "real", "*x*", "*E*", "*E*(*x*)", forward=True)
    _row(game, 134, "fake", "*G*(*z*)", "*G*", "*z*", forward=False)
    game.box(284, 46, 54, 106, "*D*", "D", size=17)
    game.text(0, 176, "each row is one pair: a sample and a latent", "soft", 12)

    lines = Panel(
        "where the pairs lie",
        f"The plane of x and z with two lines through the origin: z = e x, on which all pairs of E lie, and x = g z, "
        f"on which all pairs of G lie, for e = {E} and g = {G}. They meet in one point, so that their Jensen-Shannon "
        "divergence is log 2. They would be one line for e g = 1.",
        182,
    )
    axes = lines.axes((-2.6, 2.6), (-2.0, 2.0), (0, 22, 338, 136))
    lines.path([axes.at(-2.6, 0), axes.at(2.6, 0)], "line", 1).path([axes.at(0, -2), axes.at(0, 2)], "line", 1)
    lines.text(337, axes.at(0, 0)[1] + 15, "*x*", "soft", 12, "end").text(axes.at(0, 0)[0] + 6, 32, "*z*", "soft", 12)
    normal = torch.special.ndtri((torch.arange(11, dtype=torch.float64) + 0.5) / 11)
    _line(lines, axes, "real", 1.0, E, normal)
    _line(lines, axes, "fake", G, 1.0, normal)
    x, z = axes.at(1.95, 1.95 * E)
    lines.text(x, z - 9, f"*z* = *e x*,  *e* = {E}", "real", 12, "middle")
    x, z = axes.at(-1.9 * G, -1.9)
    lines.text(x + 16, z, f"*x* = *g z*,  *g* = {G}", "fake", 12)
    lines.text(0, 176, f"*e g* = {E * G:.2f}:  JS = {js_on_a_line(E, G):.3f} = log 2", "ink", 12)
    return Drawing(game, lines)


def _row(panel: Panel, y: float, color: str, sample: str, network: str, latent: str, forward: bool) -> None:
    """A pair in its frame, with the network between its ends, and the way to D."""
    panel.box(2, y - 21, 230, 42, color=color, fill="none", dash="4 3")
    panel.box(92, y - 17, 44, 34, network, "G", size=15)
    ways = ((54, 90), (138, 180)) if forward else ((90, 54), (180, 138))
    for a, b in ways:
        panel.arrow((a, y), (b, y), color=color)
    panel.text(30, y + 5, sample, color, 14, "middle").text(205, y + 5, latent, color, 14, "middle")
    panel.arrow((234, y), (281, y), color=color)


def _line(panel: Panel, axes: Axes, color: str, dx: float, dz: float, at: torch.Tensor) -> None:
    reach = min(2.6 / abs(dx), 2.0 / abs(dz))
    panel.path([axes.at(-reach * dx, -reach * dz), axes.at(reach * dx, reach * dz)], color, 1)
    for t in at.tolist():
        panel.dot(*axes.at(t * dx, t * dz), 3.5, color)

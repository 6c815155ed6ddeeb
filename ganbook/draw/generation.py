"""A generation of a population: three children of one parent, one of whom stays; what the best of three promises."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from ganbook.divergences.densities import normal
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

BELL = normal(0.0, 1.0)
CHILDREN = (("minimax", "log(1 − *D*)"), ("heuristic", "−log *D*"), ("least squares", "(*D* − 1)²"))
STAYS = 1
"""The child that survives in the drawing."""


def best_of_three(x: Tensor) -> Tensor:
    """Density of the largest of three standard normal numbers: 3 phi(x) Phi(x)^2.

    >>> x = torch.linspace(-8, 8, 16_001, dtype=torch.float64)
    >>> round(float((x * best_of_three(x)).sum() * 0.001), 4)  # its mean, 3 / (2 sqrt(pi))
    0.8463
    """
    return 3 * BELL(x) * torch.special.ndtr(x).square()


def promise() -> float:
    """Mean of the largest of three standard normal numbers.

    >>> round(promise(), 4)
    0.8463
    """
    return 3 / (2 * math.sqrt(math.pi))


def one_generation() -> Drawing:
    """Parent, children, fitness, survivor; and the fitness that the best of three equal children is judged to have.

    Source: Wang et al. 2019, figure 1. Derived in: chapter 16.

    >>> [panel.title for panel in one_generation().panels]
    ['one generation, *D* standing still', 'the best of three equals']
    """
    return Drawing(_generation(), _promise())


def _generation() -> Panel:
    panel = Panel(
        "one generation, *D* standing still",
        "A parent G has three children, each by one step on a loss of its own: minimax, heuristic, least squares. Each "
        f"has a fitness F. The {CHILDREN[STAYS][0]} child, whose F is the largest here, is the next parent; the two "
        "others end.",
        216,
    )
    panel.box(0, 86, 40, 36, "*G*", "G", size=15)
    for k, (name, loss) in enumerate(CHILDREN):
        y, stays = 28 + 58 * k, k == STAYS
        panel.arrow((41, 104), (76, y + 18), color="G", width=2.5 if stays else 1.5)
        panel.box(78, y, 104, 36, "", "G" if stays else "line", width=2.5 if stays else 1.5)
        panel.text(130, y + 15, name, "ink", 12, "middle").text(130, y + 30, loss, "ink", 12, "middle")
        panel.text(190, y + 23, f"*F*_{{{k + 1}}}", "ink", 14)
        if stays:
            panel.text(213, y + 16, "the largest", "good", 12).arrow((212, y + 24), (294, y + 24), color="good")
        else:
            panel.path([(212, y + 19), (228, y + 19)], "line", 1.5).path([(228, y + 12), (228, y + 26)], "line", 1.5)
    panel.box(298, 86, 40, 36, "*G*", "G", size=15)
    return panel.text(0, 208, "*F* = *F*_{q} + *γ* *F*_{d}, both read off *D*", "ink", 12)


def _promise() -> Panel:
    mean = promise()
    panel = Panel(
        "the best of three equals",
        "A bell over 0, the judged fitness of one child with noise of standard deviation s, and the density of the "
        f"largest of three such numbers, which is narrower and lies further right; its mean is {mean:.3f} s.",
        216,
    )
    axes = panel.axes((-3.2, 3.4), (0.0, 0.62), (0, 24, 338, 150), "", "", (-2,))
    axes.graph(BELL, (-3.2, 3.2), 16, "none", fill="real", opacity=0.35)
    axes.graph(best_of_three, (-3.2, 3.4), 20, "fake", 2.5)
    for at, top in ((0.0, 0.40), (mean, 0.57)):
        panel.path([axes.at(at, 0), axes.at(at, top)], "ink", 1, "3 3")
    panel.text(*axes.at(-1.25, 0.05), "one", "ink", 13, "middle", 600)
    panel.text(*axes.at(1.75, 0.42), "best of three", "fake", 13, "start", 600)
    x, y = axes.at(0, 0)
    panel.text(x, y + 16, "true *F*", "soft", 12, "middle")
    panel.text(axes.at(mean, 0)[0] + 2, y + 16, f"+{mean:.3f} *s*", "ink", 12, "start", 600)
    return panel.text(0, 208, "on fresh samples it falls back to its true *F*", "ink", 12)

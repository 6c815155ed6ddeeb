"""The story that Goodfellow et al. tell in one figure: D learns, G follows it, until nothing is left to tell."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import softplus

from ganbook.divergences.densities import Density, normal
from ganbook.divergences.quadrature import expectation
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

STD = 0.7
DATA = normal(0.0, STD)
START = 2.2
RATE = 0.3
WINDOW = (-2.4, 4.4)


@dataclass(frozen=True)
class Stage:
    """One moment of the game: G(z) = mean + STD z with z standard normal, and D's logit as a function of x."""

    title: str
    mean: float
    share: float  # D's logit is this share of log(p/q) ...
    against: float  # ... for the q that D has last seen: its mean

    @property
    def q(self) -> Density:
        return normal(self.mean, STD)

    def D(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.share * (DATA.log(x) - normal(self.against, STD).log(x)))


def stages() -> list[Stage]:
    """The four moments.

    D's best answer is p/(p + q); at first its logit is a quarter of the best one. Then G takes one gradient step down
    on -log D(G(z)) with respect to its mean, exact by quadrature, while D stays as it was.

    >>> [round(stage.mean, 2) for stage in stages()]
    [2.2, 2.2, 0.97, 0.0]
    """
    mean = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    best = normal(START, STD)

    def loss(z: Tensor) -> Tensor:
        x = mean + STD * z
        return softplus(best.log(x) - DATA.log(x))  # -log D(x)

    (slope,) = torch.autograd.grad(expectation(normal(0.0, 1.0), loss), mean)
    return [
        Stage("1  *D* begins", START, 0.25, START),
        Stage("2  *D* is best", START, 1.0, START),
        Stage("3  *G* steps", mean.item() - RATE * slope.item(), 1.0, START),
        Stage("4  the end: *D* = ½", 0.0, 1.0, 0.0),
    ]


def the_story() -> Drawing:
    """Four stages: p and q as curves, D dashed on a scale from 0 to 1, below them the arrows z -> x = G(z).

    Source: Goodfellow et al. 2014, figure 1. Derived in: chapters 1 and 2.

    >>> len(the_story().panels)
    2
    """
    one, two, three, four = stages()
    first = Panel(
        "*D* learns",
        "Two stages. The generator's density q stands to the right of the data's density p. First D falls slowly from "
        "left to right, then steeply from 1 to 0 where q overtakes p: it is p/(p + q). Arrows lead from z up to "
        "x = G(z), slanting to the right, where q is.",
        176,
        headed=False,
    )
    second = Panel(
        "*G* follows",
        "Two more stages. D has not changed, and q has moved to the left, to where D is larger. At the end q lies on "
        "p, D is 1/2 everywhere, and the arrows from z lead to where p is.",
        176,
        headed=False,
    )
    for panel, pair in ((first, (one, two)), (second, (three, four))):
        for left, stage in zip((0, 178), pair, strict=True):
            _scene(panel, stage, left, legend=stage is one, pieces=2 if stage is four else 14)
    return Drawing(first, second)


def _scene(panel: Panel, stage: Stage, left: float, legend: bool, pieces: int) -> None:
    top = 0.6  # the densities' peak and D = 1 are a little below the top
    panel.text(left, 13, stage.title, weight=600)
    axes = panel.axes(WINDOW, (0.0, top), (left, 24, 160, 88))
    axes.graph(DATA, (-2.2, 2.2), 8, "none", fill="real", opacity=0.35)
    axes.graph(stage.q, (stage.mean - 2.2, stage.mean + 2.2), 8, "fake", 2.5)
    axes.graph(lambda x: 0.55 * stage.D(x), None, pieces, "D", dash="4 3")
    z = torch.special.ndtri(torch.linspace(0.1, 0.9, 6, dtype=torch.float64)).tolist()
    ends = [(axes.at(1 + 1.3 * one, 0)[0], axes.at(stage.mean + STD * one, 0)[0]) for one in z]
    panel.arrows([((start, 154), (end, 116)) for start, end in ends], color="fake")
    panel.path([(left, 154), (left + 160, 154)], "line", 1)
    if legend:
        panel.text(axes.at(0, 0)[0], 100, "*p*", "ink", 14, "middle", 600)
        panel.text(axes.at(2.2, 0)[0], 76, "*q*", "fake", 14, "middle", 600)
        panel.text(axes.at(-2.0, 0)[0], axes.at(0, 0.38)[1], "*D*", "D", 14, "middle", 600)
        panel.text(left, 128, "*x*", "soft").text(left, 168, "*z*", "soft")

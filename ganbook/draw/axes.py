"""Axes on a panel: points in the units of a graph, y up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ganbook.draw.markup import number, paint
from ganbook.draw.strokes import Point, bend


@dataclass(frozen=True)
class Axes:
    """A rectangle of a panel in which points are given in the units of their axes, y *up*. Made by `Panel.axes`."""

    panel: Any
    x: Point
    y: Point
    box: tuple[float, float, float, float]

    def at(self, x: float, y: float) -> Point:
        """Where a point of the axes lies on the panel."""
        left, top, w, h = self.box
        return (
            left + w * (float(x) - self.x[0]) / (self.x[1] - self.x[0]),
            top + h * (self.y[1] - float(y)) / (self.y[1] - self.y[0]),
        )

    def curve(self, xs: Iterable[float], ys: Iterable[float], **looks: Any) -> Axes:
        """Straight lines through (x, y), drawn as `Panel.path`."""
        self.panel.path([self.at(x, y) for x, y in zip(xs, ys, strict=True)], **looks)
        return self

    def graph(
        self,
        f: Callable[[Tensor], Tensor],
        span: Point | None = None,
        pieces: int = 16,
        color: str = "ink",
        width: float = 1.5,
        dash: str | None = None,
        fill: str = "none",
        opacity: float | None = None,
    ) -> Axes:
        """The graph of a smooth function, elementwise on float64 tensors; with `fill`, the area between it and 0.

        `pieces` cubic curves that have the function's own values and slopes where they meet: 16 are enough for a bell.
        """
        a, b = self.x if span is None else span
        x = torch.linspace(a, b, pieces + 1, dtype=torch.float64)
        before, after = (x - 1e-5 * (b - a)).clamp(min=a), (x + 1e-5 * (b - a)).clamp(max=b)
        slope = (f(after) - f(before)) / (after - before)
        third = (b - a) / pieces / 3
        at = [self.at(*point) for point in zip(x.tolist(), f(x).tolist(), strict=True)]
        early = [self.at(u - third, v) for u, v in zip(x.tolist(), (f(x) - third * slope).tolist(), strict=True)]
        d = bend(at, early)
        if fill != "none":
            floor = number(self.at(a, 0)[1])
            d = f"{d}V{floor}H{number(at[0][0])}z"
        self.panel.add(
            "path",
            d=d,
            fill=None if fill == "none" else paint(fill),
            stroke=None if color == "ink" else paint(color),
            stroke_width=None if width == 1.5 or color == "none" else width,
            stroke_dasharray=dash,
            opacity=None if opacity is None else f"{opacity:g}",
        )
        return self

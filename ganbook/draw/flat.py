"""The discriminator of two sets that do not meet: right everywhere, and flat wherever a sample is."""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

DATA, FAKES = (-2.2, -1.0), (1.0, 2.4)
"""The two sets, on a line; the gap between them is 2 wide."""


def verdict(x: Tensor) -> Tensor:
    """D(x) of Theorem 7.1: 3 u - 1 cut off at 0 and 1, u the distance to the fakes over the sum of both distances.

    >>> verdict(torch.tensor([-1.5, -0.4, 0.0, 0.4, 2.0])).tolist()  # a third of the gap wide, the flat ends reach out
    [1.0, 1.0, 0.5, 0.0, 0.0]
    """
    to_data, to_fakes = (torch.relu(low - x) + torch.relu(x - high) for low, high in (DATA, FAKES))
    return (3 * to_fakes / (to_data + to_fakes) - 1).clamp(0, 1)


def flat_verdict() -> Drawing:
    """The perfect discriminator of two intervals. Source: Arjovsky and Bottou 2017. Derived in: chapter 7.

    >>> [panel.title for panel in flat_verdict().panels]
    ['a perfect *D* is flat at every sample']
    """
    panel = Panel(
        "a perfect *D* is flat at every sample",
        "Two intervals on a line, data on the left and fakes on the right. The curve D is 1 over the data and a little "
        "beyond, falls to 0 in the middle third of the gap, and is 0 over all fakes: no slope where a sample is.",
        168,
    )
    axes = panel.axes((-2.6, 2.8), (-0.22, 1.15), (6, 26, 328, 126), "", "*D*", ())
    for (low, high), color, word in ((DATA, "real", "data"), (FAKES, "fake", "fakes")):
        x, y = axes.at(low, 0)
        panel.path([(x, y), axes.at(high, 0)], color, 6)
        panel.text((x + axes.at(high, 0)[0]) / 2, y + 20, word, color, 13, "middle", 600)
    corners = torch.tensor([-2.6, -1 / 3, 1 / 3, 2.8])
    axes.curve(corners.tolist(), verdict(corners).tolist(), color="D", width=2.5)
    panel.text(*axes.at(-1.6, 0.83), "slope 0", "soft", 12, "middle")
    panel.text(*axes.at(1.7, 0.12), "slope 0", "soft", 12, "middle")
    return Drawing(panel)

"""A transposed convolution paints: each input lays its weights on the output, and neighbours overlap."""

from __future__ import annotations

import torch
from torch.nn.functional import conv_transpose1d

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

INPUTS = 5


def reach(kernel: int, stride: int, padding: int) -> torch.Tensor:
    """Which weight of the kernel carries input i to output m, counted from 1; 0 where none does: (inputs, outputs).

    Found by painting with one input at a time and the weights 1, 2, ..., kernel.

    >>> reach(4, 2, 1).tolist()[0]
    [2, 3, 4, 0, 0, 0, 0, 0, 0, 0]
    """
    weights = torch.arange(1.0, kernel + 1).reshape(1, 1, -1)
    one_at_a_time = torch.eye(INPUTS).unsqueeze(1)  # (inputs, 1, inputs)
    return conv_transpose1d(one_at_a_time, weights, stride=stride, padding=padding).squeeze(1).int()


def painting() -> Drawing:
    """Kernel 4 and kernel 5 with stride 2, along one axis: who paints where, and how often each place is painted.

    Source: Odena et al. 2016. Derived in: chapter 5.

    >>> [panel.title for panel in painting().panels]
    ['kernel 4, stride 2: even', 'kernel 5, stride 2: uneven']
    """
    return Drawing(_board(4, 1), _board(5, 2))


def _board(kernel: int, padding: int) -> Panel:
    who = reach(kernel, 2, padding)
    counts = (who > 0).sum(0).tolist()
    inside = counts[2:-2]
    even = len(set(inside)) == 1
    size, left, top, row = 28, 56, 52, 25
    panel = Panel(
        f"kernel {kernel}, stride 2: {'even' if even else 'uneven'}",
        f"Five inputs, {len(counts)} outputs. Each input paints {kernel} neighbouring outputs with the weights 0 to "
        f"{kernel - 1} of the kernel, and begins two places to the right of the one before it. From left to right the "
        f"outputs are painted {', '.join(map(str, counts))} times: away from the border "
        + ("twice each." if even else "three times and twice in turns, a checkerboard."),
        top + row * INPUTS + 64,
    )
    panel.text(0, 36, f"each input lays down weights 0 to {kernel - 1}; the rim is cut", "soft", 12)
    for i in range(INPUTS):
        y = top + row * i
        places = who[i].nonzero().flatten().tolist()
        panel.text(0, y + 15, f"*x*_{i}")
        panel.arrow((20, y + 11), (left - 6, y + 11), color="line", head=5)
        panel.cells(left + size * places[0], y, len(places), size, row - 4, "G", "tint")
        digits = "".join(str(weight - 1) for weight in who[i].tolist() if weight)
        panel.letter_by_letter([left + size * (m + 0.5) for m in places], y + 15.5, digits, "G")
    y = top + row * INPUTS + 12
    middles = [left + size * (m + 0.5) for m in range(len(counts))]
    for count in sorted(set(inside)):
        places = [m for m in range(2, len(counts) - 2) if counts[m] == count]
        color, opacity = ("good", 0.25) if even else ("fake", 0.1 if count < max(inside) else 0.35)
        panel.patches([(left + size * m, y, size, 24) for m in places], color, opacity)
    panel.cells(left, y, len(counts), size, 24)
    panel.text(0, y + 16, "painted", "soft", 12)
    panel.letter_by_letter(middles, y + 16.5, "".join(map(str, counts)), weight=600)
    panel.text(0, y + 42, "output", "soft", 12)
    return panel.letter_by_letter(middles, y + 42, "".join(map(str, range(len(counts)))), "soft", 12)

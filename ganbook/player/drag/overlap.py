"""A transposed convolution under the finger: kernel, stride and padding are turned, and the overlap map is drawn."""

from __future__ import annotations

from collections import defaultdict

import torch
from torch.nn.functional import conv_transpose2d

from ganbook import checks
from ganbook.player.drag.mount import FAKE, Drag, picture

INPUTS, SIDE, SHOWN = 6, 300, 16


def overlap(kernel: int = 5, stride: int = 2, padding: int = 0) -> Drag:
    """How many entries of the kernel land on each output of a transposed convolution of 6 x 6 inputs, to be turned.

    kernel: 1 to 6 entries along each axis.
    stride: 1 to 4 places between the windows of neighbouring inputs.
    padding: 0 to 2 places that are cut off at each border.

    Raises: ValueError for a number beyond these.
    Derived in: chapter 5.

    >>> overlap(4, 2, 1)
    Live overlap(The overlap map of a transposed convolution)
    """
    checks.whole("kernel", kernel, 1, 6)
    checks.whole("stride", stride, 1, 4)
    checks.whole("padding", padding, 0, 2)
    state = {"kernel": kernel, "stride": stride, "padding": padding, "input": [2, 2], "output": [6, 5]}
    label = "The overlap map of a transposed convolution"
    return Drag("overlap", label, state, _still(kernel, stride, padding), room=(670, 868))


def counts(kernel: int, stride: int, padding: int) -> torch.Tensor:
    """The map: ones, painted with ones.

    >>> counts(5, 2, 2)[0].int().tolist()      # at the border fewer
    [4, 4, 6, 4, 6, 4, 6, 4, 6, 4, 4]
    """
    ones, weight = (torch.ones(1, 1, size, size, dtype=torch.float64) for size in (INPUTS, kernel))
    return conv_transpose2d(ones, weight, stride=stride, padding=padding)[0, 0]


def _still(kernel: int, stride: int, padding: int) -> str:
    whole = counts(kernel, stride, padding)
    found, most = whole[:SHOWN, :SHOWN].int().tolist(), float(whole.max())  # of a large map a corner: a still is small
    cell, paths = SIDE // len(found), defaultdict(str)
    for y, row in enumerate(found):
        end = {}
        for x, count in enumerate(row):  # a cell is a dash, as thick as it is long; the first of a row says where it is
            move = f"m{cell * (x - end[count])} 0" if count in end else f"M{cell * x} {cell * (y + 0.5):g}"
            paths[count] += f"{move}h{cell}"
            end[count] = x + 1
    dashes = "".join(f'<path d="{d}" stroke-opacity="{0.7 * n / most:.2f}"/>' for n, d in paths.items() if n)
    which = "The" if len(found) == len(whole) else f"The first {SHOWN} by {SHOWN} of"
    words = f"{which} {len(whole)} by {len(whole)} outputs, darker where more of the kernel's entries land"
    size = cell * len(found)
    return picture(size, size, words, f'<g stroke="{FAKE}" stroke-width="{cell}">{dashes}</g>')

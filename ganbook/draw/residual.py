"""R3GAN's residual network: a block that begins as the identity, and the pair that is made of such blocks."""

from __future__ import annotations

import torch
from torch import nn

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel
from ganbook.models import Bottleneck, residual

WIDTH = 32
"""Channels of the drawn block."""


def weights(layer: nn.Module) -> int:
    """Numbers in the weights of a layer, without biases."""
    return sum(p.numel() for name, p in layer.named_parameters() if name.endswith("weight"))


def identity_at_first() -> Drawing:
    """A block with the weights of its layers, counted; and the stages of the pair for 16 pixels.

    Source: Huang et al. 2024, section 4. Derived in: chapter 19.

    >>> [panel.title for panel in identity_at_first().panels]
    ['a block: *x* plus a branch', 'the pair at 16 pixels, no norm']
    """
    with torch.random.fork_rng(devices=[]):  # first weights are drawn, and a drawing must not change what follows
        block = Bottleneck(WIDTH)
        G, D = residual(16, 3, width=WIDTH)
    counts = [weights(layer) for layer in block.modules() if isinstance(layer, nn.Conv2d)]
    return Drawing(_block(counts), _pair(*(sum(p.numel() for p in net.parameters()) for net in (G, D))))


def _block(counts: list[int]) -> Panel:
    told = ", ".join(f"{count:,}" for count in counts)
    panel = Panel(
        "a block: *x* plus a branch",
        f"x of {WIDTH} channels goes two ways: straight on, and through a branch of three convolutions: one by one to "
        f"{2 * WIDTH} channels, three by three in groups of 8, one by one back to {WIDTH}, which is 0 at first. Their "
        f"weights: {told}. At first the sum is x.",
        196,
    )
    middle, top = 96, 34
    panel.box(1, middle - 16, 34, 32, "*x*", "line", size=15)
    panel.arrow((18, middle - 17), (18, top), (315, top), (315, middle - 12), color="line")
    panel.text(166, top - 7, "as it is", "soft", 12, "middle")
    names = ("1 × 1", "3 × 3", "1 × 1")
    notes = (f"{WIDTH} → {2 * WIDTH}", "groups of 8", f"{2 * WIDTH} → {WIDTH}")
    lefts = (52, 138, 224)
    for name, note, left, count in zip(names, notes, lefts, counts, strict=True):
        last = left == lefts[-1]
        color, fill = ("fake", "none") if last else ("D", "tint")  # on a tint the fake's colour is pale
        panel.box(left, middle - 16, 64, 32, name, color, fill, 2.5 if last else 1.5)
        panel.text(left + 32, middle + 34, note, "ink", 12, "middle")
        panel.text(left + 32, middle + 51, f"{count:,}", "soft", 12, "middle")
    panel.arrow((36, middle), (51, middle), color="D", head=5)
    for left in lefts[1:]:
        panel.arrow((left - 21, middle), (left - 1, middle), color="D", head=5)
    panel.text(256, middle - 22, "0 at first", "fake", 12, "middle", 600)
    panel.arrow((289, middle), (304, middle), color="fake", head=5)
    panel.box(306, middle - 10, 20, 20, "+", "line", corner=10)
    plain = 2 * 9 * WIDTH**2
    return panel.text(0, 186, f"weights: {sum(counts):,}; two plain 3 × 3 layers: {plain:,}", "ink", 12)


def _pair(in_g: int, in_d: int) -> Panel:
    sides, maps = (4, 8, 16), (4 * WIDTH, 2 * WIDTH, WIDTH)
    stages = "; ".join(f"{side} by {side} pixels, {count} channels" for side, count in zip(sides, maps, strict=True))
    panel = Panel(
        "the pair at 16 pixels, no norm",
        f"G goes from z to learnt maps of 4 by 4 pixels and doubles twice, one block at each side: {stages}; then to "
        f"RGB. D goes the same way back to one number. G has {in_g:,} parameters, D {in_d:,}.",
        196,
    )
    lefts = (46, 134, 222)
    for row, name, color, count in ((52, "*G*", "G", in_g), (130, "*D*", "D", in_d)):
        first, last = ("*z*", "RGB") if name == "*G*" else ("logit", "RGB")
        panel.box(0, row - 15, 34, 30, first, "line", size=12).box(306, row - 15, 33, 30, last, "line", size=12)
        for left, side, width in zip(lefts, sides, maps, strict=True):
            panel.box(left, row - 18, 72, 36, f"{width} · {side} × {side}", color, size=12)
        ends = [34, *(left + 72 for left in lefts)]
        starts = [*lefts, 306]
        for end, start in zip(ends, starts, strict=True):
            way = ((end + 1, row), (start - 1, row))
            panel.arrow(*(way if name == "*G*" else way[::-1]), color=color, head=5)
        panel.text(46, row + 34, f"{name}: {count:,} parameters", color, 12)
    return panel.text(0, 186, "channels · pixels; one block at each size", "soft", 12)

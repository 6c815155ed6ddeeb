"""A convolutional pair as blocks: every map, and what stands between two of them, counted from the network itself."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import nn

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel
from ganbook.models import dcgan

NAMES = {nn.Linear: "linear", nn.ConvTranspose2d: "transposed conv", nn.Conv2d: "conv"}
CENTRE = 64


@dataclass(frozen=True)
class Layer:
    """A layer with weights and the batch norm behind it: its kind, what comes out, how many parameters the two have."""

    kind: str
    shape: tuple[int, ...]
    parameters: int


def layers(network: nn.Sequential, x: torch.Tensor) -> list[Layer]:
    """What a network does to x, layer by layer.

    >>> G, D = dcgan(64, 3)
    >>> layers(D, torch.zeros(2, 3, 64, 64))[0]
    Layer(kind='conv', shape=(64, 32, 32), parameters=3072)
    """
    found: list[Layer] = []
    network = network.eval()
    for part in network:
        with torch.no_grad():
            x = part(x)
        count = sum(p.numel() for p in part.parameters())
        kind = next((name for known, name in NAMES.items() if isinstance(part, known)), None)
        if kind:
            found.append(Layer(kind, tuple(x.shape[1:]), count))
        elif found:  # a norm belongs to the layer before it; a reshape only says how its output is read
            found[-1] = Layer(found[-1].kind, tuple(x.shape[1:]), found[-1].parameters + count)
    return found


def dcgan_blocks() -> Drawing:
    """G and D of `models.dcgan(64, 3)`, top to bottom: height is the side of a map, length its number of channels.

    Source: Radford et al. 2016, figure 1. Derived in: chapter 5.

    >>> [panel.title for panel in dcgan_blocks().panels]
    ['*G*: 3,583,872 parameters', '*D*: 2,765,568 parameters']
    """
    with torch.random.fork_rng(devices=[]):  # the first weights are drawn, and a drawing must not change what follows
        G, D = dcgan(64, 3)
    z, x = torch.zeros(1, 100), torch.zeros(1, 3, 64, 64)
    return Drawing(
        _column("*G*", layers(G, z), "noise *z*", (100,), "G", "an image"),
        _column("*D*", layers(D, x), "an image", (3, 64, 64), "D", "logit"),
    )


def _column(name: str, found: list[Layer], start: str, shape: tuple[int, ...], color: str, end: str) -> Panel:
    total = sum(layer.parameters for layer in found)
    heights = [_size(s)[1] for s in (shape, *(layer.shape for layer in found))]
    steps = "; ".join(f"{layer.kind}, {layer.parameters:,} parameters, to {_text(layer.shape)}" for layer in found)
    panel = Panel(
        f"{name}: {total:,} parameters",
        f"From top to bottom, {name.strip('*')} begins with {start.replace('*', '')}, {_text(shape)}: {steps}. Blocks "
        f"{'grow taller and thinner' if heights[-1] > heights[0] else 'grow flatter and longer, down to one number'}.",
        30 + sum(heights) + 26 * len(found) + 28,
    )
    y = 28.0
    for k, s in enumerate((shape, *(layer.shape for layer in found))):
        if k:
            layer = found[k - 1]
            panel.arrow((CENTRE, y + 4), (CENTRE, y + 22), color="line", head=5)
            panel.text(140, y + 17, layer.kind, "soft", 12)
            panel.text(338, y + 17, f"{layer.parameters:,}", "soft", 12, "end")
            y += 26
        w, h = _size(s)
        panel.box(CENTRE - w / 2, y, w, h, color=color, width=1, corner=0)
        words = start if k == 0 else end if k == len(found) else ""
        panel.text(140, y + h / 2 + 4.5, f"{words}: {_text(s)}" if words else _text(s))
        y += h
    return panel.text(0, y + 24, "height: side of a map; length: channels", "soft", 12)


def _size(shape: tuple[int, ...]) -> tuple[float, float]:
    """Length and height of a block: 512 channels are 112 long, 64 pixels 56 high."""
    channels, side = shape[0], shape[-1] if len(shape) == 3 else 1
    return max(4.0, channels * 112 / 512), max(5.0, side * 56 / 64)


def _text(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))

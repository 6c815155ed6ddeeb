"""Where a label and the pieces of z go in: G is told them in each block, D projects."""

from __future__ import annotations

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

BLOCKS = 2
"""Blocks of a generator for 16 pixels: 4 to 8, 8 to 16."""

ROW = 108
"""Height of the row of layers."""


def labels_in() -> Drawing:
    """G with a shared embedding of the label and a piece of z for each block; D with a projection of its features.

    Source: Brock et al. 2019, appendix B; Miyato and Koyama 2018, figure 1. Derived in: chapter 17.

    >>> [panel.title for panel in labels_in().panels]
    ['*G* is told at each block', '*D* projects']
    """
    first = Panel(
        "*G* is told at each block",
        "The latent z is cut into three pieces. The first goes through a linear layer to maps of 4 by 4 pixels, then "
        "come two blocks, to 8 by 8 and to 16 by 16, and a picture G(z, y). The label y has one embedding e(y), which "
        "is shared: from it and its own piece of z each block makes the gains and shifts of its batch norms.",
        204,
    )
    first.box(2, ROW - 19, 62, 38, "linear", "G").text(33, ROW + 36, "4 × 4", "soft", 12, "middle")
    for k, (x, size) in enumerate(((96, "8 × 8"), (194, "16 × 16")), start=1):
        first.arrow((x - 30, ROW), (x - 3, ROW), color="G")
        first.box(x, ROW - 19, 68, 38, "block", "G", width=2.5)
        first.box(x + 18, 26, 32, 26, f"*z*_{{{k}}}", "fake", size=14)
        first.arrow((x + 34, 54), (x + 34, ROW - 22), color="fake")
        first.arrow((x + 20, 172), (x + 20, ROW + 22), color="ink")
        first.text(x + 27, ROW + 36, size, "soft", 12)
    first.box(17, 26, 32, 26, "*z*_{0}", "fake", size=14).arrow((33, 54), (33, ROW - 22), color="fake")
    first.arrow((264, ROW), (286, ROW), color="G").box(289, ROW - 15, 30, 30, "", "fake")
    first.text(304, ROW + 36, "*G*(*z*, *y*)", "fake", 13, "middle")
    first.text(34, 192, "*y*", "real", 15, "middle").arrow((44, 187), (86, 187), color="real")
    first.box(88, 174, 154, 27, "*e*(*y*), shared", "ink", size=13)

    second = Panel(
        "*D* projects",
        "A picture x goes through the blocks of D to its features phi(x). Two ways lead on: above, a linear layer psi "
        "that is not told the label; below, the inner product with the embedding of the label y, which is D's own. "
        "Their sum is the output.",
        204,
    )
    second.box(2, ROW - 15, 30, 30, "", "real").text(17, ROW + 34, "*x*", "real", 14, "middle")
    second.arrow((34, ROW), (52, ROW), color="D").box(54, ROW - 19, 64, 38, "blocks", "D", width=2.5)
    second.arrow((120, ROW), (138, ROW), color="D").box(140, ROW - 19, 44, 38, "*φ*(*x*)", "D", size=13)
    second.arrow((186, ROW - 8), (208, 64), color="D").box(210, 44, 64, 32, "*ψ*(*φ*)", "D", size=13)
    second.arrow((186, ROW + 8), (208, 150), color="D").box(210, 136, 64, 32, "⟨*e*(*y*), *φ*⟩", "D", size=13)
    second.text(232, 34, "any label", "soft", 12, "middle")
    second.text(183, 192, "*y*", "real", 15, "middle").arrow((192, 187), (240, 187), (240, 171), color="real")
    second.arrow((276, 62), (305, ROW - 12), color="D").arrow((276, 150), (305, ROW + 12), color="D")
    second.box(300, ROW - 9, 18, 18, "+", "D", corner=9)
    second.text(322, ROW + 5, "*ℓ*", "D", 16)
    return Drawing(first, second)

"""What a cell puts on the page: the place where a small piece is played, and a still of it."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence

import torch

from ganbook import checks
from ganbook.player.front_end import live_front_end
from ganbook.player.small import bundle
from ganbook.studies import dirac

NAMES = {
    "balls": "Balls around neighbours: dots are real, crosses are fakes, a ball reaches to the nearest other dot",
    "dirac": "Dirac-GAN in turns with R1 of 0.3: from (1, −1) the fake θ and the slope ψ of D come to rest at 0",
}
STYLE = (
    ".gbs-still svg{display:block;width:100%;max-width:480px;height:auto}.gbs-still{margin:.6rem 0}"
    "html .bd-content div.cell_output .text_html:has(>.gbs){background:none!important;padding:0!important}"
    # The room that the piece will take in the book, so that the text below stays where it is when the script comes.
    "@media(scripting:enabled){.bd-content .gbs:not([data-ready]){min-height:790px}}"
    "@media(scripting:enabled) and (max-width:560px){.bd-content .gbs:not([data-ready]){min-height:620px}}"
)
REALS = "-2.2 .5 -1.6 1.3 -1.3 .4 -.8 -.5 -.3 .7 .1 -.9 .4 .1 .8 1.2 1.1 -.4 1.7 .6 2.1 -.8 2.5 1.4"
FAKES = "-2 .9 -1.8 .6 -1.7 .9 -1.4 .9 -1.5 .5 -1.1 .7 -1.9 1.2 -1.2 1.1"
"""As in balls.js, x and y of each point in turn."""


class Small:
    """A piece with points to drag, played by the page; made by `drag`."""

    def __init__(self, piece: str) -> None:
        self.piece = piece

    def __repr__(self) -> str:
        return f"Live piece({self.piece!r})"

    def _repr_html_(self) -> str:
        said = html.escape(json.dumps({"piece": self.piece}, separators=(",", ":")), quote=True)
        script = f"<script>{bundle.script()}</script>" if live_front_end() else ""
        words = NAMES[self.piece]
        return (
            f'<div class="gbs" role="group" aria-label="{words.split(":")[0]}" data-lm-suppress-shortcuts="true" '
            f'data-small="{said}"><style>{STYLE}</style><div class="gbs-still">'
            f'<svg viewBox="-320 -210 640 420" role="img" aria-label="{words}" fill="none">'
            f'<rect x="-319.5" y="-209.5" width="639" height="419" stroke="#8a8f98"/>{DRAWN[self.piece]()}</svg>'
            f"<p>{words}. With JavaScript the points can be dragged here.</p></div></div>{script}"
        )


def drag(piece: str) -> Small:
    """A piece for the finger: "balls" (precision, recall, density, coverage) or "dirac" (a path, and two eigenvalues).

    Computed in the page, as ganbook.metrics and ganbook.studies.dirac compute it. Raises: ValueError for another piece.

    >>> drag("balls")
    Live piece('balls')
    """
    checks.one_of("piece", piece, NAMES)
    return Small(piece)


def _balls() -> str:
    from math import dist

    reals, fakes = _points(REALS), _points(FAKES)
    rings = "".join(
        f'<circle cx="{a[0]:.0f}" cy="{a[1]:.0f}" r="{sorted(dist(a, b) for b in reals)[1]:.0f}"/>' for a in reals
    )
    dots = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in reals)
    crosses = "".join(f"M{x - 5:.0f} {y - 5:.0f}l10 10m0-10l-10 10" for x, y in fakes)
    return (
        f'<g fill="#3a86c8" fill-opacity=".1" stroke="#3a86c8">{rings}</g>'
        f'<path d="{dots}" stroke="#3a86c8" stroke-width="9" stroke-linecap="round"/>'
        f'<path d="{crosses}" stroke="#d9622b" stroke-width="3"/>'
    )


def _dirac() -> str:
    way = dirac.simulate(dirac.WithR1(dirac.minimax, 0.3), torch.tensor([[1.0, -1.0]]), 150, d_steps=1)
    path = " ".join(f"{100 * a:.0f} {-100 * b:.0f}" for a, b in way[:, 0].tolist())
    return (
        f'<path d="M{path}" stroke="#d9622b" stroke-width="2.5"/>'
        f'<path d="M0 0h0" stroke="#3a86c8" stroke-width="11" stroke-linecap="round"/>'
    )


def _points(text: str) -> Sequence[tuple[float, float]]:
    numbers = [100 * float(number) for number in text.split()]
    return [(x, -y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


DRAWN = {"balls": _balls, "dirac": _dirac}

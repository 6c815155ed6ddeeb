"""What a cell puts on the page: a still of two densities, with their best judge, and the place where one is drawn."""

from __future__ import annotations

import html
import json
import math
from functools import cache
from typing import Any

from ganbook import checks
from ganbook.player.front_end import live_front_end
from ganbook.player.images import as_images
from ganbook.player.judge import bundle

STYLE = (
    ".gbj-still svg{display:block;width:100%;max-width:480px;height:auto}.gbj-still{margin:.6rem 0}"
    "html .bd-content div.cell_output .text_html:has(>.gbj){background:none!important;padding:0!important}"
    # The room that the judge will take in the book, so that the text below stays where it is when the script comes.
    "@media(scripting:enabled){.bd-content .gbj:not([data-ready]){min-height:750px}}"
    "@media(scripting:enabled) and (max-width:560px){.bd-content .gbj:not([data-ready]){min-height:1010px}}"
)
WIDTH, HEIGHT = 480, 200
FROM, TO = -5.0, 7.0


class Judge:
    """Two densities over which the reader draws D in the page; made by `judge`."""

    def __init__(self, settings: dict[str, Any], name: str) -> None:
        self.settings, self.name = settings, name

    def __repr__(self) -> str:
        return f"Live judge({', '.join(f'{key}={value!r}' for key, value in self.settings.items())})"

    def _repr_html_(self) -> str:
        said = json.dumps({"settings": self.settings, "name": self.name}, separators=(",", ":"))
        live, still = live_front_end(), _still(**self.settings)
        script = f"<script>{bundle.script()}</script>" if live else ""
        return (
            f'<div class="gbj" role="group" aria-label="Be the judge" data-lm-suppress-shortcuts="true" '
            f'data-judge="{html.escape(said, quote=True)}"><style>{STYLE}</style>'
            f'<div class="gbj-still">{as_images(still) if live else still}</div></div>{script}'
        )


def judge(*, name: str = "judge", **settings: Any) -> Judge:
    """Two densities on the line, over which the reader draws the discriminator: how near to the best does a hand come?

    Where D is a probability, V(D) = E_p log D + E_q log(1 - D) stands beside the best, 2 JSD(p, q) - log 4; where it is
    a critic whose slope is at most 1, E_p D - E_q D stands beside W1(p, q). The generator answers along the slope that
    was drawn. Computed in the page on 241 points of the line, and held to ganbook.divergences by the tests.

    name: what stands in the address before a judge that is shared; a second one on a page needs its own.
    settings: data, judge and loss; their choices are those of settings.json.

    Raises: ValueError for another setting or choice, or a name that is not letters.

    >>> judge(data="apart", judge="slope")
    Live judge(data='apart', judge='slope')
    """
    if not (isinstance(name, str) and name.isascii() and name.isalpha()):
        raise ValueError(f"name must be made of the letters a to z, got {name!r}")
    known = _table("settings")
    for key, value in settings.items():
        if key not in known:
            raise ValueError(f"settings must be some of {', '.join(known)}, got {key!r}")
        checks.one_of(key, value, tuple(known[key]["choices"]))
    return Judge(settings, name)


@cache
def _table(name: str) -> dict[str, dict[str, Any]]:
    return json.loads((bundle.HERE / f"{name}.json").read_text(encoding="utf-8"))


def _still(data: str = "bells", judge: str = "probability", **_: str) -> str:
    """p and q as areas, the best probability p/(p+q) as a line, as SVG; in colours that hold on light and dark ground.

    A judge of bounded slope has many best functions, and p/(p+q) is none of them: then p and q stand alone.
    """
    p, q = (_heights(_table("densities")[data][side]) for side in "pq")
    best = [a / (a + b) for a, b in zip(p, q, strict=True)]
    line = f'<path d="{_path(best)}" stroke="#8a8f98" stroke-width="3"/>'
    words, drawn = "Two densities, p of the data and q of the fakes", "a judge"
    if judge == "slope":
        line, drawn = "", "a function of slope at most 1"
    else:
        words += ", and over them the best judge p/(p+q)"
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{words}" fill="none">'
        f'<rect x=".5" y=".5" width="{WIDTH - 1}" height="{HEIGHT - 1}" stroke="#8a8f98"/>'
        f'<path d="{_path(p)}" stroke="#3a86c8" stroke-width="2" fill="#3a86c8" fill-opacity=".25"/>'
        f'<path d="{_path(q)}" stroke="#d9622b" stroke-width="2" fill="#d9622b" fill-opacity=".25"/>'
        f"{line}</svg><p>{words}. With JavaScript {drawn} is drawn here.</p>"
    )


def _heights(mixture: list[list[float]]) -> list[float]:
    places = (FROM + (TO - FROM) * k / 80 for k in range(81))
    return [
        sum(a / s * math.exp(-0.5 * ((x - m) / s) ** 2) for a, m, s in mixture) / math.sqrt(2 * math.pi) + 1e-300
        for x in places
    ]


def _path(heights: list[float]) -> str:
    down = [round(HEIGHT - 4 - v * (HEIGHT - 12)) for v in heights]
    steps = (f"l6 {b - a}" for a, b in zip(down, down[1:], strict=False))
    return f"m0 {down[0]}" + "".join(steps).replace(" -", "-")

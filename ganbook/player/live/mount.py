"""What a cell puts on the page: the still, and the place where the game is played."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from ganbook import checks
from ganbook.player.front_end import live_front_end
from ganbook.player.images import as_images
from ganbook.player.live import bundle

PRESETS: dict[str, tuple[dict[str, Any], ...]] = {
    "ring": ({},),
    "minimax": (
        {"loss": "minimax", "optimizer": "sgd", "rate_d": 0.2, "rate_g": 0.005, "d_steps": 2},
        {"loss": "non-saturating"},
    ),
    "collapse": ({"rate_g": 0.01, "rate_d": 0.001}, {"rate_g": 0.002, "rate_d": 0.008}),
    "clipping": (
        {"loss": "wasserstein", "penalty": "clip", "strength": 0.02, "optimizer": "rmsprop", "d_steps": 5},
        {"penalty": "gp", "strength": 0.1, "optimizer": "adam"},
    ),
    "outcomes": ({"data": "nine", "loss": "realness", "outcomes": 2}, {"outcomes": 20}),
    "race": ({}, {"loss": "relativistic", "penalty": "r1+r2", "strength": 0.01}),
}
"""Where a game begins, by name: what differs from the defaults of settings.json; then what a game beside it changes."""

STYLE = (  # with the heights of ROOM to fill in
    ".gbl-still svg{display:block;width:100%%;max-width:340px;height:auto}.gbl-still{margin:.6rem 0}"
    "html .bd-content div.cell_output .text_html:has(>.gbl){background:none!important;padding:0!important}"
    # The room that the game will take in the book, so that the text below stays where it is when the script comes.
    "@media(scripting:enabled){.bd-content .gbl:not([data-ready]){min-height:%dpx}}"
    "@media(scripting:enabled) and (max-width:560px){.bd-content .gbl:not([data-ready]){min-height:%dpx}}"
)
ROOM = {
    "ring": (903, 1249),
    "minimax": (1084, 1201),
    "collapse": (1084, 1220),
    "clipping": (1084, 1240),
    "outcomes": (1209, 1342),
    "race": (1203, 1380),
}
"""Heights that a preset takes in the book, at 1440 and at 390 px."""
SIDE = 320


class Live:
    """A game that the reader plays in the page, or two side by side; made by `game`."""

    def __init__(self, preset: str, sides: Sequence[Mapping[str, Any]], name: str) -> None:
        self.preset, self.sides, self.name = preset, tuple(map(dict, sides)), name

    def __repr__(self) -> str:
        said = (", ".join(f"{key}={value!r}" for key, value in side.items()) for side in self.sides)
        return f"Live game({' | '.join(said)})"

    def _repr_html_(self) -> str:
        asked = {"settings": self.sides[0], "name": self.name}
        asked |= {"beside": self.sides[1]} if self.sides[1:] else {}
        asked |= {"race": True} if self.preset == "race" else {}
        said = html.escape(json.dumps(asked, separators=(",", ":")), quote=True)
        live, still = live_front_end(), _still(self.preset)
        script = f"<script>{bundle.script()}</script>" if live else ""
        return (
            f'<div class="gbl" role="group" aria-label="Live game" data-lm-suppress-shortcuts="true" '
            f'data-live="{said}"><style>{STYLE % ROOM[self.preset]}</style>'
            f'<div class="gbl-still">{as_images(still) if live else still}</div></div>{script}'
        )


def game(preset: str = "ring", *, name: str = "game", **settings: Any) -> Live:
    """A game that trains in the reader's page: play, half steps, losses, penalties and data to turn, two side by side.

    What the page shows is computed there, by the engine of this package. Where no script runs (on paper, on GitHub) the
    output is a still of the preset, which the same engine has played.

    preset: one of PRESETS; some begin with two games.
    name: what stands in the address before a situation that is shared; a second game on a page needs its own.
    settings: what differs from the preset; the names, choices and ranges are those of settings.json.

    Raises: ValueError for another preset or setting, a value that it does not allow, or a name that is not letters.

    >>> game("ring", loss="hinge", rate_d=0.001)
    Live game(loss='hinge', rate_d=0.001)
    >>> game("race", data="grid")
    Live game(data='grid' | loss='relativistic', penalty='r1+r2', strength=0.01)
    """
    checks.one_of("preset", preset, PRESETS)
    if not (isinstance(name, str) and name.isascii() and name.isalpha()):
        raise ValueError(f"name must be made of the letters a to z, got {name!r}")
    for key, value in settings.items():
        check_setting(key, value)
    first, *beside = PRESETS[preset]
    return Live(preset, [{**first, **settings}, *beside], name)


def check_setting(name: str, value: Any) -> None:
    """Refuse a setting that the engine does not have. Raises: ValueError naming it and what is allowed."""
    known = table()
    if name not in known:
        raise ValueError(f"settings must be some of {', '.join(known)}, got {name!r}")
    setting = known[name]
    if "choices" in setting:
        checks.one_of(name, value, tuple(setting["choices"]))
    elif "least" not in setting:
        checks.text(name, value)
    elif setting.get("whole"):
        checks.whole(name, value, setting["least"], setting["most"])
    else:
        checks.inside(name, value, setting["least"], setting["most"], "(]" if setting.get("above") else "[]")


@cache
def table() -> dict[str, dict[str, Any]]:
    """Every setting by name: its label, its default, and what it allows."""
    return json.loads((bundle.HERE / "settings.json").read_text(encoding="utf-8"))


@cache
def stills() -> dict[str, dict[str, Any]]:
    """Of each preset its round, and of each game the real and the generated points in pixels.

    scripts/make_live_stills.py plays them.
    """
    return json.loads((bundle.HERE / "stills.json").read_text(encoding="utf-8"))


def _still(preset: str) -> str:
    """The plane as SVG: data as dots, generated points as crosses; in colours that hold on light and on dark ground."""
    shown = stills()[preset]
    games = "two live games" if shown["sides"][1:] else "the live game"
    words = f"A still of {games} at round {shown['round']:,}: dots are data, crosses are generated"
    planes = "".join(map(_plane, shown["sides"], range(2)))
    return (
        f'<svg viewBox="0 0 {(SIDE + 12) * len(shown["sides"]) - 12} {SIDE}" role="img" aria-label="{words}" '
        f'fill="none">{planes}</svg><p>{words}. With JavaScript {"they are" if shown["sides"][1:] else "it is"} played '
        f"here.</p>"
    )


def _plane(side: Mapping[str, list[int]], place: int) -> str:
    dots, crosses = _marks(side["real"], "h0"), _marks(side["fakes"], "l5 5m0-5l-5 5", (-2, -2), (0, 5))
    moved = f' transform="translate({(SIDE + 12) * place})"' if place else ""
    return (
        f'<g{moved}><rect x=".5" y=".5" width="{SIDE - 1}" height="{SIDE - 1}" stroke="#8a8f98"/>'
        f'<path d="{dots}" stroke="#3a86c8" stroke-width="5" stroke-linecap="round"/>'
        f'<path d="{crosses}" stroke="#d9622b" stroke-width="1.6"/></g>'
    )


def _marks(points: list[int], mark: str, at: tuple[int, int] = (0, 0), end: tuple[int, int] = (0, 0)) -> str:
    """A path of one mark a point, each reached from the end of the one before: shorter than from the corner."""
    x, y, path = 0, 0, []
    for a, b in zip(points[::2], points[1::2], strict=True):
        path.append(f"m{a + at[0] - x} {b + at[1] - y}{mark}".replace(" -", "-"))
        x, y = a + at[0] + end[0], b + at[1] + end[1]
    return "".join(path)

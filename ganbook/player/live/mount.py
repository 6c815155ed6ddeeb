"""What a cell puts on the page: the still, and the place where the game is played."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from ganbook import checks
from ganbook.player.front_end import live_front_end
from ganbook.player.live import bundle

PRESETS: dict[str, dict[str, Any]] = {
    "ring": {},
    "minimax": {"loss": "minimax", "d_steps": 5, "rate_d": 0.005},
    "r1": {"penalty": "r1", "strength": 0.1, "rate_g": 0.01, "rate_d": 0.01},
    "clipping": {"loss": "wasserstein", "penalty": "clip", "strength": 0.05, "optimizer": "rmsprop", "d_steps": 5},
    "slopes": {"loss": "wasserstein", "penalty": "gp", "strength": 1, "d_steps": 5, "beta1": 0},
    "outcomes": {"data": "nine", "loss": "realness", "outcomes": 20, "objective": 2, "anchors": "far"},
}
"""Where a game begins, by name: what differs from the defaults of settings.json."""

STYLE = (
    ".gbl-still svg{display:block;width:100%;max-width:340px;height:auto}.gbl-still{margin:.6rem 0}"
    "html .bd-content div.cell_output .text_html:has(>.gbl){background:none!important;padding:0!important}"
    # The room that the game will take in the book, so that the text below stays where it is when the script comes.
    "@media(scripting:enabled){.bd-content .gbl:not([data-ready]){min-height:790px}}"
    "@media(scripting:enabled) and (max-width:560px){.bd-content .gbl:not([data-ready]){min-height:1280px}}"
)
SIDE = 320


class Live:
    """A game that the reader plays in the page; made by `game`."""

    def __init__(self, preset: str, settings: Mapping[str, Any], name: str) -> None:
        self.preset, self.settings, self.name = preset, dict(settings), name

    def __repr__(self) -> str:
        said = ", ".join(f"{key}={value!r}" for key, value in self.settings.items())
        return f"Live game({said})"

    def _repr_html_(self) -> str:
        asked = json.dumps({"settings": self.settings, "name": self.name}, separators=(",", ":"))
        script = f"<script>{bundle.script()}</script>" if live_front_end() else ""
        return (
            f'<div class="gbl" role="group" aria-label="Live game" data-lm-suppress-shortcuts="true" '
            f'data-live="{html.escape(asked, quote=True)}">'
            f'<style>{STYLE}</style><div class="gbl-still">{_still(self.preset)}</div></div>{script}'
        )


def game(preset: str = "ring", *, name: str = "game", **settings: Any) -> Live:
    """A game that trains in the reader's page: play, half steps, losses, penalties and data to turn, two side by side.

    What the page shows is computed there, by the engine of this package. Where no script runs (on paper, on GitHub) the
    output is a still of the preset, which the same engine has played.

    preset: one of PRESETS.
    name: what stands in the address before a situation that is shared; a second game on a page needs its own.
    settings: what differs from the preset; the names, choices and ranges are those of settings.json.

    Raises: ValueError for another preset or setting, a value that it does not allow, or a name that is not letters.

    >>> game("ring", loss="hinge", rate_d=0.001)
    Live game(loss='hinge', rate_d=0.001)
    """
    checks.one_of("preset", preset, PRESETS)
    if not (isinstance(name, str) and name.isascii() and name.isalpha()):
        raise ValueError(f"name must be made of the letters a to z, got {name!r}")
    for key, value in settings.items():
        check_setting(key, value)
    return Live(preset, {**PRESETS[preset], **settings}, name)


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
    """Of each preset its round, the real and the generated points in pixels: scripts/make_live_stills.py plays them."""
    return json.loads((bundle.HERE / "stills.json").read_text(encoding="utf-8"))


def _still(preset: str) -> str:
    """The plane as SVG: data as dots, generated points as crosses; in colours that hold on light and on dark ground."""
    shown = stills()[preset]
    words = f"A still of the live game at round {shown['round']:,}: dots are data, crosses are generated"
    dots, crosses = _marks(shown["real"], "h0"), _marks(shown["fakes"], "l5 5m0-5l-5 5", (-2, -2), (0, 5))
    return (
        f'<svg viewBox="0 0 {SIDE} {SIDE}" role="img" aria-label="{words}" fill="none">'
        f'<rect x=".5" y=".5" width="{SIDE - 1}" height="{SIDE - 1}" stroke="#8a8f98"/>'
        f'<path d="{dots}" stroke="#3a86c8" stroke-width="5" stroke-linecap="round"/>'
        f'<path d="{crosses}" stroke="#d9622b" stroke-width="1.6"/></svg>'
        f"<p>{words}. With JavaScript it is played here.</p>"
    )


def _marks(points: list[int], mark: str, at: tuple[int, int] = (0, 0), end: tuple[int, int] = (0, 0)) -> str:
    """A path of one mark a point, each reached from the end of the one before: shorter than from the corner."""
    x, y, path = 0, 0, []
    for a, b in zip(points[::2], points[1::2], strict=True):
        path.append(f"m{a + at[0] - x} {b + at[1] - y}{mark}".replace(" -", "-"))
        x, y = a + at[0] + end[0], b + at[1] + end[1]
    return "".join(path)

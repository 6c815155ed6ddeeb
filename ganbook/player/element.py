"""The HTML player behind Film and explore: pictures, knobs, and the one element that shows them.

The element is plain HTML with its own style and script inside: no kernel, no network, no library. Without
JavaScript (GitHub, an untrusted notebook, a printed page) it is one picture with its alt text, the last or the chosen
one: the controls are hidden until the script shows them, also where style and script are taken out. All of it is ASCII,
so that it reads the same in a file that does not say how its letters are stored. Nothing in it depends on the clock or
on object addresses, and it uses no ids, so the same pictures give the same bytes and the same element may stand twice
on a page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from PIL import Image

from ganbook.player.pictures import enlarged, is_pixel_art


@dataclass(frozen=True)
class Knob:
    """One control: its kind ("range" or "choice"), its label, and the text of each of its positions."""

    kind: str
    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One picture area: an image for each combination of the knobs (the last knob moves fastest), a note below each."""

    images: tuple[Image.Image, ...]
    alt: str
    label: str = ""
    notes: tuple[str, ...] = ()


def element(
    views: Sequence[View],
    knobs: Sequence[Knob],
    blobs: Sequence[Sequence[bytes]],
    *,
    titles: Sequence[str] = (),
    start: Sequence[int] = (),
    fps: float | None = None,
    loop: bool = False,
    pad: bool = False,
) -> str:
    """The self-contained HTML of pictures under one set of knobs; `fps` adds a play button for the first knob."""
    start = list(start) or [0] * len(knobs)
    at = 0
    for knob, position in zip(knobs, start, strict=True):
        at = at * len(knob.texts) + position
    sources = [["data:image/webp;base64," + base64.b64encode(b).decode() for b in some] for some in blobs]
    shown = [
        _figure(view, some[at], titles[at] if titles else "", view.notes[at] if view.notes else None)
        for view, some in zip(views, sources, strict=True)
    ]
    stage = _ascii("".join(shown))
    for some in sources:
        some[at] = ""  # the script takes it from the <img>: no picture stands twice in the page
    data = {
        "frames": sources,
        "sizes": [len(k.texts) for k in knobs],
        "texts": [k.texts for k in knobs],
        "titles": list(titles),
        "alts": [v.alt for v in views],
        "notes": [v.notes for v in views if v.notes],
        "start": start,
        "fps": fps,
        "loop": loop,
    }
    payload = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    name = "gbp-" + hashlib.sha256((stage + payload).encode()).hexdigest()[:10]
    film = fps is not None
    controls = _ascii(_film_bar(knobs[0], start[0], titles) if film else _knob_panel(knobs, start, name, pad))
    count = math.prod(data["sizes"])
    kind = f"Film of {count} frames" if film else f"Pictures to explore, {count} in all"
    return (
        f'<div class="gbp{" gbp-film" if film else " gbp-explore"}" role="group" aria-label="{kind}" '
        f'data-gbp="{name}" data-lm-suppress-shortcuts="true">'
        f"<style>{asset('player.css')}</style>"
        f'<div class="gbp-stage">{stage}</div>{controls}'
        f'<script type="application/json">{payload}</script>'
        f"<script>{asset('player.js')}</script></div>"
    )


def _ascii(markup: str) -> str:
    return markup.encode("ascii", "xmlcharrefreplace").decode()


def _figure(view: View, source: str, title: str, note: str | None) -> str:
    image = view.images[0]
    scale = enlarged(image)
    caption = f'<figcaption class="gbp-label">{html.escape(view.label)}</figcaption>' if view.label else ""
    below = "" if note is None else f'<div class="gbp-note">{html.escape(note)}</div>'
    alt = html.escape(view.alt + (f" ({title})" if title else ""), quote=True)
    return (
        f'<figure class="gbp-view">{caption}'
        f'<img class="gbp-img dark-light{" gbp-pixels" if is_pixel_art(image) else ""}" alt="{alt}" src="{source}" '
        f'width="{image.width * scale}" height="{image.height * scale}" decoding="sync">{below}</figure>'
    )


PLAY = '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path fill="currentColor" d="{}"/></svg>'


def _film_bar(knob: Knob, at: int, titles: Sequence[str]) -> str:
    width = max((len(t) for t in titles), default=0)
    title = html.escape(titles[at]) if titles else ""
    wide = " gbp-wide" if width > 16 else ""
    return (
        f'<div class="gbp-bar{wide}" hidden><button type="button" class="gbp-play" aria-label="Play">'
        f"{PLAY.format('M8 5.2v13.6L19 12z')}</button>"
        f"{_range(knob, at)}"
        f'<span class="gbp-title" style="min-width:{min(width, 16)}ch">{title}</span></div>'
    )


def _range(knob: Knob, at: int) -> str:
    last = len(knob.texts) - 1
    fill = f"{100 * at / max(last, 1):g}%"
    return (
        f'<input type="range" class="gbp-range" min="0" max="{last}" step="1" value="{at}" data-knob '
        f'aria-label="{html.escape(knob.label, quote=True)}" '
        f'aria-valuetext="{html.escape(knob.texts[at], quote=True)}" style="--p:{fill}">'
    )


def _knob_panel(knobs: Sequence[Knob], start: Sequence[int], name: str, pad: bool) -> str:
    parts = []
    if pad:
        x, y = (html.escape(k.label) for k in knobs)
        parts.append(
            f'<div class="gbp-padbox" aria-hidden="true"><span class="gbp-y">{y}</span>'
            f'<div class="gbp-pad"><i class="gbp-dot"></i></div><span class="gbp-x">{x}</span></div>'
        )
    rows = []
    for i, (knob, at) in enumerate(zip(knobs, start, strict=True)):
        label = html.escape(knob.label)
        if knob.kind == "range":
            width = max(len(t) for t in knob.texts)
            rows.append(
                f'<div class="gbp-row"><span class="gbp-name">{label}</span>{_range(knob, at)}'
                f'<span class="gbp-value" style="min-width:{width}ch">{html.escape(knob.texts[at])}</span></div>'
            )
        else:
            pills = "".join(
                f'<label class="gbp-pill"><input type="radio" name="{name}-{i}" value="{j}"'
                f"{' checked' if j == at else ''}><span>{html.escape(text)}</span></label>"
                for j, text in enumerate(knob.texts)
            )
            rows.append(
                f'<fieldset class="gbp-set" data-knob><legend class="gbp-name">{label}</legend>'
                f'<div class="gbp-pills">{pills}</div></fieldset>'
            )
    parts.append(f'<div class="gbp-rows">{"".join(rows)}</div>')
    return f'<div class="gbp-panel" hidden>{"".join(parts)}</div>'


@cache
def asset(name: str) -> str:
    lines = (resources.files("ganbook.player") / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(s for s in map(str.strip, lines) if s and not s.startswith(("//", "/*")))

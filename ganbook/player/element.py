"""The HTML player behind Film and explore: pictures, knobs, and the one element that shows them.

The element is plain HTML with its own style and script inside: no kernel, no network, no library. Without
JavaScript (GitHub, an untrusted notebook, a printed page) it is one picture with its alt text, the last or the chosen
one. Nothing in it depends on the clock or on object addresses, and it uses no ids, so the same pictures give the same
bytes and the same element may stand twice on a page.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import torch
from PIL import Image

from ganbook import checks
from ganbook.data.images import encode

GAP = 40
"""Grey level of the lines between the samples of a grid: visible against black digits, calm in dark mode."""

QUALITIES = (80, 60, 40, 25)
"""WebP qualities tried in turn until the pictures fit their budget."""


@dataclass(frozen=True)
class Knob:
    """One control: its kind ("range" or "choice"), its label, and the text of each of its positions."""

    kind: str
    label: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One picture area: an image for each combination of the knobs (the last knob moves fastest)."""

    images: tuple[Image.Image, ...]
    alt: str
    label: str = ""


def array(values: Any, name: str) -> np.ndarray:
    """A float32 copy on the CPU of a tensor or array, checked to be finite.

    Raises: ValueError naming `name` for what is no numeric array, and for nan or infinity.
    """
    if hasattr(values, "detach"):
        values = values.detach().cpu()
        values = values.float().numpy()  # bfloat16 has no numpy type
    try:
        out = np.array(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} must be a tensor or an array of numbers, got {type(values).__name__}") from error
    if not np.isfinite(out).all():
        bad = int((~np.isfinite(out)).sum())
        raise ValueError(f"{name} must be finite, got {bad} nan or infinite values among {out.size}")
    return out


def pixels(images: Any, name: str = "images") -> np.ndarray:
    """Images as bytes: [-1, 1] -> 0..255, (n, c, h, w) -> (n, h, w, c).

    Raises: ValueError naming `name` for another shape, another range, nan, or no image at all.

    >>> pixels(np.array([[[[-1.0, 0.0, 1.0]]]])).ravel().tolist()
    [0, 128, 255]
    """
    if np.ndim(images) != 4:
        shape = tuple(np.shape(images))
        raise ValueError(f"{name} must be of shape (n, 1 or 3, height, width), got {shape}{_hint(shape)}")
    x = checks.images(name, torch.from_numpy(array(images, name)), (1, 3))
    return encode(x).numpy().transpose(0, 2, 3, 1)


def contact_sheet(images: Any, ncol: int | None = None, gap: int = 2, name: str = "images") -> Image.Image:
    """All images of a batch in one picture, row by row, `ncol` a row (default: as square as possible).

    >>> contact_sheet(np.zeros((64, 1, 28, 28))).size  # 8 * 28 + 7 * 2
    (238, 238)
    """
    x = pixels(images, name)
    n, h, w, c = x.shape
    ncol = min(n, math.ceil(math.sqrt(n)) if ncol is None else checks.whole("ncol", ncol))
    nrow = math.ceil(n / ncol)
    sheet = np.full((nrow * (h + gap) - gap, ncol * (w + gap) - gap, c), GAP, np.uint8)
    for i in range(n):
        top, left = (i // ncol) * (h + gap), (i % ncol) * (w + gap)
        sheet[top : top + h, left : left + w] = x[i]
    return Image.fromarray(sheet[:, :, 0] if c == 1 else sheet)


def picture(drawn: Any, ncol: int | None = None, name: str = "frame") -> Image.Image:
    """Whatever can be shown, as a picture: an image batch, a matplotlib figure or axes (closed after), a PIL image.

    Raises: ValueError naming `name` for anything else.
    """
    if isinstance(drawn, Image.Image):
        return drawn.convert("L" if drawn.mode in ("1", "L") else "RGB")
    figure = getattr(drawn, "figure", None) or drawn
    if hasattr(figure, "savefig"):
        return _rendered(figure)
    if hasattr(drawn, "shape"):
        return contact_sheet(drawn, ncol, name=name)
    raise ValueError(
        f"{name} must be an image batch (n, 1 or 3, height, width), a matplotlib figure or axes, or a PIL image, "
        f"got {type(drawn).__name__}" + (": does the function end in `return ax`?" if drawn is None else "")
    )


def enlarged(image: Image.Image) -> int:
    """How many screen pixels one pixel of a sample grid takes, to be about 480 wide; a lone sample, about 320."""
    return max(1, round((476 if image.width > 64 else 320) / image.width)) if is_pixel_art(image) else 1


def is_pixel_art(image: Image.Image) -> bool:
    """Small pictures are sample grids: they are enlarged pixel by pixel, never smoothed."""
    return image.width < 300


def _webp(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.convert("RGB").save(buffer, "webp", **options)
    return buffer.getvalue()


def fitted(images: Sequence[Image.Image], budget: int, qualities: Sequence[int] = QUALITIES) -> tuple[list[bytes], int]:
    """The pictures as WebP at the best of `qualities` at which they take at most `budget` bytes of HTML; that weight.

    Each picture is kept without loss where that is the smaller form, as it is for line drawings and clean digits.
    Where no quality fits, the lowest is returned: the caller compares the weight with its budget.
    """
    exact = [_webp(image, lossless=True, quality=20, method=2) for image in images]
    for quality in qualities:
        blobs = [
            min(_webp(image, quality=quality, method=4), best, key=len)
            for image, best in zip(images, exact, strict=True)
        ]
        total = sum(map(weight, blobs))
        if total <= budget:
            break
    return blobs, total


def weight(blob: bytes) -> int:
    """Characters that a picture takes in base64.

    >>> weight(b"1234")
    8
    """
    return 4 * math.ceil(len(blob) / 3)


def png(image: Image.Image) -> bytes:
    """A picture as PNG, enlarged as on the page: for live widgets, whose CSS is not ours."""
    scale = enlarged(image)
    if scale > 1:
        image = image.resize((image.width * scale, image.height * scale), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    image.save(buffer, "png", compress_level=3)
    return buffer.getvalue()


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
    stage = "".join(
        _figure(view, some[at], titles[at] if titles else "") for view, some in zip(views, sources, strict=True)
    )
    for some in sources:
        some[at] = ""  # the script takes it from the <img>: no picture stands twice in the page
    data = {
        "frames": sources,
        "sizes": [len(k.texts) for k in knobs],
        "texts": [k.texts for k in knobs],
        "titles": list(titles),
        "alts": [v.alt for v in views],
        "start": start,
        "fps": fps,
        "loop": loop,
    }
    payload = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    name = "gbp-" + hashlib.sha256((stage + payload).encode()).hexdigest()[:10]
    film = fps is not None
    controls = _film_bar(knobs[0], start[0], titles) if film else _knob_panel(knobs, start, name, pad)
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


def _figure(view: View, source: str, title: str) -> str:
    image = view.images[0]
    scale = enlarged(image)
    caption = f'<figcaption class="gbp-label">{html.escape(view.label)}</figcaption>' if view.label else ""
    alt = html.escape(view.alt + (f" ({title})" if title else ""), quote=True)
    return (
        f'<figure class="gbp-view">{caption}'
        f'<img class="gbp-img dark-light{" gbp-pixels" if is_pixel_art(image) else ""}" alt="{alt}" src="{source}" '
        f'width="{image.width * scale}" height="{image.height * scale}" decoding="sync"></figure>'
    )


PLAY = '<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true"><path fill="currentColor" d="{}"/></svg>'


def _film_bar(knob: Knob, at: int, titles: Sequence[str]) -> str:
    width = max((len(t) for t in titles), default=0)
    title = html.escape(titles[at]) if titles else ""
    wide = " gbp-wide" if width > 16 else ""
    return (
        f'<div class="gbp-bar{wide}"><button type="button" class="gbp-play" aria-label="Play">'
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
    return f'<div class="gbp-panel">{"".join(parts)}</div>'


def _rendered(figure: Any) -> Image.Image:
    import matplotlib.pyplot as plt
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())[:, :, :3].copy())
    plt.close(figure)
    return image


def _hint(shape: tuple[int, ...]) -> str:
    if len(shape) == 2 and math.isqrt(shape[1]) ** 2 == shape[1] and shape[1] > 4:
        side = math.isqrt(shape[1])
        return f"; flat images become a batch with .reshape(-1, 1, {side}, {side})"
    return "; one image becomes a batch with x[None]" if len(shape) == 3 else ""


@cache
def asset(name: str) -> str:
    lines = (resources.files("ganbook.player") / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(s for s in map(str.strip, lines) if s and not s.startswith(("//", "/*")))

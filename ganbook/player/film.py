"""Film: the animated sample grid, one self-contained HTML element that the reader can pause and step through."""

from __future__ import annotations

import io
import math
import os
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from ganbook import checks
from ganbook.files import write_whole
from ganbook.player import element as player
from ganbook.player import pictures

CARD, REAL_PALE, FAKE, FRAME = "#fbfaf7", "#9fc6e0", "#c24f00", "#d5cfc2"
POINTS = 360
"""Width and height in pixels of a frame of points."""


class Film:
    """Frames added in a loop, shown as one HTML element with a play button, a slider and alt text.

        film = plot.Film(alt="64 digits that the generator draws from the same z as it learns")
        for step in every(100, train(game, data.digits(), rounds=2_000)):
            film.add(step.sample(64), title=f"round {step.n}")
        film

    alt: what is to be seen, in one sentence.
    fps: frames a second, in (0, 30].
    ncol: samples a row (default: as square as possible).
    bounds: for points, half the width of the plane shown, or (x0, x1, y0, y1); by default all points fit.
    real: for points, samples of the data, drawn pale behind every frame.
    loop: play on and on instead of once.
    budget: bytes of HTML that the pictures may take: WebP quality goes down from 80 to 25 until they fit, and where
        they still do not, every second frame is left out (never the last), and the film runs as much slower.

    The film plays once when it comes into view and rests on its last frame; it never starts by itself under
    `prefers-reduced-motion`, and pauses where it leaves the view or the slider is touched. A page of derivations is no
    place for motion that does not end, but a reader who scrolls to a film came to see it move, and WCAG 2.2.2 is kept
    by the pause button. It needs no kernel, no network and no ffmpeg, and the same frames give the same bytes.

    Raises: ValueError for a bad argument, and where an empty film is shown or saved.

    >>> film = Film(fps=4)
    >>> film.add(np.zeros((64, 1, 28, 28)), title="round 100")
    >>> len(film), film
    (1, Film(1 frame))
    """

    def __init__(
        self,
        alt: str = "Samples of the generator, from the same z, as training goes on",
        fps: float = 8,
        ncol: int | None = None,
        *,
        bounds: float | Sequence[float] | None = None,
        real: Any = None,
        loop: bool = False,
        budget: int = 800_000,
    ) -> None:
        self.alt = checks.text("alt", alt)
        self.fps, self.loop = checks.inside("fps", fps, 0, 30, "(]"), checks.flag("loop", loop)
        self.ncol = None if ncol is None else checks.whole("ncol", ncol)
        self.bounds = None if bounds is None else corners(bounds)
        self.real = None if real is None else points(real, "real")
        self.budget = checks.whole("budget", budget, 1_000)
        self.titles: list[str] = []
        self.notes: list[str] = []
        self._frames: list[Image.Image | np.ndarray] = []
        self._pictures: tuple[Image.Image, ...] = ()
        self._html = ""

    def add(self, frame: Any, title: str = "", note: str = "") -> None:
        """One more frame: images (n, 1 or 3, h, w) in [-1, 1], points (n, 2), a matplotlib figure, or a PIL image.

        Samples are copied, so later changes do not reach the film; a matplotlib figure is drawn and closed.

        note: a few words under the frame. Films side by side share the titles of the first, and each has its own notes.

        Raises: ValueError for another shape or range, nan, or a frame of another kind or size than the first.
        """
        for name, text in (("title", title), ("note", note)):
            if not isinstance(text, str) or "\n" in text:
                raise ValueError(f"{name} must be one line of text, got {text!r}")
        if hasattr(frame, "shape") and len(frame.shape) == 2 and frame.shape[1] == 2:
            new: Image.Image | np.ndarray = points(frame, "frame")
        else:
            new = pictures.picture(frame, self.ncol, "frame")
        if self._frames:
            first = self._frames[0]
            if isinstance(first, np.ndarray) != isinstance(new, np.ndarray):
                raise ValueError("frame must be of the same kind as the first: points and pictures do not mix")
            if isinstance(new, Image.Image) and new.size != first.size:
                raise ValueError(f"frame must be as large as the first, {first.size}, got {new.size} pixels")
        self._frames.append(new)
        self.titles.append(title)
        self.notes.append(note)
        self._pictures, self._html = (), ""

    def __len__(self) -> int:
        return len(self._frames)

    def __repr__(self) -> str:
        return f"Film({len(self)} frame{'' if len(self) == 1 else 's'})"

    @property
    def pictures(self) -> tuple[Image.Image, ...]:
        """The frames as PIL images.

        Raises: ValueError for an empty film.
        """
        if not self._frames:
            raise ValueError("film has no frames: call film.add(step.sample(64), title=...) in the loop, then show it")
        if not self._pictures:
            if isinstance(self._frames[0], np.ndarray):
                bounds = self.bounds or around([*self._frames, *([] if self.real is None else [self.real])])
                self._pictures = tuple(scatter(frame, self.real, bounds) for frame in self._frames)
            else:
                self._pictures = tuple(self._frames)
        return self._pictures

    def _repr_html_(self) -> str:
        if not self._html:
            self._html = _element([self], [""], self.budget)
        return self._html

    def save(self, path: str | os.PathLike) -> None:
        """Write an animation, .gif or .webp, that holds its last frame for 1.5 s; whole or not at all.

        Frames equal to the one before are merged with it by the format, the time they last is kept.

        Raises: ValueError for another suffix or an empty film, OSError where the file cannot be written.
        """
        _save(path, self.pictures, self.fps)


class Films:
    """Several films under one play button and one slider; made by `films`."""

    def __init__(self, parts: Sequence[Film], labels: Sequence[str], budget: int = 1_000_000) -> None:
        self.parts, self.labels, self.budget = tuple(parts), tuple(labels), checks.whole("budget", budget, 1_000)
        self._html = ""

    def __len__(self) -> int:
        return len(self.parts[0])

    def __repr__(self) -> str:
        return f"Films({len(self.parts)} films of {len(self)} frame{'' if len(self) == 1 else 's'})"

    def _repr_html_(self) -> str:
        if not self._html:
            self._html = _element(self.parts, self.labels, self.budget)
        return self._html

    def save(self, path: str | os.PathLike) -> None:
        """Write the films side by side, as Film.save does; labels and notes are not drawn.

        Raises: as Film.save.
        """
        sheets = []
        for row in zip(*(part.pictures for part in self.parts), strict=True):
            sheet = Image.new("RGB", (sum(p.width for p in row) + 8 * (len(row) - 1), max(p.height for p in row)), CARD)
            left = 0
            for p in row:
                sheet.paste(p, (left, 0))
                left += p.width + 8
            sheets.append(sheet)
        _save(path, sheets, self.parts[0].fps)


def films(*parts: Film, labels: Sequence[str], budget: int = 1_000_000) -> Films:
    """Two or more films side by side under one control, frame by frame: the same z through different recipes.

    Titles and speed are those of the first.

    labels: a short name for each film, shown above it.
    budget: as for Film, for all of them together.

    Raises: ValueError for fewer than two films, films of different lengths, or as many labels as films are not given.

    >>> a, b = Film(), Film()
    >>> for film in (a, b):
    ...     film.add(np.zeros((4, 1, 8, 8)), title="round 1")
    >>> films(a, b, labels=["minimax", "hinge"])
    Films(2 films of 1 frame)
    """
    for part in parts:
        checks.instance("parts", part, Film, "films")
    if len(parts) < 2:
        raise ValueError(f"films needs at least two films, got {len(parts)}")
    lengths = [len(part) for part in parts]
    if len(set(lengths)) != 1:
        raise ValueError(f"films must be equally long, got {lengths} frames")
    if not isinstance(labels, (list, tuple)) or len(labels) != len(parts):
        raise ValueError(f"labels must name each of the {len(parts)} films, got {labels!r}")
    return Films(parts, [checks.text("labels", label) for label in labels], budget)


def points(values: Any, name: str) -> np.ndarray:
    """A checked copy of points (n, 2). Raises: ValueError naming `name`."""
    x = pictures.array(values, name)
    if x.ndim != 2 or x.shape[1] != 2 or len(x) == 0:
        raise ValueError(f"{name} must be points of shape (n, 2), got {x.shape}")
    return x


def corners(bounds: float | Sequence[float]) -> tuple[float, float, float, float]:
    """(x0, x1, y0, y1) of a plane given by half its width, or by its corners. Raises: ValueError naming bounds.

    >>> corners(2)
    (-2.0, 2.0, -2.0, 2.0)
    """
    try:
        out = tuple(map(float, bounds)) if isinstance(bounds, Sequence) else (-float(bounds), float(bounds)) * 2
        good = len(out) == 4 and all(map(math.isfinite, out)) and out[0] < out[1] and out[2] < out[3]
    except (TypeError, ValueError):
        good = False
    if not good:
        raise ValueError(f"bounds must be positive, or (x0, x1, y0, y1) with x0 < x1 and y0 < y1, got {bounds!r}")
    return out


def around(clouds: Sequence[np.ndarray]) -> tuple[float, float, float, float]:
    """The square around all points, with some air: half the width that contains 99.5 % of each coordinate's size."""
    half = max(float(np.quantile(np.abs(cloud), 0.995)) for cloud in clouds)
    half = max(1.15 * half, 1e-3)
    return (-half, half, -half, half)


def scatter(fake: np.ndarray, real: np.ndarray | None, bounds: Sequence[float]) -> Image.Image:
    """A frame of points, drawn at three times its size and reduced: much faster than a matplotlib figure."""
    fine = 3 * POINTS
    image = Image.new("RGB", (fine, fine), CARD)
    draw = ImageDraw.Draw(image)
    for cloud, color, radius in ((real, REAL_PALE, 6), (fake, FAKE, 7)):
        if cloud is None:
            continue
        x = (cloud[:, 0] - bounds[0]) / (bounds[1] - bounds[0]) * fine
        y = (bounds[3] - cloud[:, 1]) / (bounds[3] - bounds[2]) * fine
        edge = CARD if cloud is fake else None  # a pale rim keeps points apart where they crowd
        for a, b in zip(np.round(x).tolist(), np.round(y).tolist(), strict=True):
            if -radius < a < fine + radius and -radius < b < fine + radius:
                draw.ellipse((a - radius, b - radius, a + radius, b + radius), fill=color, outline=edge, width=2)
    draw.rectangle((0, 0, fine - 1, fine - 1), outline=FRAME, width=3)
    return image.resize((POINTS, POINTS), Image.Resampling.BOX)


def _element(parts: Sequence[Film], labels: Sequence[str], budget: int) -> str:
    first, count = parts[0], len(parts[0])
    blobs, weight = pictures.fitted([picture for part in parts for picture in part.pictures], budget)
    kept, step = list(range(count)), 1
    while weight > budget and len(kept) > 2:
        step *= 2
        kept = list(range(count - 1, -1, -step))[::-1]  # the last frame always stays
        weight = sum(pictures.weight(blobs[p * count + i]) for p in range(len(parts)) for i in kept)
    texts = tuple(first.titles[i] or f"frame {i + 1} of {count}" for i in kept)
    views = [
        player.View(part.pictures, part.alt, label, tuple(part.notes[i] for i in kept) if any(part.notes) else ())
        for part, label in zip(parts, labels, strict=True)
    ]
    shown = [[blobs[p * count + i] for i in kept] for p in range(len(parts))]
    return player.element(
        views,
        [player.Knob("range", "Frame", texts)],
        shown,
        titles=texts,
        start=[len(kept) - 1],
        fps=first.fps / step,
        loop=first.loop,
    )


def _save(path: str | os.PathLike, frames: Sequence[Image.Image], fps: float) -> None:
    target = pathlib.Path(path)
    kind = target.suffix.lower()
    if kind not in (".gif", ".webp"):
        raise ValueError(f"path must end in .gif or .webp, got {target.name!r}")
    durations = [max(20, round(1000 / fps))] * len(frames)
    durations[-1] = max(1500, durations[-1])
    body = io.BytesIO()
    frames[0].save(body, kind[1:], save_all=True, append_images=list(frames[1:]), duration=durations, loop=0)
    write_whole(target, body.getvalue(), "film")

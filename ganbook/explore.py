"""Knobs for the reader to turn: precomputed pictures on the page, the real network where a kernel is alive.

    explore.slider(draw, np.linspace(0, 1, 21), label="t", alt="a 3 that turns into an 8 along a line in z")

`draw` is called for each position at once, in the cell, and the pictures go into one self-contained HTML element: that
is all the rendered book, GitHub and `make run` ever see. Where a reader sits before a live Jupyter, VS Code or Colab, a
button stands below it, in an output of its own; it brings an ipywidgets panel which calls `draw` again with the value
under the reader's hand, between the precomputed ones too. The reader edits nothing.

Why two outputs: a front end prefers a widget to the HTML beside it, and a widget ends with its kernel. In a notebook
that was saved and is opened again, the pictures stand, and below them that the panel is gone.

Why the button is not always there: Sphinx shows nothing of a saved widget, GitHub refuses notebooks with saved widget
state, and nbval would compare neither. So a live front end must prove itself: Jupyter server names the notebook in
JPY_SESSION_NAME, VS Code in the user's namespace, Colab by its module, and all three answer `input()`, which nbclient,
nbval, nbconvert, papermill and pytest do not. GANBOOK_STATIC=1 (set by `make run` and `make nbval`) rules all out,
GANBOOK_LIVE=1 forces the button, and `.live()` returns the panel wherever it is called.

ipywidgets 7.7.1 and 8 alike: the panel uses only Image, sliders, ToggleButtons, Label and boxes, and never `interact`,
whose saved form is a slider that moves and a picture that does not.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np

from ganbook import checks
from ganbook.player import element as player
from ganbook.player import knobs as checked
from ganbook.player import pictures
from ganbook.player.drag import anchors, balls, dirac, overlap, transport
from ganbook.player.front_end import live_front_end, same_randomness
from ganbook.player.hand import hand
from ganbook.player.judge import judge
from ganbook.player.live import game

__all__ = [
    "BUDGET",
    "Explore",
    "anchors",
    "balls",
    "choices",
    "dirac",
    "game",
    "hand",
    "judge",
    "overlap",
    "pad",
    "slider",
    "transport",
]

BUDGET = 600_000
"""Bytes of HTML that the pictures of one panel may take."""


class Explore:
    """Pictures under knobs; made by slider, pad and choices."""

    def __init__(
        self,
        draw: Callable[..., Any],
        knobs: Sequence[player.Knob],
        values: Sequence[Sequence[Any]],
        *,
        alt: str,
        start: Sequence[int],
        between: bool,
        quality: int | None,
        ncol: int | None,
        budget: int,
        pad: bool = False,
    ) -> None:
        checks.function("draw", draw, "a function of the knob's value")
        checks.whole("budget", budget, 1_000)
        if quality is not None:
            checks.whole("quality", quality, 1, 100)
        self.draw, self.knobs, self.values = draw, tuple(knobs), tuple(tuple(v) for v in values)
        self.alt, self.start, self.between, self.ncol, self.pad = checks.text("alt", alt), start, between, ncol, pad
        began = time.perf_counter()
        self.pictures = tuple(self._picture(*point) for point in itertools.product(*self.values))
        self._slow = (time.perf_counter() - began) / len(self.pictures) > 0.08
        if len({p.size for p in self.pictures}) != 1:
            raise ValueError(f"draw must give pictures of one size, got {sorted({p.size for p in self.pictures})}")
        qualities = pictures.QUALITIES if quality is None else (quality,)
        self._blobs, weight = pictures.fitted(self.pictures, budget, qualities)
        if weight > budget:
            raise ValueError(
                f"the {len(self.pictures)} pictures take {weight} bytes, over the budget of {budget}: use "
                f" fewer positions, a smaller figure, or a lower quality"
            )
        self._panel: Any = None

    def __repr__(self) -> str:
        return f"Explore({' x '.join(str(len(v)) for v in self.values)} pictures)"

    def __len__(self) -> int:
        return len(self.pictures)

    def html(self) -> str:
        """The static form: one element that needs no kernel and no network."""
        titles = [
            ", ".join(f"{k.label} {k.texts[i]}" for k, i in zip(self.knobs, at, strict=True))
            for at in itertools.product(*(range(len(k.texts)) for k in self.knobs))
        ]
        view = player.View(self.pictures, self.alt)
        return player.element([view], self.knobs, [self._blobs], titles=titles, start=self.start, pad=self.pad)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/plain": repr(self), "text/html": self.html()}

    def _ipython_display_(self) -> None:
        if not live_front_end():
            raise NotImplementedError  # IPython then asks for the bundle
        from IPython.display import display

        display(self._repr_mimebundle_(), raw=True)
        with suppress(Exception):  # the pictures stand, whatever ails the widgets of this front end
            display(self._offer())

    def _offer(self) -> Any:
        """A button that makes place for the live panel."""
        import ipywidgets as w

        button = w.Button(description="Draw anew with the kernel", layout=w.Layout(width="auto"))
        place = w.VBox([button])
        button.on_click(lambda _: setattr(place, "children", [self.live()]))
        return place

    def live(self) -> Any:
        """The ipywidgets panel, which calls `draw` at the value chosen; the same panel at each call.

        Raises: ImportError where ipywidgets is not installed.
        """
        if self._panel is None:
            self._panel = self._build()
        return self._panel

    def _picture(self, *point: Any) -> Any:
        with same_randomness():
            return pictures.picture(self.draw(*point), self.ncol, "what draw returns")

    def _build(self) -> Any:
        import ipywidgets as w

        controls = [self._control(w, i) for i in range(len(self.knobs))]
        first = self.pictures[0]
        wide = first.width * pictures.enlarged(first)
        image = w.Image(format="png", layout=w.Layout(width=f"{wide}px", max_width="100%", object_fit="contain"))
        note = w.Label("")

        def redraw(change: Any = None) -> None:
            point = [self._value(i, control) for i, control in enumerate(controls)]
            try:
                drawn = self._picture(*point)
            except Exception as error:
                note.value = f"draw{tuple(point)} failed: {error}"
                return
            note.value = ""
            image.value = pictures.png(drawn)

        for control in controls:
            control.observe(redraw, names="value")
        redraw()
        return w.VBox([image, *controls, note])

    def _control(self, w: Any, i: int) -> Any:
        knob, values, at = self.knobs[i], self.values[i], self.start[i]
        look = {
            "description": knob.label,
            "style": {"description_width": "initial"},
            "layout": w.Layout(width="auto", max_width="40em"),
        }
        if knob.kind == "choice":
            return w.ToggleButtons(options=[(text, j) for j, text in enumerate(knob.texts)], value=at, **look)
        calm = {"continuous_update": not self._slow}
        if not (self.between and checked.numbers(values) and checked.rising(values)):
            return w.SelectionSlider(options=[(text, j) for j, text in enumerate(knob.texts)], value=at, **look, **calm)
        if all(isinstance(v, (int, np.integer)) for v in values):
            return w.IntSlider(min=int(values[0]), max=int(values[-1]), value=int(values[at]), **look, **calm)
        low, high = float(values[0]), float(values[-1])
        return w.FloatSlider(
            min=low, max=high, step=(high - low) / 200, value=float(values[at]), readout_format=".3g", **look, **calm
        )

    def _value(self, i: int, control: Any) -> Any:
        """What the control says, as `draw` expects it: a position for lists, a number for number lines."""
        return self.values[i][control.value] if hasattr(control, "options") else control.value


def slider(
    draw: Callable[..., Any],
    values: Any,
    label: str = "z",
    *,
    alt: str,
    texts: Sequence[str] | None = None,
    start: int | None = None,
    between: bool = True,
    quality: int | None = None,
    ncol: int | None = None,
    budget: int = BUDGET,
) -> Explore:
    """One slider over `draw(value)` for each of `values`.

    draw: value -> image batch (n, 1 or 3, h, w) in [-1, 1], matplotlib figure or axes, or PIL image, all of one size.
        It draws from no random state that others use: torch's, numpy's and Python's are put back after each call.
    values: at least two.
    label: what the slider changes.
    alt: what is to be seen.
    texts: how to write each value, by default to three digits.
    start: the position shown first, by default the middle one.
    between: the live panel may also call draw at numbers between the given ones.
    quality: WebP quality 1..100, by default the best of 80, 60, 40, 25 that fits the budget.
    ncol: images a row, by default as square as possible.
    budget: bytes of HTML that the pictures may take.

    Raises: ValueError for a bad argument, for what draw returns, and for pictures over `budget` bytes.

    >>> slider(lambda v: np.full((1, 1, 8, 8), v), [-1.0, 0.0, 1.0], label="grey", alt="a grey square, dark to light")
    Explore(3 pictures)
    """
    knob, some = checked.range_knob(values, label, "values", texts)
    at = [checked.position(start, len(some))]
    return Explore(draw, [knob], [some], alt=alt, start=at, between=between, quality=quality, ncol=ncol, budget=budget)


def pad(
    draw: Callable[..., Any],
    xs: Any,
    ys: Any,
    labels: tuple[str, str] = ("z1", "z2"),
    *,
    alt: str,
    start: tuple[int, int] | None = None,
    between: bool = True,
    quality: int | None = None,
    ncol: int | None = None,
    budget: int = BUDGET,
) -> Explore:
    """A small plane to move in, over `draw(x, y)` for each x of `xs` and y of `ys`; two sliders serve the keyboard.

    xs, ys: rising numbers, x to the right and y upwards.
    labels: of the two axes.

    The rest as for `slider`.

    Raises: as slider.

    >>> pad(lambda x, y: np.full((1, 1, 8, 8), x * y), [-1, 0, 1], [-1, 1], alt="a grey square")
    Explore(3 x 2 pictures)
    """
    if not isinstance(labels, (list, tuple)) or len(labels) != 2:
        raise ValueError(f"labels must be two texts, got {labels!r}")
    (kx, vx), (ky, vy) = checked.range_knob(xs, labels[0], "xs"), checked.range_knob(ys, labels[1], "ys")
    for name, some in (("xs", vx), ("ys", vy)):
        if not (checked.numbers(some) and checked.rising(some)):
            raise ValueError(f"{name} must be rising numbers, got {some}")
    if start is not None and (not isinstance(start, (list, tuple)) or len(start) != 2):
        raise ValueError(f"start must be two positions, got {start!r}")
    at = start or (None, None)
    where = [checked.position(at[0], len(vx)), checked.position(at[1], len(vy))]
    return Explore(
        draw,
        [kx, ky],
        [vx, vy],
        alt=alt,
        start=where,
        between=between,
        quality=quality,
        ncol=ncol,
        budget=budget,
        pad=True,
    )


def choices(
    draw: Callable[..., Any],
    options: Any,
    label: str = "",
    *,
    alt: str,
    start: int | Sequence[int] = 0,
    quality: int | None = None,
    ncol: int | None = None,
    budget: int = BUDGET,
) -> Explore:
    """Buttons, one of which is down, over `draw(option)`; several rows of them over `draw(first, second, ...)`.

    options: a sequence under one `label`, as in `["minimax", "non-saturating"]`; or, without a label, a mapping from
    each row's label to its sequence, as in `{"loss": ["minimax", "hinge"], "steps of D": [1, 5]}`, drawn for all
    combinations. The rest as for `slider`.

    Raises: as slider.

    >>> choices(lambda loss, steps: np.zeros((1, 1, 8, 8)), {"loss": ["a", "b"], "steps": [1, 5]}, alt="a square")
    Explore(2 x 2 pictures)
    """
    if isinstance(options, Mapping):
        if label:
            raise ValueError("label must be left out where options maps labels to sequences")
        rows = dict(options)
    else:
        rows = {checks.text("label", label): options}
    knobs, values = [], []
    for name, some in rows.items():
        listed = checked.listed(some, "options")
        knobs.append(player.Knob("choice", checks.text("label", name), checked.written(listed, None)))
        values.append(listed)
    starts = [start] * len(rows) if isinstance(start, int) else start
    if not isinstance(starts, (list, tuple)) or len(starts) != len(rows):
        raise ValueError(f"start must give a position for each of {len(rows)} rows, got {start!r}")
    at = [checked.position(s, len(v)) for s, v in zip(starts, values, strict=True)]
    return Explore(draw, knobs, values, alt=alt, start=at, between=False, quality=quality, ncol=ncol, budget=budget)

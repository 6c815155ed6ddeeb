"""The pictures of the book: they take an axes, return it, and never call show. And the library's code, shown.

plot.style()
fig, ax = plt.subplots()
plot.curves(run.history, ax=ax)
plt.show()
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from importlib import resources
from types import SimpleNamespace
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython import get_ipython
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from ganbook import checks
from ganbook.models import still
from ganbook.player import pictures
from ganbook.player.film import Film, Films, corners, films
from ganbook.player.film import around as _around
from ganbook.player.film import points as _points
from ganbook.player.history import by_name
from ganbook.player.source import source
from ganbook.player.table import Table, table


class _Colors(SimpleNamespace):
    """Named colours that cannot be changed by accident."""

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("the colours of the book are fixed: pass color= to matplotlib instead")


_colors = _Colors.__new__(_Colors)
_colors.__dict__.update(real="#0072B2", fake="#C24F00", D="#2B2F36", G="#A6537B", card="#FBFAF7", ink="#23262B")

COLORS = _colors
"""real, fake, D, G: one colour for each player throughout the book; card and ink: the paper and the text.

Blue, vermilion, black and purple after Okabe and Ito, darkened until each can also be read as text (contrast at least
4.5 on the card) and tells apart from the others without red, green or blue cones (tests/test_plot.py).
"""

REALNESS = LinearSegmentedColormap.from_list("realness", ["#D9783A", "#F3C9A6", "#FBFAF7", "#A9CFE8", "#3E93C8"])
"""From a tint of fake (score 0) over the card (1/2) to a tint of real (1): samples in full colour stand out."""


@functools.cache
def _fonts() -> None:
    """Make the book's letters, which come with the library, known to matplotlib."""
    for weight in ("Regular", "Bold"):
        with resources.as_file(resources.files("ganbook.player") / "fonts" / f"SourceSans3-{weight}.otf") as path:
            font_manager.fontManager.addfont(path)


def style() -> None:
    """From here on, matplotlib draws as the book does: call it once, in the first cell.

    >>> style()
    >>> plt.rcParams["figure.dpi"]
    110.0
    """
    _fonts()
    with resources.as_file(resources.files("ganbook") / "ganbook.mplstyle") as path:
        plt.style.use(path)
    shell = get_ipython()
    if hasattr(shell, "kernel") and plt.get_backend().lower() == "agg":  # MPLBACKEND=Agg: no figure would be shown
        shell.run_line_magic("matplotlib", "inline")


def grid(images: Any, ncol: int | None = None, ax: Axes | None = None, title: str = "") -> Axes:
    """All images of a batch on one contact sheet, in whole pixels.

    images: (n, 1 or 3, h, w) in [-1, 1].
    ncol: images a row, by default as square as possible.

    Raises: ValueError for another shape or range, or nan.

    >>> ax = grid(torch.zeros(64, 1, 28, 28))
    >>> ax.images[0].get_array().shape
    (238, 238)
    """
    checks.instance("title", title, str, "a text")
    sheet = pictures.contact_sheet(images, ncol)
    checks.like("ax", ax, "imshow", "axes of matplotlib")
    if ax is None:
        ratio = sheet.height / sheet.width
        wide = min(4.4, 4.4 / ratio)
        ax = plt.subplots(figsize=(wide, wide * ratio + (0.35 if title else 0)))[1]
    ax.imshow(np.asarray(sheet), cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_axis_off()
    if title:
        ax.set_title(title)
    return ax


def curves(
    history: Mapping[str, Any] | Sequence[Mapping[str, Any]],
    keys: Sequence[str] | None = None,
    ax: Axes | None = None,
    smooth: int = 1,
    xlabel: str = "round",
    ylabel: str = "loss",
) -> Axes:
    """Each player's loss, round by round.

    D is dark and solid, G purple and dashed, in all chapters.

    history: name -> sequence (Run.history), or one mapping for each round. An entry named "round" gives the x axis;
        without one, rounds count from 1.
    keys: which to draw, by default all.
    smooth: draw the mean of that many rounds, with the raw curve pale behind it.

    Raises: ValueError for an unknown key, an empty history, curves of different lengths, smooth < 1.

    >>> ax = curves({"D": [1.4, 1.3], "G": [0.7, 0.9]})
    >>> [line.get_label() for line in ax.lines]
    ['D', 'G']
    """
    columns = by_name(history)
    smooth = checks.whole("smooth", smooth)
    x = columns.pop("round", None)
    names = list(columns) if keys is None else list(checks.instance("keys", keys, (list, tuple), "a list of names"))
    for name in names:
        checks.one_of("keys", name, columns)
    if not names or not len(columns[names[0]]):
        raise ValueError("history must hold at least one curve with one value, got none")
    lengths = {name: len(columns[name]) for name in names}
    x = np.arange(1, len(columns[names[0]]) + 1) if x is None else x
    if set(lengths.values()) != {len(x)}:
        raise ValueError(f"history must hold curves of one length, got {lengths} for {len(x)} rounds")
    checks.like("ax", ax, "plot", "axes of matplotlib")
    ax = plt.subplots()[1] if ax is None else ax
    for name in names:
        known = {"D": {"color": COLORS.D}, "G": {"color": COLORS.G, "linestyle": (0, (4, 1.4))}}.get(name, {})
        y = columns[name]
        if smooth > 1 and len(y) >= smooth:
            line = ax.plot(x, y, linewidth=0.8, alpha=0.25, label="_raw", **{**known, "linestyle": "-"})[0]
            y = np.convolve(y, np.full(smooth, 1 / smooth), mode="valid")
            ax.plot(x[smooth - 1 :], y, label=name, **{"color": line.get_color(), **known})
        else:
            ax.plot(x, y, label=name, **known)
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.margins(x=0.02)
    if len(names) > 1:
        ax.legend(loc="best")
    return ax


def points(
    real: Any = None, fake: Any = None, ax: Axes | None = None, bounds: float | Sequence[float] | None = None
) -> Axes:
    """Samples in the plane: data blue and round, the generator's vermilion and crossed, so that colour is not needed.

    real, fake: (n, 2), either may be left out.
    bounds: as for Film.

    Raises: ValueError for another shape, nan, or no points at all.

    >>> ax = points(torch.zeros(3, 2), torch.ones(3, 2), bounds=2)
    >>> [float(x) for x in ax.get_xlim()]
    [-2.0, 2.0]
    """
    clouds = {name: _points(x, name) for name, x in (("real", real), ("fake", fake)) if x is not None}
    if not clouds:
        raise ValueError("real or fake must be given, got neither")
    checks.like("ax", ax, "plot", "axes of matplotlib")
    if ax is None:
        ax = plt.subplots(figsize=(4.4, 4.4))[1]
    if "real" in clouds:
        ax.scatter(*clouds["real"].T, s=16, color=COLORS.real, alpha=0.55, linewidths=0, label="real", zorder=2)
    if "fake" in clouds:
        ax.scatter(
            *clouds["fake"].T,
            s=22,
            color=COLORS.fake,
            alpha=0.8,
            marker="x",
            linewidths=1.4,
            zorder=3,
            label="generated",
        )
    x0, x1, y0, y1 = corners(bounds) if bounds is not None else _around(list(clouds.values()))
    ax.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal")
    ax.grid(visible=False)
    if len(clouds) == 2:
        legend = ax.legend(
            loc="upper right",
            frameon=True,
            framealpha=0.9,
            facecolor=COLORS.card,
            edgecolor="none",
            handletextpad=0.2,
            borderaxespad=0.3,
        )
        for handle in legend.legend_handles:
            handle.set_alpha(1)
    return ax


def field(
    D: torch.nn.Module | Callable[[torch.Tensor], torch.Tensor],
    ax: Axes | None = None,
    bounds: float | Sequence[float] = 2.0,
    real: Any = None,
    fake: Any = None,
    *,
    sigmoid: bool = True,
    score: Callable[[torch.Tensor], torch.Tensor] | None = None,
    resolution: int = 120,
    bar: bool = True,
) -> Axes:
    """What D says of each point of the plane, as a heat map, with samples on top.

    D is left as it was: no gradient, no batch statistics, the same mode.

    D: points (n, 2) -> raw outputs (n, 1).
    bounds: as for Film.
    real, fake: samples (n, 2) on top.
    sigmoid: show D(x) = sigmoid(output) in [0, 1], blue where D says real and vermilion where it says fake; False shows
        the raw critic value, which is no probability, in the same colours over its own range.
    score: outputs (n, k) -> (n), such as `loss.score`, needed where D has several outputs.
    resolution: points a side.
    bar: with a colour bar.

    Raises: ValueError for outputs that are not one number a point, nan, or a bad plane.

    >>> ax = field(lambda x: x[:, :1], bounds=1, resolution=3)
    >>> ax.images[0].get_array()[0].round(2).tolist()  # sigmoid(-1), sigmoid(0), sigmoid(1)
    [0.27, 0.5, 0.73]
    """
    x0, x1, y0, y1 = plane = corners(bounds)
    resolution = checks.whole("resolution", resolution, 2)
    x, y = np.meshgrid(np.linspace(x0, x1, resolution), np.linspace(y0, y1, resolution))
    z = _scores(D, np.stack([x.ravel(), y.ravel()], 1).astype(np.float32), score).reshape(resolution, resolution)
    checks.flag("sigmoid", sigmoid)
    checks.flag("bar", bar)
    checks.like("ax", ax, "plot", "axes of matplotlib")
    if ax is None:
        ax = plt.subplots(figsize=(5.4 if bar else 4.4, 4.4))[1]
    if sigmoid:
        shown = 0.5 * (1 + np.tanh(z / 2))  # sigmoid that does not overflow
        mapped = ax.imshow(shown, cmap=REALNESS, vmin=0, vmax=1, extent=plane, origin="lower", interpolation="bilinear")
    else:
        mapped = ax.imshow(z, cmap=REALNESS, extent=plane, origin="lower", interpolation="bilinear")
    mapped.set_zorder(1)
    if real is not None or fake is not None:
        if fake is not None:  # a pale halo keeps the crosses apart from a ground of their own colour
            ax.scatter(*_points(fake, "fake").T, s=30, color=COLORS.card, marker="x", linewidths=3.4, zorder=2.5)
        points(real, fake, ax, plane)
        for dots in ax.collections:
            dots.set(alpha=1)
            if dots.get_label() == "real":
                dots.set(edgecolor=COLORS.card, linewidth=0.7, sizes=[22])
    ax.set(xlim=(x0, x1), ylim=(y0, y1), aspect="equal")
    ax.grid(visible=False)
    if bar:
        colorbar = ax.figure.colorbar(mapped, ax=ax, shrink=0.85, pad=0.02)
        colorbar.outline.set_visible(False)
        colorbar.set_label("D(x): 0 = fake, 1 = real" if sigmoid else "raw output of D")
    return ax


def _scores(D: Any, x: np.ndarray, score: Callable[[torch.Tensor], torch.Tensor] | None) -> np.ndarray:
    checks.function("D", D, "a network or a function of points (n, 2)")
    if score is not None:
        checks.function("score", score, "a function of D's outputs, such as loss.score")
    networks = [D] if isinstance(D, torch.nn.Module) else []
    at = next((weight for D in networks for weight in D.parameters()), torch.empty(0))
    with torch.no_grad(), still(*networks):
        out = D(torch.from_numpy(x).to(at.device, at.dtype))
        out = score(out) if score is not None else out
    if not isinstance(out, torch.Tensor):
        raise ValueError(f"D must give a tensor, one number a point, got {type(out).__name__}")
    if out.numel() != len(x):
        raise ValueError(
            f"D must give one number a point, got outputs of shape {tuple(out.shape)} for {len(x)} "
            f"points; pass score=loss.score where D has several outputs"
        )
    return pictures.array(out, "the output of D").astype(np.float64).reshape(-1)


__all__ = [
    "COLORS",
    "REALNESS",
    "Film",
    "Films",
    "Table",
    "curves",
    "field",
    "films",
    "grid",
    "points",
    "source",
    "style",
    "table",
]

"""The one table of the book: HTML on the page, aligned columns in a terminal, the same numbers in both.

The HTML needs no kernel, no network and no library. Its heads sort the rows where there is JavaScript; without it, it
is a plain table. It has no ids and nothing in it depends on the clock, so the same rows give the same bytes.
"""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from ganbook.player.element import asset

WIDTH = 88
"""Characters in a line of caption and footnote, where the table is shown as text."""

BLANK, MINUS = "\u2007", "\u2212"
"""A space as wide as a digit, and a minus as wide as a plus: so a column stays aligned in the fonts of a page."""

Format = str | Callable[[Any], str]
"""".2f" and the like; ".0%" for shares; "" for four digits; or a function of the value."""


@dataclass(frozen=True)
class Table:
    """What `table` makes; a notebook shows it as HTML, a terminal as text.

    columns: the heads.
    cells: the rows, as text; the numbers of a column are padded, by BLANK, to one width.
    right: for each column, whether it stands on the right.
    """

    columns: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]
    caption: str = ""
    footnote: str = ""

    def __repr__(self) -> str:
        lines = [self.columns, *self.cells]
        widths = [max(len(line[k]) for line in lines) for k in range(len(self.columns))]
        body = [
            "  ".join(
                cell.rjust(width) if right else cell.ljust(width)
                for cell, width, right in zip(line, widths, self.right, strict=True)
            ).rstrip()
            for line in lines
        ]
        above = [*textwrap.wrap(self.caption, WIDTH), ""] if self.caption else []
        below = ["", *textwrap.wrap(self.footnote, WIDTH)] if self.footnote else []
        return "\n".join([*above, *body, *below]).replace(BLANK, " ")

    def _repr_html_(self) -> str:
        named = html.escape(self.caption or "Table", quote=True)
        note = f'<p class="gbt-note">{html.escape(self.footnote)}</p>' if self.footnote else ""
        rows = "".join(self._row(line, "row") for line in self.cells)
        return (
            f'<div class="gbt"><style>{asset("table.css")}</style>'
            f'<div class="gbt-scroll" role="group" tabindex="0" aria-label="{named}"><table class="gbt-table">'
            f"{f'<caption>{named}</caption>' if self.caption else ''}"
            f"<thead>{self._row(self.columns, 'col')}</thead><tbody>{rows}</tbody></table></div>"
            f"{note}<script>{asset('table.js')}</script></div>"
        )

    def _row(self, line: Sequence[str], scope: str) -> str:
        """A row of HTML; the heads of columns and rows are <th>, but for an empty one, which heads nothing."""
        out = []
        for k, (cell, right) in enumerate(zip(line, self.right, strict=True)):
            shown = html.escape(re.sub(r"-(?=[\d.i])", MINUS, cell) if right and scope == "row" else cell)
            heads = cell and (scope == "col" or k == 0)
            left = ' class="l"' if k and not right else ""
            out.append(f'<th scope="{scope}"{left}>{shown}</th>' if heads else f"<td{left}>{shown}</td>")
        return f"<tr>{''.join(out)}</tr>"


def table(
    rows: Iterable[Mapping[str, Any] | Sequence[Any]],
    columns: Mapping[str, Format] | Sequence[str] | None = None,
    *,
    caption: str = "",
    footnote: str = "",
) -> Table:
    """A table with a head for each column and, in the first column, one for each row.

    rows: each a mapping from column to value, or the values in the order of `columns`. A value is a text, a number, an
        interval (what metrics.interval returns, or three numbers: mean, low, high), or None for nothing. nan is shown
        as "nan".
    columns: the names; or name -> format, such as ".2f", "+.1f", ".0%", or a function of the value that returns a text.
        Without a format numbers have four digits. By default the keys of the first row.
    caption: one line above the table.
    footnote: one line below it.

    Numbers stand on the right, intervals as "mean [low, high]", texts on the left, unless all of a column begin with a
    digit ("3 of 5"). A column of marks is a column of texts.

    Raises: ValueError for rows that do not have the columns, a value of another kind, a format that is none.

    >>> table([{"": "GAN", "modes": 7, "distance": 0.5}, {"": "WGAN", "modes": 8, "distance": 12}], {"distance": ".1f"})
    Traceback (most recent call last):
    ...
    ValueError: rows must each have the columns ['distance'], row 0 has ['', 'modes', 'distance']
    >>> table([["GAN", 7, 0.5], ["WGAN", 8, 12]], {"": "", "modes": "", "distance": ".1f"}, footnote="Made up.")
          modes  distance
    GAN       7       0.5
    WGAN      8      12.0
    <BLANKLINE>
    Made up.
    """
    for name, said in (("caption", caption), ("footnote", footnote)):
        if not isinstance(said, str) or "\n" in said:
            raise ValueError(f"{name} must be one line of text, got {said!r}")
    lines, formats = _lines(rows, columns)
    shown = [_column(name, form, [line[k] for line in lines], k) for k, (name, form) in enumerate(formats.items())]
    cells = tuple(zip(*(texts for texts, _ in shown), strict=True))
    return Table(tuple(formats), cells, tuple(right for _, right in shown), caption, footnote)


def _lines(rows: Any, columns: Any) -> tuple[list[list[Any]], dict[str, Format]]:
    """The values row by row, and the format of each column."""
    if isinstance(rows, (str, Mapping)) or not isinstance(rows, Iterable) or not (rows := list(rows)):
        raise ValueError(f"rows must be mappings or sequences of values, at least one, got {rows!r}")
    if columns is None:
        if not isinstance(rows[0], Mapping):
            raise ValueError("columns must be given where rows are no mappings")
        columns = list(rows[0])
    if isinstance(columns, str) or not isinstance(columns, Iterable) or not (names := list(columns)):
        raise ValueError(f"columns must be names, or map names to formats, at least one, got {columns!r}")
    if not all(isinstance(name, str) for name in names) or len(set(names)) != len(names):
        raise ValueError(f"columns must be different texts, got {names!r}")
    lines = []
    for i, row in enumerate(rows):
        if isinstance(row, Mapping):
            if set(row) != set(names):
                raise ValueError(f"rows must each have the columns {names}, row {i} has {list(row)}")
            lines.append([row[name] for name in names])
        elif isinstance(row, str) or not isinstance(row, Sequence) or len(row) != len(names):
            raise ValueError(f"rows must each have {len(names)} values, row {i} is {row!r}")
        else:
            lines.append(list(row))
    return lines, dict(columns) if isinstance(columns, Mapping) else dict.fromkeys(names, "")


def _column(name: str, form: Format, values: list[Any], k: int) -> tuple[list[str], bool]:
    """The texts of a column, and whether it stands on the right."""
    cells = [_cell(value, form, f"row {i}, column {name!r}", name) for i, value in enumerate(values)]
    widths = [max((len(c[j]) for c in cells if len(c) > j + 1), default=0) for j in range(3)]
    texts = []
    for cell in cells:
        if len(cell) == 1:
            texts.append(cell[0])
        else:
            mean, low, high, unit = cell
            mean, low, high = (part.rjust(w, BLANK) for part, w in zip((mean, low, high), widths, strict=True))
            texts.append(f"{mean}{unit} [{low}, {high}]")
    filled = [text for text in texts if text.strip()]
    digits = all(re.match(rf"{BLANK}*[+-]?(\d|\.\d|nan|inf)", text) for text in filled)
    return texts, bool(k and filled and digits)


def _cell(value: Any, form: Format, where: str, name: str) -> tuple[str, ...]:
    """(text,) of a text or a number, (mean, low, high, unit) of an interval."""
    if value is None:
        return ("",)
    if callable(form):
        value = form(value)
        if not isinstance(value, str):
            raise ValueError(f"columns: the function of {name!r} must return a text, got {value!r}")
    if isinstance(value, str):
        if "\n" in value:
            raise ValueError(f"rows must hold texts of one line, got {value!r} in {where}")
        return (value,)
    if isinstance(value, bool):
        return ("yes" if value else "no",)
    unit = " %" if form.endswith("%") else ""
    if all(hasattr(value, part) for part in ("mean", "low", "high")):
        value = (value.mean, value.low, value.high)
    if isinstance(value, (tuple, list)) and len(value) == 3:
        return *(_number(x, form, where, name) for x in value), unit
    return (_number(value, form, where, name) + unit,)


def _number(value: Any, form: str, where: str, name: str) -> str:
    try:
        whole = isinstance(value, Integral)
        number = int(value) if whole and not form else float(value)
    except (TypeError, ValueError, RuntimeError) as error:
        kinds = "texts, numbers, intervals or None"
        raise ValueError(f"rows must hold {kinds}, got {value!r} in {where}") from error
    if not math.isfinite(number):
        return str(number)
    try:
        if form.endswith("%"):
            number, form = 100 * number, form[:-1] + "f"
        said = format(number, form or ("d" if whole else ".4g"))
        zero = not said.strip("-+0.")
        return format(0.0, form) if zero and form else said
    except ValueError as error:
        raise ValueError(f"columns must have formats such as '.2f', got {form!r} for {name!r}") from error

"""`python -m ganbook.draw [NAME ...]`: the drawings on one page, by day and by night, on a desk and on a phone."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable, Sequence

from ganbook.draw import DRAWINGS, Drawing

PLACES = {
    "desk, day": (782, "light"),
    "desk, night": (782, "dark"),
    "phone, day": (358, "light"),
    "phone, night": (358, "dark"),
}
GROUND = {"light": "#fff;color:#1d2229", "dark": "#15181d;color:#e4e6ea"}


def page(drawings: Sequence[Callable[[], Drawing]], book: pathlib.Path | None = None) -> str:
    """All drawings in all places. book: the folder of the book's theme, whose fonts and colours are then used."""
    sheets = ("colours", "type", "cells") if book else ()
    links = "".join(f'<link rel="stylesheet" href="{(book / "css" / name).as_uri()}.css">' for name in sheets)
    parts = []
    for make in drawings:
        html = make()._repr_html_()
        for place, (width, theme) in PLACES.items():
            parts.append(
                f'<section class="bd-article" data-drawing="{make.__name__}" data-place="{place}" '
                f'style="background:{GROUND[theme]};padding:8px;font-family:sans-serif">'
                f'<div style="width:{width}px">{html}</div></section>'
            )
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Drawings</title>{links}{"".join(parts)}</html>'


def main(names: Sequence[str]) -> None:
    known = {make.__name__: make for make in DRAWINGS}
    for name in names:
        if name not in known:
            raise SystemExit(f"There is no drawing {name!r}; there are: {', '.join(known)}")
    target = pathlib.Path("build/drawings.html")
    target.parent.mkdir(exist_ok=True)
    target.write_text(page([known[name] for name in names] or DRAWINGS), encoding="utf-8")
    print(f"Open {target} in a browser.")


if __name__ == "__main__":
    main(sys.argv[1:])

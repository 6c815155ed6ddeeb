"""Write what the page on the data shows: `python scripts/make_data_page.py` makes book/data/*.png and book/data/*.md.

Walls of the first faces in the order in which they are handed out, unselected, and the counts of every attribute.
tests/test_data_page.py makes both again and compares.
"""

import pathlib
import sys

from ganbook import data
from ganbook.player.pictures import contact_sheet

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "book" / "data"
WALLS = {"pixel": (24, 10, 2), "drawn": (12, 5, 4)}  # columns, rows, white pixels between two faces


def wall(style):
    """The first faces of the training set as one picture, without the white of the last column and row."""
    columns, rows, gap = WALLS[style]
    return contact_sheet(data.faces(style=style, device="cpu").x[: columns * rows], columns, gap)


def told(values, counts):
    """The values of an attribute and how many faces have each: written out, or as a range where they are numbered."""
    if values[0] == "none" and values[1].isdigit():
        return f"none {counts[0]:,} · {told(values[1:], counts[1:])}"
    low, high = min(counts), max(counts)
    each = f"{low:,} each" if low == high else f"{low:,} to {high:,} each"
    if any(value[-1].isdigit() for value in values):
        return f"{len(values)} kinds, {each}"
    if high - low <= 0.03 * high:
        return f"{', '.join(values)}: {each}"
    return " · ".join(f"{value} {count:,}" for value, count in zip(values, counts, strict=True))


def counts(style):
    """A Markdown table: each attribute, and how many faces of both parts have each of its values."""
    parts = [data.faces(style=style, split=split, device="cpu") for split in ("train", "test")]
    lines = ["| attribute | faces to train on | held out |", "|---|---|---|"]
    for name, values in parts[0].attributes.items():
        ours, theirs = (told(values, x.column(name).bincount(minlength=len(values)).tolist()) for x in parts)
        lines.append(f"| {name.replace('_', ' ')} | {ours} | {theirs.split(': ')[-1]} |")
    return "\n".join(lines) + "\n"


def main(folder=FOLDER):
    folder.mkdir(parents=True, exist_ok=True)
    for style in WALLS:
        wall(style).save(folder / f"{style}.png", optimize=True)
        (folder / f"{style}.md").write_text(counts(style), encoding="utf-8")


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))

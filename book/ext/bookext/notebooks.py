"""What the committed notebooks say of themselves: number, claims, measured cost. Standard library only."""

from __future__ import annotations

import json
import pathlib
import re
from dataclasses import dataclass

CHAPTER = re.compile(r"(?:^|/)(\d\d)_[a-z0-9_]+$")
MARK = "✓ "


@dataclass(frozen=True)
class Chapter:
    """One written chapter, read from its notebook."""

    number: int
    docname: str  # notebooks/01_minimax_game
    title: str
    claims: tuple[tuple[str, str], ...]  # (heading above the cell, sentence)
    cost: dict[str, object]  # metadata.ganbook, written by `make run`: seconds, cores, machine


def chapter_number(docname: str) -> int | None:
    """The number a document carries in its file name, or None.

    >>> chapter_number("notebooks/06_measuring"), chapter_number("book/intro")
    (6, None)
    """
    found = CHAPTER.search(docname)
    return int(found.group(1)) if found else None


def _text(part: object) -> str:
    return "".join(part) if isinstance(part, list) else str(part or "")


def claims_of(cells: list[dict]) -> list[tuple[str, str]]:
    """Every line of stdout that claim() printed, with the heading it stands under, in reading order."""
    heading, found = "", []
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            fenced = False
            for line in _text(cell["source"]).splitlines():
                if line.lstrip().startswith(("```", ":::")):
                    fenced = not fenced if line.lstrip().startswith("```") else fenced
                match = None if fenced else re.match(r"#{2,4}\s+(.+?)\s*$", line)
                if match:
                    heading = match.group(1)
        for output in cell.get("outputs", []):
            if output.get("output_type") == "stream" and output.get("name") == "stdout":
                found += [
                    (heading, line[len(MARK) :].strip())
                    for line in _text(output.get("text")).splitlines()
                    if line.startswith(MARK)
                ]
    return found


def read(path: pathlib.Path) -> Chapter:
    """Read one notebook of notebooks/."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    title = path.stem
    for cell in notebook["cells"]:
        match = re.search(r"^#\s+(.+?)\s*$", _text(cell["source"]), re.M) if cell["cell_type"] == "markdown" else None
        if match:
            title = match.group(1)
            break
    docname = f"notebooks/{path.stem}"
    return Chapter(
        chapter_number(docname) or 0,
        docname,
        title,
        tuple(claims_of(notebook["cells"])),
        dict(notebook.get("metadata", {}).get("ganbook") or {}),
    )


def all_chapters(root: pathlib.Path) -> list[Chapter]:
    """Every notebook of the book that exists, in order."""
    return [read(path) for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


def duration(seconds: float) -> str:
    """A measured time in words.

    >>> duration(42.3), duration(194)
    ('42 seconds', '3 minutes 14 seconds')
    """
    minutes, rest = divmod(round(float(seconds)), 60)
    parts = [f"{minutes} minute{'s' * (minutes != 1)}"] * bool(minutes)
    parts += [f"{rest} second{'s' * (rest != 1)}"] * bool(rest or not minutes)
    return " ".join(parts)

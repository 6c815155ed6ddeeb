"""What the committed notebooks say of themselves: number, claims, measured cost. Standard library only."""

from __future__ import annotations

import hashlib
import json
import pathlib
import re
from dataclasses import dataclass

CHAPTER = re.compile(r"(?:^|/)(\d\d)_[a-z0-9_]+$")
# What claim() prints: one tick, or two where the claim matters most; the sentence; in brackets what was measured and
# what was asked, or of which kind the claim is.
CLAIM = re.compile(
    r"✓(?P<key>✓?) (?P<sentence>\S.*?)"
    r"(?:  \[(?:(?P<measured>[^\[\]]+?), asked (?P<asked>[^\[\]]+)|(?P<exact>exact|raises \w+))\])?\s*"
)
UNSEEN = {"remove-cell", "remove_cell", "remove-output", "remove_output"}


@dataclass(frozen=True)
class Claim:
    """One line that claim() printed, and where."""

    part: str  # the heading of level two above it
    section: str  # the nearest heading above it, of level two to four
    sentence: str
    key: bool = False
    measured: str = ""
    asked: str = ""
    exact: str = ""  # "exact", "raises ValueError"
    anchor: str = ""  # its id on the chapter's page

    @property
    def numberless(self) -> bool:
        """Neither a number nor a mark: nobody can tell whether it is exact or merely says too little."""
        return not (self.measured or self.exact)


class Anchors:
    """Ids of claims: they depend on the sentence alone, so that links outlive the lines around it.

    >>> anchors = Anchors()
    >>> anchors("1 = 1"), anchors("1 = 1")
    ('claim-24501893', 'claim-24501893-2')
    """

    def __init__(self) -> None:
        self.seen: dict[str, int] = {}

    def __call__(self, sentence: str) -> str:
        name = f"claim-{hashlib.sha256(sentence.encode()).hexdigest()[:8]}"
        self.seen[name] = self.seen.get(name, 0) + 1
        return name if self.seen[name] == 1 else f"{name}-{self.seen[name]}"


def parse(line: str, part: str = "", section: str = "", anchors: Anchors | None = None) -> Claim | None:
    """A printed line as a claim, or None.

    >>> claim = parse("✓✓ the loss falls on [0, 1]  [0.59, asked < 0.7]")
    >>> claim.sentence, claim.key, claim.measured, claim.asked
    ('the loss falls on [0, 1]', True, '0.59', '< 0.7')
    >>> parse("✓ 1 = 1  [exact]").exact, parse("✓ it holds").numberless, parse("✗ it does not")
    ('exact', True, None)
    """
    found = CLAIM.fullmatch(line)
    if not found:
        return None
    fields = {name: found[name] or "" for name in ("sentence", "measured", "asked", "exact")}
    return Claim(part, section, **fields, key=bool(found["key"]), anchor=(anchors or Anchors())(fields["sentence"]))


@dataclass(frozen=True)
class Chapter:
    """One written chapter, read from its notebook."""

    number: int
    docname: str  # notebooks/01_minimax_game
    title: str
    claims: tuple[Claim, ...]
    cost: dict[str, object]  # metadata.ganbook, written by `make run`: seconds, cores, machine
    frame: str = ""  # the last frame of its first film, as a data: address
    code: tuple[str, ...] = ()  # of the cell that shows this film, and then of all others


def chapter_number(docname: str) -> int | None:
    """The number a document carries in its file name, or None.

    >>> chapter_number("notebooks/06_measuring"), chapter_number("book/intro")
    (6, None)
    """
    found = CHAPTER.search(docname)
    return int(found.group(1)) if found else None


def _text(part: object) -> str:
    return "".join(part) if isinstance(part, list) else str(part or "")


def claims_of(cells: list[dict]) -> list[Claim]:
    """Every line of stdout that claim() printed, with the headings it stands under, in reading order."""
    part, section, found, anchors = "", "", [], Anchors()
    for cell in cells:
        if cell.get("cell_type") == "markdown":
            fenced = False
            for line in _text(cell["source"]).splitlines():
                if line.lstrip().startswith(("```", ":::")):
                    fenced = not fenced if line.lstrip().startswith("```") else fenced
                match = None if fenced else re.match(r"(#{2,4})\s+(.+?)\s*$", line)
                if match:
                    section = match.group(2)
                    part = section if match.group(1) == "##" else part
        if UNSEEN & set(cell.get("metadata", {}).get("tags", [])):
            continue
        for output in cell.get("outputs", []):
            if output.get("output_type") == "stream" and output.get("name") == "stdout":
                lines = _text(output.get("text")).splitlines()
                found += [claim for line in lines if (claim := parse(line, part, section, anchors))]
    return found


def first_film(cells: list[dict]) -> tuple[str, tuple[str, ...]]:
    """Where the first film among the outputs ends, as a data: address, and the code, its cell's first.

    A film shows one frame before its script has run, mostly the last, and leaves it out of its list.

    >>> listed = '<script type="application/json">{"frames": [["data:a", ""]]}</script>'
    >>> film = {"text/html": f'<div class="gbp gbp-film"><img src="data:b">{listed}'}
    >>> first_film([{"source": "x = 1"}, {"source": "film", "outputs": [{"data": film}]}]), first_film([])
    (('data:b', ('film', 'x = 1')), ('', ()))
    """
    for cell, output in ((one, output) for one in cells for output in one.get("outputs", [])):
        html = _text(output.get("data", {}).get("text/html"))
        found = re.search(
            r'gbp-film".*?src="(data:[^"]*)".*?<script type="application/json">(.*?)</script>', html, re.S
        )
        if found:
            others = (_text(other["source"]) for other in cells if other is not cell)
            return json.loads(found[2])["frames"][0][-1] or found[1], (_text(cell["source"]), *others)
    return "", ()


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
        *first_film(notebook["cells"]),
    )


def all_chapters(root: pathlib.Path) -> list[Chapter]:
    """Every notebook of the book that exists, in order."""
    return [read(path) for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))]


def briefly(seconds: float) -> str:
    """A measured time as one glances at it.

    >>> briefly(42.3), briefly(170), briefly(3700)
    ('42 s', '3 min', '62 min')
    """
    return f"{round(float(seconds))} s" if seconds < 60 else f"{round(float(seconds) / 60)} min"


def duration(seconds: float) -> str:
    """A measured time in words.

    >>> duration(42.3), duration(194)
    ('42 seconds', '3 minutes 14 seconds')
    """
    minutes, rest = divmod(round(float(seconds)), 60)
    parts = [f"{minutes} minute{'s' * (minutes != 1)}"] * bool(minutes)
    parts += [f"{rest} second{'s' * (rest != 1)}"] * bool(rest or not minutes)
    return " ".join(parts)

"""Where the chapters name the library: in the code of their cells, and between backticks in their prose."""

from __future__ import annotations

import ast
import functools
import json
import pathlib
import re
from dataclasses import dataclass

from bookext.library import PACKAGE, Library, Name, library
from bookext.notebooks import chapter_number


@dataclass(frozen=True)
class Use:
    """A name in a cell: its line from 1, its column from 0, and the word that stands there."""

    line: int
    column: int
    word: str
    name: Name


class Reader(ast.NodeVisitor):
    """Reads the cells of one notebook in order; `space` holds what its imports have named so far."""

    def __init__(self, names: Library) -> None:
        self.names, self.space = names, {}
        self.lines: list[str] = []
        self.found: list[Use] = []

    def read(self, source: str) -> list[Use]:
        """The uses of one cell, in the order of the text.

        >>> import types
        >>> found = types.SimpleNamespace(path="ganbook.games.GAN", kind="class")
        >>> names = types.SimpleNamespace(find={"ganbook.games.GAN": found}.get)
        >>> uses = Reader(names).read("from ganbook import games as g\\nx = g.GAN(g.GAN)")
        >>> [(use.line, use.column, use.word) for use in uses]
        [(2, 6, 'GAN'), (2, 12, 'GAN')]
        """
        self.lines, self.found = source.splitlines(), []
        try:
            self.visit(ast.parse(source))
        except SyntaxError:  # a line for IPython alone
            return []
        return sorted(self.found, key=lambda use: (use.line, use.column))

    def note(self, path: str, word: str, line: int, column: int) -> None:
        name = self.names.find(path)
        if name is not None:
            before = self.lines[line - 1].encode()[:column].decode()  # ast counts bytes
            self.found.append(Use(line, len(before), word, name))

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.split(".")[0] == PACKAGE:
                self.space[alias.asname or PACKAGE] = alias.name if alias.asname else PACKAGE
                self.note(alias.name, alias.name, alias.lineno, alias.col_offset)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if (node.module or "").split(".")[0] == PACKAGE:
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                self.space[alias.asname or alias.name] = path
                self.note(path, alias.name, alias.lineno, alias.col_offset)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        parts, inner = [node.attr], node.value
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        path = self.space.get(inner.id) if isinstance(inner, ast.Name) else None
        found = self.names.find(".".join((path, *reversed(parts)))) if path else None
        if found is not None and found.path.endswith(f".{node.attr}"):
            self.note(found.path, node.attr, node.end_lineno, node.end_col_offset - len(node.attr.encode()))
        else:
            self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.space.pop(node.id, None)
        elif (name := self.names.find(self.space.get(node.id, ""))) is not None and getattr(
            name, "kind", ""
        ) != "module":
            self.note(self.space[node.id], node.id, node.lineno, node.col_offset)


@dataclass(frozen=True)
class Notebook:
    """What one notebook names."""

    cells: dict[str, list[Use]]  # source of a code cell -> its uses
    space: dict[str, str]  # what its imports name -> path


@functools.cache
def notebook(path: pathlib.Path, root: pathlib.Path) -> Notebook:
    """Read one notebook."""
    reader = Reader(library(root))
    cells, space = {}, {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            cells[source.strip()] = reader.read(source)
            space |= reader.space
    return Notebook(cells, space)


def chapters(root: pathlib.Path) -> dict[str, list[int]]:
    """Path of a name -> the chapters whose code names it."""
    found: dict[str, list[int]] = {}
    for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        uses = {use.name.path for cell in notebook(path, root).cells.values() for use in cell}
        for name in uses:
            found.setdefault(name, []).append(chapter_number(f"notebooks/{path.stem}"))
    return found


def named(words: str, names: Library, space: dict[str, str]) -> Name | None:
    """What code in prose names, if it is the library's: `ganbook.losses`, or `Minimax()` where that was imported.

    >>> import types
    >>> names = types.SimpleNamespace(find=lambda path: path)
    >>> named("losses.Minimax(2)", names, {"losses": "ganbook.losses"}), named("x = Minimax()", names, {})
    ('ganbook.losses.Minimax', None)
    """
    dotted = re.fullmatch(r"([A-Za-z_]\w*(?:\.\w+)*)(?:\(.*\))?", words, re.S)
    if not dotted:
        return None
    first, point, rest = dotted[1].partition(".")
    path = PACKAGE if first == PACKAGE else space.get(first)
    return names.find(path + point + rest) if path else None

"""A notebook as the checks see it: its cells, their syntax trees, their outputs as text."""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import chapters


@dataclass
class Chapter:
    """One notebook, and the root of the book whose _config.yml and _toc.yml hold for it."""

    path: Path
    notebook: dict
    root: Path = chapters.ROOT
    trees: dict = field(default_factory=dict)

    @property
    def cells(self):
        return self.notebook["cells"]

    @property
    def run(self):
        """What to type to execute it."""
        return f"run: make run CH={self.path.stem.split('_')[0]}"

    def code(self):
        """(number, cell) of the code cells that hold something."""
        return [(k, c) for k, c in enumerate(self.cells) if c["cell_type"] == "code" and chapters.source(c).strip()]

    def markdown(self):
        """(number, text) of the markdown cells."""
        return [(k, chapters.source(c)) for k, c in enumerate(self.cells) if c["cell_type"] == "markdown"]

    def tree(self, number):
        """The syntax tree of a code cell without its magics; None where it is not Python."""
        if number not in self.trees:
            lines = chapters.source(self.cells[number]).splitlines()
            text = "\n".join("pass" if line.startswith(("%", "!")) else line for line in lines)
            try:
                self.trees[number] = ast.parse(text)
            except SyntaxError:
                self.trees[number] = None
        return self.trees[number]

    def nodes(self, number, kinds):
        """The nodes of these kinds in a code cell."""
        return [node for node in ast.walk(self.tree(number) or ast.Module([], [])) if isinstance(node, kinds)]

    def calls(self, number):
        """(name, node) of each call in a code cell; of `a.b.c(...)` the name is c."""
        for node in self.nodes(number, ast.Call):
            yield getattr(node.func, "id", getattr(node.func, "attr", "")), node

    def headings(self, mark):
        """(cell, words) of the headings that start with `mark`, such as "## ", outside fenced blocks."""
        for k, text in self.markdown():
            fence = ""
            for line in text.splitlines():
                ticks = re.match(r"(`{3,}|~{3,}|:{3,})", line)
                if ticks:
                    fence = "" if fence and line.startswith(fence) else fence or ticks.group(1)
                elif not fence and line.startswith(mark):
                    yield k, line.removeprefix(mark).strip()


def outputs(cell, kind=None):
    """The outputs of a cell, or those of one kind ("stream", "error", ...)."""
    return [each for each in cell.get("outputs", []) if kind in (None, each["output_type"])]


def texts(cell):
    """The outputs of a cell as text: what is printed, text/plain and text/html, without the data embedded in them."""
    for output in outputs(cell):
        if output["output_type"] == "stream":
            yield "".join(output["text"])
        for kind, data in output.get("data", {}).items():
            if kind.startswith("text/"):
                yield re.sub(r"base64,[A-Za-z0-9+/=\s]+", "base64,", "".join(data))

"""The library's names in a chapter's code lead to their pages: where they are imported, and first in every cell.

The code is coloured as ever; then, in the finished HTML of the block, each such word gets its link.
"""

from __future__ import annotations

import html as entities
import pathlib
import re

from docutils import nodes

from bookext import uses
from bookext.notebooks import chapter_number

PIECE = re.compile(r"<[^>]*>|[^<]+")


def linked(html: str, places: list[tuple[int, int, str, str]]) -> str:
    """The coloured block, with a link at each place: line from 1, column from 0, the word there, the address.

    >>> print(linked('<pre><span class="n">x</span>\\n<span class="n">GAN</span>()</pre>', [(2, 0, "GAN", "g#G")]))
    <pre><span class="n">x</span>
    <span class="n"><a class="reference internal" href="g#G">GAN</a></span>()</pre>
    """
    start = html.index("<pre>") + len("<pre>")
    found, line, column, left = [html[:start]], 1, 0, sorted(places)
    for piece in PIECE.findall(html[start:]):
        if piece.startswith("<"):
            found.append(piece)
            continue
        for k, part in enumerate(re.split("(\n)", piece)):
            if k % 2:
                line, column = line + 1, 0
                found.append(part)
                continue
            text, at = entities.unescape(part), 0
            while left and left[0][0] == line and column <= left[0][1] < column + len(text):
                _, begin, word, address = left.pop(0)
                begin -= column
                found.append(entities.escape(text[at:begin], quote=False))
                found.append(f'<a class="reference internal" href="{address}">{word}</a>')
                at = begin + len(word)
            found.append(part if at == 0 else entities.escape(text[at:], quote=False))
            column += len(text)
    return "".join(found)


def mark(app, doctree):
    """Write into each code block of a chapter which of its words lead where."""
    root = pathlib.Path(app.srcdir)
    path = root / f"{app.env.docname}.ipynb"
    if chapter_number(app.env.docname) is None or not path.exists():
        return
    cells = uses.notebook(path, root).cells
    for block in doctree.findall(nodes.literal_block):
        seen, places = set(), []
        for use in cells.get(block.astext().strip(), ()):
            if use.name.path not in seen:
                seen.add(use.name.path)
                places.append((use.line, use.column, use.word, use.name.docname, use.name.ident))
        if places:
            block["library"] = places


def translated(translator):
    """The translator of pages, which writes the links of the blocks that have them."""

    class Linked(translator):
        def visit_literal_block(self, node):
            try:
                super().visit_literal_block(node)
            finally:  # it ends with SkipNode
                if node.get("library"):
                    to, here = self.builder.get_relative_uri, self.builder.current_docname
                    places = [(*at, f"{to(here, page)}#{ident}") for *at, page, ident in node["library"]]
                    self.body[-1] = linked(self.body[-1], places)

    return Linked


def choose(app):
    if app.builder.format == "html":
        app.set_translator(app.builder.name, translated(app.builder.get_translator_class()), override=True)


def setup(app):
    app.connect("doctree-read", mark)
    app.connect("builder-inited", choose)
    return {"parallel_read_safe": True}

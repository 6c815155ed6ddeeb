"""An output's tables, made to fit: a long name may break, an interval only before its bracket (theme/css/tables.css).

The library's own style lets nothing break: in a notebook a table scrolls. A page of the book has one width, and paper
does not scroll. What `plot.table` has written stays as it is in the notebook.
"""

from __future__ import annotations

import html
import re

from docutils import nodes

from bookext.punctuation import NO_BREAK, PERCENT

TABLE = re.compile(r'<table class="gbt-table">.*?</table>', re.S)
CELL = re.compile(r'(?P<row><tr>)?<(?P<tag>t[hd])(?P<scope> scope="\w+")?(?P<left> class="l")?>(?P<text>[^<]*)')
BRACKETS = re.compile(r"\[[^\[\]]*\]")
LONG = 16  # letters of a name that stand in one line: a third of a phone's


def fitted(page: str) -> str:
    """The HTML of an output with its tables' long names marked, and their numbers tied to what belongs to them.

    >>> row = '<tr><th scope="row">a name of many words</th><td>5 % [4, 6]</td></tr>'
    >>> fitted(f'<table class="gbt-table">{row}</table>')[25:-8]
    '<tr><th scope="row" class="long">a name of many words</th><td>5\\xa0% [4,\\xa06]</td></tr>'
    """
    return TABLE.sub(lambda table: CELL.sub(_cell, table.group()), page)


def _cell(cell: re.Match) -> str:
    named = cell["row"] or cell["left"]
    long = named and len(html.unescape(cell["text"]).strip()) > LONG
    classes = " ".join(["l"] * bool(cell["left"]) + ["long"] * bool(long))
    text = BRACKETS.sub(lambda found: found.group().replace(" ", NO_BREAK), PERCENT.sub(f"{NO_BREAK}%", cell["text"]))
    marked = f' class="{classes}"' if classes else ""
    return f"{cell['row'] or ''}<{cell['tag']}{cell['scope'] or ''}{marked}>{text}"


def on_doctree_read(app, doctree):
    for raw in doctree.findall(nodes.raw):
        if (made := fitted(raw.astext())) != raw.astext():
            raw.clear()
            raw += nodes.Text(made)


def setup(app):
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True}

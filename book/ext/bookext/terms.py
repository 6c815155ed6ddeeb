"""The first use of a glossary's term in a chapter leads to the glossary, without anybody marking it.

A term that is also an everyday word is linked only where the writer says so, with {term}`...`.
"""

from __future__ import annotations

import re
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

EVERYDAY = {"claim", "mode", "recipe", "round", "support"}
CLOSED = (nodes.title, nodes.literal, nodes.literal_block, nodes.reference, nodes.raw, nodes.math, nodes.math_block)
CLOSED += (nodes.thead, nodes.image, nodes.caption, addnodes.pending_xref)


def terms(glossary: str) -> list[str]:
    """The terms that a glossary defines: its lines that are not indented.

    >>> terms("# Glossary\\n\\n````{glossary}\\nnat\\n  A unit.\\n\\nlogit\\n  A number.\\n````")
    ['nat', 'logit']
    """
    return [line.strip() for line in glossary.splitlines() if re.match(r"[^\W\d_]", line)]


def pattern(names: list[str]) -> re.Pattern[str]:
    """Any of the terms, also in the plural; the longest wins.

    >>> pattern(["gradient", "gradient penalty"]).search("two Gradient penalties").group(0)
    'Gradient'
    >>> pattern(["logit"]).search("all logits").group(0)
    'logits'
    >>> pattern(["nat"]).search("natural")
    """
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, longest))})s?(?![\w-])", re.IGNORECASE)


def is_open(text: nodes.Node, closed: tuple[type, ...] = CLOSED) -> bool:
    """Whether a text stands in none of these; by default whether a link may: in no other link, no code, no heading."""
    node = text.parent
    while node is not None:
        if isinstance(node, closed):
            return False
        node = node.parent
    return True


def link(text: str, name: str) -> addnodes.pending_xref:
    found = addnodes.pending_xref("", refdomain="std", reftype="term", reftarget=name, refexplicit=True, refwarn=True)
    found += nodes.inline(text, text, classes=["xref", "std", "std-term"])
    return found


def link_first_uses(doctree: nodes.document, names: list[str]) -> list[str]:
    """Link each term where it first stands in running text; return the terms that were linked, in order."""
    wanted = {name.lower(): name for name in names if name.lower() not in EVERYDAY}
    for reference in doctree.findall(addnodes.pending_xref):
        if reference.get("reftype") == "term":  # the writer has chosen the place
            wanted.pop(reference["reftarget"].lower(), None)
    linked, any_of = [], pattern(names)
    for text in [node for node in doctree.findall(nodes.Text) if isinstance(node.parent, nodes.Element)]:
        if not wanted or not is_open(text):
            continue
        parts, at = [], 0
        for found in any_of.finditer(str(text)):
            name = wanted.pop(found.group(1).lower(), None)
            if name is not None:
                parts += [nodes.Text(text[at : found.start()]), link(found.group(0), name)]
                at = found.end()
                linked.append(name)
        if parts:
            text.parent.replace(text, [part for part in (*parts, nodes.Text(text[at:])) if part.astext()])
    return linked


def on_doctree_read(app, doctree):
    if app.env.docname.startswith("notebooks/"):
        glossary = Path(app.srcdir) / "book" / "glossary.md"
        app.env.note_dependency(str(glossary))
        link_first_uses(doctree, terms(glossary.read_text(encoding="utf-8")))


def setup(app):
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True}

"""A formula in a line keeps its comma: browsers may break a line between an inline formula and what follows it.

The formula and the punctuation that touches it go into one span that does not break (theme/css/type.css).
"""

from __future__ import annotations

import re

from docutils import nodes

AFTER = re.compile(r"[,.;:!?)\]’”…]+(?:s\b)?|-\w+|’s\b")
BEFORE = re.compile(r"[(\[“‘]+$")


def keep_together(doctree: nodes.Element) -> int:
    """Wrap each inline formula with the punctuation that touches it; return how many were wrapped."""
    wrapped = 0
    for formula in list(doctree.findall(nodes.math)):
        line, at = formula.parent, formula.parent.index(formula)
        before = line[at - 1] if at > 0 and isinstance(line[at - 1], nodes.Text) else nodes.Text("")
        after = line[at + 1] if at + 1 < len(line) and isinstance(line[at + 1], nodes.Text) else nodes.Text("")
        opening, closing = BEFORE.search(str(before)), AFTER.match(str(after))
        if not (opening or closing):
            continue
        head, tail = opening.group(0) if opening else "", closing.group(0) if closing else ""
        span = nodes.inline("", "", classes=["together"])
        if tail:
            line[at + 1 : at + 2] = [nodes.Text(str(after)[len(tail) :])] if len(after) > len(tail) else []
        line[at] = span
        span += [part for part in (nodes.Text(head), formula, nodes.Text(tail)) if part.astext()]
        if head:
            line[at - 1 : at] = [nodes.Text(str(before)[: -len(head)])] if len(before) > len(head) else []
        wrapped += 1
    return wrapped


def on_doctree_read(app, doctree):
    keep_together(doctree)


def setup(app):
    app.connect("doctree-read", on_doctree_read)
    return {"parallel_read_safe": True}

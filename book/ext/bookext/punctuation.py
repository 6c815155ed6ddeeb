"""A sign keeps to what it belongs to: a comma to its formula or code, "%" to its number, a bound to its "<".

Browsers may break a line between an inline formula and what follows it, and within a word of code where no other place
is left. What must not part goes into one span that does not break (theme/css/type.css), or gets a no-break space.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.addnodes import pending_xref

AFTER = re.compile(r"[,.;:!?)\]’”…]+(?:s\b)?|-\w+|’s\b")
BEFORE = re.compile(r"[(\[“‘]+$")
PERCENT = re.compile(r"(?:(?<=\d)|^)\s%")
CAPTION = re.compile(r"<caption\b.*?</caption>", re.S)
SHORT = 24  # letters of code that fit into a line of a phone
NO_BREAK = "\N{NO-BREAK SPACE}"
AS_IT_IS = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.math_block, nodes.raw, nodes.comment)


def touches(piece: nodes.Element) -> bool:
    """Whether a browser may part this piece from a sign that touches it.

    >>> touches(nodes.literal("", "networks.py")), touches(nodes.literal("", 30 * "x"))
    (True, False)
    """
    return isinstance(piece, nodes.math) or (isinstance(piece, nodes.literal) and len(piece.astext()) <= SHORT)


def into_emphasis(doctree: nodes.Element) -> None:
    """Move the signs after an emphasis that ends in a formula or in code into it: there they find what they touch."""
    for emphasis in [*doctree.findall(nodes.emphasis), *doctree.findall(nodes.strong)]:
        after = emphasis.next_node(descend=False, siblings=True)
        if not (len(emphasis) and touches(emphasis[-1]) and isinstance(after, nodes.Text)):
            continue
        if closing := AFTER.match(str(after)):
            emphasis += nodes.Text(closing.group(0))
            after.parent.replace(after, [nodes.Text(rest)] if (rest := str(after)[closing.end() :]) else [])


def keep_together(doctree: nodes.Element) -> int:
    """Wrap each inline formula or short code with the punctuation that touches it; return how many were wrapped."""
    into_emphasis(doctree)
    wrapped = 0
    for piece in filter(touches, [*doctree.findall(nodes.math), *doctree.findall(nodes.literal)]):
        if isinstance(piece.parent, nodes.reference | pending_xref) and len(piece.parent) == 1:
            piece = piece.parent  # code that is a link
        line, at = piece.parent, piece.parent.index(piece)
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
        span += [part for part in (nodes.Text(head), piece, nodes.Text(tail)) if part.astext()]
        if head:
            line[at - 1 : at] = [nodes.Text(str(before)[: -len(head)])] if len(before) > len(head) else []
        wrapped += 1
    return wrapped


def percents(doctree: nodes.Element) -> int:
    """Tie each "%" to the number before it, which may be a formula; return how many texts were changed."""
    changed = 0
    for text in list(doctree.findall(nodes.Text)):
        if "%" not in text or isinstance(line := text.parent, AS_IT_IS):
            continue
        if (tied := PERCENT.sub(f"{NO_BREAK}%", str(text))) != str(text):
            line.replace(text, nodes.Text(tied))
            changed += 1
    for raw in doctree.findall(nodes.raw):
        if (tied := in_captions(raw.astext())) != raw.astext():
            raw.clear()
            raw += nodes.Text(tied)
            changed += 1
    return changed


def in_captions(html: str) -> str:
    """The same for the captions of an output's tables.

    >>> in_captions("<caption>mean [95 % interval]</caption><td>95 %").encode()
    b'<caption>mean [95\\xc2\\xa0% interval]</caption><td>95 %'
    """
    return CAPTION.sub(lambda caption: PERCENT.sub(f"{NO_BREAK}%", caption.group()), html)


def on_doctree_read(app, doctree):
    percents(doctree)
    keep_together(doctree)


def setup(app):
    app.connect("doctree-read", on_doctree_read, priority=800)  # claims are sentences by then, code has its links
    return {"parallel_read_safe": True}

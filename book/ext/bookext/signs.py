"""What was typed stands as print sets it: 1e-12 as a power, -1 with a minus, 4 x 4 with a cross, s_x with an index.

Notebooks print what a keyboard has, and their committed outputs stay what was printed. Here the text of a page is
mended, in prose, tables and claims; code, formulas and attributes are left alone.
"""

from __future__ import annotations

import html
import re

from docutils import nodes
from sphinx import addnodes

from bookext.terms import is_open

NO_BREAK = "\N{NO-BREAK SPACE}"
CROSS, NARROW = f"{NO_BREAK}×{NO_BREAK}", "\N{NARROW NO-BREAK SPACE}×\N{NARROW NO-BREAK SPACE}"
# What looks the same in one line: a pattern, and what stands there in print.
SIGNS = [
    (re.compile(r"(?<![\w.)\]])(?<!\w\[)-(?=\d)"), "−"),
    (re.compile(r"(?<=[\w)\]|’]) - (?=[\w(|])"), " − "),
    (re.compile(r"(?<![\w.])(?!0x)(\d+) ?x ?(?=\d+(?!\w))"), rf"\1{CROSS}"),
    (re.compile(r"(?<![\w.])(\d+) by (?=\1(?!\w))"), rf"\1{CROSS}"),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)%"), rf"\1{NO_BREAK}%"),
    (re.compile(r">="), "≥"),
    (re.compile(r"<="), "≤"),
    (re.compile(r"\+-(?=\w)"), "±"),
    (re.compile(r" -> "), " → "),
]
ANY = re.compile(r"[-\d=>_]")  # one of them stands wherever something is mended
# What takes raised or lowered signs: a power of ten, the index of a letter.
POWER = r"(?<![\w.])(?:1|(?P<times>\d+(?:\.\d+)?))e(?P<sign>[-−+]?)0*(?P<exponent>\d{1,3})(?!\w)"
INDEX = r"(?<![\w.*`'‘])(?P<letter>[A-Za-z])_(?P<index>[A-Za-z])(?!\w)"
RAISED = re.compile(f"{POWER}|{INDEX}")
# Not text: what has its own form, and what other parts of the build will look up.
CLOSED = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.math_block, nodes.raw, nodes.comment, nodes.label)
CLOSED += (addnodes.desc_signature, addnodes.pending_xref, addnodes.index, addnodes.toctree)
# The pieces of HTML: what is skipped whole, a tag, a text.
PIECE = re.compile(
    r"""<(script|style|code|pre|kbd|svg|math|mjx-container|textarea|option|template)\b.*?</\1\s*>"""
    r"""|<(span|div) class="(?:amsmath )?math\b.*?</\2>|<!--.*?-->|<(?:[^<>"']|"[^"]*"|'[^']*')*>|(?P<text>[^<]+)""",
    re.S,
)


def mended(text: str) -> str:
    r"""A text with the signs of print.

    >>> mended("from -1, 8 by 8 or 4 x 4 of 32x32, 53.1% in 1 - TV >= 0, not x[-1]")
    'from −1, 8\xa0×\xa08 or 4\xa0×\xa04 of 32\xa0×\xa032, 53.1\xa0% in 1 − TV ≥ 0, not x[-1]'
    """
    for pattern, sign in SIGNS:
        text = pattern.sub(sign, text)
    return text


def pieces(text: str) -> list[tuple[str, str]]:
    r"""The text, mended and cut: what is plain, raised ("sup"), lowered ("sub") or a letter with an index ("i").

    >>> pieces("to 2.4e-07 of s_x; commit 5e31559")
    [('', 'to 2.4\xa0×\xa010'), ('sup', '−7'), ('', ' of '), ('i', 's'), ('sub', 'x'), ('', '; commit 5e31559')]
    """
    found, at, text = [], 0, mended(text)
    for one in RAISED.finditer(text):
        before = text[at : one.start()]
        if one["letter"]:
            found += [("", before), ("i", one["letter"]), ("sub", one["index"])]
        else:
            times = one["times"] + CROSS if one["times"] else ""
            found += [("", f"{before}{times}10"), ("sup", one["sign"].replace("-", "−").strip("+") + one["exponent"])]
        at = one.end()
    return [piece for piece in (*found, ("", text[at:])) if piece[1]]


NODES = {"": nodes.Text, "sup": nodes.superscript, "sub": nodes.subscript, "i": nodes.emphasis}


def as_nodes(text: str) -> list[nodes.Node]:
    r"""The text as nodes of a page.

    >>> "".join(node.astext() for node in as_nodes("5e-9"))
    '5\xa0×\xa010−9'
    """
    return [nodes.Text(said) if not kind else NODES[kind]("", said) for kind, said in pieces(text)]


def as_html(text: str) -> str:
    """The same for a text of HTML, where a table's columns are close.

    >>> as_html("F_q &lt;= 1e-3")
    '<i>F</i><sub>q</sub> ≤ 10<sup>−3</sup>'
    """
    cut = [(kind, html.escape(said, quote=False).replace(CROSS, NARROW)) for kind, said in pieces(html.unescape(text))]
    return "".join(f"<{kind}>{said}</{kind}>" if kind else said for kind, said in cut)


def in_html(page: str) -> str:
    r"""The texts of an output's HTML mended, its attributes, code and scripts as they were.

    A number by which a table sorts stays in its cell as it was, hidden.

    >>> in_html('<td title="-1">-1</td><code>-1</code><td>2e−07</td>')
    '<td title="-1">−1</td><code>-1</code><td><code hidden>2e−07</code> 2\u202f×\u202f10<sup>−7</sup></td>'
    """

    def one(found: re.Match) -> str:
        text = found["text"]
        if text is None or html.unescape(text) == "".join(said for _, said in pieces(html.unescape(text))):
            return found[0]
        number = re.fullmatch(POWER, text.strip()) and page.startswith("</td>", found.end())
        return (f"<code hidden>{text.strip()}</code> " if number else "") + as_html(text)

    return PIECE.sub(one, page)


def mend(doctree: nodes.Element) -> int:
    """Mend all texts of a page; return how many were changed."""
    changed = 0
    for text in list(doctree.findall(nodes.Text)):
        if isinstance(text.parent, CLOSED) or not ANY.search(text):
            continue  # most of them, at once
        made = as_nodes(str(text))
        if "".join(node.astext() for node in made) != str(text) and is_open(text, CLOSED):
            text.parent.replace(text, made)
            changed += 1
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "") and (made := in_html(raw.astext())) != raw.astext():
            raw.clear()
            raw += nodes.Text(made)
            changed += 1
    return changed


def setup(app):
    app.connect("doctree-read", lambda app, doctree: mend(doctree), priority=790)  # claims are sentences by then
    return {"parallel_read_safe": True}

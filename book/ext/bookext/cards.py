"""What a link leads to, carried along: a page holds the terms, theorems, formulas and works that it links elsewhere.

Over file:// a page may not fetch another one, so each keeps a copy of what it names: a few kilobytes in a <template>,
which no browser draws and no reader meets until js/cards.js shows one of them beside its link.
"""

from __future__ import annotations

import html as entities
import posixpath
import re

LINK = re.compile(r'<a class="reference internal" href="([^"#]+\.html)#([^"]+)"')
KINDS = {"proof", "exercise", "math", "citation"}
DIVISION = re.compile(r"<(/?)div\b[^>]*>")
TAG = re.compile(r"<(?:div|dt)\b[^>]*>")
ANCHOR = re.compile(r"<a\b[^>]*>|</a>")
HEADER_LINK = re.compile(r'<a class="headerlink"[^>]*>.*?</a>', re.S)
SOURCE_LINK = re.compile(r'<a class="source-link[^>]*>.*?</a>', re.S)
IDENT = re.compile(r'(<[a-z][^>]*?) id="[^"]*"')


def piece(html: str, ident: str) -> str | None:
    """The term with its meaning, theorem, exercise, formula or work of that id, without links and ids; else None.

    >>> piece('<dt id="a">a<a class="headerlink" href="#">#</a></dt><dd>The <a href="b">first</a>.</dd>', "a")
    '<dt>a</dt><dd>The first.</dd>'
    >>> piece('<div class="proof theorem" id="t"><div>So.</div></div><div>More</div>', "t")
    '<div class="proof theorem"><div>So.</div></div>'
    >>> piece('<section id="s"><h2>Code</h2></section>', "s")
    """
    start = TAG.match(html, max(0, html.rfind("<", 0, html.find(f' id="{ident}"'))))
    if start is None or f' id="{ident}"' not in start[0]:
        return None
    if start[0].startswith('<dt class="sig'):  # a name of the library: its signature, and what it is in one sentence
        begin, end = html.find("<dd", start.end()), html.find("</p>", start.end()) + len("</p>")
        if not html.startswith("<dd><p>", begin):
            return None
        signature = re.sub(r"<[^>]*>", "", cleared(html[start.end() : begin])).strip()
        return f"<dt><code>{signature}</code></dt>{cleared(html[begin:end])}</dd>"
    if start[0].startswith("<dt"):
        end = html.find("</dd>", start.end()) + len("</dd>")
    else:
        classes = re.search(r'class="([^"]*)"', start[0])
        if classes is None or not KINDS & set(classes[1].split()):
            return None
        depth = end = 0
        for tag in DIVISION.finditer(html, start.start()):
            depth += -1 if tag[1] else 1
            if depth == 0:
                end = tag.end()
                break
    return cleared(html[start.start() : end])


def cleared(html: str) -> str:
    """A piece without links and ids: it is shown beside its link, and is not the place itself."""
    html = SOURCE_LINK.sub("", HEADER_LINK.sub("", html))
    return IDENT.sub(r"\1", ANCHOR.sub("", html)).strip()


def with_cards(name: str, pages: dict[str, str]) -> str:
    """The page of that name, with a copy of each piece of another page that it links.

    pages: address in the book -> HTML.

    >>> here = '<a class="reference internal" href="../b/q.html#e">1</a></body>'
    >>> there = '<div class="math" id="e">x</div>'
    >>> with_cards("a/p.html", {"a/p.html": here, "b/q.html": there}).split("</a>")[1]
    '<template id="cards"><div data-for="../b/q.html#e"><div class="math">x</div></div></template></body>'
    """
    html, kept = pages[name], []
    for address, ident in dict.fromkeys(LINK.findall(html)):
        there = pages.get(posixpath.normpath(posixpath.join(posixpath.dirname(name), entities.unescape(address))))
        found = piece(there, entities.unescape(ident)) if there else None
        if found:
            kept.append(f'<div data-for="{address}#{ident}">{found}</div>')
    if not kept:
        return html
    return html.replace("</body>", f'<template id="cards">{"".join(kept)}</template></body>', 1)

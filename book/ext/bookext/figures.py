"""Refuse a picture that says nothing to a reader who cannot see it.

myst-nb gives a figure without alt text the hash of its file as alt text, which accessibility checkers accept.
"""

from __future__ import annotations

import re

from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
HASH = re.compile(r"(?:^|/)[0-9a-f]{16,}(?:\.\w+)?$")
BARE_IMG = re.compile(r"<img\b(?![^>]*\balt=)", re.I)
IN_A_NOTEBOOK = 'add to the metadata of its cell: {"mystnb": {"image": {"alt": "what is to be seen"}}}'
IN_A_PAGE = "write ![what is to be seen](...) or give the figure an :alt:"


def problem(alt: str | None) -> str | None:
    """What is wrong with an alt text, or None.

    >>> problem("Two bell curves that cross at x = 0")
    >>> problem("../_images/3f2a9c3f2a9c3f2a9c3f2a9c.png")
    'has the hash of its file as alt text'
    >>> problem(None)
    'has no alt text'
    """
    if alt is None or not alt.strip():
        return "has no alt text"
    if HASH.search(alt.strip()):
        return "has the hash of its file as alt text"
    return None


def check(app, doctree):
    docname = app.env.docname
    notebook = docname.startswith("notebooks/")
    file, remedy = (f"{docname}.ipynb", IN_A_NOTEBOOK) if notebook else (f"{docname}.md", IN_A_PAGE)
    for number, image in enumerate(doctree.findall(nodes.image), start=1):
        wrong = problem(image.get("alt"))
        if wrong:
            logger.warning(f"{file}: figure {number} of the page {wrong}; {remedy}", location=image, type="figures")
    for raw in doctree.findall(nodes.raw):
        if "html" in raw.get("format", "") and BARE_IMG.search(raw.astext()):
            logger.warning(
                f"{file}: an <img> in an HTML output has no alt attribute; give it one", location=raw, type="figures"
            )


def setup(app):
    app.connect("doctree-read", check)
    return {"parallel_read_safe": True}

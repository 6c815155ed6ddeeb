"""What people see who are sent a page: its title, its first words and, once the book has an address, a picture.

The picture's address must be absolute, so it waits for html_baseurl (_config.yml: html.baseurl).
"""

from __future__ import annotations

import html
import re

from docutils import nodes

PICTURE = "_static/preview.png"
LONGEST = 200


def description(doctree: nodes.document) -> str:
    """The first paragraph of running text, at most 200 characters of it.

    >>> from docutils.core import publish_doctree
    >>> description(publish_doctree("Title\\n=====\\n\\nOne et al. thing. Another."))
    'One et al. thing. Another.'
    """
    for paragraph in doctree.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        if text.endswith((".", "?", ":")):
            return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " ..."
    return ""


def tags(title: str, about: str, base: str = "") -> str:
    """The meta elements of a page's preview.

    >>> print(tags("A < B", "Why?"))
    <meta property="og:type" content="article" />
    <meta property="og:title" content="A &lt; B" />
    <meta property="og:description" content="Why?" />
    <meta name="description" content="Why?" />
    """
    pairs = [("property", "og:type", "article"), ("property", "og:title", title)]
    if about:
        pairs += [("property", "og:description", about), ("name", "description", about)]
    if base:
        pairs.append(("property", "og:image", f"{base.rstrip('/')}/{PICTURE}"))
    return "\n".join(f'<meta {kind}="{name}" content="{html.escape(value)}" />' for kind, name, value in pairs)


def on_page(app, pagename, templatename, context, doctree):
    if doctree is not None:
        title = re.sub(r"<[^>]*>", "", context.get("title", ""))
        about = description(doctree)
        context["metatags"] = (
            context.get("metatags", "") + "\n" + tags(html.unescape(title), about, app.config.html_baseurl)
        )


def setup(app):
    app.connect("html-page-context", on_page)
    return {"parallel_read_safe": True}

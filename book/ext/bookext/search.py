"""What the search finds: sections, terms and names of the library, each with the prose that a result quotes.

Written as a script, since over file:// a page may fetch nothing. Code, outputs and lists of claims are left out: nobody
looks for them in words. theme/js/search.js does the looking.
"""

from __future__ import annotations

import json
import pathlib
import re

from docutils import nodes
from sphinx import addnodes

from bookext.notebooks import chapter_number

UNSAID = (nodes.literal_block, nodes.raw, nodes.math_block, nodes.section, nodes.title, addnodes.index, addnodes.desc)
UNSAID += (addnodes.glossary, nodes.comment, addnodes.toctree, nodes.image, nodes.system_message, nodes.target)
UNREAD = {"claims", "fold-code"}
FILE = "sections.js"


def words(node: nodes.Node) -> str:
    """The prose of a node, without its subsections, code and claims.

    >>> line = nodes.paragraph("", "", nodes.Text("the best "), nodes.math("", r"D^\\\\star(x)"), nodes.Text(" is"))
    >>> words(nodes.section("", nodes.title("", "Title"), line, nodes.literal_block("x", "x")))
    'the best D^⋆(x) is'
    >>> cells = [nodes.entry("", nodes.paragraph("", "", nodes.Text(said))) for said in ("loss", "hinge")]
    >>> words(nodes.row("", nodes.row("", *cells)))
    'loss · hinge.'
    """

    def parts(inner: nodes.Node):
        if isinstance(inner, UNSAID) or UNREAD & set(getattr(inner, "attributes", {}).get("classes", ())):
            return
        if isinstance(inner, addnodes.pending_xref) and inner.get("refdomain") == "cite":
            return  # still the key of the work
        if isinstance(inner, nodes.math):
            yield plain(inner.astext())
        elif isinstance(inner, nodes.Text):
            yield inner.astext()
        elif isinstance(inner, nodes.entry):
            cell = "".join(part for child in inner.children for part in parts(child)).strip()
            last = inner.parent is None or inner.parent.children[-1] is inner
            yield cell + (" · " if not last else " " if cell[-1:] in ".:?!" else ". ")  # a row is quoted as a sentence
        else:
            for child in inner.children:
                yield from parts(child)
            if isinstance(inner, nodes.TextElement) and not isinstance(inner, nodes.Inline):
                yield " "

    return " ".join("".join(part for child in node.children for part in parts(child)).split())


def plain(tex: str) -> str:
    """A formula of a line as one would say it: signs without their braces.

    >>> plain(r"p_{\\\\mathrm{data}}(x) \\\\le \\\\tfrac{1}{2}")
    'p_data(x) ≤ 1/2'
    """
    tex = re.sub(r"\\t?d?frac\{([^{}]*)\}\{([^{}]*)\}", r"\1/\2", tex)
    for sign, letter in {
        "star": "⋆",
        "le": "≤",
        "ge": "≥",
        "to": "→",
        "infty": "∞",
        "pdata": "p_data",
        "pg": "p_g",
    }.items():
        tex = re.sub(rf"\\{sign}\b", letter, tex)
    tex = re.sub(r"\\(?:mathrm|mathbb|mathcal|operatorname|text|left|right|bigl?|bigr?|quad|,|;|!)\b ?", "", tex)
    return re.sub(r"\\[,;!|]|[{}\\]", "", tex)


def heading(section: nodes.Node) -> str:
    title = next((child for child in section.children if isinstance(child, nodes.title)), None)
    return (
        ""
        if title is None
        else " ".join(
            "".join(
                plain(part.astext()) if isinstance(part, nodes.math) else part.astext() for part in title.children
            ).split()
        )
    )


def entries(doctree: nodes.document) -> list[tuple[str, str, str]]:
    """(anchor, heading, prose) of each section, term of the glossary and name of the library; the page itself first."""
    found = []
    kinds = (nodes.section, nodes.definition_list_item, addnodes.desc)
    for node in doctree.findall(lambda node: isinstance(node, kinds)):
        if isinstance(node, nodes.section):
            found.append(("" if not found else node["ids"][0], heading(node), words(node)))
        elif isinstance(node, addnodes.desc) and node[0]["ids"]:
            found.append((node[0]["ids"][0], node[0]["ids"][0], words(node[1])))
        elif isinstance(node.parent.parent, addnodes.glossary) and node[0]["ids"]:
            found.append((node[0]["ids"][0], node[0].astext(), words(node[-1])))
    return [entry for entry in found if entry[1]]


def collect(app, doctree):
    env = app.env
    if not hasattr(env, "book_sections"):
        env.book_sections = {}
    env.book_sections[env.docname] = entries(doctree)


def write(app, exception):
    """One script with all pages, in the order of the book."""
    if exception is not None or app.builder.format != "html":
        return
    pages = []
    for docname in ordered(app.env):
        title, number = app.env.titles[docname].astext(), chapter_number(docname)
        about = f"Chapter {number}: {title}" if number else title
        pages.append([app.builder.get_target_uri(docname), about, app.env.book_sections.get(docname, [])])
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    path = pathlib.Path(app.outdir) / "_static" / FILE
    path.write_text(f"window.bookSections = {text};\n", encoding="utf-8")


def ordered(env) -> list[str]:
    """The documents as the table of contents lists them."""
    found = [env.config.root_doc]
    for docname in found:
        found += [name for name in env.toctree_includes.get(docname, []) if name not in found]
    return [docname for docname in found if docname in env.titles]


def instead_of_sphinx(app):
    """Sphinx would index whole pages, their code included: a second of work and 170 KB that nothing reads."""
    if app.builder.format == "html":
        app.builder.index_page = lambda pagename, doctree, title: None
        app.builder.dump_search_index = lambda: None


def setup(app):
    app.connect("builder-inited", instead_of_sphinx)
    app.connect("doctree-read", collect, priority=900)
    app.connect("build-finished", write, priority=800)
    return {"parallel_read_safe": True}

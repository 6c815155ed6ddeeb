"""What the search finds: sections, terms and names of the library, each with the prose that a result quotes.

Written as a script, since over file:// a page may fetch nothing. Code, outputs and lists of claims are left out: nobody
looks for them in words. theme/js/search.js does the looking.
"""

from __future__ import annotations

import json
import pathlib
import re
from functools import partial

from docutils import nodes
from sphinx import addnodes

from bookext.mathematics import kept_by
from bookext.notebooks import chapter_number
from bookext.said import LOWERED, RAISED, said, script

UNSAID = (nodes.literal_block, nodes.raw, nodes.title, addnodes.index, addnodes.desc, addnodes.glossary, nodes.comment)
UNSAID += (addnodes.toctree, nodes.image, nodes.system_message, nodes.target)
UNREAD = {"claims", "claims-matrix", "fold-claims", "fold-code", "syllabus"}  # the map names chapters: they are found
FILE = "sections.js"
# What is said only when all pages are known: a formula, by its TeX; a reference, by domain, kind and target.
MARK = re.compile("\ue000(.*?)\ue002", re.S)
FORMULA, REFERENCE, END = "\ue000", "\ue000\ue001", "\ue002"


def words(node: nodes.Node) -> str:
    """The prose of a node, without its subsections, code and claims; formulas and references are marked.

    >>> line = nodes.paragraph("", "", nodes.Text("the best "), nodes.math("", "D"), nodes.Text(" is"))
    >>> finished(words(nodes.section("", nodes.title("", "Title"), line, nodes.literal_block("x", "x"))), {"D": "D"})
    'the best D is'
    >>> cells = [nodes.entry("", nodes.paragraph("", "", nodes.Text(said))) for said in ("loss", "hinge")]
    >>> words(nodes.row("", nodes.row("", *cells)))
    'loss · hinge.'
    """

    def parts(inner: nodes.Node):
        if isinstance(inner, UNSAID) or UNREAD & set(getattr(inner, "attributes", {}).get("classes", ())):
            return
        if isinstance(inner, nodes.reference) and "colab.research" in inner.get("refuri", ""):
            return  # the button under a title
        if isinstance(inner, nodes.section) and isinstance(inner.next_node(), nodes.title):
            return  # a place of its own; what a theorem states is a section without a title
        if isinstance(inner, addnodes.pending_xref) and labelled(inner):
            yield REFERENCE + "\n".join((inner.get("refdomain") or "std", inner["reftype"], inner["reftarget"])) + END
        elif isinstance(inner, nodes.math):
            yield f"{FORMULA}{inner.astext()}{END}"
        elif isinstance(inner, nodes.math_block):
            yield "… "
        elif isinstance(inner, nodes.superscript | nodes.subscript):
            raised = isinstance(inner, nodes.superscript)
            yield script("^" if raised else "_", inner.astext(), RAISED if raised else LOWERED)
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

    return "".join(part for child in node.children for part in parts(child)).strip()


def labelled(reference: addnodes.pending_xref) -> bool:
    """Whether a reference has no words of its own: so far it says the label to which it leads."""
    return not reference.get("refexplicit") and reference.astext() == reference["reftarget"]


def finished(marked: str, formulas: dict[str, str], reference=lambda domain, kind, target: "") -> str:
    """The prose with its formulas and references said, in single spaces.

    >>> finished(f"by {REFERENCE}prf\\nref\\nthm-1{END}, {FORMULA}x_1{END} is", {"x_1": "x₁"}, lambda *_: "Theorem 1.2")
    'by Theorem 1.2, x₁ is'
    >>> finished(f"as {REFERENCE}cite\\np\\nx{END}, {FORMULA}unknown{END}", {})
    'as, …'
    """

    def said(found: re.Match) -> str:
        if found[1].startswith("\ue001"):
            return reference(*found[1][1:].split("\n"))
        return formulas.get(found[1], "…")

    return re.sub(r" (?=[,.:;?!)](?:\s|$))", "", " ".join(MARK.sub(said, marked).split()))


def heading(section: nodes.Node) -> str:
    title = next((child for child in section.children if isinstance(child, nodes.title)), None)
    return "" if title is None else words(title)


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


def merge(app, env, docnames, other):
    """What another process has collected of its pages."""
    env.book_sections = getattr(env, "book_sections", {}) | {name: other.book_sections[name] for name in docnames}


def write(app, exception):
    """One script with all pages, in the order of the book."""
    if exception is not None or app.builder.format != "html":
        return
    pages = []
    formulas = {tex: said(html) for (tex, display), html in kept_by(app).done.items() if not display}
    for docname in ordered(app.env):
        named = partial(reference, app, docname)
        title, number = app.env.titles[docname].astext(), chapter_number(docname)
        about = f"Chapter {number}: {title}" if number else title
        found = app.env.book_sections.get(docname, [])
        found = [
            [anchor, *(finished(text, formulas, named) for text in (head, prose))] for anchor, head, prose in found
        ]
        pages.append([app.builder.get_target_uri(docname), about, found])
    text = json.dumps(pages, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    path = pathlib.Path(app.outdir) / "_static" / FILE
    path.write_text(f"window.bookSections = {text};\n", encoding="utf-8")


def reference(app, docname: str, domain: str, kind: str, target: str) -> str:
    """What a link says whose text is its target's number, title or authors."""
    env = app.env
    if target in getattr(env, "sphinx_exercise_registry", {}):
        kind = "numref"
    node = addnodes.pending_xref(
        "", refdomain=domain, reftype=kind, reftarget=target, refexplicit=False, refdoc=docname, refwarn=False
    )
    content = nodes.inline("", target)
    found = env.get_domain(domain).resolve_xref(env, docname, app.builder, kind, target, node, content)
    return "" if found is None else found.astext()


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
    app.connect("env-merge-info", merge)
    app.connect("build-finished", write, priority=850)  # the formulas are set
    return {"parallel_read_safe": True}

"""Formulas are set while pages are still being written, in a process of their own.

What is found in the documents is set and kept (bookext.mathematics); what a finished page has besides is set with it.
"""

from __future__ import annotations

import multiprocessing

from docutils import nodes
from sphinx.util.parallel import parallel_available

from bookext.mathematics import kept_by


def formulas(doctree: nodes.Element) -> list[tuple[str, bool]]:
    r"""The formulas of a document as its page will have them: the TeX, and whether it stands on a line of its own.

    >>> formulas(nodes.paragraph("", "", nodes.math("", "x"), nodes.math_block("", r"a \\ b", nowrap=False)))
    [('x', False), ('\\begin{split}a \\\\ b\\end{split}', True)]
    """
    inline = [(node.astext(), False) for node in doctree.findall(nodes.math)]
    return inline + [(as_written(node), True) for node in doctree.findall(nodes.math_block)]


def as_written(block: nodes.math_block) -> str:
    """What Sphinx writes of a block, between the signs that say that it is one."""
    parts = [part for part in block.astext().split("\n\n") if part.strip()]
    if block.get("nowrap") or len(parts) != 1:
        return block.astext()
    return rf"\begin{{split}}{parts[0]}\end{{split}}" if r"\\" in parts[0] else parts[0]


def collect(app, doctree):
    app.env.book_formulas = getattr(app.env, "book_formulas", {}) | {app.env.docname: formulas(doctree)}


def merge(app, env, docnames, other):
    """What another process has collected of its pages."""
    env.book_formulas = getattr(env, "book_formulas", {}) | {name: other.book_formulas[name] for name in docnames}


def begin(app, env):
    if app.builder.format == "html" and parallel_available:  # not on Windows, where no process forks
        found = [formula for name in sorted(env.book_formulas) for formula in env.book_formulas[name]]
        app.typesetter = multiprocessing.get_context("fork").Process(target=kept_by(app).add, args=[found])
        app.typesetter.start()


def end(app, exception):
    if hasattr(app, "typesetter"):
        app.typesetter.join()


def setup(app):
    app.connect("doctree-read", collect, priority=900)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", begin)
    app.connect("build-finished", end, priority=790)  # before bookext.mathematics puts the formulas into the pages
    return {"parallel_read_safe": True}

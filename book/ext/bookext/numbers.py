"""A chapter carries the number of its file, whether or not the chapters before it are written.

Sphinx numbers a toctree from 1, so chapter 6 would be called 5 while chapter 5 is to come. Figures, equations, theorems
and exercises take their numbers from the sections', so that one correction mends them all.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.environment.collectors.toctree import TocTreeCollector

from bookext.notebooks import chapter_number


def _renumbered(number, first):
    return (first, *number[1:]) if number else number


def renumber(env):
    """Put each chapter's own number first in the numbers of its title, sections and table of contents."""
    for docname, numbers in env.toc_secnumbers.items():
        chapter = chapter_number(docname)
        if chapter is None:
            continue
        for anchor, number in numbers.items():
            numbers[anchor] = _renumbered(number, chapter)
        title = env.titles.get(docname)
        if title is not None and title.get("secnumber"):
            title["secnumber"] = list(_renumbered(title["secnumber"], chapter))
        for reference in env.tocs[docname].findall(nodes.reference):
            if reference.get("secnumber"):
                reference["secnumber"] = list(_renumbered(reference["secnumber"], chapter))


def wrap(collector):
    original = collector.assign_section_numbers
    if getattr(original, "by_file_name", False):  # a second build in one process
        return

    def assign_section_numbers(self, env):
        changed = original(self, env)
        renumber(env)
        return changed

    assign_section_numbers.by_file_name = True
    collector.assign_section_numbers = assign_section_numbers


def number_by_file_name(app):
    """Wrap the numbering that is in force: Sphinx's own, or the one with which sphinx-external-toc replaces it."""
    for collector in TocTreeCollector.__subclasses__() or [TocTreeCollector]:
        wrap(collector)


def setup(app):
    app.connect("builder-inited", number_by_file_name, priority=999)
    return {"parallel_read_safe": True}

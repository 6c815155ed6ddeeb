"""Lists derived from the notebooks: the map of the syllabus, what a chapter costs.

Nothing here is typed twice: what is written is what exists, a claim is a line some cell printed, a cost is a time
`make run` measured.
"""

from __future__ import annotations

import pathlib
import re

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx import addnodes

from bookext import notebooks
from bookext.tiles import tile

NAMED = re.compile(r"chapter \d+(?: \(to come\))?")  # as the role {chapter}`9` writes it
ENDED = re.compile(r"(?<!e\.g)(?<!i\.e)(?<!cf)[.!?][)\]’”]*\s+$")


def link(docname, text, source):
    """A reference to a document that Sphinx resolves and checks."""
    inner = nodes.inline(text, text, classes=["std", "std-doc"])
    return addnodes.pending_xref(
        "",
        inner,
        refdomain="std",
        reftype="doc",
        refexplicit=True,
        reftarget=f"/{docname}",
        refdoc=source,
        refwarn=True,
    )


def box(*children, classes):
    return nodes.container("", *children, classes=classes)


def root(directive):
    return pathlib.Path(directive.state.document.settings.env.app.srcdir)


def written_chapters(directive):
    env = directive.state.document.settings.env
    env.note_reread()  # the notebooks change without this page changing
    return [chapter for chapter in notebooks.all_chapters(root(directive)) if chapter.docname in env.found_docs]


class SyllabusMap(Directive):
    """Every chapter of book/syllabus.yml: a link where its notebook exists, "to come" where not."""

    def run(self):
        env = self.state.document.settings.env
        written = {chapter.number: chapter for chapter in written_chapters(self)}
        parts = yaml.safe_load((root(self) / "book" / "syllabus.yml").read_text(encoding="utf-8"))
        total = sum(len(part["chapters"]) for part in parts)
        count = f"{len(written)} of {total} chapters are written."
        result = [nodes.paragraph("", count, classes=["syllabus-count"])] if len(written) < total else []
        for part in parts:
            items = []
            for entry in part["chapters"]:
                chapter = written.get(entry["number"])
                name = nodes.paragraph(classes=["syllabus-title"])
                name += nodes.inline("", str(entry["number"]), classes=["syllabus-number"])
                name += (
                    link(chapter.docname, entry["title"], env.docname) if chapter else nodes.inline("", entry["title"])
                )
                if not chapter:
                    name += nodes.inline("", "to come", classes=["syllabus-status"])
                about = nodes.paragraph("", entry["about"], classes=["syllabus-about"])
                kind = "written" if chapter else "to-come"
                items.append(nodes.list_item("", tile(chapter, entry["number"]), name, about, classes=[kind]))
            heading = nodes.paragraph("", "", nodes.strong("", part["part"]), classes=["syllabus-part"])
            result.append(box(heading, nodes.bullet_list("", *items), classes=["syllabus"]))
        return result


def measured(chapter):
    """The time `make run` measured, in words, or None. On a busy machine the processor's time is the honest figure."""
    seconds, processor = chapter.cost.get("seconds"), chapter.cost.get("processor_seconds")
    threads, cores = chapter.cost.get("threads"), chapter.cost.get("cores")
    if seconds is None:
        return None
    busy = processor is not None and threads == 1 and seconds > 1.2 * processor
    time = notebooks.duration(processor if busy else seconds) + (" of processor time" if busy else "")
    of = f" {threads} thread{'s' * (threads != 1)} of" if threads else ""
    return time + (f" on{of} {cores} CPU core{'s' * (cores != 1)}" if cores else "")


def facts(chapter, env):
    """One line: what a chapter costs and how much it checks; how that is measured stands in how_to_run."""
    to = env.app.builder.get_relative_uri
    seconds = [chapter.cost[name] for name in ("processor_seconds", "seconds") if name in chapter.cost]
    line = nodes.paragraph(classes=["chapter-strip"])
    if seconds:
        time = f"runs in {notebooks.briefly(min(seconds))}"
        line += nodes.reference("", time, refuri=f"{to(env.docname, 'book/how_to_run')}#costs", internal=True)
    if chapter.claims:
        line += [nodes.Text(" · ")] if seconds else []
        page = f"{to(env.docname, 'book/claims')}#claims-{chapter.number:02d}"
        line += nodes.reference("", f"{len(chapter.claims)} claims", refuri=page, internal=True)
    return line


class Costs(Directive):
    """What this chapter costs, in one line: the time `make run` measured, the claims it makes."""

    def run(self):
        env = self.state.document.settings.env
        path = pathlib.Path(env.doc2path(env.docname))
        line = facts(notebooks.read(path), env) if path.suffix == ".ipynb" else []
        return [line] if len(line) else []  # empty while a chapter is being written; tests/browser wants it measured


class CostsTable(Directive):
    """What every chapter costs, as `make run` measured it."""

    def run(self):
        env = self.state.document.settings.env
        items = [
            nodes.list_item(
                "",
                nodes.paragraph(
                    "", "", link(chapter.docname, chapter.title, env.docname), nodes.Text(f": {measured(chapter)}")
                ),
            )
            for chapter in written_chapters(self)
            if measured(chapter)
        ]
        first = max((chapter.number for chapter in written_chapters(self)), default=0)
        return [nodes.enumerated_list("", *items, enumtype="arabic")] if first else []


def chapter_role(name, rawtext, text, lineno, inliner, options=None, content=None):
    """{chapter}`9`: a link to the chapter where it is written, its number and "to come" where not."""
    env = inliner.document.settings.env
    env.note_reread()
    if not text.strip().isdigit():
        message = inliner.reporter.error(
            f"{{chapter}}`{text}`: give the chapter's number, as in {{chapter}}`9`", line=lineno
        )
        return [inliner.problematic(rawtext, rawtext, message)], [message]
    for docname in env.found_docs:
        if notebooks.chapter_number(docname) == int(text):
            return [link(docname, f"chapter {int(text)}", env.docname)], []
    return [nodes.inline("", f"chapter {int(text)} (to come)", classes=["to-come"])], []


def begins_a_sentence(piece):
    """Whether nothing stands before a piece in its paragraph, or the end of a sentence."""
    before = ""
    while not isinstance(piece, nodes.TextElement) or isinstance(piece, nodes.Inline):
        around = piece.parent
        before = "".join(other.astext() for other in around[: around.index(piece)]) + before
        piece = around
    return not before.strip() or bool(ENDED.search(before))


def with_capitals(doctree):
    """The role's word is "Chapter" where it begins a sentence or a list item; return how many do."""
    found = [
        text for text in doctree.findall(nodes.Text) if NAMED.fullmatch(text) and isinstance(text.parent, nodes.inline)
    ]
    first = [text for text in found if begins_a_sentence(text)]
    for text in first:
        text.parent.replace(text, nodes.Text(f"C{text[1:]}"))
    return len(first)


def under_the_title(app, doctree):
    """A chapter without a {costs} block has its line under its title."""
    path = pathlib.Path(app.env.doc2path(app.env.docname))
    if notebooks.chapter_number(app.env.docname) is None or path.suffix != ".ipynb":
        return
    there = any("chapter-strip" in line["classes"] for line in doctree.findall(nodes.paragraph))
    title, line = next(iter(doctree.findall(nodes.title)), None), facts(notebooks.read(path), app.env)
    if title is not None and len(line) and not there:
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app):
    app.add_directive("syllabus-map", SyllabusMap)
    app.add_directive("costs", Costs)
    app.add_directive("costs-table", CostsTable)
    app.add_role("chapter", chapter_role)
    app.connect("doctree-read", under_the_title)
    app.connect("doctree-read", lambda app, doctree: with_capitals(doctree) and None)
    return {"parallel_read_safe": True}

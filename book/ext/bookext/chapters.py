"""Lists derived from the notebooks: the map of the syllabus, the claims page, what a chapter costs.

Nothing here is typed twice: what is written is what exists, a claim is a line some cell printed, a cost is a time
`make run` measured.
"""

from __future__ import annotations

import pathlib

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx import addnodes

from bookext import notebooks


def _link(docname, text, source):
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


def _box(*children, classes):
    return nodes.container("", *children, classes=classes)


def _root(directive):
    return pathlib.Path(directive.state.document.settings.env.app.srcdir)


def _chapters(directive):
    env = directive.state.document.settings.env
    env.note_reread()  # the notebooks change without this page changing
    return [chapter for chapter in notebooks.all_chapters(_root(directive)) if chapter.docname in env.found_docs]


class SyllabusMap(Directive):
    """Every chapter of book/syllabus.yml: a link where its notebook exists, "to come" where not."""

    def run(self):
        env = self.state.document.settings.env
        written = {chapter.number: chapter for chapter in _chapters(self)}
        parts = yaml.safe_load((_root(self) / "book" / "syllabus.yml").read_text(encoding="utf-8"))
        total = sum(len(part["chapters"]) for part in parts)
        result = [nodes.paragraph("", f"{len(written)} of {total} chapters are written.", classes=["syllabus-count"])]
        for part in parts:
            items = []
            for entry in part["chapters"]:
                chapter = written.get(entry["number"])
                name = nodes.paragraph(classes=["syllabus-title"])
                name += nodes.inline("", str(entry["number"]), classes=["syllabus-number"])
                name += (
                    _link(chapter.docname, entry["title"], env.docname) if chapter else nodes.inline("", entry["title"])
                )
                if not chapter:
                    name += nodes.inline("", "to come", classes=["syllabus-status"])
                about = nodes.paragraph("", entry["about"], classes=["syllabus-about"])
                items.append(nodes.list_item("", name, about, classes=["written" if chapter else "to-come"]))
            heading = nodes.paragraph("", "", nodes.strong("", part["part"]), classes=["syllabus-part"])
            result.append(_box(heading, nodes.bullet_list("", *items), classes=["syllabus"]))
        return result


class ClaimsList(Directive):
    """Every claim that any chapter's committed outputs print, grouped by chapter and section."""

    def run(self):
        env = self.state.document.settings.env
        chapters = [chapter for chapter in _chapters(self) if chapter.claims]
        count = sum(len(chapter.claims) for chapter in chapters)
        if not chapters:
            return [nodes.paragraph("", "No chapter with claims is written yet.")]
        plural = "chapter" if len(chapters) == 1 else "chapters"
        result = [nodes.paragraph("", f"{count} claims in {len(chapters)} {plural}.", classes=["syllabus-count"])]
        for chapter in chapters:
            heading = nodes.paragraph(classes=["claims-chapter"])
            heading += nodes.inline("", f"{chapter.number}", classes=["syllabus-number"])
            heading += _link(chapter.docname, chapter.title, env.docname)
            block = _box(heading, classes=["claims-of-chapter"])
            last = None
            for section, sentence in chapter.claims:
                if section != last or not isinstance(block.children[-1], nodes.bullet_list):
                    block += nodes.paragraph("", section, classes=["claims-section"])
                    block += nodes.bullet_list(classes=["claims"])
                    last = section
                block.children[-1] += nodes.list_item("", nodes.paragraph("", sentence))
            result.append(block)
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


class Costs(Directive):
    """What this chapter costs: the time `make run` measured and stored in the notebook."""

    def run(self):
        env = self.state.document.settings.env
        path = pathlib.Path(env.doc2path(env.docname))
        time = measured(notebooks.read(path)) if path.suffix == ".ipynb" else None
        if time is None:  # while a chapter is being written; tests/browser wants it measured
            return []
        sentence = f"Measured from the first cell to the last: {time}, without a GPU."
        title = nodes.paragraph("", "What this chapter costs", classes=["admonition-title"])
        return [nodes.admonition("", title, nodes.paragraph("", sentence), classes=["costs"])]


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
            return [_link(docname, f"chapter {int(text)}", env.docname)], []
    return [nodes.inline("", f"chapter {int(text)} (to come)", classes=["to-come"])], []


def _strip(app, doctree):
    """Under each chapter's title: its number, its measured cost, how many claims it checks."""
    path = pathlib.Path(app.env.doc2path(app.env.docname))
    if notebooks.chapter_number(app.env.docname) is None or path.suffix != ".ipynb":
        return
    chapter = notebooks.read(path)
    facts = [f"Chapter {chapter.number}"]
    if measured(chapter):
        facts.append(f"runs in {measured(chapter)} (measured)")
    if chapter.claims:
        facts.append(f"{len(chapter.claims)} claims checked")
    title = next(iter(doctree.findall(nodes.title)), None)
    if title is not None:
        line = nodes.paragraph("", " · ".join(facts), classes=["chapter-strip"])
        title.parent.insert(title.parent.index(title) + 1, line)


def _green_checks(app, doctree):
    """A cell's claims, printed as lines of stdout, become a list of checked sentences."""
    if notebooks.chapter_number(app.env.docname) is None:
        return
    for block in list(doctree.findall(nodes.literal_block)):
        lines = block.astext().splitlines()
        if "stream" not in block.get("classes", []) or not any(line.startswith(notebooks.MARK) for line in lines):
            continue
        pieces, plain = [], []
        for line in [*lines, None]:
            if line is not None and not line.startswith(notebooks.MARK):
                plain.append(line)
                continue
            if text := "\n".join(plain).strip("\n"):
                pieces.append(nodes.literal_block(text, text, language="none", classes=["output", "stream"]))
            plain = []
            if line is not None:
                if not pieces or not isinstance(pieces[-1], nodes.bullet_list):
                    pieces.append(nodes.bullet_list(classes=["claims"]))
                sentence = line[len(notebooks.MARK) :]
                pieces[-1] += nodes.list_item("", nodes.paragraph("", sentence))
        block.replace_self(pieces)


def setup(app):
    app.add_directive("syllabus-map", SyllabusMap)
    app.add_directive("claims-list", ClaimsList)
    app.add_directive("costs", Costs)
    app.add_role("chapter", chapter_role)
    app.connect("doctree-read", _strip)
    app.connect("doctree-read", _green_checks)
    return {"parallel_read_safe": True}

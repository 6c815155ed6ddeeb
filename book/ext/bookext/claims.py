"""What the machine has checked, on its page: a claim's line in a chapter, and the list of all of them.

A line carries the sentence, its formulas set, and what was measured beside what was asked. The list begins with a
matrix, chapters by parts; each count leads to its claims, each claim to its cell.
"""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import Directive

from bookext import notebooks, signs
from bookext.chapters import box, link, written_chapters
from bookext.folds import fold

PIECE = re.compile(r"\$([^$]+)\$|`([^`]+)`")
BOUND = re.compile(r"([<>≤≥±]) (?=\S)")
VERSUS = re.compile(r"(?:^|(?<=; ))([<>≤≥])(?:( each)|(?=;|$))")  # of "0.02 vs 0.31", where no limit is written
SAID = {"<": "the first less", ">": "the first greater", "≤": "the first no greater", "≥": "the first no less"}
SAME = re.compile(r"(?<![\w.-])(-?[\w.+-]+) to \1(?=;|,|$)")  # of "inf to inf"
AGAIN = re.compile(r"(?:^|(?<=; ))([^;,]*\d[^;,]*)((?:; \1(?=;|$))+)")  # of "around 0; around 0; around 0"
THIRDS = re.compile(r"(?<![\d.])0\.(3333+|6666+7|16666+7)(?!\d)")
# The columns of the matrix: the ten parts of a chapter that may claim something, under short names.
PARTS = {
    "The question": "question",
    "The derivation": "derivation",
    "The check": "check",
    "The code": "code",
    "The training": "training",
    "Paper versus code": "paper",
    "Spot the bug": "bug",
    "Exercises": "exercises",
}


def words(sentence):
    """The sentence as nodes: $...$ is a formula, `...` is code.

    >>> [type(node).__name__ for node in words("from $x$ on, `D(x)` falls")]
    ['Text', 'math', 'Text', 'literal', 'Text']
    """
    found, at = [], 0
    for piece in PIECE.finditer(sentence):
        found.append(nodes.Text(sentence[at : piece.start()]))
        found.append(nodes.math("", piece[1]) if piece[1] else nodes.literal("", piece[2]))
        at = piece.end()
    return [node for node in (*found, nodes.Text(sentence[at:])) if node.astext()]


def numbers(text):
    """What was measured or asked, as print sets it; no bound stands without its number, no range from x to x.

    >>> "".join(node.astext() for node in numbers("< 1e-9, inf to inf, -2 to 2"))
    '<\\xa010−9, ∞, −2 to 2'
    """
    text = SAME.sub(r"\1", text)
    return signs.as_nodes(re.sub(r"\binf\b", "∞", BOUND.sub("\\1\N{NO-BREAK SPACE}", text)).replace("-∞", "−∞"))


def in_words(asked):
    """What was asked, as a reader says it: no sign stands without its number, and a third is a third.

    >>> in_words("<; < 0.333333"), in_words("> each"), in_words("< 0.07")
    ('the first less; < 1/3', 'the first greater each time', '< 0.07')
    >>> in_words("around 0; around 0; around 0; < 1")
    'around 0, 3 times; < 1'
    """
    asked = AGAIN.sub(lambda found: f"{found[1]}, {1 + found[2].count(';')} times", asked)
    asked = VERSUS.sub(lambda sign: SAID[sign[1]] + " each time" * bool(sign[2]), asked)
    return THIRDS.sub(lambda found: {"3": "1/3", "6": "2/3", "1": "1/6"}[found[1][0]], asked)


def evidence(claim):
    """What stands behind the sentence: what was measured, what was asked; or of which kind the claim is."""
    if claim.exact:
        return [nodes.Text(" "), nodes.inline("", claim.exact, classes=["evidence", "exact"])]
    if not claim.measured:
        return []
    told = pairs(claim.measured, claim.asked)
    found = nodes.inline(classes=["evidence", "pairs"] if len(told) > 1 else ["evidence"])
    for k, (measured, asked) in enumerate(told, 1):
        end = ";" * (k < len(told))
        pair = [
            nodes.inline("", "", *numbers(measured), classes=["measured"]),
            nodes.Text(", asked\N{NO-BREAK SPACE}"),
            *numbers(in_words(asked) + end),
        ]
        found += nodes.inline("", "", *pair, classes=["pair"]) if len(told) > 1 else pair
    return [nodes.Text(" "), found]


def pairs(measured, asked):
    """What was measured beside what was asked of it: one by one, where there are three or more.

    >>> pairs("1; 2; 3", "< 2; < 3, 5 values; > 1")
    [('1', '< 2'), ('2', '< 3, 5 values'), ('3', '> 1')]
    >>> pairs("1; 2; 3", "around 0 each")
    [('1; 2; 3', 'around 0 each')]
    """
    each, wanted = measured.split("; "), asked.split("; ")
    return list(zip(each, wanted, strict=True)) if len(each) == len(wanted) > 2 else [(measured, asked)]


def item(claim, leads_to=None):
    """A line of a list of claims: with an id and a link to itself, or with a link to where it is made."""
    text = nodes.paragraph("", "", *words(claim.sentence), *evidence(claim))
    if leads_to is None:
        text += [nodes.Text(" "), nodes.reference("", "#", refid=claim.anchor, internal=True, classes=["claim-link"])]
    else:
        text += [nodes.Text(" "), nodes.reference("", "to its cell", refuri=leads_to, classes=["claim-link"])]
    found = nodes.list_item("", text, classes=["key"] if claim.key else [])
    if leads_to is None:
        found["ids"].append(claim.anchor)
    return found


def claims_become_lists(app, doctree):
    """A cell's claims, printed as lines of stdout, become a list of checked sentences."""
    if notebooks.chapter_number(app.env.docname) is None:
        return
    anchors = notebooks.Anchors()
    for block in list(doctree.findall(nodes.literal_block)):
        lines = block.astext().splitlines()
        if "stream" not in block.get("classes", []) or not any(map(notebooks.parse, lines)):
            continue
        pieces, plain = [], []
        for line in [*lines, None]:
            claim = notebooks.parse(line, anchors=anchors) if line is not None else None
            if line is not None and claim is None:
                plain.append(line)
                continue
            if text := "\n".join(plain).strip("\n"):
                pieces.append(nodes.literal_block(text, text, language="none", classes=["output", "stream"]))
            plain = []
            if claim is not None:
                if not pieces or not isinstance(pieces[-1], nodes.bullet_list):
                    pieces.append(nodes.bullet_list(classes=["claims"]))
                pieces[-1] += item(claim)
        block.replace_self(pieces)


def column(part):
    """The column of a heading, or "other".

    >>> column("The question: a loss that stops"), column("Summary and further reading")
    ('question', 'other')
    """
    return next((short for start, short in PARTS.items() if part.lower().startswith(start.lower())), "other")


def matrix(chapters, named):
    """Chapters by parts: how many claims each part makes; a count leads to the first of them."""
    used = {column(claim.part) for chapter in chapters for claim in chapter.claims}
    columns = [name for name in (*PARTS.values(), "other") if name in used]
    most = max(sum(column(c.part) == name for c in chapter.claims) for chapter in chapters for name in columns)

    def row(cells, classes=()):
        return nodes.row(
            "", *(nodes.entry("", nodes.paragraph("", "", *cell)) for cell in cells), classes=list(classes)
        )

    table = nodes.table(classes=["claims-matrix"])
    group = nodes.tgroup(cols=len(columns) + 2)
    group += [nodes.colspec(colwidth=1) for _ in range(len(columns) + 2)]
    group += nodes.thead("", row([[nodes.Text(word)] for word in ("chapter", *columns, "all")]))
    body = nodes.tbody()
    for chapter in chapters:
        cells = [[nodes.Text(f"{chapter.number} "), named(chapter)]]
        for name in columns:
            made = [claim for claim in chapter.claims if column(claim.part) == name]
            shade = f"heat-{1 + round(4 * len(made) / most)}"
            target = f"claims-{chapter.number:02d}-{name}"
            cells.append([nodes.reference("", str(len(made)), refid=target, classes=[shade])] if made else [])
        cells.append([nodes.reference("", str(len(chapter.claims)), refid=f"claims-{chapter.number:02d}")])
        body += row(cells)
    group += body
    table += group
    return table


class ClaimsList(Directive):
    """Every claim that any chapter's committed outputs print: a matrix, then a fold for each chapter."""

    def run(self):
        env = self.state.document.settings.env
        chapters = [chapter for chapter in written_chapters(self) if chapter.claims]
        if not chapters:
            return [nodes.paragraph("", "No chapter with claims is written yet.")]
        every = [claim for chapter in chapters for claim in chapter.claims]
        facts = [f"{len(every)} claims in {len(chapters)} chapter{'s' * (len(chapters) > 1)}"]
        facts += [f"{sum(bool(c.measured) for c in every)} with what was measured beside what was asked"]
        facts += [f"{sum(bool(c.exact) for c in every)} exact"]
        summary = nodes.paragraph("", "; ".join(facts) + ".", classes=["syllabus-count"])
        result = [summary, matrix(chapters, lambda chapter: link(chapter.docname, chapter.title, env.docname))]
        return [*result, *(self.of_chapter(env, chapter) for chapter in chapters)]

    def of_chapter(self, env, chapter):
        """One chapter's fold: its claims under the headings where they are made."""
        page = env.app.builder.get_relative_uri(env.docname, chapter.docname)
        body, last, seen = [], None, set()
        for claim in chapter.claims:
            if (claim.part, claim.section) != last:
                last = claim.part, claim.section
                heading = nodes.paragraph("", "", *words(claim.section), classes=["claims-section"])
                name = column(claim.part)
                if name not in seen:
                    heading["ids"].append(f"claims-{chapter.number:02d}-{name}")
                seen.add(name)
                body += [heading, nodes.bullet_list(classes=["claims"])]
            body[-1] += item(claim, leads_to=f"{page}#{claim.anchor}")
        title = f"{chapter.number}. {chapter.title}"
        count = nodes.inline("", f"{len(chapter.claims)} claims", classes=["fold-count"])
        return fold(
            [nodes.Text(f"{title} "), count],
            box(*body, classes=["claims-of-chapter"]),
            classes=["fold-claims"],
            ids=[f"claims-{chapter.number:02d}"],
        )


def setup(app):
    app.add_directive("claims-list", ClaimsList)
    app.connect("doctree-read", claims_become_lists)
    return {"parallel_read_safe": True}

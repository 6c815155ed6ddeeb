"""The book's sources hold together: table of contents, syllabus, citations, links, alt texts, nothing from elsewhere.

What needs the built pages is asked of _build/html where it exists and is not older than the sources (make html).
"""

import doctest
import json
import os
import pathlib
import re
import sys
import types

import numpy as np
import pytest
import yaml
from docutils import nodes
from docutils.utils import new_document
from PIL import Image
from sphinx import addnodes

ROOT = pathlib.Path(__file__).resolve().parents[1]
BOOK, NOTEBOOKS, HTML = ROOT / "book", ROOT / "notebooks", ROOT / "_build" / "html"
sys.path.insert(0, str(BOOK / "ext"))

from bookext import (  # noqa: E402
    chapters,
    claims,
    figures,
    folds,
    mathematics,
    notebooks,
    offline,
    punctuation,
    signs,
    slim,
    tables,
    terms,
)

PARTS = yaml.safe_load((BOOK / "syllabus.yml").read_text(encoding="utf-8"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
LISTED = [TOC["root"]] + [entry["file"] for part in TOC["parts"] for entry in part["chapters"]]
CHAPTERS = sorted(NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
PAGES = sorted(BOOK.glob("*.md"))


def markdown(path):
    """The prose of a page or of a notebook."""
    if path.suffix == ".md":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


def test_the_toc_lists_only_what_exists_and_all_that_exists():
    for name in LISTED:
        assert (ROOT / f"{name}.md").exists() or (ROOT / f"{name}.ipynb").exists(), (
            f"_toc.yml lists {name}, which does not exist; remove the line or write the file"
        )
    written = {f"notebooks/{path.stem}" for path in CHAPTERS} | {f"book/{path.stem}" for path in PAGES}
    missing = sorted(written - set(LISTED))
    assert not missing, f"_toc.yml does not list {', '.join(missing)}; add one line for each: '- file: {missing[0]}'"
    written = [name for name in LISTED if re.match(r"notebooks/\d", name)]  # own_images is no chapter
    assert written == sorted(written), "_toc.yml: the chapters are not in the order of their numbers"


def test_the_syllabus_has_nineteen_chapters_with_final_names():
    entries = [entry for part in PARTS for entry in part["chapters"]]
    assert [entry["number"] for entry in entries] == list(range(1, 20))
    assert all(entry["title"] and entry["about"].endswith(".") for entry in entries)
    names = {f"{entry['number']:02d}_{entry['name']}" for entry in entries}
    strangers = [path.name for path in CHAPTERS if path.stem not in names]
    assert not strangers, f"{strangers}: not a name of book/syllabus.yml; rename the notebook, the syllabus is final"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_chapter_has_the_title_of_the_syllabus(path):
    number = notebooks.chapter_number(path.stem)
    titles = {entry["number"]: entry["title"] for part in PARTS for entry in part["chapters"]}
    assert notebooks.read(path).title == titles[number], (
        f"{path.name}: its title is not that of book/syllabus.yml ({titles[number]!r}); "
        "change one of the two (the number is added by the build)"
    )


def test_every_citation_exists_and_no_entry_is_doubled():
    keys = re.findall(r"^@\w+\{([^,]+),", (BOOK / "references.bib").read_text(encoding="utf-8"), re.M)
    assert len(keys) == len(set(keys))
    for path in [*PAGES, *CHAPTERS]:
        cited = {
            key.strip() for group in re.findall(r"\{cite:[a-z]+\}`([^`]+)`", markdown(path)) for key in group.split(",")
        }
        unknown = sorted(cited - set(keys))
        assert not unknown, f"{path.name} cites {unknown}; add the entries to book/references.bib"


def test_every_term_is_in_the_glossary():
    text = (BOOK / "glossary.md").read_text(encoding="utf-8")
    terms = {
        line.strip().lower() for line in text.splitlines() if re.match(r"\S", line) and not line.startswith(("#", "`"))
    }
    for path in [*PAGES, *CHAPTERS]:
        for role in re.findall(r"\{term\}`([^`]+)`", markdown(path)):
            term = (re.search(r"<(.+)>$", role) or re.match(r"(.+)", role)).group(1).strip().lower()
            assert term in terms, f"{path.name} links the term {term!r}; add it to book/glossary.md"


APP = types.SimpleNamespace(env=types.SimpleNamespace(docname="notebooks/01_minimax_game"))


def printed(text):
    return nodes.literal_block(text, text, classes=["output", "stream"])


def cell(kind, code, *outputs):
    """A code cell as myst-nb hands it on."""
    source = nodes.container("", nodes.literal_block(code, code), nb_element="cell_code_source", classes=["cell_input"])
    output = nodes.container("", *outputs, nb_element="cell_code_output", classes=["cell_output"])
    parts = [source, output] if outputs else [source]
    return nodes.container(
        "", *parts, nb_element="cell_code", cell_metadata={"tags": [kind]}, classes=["cell"], hide_mode="input"
    )


def on_page(*cells):
    page = new_document("page")
    page += cells
    claims.claims_become_lists(APP, page)
    folds.fold_cells(APP, page)
    return page


def test_claims_among_printed_lines_become_a_list_and_tables_keep_their_blank_lines():
    page = on_page(printed("a table\n\n1  2\n\n✓ one holds\n\n✓ two holds\nmore\n"))
    table, found, rest = page.children
    assert table.astext() == "a table\n\n1  2" and rest.astext() == "more"
    assert [item.astext() for item in found] == ["one holds #", "two holds #"]
    first = next(found.findall(nodes.reference))
    assert [first["refid"]] == found[0]["ids"]


def test_a_claim_on_a_page_has_its_formulas_and_its_numbers():
    page = on_page(printed("✓✓ the loss of $D^*$ falls  [-2.2e-9 to 3, asked < 0.5, 4 values]\n✓ so `f` is  [exact]\n"))
    first, second = page[0].children
    assert "key" in first["classes"] and "key" not in second["classes"]
    assert [found.astext() for found in first.findall(nodes.math)] == ["D^*"]
    measured, evidence = [
        next(found for found in first.findall(nodes.inline) if name in found["classes"])
        for name in ("measured", "evidence")
    ]
    assert measured.astext() == "−2.2\xa0×\xa010−9 to 3" and evidence.astext().endswith(", asked\xa0<\xa00.5, 4 values")
    assert [found.astext() for found in first.findall(nodes.superscript)] == ["−9"]
    assert "exact" in second.astext() and "[" not in page.astext()


def test_of_three_numbers_each_stands_beside_what_was_asked_of_it():
    lines = "✓ three  [0.9; 4 to 5; -1, asked > 0.5; -2.3 to 2.3, 5 values; < 0]\n✓ two  [1; 2, asked 1; 2]\n"
    page = on_page(printed(lines))
    three, two = (
        [found.astext() for found in item.findall(nodes.inline) if "pair" in found["classes"]] for item in page[0]
    )
    assert three == ["0.9, asked\xa0>\xa00.5;", "4 to 5, asked\xa0−2.3 to 2.3, 5 values;", "−1, asked\xa0<\xa00"]
    assert two == []


def test_a_figure_shows_its_picture_first_and_a_lesson_stays_as_it_is():
    page = on_page(cell("figure", "plot()", nodes.image(alt="a")), cell("lesson", "x = 1", nodes.image(alt="b")))
    figure, lesson = page.children
    assert [type(part).__name__ for part in figure.children] == ["container", "Fold"]
    assert figure[1][0].astext() == "Code of this figure" and "plot()" in figure[1].astext()
    assert [part["nb_element"] for part in lesson.children] == ["cell_code_source", "cell_code_output"]
    assert "hide_mode" not in figure and "hide_mode" not in lesson  # kinds take the place of hide-input
    table = on_page(cell("figure", "plot.table(rows)", nodes.raw("", "<table></table>", format="html")))[0]
    assert table[1][0].astext() == "Code of this table"
    helper = on_page(cell("figure", "def picture(): ..."))[0]
    assert [type(part).__name__ for part in helper.children] == ["Fold"]
    old = on_page(cell("hide-input", "plot()", nodes.image(alt="a")))[0]  # of no kind yet: one look all the same
    assert [type(part).__name__ for part in old.children] == ["Fold", "container"]


def test_a_check_shows_the_claims_that_matter_and_folds_the_others_with_the_code():
    text = "✓ one\n✓✓ two  [1, asked < 2]\n✓ three\n"
    check = on_page(cell("check", "claim()", printed(text)))[0]
    shown, fold = check.children
    assert [item.astext()[:3] for item in shown] == ["two"]
    line, rest, code = fold.children
    assert line.astext() == "3 claims hold: 2 more, and the code"
    assert [item.astext() for item in rest] == ["one #", "three #"] and code.astext() == "claim()"
    unmarked = on_page(cell("check", "claim()", printed("✓ one\n✓ two\n")))[0]
    assert [item.astext() for item in unmarked[0]] == ["one #"]  # where none is marked, the first
    alone = on_page(cell("check", "claim()", printed("✓ one\n"), nodes.image(alt="a")))[0]
    assert alone[-1][0].astext() == "Code of this check"
    assert len(list(alone.findall(nodes.image))) == 1  # what else it shows stays open


def test_the_matrix_counts_claims_by_chapter_and_part():
    def made(part, sentence):
        return notebooks.Claim(part, part, sentence)

    one = notebooks.Chapter(1, "notebooks/01_a", "A", (made("The question: why", "x"), made("The check", "y")), {})
    two = notebooks.Chapter(2, "notebooks/02_b", "B", (made("The check", "z"), made("The check", "w")), {})
    table = claims.matrix([one, two], lambda chapter: nodes.Text(chapter.title))
    rows = [[entry.astext() for entry in row.children] for row in table.findall(nodes.row)]
    assert rows == [["chapter", "question", "check", "all"], ["1 A", "1", "1", "2"], ["2 B", "", "2", "2"]]
    assert [link["refid"] for link in table.findall(nodes.reference)][:2] == ["claims-01-question", "claims-01-check"]


def test_an_inline_formula_keeps_its_punctuation():
    line = nodes.paragraph("", "", nodes.Text("on ("), nodes.math("", "x"), nodes.Text("), for all "))
    line += [nodes.math("", "y"), nodes.Text(" and "), nodes.math("", "z"), nodes.Text(".")]
    text = line.astext()
    assert punctuation.keep_together(line) == 2
    assert line.astext() == text
    spans = [found.astext() for found in line.findall(nodes.inline) if "together" in found["classes"]]
    assert spans == ["(x),", "z."]


def test_code_and_emphasis_keep_their_punctuation_and_a_number_its_percent():
    long = 40 * "x"
    line = nodes.paragraph("", "", nodes.Text("in ("), nodes.literal("", "f.py"), nodes.Text("), or "))
    line += [nodes.literal("", long), nodes.Text(", "), nodes.emphasis("", "", nodes.Text("on "), nodes.math("", "y"))]
    line += [nodes.Text(": 5 % or "), nodes.math("", "k"), nodes.Text(" %, not % alone; ")]
    line += nodes.reference("", "", nodes.literal("", "g.py"), refuri="#")
    line += nodes.Text(".")
    text = line.astext()
    assert punctuation.percents(line) == 2
    assert punctuation.keep_together(line) == 3
    assert line.astext() == text.replace("5 %", "5\xa0%").replace("k %", "k\xa0%")
    spans = [found.astext() for found in line.findall(nodes.inline) if "together" in found["classes"]]
    assert set(spans) == {"y:", "(f.py),", "g.py."}
    assert punctuation.percents(nodes.literal_block("5 %", "5 %")) == 0


def named(text):
    """What the role {chapter} writes."""
    return nodes.reference("", "", nodes.inline("", text), refuri="#")


@pytest.mark.parametrize(
    ("before", "first"),
    [("", True), ("It ends. ", True), ("(Why?) ", True), ("as in ", False), ("see, e.g. ", False), ("2.", False)],
)
def test_a_chapters_name_that_begins_a_sentence_has_a_capital(before, first):
    line = nodes.paragraph("", "", *([nodes.Text(before)] if before else []), named("chapter 9"), nodes.Text(" builds"))
    page = nodes.list_item("", line)
    assert chapters.with_capitals(page) == first
    assert page.astext() == f"{before}{'C' if first else 'c'}hapter 9 builds"


def test_a_capital_looks_past_emphasis():
    line = nodes.paragraph("", "", nodes.Text("One. "), nodes.emphasis("", "", named("chapter 9"), nodes.Text(" too")))
    assert chapters.with_capitals(line) == 1


def test_a_figure_becomes_lighter_and_keeps_every_pixel(tmp_path):
    rng = np.random.default_rng(0)
    pixels = np.repeat(rng.integers(0, 255, (40, 1, 3), dtype=np.uint8), 60, axis=1)
    Image.fromarray(pixels).save(tmp_path / "figure.png")
    before = (tmp_path / "figure.png").stat().st_size
    assert slim.lighter_figures(tmp_path) == {"figure.png": "figure.webp"}
    assert [file.name for file in tmp_path.iterdir()] == ["figure.webp"]
    assert (tmp_path / "figure.webp").stat().st_size < before
    with Image.open(tmp_path / "figure.webp") as picture:
        assert np.array_equal(np.asarray(picture.convert("RGB")), pixels)


def test_a_term_is_linked_once_where_running_text_first_uses_it():
    def paragraph(*children):
        return nodes.paragraph("", "", *children)

    page = new_document("page")
    page += nodes.title("", "The critic")
    page += paragraph(
        nodes.literal("", "critic"), nodes.Text(" in code, then two critics. One round in a critic's mode.")
    )
    page += paragraph(nodes.Text("A gradient penalty on the critic"))
    assert terms.link_first_uses(page, ["critic", "gradient penalty", "mode", "round", "nat"]) == [
        "critic",
        "gradient penalty",
    ]
    links = list(page.findall(addnodes.pending_xref))
    assert [(found.astext(), found["reftarget"]) for found in links] == [
        ("critics", "critic"),
        ("gradient penalty", "gradient penalty"),
    ]
    assert page.astext().split("\n\n")[1] == "critic in code, then two critics. One round in a critic's mode."
    assert terms.link_first_uses(page, ["critic"]) == [], "a writer's own link counts as the first use"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_figure_says_what_is_to_be_seen(path):
    for index, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt")
                wrong = figures.problem(alt)
                assert wrong is None, f"{path.name}: the figure of cell {index} {wrong}; {figures.IN_A_NOTEBOOK}"


def test_the_lint_of_figures_refuses_what_it_must():
    assert figures.problem("Two bell curves, shifted by one") is None
    assert figures.problem("../_images/8dfd06a4e8f4c8f0d7e6791bf5a246ea5bb3a7853ecb42ccb58e8efbd2a3969c.png")
    assert figures.problem("  ")
    assert figures.BARE_IMG.search('<p><img src="x.webp"></p>')
    assert not figures.BARE_IMG.search('<p><img src="x.webp" alt="digits"></p>')


def test_claims_are_read_from_stdout_only():
    cells = [
        {"cell_type": "markdown", "source": "## The check\n```python\n## not a heading\n```\n"},
        {
            "cell_type": "code",
            "source": 'claim("typed", True)',
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["✓ one\n", "other ✓ line\n", "✓ two\n"]},
                {"output_type": "stream", "name": "stderr", "text": "✓ three\n"},
            ],
        },
    ]
    assert [(claim.section, claim.sentence) for claim in notebooks.claims_of(cells)] == [
        ("The check", "one"),
        ("The check", "two"),
    ]
    cells[1]["metadata"] = {"tags": ["remove-cell"]}
    assert notebooks.claims_of(cells) == []  # the page does not show it, so no link may lead to it


def test_the_page_and_the_contract_read_a_claim_alike():
    sys.path.insert(0, str(ROOT / "scripts"))
    from contract import form

    for line in (
        "✓ a",
        "✓ a  [1, asked < 2]",
        "✓✓ a  [exact]",
        "✓ a  [raises ValueError]",
        "✓ in [0, 1]",
        "✓ a [exact]",
    ):
        assert notebooks.parse(line).numberless is not bool(form.NOTE.search(line)), line


def test_pages_lose_what_comes_from_elsewhere_and_keep_links():
    page = (
        '<script src="//cdn.example/a.js"></script><link rel="stylesheet" href="https://fonts.example/b.css">'
        '<link rel="canonical" href="https://book.example/"><a href="https://example.org">kept</a>'
        '<script src="../_static/searchtools.js"></script><script src="../_static/doctools.js"></script>'
    )
    assert offline.offline(page) == (
        '<link rel="canonical" href="https://book.example/"><a href="https://example.org">kept</a>'
        '<script src="../_static/doctools.js"></script>'
    )
    assert "sections.js" in offline.offline(page + "</body>", search=True)
    assert offline.REMOTE_MEDIA.search('<img alt="x" src="https://img.example/badge.svg">')


@pytest.mark.parametrize(
    "module",
    [figures, terms, notebooks, mathematics, offline, claims, punctuation, signs, tables],
    ids=lambda module: module.__name__,
)
def test_examples_in_the_extensions_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_examples_in_the_pages_hold(path):
    code = "\n".join(re.findall(r"^```pycon\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S))
    test = doctest.DocTestParser().get_doctest(code, {}, path.stem, str(path), 0)
    assert test.examples or path.stem != "refresher"
    assert not doctest.DocTestRunner(verbose=False).run(test).failed


def fresh_pages():
    sources = [ROOT / "_config.yml", ROOT / "_toc.yml", *PAGES, *CHAPTERS, *(BOOK / "ext").rglob("*.py")]
    index = HTML / "_static" / "sections.js"
    if not index.exists() or index.stat().st_mtime < max(path.stat().st_mtime for path in sources):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(
            "the book is not built, or older than its sources: make html, then this again (make test does both)"
        )
    return [path for path in HTML.rglob("*.html") if "_static" not in path.parts]


def test_built_pages_load_nothing_from_elsewhere():
    loads = re.compile(r'<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)="((?:https?:)?//[^"]+)"[^>]*>')
    for page in fresh_pages():
        remote = [
            match.group(1)
            for match in loads.finditer(page.read_text(encoding="utf-8"))
            if not re.search(r'rel="(?:canonical|license|author)"', match.group(0))
        ]
        assert not remote, f"{page.relative_to(HTML)} loads {remote}"


def test_built_links_lead_somewhere():
    ids = {}

    def targets(page):
        if page not in ids:
            ids[page] = set(re.findall(r'\b(?:id|name)="([^"]+)"', page.read_text(encoding="utf-8")))
        return ids[page]

    for page in fresh_pages():
        for link in re.findall(r'<a\b[^>]*?\bhref="([^"]+)"', page.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:|//", link) or "{{" in link:
                continue
            place, _, anchor = link.partition("#")
            target = (page.parent / place.partition("?")[0]).resolve() if place else page
            assert target.exists(), f"{page.relative_to(HTML)} links {link}, which is not there"
            if anchor and target.suffix == ".html":
                assert anchor in targets(target), f"{page.relative_to(HTML)} links {link}; there is no such anchor"


def test_a_page_says_what_it_is_where_its_address_is_shared():
    from bookext import preview

    plain = preview.tags("Title", "Words.")
    assert 'content="Title"' in plain and "og:image" not in plain
    assert 'content="https://example.org/book/_static/preview.png"' in preview.tags(
        "T", "", "https://example.org/book/"
    )
    assert (ROOT / "book" / "theme" / "preview.png").is_file()

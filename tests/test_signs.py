"""What was typed in ASCII stands as print sets it, in all text of the built pages; code and attributes stay."""

import html.parser
import pathlib
import re
import sys

from docutils import nodes
from sphinx import addnodes
from test_book import HTML, fresh_pages

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "ext"))

from bookext import signs  # noqa: E402

# What nobody should read in a text: written here without bookext.signs, which is to be tested.
TYPED = re.compile(
    r"(?<![\w.])\d+(?:\.\d+)?e[-−+]?\d{1,3}\b|(?<![\w.)\]\[])-\d|(?<![\w])\[-\d|\b[A-Za-z]_[A-Za-z]\b|\b\d+ ?x ?\d+\b"
    r"|\b(\d+) by \1\b|\d \(?\d* ?- \w|(?<![\w.])\d+(?:\.\d+)?%|[<>]=|\bp = p_g\b"
)
SKIPPED = {"script", "style", "code", "pre", "kbd", "svg", "math", "mjx-container", "option", "textarea", "dt", "title"}

# Of what is skipped, the large pieces: a parser is slow on them.
LARGE = re.compile(r"<(mjx-container|script|style|svg|pre)\b.*?</\1>", re.S)


class Texts(html.parser.HTMLParser):
    """The texts of a page that a reader reads as type: no code, no formula, no signature of the library."""

    def __init__(self):
        super().__init__()
        self.skipped, self.found = [], []

    def handle_starttag(self, tag, attributes):
        if self.skipped or tag in SKIPPED:
            self.skipped += [tag] * (not self.skipped or tag == self.skipped[0])

    def handle_endtag(self, tag):
        if self.skipped and tag == self.skipped[-1]:
            self.skipped.pop()

    def handle_data(self, data):
        if not self.skipped:
            self.found.append(data)


def typed(page):
    """What of a page's article is still as a keyboard has it."""
    texts = Texts()
    texts.feed(LARGE.sub("", page[page.find("<article") : page.find("</article>")]))
    return [found[0] for text in texts.found for found in TYPED.finditer(text)]


def test_the_search_for_what_was_typed_finds_it():
    page = "<article><p>1e-12, -1, [-1, 1], s_x, 4 x 4, 8 by 8, 2 (1 - TV), 53.1%, >= 2</p><code>-1</code><dt>-1</dt>"
    assert len(typed(f"{page}</article>")) == 9


def test_no_built_page_shows_what_was_typed():
    pages = [page for page in fresh_pages() if page.name not in ("genindex.html", "py-modindex.html")]
    left = {str(page.relative_to(HTML)): typed(page.read_text(encoding="utf-8")) for page in pages}
    assert not {name: found for name, found in left.items() if found}
    arena = (HTML / "notebooks" / "11_arena.html").read_text(encoding="utf-8")
    assert "<code hidden>2.4e−07</code> 2.4\u202f×\u202f10<sup>−7</sup></td>" in arena, (
        "a table sorts by what is hidden"
    )


def test_prose_is_mended_and_code_is_not():
    line = nodes.paragraph("", "", nodes.Text("from -1 to 2e-3 of F_q, "), nodes.literal("", "x[-1] >= 1e-3"))
    signature = addnodes.desc_signature("", "", nodes.inline("", "eps=1e-3"))
    table = "<style>a{top:-1px}</style><td data-x='-1 > -2'>%s1</td><svg><text>-1</text></svg>"
    raw = nodes.raw("", table % "-", format="html")
    assert signs.mend(nodes.section("", line, signature, raw)) == 2
    assert line.astext() == "from −1 to 2\xa0×\xa010−3 of Fq, x[-1] >= 1e-3" and signature.astext() == "eps=1e-3"
    assert [found.astext() for found in line.findall(nodes.superscript)] == ["−3"]
    assert raw.astext() == table % "−"


def test_a_page_without_such_signs_stays_as_it_is():
    plain = "pages 3-4 and x-2, CH-01, commit 5e31559, 0x10, ratio-1, 3 by 4, d_steps, “.0%”"
    assert signs.mended(plain) == plain and signs.pieces(plain) == [("", plain)]

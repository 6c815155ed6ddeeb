"""The book on paper (`make pdf`), tried on two pages: no line cut, links and bookmarks lead where they say."""

import ctypes
import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pdf as paper
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from bookpages import CHAPTERS

from conftest import HOW_TO_GET, find_chromium

MM = 72 / 25.4
LEFT, RIGHT, TOP, BOTTOM = 18 * MM, 192 * MM, 280 * MM, 19 * MM  # the margins of css/paper.css on A4, in points
CHAPTER = next(name for name in CHAPTERS if name.endswith("07_why_gans_fail"))
TRIED = ["book/notation", CHAPTER]
LINE = re.compile(r"<pre>(.*?)</pre>", re.S)


@pytest.fixture(scope="module")
def document(html):
    return paper.document(TRIED)


@pytest.fixture(scope="module")
def pages(html, tmp_path_factory):
    if find_chromium() is None:
        pytest.skip(HOW_TO_GET)
    file = tmp_path_factory.mktemp("paper") / "book.pdf"
    with ThreadPoolExecutor(1) as thread:  # it opens a browser of its own
        thread.submit(paper.book, TRIED, file).result()
    with pypdfium2.PdfDocument(file) as pdf:
        yield pdf


def glyphs(page):
    """Each character and its box: left, bottom, right, top. A stretched bar, drawn too long and clipped, is none."""
    text = page.get_textpage()
    for k in range(text.count_chars()):
        character = text.get_text_range(k, 1)
        box = text.get_charbox(k)
        if character.strip() and box[3] - box[1] < 200:
            yield character, box


def test_no_line_is_cut_by_an_edge(pages):
    cut = []
    for number, page in enumerate(pages, 1):
        for character, (left, bottom, right, top) in glyphs(page):
            middle = (bottom + top) / 2
            over = left < LEFT - 2 or right > RIGHT + 2
            if over or bottom < BOTTOM - 2 < middle or top > TOP + 2 > middle:
                cut.append((number, character, [round(edge) for edge in (left, bottom, right, top)]))
    assert not cut, (len(cut), cut[:20])


def test_every_line_of_open_code_is_there(pages, document):
    words = re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pages))
    shown = re.sub(r'<details class="[^"]*fold-code.*?</details>', "", document, flags=re.S)
    lines = [line for block in LINE.findall(shown) for line in re.sub(r"<[^>]*>", "", block).splitlines()]
    lines = [re.sub(r"\s", "", unescape(line)) for line in lines]
    assert len(lines) > 20
    assert not [line for line in lines if line not in words]


def test_no_page_is_left_empty_but_before_a_new_one_begins(pages, document):
    begins = {page for title, page in paper.starts(pages) if f">{title}" in document}
    empty = []
    for number, page in enumerate(pages, 1):
        lowest = [bottom for _, (_, bottom, _, _) in glyphs(page) if bottom > BOTTOM - 2]
        lowest += [image.get_bounds()[1] for image in page.get_objects([pdfium.FPDF_PAGEOBJ_IMAGE])]
        if min(lowest, default=TOP) > (BOTTOM + TOP) / 2 and number + 1 not in begins and 1 < number < len(pages):
            empty.append(number)
    assert not empty, f"pages of which more than half is empty: {empty}"


def test_bookmarks_and_contents_know_their_pages(pages, document):
    marks = dict(reversed(paper.starts(pages)))
    for title in ("Contents", "Notation", "7. Why GANs fail"):
        assert title in marks
        assert title.split(". ")[-1] in pages[marks[title] - 1].get_textpage().get_text_range()
    listed = pages[marks["Contents"] - 1].get_textpage().get_text_range()
    for title in ("Notation", "7. Why GANs fail"):
        assert re.search(rf"{re.escape(title)}\s*{marks[title]}\b", listed), listed


def test_links_inside_the_book_lead_to_a_page(pages, document):
    """Each link has a destination in the file, or an address."""
    inside = dead = 0
    for page in pages:
        start, link = ctypes.c_int(0), pdfium.FPDF_LINK()
        while pdfium.FPDFLink_Enumerate(page, ctypes.byref(start), ctypes.byref(link)):
            if pdfium.FPDFLink_GetDest(pages, link):
                inside += 1
            elif not pdfium.FPDFAction_GetURIPath(pages, pdfium.FPDFLink_GetAction(link), None, 0):
                dead += 1
    shown = re.findall(r'<a (?![^>]*(?:headerlink|claim-link))[^>]*href="#', document)
    assert inside >= len(shown) > 12
    assert not dead


def test_each_still_of_a_film_has_its_title(html, document):
    """Of one view three frames, each over its own round; of several the last round under all."""
    said = re.findall(r'class="gbp-title"[^>]*>([^<]*)<', document)
    last = re.findall(r'"titles":\[[^\]]*"([^"]+)"\]', (html / f"{CHAPTER}.html").read_text(encoding="utf-8"))
    assert said and set(said) <= set(last)
    page = (html / f"{CHAPTERS[0]}.html").read_text(encoding="utf-8")
    film = paper.stills(paper.FILM.search(page))
    titles = re.findall(r"<small>([^<]+)</small>", film)
    assert len(titles) == len(set(titles)) == film.count("<img") == 3

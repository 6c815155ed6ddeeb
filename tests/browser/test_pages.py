"""Every page, read alone: no request to anybody, no error, every formula set, light enough, no wider than a phone."""

import re

import pytest
from bookpages import CHAPTERS, HTML, PAGES, SETTLED, UNFOLD

EVERYTHING = [*PAGES, "search", "genindex"]
MEGABYTE = 1_000_000

SILENT = (
    "() => [...document.querySelectorAll('article img')].filter(i => !i.alt.trim()).map(i => i.outerHTML.slice(0, 120))"
)
EMPTY = """() => [...document.querySelectorAll('article img')].filter(i => i.complete && !i.naturalWidth)
             .map(i => i.outerHTML.slice(0, 120))"""
UNSET = """() => [...document.querySelectorAll('article .math')]
             .filter(e => !e.querySelector('mjx-math') || !e.querySelector('mjx-assistive-mml math')
                          || e.querySelector('mjx-merror')
                     || [...e.querySelectorAll('mjx-c')].some(c => !getComputedStyle(c).fontFamily.includes('MJX')))
             .map(e => e.outerHTML.slice(0, 200))"""
RAW = r"""() => document.querySelector('article').innerText
           .match(/\\\(|\\\[|\$\$|\{(?:eq|cite:[pt]|term|prf:ref|chapter)\}/)"""
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth + 1 ? [] :
                [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .slice(0, 5).map(e => e.tagName + '.' + e.className)"""
CUT = """(paper) => {
  const article = document.querySelector('article'), cut = [];
  for (const part of article?.querySelectorAll('mjx-container, img, svg, table, pre, p, li, summary') ?? []) {
    const box = part.getBoundingClientRect(), own = part.matches('pre, mjx-container[display]');
    if (!box.width || !box.height || part.closest('mjx-assistive-mml, .gbp')) continue;
    const more = own && part.scrollWidth > part.clientWidth + 1;  // both are rounded
    const right = more ? box.left + part.scrollWidth : box.right;
    if (paper && right > innerWidth + 1) cut.push(`off: ${part.tagName} ${part.textContent.slice(0, 40)}`);
    for (let around = own ? part : part.parentElement; around; around = around.parentElement) {
      const flow = getComputedStyle(around).overflowX, edge = around.getBoundingClientRect();
      if (flow === 'visible' || (right <= edge.right + 1 && box.left >= edge.left - 1)) continue;
      if (paper || !['auto', 'scroll'].includes(flow)) cut.push(`${part.tagName} ${part.textContent.slice(0, 60)}`);
      else if (!around.closest('article [tabindex]'))
        cut.push(`no key: ${part.tagName} ${part.textContent.slice(0, 40)}`);
      break;
    }
  }
  return cut;
}"""
# A table that a desk or a tablet must scroll, or whose names leave its numbers less than half of a narrow screen.
CRAMPED = """() => [...document.querySelectorAll('article :is(.gbt-scroll, .pst-scrollable-table-container)')]
             .filter(box => box.scrollWidth > box.clientWidth + 1 && (innerWidth > 800
                     || box.querySelector('.gbt-table tbody th')?.offsetWidth > box.clientWidth / 2))
             .map(box => `${box.scrollWidth} of ${box.clientWidth}: ${box.ariaLabel}`)"""
# Intervals in the cells of tables that stand in two lines.
TORN = r"""() => [...document.querySelectorAll('article .gbt-table tbody td')].filter((cell) => {
  const inside = /\[[^\]]*\]/.exec(cell.textContent), range = document.createRange();
  if (!inside) return false;
  range.setStart(cell.firstChild, inside.index);
  range.setEnd(cell.firstChild, inside.index + inside[0].length);
  return range.getClientRects().length > 1;
}).map(cell => cell.textContent)"""
# What moves whole to the next page, and is so high that it may leave half of this one empty.
TALL = """(page) => [...document.querySelectorAll(`article :is(.gbp, .gbl-still, .gbj-still, .gbd-still, .gbh-still,
  .ganbook-drawing svg)`)].map((part) => [part.checkVisibility() ? part.getBoundingClientRect().height : 0, part])
  .filter(([height]) => height > 0.4 * page)
  .map(([height, part]) => `${Math.round(height)} px: ${part.className} ${part.textContent.trim().slice(0, 60)}`)"""
SOURCES = "images => images.map((image) => image.src)"
ADDRESSES = "links => links.map((link) => link.href)"
WIDTHS = (1440, 1024, 820, 720, 390, 320)  # 720: a window of 1,440 at a zoom of 200 %
PAPER, SHEET = 657, 986  # A4 between its margins in css/paper.css: 174 by 261 mm
MEDIA = re.compile(r"[\w./-]+/_images/[\w-]+\.(?:webp|png|jpeg|gif)")


@pytest.mark.parametrize("over", ["file", "http"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_a_page_needs_nobody_and_breaks_nothing(read, name, over):
    seen = read(name, over)
    assert not seen.foreign, "the page asks somebody else"
    assert not seen.failed, "the page asks for something that is not there"
    assert not seen.errors, "the page complains on the console"


@pytest.mark.parametrize("name", PAGES)
def test_every_formula_is_set(read, name):
    page = read(name).page
    assert not page.evaluate(UNSET), "formulas that were not set, or that no screen reader finds, or TeX errors"
    assert not page.evaluate("() => 'MathJax' in window"), "formulas are set when the book is built"
    assert page.evaluate(RAW) is None, "raw TeX or raw MyST is left in the text"


@pytest.mark.parametrize("name", PAGES)
def test_pictures_are_there_and_say_what_is_to_be_seen(read, name):
    page = read(name).page
    assert not page.evaluate(SILENT), "pictures without alt text"
    assert not page.evaluate(EMPTY), "pictures that do not show"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light(read, name):
    seen = read(name, "http")
    page = HTML / f"{name}.html"
    media = {page.parent / found for found in MEDIA.findall(page.read_text(encoding="utf-8"))}
    met = {url.rsplit("/", 1)[-1] for url in seen.sizes}
    later = {file.name: file.stat().st_size for file in media if file.name not in met}  # a film played to its end
    night = {url.rsplit("/", 1)[-1] for url in seen.page.locator("article img.only-dark").evaluate_all(SOURCES)}
    sizes = {url: size for url, size in seen.sizes.items() if url.rsplit("/", 1)[-1] not in night}
    later = {file: size for file, size in later.items() if file not in night}  # by day nobody loads them: test_night
    weight = sum(sizes.values()) + sum(later.values())
    assert weight > 200_000, "the weighing itself is broken"
    limit = 1 * MEGABYTE if name == PAGES[0] else 2.5 * MEGABYTE
    heaviest = sorted(((size, url.rsplit("/", 1)[-1]) for url, size in sizes.items()), reverse=True)[:6]
    assert weight < limit, (
        f"{name} weighs {weight / MEGABYTE:.2f} MB, {limit / MEGABYTE} MB are allowed; heaviest: {heaviest}"
    )


@pytest.mark.widths(*WIDTHS)
@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_pushes_the_page_sideways_and_nothing_is_cut(read, name):
    page = read(name, width=WIDTHS[0]).page
    page.evaluate(UNFOLD)
    wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate(SETTLED)  # what scrolls is looked for again at each width
        wide[width] = page.evaluate(TOO_WIDE) + page.evaluate(CUT) + page.evaluate(CRAMPED)
    assert not any(wide.values()), wide


@pytest.mark.widths(PAPER)
@pytest.mark.parametrize("name", PAGES)
def test_on_paper_nothing_is_cut_no_interval_torn_and_no_picture_leaves_half_a_page_empty(read, name):
    page = read(name, width=PAPER).page
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    page.evaluate(SETTLED)
    cut = page.evaluate(CUT, True) + page.evaluate(TORN) + page.evaluate(TALL, SHEET)
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert not cut, cut


@pytest.mark.parametrize("name", PAGES)
def test_previous_and_next_walk_through_the_whole_book(read, name):
    page, at = read(name).page, PAGES.index(name)
    for kind, there in (("left-prev", PAGES[max(at - 1, 0) : at]), ("right-next", PAGES[at + 1 : at + 2])):
        links = page.locator(f".prev-next-area a.{kind}:visible").evaluate_all(ADDRESSES)
        assert links == [f"{HTML.as_uri()}/{beside}.html" for beside in there]


def test_a_click_on_next_leads_on_and_one_on_previous_back(visit):
    page = visit(PAGES[0]).page
    for kind, expected in (("right-next", PAGES[1]), ("left-prev", PAGES[0])):
        page.locator(f".prev-next-area a.{kind}").click()
        page.wait_for_url(f"**/{expected}.html")


def test_the_first_file_leads_to_the_front_page(visit):
    seen = visit("index")
    seen.page.wait_for_url(f"**/{PAGES[0]}.html")
    assert seen.page.locator("article h1").inner_text().startswith("The GAN Book")
    assert not seen.foreign


@pytest.mark.parametrize("name", CHAPTERS)
def test_solutions_are_folded_and_open_by_keyboard(read, name):
    page = read(name).page
    fold = page.locator("article details.fold-solution").first
    assert fold.count() == 1, f"{name} has no folded solution"
    body = fold.locator("> .fold-body")
    assert not body.is_visible()
    fold.locator("> summary").focus()
    page.keyboard.press("Enter")
    assert body.is_visible()
    page.keyboard.press("Space")
    assert not body.is_visible()


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_chapter_shows_its_claims_and_its_cost(read, name):
    page = read(name).page
    claims = page.locator("article ul.claims > li").count()
    assert claims > 0
    (strip,) = page.locator(".chapter-strip").all_inner_texts()  # said once
    assert f"{claims} claims" in strip
    assert "runs in" in strip, f"{name} has no measured cost; run: make run CH={name.split('/')[1][:2]}"
    assert page.locator("article a[href^='https://colab.research.google.com/']").count() >= 1


def test_every_page_that_was_built_is_tested(html):
    folders = [HTML / "book", HTML / "notebooks"]
    built = {path.relative_to(HTML).with_suffix("").as_posix() for folder in folders for path in folder.rglob("*.html")}
    assert built <= set(PAGES), "pages of an older build are left: remove _build and build again"

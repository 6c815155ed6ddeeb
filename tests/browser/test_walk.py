"""The way through the book: films that are scrolled past, the links at the foot of a page, edges that agree."""

import sys

import pytest
from bookpages import CHAPTERS, HTML, PAGES, ROOT, SETTLED

FILM = "article .gbp-film"
AT = "film => film.querySelector('input[type=range]').value"
LAST = "film => film.querySelector('input[type=range]').max"
TO = "film => scrollTo({top: film.getBoundingClientRect().top + scrollY - 150, behavior: 'instant'})"
AWAY = "film => scrollTo({top: film.getBoundingClientRect().bottom + scrollY + 400, behavior: 'instant'})"
PLAYS = "film => film.dataset.playing === 'yes'"
TITLE = "() => [...document.querySelectorAll('article h1')].map(h => h.textContent.replace('#', '').trim())[0]"
# Right edges, against the left edge of the text, of what has a visible edge of its own.
EDGED = [".admonition", ".cell .cell_input", ".cell .gbt", ".pst-scrollable-table-container", "h2"]
EDGES = """(edged) => {
  const article = document.querySelector('article.bd-article'), found = {};
  const left = article.querySelector('h1').getBoundingClientRect().left;
  for (const part of article.querySelectorAll(edged.map((kind) => `:scope section > ${kind}`).join())) {
    const box = part.getBoundingClientRect(), place = `${Math.round(box.left - left)} ${Math.round(box.right - left)}`;
    if (part.closest('details:not([open])')) continue;  // not seen
    if (box.width) found[place] ??= `${part.tagName}.${part.className} ${part.textContent.slice(0, 40)}`;
  }
  return found;
}"""


def film_of(visit):
    page = visit(CHAPTERS[0], reduced_motion="no-preference").page
    film = page.locator(FILM).first
    film.evaluate(TO)
    page.wait_for_function(PLAYS, arg=film.element_handle())
    return page, film


def test_a_film_scrolled_past_ends_on_its_last_frame(visit):
    page, film = film_of(visit)
    film.evaluate(AWAY)
    page.wait_for_function(
        "film => ((r) => r.value === r.max)(film.querySelector('input[type=range]'))", arg=film.element_handle()
    )
    assert film.get_attribute("data-playing") == "no"


def test_a_film_that_the_reader_stopped_stays_where_it_is(visit):
    page, film = film_of(visit)
    film.locator(".gbp-play").click()
    at = film.evaluate(AT)
    assert at != film.evaluate(LAST)
    film.evaluate(AWAY)
    page.wait_for_function("film => film.getBoundingClientRect().bottom < 0", arg=film.element_handle())
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert film.evaluate(AT) == at


def test_previous_and_next_carry_titles(read):
    titles = {}
    for name in (CHAPTERS[0], CHAPTERS[1], CHAPTERS[2]):
        titles[name] = read(name).page.evaluate(TITLE)
    page = read(CHAPTERS[1]).page
    for kind, neighbour in (("left-prev", CHAPTERS[0]), ("right-next", CHAPTERS[2])):
        said = page.locator(f".prev-next-area a.{kind} .prev-next-title").inner_text()
        assert said.split(".")[-1].strip() in titles[neighbour]
        assert said.split(".")[0] == str(int(neighbour.split("/")[1][:2])), "a chapter carries its number"


@pytest.mark.widths(1440)
@pytest.mark.parametrize("name", CHAPTERS)
def test_what_has_an_edge_has_one_of_two(read, name):
    page = read(name, width=1440).page
    page.evaluate(SETTLED)
    found = page.evaluate(EDGES, EDGED)
    assert len(found) <= 2, found


def test_no_figure_is_lettered_larger_than_the_text(html):
    """A still figure of 110 dpi with titles of 13.5 pt is shown at 0.87 of its size: bookext/dark.py."""
    sys.path.insert(0, str(ROOT / "book" / "ext"))
    from bookext import dark

    assert 13.5 * 110 / 72 * dark.SHOWN <= 1.06 * 17 < 13.5 * 110 / 72
    for name in CHAPTERS:
        page = (HTML / f"{name}.html").read_text(encoding="utf-8")
        for tag in [tag for tag in page.split("<img") if "_images/" in tag and "gbp" not in tag.split(">")[0]]:
            assert 'width="' in tag.split(">")[0], f"{name}: a figure without a size moves what stands below it"


SHOWN = """() => [...document.querySelectorAll('article .cell_output > img')]
  .filter((image) => image.getClientRects().length)"""
SMALL = f"""() => ({SHOWN})()
  .filter((image) => image.getBoundingClientRect().width < 0.49 * image.naturalWidth).map((image) => image.src)"""
# Films and panels that are plots, and whose ticks, 17.6 pixels of a frame, are too small. One of points, 360 pixels
# wide, has none.
TINY = """() => [...document.querySelectorAll('article .gbp-img:not(.gbp-pixels)')]
  .filter((image) => image.checkVisibility() && image.naturalWidth > 360)
  .map((image) => [image.getBoundingClientRect().width / image.naturalWidth, image.alt])
  .filter(([scale]) => 17.6 * scale < 9)"""
HIDDEN = """() => [...document.querySelectorAll('article :is(.cell_output, .gbp-stage)')]
  .filter((box) => box.scrollWidth > box.clientWidth + 1 && box.tabIndex < 0).map((box) => box.className)"""


@pytest.mark.widths(390)
@pytest.mark.parametrize("name", CHAPTERS)
def test_on_a_phone_a_still_has_half_its_size_and_what_is_wider_scrolls(read, name):
    page = read(name, width=390).page
    page.wait_for_function(f"() => ({SHOWN})().every((image) => image.naturalWidth)")
    assert not page.evaluate(SMALL)
    assert not page.evaluate(TINY), "letters of less than 9 pixels"
    page.wait_for_function(f"() => ({HIDDEN})().length === 0")


def test_the_pieces_of_a_wide_film_show_one_frame(read):
    page = read(CHAPTERS[1]).page
    film = page.locator(".gbp-film:has(.film-piece)").first
    piece = film.locator(".film-piece")
    assert not piece.is_visible()
    page.set_viewport_size({"width": 390, "height": 900})
    first, second = film.locator(".film-row").all()
    assert second.bounding_box()["y"] >= first.bounding_box()["y"] + first.bounding_box()["height"]
    at = film.locator("input[type=range]")
    for value in ("0", "3"):
        at.evaluate("(r, v) => { r.value = v; r.dispatchEvent(new Event('input', { bubbles: true })); }", value)
        page.wait_for_function("film => film.querySelector('.film-piece').src === film.querySelector('.gbp-img').src",
                               arg=film.element_handle())  # fmt: skip


def test_the_reference_is_part_of_the_walk():
    assert sum(name.startswith("book/library/") for name in PAGES) >= 14

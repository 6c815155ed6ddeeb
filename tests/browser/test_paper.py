"""A page printed from the browser: light at any hour, with the heads of its tables, its code, films and pieces."""

import pypdfium2
import pytest
from bookpages import CHAPTERS, SETTLED
from PIL import ImageStat

FILM = "article .gbp-film"
# Of each block of code its boxes, from the outermost, and the number of its lines.
BLOCKS = """() => [...document.querySelectorAll('article pre')].filter((pre) => pre.checkVisibility()).map((pre) => {
  const boxes = [pre];
  while (boxes[0].parentElement.matches('[class*=highlight], .cell_input')) boxes.unshift(boxes[0].parentElement);
  return [pre.textContent.trimEnd().split('\\n').length, boxes.map((box) => getComputedStyle(box).breakInside)];
})"""


@pytest.fixture
def printed(read):
    """printed(name, scheme) -> the page as a printer sees it."""
    pages = []

    def on_paper(name, scheme="light"):
        page = read(name).page
        pages.append(page)
        page.emulate_media(media="print", color_scheme=scheme)
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        page.evaluate(SETTLED)
        return page

    yield on_paper
    for page in pages:
        page.evaluate("() => dispatchEvent(new Event('afterprint'))")


@pytest.mark.parametrize("background", [True, False])
def test_paper_is_white_at_night(read, background):
    page = read(CHAPTERS[0]).page
    page.emulate_media(media="print", color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    with pypdfium2.PdfDocument(page.pdf(print_background=background, page_ranges="1-3")) as pdf:
        for sheet in pdf:
            picture = sheet.render(scale=2).to_pil().convert("L")
            assert ImageStat.Stat(picture).median[0] > 240, "the paper is dark"
            assert picture.histogram()[:90] != [0] * 90, "nothing on it is dark"
            assert sum(picture.histogram()[:90]) > 0.005 * picture.width * picture.height, "the text is pale"
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"


def test_a_table_has_its_heads(printed):
    page = printed(CHAPTERS[0])
    heads = page.locator("article .gbt thead th:visible")
    assert heads.count() > 2
    assert all(head.inner_text().strip() for head in heads.all())
    arrow = "button => getComputedStyle(button, '::after').content"
    assert page.locator("article .gbt thead button").first.evaluate(arrow) == "none"


def test_code_breaks_with_its_box_or_not_at_all(printed):
    blocks = printed(CHAPTERS[4]).evaluate(BLOCKS)
    assert len(blocks) > 3
    for lines, ways in blocks:
        assert len(set(ways[ways.index("avoid") :] if "auto" not in ways else ways)) == 1 or ways[0] == "avoid", ways
        assert ways[0] == "avoid" or lines > 12, "short code is torn"


@pytest.mark.parametrize("name", [CHAPTERS[0], CHAPTERS[1], CHAPTERS[10]])
def test_of_a_live_piece_the_still_stands_alone(printed, name):
    page = printed(name)
    pieces = page.locator("article :is(.gbl, .gbj, .gbd, .gbh)")
    assert pieces.count()
    for piece in pieces.all():
        assert piece.locator("canvas:visible, input:visible, select:visible").count() == 0
        assert piece.locator(":is(.gbl-still, .gbj-still, .gbd-still, .gbh-still):visible").count() == 1
    assert "With JavaScript" not in page.locator("article").inner_text()


REWIND = "range => { range.value = 0; range.dispatchEvent(new Event('input', { bubbles: true })); }"
FETCH = """async film => {
  const told = JSON.parse(film.querySelector('script[type="application/json"]').textContent);
  await Promise.all(told.frames.flat().filter(Boolean).map((src) => Object.assign(new Image(), { src }).decode()));
}"""


def test_a_film_shows_three_frames_each_with_its_title(printed, read):
    film = read(CHAPTERS[0]).page.locator(FILM).first
    at = film.locator("input[type=range]")
    at.evaluate(REWIND)
    film.evaluate(FETCH)
    page = printed(CHAPTERS[0])
    stills, titles = film.locator(".film-stills img:visible"), film.locator(".film-stills small:visible")
    assert stills.count() == 3 == film.locator("img:visible").count()
    assert len({still.get_attribute("src") for still in stills.all()}) == 3
    assert len(set(titles.all_inner_texts())) == 3 and all(titles.all_inner_texts())
    assert not at.is_visible() and not film.locator(".gbp-title").is_visible()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert at.input_value() == "0" and film.locator(".film-stills").count() == 0


def test_a_film_of_several_views_shows_their_last_frames_and_its_title(printed, read):
    film = read(CHAPTERS[4]).page.locator(FILM).first
    views = film.locator(".gbp-img").count()
    at = film.locator("input[type=range]")
    at.evaluate(REWIND)
    page = printed(CHAPTERS[4])
    assert at.evaluate("range => range.value === range.max")
    assert film.locator("img:visible").count() == views > 1
    assert film.locator(".gbp-title").is_visible() and film.locator(".gbp-title").inner_text().strip()
    assert not at.is_visible()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert at.input_value() == "0"


def test_ticks_are_printed_where_backgrounds_are_not(printed):
    tick = "line => getComputedStyle(line, '::before').printColorAdjust"
    assert set(printed(CHAPTERS[0]).locator("article ul.claims > li").evaluate_all(f"lines => lines.map({tick})")) == {
        "exact"
    }


def test_the_title_carries_the_number_of_the_chapter(printed):
    (title,) = printed(CHAPTERS[1]).locator("h1:visible").all_inner_texts()
    assert title.startswith("2. ")

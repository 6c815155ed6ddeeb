"""Figures at night: plots are turned over, pictures are not, and a reader loads one file of each."""

import io

import pytest
from bookpages import CHAPTERS, PAGES
from PIL import Image

FILTER = "image => getComputedStyle(image).filter"
CHAPTER = next(name for name in CHAPTERS if name.endswith("01_minimax_game"))
PAPER, CARD = (21, 24, 29), (28, 32, 39)  # of the page, of a film


def ground(picture):
    """The colour that an element as it is seen has most of."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return max(image.getcolors(image.width * image.height))[1]


DOWN = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
    scrollTo({top: y, behavior: 'instant'});
    await frame();
    await frame();
  }
  for (const image of document.images) {
    if (!image.getClientRects().length || image.complete) continue;
    image.scrollIntoView({behavior: 'instant'});
    for (let k = 0; k < 100 && !image.complete; k++) await frame();
  }
}"""


@pytest.mark.parametrize("name", CHAPTERS)
def test_by_night_a_figure_stands_on_the_ground_of_the_page(read, name):
    """On a phone, where a wide one scrolls, too; and pictures of faces, whose ground by day is white."""
    page = read(name).page
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    plots = page.locator("article .on-ground div.cell_output > img:visible, article .on-ground img.gbp-img:visible")
    sheets = page.locator("article .gbp.has-pictures img.gbp-pixels:visible")
    assert plots.count() and plots.first.evaluate(FILTER).startswith("invert(0.93)")
    scrolled = page.locator("article .on-ground div.cell_output[tabindex] > img:visible")
    for width, shown in ((1280, plots.all()[:2] + sheets.all()[:2]), (390, scrolled.all()[:2])):
        page.set_viewport_size({"width": width, "height": 900})
        for figure in shown:
            figure.scroll_into_view_if_needed()
            figure.evaluate("image => image.decode()")
            card = CARD if "gbp-img" in (figure.get_attribute("class") or "") else PAPER
            found = ground(figure.screenshot())
            assert max(abs(a - b) for a, b in zip(found, card, strict=True)) < 4, (width, found)


def test_by_day_no_plot_is_turned_over(visit):
    page = visit(CHAPTER, color_scheme="light").page
    assert set(page.locator("article div.cell_output img").evaluate_all(f"images => images.map({FILTER})")) == {"none"}


@pytest.mark.parametrize(
    ("scheme", "loaded", "other"), [("dark", "only-dark", "only-light"), ("light", "only-light", "only-dark")]
)
def test_one_file_of_a_figure_is_loaded(visit, scheme, loaded, other):
    seen = visit(CHAPTER, "http", color_scheme=scheme)
    page = seen.page
    page.evaluate(DOWN)
    page.wait_for_load_state("networkidle")

    def files(kind):
        sources = page.locator(f"article img.has-pictures.{kind}").evaluate_all("images => images.map(i => i.src)")
        return {source.rsplit("/", 1)[-1] for source in sources}

    met = {address.rsplit("/", 1)[-1] for address in seen.sizes}
    assert files(loaded) and files(loaded) <= met
    assert not files(other) & met, "the file of the other half of the day is loaded too"


def test_pictures_are_never_turned_over(visit):
    page = visit(CHAPTER, color_scheme="dark").page
    film = page.locator("article .gbp-film").filter(has=page.locator("img[alt*='digits']")).first.locator("img.gbp-img")
    assert film.evaluate(FILTER) == "none"
    for image in page.locator("article img.has-pictures.only-dark").all():
        assert image.evaluate(FILTER) == "none"


def test_by_night_an_output_is_as_wide_as_by_day(read):
    page = read(CHAPTER).page
    table = page.locator("article .output.text_html:has(> .gbt)").first
    padding = "output => getComputedStyle(output).padding"
    by_day = table.evaluate(padding)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
    assert table.evaluate(padding) == by_day == "0px"


def test_by_night_no_tile_of_the_map_is_a_slab(read):
    page = read(PAGES[0]).page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        tiles = page.locator("article .syllabus .written .syllabus-tile").all()
        assert len(tiles) == len(CHAPTERS)
        for number, tile in enumerate(tiles, 1):
            (image,) = tile.locator("img:visible").all()  # one of two, and no number instead
            tile.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            shown = Image.open(io.BytesIO(tile.screenshot())).convert("RGB")
            margin = shown.getpixel((3, 3))
            assert (max(margin) < 40) == (scheme == "dark"), (number, scheme, margin)
            if scheme == "dark":
                assert max(ground(tile.screenshot())) < 50, number
                assert ("lighten" in image.evaluate("image => getComputedStyle(image).mixBlendMode")) == (
                    "on-ground" in image.get_attribute("class")
                )


def test_by_day_no_tile_of_the_night_is_loaded(visit):
    page = visit(PAGES[0], color_scheme="light").page
    page.evaluate(DOWN)
    page.wait_for_load_state("networkidle")
    loaded = "images => images.filter((image) => image.naturalWidth).length"
    assert page.locator("article .syllabus-tile img.only-dark").evaluate_all(loaded) == 0
    assert page.locator("article .syllabus-tile img.only-light").evaluate_all(loaded) > 0


def test_on_paper_the_map_is_that_of_the_day(read):
    page = read(PAGES[0]).page
    page.emulate_media(color_scheme="dark", media="print")
    assert page.locator("article .syllabus-tile img.only-dark:visible").count() == 0
    assert page.locator("article .syllabus-tile img:visible").count() == len(CHAPTERS)

"""Films and panels at night whose frames show pictures beside a plot: the plot is turned over, the pictures are not."""

import io
import sys

import pytest
from bookpages import CHAPTERS, HTML, ROOT
from PIL import Image, ImageChops, ImageDraw

sys.path.insert(0, str(ROOT / "book" / "ext"))
from bookext import dark, dark_films, sheets, tiles

MIXED = [name for name in CHAPTERS if 'class="gbp has-pictures only-dark' in (HTML / f"{name}.html").read_text("utf-8")]
FILMS = "article .gbp.has-pictures"


def frame(shift=0):
    """A lossy frame: a title with small white pictures under it; a band, a bar, a line and letters on the ground."""
    image = Image.new("RGB", (600, 260), dark.GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((20, 8), "a title of the pictures", fill="black", font_size=14)
    draw.rectangle((20, 30, 219, 129), fill="white")
    for k in range(400):
        x, y = 20 + 25 * (k % 8), 30 + 2 * (k // 8)
        draw.rectangle((x + shift, y, x + 18, y + 1), fill=("#803010", "#e0b080", "#204060")[k % 3])
    draw.rectangle((300, 30, 380, 230), fill="#ded8cc")
    draw.rectangle((340, 60, 560, 80), fill="#c24f00")
    draw.line((300, 230, 560, 100 + shift), fill="#0072b2", width=3)
    draw.text((20, 200), "letters in a long line of their own", fill="black", font_size=16)
    body = io.BytesIO()
    image.save(body, "WEBP", quality=60)
    return Image.open(body).convert("RGB")


def opened(name):
    return Image.open(HTML / "_images" / f"{name}.webp").convert("RGB")


def coloured(day, night):
    """Both pictures, black where that of the day is white: there is the ground, which at night is the page's."""
    mask = sheets.white(day)
    for picture in (day, night):
        picture.paste("black", (0, 0), mask)
    return day, night


def mean_colour(image):
    return image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))


def test_the_pictures_of_a_film_are_found_and_nothing_else():
    ((left, top, right, bottom),) = dark_films.pictures([frame(shift) for shift in range(6)])
    assert max(abs(a - b) for a, b in zip((left, top, right, bottom), (20, 30, 220, 130), strict=True)) <= 3


def test_a_plot_has_none():
    plot = Image.new("RGB", (600, 260), dark.GROUND)
    plot.paste(frame().crop((240, 0, 600, 260)), (240, 0))
    assert dark_films.pictures([plot]) == []


def test_a_tile_turns_the_plot_over_and_leaves_its_pictures():
    day, pictures = frame(), (25, 35, 215, 125)
    night = tiles.at_night(day, "film.add(plot.grid(x))")
    before, after = coloured(day.crop(pictures), night.crop(pictures))
    assert before.tobytes() == after.tobytes()
    assert max(night.getpixel((250, 5))) < 40
    assert tiles.at_night(day, "plt.plot(x)") is None, "without pictures the filter of the page turns it over"
    black = Image.new("RGB", (60, 60))
    assert tiles.at_night(black, "plot.grid(x)") is None, "a sheet without a white ground is the same at night"


def test_some_films_are_mixed():
    assert len(MIXED) >= 3


@pytest.mark.parametrize("name", MIXED)
def test_one_of_two_films_is_seen(read, name):
    page = read(name).page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function("(scheme) => document.documentElement.dataset.theme === scheme", arg=scheme)
        seen = page.locator(f"{FILMS}:visible")
        assert 2 * seen.count() == page.locator(FILMS).count()
        for film in seen.all():
            image = film.locator("img").first
            source = image.get_attribute("src")
            assert source.startswith("data:") or ("-night" in source) == (scheme == "dark")
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            shown = Image.open(io.BytesIO(image.screenshot())).convert("RGB")
            most = max(shown.getcolors(shown.width * shown.height))[1]
            assert sum(most) > 700 if scheme == "light" else sum(most) < 140, (scheme, most)
    page.emulate_media(media="print")
    assert page.locator(f"{FILMS}.only-dark:visible").count() == 0
    assert page.locator(f"{FILMS}.only-light:visible").count() == page.locator(f"{FILMS}.only-light").count()


@pytest.mark.parametrize("name", MIXED)
def test_pictures_keep_their_colours_at_night(name):
    files = dark_films.FILE.findall((HTML / f"{name}.html").read_text("utf-8"))
    days = {file.removesuffix("-night") for file in files if file.endswith("-night")}
    frames = {day: opened(day) for day in sorted(days) if len(day) == 20}  # a figure's name is longer
    assert frames
    for size in {frame.size for frame in frames.values()}:
        alike = {day: frame for day, frame in frames.items() if frame.size == size}
        whole = (0, 0, *size)
        sheet = not dark.on_ground(next(iter(alike.values())))
        boxes = [whole] if sheet else dark_films.pictures(list(alike.values()))
        assert boxes
        for day, frame in alike.items():
            night = opened(f"{day}-night")
            for box in boxes:
                before, after = map(mean_colour, coloured(frame.crop(box), night.crop(box)))
                assert max(abs(x - y) for x, y in zip(before, after, strict=True)) < 12


def test_of_pictures_on_white_the_ground_becomes_that_of_the_page_and_an_eye_stays():
    sheet = Image.new("RGB", (34, 16), "white")
    for left in (4, 22):
        sheet.paste("#a06040", (left, 3, left + 9, 13))
        sheet.paste("white", (left + 2, 5, left + 4, 7))
    night = sheets.without_ground(sheet)
    assert night.getpixel((0, 0)) == night.getpixel((17, 8)) == sheets.PAPER
    assert night.getpixel((6, 5)) == (255, 255, 255) and night.getpixel((4, 3)) == (160, 96, 64)
    assert ImageChops.difference(sheet, night).getbbox() == (0, 0, 34, 16)

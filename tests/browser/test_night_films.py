"""Films and panels at night whose frames show pictures beside a plot: the plot is turned over, the pictures are not."""

import io
import sys

import pytest
from bookpages import CHAPTERS, HTML, ROOT
from PIL import Image, ImageDraw

sys.path.insert(0, str(ROOT / "book" / "ext"))
from bookext import dark, dark_films, tiles

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
    assert night.crop(pictures).tobytes() == day.crop(pictures).tobytes()
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
            assert ("-night" in image.get_attribute("src")) == (scheme == "dark")
            image.scroll_into_view_if_needed()
            image.evaluate("image => image.decode()")
            shown = Image.open(io.BytesIO(image.screenshot())).convert("RGB")
            corner = shown.getpixel((3, shown.height - 4))
            assert sum(corner) > 700 if scheme == "light" else sum(corner) < 140, (scheme, corner)
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
        boxes = dark_films.pictures(list(alike.values()))
        assert boxes
        for day, frame in alike.items():
            for box in boxes:
                before, after = (mean_colour(each.crop(box)) for each in (frame, opened(f"{day}-night")))
                assert max(abs(x - y) for x, y in zip(before, after, strict=True)) < 12

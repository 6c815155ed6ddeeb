"""The player in a real browser over file://: it plays, pauses, obeys keyboard and reduced motion, fits a phone."""

import numpy as np
import pytest

from ganbook import explore, plot


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    """Two equal films, two films under one control, a slider, a pad and two rows of choices on one page."""

    def film(sign):
        out = plot.Film(alt="squares that grow lighter", fps=20)
        for i in range(8):
            out.add(sign * np.full((4, 1, 28, 28), i / 8), title=f"round {i + 1}", note=f"{sign * i} of 8")
        return out

    def grey(*values):
        return np.full((1, 1, 28, 28), sum(values) / 10)

    parts = {
        "film": film(1)._repr_html_(),
        "again": film(1)._repr_html_(),
        "films": plot.films(film(1), film(-1), labels=["lighter", "darker"])._repr_html_(),
        "slider": explore.slider(grey, [0, 1, 2, 3, 4], label="t", alt="a square").html(),
        "pad": explore.pad(grey, [0, 1, 2, 3], [0, 1, 2], labels=("x", "y"), alt="a square").html(),
        "choices": explore.choices(grey, {"a": [0, 1, 2], "b": [0, 3]}, alt="a square").html(),
        "choices2": explore.choices(grey, {"a": [0, 1, 2], "b": [0, 3]}, alt="a square").html(),
    }
    body = "".join(f'<section id="{name}" style="margin-top:40px">{html}</section>' for name, html in parts.items())
    target = tmp_path_factory.mktemp("page") / "page.html"
    target.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>'
        '<meta name="viewport" content="width=device-width"></head><body style="margin:16px"><main>'
        f"<h1>t</h1>{body}</main></body></html>",
        encoding="utf-8",
    )
    return target


@pytest.fixture
def visit(chromium, page_file):
    """visit(**context options) -> page; at the end, no message on the console and no request but the file itself."""
    contexts, trouble = [], []

    def go(**options):
        usual = {"viewport": {"width": 820, "height": 900}, "reduced_motion": "reduce"}
        context = chromium.new_context(**{**usual, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda r: trouble.append(r.url) if not r.url.startswith(("data:", "file:")) else None)
        page.goto(page_file.as_uri())
        return page

    yield go
    for context in contexts:
        context.close()
    assert not trouble


def at(page, part):
    return int(page.locator(f"#{part} .gbp").get_attribute("data-at"))


def grey_of(page, part, nth=0):
    """The brightness at the centre of the picture that is really shown."""
    return (
        page.locator(f"#{part} .gbp-img")
        .nth(nth)
        .evaluate("""async (image) => {
        await image.decode();
        const c = document.createElement("canvas"); c.width = c.height = 10;
        c.getContext("2d").drawImage(image, 5, 5, 10, 10, 0, 0, 10, 10);
        return c.getContext("2d").getImageData(5, 5, 1, 1).data[0]; }""")
    )


def test_reduced_motion_starts_paused_on_the_last_frame_and_still_plays_on_request(visit):
    page = visit()
    page.wait_for_timeout(600)
    assert at(page, "film") == 7
    assert page.locator("#film .gbp").get_attribute("data-playing") == "no"
    page.evaluate("""() => { window.seen = []; const film = document.querySelector('#film .gbp');
        new MutationObserver(() => window.seen.push(film.dataset.at))
            .observe(film, { attributeFilter: ['data-at'] }); }""")
    page.locator("#film").get_by_role("button", name="Play").click()
    page.wait_for_function("window.seen.at(-1) === '7' &&document.querySelector('#film .gbp').dataset.playing === 'no'")
    assert page.evaluate("window.seen") == [str(i) for i in range(8)]
    assert at(page, "film") == 7 and at(page, "again") == 7  # once through, and only this one
    assert page.locator("#film").get_by_role("button", name="Play again").is_visible()


def test_without_reduced_motion_it_plays_once_when_seen(visit):
    page = visit(reduced_motion="no-preference", viewport={"width": 820, "height": 620})
    page.wait_for_function(
        "(({seen, playing}) => seen === 'yes' && playing === 'no')(document.querySelector('#film .gbp').dataset)"
    )
    assert at(page, "film") == 7
    assert page.locator("#films .gbp").get_attribute("data-seen") is None  # below the fold: waits for the reader
    page.locator("#films .gbp-stage").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#films .gbp').dataset.seen === 'yes'")


def test_pause_stops_and_play_goes_on_from_there(visit):
    page = visit()
    page.evaluate("""() => new Promise((done) => {  // pressed inside the page: a loaded machine is not late
        const film = document.querySelector('#film .gbp'), button = film.querySelector('.gbp-play');
        new MutationObserver((_, watch) => {
            if (film.dataset.at !== '3') return;
            watch.disconnect(); button.click(); done();
        }).observe(film, { attributeFilter: ['data-at'] });
        button.click(); })""")
    page.wait_for_timeout(300)
    assert at(page, "film") == 3
    assert page.locator("#film").get_by_role("button", name="Play", exact=True).is_visible()
    page.locator("#film").get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function("document.querySelector('#film .gbp').dataset.at === '7'")


def test_the_slider_moves_picture_title_and_alt_by_keyboard(visit):
    page = visit()
    slider = page.locator("#film").get_by_role("slider", name="Frame")
    slider.focus()
    page.keyboard.press("Home")
    assert at(page, "film") == 0 and grey_of(page, "film") == 128
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert at(page, "film") == 2
    assert abs(grey_of(page, "film") - (128 + 127.5 * 2 / 8)) <= 2
    assert slider.get_attribute("aria-valuetext") == "round 3"
    assert page.locator("#film .gbp-title").inner_text() == "round 3"
    assert page.locator("#film .gbp-img").get_attribute("alt") == "squares that grow lighter (round 3)"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.locator("#film .gbp").get_attribute("data-playing") == "yes"


def test_films_move_together(visit):
    page = visit()
    page.locator("#films").get_by_role("slider").focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    assert grey_of(page, "films", 0) > 135 and grey_of(page, "films", 1) < 120
    assert page.locator("#films .gbp-note").all_inner_texts() == ["1 of 8", "-1 of 8"]  # each its own


def test_explore_slider_and_choices(visit):
    page = visit()
    page.locator("#slider").get_by_role("slider", name="t").press("End")
    assert at(page, "slider") == 4 and abs(grey_of(page, "slider") - 179) <= 2
    assert page.locator("#slider .gbp-value").inner_text() == "4"
    page.locator("#choices").get_by_role("group", name="a", exact=True).get_by_role("radio", name="2").check()
    page.locator("#choices").get_by_role("group", name="b", exact=True).get_by_role("radio", name="3").check()
    assert at(page, "choices") == 2 * 2 + 1 and abs(grey_of(page, "choices") - 191.75) <= 2
    assert at(page, "choices2") == 0  # equal panels on a page do not share their buttons
    page.keyboard.press("ArrowLeft")
    assert at(page, "choices") == 4


def test_the_pad_follows_pointer_and_keyboard(visit):
    page = visit()
    box = page.locator("#pad .gbp-pad")
    box.scroll_into_view_if_needed()
    size = box.bounding_box()
    box.click(position={"x": size["width"] - 8, "y": 8})  # right and up: the largest x and y
    assert at(page, "pad") == 3 * 3 + 2
    page.locator("#pad").get_by_role("slider", name="y").press("Home")
    assert at(page, "pad") == 3 * 3
    page.mouse.move(size["x"] + 10, size["y"] + 10)
    assert at(page, "pad") == 3 * 3  # only a pressed pointer moves it


@pytest.mark.parametrize("width", [320, 390, 820])
def test_it_fits_and_can_be_touched(visit, width):
    page = visit(viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = page.evaluate("""[...document.querySelectorAll('.gbp button, .gbp input[type=range], .gbp-pill')]
        .map((e) => e.getBoundingClientRect()).filter((b) => b.width < 40 || b.height < 40).length""")
    assert small == 0


def test_without_javascript_there_is_a_picture_and_no_dead_control(visit):
    page = visit(java_script_enabled=False)
    for part in ("film", "slider", "pad", "choices"):
        assert page.locator(f"#{part} .gbp-img").is_visible()
        assert not page.locator(f"#{part} input").first.is_visible()
    assert page.locator("#film .gbp-img").get_attribute("alt") == "squares that grow lighter (round 8)"


def luminance(color):
    c = np.array([int(v) for v in color[color.index("(") + 1 : -1].split(",")[:3]]) / 255
    return float(np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize(
    ("system", "attributes", "dark"),
    [
        ("light", {}, False),
        ("dark", {}, True),
        ("dark", {"html.data-theme": "light"}, False),
        ("light", {"html.data-theme": "dark"}, True),
        ("dark", {"body.data-jp-theme-light": "true"}, False),
        ("light", {"body.data-jp-theme-light": "false"}, True),
        ("light", {"body.class": "vscode-dark"}, True),
        ("light", {"html.theme": "dark"}, True),
    ],
)
def test_it_follows_the_theme_around_it_and_stays_readable(visit, system, attributes, dark):
    page = visit(color_scheme=system)
    for key, value in attributes.items():
        where, name = key.split(".")
        page.evaluate("([w, n, v]) => document.querySelector(w).setAttribute(n, v)", [where, name, value])
    colors = page.evaluate("""() => {
        const of = (q, p) => getComputedStyle(document.querySelector(q))[p];
        return { paper: of('.gbp', 'backgroundColor'), title: of('.gbp-title', 'color'), name: of('.gbp-name', 'color'),
                 button: of('.gbp-play', 'backgroundColor'), icon: of('.gbp-play', 'color') }; }""")
    paper = luminance(colors["paper"])
    assert (paper < 0.05) == dark

    def contrast(a, b):
        low, high = sorted((luminance(a), luminance(b)))
        return (high + 0.05) / (low + 0.05)

    assert contrast(colors["title"], colors["paper"]) >= 4.5 and contrast(colors["name"], colors["paper"]) >= 4.5
    assert contrast(colors["button"], colors["paper"]) >= 3 and contrast(colors["icon"], colors["button"]) >= 4.5


def test_the_book_theme_puts_no_plate_under_it(visit):
    page = visit()
    plate = page.evaluate("""() => {
        const style = document.createElement('style');  // what pydata-sphinx-theme says in dark mode
        style.textContent = `html[data-theme=dark] .bd-content div.cell_output .text_html:not(:has(table.dataframe)),
            html[data-theme=dark] .bd-content div.cell_output img { background-color: rgb(9, 9, 9); padding: 8px }`;
        document.head.append(style);
        document.documentElement.dataset.theme = 'dark';
        const player = document.querySelector('#film .gbp'), box = document.createElement('div');
        player.before(box);
        box.outerHTML = '<div class="bd-content"><div class="cell_output"><div class="text_html"></div></div></div>';
        document.querySelector('#film .text_html').append(player);
        const of = (q) => (s => [s.backgroundColor, s.padding])(getComputedStyle(document.querySelector(q)));
        return [of('#film .text_html'), of('#film .gbp-img')]; }""")
    assert plate == [["rgba(0, 0, 0, 0)", "0px"]] * 2

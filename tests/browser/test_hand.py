"""The generator in the reader's hand in a real browser: over file://, by key and by touch, dark, on paper, and cut off.

The pages here hold nothing but the piece; tests of the whole book see it where it stands in the chapters.
"""

import json

import pytest
import torch
from hand_cases import PAIRS, eight_bits

from ganbook.player.hand import bundle, hand, pack

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main>{script}</body></html>"""
PIXELS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A folder as in the book: pages, and beside the script the weights; `lonely` has none."""
    folder = tmp_path_factory.mktemp("hand")
    for place in ("js", "bare"):
        (folder / place).mkdir()
        (folder / place / "hand.js").write_text(bundle.script(), encoding="utf-8")
    for name, script in bundle.weights().items():
        (folder / "js" / f"hand-{name}.js").write_text(script, encoding="utf-8")
    for name, network, place in (("faces", "faces", "js"), ("digits", "digits", "js"), ("lonely", "faces", "bare")):
        script = f'<script src="{place}/hand.js" defer></script>'
        text = PAGE.format(body=hand(network)._repr_html_(), script=script)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def visit(lone, pages):
    """visit(name, open the piece, **context options) -> page."""

    def go(name="faces", loaded=True, **options):
        page = lone(f"{pages.as_uri()}/{name}.html", console=name != "lonely", **options)
        if loaded:
            page.get_by_role("button", name="Take the generator").click()
            page.wait_for_selector(".gbh[data-loaded]")
            summary(page, "z is")
        return page

    return go


def summary(page, words):
    """What a screen reader hears, once it holds these words."""
    said = page.get_by_role("status")
    page.wait_for_function(
        "words => document.querySelector('.gbh [role=status]').textContent.includes(words)", arg=words
    )
    return said.text_content()


def picture(page):
    return page.locator(".gbh-two canvas").evaluate(PIXELS)


@pytest.mark.parametrize("network", PAIRS)
def test_the_page_draws_what_torch_draws(visit, network):
    """From the text that travels to the canvas: within one of 256 levels, since both round."""
    page, (G, D) = visit(network), eight_bits(network)
    z = page.evaluate(f"() => {{ {bundle.engine()}; return [...engine().latent('Ada', 100)]; }}")
    with torch.no_grad():
        x = G(torch.tensor([z]))
        share = float(D(x).sigmoid())
    levels = (127.5 * (x[0] + 1)).expand(3, -1, -1).permute(1, 2, 0).flatten()
    found = torch.tensor(picture(page), dtype=torch.float32).view(-1, 4)
    assert (found[:, 3] == 255).all() and (found[:, :3].flatten() - levels).abs().max() <= 1
    said = summary(page, "Ada")
    assert f"{torch.tensor(z).norm():.1f} long" in said
    assert f"{share:.0%}".replace("%", " %") in said or f"{100 * share:.1f} %" in said


def test_weights_come_on_the_reader_s_click_only(visit):
    page = visit(loaded=False)
    page.wait_for_selector(".gbh[data-ready]")
    assert not any("hand-" in url for url in page.asked) and page.locator(".gbh-still img").is_visible()
    page.get_by_role("button", name="Take the generator").click()
    page.wait_for_selector(".gbh[data-loaded]")
    assert [url.split("/")[-1] for url in page.asked if "hand-" in url] == ["hand-faces.js"]
    assert all(url.startswith("file:") for url in page.asked)


def test_weights_that_do_not_come_are_a_sentence(visit):
    page = visit("lonely", loaded=False)
    for _ in range(2):
        page.get_by_role("button", name="Take the generator").click()
        page.wait_for_function("() => document.querySelector('[role=alert]').textContent.includes('did not come')")


def test_names_choose_and_an_empty_one_is_a_sentence(visit):
    page = visit()
    ada, field = picture(page), page.get_by_label("Your name")
    field.fill("Grace")
    assert "The face of Grace" in summary(page, "Grace")
    grace = picture(page)
    assert grace != ada
    field.fill(" !")
    assert "needs a letter" in page.locator("[role=alert]").text_content() and picture(page) == grace
    field.fill("ADA")
    summary(page, "ADA")
    assert picture(page) == ada and page.locator("[role=alert]").text_content() == ""


def test_the_pad_by_key_and_by_mouse(visit):
    page = visit()
    first, pad = picture(page), page.get_by_role("application")
    pad.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        pad.press(key)
    assert "moved by 0.8 and 0.4" in summary(page, "moved by 0.8 and 0.4")
    assert picture(page) != first
    pad.press("Home")
    page.wait_for_function("() => !document.querySelector('.gbh [role=status]').textContent.includes('moved')")
    assert picture(page) == first
    box = pad.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] - 500, steps=4)  # beyond the edge it stays at the edge
    page.mouse.up()
    assert "and 8.0" in summary(page, "moved by 4")


def test_the_straight_way_is_short_in_its_middle(visit):
    page = visit()
    page.get_by_label("On the way").fill("50")
    sphere = float(summary(page, "50 % of the spherical way from Ada to Emmy").split("z is ")[1].split()[0])
    page.locator("select").select_option("straight")
    straight = float(summary(page, "straight way").split("z is ")[1].split()[0])
    assert straight < 0.85 * sphere
    page.wait_for_function(
        "() => document.querySelectorAll('p')[0] && document.body.innerText.includes('in its middle z is')"
    )
    assert f"in its middle z is {straight} long" in page.locator("main").inner_text()


def test_maps_by_touch_on_a_phone_and_by_key(visit):
    page = visit("digits", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    first = picture(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    tiles = page.locator(".gbh-maps button")
    assert tiles.count() == 64 and min(tiles.first.bounding_box()[side] for side in ("width", "height")) >= 24
    for k in (2, 3, 5):
        tiles.nth(k).tap()
    summary(page, "with 3 maps off")
    assert picture(page) != first and tiles.nth(2).get_attribute("aria-pressed") == "false"
    page.get_by_role("button", name="All maps on").tap()
    page.wait_for_function("() => !document.querySelector('.gbh [role=status]').textContent.includes('maps off')")
    assert picture(page) == first
    tiles.first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Map 9"
    page.keyboard.press("Space")
    summary(page, "with 1 map off")


def nearest(page):
    """What the page says of the descent, once it is over."""
    page.wait_for_function("() => document.querySelector('.gbh section').textContent.includes('The descent is over')")
    return page.locator(".gbh section p").nth(1).inner_text()


def test_a_finger_draws_and_the_page_descends_to_it(visit):
    page = visit("digits", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.evaluate("""() => { window.longest = 0; new PerformanceObserver((list) => list.getEntries().forEach(
        (e) => { longest = Math.max(longest, e.duration); })).observe({ type: "longtask" }); }""")
    assert "nothing to come near to" in page.locator(".gbh section").inner_text()
    field = page.locator(".gbh-sketch canvas").first
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    field.evaluate("(canvas) => { canvas.setPointerCapture = () => {}; }")  # made events have no finger to hold
    for k, (x, y) in enumerate([(0.3, 0.2), (0.7, 0.2), (0.6, 0.5), (0.5, 0.8)]):
        at = {"clientX": box["x"] + x * box["width"], "clientY": box["y"] + y * box["height"], "pointerType": "touch"}
        field.dispatch_event("pointermove" if k else "pointerdown", at)
    field.dispatch_event("pointerup")
    said = nearest(page)
    end, first = (float(said.split(word)[1].split(" ")[0].strip(",")) for word in ("distance ", ", "))
    assert end < 20 < 60 < first and "NaN" not in said
    target, found = (torch.tensor(page.locator(".gbh-sketch canvas").nth(k).evaluate(PIXELS)).float() for k in (1, 2))
    pixels = ((target - found) / 127.5).view(-1, 4)[:, 0]
    assert float(pixels.square().sum()) == pytest.approx(end, rel=0.05, abs=0.1)  # the picture is the one that is told
    assert "The descent is over" in page.get_by_role("status").text_content()
    page.get_by_role("button", name="Put its z on the pad").tap()
    assert "The digit of your drawing" in summary(page, "your drawing")
    grey = torch.tensor(picture(page)).float().view(-1, 4)[:, 0]
    assert float((grey - found.view(-1, 4)[:, 0]).abs().max()) <= 1
    page.get_by_role("button", name="Clear").tap()
    assert "nothing to come near to" in page.locator(".gbh section").inner_text()


def test_by_key_a_drawing_is_chosen_and_the_descent_is_paused(visit):
    page = visit("digits")
    page.get_by_role("combobox", name="A drawing").select_option("a fence")
    page.wait_for_function("() => document.querySelector('.gbh section').textContent.includes('steps of descent')")
    page.get_by_role("button", name="Pause").press("Enter")
    held = page.locator(".gbh section p").nth(1).inner_text()
    page.wait_for_timeout(300)
    assert page.locator(".gbh section p").nth(1).inner_text() == held
    page.get_by_role("button", name="Go on").press("Enter")
    assert float(nearest(page).split("distance ")[1].split(",")[0]) > 50  # what G cannot say


def test_glasses_come_on(visit):
    page = visit()
    bare = picture(page)
    page.get_by_label("Steps towards glasses").fill("1")
    assert "1.00 steps towards glasses" in summary(page, "glasses")
    worn = picture(page)
    z, step = (
        torch.tensor(page.evaluate(f"() => {{ {bundle.engine()}; return [...engine().latent('Ada', 100)]; }}")),
        torch.tensor(json.loads(pack.MEASURED.read_text())["faces"]["glasses"]),
    )
    with torch.no_grad():
        x = eight_bits("faces")[0]((z + step)[None])[0]
    found = torch.tensor(worn).float().view(16, 16, 4)[..., :3]
    assert (found - 127.5 * (x + 1).permute(1, 2, 0)).abs().max() <= 1 and worn != bare
    assert "84.9 %" in page.locator(".gbh small").inner_text()


@pytest.mark.parametrize("dark", [False, True])
def test_words_can_be_read_by_day_and_by_night(visit, dark):
    page = visit(color_scheme="dark" if dark else "light")
    shades = page.locator(".gbh").evaluate("(e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]")
    ink, paper = (sum(json.loads(f"[{shade[4:-1]}]")) / 3 for shade in shades)
    assert (ink - paper > 150) if dark else (paper - ink > 150)


def test_on_paper_and_without_script_the_still_stands(visit):
    page = visit()
    page.emulate_media(media="print")
    assert page.locator(".gbh-still img").is_visible() and not page.locator(".gbh-maps").is_visible()
    bare = visit(loaded=False, java_script_enabled=False)
    assert bare.locator(".gbh-still img").is_visible() and bare.get_by_role("button").count() == 0

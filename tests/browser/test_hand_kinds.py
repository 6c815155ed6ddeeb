"""Truncation in the reader's hand in a real browser: over file://, by key and by touch, on paper and without script."""

import re

import pytest
import torch
from hand_cases import eight_bits

from ganbook import claims
from ganbook.data import truncated
from ganbook.games import ConditionalGAN
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.models import still
from ganbook.player.hand import bundle, hand
from ganbook.zoo import load

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main><script src="hand.js" defer></script></body></html>"""
PIXELS = """(canvas) => [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data]"""
PLACES = "() => { %s; return [...engine().makeRandom(1).uniforms(16 * 32)].map((u) => 2 * u - 1); }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kinds")
    (folder / "hand.js").write_text(bundle.script(), encoding="utf-8")
    (folder / "hand-kinds.js").write_text(bundle.weights()["kinds"], encoding="utf-8")
    (folder / "kinds.html").write_text(PAGE.format(body=hand("kinds")._repr_html_()), encoding="utf-8")
    return folder


@pytest.fixture
def visit(lone, folder):
    """visit(open the piece, **context options) -> page."""

    def go(loaded=True, **options):
        page = lone((folder / "kinds.html").as_uri(), **options)
        if loaded:
            page.get_by_role("button", name="Take the generator").click()
            page.wait_for_selector(".gbh[data-loaded]")
            heard(page, "τ = 2.0")
        return page

    return go


def heard(page, words):
    """What a screen reader hears, once it holds these words."""
    page.wait_for_function("w => document.querySelector('.gbh [role=status]').textContent.includes(w)", arg=words)
    return page.get_by_role("status").text_content()


def sheet(page, k=1):
    return torch.tensor(page.locator(".gbh-two canvas").nth(k).evaluate(PIXELS), dtype=torch.float32).view(64, 64, 4)


def told(text, tau):
    """(length of z, distance of two faces, precision, recall) as the sentence about a threshold says them."""
    return [float(v) for v in re.findall(r"\d+\.\d+", text.split(f"At τ = {tau} ")[1])[:4]]


def test_the_sheet_is_what_torch_draws(visit):
    """From the text that travels to the canvas, at the threshold and with the kind that are chosen."""
    page = visit()
    page.get_by_role("slider").fill("4")
    page.get_by_role("combobox", name="The kind").select_option("long hair, glasses")
    said = heard(page, "glasses”, statistics of z cut alike. At τ = 0.5")
    places = torch.tensor(page.evaluate(PLACES % bundle.engine("kinds")), dtype=torch.float64).view(16, 32)
    share = torch.erf(torch.tensor(0.5 / 2**0.5, dtype=torch.float64))
    z = (2**0.5 * torch.erfinv(share * places)).float()
    kept = load("biggan-faces", device="cpu")
    game = ConditionalGAN(eight_bits("kinds")[0], kept.D, BIGGAN_LITE, 4, device=torch.device("cpu"))
    with still(G := game.standing(claims.rng(4), 8, truncated(32, 0.5, device="cpu"))):
        x = G(z, torch.full((16,), 3))
    wanted = (127.5 * (x + 1)).view(4, 4, 3, 16, 16).permute(0, 3, 1, 4, 2).reshape(64, 64, 3)
    assert (sheet(page)[..., :3] - wanted).abs().max() <= 1
    long, apart, precision, recall = told(said, "0.5")
    assert long == pytest.approx(float(z.norm(dim=1).mean()), abs=0.051)
    flat = x.flatten(1)
    assert apart == pytest.approx(float(torch.pdist(flat, 1).mean() / flat.shape[1]), abs=0.0051)
    assert precision > 0.95 and recall < 0.1


def test_a_small_threshold_makes_faces_alike_and_what_is_told_says_so(visit):
    page = visit()
    wide = sheet(page, 0)
    slider = page.get_by_role("slider")
    slider.press("Home")
    said = heard(page, "At τ = 0.1")
    assert slider.get_attribute("aria-valuetext") == "τ = 0.1"
    small, large = told(said, "0.1"), told(said, "2.0")
    assert small[0] < large[0] / 5 and small[1] < large[1] and small[2] > large[2] and small[3] < large[3] / 3
    assert torch.equal(sheet(page, 0), wide) and not torch.equal(sheet(page), wide)
    own = sheet(page)
    page.get_by_role("combobox", name="Statistics").select_option("of uncut z")
    borrowed = told(heard(page, "statistics of uncut z. At τ = 0.1"), "0.1")
    assert borrowed[1] < 0.7 * small[1] and not torch.equal(sheet(page), own)  # they truncate once more
    page.get_by_role("button", name="Back to").click()
    page.wait_for_function("() => !document.querySelector('.gbh [role=status]').textContent.includes('τ = 0.1')")


def test_other_z_are_other_faces(visit):
    page = visit()
    first = sheet(page)
    page.get_by_role("button", name="Other z").press("Enter")
    page.wait_for_timeout(1_500)
    assert not torch.equal(sheet(page), first) and not torch.equal(sheet(page, 0), first)


def test_by_touch_on_a_phone_nothing_is_too_small_or_too_wide(visit):
    page = visit(loaded=False, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("button", name="Take the generator").tap()
    heard(page, "τ = 2.0")
    page.get_by_role("button", name="Other z").tap()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    for each in page.locator(".gbh :is(button, select, input)").all():
        assert each.bounding_box()["height"] >= 40


def test_weights_come_on_a_click_and_the_still_stands_elsewhere(visit):
    page = visit(loaded=False)
    page.wait_for_selector(".gbh[data-ready]")
    assert not any("hand-" in url for url in page.asked) and page.locator(".gbh-still img").is_visible()
    page.get_by_role("button", name="Take the generator").click()
    heard(page, "τ = 2.0")
    page.emulate_media(media="print")
    assert page.locator(".gbh-still img").is_visible() and not page.locator(".gbh-two").is_visible()
    bare = visit(loaded=False, java_script_enabled=False)
    assert bare.locator(".gbh-still img").is_visible() and bare.get_by_role("button").count() == 0

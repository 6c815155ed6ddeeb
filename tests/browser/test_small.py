"""The small pieces in a real browser: dragged by mouse, finger and keys, on paper and without a script."""

import pytest
import torch

from ganbook import metrics
from ganbook.player.small import bundle, drag
from ganbook.player.small.mount import REALS
from ganbook.studies import dirac

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main><script>{script}</script></body></html>"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    for name in ("balls", "dirac"):
        text = PAGE.format(body=drag(name)._repr_html_(), script=bundle.script())
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def visit(chromium, pages):
    """visit(name, **context options) -> page; at the end nobody complained, and nothing was asked for."""
    contexts, trouble = [], []

    def go(name, ready=True, **options):
        usual = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce"}
        context = chromium.new_context(**{**usual, **options})
        context.set_default_timeout(120_000)  # a busy machine is slow, not wrong
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.on("request", lambda r: None if r.url.startswith("file:") else trouble.append(r.url))
        page.goto(f"{pages.as_uri()}/{name}.html")
        if ready:
            page.wait_for_selector(".gbs[data-ready]")
            assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        return page

    yield go
    for context in contexts:
        context.close()
    assert not trouble


def pull(page, start, end):
    """From one place to another, in the piece's units, by mouse."""
    box = page.locator(".gbs-plot").bounding_box()
    places = [
        (box["x"] + box["width"] * (x / 6.4 + 0.5), box["y"] + box["height"] * (0.5 - y / 4.2)) for x, y in (start, end)
    ]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(*places[1], steps=6)
    page.mouse.up()


def said(page):
    return page.locator(".gbs dd").all_inner_texts()


def test_a_dragged_fake_changes_the_scores_as_the_library_says(visit):
    page = visit("balls")
    before = said(page)
    pull(page, (-1.2, 1.1), (2.2, -0.6))
    page.locator(".gbs-range").focus()
    page.keyboard.press("ArrowRight")
    points = torch.tensor(page.evaluate("document.querySelector('.gbs').small().points"))
    assert points[7].tolist() == pytest.approx([2.2, -0.6], abs=0.02)
    real = torch.tensor([float(number) for number in REALS.split()]).reshape(-1, 2)
    scores = [*metrics.precision_recall(real, points, 2), *metrics.density_coverage(real, points, 2)]
    assert said(page) == [f"{float(score):.2f}" for score in scores] != before
    assert "density" in page.locator(".gbs-plot").get_attribute("aria-label")


def test_keys_move_dirac_s_start_and_gamma_its_eigenvalues(visit):
    page = visit("dirac", color_scheme="dark")
    page.locator(".gbs-plot").focus()
    for key in ("ArrowRight", "ArrowUp", "ArrowUp"):
        page.keyboard.press(key)
    start = page.evaluate("document.querySelector('.gbs').small().points[0]")
    assert start == pytest.approx([1.1, -0.8])
    page.locator(".gbs-range").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    assert said(page)[0] == "0.00+0.50i, 0.00−0.50i"
    way = dirac.simulate(dirac.minimax, torch.tensor([start], dtype=torch.float64), 500, d_steps=1)
    assert float(said(page)[2]) == pytest.approx(float(way[-1, 0].norm()), abs=6e-4)


def test_without_a_script_and_on_paper_the_still_stands(visit):
    for name in ("balls", "dirac"):
        assert visit(name, ready=False, java_script_enabled=False).locator(".gbs-still svg").is_visible()
    page = visit("balls")
    assert not page.locator(".gbs-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".gbs-still svg").is_visible() and not page.locator(".gbs-plot").is_visible()

"""The judge in a real browser: drawn with mouse, finger, keys; its numbers held to ganbook; on paper and by night."""

import math
import re
from urllib.parse import parse_qs

import numpy as np
import pytest
import torch
from scipy.interpolate import BSpline
from torch.nn.functional import logsigmoid

from ganbook import data
from ganbook.divergences import discrete
from ganbook.divergences.quantile import wasserstein
from ganbook.player.judge import bundle, judge

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main><script>{script}</script></body></html>"""
GRID = torch.linspace(-5, 7, 241, dtype=torch.float64)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("judge")
    for name, body in [
        ("page", judge()._repr_html_()),
        ("twice", judge(data="apart", judge="slope")._repr_html_() + judge(name="other")._repr_html_()),
    ]:
        (folder / f"{name}.html").write_text(PAGE.format(body=body, script=bundle.script()), encoding="utf-8")
    return folder


@pytest.fixture
def visit(lone, pages):
    """visit(name, hash, **context options) -> page, once a judge stands on it."""

    def go(name="page", hash="", ready=True, **options):
        page = lone(f"{pages.as_uri()}/{name}.html{hash}", **options)
        if ready:
            page.wait_for_selector(".gbj[data-value]")
        return page

    return go


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def said(page):
    return page.locator(".gbj-said").first.inner_text()


def stroke(page, *places, nth=0):
    """A line through places given as shares of the picture, with the mouse."""
    box = page.locator(".gbj-plot").nth(nth).bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*at[0])
    page.mouse.down()
    for each in at[1:]:
        page.mouse.move(*each, steps=5)
    page.mouse.up()


def nodes_of(page):
    """What is drawn, read from the address: 61 whole numbers."""
    drawn = parse_qs(page.evaluate("location.hash").split("?")[1])["drawn"][0]
    nodes = torch.tensor([int(two, 36) for two in re.findall("..", drawn)], dtype=torch.float64)
    assert len(nodes) == 61
    return nodes


def smooth(control):
    """The curve through which the page makes of them, at each of 241 places."""
    spline = BSpline(np.arange(-2.5, 63.5), np.pad(control, 1, "edge"), 2)
    return torch.from_numpy(spline(np.arange(241) / 4))


def masses(page):
    state = page.evaluate("document.querySelector('.gbj').judge()")
    return state, *(torch.tensor(state[key], dtype=torch.float64) for key in "pq")


def numbers(page):
    """What stands in the readings."""
    return [float(text.replace("−", "-")) for text in page.locator(".gbj").first.locator("dd").all_inner_texts()]


def test_what_the_page_says_of_a_drawn_judge_is_what_the_library_says(visit):
    page = visit()
    stroke(page, (0.1, 0.6), (0.3, 0.2), (0.5, 0.1), (0.95, 0.55))
    D = smooth(0.002 + 0.996 * nodes_of(page) / 1294)
    assert float(D.max() - D.min()) > 0.3
    bells = [density.pdf(GRID[:, None]) for density in (data.gaussian(0.0, 1.0), data.gaussian(1.5, 1.5))]
    p, q = (each / each.sum() for each in bells)  # their ends, half of nothing, matter to nobody
    value = float(logsigmoid(D.logit()) @ p + logsigmoid(-D.logit()) @ q)
    state, *_ = masses(page)
    best = 2 * float(discrete.js(p, q)) - math.log(4)
    assert state["value"] == pytest.approx(value, abs=1e-4) and state["top"] == pytest.approx(best, abs=1e-4)
    assert numbers(page) == pytest.approx([value, best, best - value, (best + math.log(4)) / 2], abs=6e-4)  # 3 digits
    press(page, "Let G answer")
    page.wait_for_function("() => document.querySelector('.gbj-said').textContent.includes('G has answered')")
    state, p, q_then = masses(page)
    assert float((q_then - q).abs().sum()) > 0.05
    assert state["value"] == pytest.approx(float(logsigmoid(D.logit()) @ p + logsigmoid(-D.logit()) @ q_then), abs=1e-4)
    assert state["top"] == pytest.approx(2 * float(discrete.js(p, q_then)) - math.log(4), abs=1e-4)
    other = visit(hash=page.evaluate("location.hash"), color_scheme="dark")  # the same judge for somebody else
    assert masses(other)[0]["value"] == pytest.approx(state["value"], abs=1e-9)


def test_a_drawn_critic_is_held_against_w1(visit):
    page = visit("twice")
    stroke(page, (0.1, 0.1), (0.4, 0.3), (0.9, 0.6))
    D = smooth(nodes_of(page) / 100 - 6)
    assert 0.04 < float(D.diff().abs().max()) <= 0.05 + 1e-12
    state, p, q = masses(page)
    w1 = float(wasserstein(GRID, GRID, a=p, b=q))
    assert state["value"] == pytest.approx(float((p - q) @ D), abs=1e-4)
    assert state["top"] == pytest.approx(w1, abs=1e-4) and w1 == pytest.approx(3.5, abs=1e-3)
    assert numbers(page)[:2] == pytest.approx([state["value"], w1], abs=6e-4)


def test_keys_draw_and_what_they_draw_is_spoken(visit):
    page = visit()
    plot = page.locator(".gbj-plot")
    plot.focus()
    for key in ("ArrowUp", "ArrowUp", "Shift+ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    assert plot.get_attribute("aria-valuetext") == "x = 1.4: D = 0.47"  # (0.6 + 6 * 0.45 + 0.5) / 8
    assert plot.get_attribute("aria-valuenow") == "0.475" and "V(D) = −1." in said(page)
    D = 0.002 + 0.996 * nodes_of(page)[30:33] / 1294
    assert D.tolist() == pytest.approx([0.6, 0.6, 0.45], abs=1e-3)
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    assert "kept between 0.002 and 0.998" in said(page) and "∞" not in said(page)


def test_a_finger_draws_and_the_round_is_played_by_touch(visit):
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    box = page.locator(".gbj-plot").bounding_box()
    before = page.locator(".gbj").get_attribute("data-value")
    page.touchscreen.tap(box["x"] + 0.5 * box["width"], box["y"] + 20)
    assert page.locator(".gbj").get_attribute("data-value") != before
    page.get_by_role("button", name="Real or fake?").tap()
    for k in range(6):
        page.get_by_role("button", name="Real (R)" if k % 2 else "Fake (F)").tap()
    page.keyboard.press("r")
    assert numbers(page)[1] == 7 and "real or fake?" in said(page)
    page.get_by_role("button", name="Stop").tap()
    assert re.match("Of 7 points you judged [0-7] rightly, the D that is drawn [0-7], the best judge [0-7]", said(page))
    assert "more than 74 of 100" in said(page)  # (1 + TV) / 2


@pytest.mark.parametrize(
    ("hash", "says"),
    [
        ("#judge?data=moon&drawn=zz", "Data p and fakes q must be one of bells, apart, pair, got “moon”"),
        ("#judge?do=x&do=m00&__proto__=1", "There is no setting “__proto__”"),
        ("#judge?judge=slope&drawn=" + "0zzz" * 30 + "zz", ""),
    ],
)
def test_a_foreign_address_is_answered_with_a_sentence(visit, hash, says):
    page = visit(hash=hash)
    assert says in page.locator(".gbj-trouble").text_content()
    assert "NaN" not in page.locator(".gbj").inner_text()
    state, *_ = masses(page)
    assert all(math.isfinite(v) for v in (*state["D"], state["value"], state["top"]))
    if not says:
        assert max(abs(a - b) for a, b in zip(state["D"], state["D"][1:], strict=False)) <= 0.05 + 1e-9


def test_two_judges_and_an_anchor_leave_each_other_alone(visit):
    page = visit("twice", hash="#question")
    assert page.evaluate("location.hash") == "#question" and page.locator("head style").count() == 1
    stroke(page, (0.5, 0.2), (0.6, 0.2), nth=1)
    assert page.evaluate("location.hash").startswith("#other?drawn=")
    assert page.locator(".gbj").nth(0).get_attribute("data-value") in ("0", "-0")


def test_without_a_script_and_on_paper_the_still_stands_and_nothing_pushes_sideways(visit):
    still = visit(ready=False, java_script_enabled=False)
    assert still.locator(".gbj-still svg").is_visible() and "With JavaScript" in still.locator(".gbj").inner_text()
    for width in (320, 390, 1440):
        page = visit(viewport={"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.locator(".gbj-still").is_visible()
    for control in page.locator(".gbj select").all():
        assert control.evaluate("(c) => c.labels.length === 1 && c.labels[0].textContent.trim().length > 3")
    page.emulate_media(media="print")
    assert page.locator(".gbj-still svg").is_visible() and not page.locator(".gbj-plot").is_visible()


def test_the_shortfall_is_shaded_at_a_tap_by_day_and_night(visit):
    """The colour of the best judge covers a good part of the picture, once it is asked for."""
    count = """(c) => { const { data } = c.getContext("2d").getImageData(0, 0, c.width, c.height);
      const hex = getComputedStyle(c).getPropertyValue("--accent").trim();
      const want = [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16)), near = (v, w) => Math.abs(v - w) < 3;
      let n = 0;
      for (let k = 0; k < data.length; k += 4) n += want.every((v, j) => near(v, data[k + j])) && data[k + 3] > 150;
      return n / (c.width * c.height); }"""
    for scheme in ("light", "dark"):
        page = visit(color_scheme=scheme)
        assert page.locator(".gbj-plot").evaluate(count) < 0.001
        press(page, "Show the best D")
        assert page.locator(".gbj-plot").evaluate(count) > 0.01
        press(page, "Hide the best D")
        assert page.locator(".gbj-plot").evaluate(count) < 0.001


def test_words_stand_beside_what_is_drawn_in_the_face_of_the_page(visit):
    """The legend above the frame, the words about the loss above its area; indices are set low."""
    page = visit(hash="#judge?judge=slope")
    page.add_style_tag(content=".gbj { font-family: 'DejaVu Serif' !important }")
    page.evaluate("""() => { window.told = {}; const its = CanvasRenderingContext2D.prototype;
      const { fillText, strokeRect } = its;
      its.fillText = function (text, x, y) { told[text] = [y, this.font]; fillText.call(this, text, x, y); };
      its.strokeRect = function (x, y, ...box) { told.top ??= y; strokeRect.call(this, x, y, ...box); }; }""")
    press(page, "Show the best D")
    told = page.evaluate("told")
    assert all(told[name][0] < told["top"] for name in ("p, data", "q, fakes", "D", "best D"))
    assert told["what this D loses at each x"][0] + 4 < page.locator(".gbj-plot").bounding_box()["height"] - 45
    assert "DejaVu Serif" in told["D"][1]
    assert page.locator(".gbj dt sub").all_inner_texts() == ["p", "q"]
    assert "E_p" not in page.locator(".gbj").inner_text()

"""Neighbour balls and the overlap map in a real browser: by finger, mouse and keys; their numbers held to ganbook."""

import pytest
import torch

from ganbook import explore, metrics
from ganbook.player.drag import bundle
from ganbook.player.drag.overlap import counts

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main><p>below</p><script>{script}</script></body></html>"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SPOT = [[0.5, 0.5]] * 5
SCORES = ("precision", "recall", "density", "coverage")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("balls")
    pieces = {"balls": explore.balls(), "overlap": explore.overlap(), "spot": explore.balls(4, SPOT, SPOT)}
    for name, piece in pieces.items():
        text = PAGE.format(style=bundle.style(), body=piece._repr_html_(), script=bundle.script(piece.name))
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def visit(lone, pages):
    """visit(name, **context options) -> page, once the piece stands on it."""

    def go(name, ready=True, **options):
        page = lone(f"{pages.as_uri()}/{name}.html", **options)
        if ready:
            page.wait_for_selector(".gbd[data-ready]")
        return page

    return go


def state(page):
    return page.evaluate("document.querySelector('.gbd').state()")


def readings(page):
    terms, values = (page.locator(f".gbd {kind}").all_inner_texts() for kind in ("dt", "dd"))
    return dict(zip(terms, values, strict=True))


def spoken(page, words):
    """The status says it: not at once, so that a drag does not talk without end."""
    page.wait_for_function("(w) => document.querySelector('.gbd [role=status]').textContent.includes(w)", arg=words)


def held_to_the_library(page):
    now, said = state(page), readings(page)
    real, fake = (torch.tensor(now[side], dtype=torch.float64) for side in ("real", "fake"))
    found = (*metrics.precision_recall(real, fake, now["k"]), *metrics.density_coverage(real, fake, now["k"]))
    assert [float(said[name]) for name in SCORES] == pytest.approx([float(score) for score in found], abs=0.0051)
    assert "NaN" not in page.locator(".gbd").evaluate("(r) => r.outerHTML")


def middle(page, name):
    box = page.get_by_role("slider", name=name, exact=True).locator("> :last-child").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def turn(page, label, value):
    page.locator(".gbd label", has_text=label).locator("input").evaluate(
        "(c, v) => { c.value = v; c.dispatchEvent(new Event('input')); }", str(value)
    )


def stroke(page, start, end):
    """By a finger: real touches, which the browser may take for scrolling."""
    touch = page.context.new_cdp_session(page)
    for k in range(6):
        x, y = (a + (b - a) * k / 5 for a, b in zip(start, end, strict=True))
        kind = "touchMove" if k else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_makes_an_outlier_and_precision_jumps(visit):
    page = visit("balls", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    held_to_the_library(page)
    box, first = page.locator(".gbd-stage svg").bounding_box(), state(page)
    stroke(page, middle(page, "Real point 1"), (box["x"] + box["width"] - 4, box["y"] + box["height"] / 2))
    now = state(page)
    assert now["real"][0][0] > 3 and now["real"][1:] == first["real"][1:] and now["fake"] == first["fake"]
    assert readings(page)["precision"] == "1.00" and page.evaluate("scrollY") == 0
    held_to_the_library(page)
    spoken(page, "Fakes in real balls: 14 of 14")
    page.get_by_role("button", name="Start again").tap()
    assert state(page) == first


def test_of_points_that_overlap_the_nearest_is_taken(visit):
    """Each by the mouse at its own middle, on a phone's width."""
    page = visit("balls", **PHONE)
    for side, name, count in (("real", "Real point", 16), ("fake", "Fake", 14)):
        for i in range(count):
            before = state(page)[side]
            page.mouse.move(*middle(page, f"{name} {i + 1}"))
            page.mouse.down()
            page.mouse.move(*(v + 2 for v in middle(page, f"{name} {i + 1}")))
            page.mouse.up()
            assert [k for k, point in enumerate(state(page)[side]) if point != before[k]] == [i]
    held_to_the_library(page)


def test_keys_lead_from_point_to_point_and_move_them(visit):
    page = visit("balls")
    assert page.locator(".gbd-handle[tabindex='0']").count() == 2, "one stop for each side"
    first = state(page)
    page.locator(".gbd-handle[tabindex='0']").last.focus()
    for key in ("PageDown", "PageDown", "PageUp", "ArrowLeft", "Shift+ArrowDown"):
        page.keyboard.press(key)
    x, y = first["fake"][1]
    assert state(page)["fake"][1] == pytest.approx([x - 0.1, y - 0.5])
    assert page.locator(".gbd-handle:focus").get_attribute("aria-label") == "Fake 2"
    spoken(page, "Fake 2 lies in")
    held_to_the_library(page)


def test_k_is_turned_and_the_other_balls_are_shown(visit):
    page = visit("balls")
    for k in range(1, 9):
        turn(page, "neighbours", k)
        assert state(page)["k"] == k
        held_to_the_library(page)
    assert page.locator(".gbd-ball[visibility=visible]").count() == 16
    page.get_by_role("button", name="Balls of the fakes").click()
    assert page.locator(".gbd-ball[visibility=visible]").count() == 14
    assert page.locator(".gbd-inside").count() == round(16 * float(readings(page)["recall"]))


def test_points_on_one_spot_have_scores(visit):
    page = visit("spot")
    assert [readings(page)[name] for name in SCORES] == ["1.00", "1.00", "1.25", "1.00"]
    held_to_the_library(page)


def test_the_overlap_map_is_torch_s_at_every_setting(visit):
    page = visit("overlap")
    for kernel, stride, padding in (
        (5, 2, 0),
        (4, 2, 1),
        (3, 3, 0),
        (2, 4, 0),
        (1, 4, 2),
        (6, 4, 0),
        (1, 1, 2),
        (6, 1, 2),
    ):
        for label, value in (("kernel", kernel), ("stride", stride), ("padding", padding)):
            turn(page, label, value)
        wanted, said = counts(kernel, stride, padding), readings(page)
        assert said["size of the output"] == f"{len(wanted)} × {len(wanted)}"
        shown = page.locator(".gbd-cells~text, .gbd-stage text").all_text_contents()
        numbers = sorted(int(text) for text in shown if text.isdigit())
        if 320 / len(wanted) >= 15:
            assert numbers == sorted(wanted.int().flatten().tolist())
        across, down = state(page)["output"]
        here = wanted[min(down, len(wanted) - 1), min(across, len(wanted) - 1)]
        assert said["on the ringed output"].endswith(f"= {int(here)}")
        assert "NaN" not in page.locator(".gbd").evaluate("(r) => r.outerHTML")
    turn(page, "kernel", 5)
    turn(page, "stride", 2)
    assert readings(page)["entries, away from the border"] == "4, 6 or 9"
    spoken(page, "a checkerboard")
    turn(page, "kernel", 4)
    spoken(page, "2 divides 4: away from the border every output gets 4.")
    turn(page, "stride", 4)
    turn(page, "kernel", 2)
    spoken(page, "larger than the kernel: some outputs get nothing at all.")


def test_a_finger_chooses_an_output_and_keys_go_from_cell_to_cell(visit):
    page = visit("overlap", **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    box = page.locator(".gbd-stage svg").first.bounding_box()
    cell = box["width"] / 15
    page.touchscreen.tap(box["x"] + 4.5 * cell, box["y"] + 8.5 * cell)
    assert state(page)["output"] == [4, 8] and readings(page)["on the ringed output"] == "3 × 3 = 9"
    stroke(page, middle(page, "Output"), (box["x"] + 11.5 * cell, box["y"] + 3.5 * cell))
    assert state(page)["output"] == [11, 3] and readings(page)["on the ringed output"] == "2 × 2 = 4"
    page.get_by_role("slider", name="Output").focus()
    for key in ("ArrowLeft", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
    assert state(page)["output"] == [10, 5]
    assert page.locator(".gbd-handle:focus").get_attribute("aria-valuetext").startswith("row 6, column 11: 2 × 3 = 6")
    page.get_by_role("slider", name="Input").focus()
    page.keyboard.press("ArrowRight")
    assert state(page)["input"] == [3, 2]
    stamp = page.locator(".gbd-stamp")
    assert float(stamp.get_attribute("x")) == pytest.approx(3 * 2 * 320 / 15)


@pytest.mark.parametrize("name", ["balls", "overlap"])
def test_without_a_script_and_on_paper_the_still_stands(visit, name):
    still = visit(name, ready=False, java_script_enabled=False)
    assert still.locator(".gbd-still svg").is_visible()
    page = visit(name, color_scheme="dark")
    assert not page.locator(".gbd-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".gbd-still svg").is_visible() and not page.locator(".gbd-stage").is_visible()

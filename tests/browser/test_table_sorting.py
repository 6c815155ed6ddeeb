"""The table in a real browser over file://: heads sort, by mouse and by keys; the names stay where a phone scrolls."""

import re

import pytest

from ganbook import plot
from ganbook.metrics import Interval

ROWS = [
    ["b", 7, Interval(-2.0, -9.0, 1.0, 5, 0.95), "3 of 5", "**"],
    ["a", 12, Interval(10.0, 9.0, 11.0, 5, 0.95), "10 of 5", ""],
    ["c", float("nan"), Interval(2.0, 1.0, 3.0, 5, 0.95), "0 of 5", "*"],
]
HEADS = {"": "", "modes": "", "distance": ".1f", "lost": "", "mark": ""}


@pytest.fixture
def page(chromium, tmp_path):
    """Two equal tables on one page of a phone's width; at the end, no message on the console."""
    table = plot.table(ROWS, HEADS, caption="Who finds what")._repr_html_()
    path = tmp_path / "page.html"
    path.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title></head>'
        f'<body style="color-scheme:dark"><main id="one">{table}</main><aside>{table}</aside></body></html>',
        encoding="utf-8",
    )
    context = chromium.new_context(viewport={"width": 260, "height": 600})
    page, trouble = context.new_page(), []
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(path.as_uri())
    yield page
    context.close()
    assert trouble == []


def names(page):
    return "".join(page.locator("#one tbody th").all_text_contents())


@pytest.mark.parametrize(
    ("head", "up", "down"),
    [("modes", "bac", "abc"), ("distance", "bca", "acb"), ("lost", "cba", "abc"), ("mark", "cba", "bca")],
)
def test_a_head_sorts_up_down_and_back(page, head, up, down):
    button = page.locator("#one thead").get_by_role("button", name=head)
    for order, said in ((up, "ascending"), (down, "descending"), ("bac", None)):
        button.click()
        assert names(page) == order
        assert page.locator("#one th", has=page.get_by_role("button", name=head)).get_attribute("aria-sort") == said
    assert "".join(page.locator("aside tbody th").all_text_contents()) == "bac"


def test_it_works_by_keys_and_one_head_at_a_time(page):
    page.locator("#one thead").get_by_role("button", name="modes").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert names(page) == "bca"
    assert page.locator("#one [aria-sort]").count() == 1


def test_the_names_stay_where_the_rest_scrolls_and_nothing_shines_through(page):
    page.evaluate("document.querySelector('#one .gbt-scroll').scrollLeft = 120")
    box = page.locator("#one tbody th").first.bounding_box()
    assert 0 <= box["x"] < 20
    colour = page.locator("#one tbody th").first.evaluate("e => getComputedStyle(e).backgroundColor")
    assert re.fullmatch(r"rgb\(\d+, \d+, \d+\)", colour)  # opaque
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

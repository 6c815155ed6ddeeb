"""A cell's output where a notebook is read: in the frame that Colab puts it in, and in JupyterLab, trusted and not.

Looked at in JupyterLab 4.6 by hand as well; here stands what it and Colab do to an output, not they themselves.
"""

import html
import re

import pytest

from ganbook import explore

PIECES = {
    "kinds": lambda: explore.hand("kinds"),
    "faces": lambda: explore.hand("faces"),
    "game": lambda: explore.game("collapse"),
    "judge": lambda: explore.judge(data="apart"),
    "dirac": lambda: explore.dirac("minimax", 0.3),
    "overlap": lambda: explore.overlap(5, 2, 1),
    "balls": lambda: explore.balls(3),
    "anchors": lambda: explore.anchors(20, (-0.5, 0.5), 0.5),
    "transport": lambda: explore.transport([[0.0, 1.0]], [[1.0, 0.0]]),
}
FRAMES = {"Colab": "allow-scripts allow-same-origin allow-forms allow-popups", "strictest": "allow-scripts"}
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>t</title><style>{style}</style>
<body>{body}</body></html>"""
FRAME = '<iframe sandbox="{allowed}" width="900" height="1500" srcdoc="{inside}"></iframe>'
UNTRUSTED = re.compile(r"<(script|style|svg)\b.*?</\1>", re.S)  # what JupyterLab takes out
LISTS = "dl dt{float:left;clear:left;width:20%}dl dd{float:left;width:80%}"  # what its own lists look like
NOT_BELOW = """() => [...document.querySelectorAll("dl div")].filter((pair) => {
  const [term, value] = [...pair.children].map((part) => part.getBoundingClientRect());
  return value.top < term.bottom - 1;
}).length"""


@pytest.fixture
def visit(lone, tmp_path, monkeypatch):
    """visit(name, what becomes of the output, style) -> page, as a live front end gets it."""
    monkeypatch.setenv("GANBOOK_LIVE", "1")
    monkeypatch.delenv("GANBOOK_STATIC", raising=False)

    def go(name, around, style=""):
        body = around(PIECES[name]()._repr_html_())
        (tmp_path / "page.html").write_text(PAGE.format(body=body, style=style), encoding="utf-8")
        return lone((tmp_path / "page.html").as_uri())

    return go


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize("name", PIECES)
def test_a_piece_appears_in_a_frame_of_its_own(visit, name, frame):
    page = visit(name, lambda output: FRAME.format(allowed=FRAMES[frame], inside=html.escape(output)))
    inside = page.frame_locator("iframe")
    if name in ("kinds", "faces"):
        inside.get_by_role("button", name="Take the generator").click()
        inside.locator(".gbh[data-loaded] canvas").first.wait_for()
        inside.locator(".gbh", has_text="z is").wait_for()
        return
    inside.locator("[data-ready]").wait_for()
    assert inside.locator("[data-ready] > [class$=still]").is_hidden()
    inside.locator("[data-ready] button:visible").first.click()
    if name in ("game", "judge"):
        inside.get_by_role("button", name="Share").click()
        inside.locator("[role=status]", has_text="no address to share").wait_for()
    assert not "".join(inside.locator("[role=alert]").all_inner_texts())


@pytest.mark.parametrize("name", PIECES)
def test_where_it_is_not_trusted_a_picture_stands(visit, name):
    page = visit(name, lambda output: UNTRUSTED.sub("", output))
    still = page.locator("img")
    assert still.count() == 1 and len(still.get_attribute("alt")) > 20
    assert still.evaluate("(image) => image.complete && image.naturalWidth > 100") or name in ("kinds", "faces")
    box = still.bounding_box()
    assert 100 < box["width"] < 800 and 50 < box["height"] < 500


@pytest.mark.parametrize("name", [name for name in PIECES if name not in ("kinds", "faces")])
def test_a_reading_stands_below_its_name_whatever_lists_look_like_there(visit, name):
    page = visit(name, lambda output: output, LISTS)
    page.locator("[data-ready] dl div").first.wait_for()
    assert page.evaluate("() => document.querySelectorAll('dl div').length") > 2
    assert page.evaluate(NOT_BELOW) == 0

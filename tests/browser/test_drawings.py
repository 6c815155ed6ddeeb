"""Each drawing as a reader sees it: no word is cut or covered, all are large enough and stand out, by day and by night.

In the book's own fonts and colours, and on a bare page with the system's (wider) ones, as in a notebook.
"""

import pytest
from bookpages import ROOT

from ganbook import draw

DESK, PHONE = 782, 358  # the column of the book at 1440 and at 390 pixels
CSS = [(ROOT / "book" / "theme" / "css" / f"{name}.css").as_uri() for name in ("colours", "type", "cells")]
MEASURE = """
(figure) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const brush = canvas.getContext("2d", {willReadFrequently: true});
  const rgba = (colour) => {
    brush.clearRect(0, 0, 1, 1); brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = brush.getImageData(0, 0, 1, 1).data; return [r, g, b, a / 255];
  };
  const over = (top, ground, more) => ground.map((c, k) => c + (top[k] - c) * top[3] * more).slice(0, 3);
  const luminance = (c) => c.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const contrast = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05); };
  const paper = rgba(getComputedStyle(document.body).backgroundColor).slice(0, 3);
  const found = [];
  for (const svg of figure.querySelectorAll("svg")) {
    const page = svg.getBoundingClientRect(), scale = page.width / svg.viewBox.baseVal.width, words = [];
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect(), style = getComputedStyle(text);
      const spot = document.elementsFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2).reverse();
      let ground = paper;
      for (const under of spot.filter((e) => svg.contains(e) && ["path", "rect", "circle"].includes(e.tagName))) {
        const looks = getComputedStyle(under);
        if (looks.fill !== "none") ground = over(rgba(looks.fill), ground, Number(looks.opacity));
      }
      const rects = spot.filter((e) => e.tagName === "rect").map((e) => e.getBoundingClientRect());
      words.push({text: text.textContent, size: parseFloat(style.fontSize) * scale,
        box: [box.left, box.top, box.right, box.bottom].map((v, k) => (v - [page.left, page.top][k % 2])),
        contrast: contrast(over(rgba(style.fill), ground, 1), ground),
        spills: rects.some((r) => box.left < r.left || box.right > r.right)});
    }
    const lines = [...svg.querySelectorAll("path,rect,circle")].filter((e) => Number(getComputedStyle(e).opacity) === 1)
      .map((e) => { const s = getComputedStyle(e); return s.stroke !== "none" ? s.stroke : s.fill; });
    found.push({title: svg.querySelector("title").textContent, width: page.width, height: page.height, words,
      faintest: Math.min(...lines.map((c) => contrast(over(rgba(c), paper, 1), paper)))});
  }
  return found;
}
"""


@pytest.fixture(scope="module")
def look(chromium):
    """look(drawing, width, theme, bare) -> what MEASURE found on a page that shows it alone."""
    pages = {}

    def measured(make, width, theme, bare):
        if (theme, bare) not in pages:
            pages[theme, bare] = chromium.new_page(viewport={"width": 860, "height": 900})
            pages[theme, bare].goto("about:blank" if bare else CSS[0])  # from file:, so that the fonts may be read
        page = pages[theme, bare]
        sheets = "" if bare else "".join(f'<link rel="stylesheet" href="{address}">' for address in CSS)
        ground = {"light": "#fff;color:#1d2229", "dark": "#111;color:#e0e0e0"}[theme]
        look = (
            f"background:{ground};font-family:sans-serif" if bare else "background:var(--gb-paper);color:var(--gb-ink)"
        )
        themed = "" if bare else f" data-theme={theme}"
        page.set_content(
            f'<html lang="en"{themed}><head>{sheets}</head><body style="margin:8px;{look}">'
            f'<div class="bd-article"><div style="width:{width}px">{make()._repr_html_()}</div></div></body></html>'
        )
        page.evaluate("async () => { await document.fonts.ready; }")
        if not bare:
            assert page.evaluate("document.fonts.check('13px \"Source Sans 3\"')")
        return page.locator("figure").evaluate(MEASURE)

    yield measured
    for page in pages.values():
        page.close()


def overlapping(words):
    """Pairs of words of which one covers the other; the empty fifth above and below letters does not count."""
    boxes = []
    for word in words:
        left, top, right, bottom = word["box"]
        rim = 0.2 * (bottom - top)
        boxes.append((word["text"], left, top + rim, right, bottom - rim))
    return [
        (a[0], b[0])
        for k, a in enumerate(boxes)
        for b in boxes[k + 1 :]
        if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]
    ]


def faults(panels, width):
    """What is wrong with the panels of a drawing, in sentences."""
    out = []
    for panel in panels:
        for word in panel["words"]:
            left, top, right, bottom = word["box"]
            if left < -1.5 or top < -0.5 or right > panel["width"] + 0.5 or bottom > panel["height"] + 0.5:
                out.append(f"{word['text']!r} is cut at the rim: {word['box']} in {panel['width']} x {panel['height']}")
            if word["size"] < 11:
                out.append(f"{word['text']!r} is {word['size']:.1f} pixels high")
            if word["contrast"] < 4.5:
                out.append(f"{word['text']!r} has a contrast of {word['contrast']:.2f}")
            if word["spills"]:
                out.append(f"{word['text']!r} is wider than its box")
        out += [f"{a!r} and {b!r} overlap" for a, b in overlapping(panel["words"])]
        if panel["faintest"] < 2:
            out.append(f"a line of {panel['title']!r} has a contrast of {panel['faintest']:.2f}")
        if panel["width"] > width + 0.5:
            out.append(f"{panel['title']!r} is wider than its column")
    return out


@pytest.mark.parametrize("bare", [False, True], ids=["in the book", "on a bare page"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("make", draw.DRAWINGS, ids=lambda make: make.__name__)
def test_nothing_is_cut_covered_small_or_pale(look, make, theme, bare):
    for width in (DESK, PHONE):
        assert faults(look(make, width, theme, bare), width) == [], f"{make.__name__} at {width} pixels"


@pytest.mark.parametrize("make", draw.DRAWINGS, ids=lambda make: make.__name__)
def test_panels_stand_side_by_side_on_a_desk(look, make):
    heights = [panel["height"] for panel in look(make, DESK, "light", False)]
    assert all(panel["width"] <= DESK / 2 for panel in look(make, DESK, "light", False))
    assert max(heights) < 1.12 * 370, "a panel higher than half a screen: draw two"


def planted(**changes):
    def make():
        panel = draw.Panel("planted", "planted", 100).text(10, 50, "a long word", **changes)
        return draw.Drawing(panel.text(200, 50, "another"))

    return make


def test_planted_faults_are_found(look):
    def found(make):
        return faults(look(make, PHONE, "light", True), PHONE)

    assert found(planted()) == []
    assert "overlap" in found(lambda: draw.Drawing(draw.Panel("p", "p", 60).text(5, 40, "one").text(9, 42, "two")))[0]
    assert "cut" in found(planted(anchor="end"))[0]
    assert "pixels high" in found(planted(size=9))[0]
    assert "contrast" in found(planted(color="line"))[0]
    assert "wider" in found(lambda: draw.Drawing(draw.Panel("p", "p", 60).box(90, 20, 20, 30, "much too long")))[0]
    covered = draw.Panel("p", "p", 60).patches([(0, 20, 100, 40)], "ink", 0.9).text(5, 45, "in the dark")
    assert "contrast" in found(lambda: draw.Drawing(covered))[0]

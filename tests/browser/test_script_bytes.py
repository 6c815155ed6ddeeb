"""No page of the book loads more than 60 KB of script for its pieces, wherever its reader scrolls.

Counted over http as it comes, on every page. Weights come on a click, and so does a piece that finds no room.
"""

import re

import pytest
from bookpages import HTML, PAGES

ROOM = 60_000
PIECES = re.compile(r"/_static/js/(live|judge|hand|drag-\w+|later)\.js\b")
WEIGHTS = re.compile(r"/_static/js/hand-\w+\.js\b")
POINTS = "() => document.querySelectorAll('.gbl, .gbj, .gbh, .gbd').length"
THROUGH = """async () => {
  for (let y = 0; y < document.body.scrollHeight; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
}"""


def pieces(seen):
    """Name -> bytes of the pieces' scripts that a page has fetched."""
    found = {PIECES.search(url): size for url, size in seen.sizes.items()}
    return {match[1]: size for match, size in found.items() if match}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_s_pieces_have_at_most_60_kb_of_script(read, name):
    seen = read(name, "http")
    seen.page.evaluate(THROUGH)
    seen.page.wait_for_load_state("networkidle")
    there = pieces(seen)
    assert sum(there.values()) <= ROOM and not [url for url in seen.sizes if WEIGHTS.search(url)]
    assert bool(there) == bool(seen.page.evaluate(POINTS))


def test_every_other_page_has_none(html):
    """Pages that the table of contents does not list, such as the index and those of the library's modules."""
    listed = {f"{name}.html" for name in PAGES}
    others = [path for path in HTML.rglob("*.html") if "_static" not in path.relative_to(HTML).parts]
    others = [path for path in others if str(path.relative_to(HTML)) not in listed]
    assert others and not [path for path in others if "/_static/js/live.js" in path.read_text(encoding="utf-8")]


# --- a piece that waits

CROWDED = "notebooks/04_non_saturating"


@pytest.mark.parametrize("over", ["file", "http"])
def test_a_piece_without_room_comes_on_a_click(visit, over):
    seen = visit(CROWDED, over)
    page, asked = seen.page, []
    page.wait_for_selector(".gbj[data-ready]")
    page.on("request", lambda request: asked.append(request.url.split("/")[-1].split("?")[0]))
    root = page.locator(".gbl")
    assert root.locator(".gbl-still").is_visible() and root.locator("canvas").count() == 0
    room = root.bounding_box()["height"] - root.locator(".gbl-still").bounding_box()["height"]
    assert room < 120  # no emptiness is kept free for what may never come
    root.get_by_role("button", name="Play the game here").press("Enter")
    page.wait_for_selector(".gbl canvas")
    assert asked.count("live.js") == 1 and root.locator(".gb-later").count() == 0
    assert page.evaluate("() => document.activeElement.closest('.gbl') !== null")
    assert not seen.errors + seen.failed + seen.foreign


def test_a_shared_situation_does_not_wait(visit):
    seen = visit(CROWDED)
    page = seen.page
    page.goto(f"{page.url.split('#')[0]}#game?loss=wasserstein")
    page.wait_for_selector(".gbl canvas")
    assert page.locator(".gbl .gb-later").count() == 0 and not seen.errors


def test_a_script_that_does_not_come_is_a_sentence(visit):
    page = visit(CROWDED, "http").page
    page.route(re.compile(r"/live\.js"), lambda route: route.abort())
    page.get_by_role("button", name="Play the game here").click()
    page.wait_for_function(
        "() => document.querySelector('.gb-later [role=alert]').textContent.includes('did not come')"
    )
    page.unroute(re.compile(r"/live\.js"))
    page.get_by_role("button", name="Play the game here").click()
    page.wait_for_selector(".gbl canvas")


def test_on_paper_the_still_stands(visit):
    page = visit(CROWDED).page
    page.emulate_media(media="print")
    assert page.locator(".gbl-still").is_visible() and not page.locator(".gb-later").is_visible()

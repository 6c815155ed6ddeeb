"""What the hand computes by itself, it computes in tasks of less than 50 ms: the page answers meanwhile.

Counted in processor time of the page's main thread, as Chromium's trace has it, so that other programs hardly matter.
tests/test_hand.py counts the same in layers between two looks at the clock.
"""

import collections
import contextlib

import pytest
from test_hand import PAGE

from ganbook.player.hand import bundle, hand

LONGEST = 50  # milliseconds; on two busy cores 23 were measured
CATEGORIES = ["toplevel", "devtools.timeline"]


@pytest.fixture
def visit(lone, tmp_path):
    """visit(network) -> page, with the piece open."""

    def go(network):
        (tmp_path / "hand.js").write_text(bundle.script(), encoding="utf-8")
        (tmp_path / f"hand-{network}.js").write_text(bundle.weights()[network], encoding="utf-8")
        body, script = hand(network)._repr_html_(), '<script src="hand.js" defer></script>'
        (tmp_path / "page.html").write_text(PAGE.format(body=body, script=script), encoding="utf-8")
        page = lone((tmp_path / "page.html").as_uri(), reduced_motion="no-preference")
        page.get_by_role("button", name="Take the generator").click()
        page.wait_for_selector(".gbh[data-loaded]")
        page.wait_for_timeout(1_500)  # what opening costs is another matter
        return page

    return go


@contextlib.contextmanager
def watched(page):
    """The milliseconds of processor time of each task of the page's main thread, once the block has ended."""
    session, events, ended, tasks = page.context.browser.new_browser_cdp_session(), [], [], []
    session.on("Tracing.dataCollected", lambda found: events.extend(found["value"]))
    session.on("Tracing.tracingComplete", lambda found: ended.append(found))
    session.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": CATEGORIES}})
    yield tasks
    session.send("Tracing.end")
    for _ in range(1_200):
        page.wait_for_timeout(50)
        if ended:
            break
    assert ended, "a minute after its end the tracing has not come"
    session.detach()
    frames = collections.Counter((e["pid"], e["tid"]) for e in events if e["name"] == "FireAnimationFrame")
    (main, count) = frames.most_common(1)[0]
    assert count > 10, "the tracing itself is broken"
    mine = (e for e in events if (e["pid"], e["tid"]) == main and e["name"].endswith("RunTask"))
    tasks.extend(e["tdur"] / 1000 for e in mine if "tdur" in e)
    assert max(tasks) > 3, "the tracing itself is broken"


def test_a_descent_leaves_the_page_free(visit):
    page = visit("digits")
    with watched(page) as tasks:
        page.get_by_role("combobox", name="A drawing").select_option("a fence")
        page.wait_for_function(
            "() => +document.querySelector('.gbh section').textContent.match(/(\\d+) steps of descent/)?.[1] > 100"
        )
    assert max(tasks) < LONGEST


def test_a_threshold_that_is_turned_leaves_the_page_free(visit):
    page = visit("kinds")
    with watched(page) as tasks:
        for k in range(19, 0, -1):
            page.get_by_role("slider").fill(str(k))
        page.wait_for_function("() => document.querySelector('.gbh [role=status]').textContent.includes('τ = 0.2')")
        page.get_by_role("button", name="Other z").click()
        page.wait_for_timeout(1_000)
    assert max(tasks) < LONGEST

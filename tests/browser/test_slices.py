"""A page opened at its top is laid out in slices: it ends as an ordinary page, and no link ever misses."""

import pytest
from bookpages import CHAPTERS, HTML

CHAPTER = next(name for name in CHAPTERS if name.endswith("08_wasserstein_distance"))
SLICES = "() => document.documentElement.dataset.slices"
WAITING = """() => [...document.querySelectorAll('.bd-article section')]
  .filter((section) => getComputedStyle(section).contentVisibility === 'auto').map((section) => section.id)"""
HEADS = "() => [...document.querySelectorAll('.bd-article section section > h2')].map((head) => head.parentElement.id)"
SHOWN = """() => [...document.images].every((image) => image.complete || !image.checkVisibility()
  || image.getBoundingClientRect().bottom < 0 || image.getBoundingClientRect().top > innerHeight)"""
BUSY = "window.requestIdleCallback = () => 0"  # a browser that never has time
HERE = """id => Math.abs(document.getElementById(id).getBoundingClientRect().top) < 150
  || document.getElementById(id).getBoundingClientRect().top < innerHeight / 2
  && scrollY + innerHeight > document.documentElement.scrollHeight - 2"""  # or the page is at its end


@pytest.fixture
def busy(visit):
    """A chapter in a browser that never has time for a further slice."""
    page = visit(CHAPTERS[0]).page
    page.add_init_script(BUSY)
    page.goto(f"{HTML.as_uri()}/{CHAPTER}.html")
    page.wait_for_load_state("load")
    return page


def test_sections_wait_and_then_none_does(lone, busy):
    assert len(busy.evaluate(WAITING)) > 5, "nothing waits: this file tests nothing"
    page = lone(f"{HTML.as_uri()}/{CHAPTER}.html")
    page.wait_for_function(f"() => ({SLICES})() === undefined")
    assert not page.evaluate(WAITING)


def test_a_link_on_a_page_leads_to_its_end_before_all_is_laid_out(busy):
    last = busy.evaluate(HEADS)[-1]
    busy.locator(f"#pst-secondary-sidebar a[href='#{last}']").first.click()
    busy.wait_for_function(HERE, arg=last)
    assert busy.evaluate(SLICES) is None


def test_a_link_from_elsewhere_finds_a_whole_page(busy):
    middle = busy.evaluate(HEADS)[5]
    busy.goto("about:blank")
    busy.goto(f"{HTML.as_uri()}/{CHAPTER}.html#{middle}")
    assert busy.evaluate(SLICES) is None
    busy.wait_for_function(HERE, arg=middle)


def test_who_goes_back_finds_the_place(visit):
    page = visit(CHAPTER, "http").page
    page.evaluate("() => scrollTo({ top: 7000, behavior: 'instant' })")
    page.wait_for_function("() => Math.abs(scrollY - 7000) < 3")  # a still that comes may round to one pixel more
    page.wait_for_load_state("networkidle")
    place = page.evaluate("() => scrollY")
    page.goto(page.url.replace(CHAPTER, CHAPTERS[0]))
    page.go_back()
    page.wait_for_function("() => scrollY > 0")
    page.wait_for_function(f"() => ({SLICES})() === undefined && ({SHOWN})()")
    assert abs(page.evaluate("() => scrollY") - place) < 3


def test_on_paper_nothing_waits(busy):
    busy.emulate_media(media="print")
    assert not busy.evaluate(WAITING)

"""A card beside a link: what a term, theorem, formula or work is, without leaving the page."""

import pytest
from bookpages import CHAPTERS, UNFOLD

CARD = "#card-of-link"
FIRST = {
    "a term": "a.reference.internal[href*='glossary.html#term-']",
    "a work": "a.reference.internal[href*='references.html#id']",
    "a theorem": "a.reference.internal[href^='#thm-']",
    "a formula": "a.reference.internal[href^='#equation-']",
}
WHAT = {"a term": "dd", "a work": ".citation", "a theorem": ".proof", "a formula": "mjx-container"}
CHAPTER = next(name for name in CHAPTERS if name.endswith("08_wasserstein_distance"))


def link(page, kind):
    page.evaluate(UNFOLD)
    found = page.locator(f"article {FIRST[kind]}").first
    found.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    return found


@pytest.mark.parametrize("kind", FIRST)
def test_a_pointer_that_rests_opens_a_card_and_escape_closes_it(visit, kind):
    seen = visit(CHAPTER)
    link(seen.page, kind).hover()
    card = seen.page.locator(CARD)
    card.wait_for(state="visible")
    assert card.locator(WHAT[kind]).count(), card.inner_html()
    box, wide = card.bounding_box(), seen.page.viewport_size
    assert box["x"] >= 0 and box["x"] + box["width"] <= wide["width"] and box["y"] + box["height"] <= wide["height"]
    seen.page.keyboard.press("Escape")
    card.wait_for(state="hidden")
    assert not seen.errors and not seen.foreign


def test_formulas_of_another_page_are_set(visit):
    page = visit(CHAPTER).page
    page.evaluate(UNFOLD)
    page.locator("article a.reference.internal[href*='refresher.html#equation']").first.hover()
    page.wait_for_selector(f"{CARD} mjx-container")


def test_focus_opens_it_and_the_link_is_described_by_it(visit):
    page = visit(CHAPTER).page
    found = link(page, "a theorem")
    page.keyboard.press("Tab")  # from here on focus is visible
    found.focus()
    page.locator(CARD).wait_for(state="visible")
    assert found.get_attribute("aria-describedby") == "card-of-link"
    found.blur()
    page.locator(CARD).wait_for(state="hidden")


def test_the_first_tap_shows_and_the_link_in_the_card_goes(visit):
    page = visit(CHAPTER, width=390, has_touch=True, is_mobile=True).page
    here = page.url
    link(page, "a term").tap()
    card = page.locator(CARD)
    card.wait_for(state="visible")
    assert page.url == here
    box = card.bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    card.locator("a").tap()
    page.wait_for_url("**/glossary.html#term-*")


def test_links_to_chapters_and_sections_have_none(visit):
    page = visit(CHAPTER).page
    found = page.locator("article a.reference.internal[href='09_wgan.html']").first
    found.scroll_into_view_if_needed()
    found.hover()
    page.wait_for_timeout(800)
    assert page.locator(CARD).is_hidden()

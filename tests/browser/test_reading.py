"""What a reader does with a page: search it, switch to dark, find the way by keyboard."""

import pytest
from bookpages import CHAPTERS, PAGES

LOOK = "() => [document.documentElement.dataset.theme, getComputedStyle(document.body).backgroundColor]"
FAMILY = "() => getComputedStyle(document.querySelector('article p')).fontFamily"


def results(page):
    """What stands on the page of results: title, place and quotation of each."""
    page.wait_for_selector("#search-results p.search-summary:not(:empty)")
    return page.locator("#search-results ul.search > li").all_inner_texts()


@pytest.mark.parametrize("over", ["file", "http"])
@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("jensen", "A refresher of the mathematics"),
        ("minimax", "Glossary"),
        ("splice", "Bug gallery"),
        ("colab", "How to run this book"),
    ],
)
def test_search_finds_terms(visit, over, words, title):
    seen = visit(PAGES[0], over)
    page = seen.page
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    assert any(title in found for found in results(page)), f"{words!r} does not lead to {title!r}"
    assert not seen.foreign
    assert not seen.errors
    assert not seen.failed


def test_search_says_when_there_is_nothing(visit):
    page = visit(PAGES[0]).page
    page.keyboard.press("Control+k")
    page.keyboard.type("zzzunheardof")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html*")
    assert results(page) == []


@pytest.mark.parametrize("over", ["file", "http"])
def test_dark_mode_is_switched_and_remembered(visit, over):
    page = visit(PAGES[0], over).page

    def ground():
        return page.evaluate("() => getComputedStyle(document.body).backgroundColor")

    light, button = ground(), page.locator("button.theme-switch-button").first
    button.click()
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"
    dark = ground()
    assert dark != light
    page.goto(page.url.replace(PAGES[0], PAGES[1]))
    assert ground() == dark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_press_of_the_switch_is_seen(visit, scheme):
    page = visit(PAGES[1], color_scheme=scheme).page
    seen = [page.evaluate(LOOK)]
    for _ in range(5):
        button = page.locator("button.theme-switch-button").first
        assert button.locator(".theme-switch:visible").count() == 1
        button.click()
        seen.append(page.evaluate(LOOK))
        assert button.get_attribute("aria-label") == f"Switch to {'light' if seen[-1][0] == 'dark' else 'dark'}"
    assert [name for name, _ in seen] == [scheme, {"light": "dark", "dark": "light"}[scheme]] * 3
    assert len({colour for _, colour in seen}) == 2


def test_a_reader_who_prefers_dark_gets_dark(visit):
    page = visit(PAGES[0], color_scheme="dark").page
    assert page.evaluate("() => document.documentElement.dataset.theme") == "dark"


def test_the_book_has_its_own_type(visit):
    page = visit(PAGES[0]).page
    assert page.evaluate(FAMILY).startswith('"Source Serif 4"')
    assert page.evaluate("() => [...document.fonts].filter(f => f.status === 'loaded').length") >= 2


def test_the_first_tab_skips_to_the_text(visit):
    page = visit(PAGES[1]).page
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#main-content"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_table_of_contents_is_reachable(visit, width):
    page = visit(PAGES[0], width=width).page
    link = page.locator("#pst-primary-sidebar a, #pst-primary-sidebar-modal a", has_text="Notation").first
    if width < 992:
        assert not link.is_visible()
        page.locator("button.primary-toggle").first.click()
    link.wait_for(state="visible")
    link.click()
    page.wait_for_url("**/book/notation.html")


def test_the_glossary_term_is_where_the_link_leads(read):
    page = read("book/glossary").page
    assert page.locator("#term-generator").count() == 1


def test_the_map_links_what_is_written(read):
    page = read(PAGES[0]).page
    assert page.locator(".syllabus li").count() == 19
    assert page.locator(".syllabus li.written a").count() == len(CHAPTERS)
    assert page.locator(".syllabus li.to-come").count() == 19 - len(CHAPTERS)


def test_a_page_opened_again_offers_the_section_where_it_was_left(visit):
    seen = visit(CHAPTERS[0])
    page = seen.page
    assert page.locator("p.go-on").count() == 0
    head = page.locator("article section section h2").nth(3)
    head.evaluate(
        "head => window.scrollTo({top: head.getBoundingClientRect().top + scrollY - 200, behavior: 'instant'})"
    )
    name = head.evaluate("head => head.closest('section').id")
    page.goto(page.url.replace(CHAPTERS[0], CHAPTERS[1]))
    seen.open(CHAPTERS[0])
    page.evaluate("window.scrollTo(0, 0)")
    offer = page.locator("p.go-on a")
    assert offer.get_attribute("href") == f"#{name}"
    offer.click()
    assert page.locator("p.go-on").count() == 0
    assert not seen.errors

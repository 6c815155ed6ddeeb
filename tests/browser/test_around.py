"""What stands around a text: the search in sight, the drawers' lists where no script opens them, one right edge."""

from bookpages import CHAPTERS, PAGES

RIGHT = """() => [...document.querySelectorAll('.cover, .doors, .syllabus, .gbl, .gbh, article h2, article .cell')]
  .filter((part) => part.checkVisibility()).map((part) => Math.round(part.getBoundingClientRect().right))"""


def test_the_search_stays_in_sight_whichever_chapter_is_open(visit):
    page = visit(CHAPTERS[-1], width=1440).page
    assert page.evaluate("() => document.querySelector('.bd-sidebar-primary').scrollTop") > 300, "nothing was scrolled"
    page.locator(".search-button-field").click(timeout=3_000)
    assert page.locator("#pst-search-dialog").is_visible()
    top = page.locator(".search-button-field").bounding_box()["y"]
    assert 0 <= top < 100


def test_without_a_script_both_lists_stand_below_the_text_of_a_narrow_page(visit):
    page = visit(CHAPTERS[9], width=390, java_script_enabled=False).page
    assert page.locator(".bd-header-article .sidebar-toggle:visible").count() == 0, "a button that does nothing"
    end = page.locator("article").bounding_box()
    for sidebar, least in ((".bd-sidebar-primary", 40), (".bd-sidebar-secondary", 10)):
        links = page.locator(f"{sidebar} a.reference:visible, {sidebar} a.nav-link:visible")
        assert links.count() > least
        box = links.first.bounding_box()
        assert box["y"] > end["y"] + end["height"] - 1 and 0 <= box["x"] and box["x"] + box["width"] <= 390
    page.locator(".bd-sidebar-primary a.reference").nth(8).click()
    page.wait_for_load_state("load")
    assert CHAPTERS[9] not in page.url


def test_the_front_page_has_one_right_edge(visit):
    edges = visit(PAGES[0], width=1440).page.evaluate(RIGHT)
    assert len(edges) > 5
    assert len(set(edges)) == 1, edges


def test_the_doors_take_a_finger(read):
    page = read(PAGES[0], width=390).page
    heights = [door.bounding_box()["height"] for door in page.locator(".doors dt a").all()]
    assert len(heights) >= 3 and min(heights) >= 44, heights

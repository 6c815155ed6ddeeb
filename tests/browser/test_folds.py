"""What is folded: cells by their kind, solutions, the claims page; the switch; and that it works without a script."""

import json
import re

import pytest
from bookpages import CHAPTERS, HTML, ROOT

TAGGED = [  # chapters whose cells have kinds
    name
    for name in CHAPTERS
    if any(
        "figure" in cell["metadata"].get("tags", [])
        for cell in json.loads((ROOT / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    )
]
ONE = TAGGED[0]
# Each fold in its turn, those in folds after those around them: brought into view, met by a pointer, pressed.
OPEN_ALL = """() => {
  const covered = [];
  for (const summary of document.querySelectorAll('article details.fold > summary')) {
    if (summary.parentElement.open) continue;
    summary.scrollIntoView({ block: 'center', behavior: 'instant' });
    const box = summary.getBoundingClientRect();
    const met = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (summary.contains(met)) summary.click();
    else covered.push(summary.textContent);
  }
  return covered;
}"""

COLOURS = "words => new Set(words.map((word) => getComputedStyle(word).color)).size"
SEEN = "parts => parts.filter((part) => part.checkVisibility()).map((part) => part.innerText)"


def test_there_is_a_chapter_in_the_form():
    assert TAGGED


@pytest.mark.parametrize("name", CHAPTERS)
def test_there_is_one_kind_of_fold(read, name):
    page = read(name).page
    own = page.locator("article .gbl-fold").count()  # further controls of a live game: of a tool, not of the text
    assert page.locator("article details").count() - own == page.locator("article details.fold").count() > 0
    assert page.locator("article .toggle-button, article .sd-dropdown, article details.hide").count() == 0
    assert page.locator("article details > summary").count() == page.locator("article details").count()
    assert page.locator("article details[open]").count() == 0


def test_a_figure_stands_above_its_code(visit):
    page = visit(ONE).page
    cell = page.locator("article .cell.kind-figure:has(.cell_output)").first
    picture, fold = cell.locator(".cell_output"), cell.locator("> details.fold-code")
    assert picture.bounding_box()["y"] < fold.bounding_box()["y"]
    code = fold.locator(".cell_input")
    assert picture.is_visible() and not code.is_visible()
    fold.locator("> summary").focus()
    page.keyboard.press("Enter")
    assert code.is_visible() and fold.locator("button.copybtn").count() == 1


def test_a_check_shows_one_claim_or_those_that_matter(visit):
    page = visit(ONE).page
    for cell in page.locator("article > section .cell.kind-check:has(.fold-check)").all()[:3]:
        shown, fold = cell.locator("> ul.claims > li"), cell.locator("> details.fold-check")
        total = cell.locator("ul.claims > li").count()
        assert shown.count() >= 1 and shown.first.is_visible()
        if total > shown.count():
            says = f"{total} claims hold: {total - shown.count()} more, and the code"
            assert fold.locator("> summary").inner_text() == says
        assert not fold.locator(".cell_input").is_visible()
        fold.locator("> summary").click()
        assert fold.locator(".cell_input").is_visible()
        assert all(line.is_visible() for line in cell.locator("ul.claims > li").all())


@pytest.mark.parametrize("over", ["file", "http"])
def test_the_switch_opens_all_code_and_is_remembered(visit, over):
    seen = visit(ONE, over)
    page = seen.page
    folds = page.locator("article details.fold-code")
    total = folds.count()
    group = page.get_by_role("group", name="Code shown on this page")
    key, everything = group.get_by_role("button", name="key"), group.get_by_role("button", name="all")
    assert key.get_attribute("aria-pressed") == "true" and total > 10
    everything.focus()
    page.keyboard.press("Enter")
    assert page.locator("article details.fold-code[open]").count() == total
    assert page.locator("article details.fold-solution[open]").count() == 0
    assert (key.get_attribute("aria-pressed"), everything.get_attribute("aria-pressed")) == ("false", "true")
    for _ in range(10):  # a browser writes what it remembers a moment later: on a busy machine, seconds later
        page.wait_for_timeout(300)
        page.reload()
        seen.settle()
        if page.locator("article details.fold-code[open]").count():
            break
    assert page.locator("article details.fold-code[open]").count() == total
    page.goto(page.url.replace(ONE, next(name for name in CHAPTERS if name != ONE)))
    seen.settle()
    assert page.evaluate("() => document.documentElement.dataset.code") == "all"
    page.get_by_role("group", name="Code shown on this page").get_by_role("button", name="key").click()
    assert page.locator("article details.fold-code[open]").count() == 0
    assert not seen.errors


def test_the_switch_leaves_in_place_what_is_looked_at(visit):
    page = visit(ONE).page
    place = page.locator("article h2", has_text="The training").first
    place.evaluate("(heading) => scrollBy(0, heading.getBoundingClientRect().top - 200)")
    before = place.bounding_box()["y"]
    page.locator(".code-switch button[value=all]").evaluate(
        "(button) => button.click()"
    )  # playwright's own click scrolls
    page.wait_for_timeout(100)
    assert abs(place.bounding_box()["y"] - before) < 3


def test_a_page_without_code_has_no_switch(read):
    assert read("book/notation").page.locator(".code-switch").count() == 0


@pytest.mark.parametrize("name", [*TAGGED, "book/claims"])
def test_no_fold_waits_for_a_script(name):
    html = (HTML / f"{name}.html").read_text(encoding="utf-8")
    assert "togglebutton" not in html and "code-switch" not in html and "claims-search" not in html
    assert html.count('<details class="fold') == html.count("fold-body") > 0


@pytest.mark.parametrize("name", [*TAGGED[::6], "book/claims"])
def test_without_javascript_everything_can_be_reached(visit, name):
    page = visit(name, java_script_enabled=False).page
    assert page.locator(".code-switch, .claims-search").count() == 0
    first = page.locator("article details.fold > summary").first
    first.focus()
    page.keyboard.press("Enter")  # the browser itself opens it
    assert page.locator("article details.fold > .fold-body").first.is_visible()
    assert page.evaluate(OPEN_ALL) == []
    assert page.locator("article details.fold:not([open])").count() == 0
    claims = page.locator("article ul.claims > li")
    assert len(claims.evaluate_all(SEEN)) == claims.count() > 0
    if name in TAGGED:
        assert page.locator("article .cell_input :is(pre, pre span)").evaluate_all(COLOURS) > 3, "code without colours"


def test_a_link_opens_the_fold_it_leads_into(visit):
    page = visit(ONE).page
    line = page.locator("article details.fold-check ul.claims > li").last
    assert not line.is_visible()
    page.goto(f"{page.url}#{line.get_attribute('id')}")
    line.wait_for(state="visible")
    page.wait_for_timeout(200)
    box = line.bounding_box()
    assert 0 <= box["y"] < 900


def test_print_writes_out_solutions_and_claims_and_leaves_out_folded_code(visit):
    page = visit(ONE).page
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.fold-solution > .fold-body").first.is_visible()
    assert page.locator("details.fold-check ul.claims > li").first.is_visible()
    assert not page.locator("details.fold-code .cell_input").first.is_visible()
    assert not page.locator(".kind-figure details.fold-code > summary").first.is_visible()
    assert page.locator(".kind-lesson .cell_input").first.is_visible()
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.emulate_media(media="screen")
    assert page.locator("article details[open]").count() == 0
    page.locator(".code-switch button[value=all]").click()
    page.emulate_media(media="print")
    assert page.locator("details.fold-code .cell_input").first.is_visible()


# --- the page of all claims


def test_the_matrix_leads_to_claims_and_claims_to_their_cells(visit):
    page = visit("book/claims").page
    rows = page.locator("table.claims-matrix tbody tr")
    assert rows.count() == len(CHAPTERS)
    total = sum(int(text) for text in page.locator("table.claims-matrix td:last-child").all_inner_texts())
    assert total == page.locator("ul.claims > li").count()
    assert f"{total} claims in {len(CHAPTERS)} chapters" in page.locator(".syllabus-count").inner_text()
    rows.nth(1).locator("td a[class*=heat]").last.click()
    fold = page.locator("#claims-02")
    fold.locator("ul.claims > li").first.wait_for(state="visible")
    line = fold.locator("ul.claims > li").last
    words = line.locator("p").inner_text().removesuffix("to its cell").strip()
    line.locator("a.claim-link").click()
    page.wait_for_url("**/notebooks/02_*.html#claim-*")
    target = page.locator(":target")
    target.wait_for(state="visible")
    assert target.inner_text().replace("#", "").strip()[:30] == words[:30]


def test_every_claim_of_the_list_has_a_place(html):
    page = (html / "book" / "claims.html").read_text(encoding="utf-8")
    links = re.findall(r'href="\.\./(notebooks/\w+)\.html#(claim-[\w-]+)"', page)
    assert len(links) == len(set(links)) > 100
    for name in {name for name, _ in links}:
        ids = set(re.findall(r'id="(claim-[\w-]+)"', (html / f"{name}.html").read_text(encoding="utf-8")))
        assert {anchor for where, anchor in links if where == name} == ids


def test_claims_are_found_by_their_words(visit):
    page = visit("book/claims").page
    field, said = page.get_by_label("Find a claim"), page.locator(".claims-search output")
    field.fill("gradient")
    shown = page.locator("ul.claims > li").evaluate_all(SEEN)
    assert said.inner_text() == f"{len(shown)} found" and 3 < len(shown) < 200
    assert all("gradient" in line.lower() for line in shown)
    assert page.locator("p.claims-section:has(+ ul[hidden])").evaluate_all(SEEN) == []
    field.fill("zzz")
    assert said.inner_text() == "0 found"
    field.fill("")
    assert said.inner_text() == "" and page.locator("details.fold-claims[open]").count() == 0
    assert page.locator("details.fold-claims").last.is_visible()

"""The search: sections, terms and names, quoted in prose, over file:// as over http."""

import json
import re

import pytest
from bookpages import CHAPTERS, HTML, PAGES

# What a reader should never see quoted: a command of TeX without its backslash, a label, the key of a work.
UNREADABLE = re.compile(
    r"[\\\ue000-\ue002]|(?<![\w.])(?:[td]?frac|cdot|[lr]?Vert|sim|math(?:bb|rm|cal)|operatorname|langle|infty|nabla|pdata)"
    r"(?![\w.])|\b(?:left|right|middle)[(\[|)\]]|[td]?frac\d|\b(?:thm|eq|def|cor|lem|prop|fig|ex)-\w+-|\b[a-z]+\d{4}[a-z]+\b"
)
# The script of the search, run again for other words; where its results lead.
AGAIN = """([script, words]) => {
    new Function("location", script)({ search: `?q=${encodeURIComponent(words)}` });
    return [...document.querySelectorAll("#search-results a")].map((a) => a.getAttribute("href"));
}"""
IN_VIEW = """(id) => { const box = document.getElementById(id).getBoundingClientRect();
                       return box.top > -5 && box.top < innerHeight; }"""


def entries():
    """What the script of the search has: (address, title, prose) of every place."""
    script = (HTML / "_static" / "sections.js").read_text(encoding="utf-8")
    pages = json.loads(script.removeprefix("window.bookSections = ").removesuffix(";\n"))
    return [(page, anchor, title, text) for page, _, found in pages for anchor, title, text in found]


def ask(page, words):
    page.goto(f"{page.url.split('/_build/html/')[0]}/_build/html/search.html?q={words}")
    page.wait_for_selector("#search-results p.search-summary:not(:empty)")
    return page.locator("#search-results ul.search > li")


def test_every_page_is_searched_and_no_code_is(html):
    found = entries()
    assert {page for page, *_ in found} == {f"{name}.html" for name in PAGES}
    assert len(found) > 1_000
    text = "\n".join(text for page, *_, text in found if page.startswith("notebooks/"))
    assert len(text) > 100_000
    for code in ("plt.show()", "from ganbook", "claim(", "import torch"):
        assert code not in text


def test_quotes_can_be_read(html):
    wrong = {found[0]: text for *_, title, text in entries() if (found := UNREADABLE.search(f"{title} {text}"))}
    assert not wrong
    quoted = " ".join(text for *_, text in entries())
    for said in (
        "m = ½(p + q)",
        "KL(p ‖ q) ≥ 0",
        "D* = p_data/(p_data + p_g)",
        "at least 0 by Theorem 3.1,",
        "[Lin, 1991]",
    ):
        assert said in quoted, said


@pytest.mark.parametrize("over", ["file", "http"])
def test_a_hit_leads_to_its_section_and_quotes_it(visit, over):
    name = CHAPTERS[3]
    page, anchor, title, text = max(
        (entry for entry in entries() if entry[0] == f"{name}.html" and entry[1]), key=lambda entry: len(entry[3])
    )
    words = " ".join(text.split(". ")[1].split()[:5])
    seen = visit(PAGES[0], over)
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.type(words)
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_selector("#search-results p.search-summary:not(:empty)")
    first = seen.page.locator("#search-results ul.search > li").first
    assert first.locator("a").inner_text() == title
    assert words.lower() in first.locator(".context").inner_text().lower()
    assert first.locator(".search-where").inner_text().startswith("Chapter 4: ")
    first.locator("a").click()
    seen.page.wait_for_url(f"**/{page}#{anchor}")
    seen.page.wait_for_function(IN_VIEW, arg=anchor)
    assert not seen.errors and not seen.foreign and not seen.failed


def test_a_name_and_a_term_come_first_and_chapters_before_the_library(visit):
    page, script = visit("search").page, (HTML / "_static" / "js" / "search.js").read_text(encoding="utf-8")

    def led(words, count=5):
        return page.evaluate(AGAIN, [script, words])[:count]

    for words, address in {
        "NonSaturating": "book/library/losses.html#ganbook.losses.NonSaturating",
        "frechet_distance": "book/library/metrics.html#ganbook.metrics.frechet_distance",
        "mode collapse": "book/glossary.html#term-mode-collapse",
        "critic": "book/glossary.html#term-critic",
        "what is a discriminator": "book/glossary.html#term-discriminator",
        "how to train on my own pictures": "notebooks/own_images.html",
        "why does my GAN not converge": "notebooks/07_why_gans_fail.html",
    }.items():
        assert led(words)[0] == address, words
    for words, address in {
        "KL divergence": "notebooks/03_divergences.html#the-kullbackleibler-divergence",
        "FID": "notebooks/06_measuring.html#the-same-mean-and-covariance-the-frechet-distance",
        "hinge": "book/glossary.html#term-hinge-loss",
    }.items():
        found = led(words)
        assert address in found[:3] and not any("library" in other for other in found), (words, found)
    for chapter in CHAPTERS:
        title = next(title for name, _, title, _ in entries() if name == f"{chapter}.html")
        assert f"{chapter}.html" in led(title, 3), title


def test_the_exact_words_come_before_scattered_ones(visit):
    page = visit("search").page
    quoted = ask(page, "gradient penalty").locator(".context").all_inner_texts()
    titles = page.locator("#search-results ul.search > li > a").all_inner_texts()
    exact = ["gradient penalty" in f"{title} {text}".lower() for title, text in zip(titles, quoted, strict=False)]
    assert all(exact[:5]), list(zip(titles, exact, strict=False))[:8]
    assert page.locator("#search-results mark").count() > 5


def test_what_is_asked_stays_words(visit):
    seen = visit("search")
    assert ask(seen.page, "%3Cimg src=x onerror=alert(1)%3E (a[b").count() == 0
    assert seen.page.locator("#search-results img").count() == 0
    assert not seen.errors


def test_between_two_hits_is_one_rule_and_a_table_keeps_its_cells_apart(visit):
    page = visit("search").page
    hits = ask(page, "hinge")
    lines = hits.evaluate_all(
        "hits => hits.map(getComputedStyle).map((s) => [s.borderTopWidth, s.borderBottomWidth, s.marginTop])"
    )
    assert set(map(tuple, lines)) == {("0px", "1px", "0px")}
    index = page.evaluate("() => window.bookSections.flatMap(([, , entries]) => entries.map(([, , text]) => text))")
    assert any(" · " in text for text in index)

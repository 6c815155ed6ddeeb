"""A page stays where it is while it comes, and answers. Times of the clock are in `make bench`: here a busy machine
spoils them, and processor time stands for them."""

import pytest
from bookpages import CHAPTERS, PAGES
from speed import measure

from conftest import PHONE, serving

LONGEST = 0.125
"""Seconds of processor time of one task: half a second where a processor is four times as slow."""

HEAVIEST = [name for name in CHAPTERS if name.split("/")[1][:2] in ("02", "08", "10", "16")]
BUSY = """<!doctype html><html lang="en"><title>t</title><p>text</p><script>
for (const start = performance.now(); performance.now() < start + 1000;);</script></html>"""


def check(seen, again):
    """again: a further visit. Other programs make a task longer, never shorter: the best of three counts."""
    for _ in range(2):
        if seen["task"] < LONGEST:
            break
        seen = again()
    assert seen["paint"], "the measuring itself is broken"
    assert seen["shift"] < 0.1
    assert seen["script"] < 0.3, "processor time of the page's scripts, in seconds"
    assert 200 < seen["kilobytes"] < 1500, "of a visit that does not scroll, with the film of the first screen"
    assert 0 < seen["task"] < LONGEST, "processor time of the longest task: half a second on a phone four times as slow"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_moves_on_a_phone_while_a_page_comes(read, chromium, name):
    seen = read(name, "http")
    check(seen.speed, lambda: measure(chromium, f"{seen.address}/{name}.html", PHONE))


@pytest.mark.parametrize("name", [PAGES[0], *HEAVIEST])
def test_nothing_moves_on_a_desk(chromium, served, name):
    def visit():
        return measure(chromium, f"{served}/{name}.html")

    check(visit(), visit)


def test_a_page_that_does_not_answer_is_noticed(chromium, tmp_path):
    """A second of the clock: some of it is the processor's, on a busy machine, too."""
    (tmp_path / "busy.html").write_text(BUSY, encoding="utf-8")
    with serving(tmp_path) as address:
        assert measure(chromium, f"{address}/busy.html")["task"] > LONGEST

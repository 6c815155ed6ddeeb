"""A page stays where it is while it comes. Times of the clock are in `make bench`: here a busy machine spoils them."""

import pytest
from bookpages import CHAPTERS, PAGES
from speed import measure


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", [PAGES[0], *CHAPTERS])
def test_nothing_moves_while_a_page_comes(chromium, served, name, width):
    seen = measure(chromium, f"{served}/{name}.html", width)
    assert seen["paint"], "the measuring itself is broken"
    assert seen["shift"] < 0.1
    assert seen["script"] < 0.3, "processor time of the page's scripts, in seconds"

"""The stills of the live pieces: what chapters show, where no script runs, is what the library makes, to the byte."""

import ast
import functools
import json
import re
from pathlib import Path

import pytest

from ganbook import explore
from ganbook.player.drag import anchors, balls, dirac, mount, overlap, transport  # noqa: F401 (for `make mutants`)
from ganbook.player.hand import mount as hand  # noqa: F401
from ganbook.player.judge import mount as judge  # noqa: F401
from ganbook.player.live import mount as live  # noqa: F401

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


@functools.cache
def shown():
    """Calls of the chapters that put a piece on the page, and the HTML that lies in the notebook."""
    found = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and re.match(r"explore\.\w+\(", source):
                for output in cell["outputs"]:
                    html = "".join(output.get("data", {}).get("text/html", ""))
                    if re.match('<div class="gb[dhjl]"', html):
                        found[source] = html
    return found


def made(source):
    """A cell that is one call with plain arguments, called here."""
    call = ast.parse(source, mode="eval").body
    arguments = [ast.literal_eval(each) for each in call.args]
    return getattr(explore, call.func.attr)(*arguments, **{k.arg: ast.literal_eval(k.value) for k in call.keywords})


@pytest.mark.parametrize("source", shown())
def test_the_still_in_a_chapter_is_the_one_that_is_made(source):
    assert made(source)._repr_html_() == shown()[source]


def test_every_piece_stands_in_a_chapter():
    pieces = {"anchors", "balls", "dirac", "overlap", "transport", "game", "hand", "judge"}
    assert {re.match(r"explore\.(\w+)", source)[1] for source in shown()} >= pieces


def test_the_picture_of_another_field_leaves_the_plane_where_its_path_does():
    """Of Wasserstein's field with long steps, which spirals out: the path is drawn as far as |theta|, |psi| <= 3."""
    svg = explore.dirac("wasserstein", h=0.5, start=(0.0, 1.0)).still
    steps = re.search(r'<path d="([^"]*)" stroke="#d9622b" stroke-width="2"/>', svg)[1]
    ways = [(int(a), int(b)) for a, b in re.findall(r"(-?\d+) ?(-?\d+)", steps)]
    x, y, places = 0, 0, []
    for a, b in ways:
        x, y = x + a, y + b
        places.append(((x - 150) / 75, (150 - y) / 75))
    theta, psi, wanted = 0.0, 1.0, []
    while max(abs(theta), abs(psi)) <= 3:
        wanted.append((theta, psi))
        theta, psi = theta + 0.5 * psi, psi - 0.5 * theta
    for place, want in zip(places, wanted, strict=True):
        assert place == pytest.approx(want, abs=0.02)

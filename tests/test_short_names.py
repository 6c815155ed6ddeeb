"""Short names in a page's script: it says the same, and no name that others read has changed."""

import json

import pytest
from py_mini_racer import mini_racer

from ganbook.player.drag import bundle as drag
from ganbook.player.judge import bundle as judge
from ganbook.player.live import bundle as live
from ganbook.player.live import names

SCRIPTS = {"live": live.script(), "judge": judge.script(), **{name: drag.script(name) for name in drag.PIECES}}

SAYINGS = [
    "const width = 2, height = 3; return { width, height, area: width * height };",
    "const f = ({ width: w = 1, high = 4, ...rest }, [two = w]) => [w, high, rest, two]; return f({ a: 2 }, [5]);",
    "const text = 'width'; const width = 3; return `${`${text}${width}`} width ${{ width }.width} {width}`;",
    "const size = 8; const half = size / 2 / 2; return [half, /size[/]size/.test('size/size'), 'half'];",
    "const own = { size() { return this.half; }, half: 7 }; return own.size() + (own?.half ?? 1);",
    "const one = true, half = 3; const other = one ? half : 4; return one ? { half } : { half: other };",
    "function area(side) { { const side2 = side * side; return { side2 }; } } return area(3).side2;",
    "let total = 0; for (const [key, value] of Object.entries({ key: 1 })) total += key.length * value; return total;",
    "let a = 1; const long = 2; const b = 3; return [a, b, long];",
    "const args = [3, 1, 2]; return Math.max(...args.map((value) => value), ...[args.length]);",
    "try { throw { code: 3 }; } catch { const code = 4; return code; }",
]


@pytest.fixture(scope="module")
def run():
    with mini_racer() as context:
        yield lambda text: json.loads(context.eval(f"JSON.stringify((() => {{ {text} }})())"))


@pytest.mark.parametrize("text", SAYINGS)
def test_a_script_with_short_names_says_the_same(run, text):
    short = names.shortened(text)
    assert run(short) == run(text)


def test_a_name_that_is_only_read_and_not_declared_stays():
    text = "const shown = document.title; addEventListener('shown', (happened) => happened.shown);"
    assert names.shortened(text) == "const b = document.title; addEventListener('shown', (a) => a.shown);"


def test_what_a_page_has_of_its_own_stays():
    """A `history` that one function declares is not the one by which another writes the address."""
    text = "const a = ({ history }) => history.length; const b = () => history.replaceState(null, '', '#x');"
    assert names.shortened(text) == text


def test_a_planted_defect_is_seen(run, monkeypatch):
    """A shorthand that is not written out changes what others read."""
    text = SAYINGS[0]
    real = names.roles
    monkeypatch.setattr(names, "roles", lambda parts: ((k, "own") for k, _ in real(parts)))
    assert run(names.shortened(text)) != run(text)


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_tokens_of_a_page_s_script_are_the_script(name):
    text = SCRIPTS[name]
    assert "".join(part for _, part in names.tokens(text)) == text


@pytest.mark.parametrize("name", drag.PIECES)
def test_a_page_with_a_live_game_and_a_small_piece_brings_60_kb(name):
    assert len(live.script().encode()) + len(drag.script(name).encode()) < 60_000

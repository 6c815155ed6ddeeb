"""The live game in a real browser: over file:// and http, in a worker and without one, by key and by touch, on paper.

The pages here hold nothing but the game; tests of the whole book see it where it stands in the chapters.
"""

import json
import re

import pytest
from live_cases import CASES, DRIVER, played

from conftest import serving
from ganbook.player.live import PRESETS, bundle, game, names

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width">{head}</head>
<body style="margin:16px"><main><h1>t</h1>{body}<p style="height:2500px">below</p></main>{script}</body></html>"""
NO_WORKER = """<meta http-equiv="Content-Security-Policy" content="worker-src 'none'">"""
INK = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height), seen = new Set();
  for (let k = 0; k < data.length; k += 4) seen.add(data[k] * 65536 + data[k + 1] * 256 + data[k + 2]);
  return seen.size;
}"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A folder with a page for each way in which a game may stand there."""
    folder, script = tmp_path_factory.mktemp("live"), f"<script>{bundle.script()}</script>"
    for name, head, body in [
        ("page", "", game()._repr_html_()),
        ("alone", NO_WORKER, game()._repr_html_()),
        ("drawn", "", game(data="drawn")._repr_html_()),
        ("twice", "", game()._repr_html_() + game("minimax", name="other")._repr_html_()),
        ("outcomes", "", game("outcomes")._repr_html_()),
        ("race", "", game("race")._repr_html_()),
        ("late", "", '<p style="height:1500px">above</p>' + game()._repr_html_()),
    ]:
        (folder / f"{name}.html").write_text(PAGE.format(head=head, body=body, script=script), encoding="utf-8")
    return folder


@pytest.fixture
def visit(lone, pages):
    """visit(name, hash, over, **context options) -> page, once a game stands on it."""

    def go(name="page", hash="", over="file", ready=True, **options):
        there = pages.as_uri() if over == "file" else over
        # where no engine can be had, the refusal is said on the console, as it should be
        page = lone(f"{there}/{name}.html{hash}", console=name != "alone", **options)
        if ready:
            page.wait_for_selector(".gbl[data-round]")
        return page

    return go


def live(page, nth=0):
    return page.locator(".gbl").nth(nth)


def round_of(page, nth=0):
    return int(live(page, nth).get_attribute("data-round"))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).first.click()


def past(page, n):
    page.wait_for_function(f"() => Number(document.querySelector('.gbl').dataset.round) >= {n}")


def settled(page, round):
    page.wait_for_function(f"() => document.querySelector('.gbl').dataset.round === '{round}'")


def said(page):
    return page.locator(".gbl-said").first.inner_text()


@pytest.mark.parametrize("name", ["non-saturating r1+r2", "realness 5 2 middle gp steps"])
def test_the_browser_computes_what_pytorch_computes(visit, name):
    request, wanted = played(*CASES[name], rounds=50)
    found = visit().evaluate(f"(asked) => ({DRIVER})(({bundle.engine()})(), asked)", request)
    for key, value in wanted.items():
        allowed = 1e-3 if key.startswith("weights") else 1e-5
        pairs = zip(found[key], value, strict=True) if isinstance(value, list) else [([found[key]], [value])]
        assert max(abs(a - b) for p, q in pairs for a, b in zip(p, q, strict=True)) < allowed, key


def test_no_name_that_is_shortened_is_one_of_the_browser_s(lone):
    """One that is left out of names.GLOBALS would be renamed where the browser's own is meant."""
    folder = bundle.HERE.parent
    texts = [bundle.bare(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/*.js"))]
    declared = set().union(*(names.declared(list(names.tokens(bundle.tight(text)))) for text in texts))
    found = lone("about:blank").evaluate("(all) => all.filter((name) => name in globalThis)", sorted(declared))
    assert "history" in found and set(found) <= names.GLOBALS


def test_what_is_read_goes_along_with_the_game_and_is_spoken_now_and_then(visit):
    page = visit(reduced_motion="reduce")
    page.get_by_role("button", name="Play").click()
    said = "() => +document.querySelector('.gbl-said').textContent.match(/Round ([\\d,]+)/)[1].replace(',', '')"
    for _ in range(2):
        before = page.evaluate(said)
        page.wait_for_function(f"before => ({said})() > before", arg=before, timeout=5_000)
    assert page.locator(".gbl-said").get_attribute("aria-live") == "off"
    page.get_by_role("button", name="Pause").click()
    page.wait_for_function("() => document.querySelector('.gbl-said').getAttribute('aria-live') === 'polite'")


@pytest.mark.parametrize("over", ["file", "http"])
@pytest.mark.parametrize(("name", "kind"), [("page", "worker"), ("alone", "page")])
def test_it_plays_and_pauses_in_a_worker_and_without_one(visit, pages, name, kind, over):
    with serving(pages) as address:
        page = visit(name, over="file" if over == "file" else address)
        assert live(page).get_attribute("data-engine") == kind
        assert round_of(page) == 0  # reduced motion: nothing moves unasked
        page.wait_for_timeout(400)
        assert round_of(page) == 0
        press(page, "Play")
        past(page, 30)
        press(page, "Pause")
        page.wait_for_function("() => location.hash.includes('round=')")
        at = round_of(page)
        page.wait_for_timeout(400)
        assert round_of(page) == at and f"Round {at:,}" in said(page)
        assert page.locator(".gbl-plane").evaluate(INK) > 50


WRITTEN = """() => {
  window.written = [];
  const write = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (...words) {
    written.push(words[0]);
    write.apply(this, words);
  };
}"""


def test_begun_anew_while_it_plays_the_curve_begins_anew(visit):
    """Rounds of the old game that are still on their way are no part of the new one's curve."""
    page = visit()
    page.evaluate(WRITTEN)
    press(page, "Play")
    past(page, 200)
    press(page, "Start again")
    page.wait_for_function("() => document.querySelector('.gbl').dataset.round < 150")
    past(page, 20)
    press(page, "Pause")
    page.wait_for_function("() => location.hash.includes('round=')")
    written = page.evaluate("() => written")
    last = max(k for k, words in enumerate(written) if words.startswith("round "))
    assert int(written[last + 1]) <= 1, "the curve's first round"


def test_half_steps_move_one_player_each(visit):
    page = visit()
    read = ".gbl-readings div:nth-child(%d) dd"
    press(page, "Step of D")
    page.wait_for_function("() => location.hash.includes('step~D') || location.hash.includes('step%7ED')")
    assert round_of(page) == 0
    loss = page.locator(read % 2).inner_text()
    assert 1.0 < float(loss) < 2.0 and page.locator(read % 3).inner_text() == "–"
    press(page, "Step of G")
    settled(page, 1)
    assert page.locator(read % 2).inner_text() == loss and float(page.locator(read % 3).inner_text()) > 0


def test_an_address_brings_the_same_situation_to_somebody_else(visit):
    page = visit()
    page.locator("[data-setting=loss] select").select_option("hinge")
    press(page, "Second game beside it")
    page.wait_for_function("() => document.querySelectorAll('.gbl-plane').length === 2")
    page.locator("[data-setting=penalty] select").nth(1).select_option("r1")
    press(page, "Play")
    past(page, 20)
    press(page, "Pause")
    page.wait_for_function("() => location.hash.includes('round=')")
    page.locator("[data-setting=rate_g] input").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => location.hash.includes('rate_g')")
    press(page, "Step of G")
    page.wait_for_function("() => location.hash.includes('step')")
    hash, seen = page.evaluate("location.hash"), said(page)
    assert "Left." in seen and "Right." in seen
    other = visit(hash=hash, color_scheme="dark")
    other.wait_for_function(f"() => document.querySelector('.gbl-said').textContent === {json.dumps(seen)}")
    assert round_of(other) == round_of(page)
    assert other.evaluate("location.hash") == hash


@pytest.mark.parametrize(
    ("hash", "says"),
    [
        ("#game?rate_d=1e9", "Rate of D must be above 0 and at most 1, got “1e9”"),
        ("#game?rate_g=0", "Rate of G must be above 0 and at most 1, got “0”"),
        ("#game?rate_g=", "Rate of G must be above 0"),
        ("#game?loss=%3Cimg%20src=x%20onerror=alert(1)%3E&width=wide", "Loss must be one of minimax"),
        ("#game?__proto__=1&constructor=2&games=9", "There is no setting “__proto__”"),
        ("#game?round=99999999&do=1~0~points~x&do=~~~", "The round must be a whole number up to 20,000"),
        ("#game?do=1~0~step~X&b.loss=no", "What was done, “1~0~step~X”, cannot be read"),
        ("#game?%E0%A4%A&&&==", "There is no setting"),
    ],
)
def test_a_foreign_address_is_answered_with_a_sentence(visit, hash, says):
    page = visit(hash=hash)
    assert says in page.locator(".gbl-trouble").inner_text()
    press(page, "Play")
    past(page, 3)
    assert "NaN" not in live(page).inner_text()
    assert page.locator(".gbl img").count() == 0


def test_an_anchor_of_the_page_is_left_alone(visit):
    page = visit(hash="#question")
    assert page.locator(".gbl-trouble").text_content() == ""
    assert page.evaluate("location.hash") == "#question"


def test_numbers_that_explode_stop_the_game_with_a_sentence(visit):
    page = visit(hash="#game?loss=wasserstein&optimizer=sgd&rate_d=1&rate_g=1&round=2000")
    assert "smaller rate" in said(page) and "NaN" not in live(page).inner_text()
    press(page, "Play")
    assert live(page).get_attribute("data-playing") == "no"
    assert page.locator(".gbl-plane").evaluate(INK) > 3


def test_the_reader_draws_the_data_with_a_finger(visit):
    page = visit("drawn", viewport={"width": 390, "height": 844}, has_touch=True)
    assert "No points are drawn yet" in said(page)
    press(page, "Play")
    assert live(page).get_attribute("data-playing") == "no" and round_of(page) == 0
    box = page.locator(".gbl-plane").bounding_box()
    for x, y in ((0.3, 0.3), (0.7, 0.6), (0.5, 0.8)):
        page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"])
    page.wait_for_function("() => /points=[0-9a-z]{12}(&|$)/.test(location.hash)")
    page.get_by_role("button", name="Play", exact=True).tap()
    past(page, 5)
    page.get_by_role("button", name="Pause", exact=True).tap()
    page.get_by_role("button", name="Clear the points").tap()
    page.wait_for_function("() => document.querySelector('.gbl-said').textContent.includes('No points')")


def test_the_reader_draws_the_data_with_keys(visit):
    page = visit("drawn")
    page.locator(".gbl-plane").focus()
    for key in ("ArrowRight", "Enter", "ArrowUp", "ArrowUp", " ", "Backspace", "ArrowLeft", "Enter"):
        page.keyboard.press(key)
    page.wait_for_function("() => /points=[0-9a-z]{8}(&|$)/.test(location.hash)")
    page.get_by_role("button", name="Play", exact=True).focus()
    page.keyboard.press("Enter")
    past(page, 5)


def test_every_control_is_reached_by_key_and_named(visit):
    page = visit()
    page.locator(".gbl-play").focus()
    met = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        met.add(
            page.evaluate(
                """() => { const at = document.activeElement, piece = at.closest('.gbl');
                return piece && [...piece.querySelectorAll('button, select, input, summary')].indexOf(at); }"""
            )
        )
    wanted = page.locator(".gbl :is(button, select, input, summary):visible").count()
    assert len(met - {None}) >= wanted - 1  # the first had the focus already
    for control in page.locator(".gbl :is(select, input)").all():
        assert control.evaluate("(c) => c.labels.length === 1 && c.labels[0].textContent.trim().length > 3")


def test_it_plays_by_itself_in_sight_and_rests_out_of_sight(visit):
    page = visit("late", reduced_motion="no-preference")
    page.wait_for_timeout(500)
    assert round_of(page) == 0
    page.locator(".gbl-stage").scroll_into_view_if_needed()
    past(page, 5)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    at = round_of(page)
    page.wait_for_timeout(500)
    assert round_of(page) == at
    page.locator(".gbl-stage").scroll_into_view_if_needed()
    past(page, at + 3)
    assert page.evaluate("location.hash") == ""  # nobody has done anything yet


def test_two_pieces_on_a_page_have_addresses_of_their_own(visit):
    page = visit("twice", hash="#other?loss=hinge&round=3")
    page.wait_for_function("() => document.querySelectorAll('.gbl')[1].dataset.round === '3'")
    assert round_of(page, 0) == 0
    assert page.locator("[data-setting=loss] select").nth(0).input_value() == "non-saturating"
    assert page.locator("[data-setting=loss] select").nth(1).input_value() == "hinge"
    assert page.locator("head style").count() == 1


def test_without_a_script_and_on_paper_the_still_stands(visit):
    still = visit(ready=False, java_script_enabled=False)
    assert still.locator(".gbl-still svg").is_visible() and "With JavaScript" in live(still).inner_text()
    page = visit()
    assert not page.locator(".gbl-still").is_visible() and page.locator(".gbl-plane").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".gbl-still svg").is_visible() and not page.locator(".gbl-plane").is_visible()
    assert not page.locator(".gbl-bar").is_visible()


@pytest.mark.parametrize("width", [320, 390, 820, 1440])
def test_nothing_pushes_the_page_sideways(visit, width):
    page = visit(hash="#game?games=2&loss=realness&b.penalty=gp", viewport={"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for each in page.locator(".gbl :is(.gbl-button, select, .gbl-range):visible").all():
        assert each.bounding_box()["height"] >= 34


def test_the_ground_follows_the_theme(visit):
    corner = (
        "(c) => [...c.getContext('2d').getImageData(c.width / 2, 2, 1, 1).data].slice(0, 3).reduce((a, b) => a + b)"
    )
    page = visit()
    light = page.locator(".gbl-plane").evaluate(corner)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_function(f"() => ({corner})(document.querySelector('.gbl-plane')) < 400")
    assert light > 500


def test_presets_are_addresses_too():
    """A preset is what an address could say: nothing that the table of settings does not know."""
    known = json.loads((bundle.HERE / "settings.json").read_text(encoding="utf-8"))
    keys = {key for preset in PRESETS.values() for side in preset for key in side}
    assert all(re.fullmatch("[a-z_0-9]+", key) and key in known for key in keys)


def test_the_judge_s_answer_is_asked_by_pointer_and_by_key(visit):
    page = visit("outcomes", viewport={"width": 390, "height": 844})
    bars = page.locator(".gbl-answer")
    assert bars.count() == 2 and bars.nth(1).evaluate(INK) > 3
    two, at = (each.get_attribute("aria-label") for each in bars.all())
    assert "at (0.00, 0.00): 2 outcomes" in two and "at (0.00, 0.00): 20 outcomes" in at
    page.locator(".gbl-plane").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelectorAll('.gbl-answer')[1].ariaLabel.includes('(0.19, 0.00)')")
    page.locator(".gbl-plane").first.click(position={"x": 10, "y": 10})
    page.wait_for_function("() => /at .−2/.test(document.querySelectorAll('.gbl-answer')[0].ariaLabel)")
    assert bars.nth(1).get_attribute("aria-label").split("mean")[1] != at.split("mean")[1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert "arrow keys" in page.locator(".gbl-note").inner_text()


def test_two_entrants_race_and_those_that_are_not_here_are_greyed(visit):
    page = visit("race")
    lists = page.locator("[data-setting=entrant] select")
    assert [each.input_value() for each in lists.all()] == ["non-saturating", "pairing + R1 + R2"]
    greyed = lists.first.locator("option[disabled]").all_text_contents()
    assert [text.split(" (")[0] for text in greyed] == ["SN-hinge", "DRAGAN", "relativistic average"]
    assert not page.locator("[data-setting=loss]").first.is_visible()  # in the fold
    lists.first.select_option("WGAN")
    page.wait_for_function("() => location.hash.includes('penalty=clip')")
    press(page, "Play")
    past(page, 20)
    press(page, "Pause")
    page.wait_for_function("() => location.hash.includes('round=')")
    assert "By JS" in said(page)
    other = visit("race", hash=page.evaluate("location.hash"))
    assert [each.input_value() for each in other.locator("[data-setting=entrant] select").all()] == [
        "WGAN",
        "pairing + R1 + R2",
    ]
    page.get_by_text("Its settings").first.click()
    page.locator("[data-setting=rate_g] input").first.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.querySelector('[data-setting=entrant] select').value === ''")
    press(page, "One game")
    page.wait_for_function("() => document.querySelectorAll('.gbl-plane').length === 1")

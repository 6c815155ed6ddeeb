"""The small pieces in a real browser: moved by mouse, finger and keys; their numbers held to ganbook; on paper."""

import re

import pytest
import torch
from touch import swipe

from ganbook import explore
from ganbook.divergences import transport
from ganbook.losses import Realness, anchors
from ganbook.player.drag import bundle
from ganbook.studies import dirac

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>t</title>
<meta name="viewport" content="width=device-width"><style>{style}</style></head>
<body style="margin:16px"><main><h1>t</h1>{body}</main><p>below</p><script>{script}</script></body></html>"""
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
CHAPTERS = {
    "anchors": "notebooks/10_realness_gan",
    "dirac": "notebooks/07_why_gans_fail",
    "transport": "notebooks/08_wasserstein_distance",
}


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drag")
    heap = explore.transport([[1.0, -1.0]] * 30)._repr_html_()
    bodies = {name: getattr(explore, name)()._repr_html_() for name in CHAPTERS} | {"heap": heap}
    for name, body in bodies.items():
        script = bundle.script("transport" if name == "heap" else name)
        (folder / f"{name}.html").write_text(PAGE.format(style=bundle.style(), body=body, script=script), "utf-8")
    return folder


@pytest.fixture
def visit(lone, pages):
    """visit(name, **context options) -> page, once the piece stands on it."""

    def go(name, ready=True, **options):
        page = lone(f"{pages.as_uri()}/{name}.html", **options)
        if ready:
            page.wait_for_selector(".gbd[data-ready]")
        return page

    return go


def state(page):
    return page.evaluate("document.querySelector('.gbd').state()")


def readings(page):
    """What stands under the piece: {term: words}."""
    terms, values = (page.locator(f".gbd {kind}").all_inner_texts() for kind in ("dt", "dd"))
    return {term: value.replace("−", "-") for term, value in zip(terms, values, strict=True)}


def grip(page, name):
    box = page.get_by_role("slider", name=name).first.locator("circle").last.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, name, across, down, steps=4):
    """A handle by the mouse, so many pixels."""
    x, y = grip(page, name)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across, y + down, steps=steps)
    page.mouse.up()


def turn(page, label, value):
    page.locator(".gbd label", has_text=label).locator("input").evaluate(
        "(c, v) => { c.value = v; c.dispatchEvent(new Event('input')); }", str(value)
    )


def check_dirac(page):
    now, said = state(page), readings(page)
    slope = 1.0 if now["loss"] == "wasserstein" else 0.5
    first, second = dirac.damped_eigenvalues(now["gamma"], slope)
    numbers = [float(v) for v in re.findall(r"-?\d+\.\d+", said["λ at the origin"])]
    wanted = [first.real, first.imag] if first.imag else [first.real, second.real]
    assert numbers == pytest.approx(wanted, abs=0.006)
    growth = max(abs(1 + now["h"] * each) for each in (first, second))
    assert float(said["|1 + hλ|, the larger"]) == pytest.approx(growth, abs=6e-4)


def check_transport(page):
    now, said = state(page), readings(page)
    order = int(now["order"])
    wanted = float(transport.wasserstein(now["earth"], now["holes"], order))
    assert float(said["W₁" if order == 1 else "W₂"]) == pytest.approx(wanted, abs=6e-4)
    for term in ("the plan costs", "the prices earn"):
        assert float(said[term]) == pytest.approx(wanted**order, abs=6e-4)


def check_anchors(page):
    now, said = state(page), readings(page)
    a0, a1 = (anchors.gaussian(now["M"], now[key], now["std"]) for key in ("low", "high"))
    assert float(said["2 JS(A₁, A₀)"]) == pytest.approx(2 * Realness(now["M"], anchors=(a0, a1)).js, abs=6e-4)
    size = float((torch.tensor(a1).double() - torch.tensor(a0).double()).norm())
    for term, times in (
        ("1: length of Q − A₀", now["fake"]),
        ("2: length of P − A₀", now["partner"]),
        ("3: length of A₁ − A₀", 1),
    ):
        assert float(said[term]) == pytest.approx(times * size, abs=6e-4)


CHECK = {"dirac": check_dirac, "transport": check_transport, "anchors": check_anchors}
HANDLES = {"dirac": "Start of the path", "transport": "The whole earth", "anchors": "Middle of the anchor of reals"}
PLACE = {
    "dirac": lambda now: now["start"][0],
    "transport": lambda now: now["earth"][0][0],
    "anchors": lambda now: now["high"],
}

WIDE = {"dirac": 4, "transport": 8, "anchors": 2.3}


@pytest.mark.parametrize("name", CHAPTERS)
def test_a_finger_on_a_phone_moves_a_handle_and_the_numbers_are_the_library_s(visit, name):
    page = visit(name, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("slider", name=HANDLES[name]).first.scroll_into_view_if_needed()
    before, top = PLACE[name](state(page)), page.evaluate("scrollY")
    swipe(page, *grip(page, HANDLES[name]), -30, 30)
    far = 30 / page.locator(".gbd-stage svg").first.bounding_box()["width"] * WIDE[name]
    assert before - PLACE[name](state(page)) == pytest.approx(far, rel=0.05)  # all of its way: no scrolling took it
    assert page.evaluate("scrollY") == top
    CHECK[name](page)
    for control in page.locator(".gbd button").all():
        assert control.bounding_box()["height"] >= 44
    page.get_by_role("button", name="Start again").tap()
    assert PLACE[name](state(page)) == before


@pytest.mark.parametrize("name", CHAPTERS)
def test_keys_move_a_handle_and_what_they_do_is_spoken(visit, name):
    page = visit(name)
    handle = page.get_by_role("slider", name=HANDLES[name]).first
    handle.focus()
    before, said = PLACE[name](state(page)), handle.get_attribute("aria-valuetext")
    words = page.locator(".gbd [role=status]").inner_text()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowRight"):
        page.keyboard.press(key)
    assert PLACE[name](state(page)) > before + 0.1 and handle.get_attribute("aria-valuetext") != said
    CHECK[name](page)
    if name != "dirac":  # of which the sentence tells only of the origin
        page.wait_for_function("(old) => document.querySelector('.gbd [role=status]').textContent !== old", arg=words)


def test_a_mouse_far_outside_leaves_numbers_and_every_loss_has_its_eigenvalues(visit):
    page = visit("dirac")
    drag(page, HANDLES["dirac"], 4000, -4000)
    assert state(page)["start"] == [2, 2]
    for loss in ("minimax", "non-saturating", "Wasserstein"):
        page.get_by_role("button", name=loss, exact=True).click()
        for gamma, h in ((0, 0.2), (2, 2), (1, 0.1)):
            turn(page, "R1", gamma)
            turn(page, "step", h)
            check_dirac(page)
            assert not re.search("NaN|Infinity", page.locator(".gbd").evaluate("(r) => r.outerHTML"))


def test_points_of_earth_one_by_one_and_the_whole_cloud(visit):
    page = visit("transport")
    first = state(page)["earth"]
    page.get_by_role("slider", name="A point of earth").first.focus()
    page.keyboard.press("PageDown")
    page.keyboard.press("ArrowLeft")
    now = state(page)["earth"]
    moved = [k for k in range(30) if now[k] != first[k]]
    assert moved == [1] and now[1][0] == pytest.approx(first[1][0] - 0.1)
    assert page.evaluate("document.activeElement.getAttribute('aria-valuetext')").startswith("2 of 30")
    check_transport(page)
    page.get_by_role("button", name="Start again").click()
    counts = {}
    for order in (1, 2):
        page.get_by_role("button", name=f"W{'₁₂'[order - 1]}").click()
        drag(page, HANDLES["transport"], 130, -60)
        check_transport(page)
        counts[order] = readings(page)["points with a new hole"]
        page.get_by_role("button", name="Start again").click()
    assert counts[2] == "0 of 30" and int(counts[1].split()[0]) >= 5
    drag(page, HANDLES["transport"], -5000, 5000)  # the whole earth stops at the edge
    xs, ys = zip(*state(page)["earth"], strict=True)
    assert min(xs) == pytest.approx(-4) and min(ys) == pytest.approx(-3) and max(xs) - min(xs) > 1.9
    check_transport(page)


def test_earth_on_one_spot_is_moved_too(visit):
    page = visit("heap")
    drag(page, HANDLES["transport"], 40, 10)
    check_transport(page)
    assert "NaN" not in page.locator(".gbd").evaluate("(r) => r.outerHTML")


def test_bells_upon_each_other_and_at_the_ends(visit):
    page = visit("anchors")
    drag(page, HANDLES["anchors"], 5000, 0)
    turn(page, "width", 0.05)
    turn(page, "outcomes", 2)
    check_anchors(page)
    drag(page, HANDLES["anchors"], -5000, 0)
    drag(page, "Middle of the anchor of fakes", -5000, 0)
    page.wait_for_function(
        "() => document.querySelector('.gbd [role=status]').textContent.includes('anchors are equal')"
    )
    assert set(readings(page).values()) == {"0.000"}
    assert not re.search("NaN|Infinity", page.locator(".gbd").evaluate("(r) => r.outerHTML"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_without_a_script_and_on_paper_the_still_stands(visit, name):
    still = visit(name, ready=False, java_script_enabled=False)
    assert still.locator(".gbd-still svg").is_visible() and "With JavaScript" in still.locator(".gbd").inner_text()
    for width in (320, 1440):
        page = visit(name, viewport={"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not page.locator(".gbd-still").is_visible()
    page.emulate_media(media="print")
    assert page.locator(".gbd-still svg").is_visible() and not page.locator(".gbd-stage").is_visible()


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("name", CHAPTERS)
def test_in_the_book_the_piece_takes_the_room_that_was_kept_for_it(go, name, width):
    """Of its height with the script and without at most 60 pixels are gained or lost, so the text below stays."""
    seen = go(CHAPTERS[name], width=width)
    piece = seen.page.locator(f'.gbd[data-drag="{name}"]')
    piece.scroll_into_view_if_needed()
    assert seen.errors == [] and piece.get_attribute("data-ready") == ""
    CHECK[name](seen.page)
    high, kept = piece.evaluate(
        "(r) => [r.offsetHeight, parseInt(r.style.getPropertyValue(innerWidth > 560 ? '--desk' : '--phone'))]"
    )
    assert abs(high - kept) < 60
    weights = seen.page.evaluate(
        "Promise.all([...document.scripts].filter((s) => /js.(live|judge|hand|drag-)/.test(s.src)).map((s) => s.src))"
    )
    files = [re.sub(r"\?.*", "", address).rsplit("/", 1)[1] for address in weights]
    assert f"drag-{name}.js" in files and sum(file.startswith("drag-") for file in files) == 1
    seen.page.context.close()

"""The live panel stands as its pictures do; what is asked of slider, pad and choices reaches them; borders."""

import json
import re

import numpy as np
import pytest

from ganbook import explore
from ganbook.player import pictures


def grey(*values):
    return np.full((1, 1, 8, 8), float(np.mean(values)))


MAKERS = {
    "slider": lambda draw, **more: explore.slider(draw, [0.0, 0.5], alt="a", **more),
    "pad": lambda draw, **more: explore.pad(draw, [0.0, 0.5], [-0.5, 0.0], alt="a", **more),
    "choices": lambda draw, **more: explore.choices(draw, ["u", "v"], "kind", alt="a", **more),
}


def noise(*_):
    return np.random.default_rng(0).uniform(-1, 1, (4, 3, 32, 32))


def start_of(panel):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', panel.html(), re.S)[1])["start"]


# ---- what is asked for, of all three


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_columns_quality_and_budget_are_those_asked_for(make):
    assert make(noise).pictures[0].size == (66, 66) and make(noise, ncol=4).pictures[0].size == (134, 32)
    assert len(make(noise, quality=5).html()) < len(make(noise, quality=95).html()) - 1_000
    some = make(noise)
    least = pictures.fitted(some.pictures, 1_000, (25,))[1]
    assert make(noise, quality=25, budget=least).alt == "a"
    with pytest.raises(ValueError, match=f"take {least} bytes, over the budget of {least - 1}"):
        make(noise, quality=25, budget=least - 1)


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_ends_of_the_ranges_are_allowed_and_what_is_beyond_them_is_not(make):
    for allowed in ({"quality": 1}, {"quality": 100}, {"budget": 1_000}):
        assert make(lambda *v: np.zeros((1, 1, 2, 2)), **allowed)
    for bad in ({"quality": 0}, {"quality": 101}, {"budget": 999}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            make(grey, **bad)


def test_a_plane_to_move_in_is_there_for_a_pad_alone():
    for name, make in MAKERS.items():
        panel = make(lambda *v: np.zeros((1, 1, 2, 2)))
        assert ('<div class="gbp-pad">' in panel.html()) == (name == "pad")


def test_where_nothing_is_said_ranges_begin_in_the_middle_and_buttons_with_the_first():
    assert start_of(explore.slider(grey, [0, 0.1, 0.2, 0.3, 0.4], alt="a")) == [2]
    assert start_of(explore.pad(grey, [0, 0.1, 0.2], [0, 0.1, 0.2, 0.3, 0.4], alt="a")) == [1, 2]
    assert start_of(explore.pad(grey, [0, 0.1, 0.2], [0, 0.1, 0.2], alt="a", start=(0, 2))) == [0, 2]
    rows = {"a": ["u", "v", "w"], "b": ["x", "y"]}
    assert start_of(explore.choices(lambda a, b: grey(0), rows, alt="a")) == [0, 0]
    assert start_of(explore.choices(lambda a, b: grey(0), rows, alt="a", start=1)) == [1, 1]
    assert start_of(explore.choices(lambda a, b: grey(0), rows, alt="a", start=[2, 1])) == [2, 1]


@pytest.mark.parametrize("start", [(1,), (0, 1, 1), (0, 2), 1, "ab"])
def test_a_pad_begins_at_two_positions(start, as_readers):
    with pytest.raises(ValueError, match="start must be"):
        explore.pad(grey, [0, 1], [0, 1], alt="a", start=start)


@pytest.mark.parametrize("labels", ["xy", ("x",), ("x", "y", "z"), 2])
def test_a_pad_has_two_labels(labels, as_readers):
    with pytest.raises(ValueError, match="labels must be two texts"):
        explore.pad(grey, [0, 1], [0, 1], alt="a", labels=labels)


@pytest.mark.parametrize("start", [[0, 0], [], "a", 2])
def test_a_row_of_choices_begins_at_one_of_them(start, as_readers):
    with pytest.raises(ValueError, match="start must"):
        explore.choices(lambda v: grey(0), ["u", "v"], "kind", alt="a", start=start)


# ---- the panel


def test_a_panel_shows_at_once_the_picture_of_the_page_as_large_and_draws_once_a_turn():
    seen = []
    whole = explore.slider(lambda v: seen.append(v) or grey(v), [0.0, 0.4, 0.8], label="t", alt="a", start=2)
    image, control, note = whole.live().children
    assert bytes(image.value) == pictures.png(whole.pictures[2]) and image.format == "png" and note.value == ""
    assert image.layout.width == "320px", "eight pixels, forty screen pixels each"
    assert image.layout.max_width == "100%" and image.layout.object_fit == "contain"
    assert whole.live() is whole.live()
    seen.clear()
    control.value = 0.2
    control.description = "another name"
    assert seen == [pytest.approx(0.2)]
    stepped = explore.slider(lambda v: seen.append(v) or grey(v), [0.0, 0.4, 0.8], alt="a", between=False).live()
    seen.clear()
    stepped.children[1].value = 2
    assert seen == [0.8]


def test_knobs_of_the_panel_reach_as_far_as_those_of_the_page_and_begin_there():
    control = explore.slider(grey, [-0.5, 0.0, 0.5, 1.0], label="t", alt="a", start=1).live().children[1]
    assert (control.min, control.max, control.value) == (-0.5, 1.0, 0.0)
    assert control.step == pytest.approx(1.5 / 200) and control.readout_format == ".3g"
    whole = explore.slider(lambda v: grey(v / 9), [-3, 2, 5], label="n", alt="a", start=1).live().children[1]
    assert (whole.min, whole.max, whole.value) == (-3, 5, 2)
    listed = explore.slider(lambda v: grey(0), ["x", "y", "z"], label="l", alt="a", start=2).live().children[1]
    assert listed.options == (("x", 0), ("y", 1), ("z", 2)) and listed.value == 2
    pills = explore.choices(lambda v: grey(0), ["u", "v"], "kind", alt="a", start=1).live().children[1]
    assert pills.options == (("u", 0), ("v", 1)) and pills.value == 1
    falling = explore.slider(grey, [1.0, 0.0, 0.5], alt="a").live().children[1]
    assert len(falling.options) == 3, "a number line rises"
    mixed = explore.slider(lambda v: grey(v / 9), [0, 0.5, 2], alt="a", start=0).live().children[1]
    mixed.value = 0.25
    assert mixed.value == 0.25
    for knob, label in ((control, "t"), (whole, "n"), (listed, "l"), (pills, "kind")):
        assert knob.description == label and knob.style.description_width == "initial"
        assert (knob.layout.width, knob.layout.max_width) == ("auto", "40em")


def test_a_pad_stays_on_its_points_where_it_is_told_to():
    for between, listed in ((True, False), (False, True)):
        panel = explore.pad(grey, [0.0, 0.5], [0.0, 0.5, 1.0], alt="a", between=between).live()
        assert [hasattr(knob, "options") for knob in panel.children[1:3]] == [listed, listed]


@pytest.mark.parametrize(("seconds", "smooth"), [(0.07, True), (0.1, False)])
@pytest.mark.parametrize("values", [[0.0, 0.2, 0.4, 0.6], [0, 1, 2, 3], ["a", "b", "c", "d"]])
def test_only_what_is_drawn_fast_is_drawn_while_the_knob_moves(seconds, smooth, values, monkeypatch):
    """The clock says how long each picture took, and began long ago."""
    clock = [1_000.0]

    def draw(v):
        clock[0] += seconds
        return grey(0)

    with monkeypatch.context() as patched:
        patched.setattr(explore.time, "perf_counter", lambda: clock[0])
        panel = explore.slider(draw, values, alt="a")
    assert panel.live().children[1].continuous_update is smooth


def test_the_offer_is_one_button_that_says_what_it_does():
    (button,) = explore.slider(grey, [0.0, 1.0], alt="a")._offer().children
    assert button.description == "Draw anew with the kernel" and button.layout.width == "auto"


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_notebook_is_given_the_pictures_and_a_terminal_their_number(make):
    panel = make(noise)
    assert panel._repr_mimebundle_() == {"text/plain": repr(panel), "text/html": panel.html()}

"""One output, two representations: pictures for every page, and a live panel only where somebody can use it."""

import json
import random
import re
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from ganbook import explore

WIDGET = "application/vnd.jupyter.widget-view+json"


def grey(*values):
    return np.full((1, 1, 8, 8), float(np.prod(values)))


def line(slope):
    ax = plt.subplots(figsize=(3, 2))[1]
    ax.plot([0, 1], [0, slope])
    return ax


def contents(panel):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', panel.html(), re.S)[1])


@pytest.fixture
def live(monkeypatch):
    monkeypatch.delenv("GANBOOK_STATIC", raising=False)  # a tool imported by another test may have set it
    monkeypatch.setenv("GANBOOK_LIVE", "1")


# ---- the static form


def test_a_slider_holds_one_picture_for_each_value():
    seen = []

    def draw(v):
        seen.append(v)
        return grey(v)

    panel = explore.slider(draw, [-1.0, 0.0, 0.5], label="grey", alt="a grey square")
    assert seen == [-1.0, 0.0, 0.5]  # drawn at once, so that a network that learns on does not change them
    assert [p.getpixel((0, 0)) for p in panel.pictures] == [0, 128, 191]
    assert contents(panel)["texts"] == [["−1", "0", "0.5"]]
    assert repr(panel) == "Explore(3 pictures)" and len(panel) == 3


def test_numpy_values_reach_draw_as_plain_numbers():
    kinds = []
    explore.slider(lambda v: kinds.append(type(v)) or grey(v), np.linspace(0, 1, 3), alt="a")
    explore.slider(lambda v: kinds.append(type(v)) or grey(v), torch.arange(2), alt="a")
    assert kinds == [float] * 3 + [int] * 2


def test_a_pad_holds_all_pairs_with_y_fastest():
    panel = explore.pad(lambda x, y: grey(x + y), [0.0, 0.5], [-0.25, 0.0, 0.25], labels=("a", "b"), alt="a square")
    assert [p.getpixel((0, 0)) for p in panel.pictures] == [96, 128, 159, 159, 191, 223]
    data = contents(panel)
    assert data["sizes"] == [2, 3] and data["start"] == [0, 1]
    assert data["titles"][1] == "a 0, b 0" and data["titles"][-1] == "a 0.5, b 0.25"


def test_choices_hold_all_combinations():
    calls = []
    rows = {"loss": ["mm", "ns"], "steps": [1, 5]}
    panel = explore.choices(lambda *v: calls.append(v) or grey(0), rows, alt="a square")
    assert calls == [("mm", 1), ("mm", 5), ("ns", 1), ("ns", 5)]
    assert panel.html().count('type="radio"') == 4
    assert re.findall(r"<legend[^>]*>(.*?)</legend>", panel.html()) == ["loss", "steps"]


def test_one_row_of_choices():
    panel = explore.choices(lambda v: grey(0), ["a<b", "c"], label="order", alt="a square", start=1)
    assert "a&lt;b" in panel.html() and contents(panel)["start"] == [1]


def test_figures_become_pictures_and_are_closed():
    panel = explore.slider(line, [1, 2, 3], alt="a line")
    assert not plt.get_fignums()
    assert len({p.tobytes() for p in panel.pictures}) == 3


def test_same_pictures_same_bytes():
    make = lambda: explore.slider(line, [1, 2, 3], alt="a line").html()  # noqa: E731
    assert make() == make()


def test_the_page_is_self_contained_and_labelled():
    html = explore.pad(lambda x, y: grey(x * y), [0, 1], [0, 1], labels=("size <1>", "y"), alt="a square").html()
    assert "http" not in html and "@import" not in html
    assert not re.search(r"\sid=|\son[a-z]+=|0x[0-9a-f]{6}", re.sub(r"base64,[^\"]+", "", html))
    assert 'aria-label="size &lt;1&gt;"' in html and 'alt="a square (size &lt;1&gt; 0, y 0)"' in html


def test_drawing_leaves_all_randomness_as_it_was():
    def draw(v):
        torch.rand(3), np.random.rand(3), random.random()  # noqa: NPY002 (readers do this)
        return grey(v)

    torch.manual_seed(1), np.random.seed(1)  # noqa: NPY002
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()  # noqa: NPY002
    explore.slider(draw, [0.0, 1.0], alt="a").live().children[1].value = 0.3
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1] == np.random.get_state()[1].tolist()  # noqa: NPY002
    before = random.getstate()  # beartype itself draws from Python's, so only the guard is looked at
    with explore.same_randomness():
        random.random()
    assert before == random.getstate()


def test_the_budget_is_kept_or_refused():
    rng = np.random.default_rng(0)
    noise = [rng.uniform(-1, 1, (1, 3, 64, 64)) for _ in range(4)]
    with pytest.raises(ValueError, match=r"4 pictures take \d+ bytes, over the budget of 5000"):
        explore.slider(lambda i: noise[i], range(4), alt="noise", budget=5_000)
    fine, coarse = (explore.slider(lambda i: noise[i], range(4), alt="noise", quality=q).html() for q in (90, 10))
    assert len(coarse) < len(fine) - 10_000
    assert len(explore.slider(lambda i: noise[i], range(4), alt="noise", budget=20_000).html()) < 35_000


# ---- the live form


def test_without_a_live_front_end_there_is_only_html():
    bundle = explore.slider(grey, [0.0, 1.0], alt="a")._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}


@pytest.fixture
def published(monkeypatch):
    """What is displayed, one output after the other."""
    outputs = []

    def publish(thing, raw=False):
        outputs.append(thing if raw else thing._repr_mimebundle_())

    monkeypatch.setattr("IPython.display.display", publish)
    return outputs


def test_a_saved_live_run_has_an_output_of_pictures_alone(live, published):
    """In a session to come the widget is not found: a front end that prefers it must find no picture beside it."""
    explore.slider(grey, [0.0, 1.0], alt="a")._ipython_display_()
    pictures, button = published
    assert set(pictures) == {"text/plain", "text/html"}
    assert WIDGET in button and "text/html" not in button


def test_the_button_makes_place_for_the_panel(live):
    panel = explore.slider(grey, [0.0, 1.0], alt="a")
    place = panel._offer()
    place.children[0].click()
    assert place.children == (panel.live(),)


def test_a_front_end_with_broken_widgets_still_gets_html(live, published, monkeypatch):
    monkeypatch.setitem(sys.modules, "ipywidgets", None)  # importing it now fails
    panel = explore.slider(grey, [0.0, 1.0], alt="a")
    panel._ipython_display_()
    assert [set(output) for output in published] == [{"text/plain", "text/html"}]
    with pytest.raises(ImportError):
        panel.live()


@pytest.mark.parametrize("watched", [True, False])
def test_ipython_is_asked_for_two_outputs_only_where_somebody_watches(watched, monkeypatch):
    """As a kernel does: its formatter takes one bundle where `_ipython_display_` declines."""
    from IPython.core.formatters import DisplayFormatter

    monkeypatch.setattr(explore, "live_front_end", lambda: watched)
    monkeypatch.setattr("IPython.display.display", lambda *given, **named: None)
    bundle, _ = DisplayFormatter().format(explore.slider(grey, [0.0, 1.0], alt="a"))
    assert set(bundle) == (set() if watched else {"text/plain", "text/html"})


def test_the_live_slider_draws_between_the_pictures():
    seen = []
    panel = explore.slider(lambda v: seen.append(v) or grey(v), [0.0, 0.5, 1.0], label="t", alt="a").live()
    image, control, _ = panel.children
    before = bytes(image.value)
    control.value = 0.335
    assert seen[-1] == pytest.approx(0.335) and bytes(image.value) != before
    assert bytes(image.value).startswith(b"\x89PNG")
    assert control.description == "t"


def test_whole_numbers_stay_whole():
    seen = []
    control = explore.slider(lambda v: seen.append(v) or grey(v / 10), [0, 5, 10], alt="a").live().children[1]
    control.value = 7
    assert seen[-1] == 7 and isinstance(seen[-1], int)


@pytest.mark.parametrize("options", [{"between": False}, {"texts": ["x", "y", "z"], "between": False}])
def test_a_slider_over_what_was_kept_stays_on_it(options):
    seen = []
    panel = explore.slider(lambda v: seen.append(v) or grey(v / 1000), [100, 200, 900], alt="a", **options)
    control = panel.live().children[1]
    control.value = 2
    assert seen[-1] == 900
    assert len(control.options) == 3


def test_values_that_are_no_numbers_stay_on_their_list():
    seen = []
    control = explore.slider(lambda v: seen.append(v) or grey(0), ["a", "b"], alt="a").live().children[1]
    control.value = 1
    assert seen[-1] == "b"


def test_live_pad_and_choices_pass_all_values():
    seen = []
    pad = explore.pad(lambda x, y: seen.append((x, y)) or grey(x * y), [-1, 0, 1], [0.0, 1.0], alt="a").live()
    pad.children[2].value = 0.25
    assert seen[-1] == (0, 0.25)
    both = explore.choices(lambda a, b: seen.append((a, b)) or grey(0), {"p": ["u", "v"], "q": [1, 5]}, alt="a").live()
    both.children[2].value = 1
    assert seen[-1] == ("u", 5)


def test_a_draw_that_fails_live_says_so():
    def draw(v):
        if v not in (0.0, 1.0):
            raise RuntimeError("no network here")
        return grey(v)

    _, control, note = (panel := explore.slider(draw, [0.0, 1.0], alt="a").live()).children
    control.value = 0.4
    assert "no network here" in note.value
    control.value = 1.0
    assert note.value == "" and panel is not None


# ---- refusals


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (lambda: explore.slider(None, [0, 1], alt="a"), "draw"),
        (lambda: explore.slider(lambda v: None, [0, 1], alt="a"), "return ax"),
        (lambda: explore.slider(lambda v: "text", [0, 1], alt="a"), "what draw returns must"),
        (
            lambda: explore.slider(lambda v: np.full((1, 1, 8, 8), 3.0), [0, 1], alt="a"),
            r"must hold images in \[-1, 1\]",
        ),
        (lambda: explore.slider(lambda v: np.zeros((v, 1, 8, 8)), [1, 4], alt="a"), "one size"),
        (lambda: explore.slider(grey, [0], alt="a"), "values must"),
        (lambda: explore.slider(grey, "ab", alt="a"), "values must"),
        (lambda: explore.slider(grey, 3, alt="a"), "values must be a sequence"),
        (lambda: explore.slider(grey, [0.0, float("nan")], alt="a"), "values must be finite"),
        (lambda: explore.slider(grey, [0, 1], alt=""), "alt must"),
        (lambda: explore.slider(grey, [0, 1], label="", alt="a"), "label must"),
        (lambda: explore.slider(grey, [0, 1], alt="a", start=2), r"start must be a whole number in 0\.\.1"),
        (lambda: explore.slider(grey, [0, 1], alt="a", texts=["x"]), "texts must"),
        (lambda: explore.slider(grey, [0, 1], alt="a", quality=101), "quality must"),
        (lambda: explore.pad(grey, [1, 0], [0, 1], alt="a"), "xs must be rising"),
        (lambda: explore.pad(grey, [0, 1], ["a", "b"], alt="a"), "ys must be rising"),
        (lambda: explore.pad(grey, [0, 1], [0, 1], labels="xy", alt="a"), "labels must|labels"),
        (lambda: explore.choices(grey, {"a": [1, 2]}, label="b", alt="a"), "label must be left out"),
        (lambda: explore.choices(grey, [1, 2], alt="a"), "label must"),
        (lambda: explore.choices(grey, {"a": [1, 2]}, alt="a", start=[0, 0]), "start must"),
    ],
)
def test_bad_arguments_are_named(make, what):
    with pytest.raises((ValueError, TypeError), match=what):
        make()

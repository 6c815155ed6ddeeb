"""Pictures and knobs of the players: sizes on the screen, the lightest form that fits, texts, positions, borders."""

import io
import json
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from PIL import Image

from ganbook.player import element, knobs, pictures


def noise(size=32, seed=0):
    return Image.fromarray(np.random.default_rng(seed).integers(256, size=(size, size, 3), dtype=np.uint8))


# ---- pictures


@pytest.mark.parametrize(
    ("width", "scale"), [(8, 40), (28, 11), (64, 5), (65, 7), (66, 7), (238, 2), (299, 2), (300, 1), (318, 1), (900, 1)]
)
def test_a_grid_is_enlarged_to_about_480_and_a_lone_sample_to_about_320_screen_pixels(width, scale):
    image = Image.new("L", (width, 10))
    assert pictures.enlarged(image) == scale and pictures.is_pixel_art(image) == (width < 300)
    shown = Image.open(io.BytesIO(pictures.png(image)))
    assert shown.size == (width * scale, 10 * scale)


def test_a_png_for_widgets_keeps_every_pixel_as_a_square():
    image = noise(20)
    large = np.array(Image.open(io.BytesIO(pictures.png(image))))
    assert np.array_equal(large, np.array(image).repeat(16, 0).repeat(16, 1))


def test_lines_between_samples_are_grey_on_digits_and_white_on_colours():
    for channels, gap in ((1, 40), (3, 255)):
        sheet = np.array(pictures.contact_sheet(np.zeros((4, channels, 3, 5))))
        assert sheet.shape[:2] == (8, 12)
        assert np.all(sheet[3:5] == gap) and np.all(sheet[:, 5:7] == gap) and np.all(sheet[:3, :5] == 128)


@pytest.mark.parametrize(("n", "ncol", "size"), [(5, None, (3, 2)), (4, None, (2, 2)), (5, 2, (2, 3)), (3, 9, (3, 1))])
def test_a_sheet_is_as_square_as_possible_or_as_wide_as_asked_for(n, ncol, size):
    x = torch.linspace(-1, 1, n).reshape(n, 1, 1, 1).expand(n, 1, 2, 2)
    sheet = np.array(pictures.contact_sheet(x, ncol))
    assert sheet.shape == (4 * size[1] - 2, 4 * size[0] - 2)
    greys = [int(sheet[4 * (k // size[0]), 4 * (k % size[0])]) for k in range(n)]
    assert greys == sorted(set(greys)) and greys[0] == 0 and greys[-1] == 255, "row by row"


def test_pictures_take_the_best_quality_that_fits_and_the_lightest_form_of_each():
    images = [noise(seed=k) for k in range(3)]
    assert pictures.QUALITIES == (80, 60, 40, 25)
    weights = [pictures.fitted(images, 10**9, (quality,))[1] for quality in pictures.QUALITIES]
    assert weights == sorted(weights, reverse=True)
    for quality, most in zip(pictures.QUALITIES, weights, strict=True):
        for budget, best in ((most, quality), (most - 1, {80: 60, 60: 40, 40: 25, 25: 25}[quality])):
            blobs, weight = pictures.fitted(images, budget)
            assert blobs == pictures.fitted(images, 10**9, (best,))[0]
            assert weight == sum(4 * -(-len(blob) // 3) for blob in blobs)
    flat = Image.new("RGB", (64, 64), (200, 10, 30))
    (blob,), _ = pictures.fitted([flat], 10**9)
    assert np.array_equal(np.array(Image.open(io.BytesIO(blob))), np.array(flat)), "without loss where that is lighter"


def test_whatever_can_be_shown_becomes_a_picture_and_its_figure_is_closed():
    assert [pictures.picture(Image.new(mode, (4, 3))).mode for mode in ("1", "L", "P", "RGBA")] == [
        "L",
        "L",
        "RGB",
        "RGB",
    ]
    fig, ax = plt.subplots(figsize=(2, 1), dpi=50)
    ax.axvspan(0, 1, color="red")
    for drawn in (ax, fig):
        assert pictures.picture(drawn).size == (100, 50)
    assert not plt.fignum_exists(fig.number)
    for bad, said in ((None, "got NoneType: does the function end in `return ax`?"), (3, "got int$")):
        with pytest.raises(ValueError, match=said):
            pictures.picture(bad)
    with pytest.raises(ValueError, match="drawn must be of shape"):
        pictures.picture(np.zeros((3, 3)), name="drawn")


@pytest.mark.parametrize(
    ("shape", "hint"),
    [
        ((4, 784), r"; flat images become a batch with .reshape\(-1, 1, 28, 28\)"),
        ((4, 9), r".reshape\(-1, 1, 3, 3\)"),
        ((4, 4), r"got \(4, 4\)$"),  # points, as like as not
        ((4, 10), r"got \(4, 10\)$"),
        ((784,), r"got \(784,\)$"),
        ((1, 28, 28), r"; one image becomes a batch with x\[None\]"),
    ],
)
def test_another_shape_is_told_what_it_may_have_meant(shape, hint):
    with pytest.raises(ValueError, match=hint):
        pictures.pixels(np.zeros(shape))


def test_an_array_is_a_float32_copy_of_finite_numbers():
    x = torch.ones(3, 2, dtype=torch.bfloat16, requires_grad=True)
    assert pictures.array(x, "x").dtype == np.float32
    y = np.ones(3, np.float32)
    pictures.array(y, "y")[:] = 7
    assert y.tolist() == [1, 1, 1]
    with pytest.raises(ValueError, match="x must be finite, got 2 nan or infinite values among 4"):
        pictures.array([1.0, float("nan"), float("inf"), 2.0], "x")
    with pytest.raises(ValueError, match="x must be a tensor or an array of numbers, got list"):
        pictures.array(["a"], "x")


# ---- knobs


def test_a_knob_has_two_values_or_more_and_a_text_for_each():
    knob, some = knobs.range_knob(np.array([-0.5, 1.0]), "t", "values")
    assert some == [-0.5, 1.0] and knob == element.Knob("range", "t", ("−0.5", "1"))
    assert knobs.range_knob([1, 2], "t", "values", ["one", "-2"])[0].texts == ("one", "-2")
    assert knobs.written([-1, 1.23456, "a-b", True], None) == ("−1", "1.23", "a-b", "True")
    for bad in ([1], "ab", b"ab", 3, [], (x for x in (1, 2)), [1, float("inf")]):
        with pytest.raises(ValueError, match="values must be"):
            knobs.listed(bad, "values")
    for bad in (["x"], "xy", ["x", "y", "z"]):
        with pytest.raises(ValueError, match=r"texts must name each of the 2 values"):
            knobs.written([1, 2], bad)


def test_numbers_rise_where_each_is_larger_than_the_one_before():
    assert knobs.rising([1, 2, 3]) and not knobs.rising([1, 1]) and not knobs.rising([2, 1])
    assert knobs.numbers([1, 2.0]) and not knobs.numbers([1, True]) and not knobs.numbers(["a", 1])


def test_a_knob_stands_in_the_middle_or_where_it_is_put():
    assert [knobs.position(None, n) for n in (2, 3, 4, 5)] == [0, 1, 1, 2]
    assert [knobs.position(at, 3) for at in range(3)] == [0, 1, 2]
    for at in (-1, 3):
        with pytest.raises(ValueError, match=r"start must be .*0\.\.2.*position"):
            knobs.position(at, 3)


# ---- the element


def shown(n, *, titles=(), start=(), **more):
    images = tuple(Image.new("L", (8, 8), 9 * k) for k in range(n))
    ranges = [element.Knob("range", "t", tuple(f"{k}" for k in range(n)))]
    blobs = [[bytes([k]) for k in range(n)]]
    return element.element([element.View(images, 'a "b"')], ranges, blobs, titles=titles, start=start, **more)


def test_a_range_is_filled_to_where_it_stands_and_its_title_has_its_place():
    html = shown(5, start=[1])
    assert 'max="4" step="1" value="1"' in html and 'style="--p:25%"' in html
    assert 'alt="a &quot;b&quot;"' in html and 'value="0"' in shown(5)
    assert 'style="--p:0%"' in shown(1)
    for length, wide in ((16, False), (17, True)):
        film = shown(2, titles=["x" * length, "y"], fps=4)
        assert (' gbp-wide"' in film) == wide and 'style="min-width:16ch"' in film
        assert "Film of 2 frames" in film and 'aria-label="Play"' in film
    assert 'style="min-width:0ch"' in shown(2, fps=4)
    data = json.loads(re.search(r'<script type="application/json">(.*?)</script>', shown(2), re.S)[1])
    assert (data["loop"], data["fps"], data["start"]) == (False, None, [0]) and '<div class="gbp-padbox' not in shown(2)
    assert ", " not in re.search(r'<script type="application/json">(.*?)</script>', shown(2), re.S)[1]
    assert re.search(r'data-gbp="gbp-[0-9a-f]{10}"', html)

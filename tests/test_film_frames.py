"""What a film shows, to the pixel: discs where the points are, in one plane; its frames, speed and files."""

import json
import re

import numpy as np
import pytest
import torch
from PIL import Image, ImageColor, ImageSequence

from ganbook import plot
from ganbook.player import pictures
from ganbook.player.film import CARD, FAKE, FRAME, POINTS, REAL_PALE, around

RGB = {name: np.array(ImageColor.getrgb(name), float) for name in (CARD, FAKE, FRAME, REAL_PALE)}


def frame(fake, real=None, bounds=(0, POINTS, 0, POINTS)):
    """A frame of points, by default in the plane whose unit is a pixel."""
    film = plot.Film(bounds=bounds, real=real)
    film.add(np.array(fake, float))
    return np.array(film.pictures[0]).astype(float)


def ink(picture, colour):
    """How much of a colour lies on the card, in thirds of a pixel squared, and its middle (x, y)."""
    share = ((RGB[CARD] - picture)[1:-1, 1:-1] @ (RGB[CARD] - RGB[colour])) / np.sum((RGB[CARD] - RGB[colour]) ** 2)
    rows, columns = np.mgrid[1 : POINTS - 1, 1 : POINTS - 1]
    x, y = ((share * at).sum() / max(share.sum(), 1e-9) + 0.5 for at in (columns, rows))
    return 9 * share.sum(), (x, POINTS - y)


def noise(n, **settings):
    film, rng = plot.Film(**settings), torch.Generator().manual_seed(0)
    for i in range(n):
        film.add(2 * torch.rand(16, 3, 28, 28, generator=rng) - 1, title=str(i))
    return film


def shown(film):
    return json.loads(re.search(r'<script type="application/json">(.*?)</script>', film._repr_html_(), re.S)[1])


def test_a_sample_is_a_disc_with_a_pale_rim_and_a_datum_a_smaller_one_without():
    """Of diameter 15 and 13 thirds of a pixel, the rim taking two on each side: radii 5.5 and 6.5 of colour."""
    away = [[-500.0, -500.0]]
    for cloud, colour, radius in (("fake", FAKE, 5.5), ("real", REAL_PALE, 6.5)):
        points = [[100.0, 250.0]]
        picture = frame(points) if cloud == "fake" else frame(away, points)
        area, middle = ink(picture, colour)
        assert area == pytest.approx(np.pi * radius**2, abs=9)
        assert middle == pytest.approx((100, 250), abs=0.25)
    both = frame([[100.0, 250.0]], [[100.0, 250.0]])
    assert both[POINTS - 250, 100] == pytest.approx(RGB[FAKE]), "samples lie on the data"
    crowd = frame([[100.0, 250.0], [103.0, 250.0]])
    assert ink(crowd, FAKE)[0] < 2 * np.pi * 5.5**2 - 20, "the rim of the later one cuts into the other"


def test_a_frame_is_one_pixel_wide_around_the_card():
    picture = frame([[-500.0, -500.0]])
    assert picture.shape == (360, 360, 3)
    inner = np.zeros((POINTS, POINTS), bool)
    inner[1:-1, 1:-1] = True
    assert np.all(picture[inner] == RGB[CARD]) and np.all(picture[~inner] == RGB[FRAME])


@pytest.mark.parametrize("side", [(1, 0), (-1, 0), (0, 1), (0, -1)])
@pytest.mark.parametrize("beyond", [-1.0, 0.4])
def test_a_disc_is_cut_by_the_border_and_one_far_away_harms_nothing(side, beyond):
    half, side = POINTS / 2, np.array(side)
    at = half + (half + beyond) * side
    area, middle = ink(frame([at]), FAKE)
    assert 0.5 < area < 0.8 * np.pi * 5.5**2 and middle == pytest.approx(half + half * side, abs=4)
    assert ink(frame([at, half + 1e15 * side]), FAKE)[0] == pytest.approx(area)


def test_the_plane_holds_all_but_far_strays_with_air_around():
    cloud = np.ones((1000, 2))
    cloud[::2] = -1
    cloud[0] = 50
    assert around([0.3 * np.ones((9, 2)), cloud]) == pytest.approx((-1.15, 1.15, -1.15, 1.15))
    assert around([np.zeros((3, 2))]) == (-1e-3, 1e-3, -1e-3, 1e-3)
    film = plot.Film(real=[[4.0, 0.0]])
    film.add(np.array([[1.0, 1.0]]))
    _, (x, y) = ink(np.array(film.pictures[0]).astype(float), FAKE)
    assert (x / POINTS - 0.5) * 2 == pytest.approx(1 / (1.15 * 4), abs=0.2), "the data count too"


def test_what_a_film_does_where_nothing_is_said():
    data = shown(noise(3))
    assert data["fps"] == 8 and data["loop"] is False and data["start"] == [2]
    assert data["alts"] == ["Samples of the generator, from the same z, as training goes on"]
    both = shown(plot.films(noise(3, fps=0.5, loop=True, alt="a"), noise(3, fps=30, alt="b"), labels=["x", "y"]))
    assert both["fps"] == 0.5 and both["loop"] is True and both["alts"] == ["a", "b"]


def test_frames_are_left_out_by_twos_until_the_budget_or_two_are_left_and_it_runs_as_much_slower():
    data = shown(noise(5, budget=1_000))
    assert data["titles"] == ["0", "4"] and data["fps"] == 8 / 4 and data["start"] == [1]
    assert shown(plot.films(noise(5), noise(5), labels=["a", "b"], budget=1_000))["titles"] == ["0", "4"]
    assert shown(noise(2, budget=1_000))["titles"] == ["0", "1"]


def test_a_budget_is_kept_to_the_byte():
    """The smallest form of all pictures has a weight: with that as the budget all stay, with one byte less some go."""
    _, weight = pictures.fitted(noise(5).pictures, 1_000)
    assert len(shown(noise(5, budget=weight))["titles"]) == 5
    assert len(shown(noise(5, budget=weight - 1))["titles"]) == 3


# ---- files


def flat(colours, size=8, **settings):
    film = plot.Film(**settings)
    for colour in colours:
        film.add(Image.new("RGB", (size, size), colour))
    return film


def test_films_stand_side_by_side_in_a_file_with_a_gap_of_the_card(tmp_path):
    colours = [["red", "lime"], ["blue", "yellow"], ["black", "white"]]
    plot.films(*(flat(some, 10 + 4 * k) for k, some in enumerate(colours)), labels=list("abc")).save(tmp_path / "a.GIF")
    with Image.open(tmp_path / "a.GIF") as gif:
        sheets = [np.array(one.convert("RGB")) for one in ImageSequence.Iterator(gif)]
    lefts = [0, 10 + 8, 10 + 8 + 14 + 8, 10 + 8 + 14 + 8 + 18]
    for k, sheet in enumerate(sheets):
        assert sheet.shape == (18, lefts[-1], 3)
        for some, left, right, size in zip(colours, lefts, lefts[1:], (10, 14, 18), strict=False):
            near = sheet[:size, left : left + size].reshape(-1, 3)
            assert np.abs(near - np.array(ImageColor.getrgb(some[k]), float)).max() < 9
            gap = sheet[:, left + size : right].reshape(-1, 3)
            assert gap.size == 0 or np.abs(gap - RGB[CARD]).max() < 9
    assert len(sheets) == 2


@pytest.mark.parametrize(("fps", "each", "last"), [(4, 250, 1500), (30, 30, 1500), (0.5, 2000, 2000)])
def test_a_file_runs_at_the_speed_of_the_film_and_rests_at_its_end(fps, each, last, tmp_path):
    flat(["red", "lime", "blue"], fps=fps).save(tmp_path / "a.gif")
    with Image.open(tmp_path / "a.gif") as gif:
        assert [one.info["duration"] for one in ImageSequence.Iterator(gif)] == [each, each, last]


# ---- borders of what is allowed


def test_the_ends_of_the_ranges_are_allowed_and_what_is_beyond_them_is_not():
    assert plot.Film(fps=30).fps == 30 and plot.Film(fps=0.5).fps == 0.5 and plot.Film(budget=1_000).budget == 1_000
    assert plot.films(flat(["red"]), flat(["red"]), labels=["a", "b"], budget=1_000).budget == 1_000
    for fps, budget in ((30.5, 1_000), (8, 999)):
        with pytest.raises(ValueError, match="fps|budget"):
            plot.Film(fps=fps, budget=budget)
    for bounds in ((1, 1, 0, 1), (0, 1, 2, 2), (0, 1, 0, 1, 2)):
        with pytest.raises(ValueError, match="bounds must"):
            plot.Film(bounds=bounds)
    with pytest.raises(ValueError, match=r"frame must be points of shape \(n, 2\), got \(0, 2\)"):
        plot.Film().add(np.zeros((0, 2)))

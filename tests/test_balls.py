"""The neighbour balls of chapter 6, in JavaScript, against ganbook.metrics: the same points, the same four scores.

It runs in V8 without a browser; tests/browser/test_balls.py drags with a mouse and holds the page to the same numbers.
"""

import json

import pytest
import torch
from py_mini_racer import mini_racer

from ganbook import explore, metrics
from ganbook.metrics.pairs import radii
from ganbook.player.drag import bundle
from ganbook.player.drag.balls import points

GROUND, TEXT = ((bundle.HERE / name).read_text(encoding="utf-8") for name in ("drag.js", "balls.js"))
SCORES = ("precision", "recall", "density", "coverage")


def computed(cases, text=TEXT):
    """What the page's script finds for each (real, fake, k)."""
    with mini_racer() as context:
        context.eval(f"var scores = (() => {{ {GROUND} {text} return scoresOf; }})()")
        given = json.dumps([{"real": real.tolist(), "fake": fake.tolist(), "k": k} for real, fake, k in cases])
        return json.loads(context.eval(f"JSON.stringify({given}.map(scores))"))


def library(real, fake, k):
    found = (*metrics.precision_recall(real, fake, k), *metrics.density_coverage(real, fake, k))
    return [float(score) for score in found]


def gap(cases, text=TEXT):
    """The largest difference to the library, of any score."""
    return max(
        abs(found[name] - wanted)
        for case, found in zip(cases, computed(cases, text), strict=True)
        for name, wanted in zip(SCORES, library(*case), strict=True)
    )


def clouds(seed, n, m, where=0.5):
    rng = torch.Generator().manual_seed(seed)
    real, fake = (torch.randn(count, 2, generator=rng, dtype=torch.float64) for count in (n, m))
    return real, 0.8 * fake + where


CLOUDS = [(*clouds(seed, 16, 14), k) for seed in range(12) for k in (1, 3, 5, 13)]


def on_a_grid(step, turn=0.0, far=0.0):
    """Points of two grids, turned and moved: a great many fakes lie on the border of a ball."""
    rng = torch.Generator().manual_seed(3)
    angle = torch.tensor(turn, dtype=torch.float64)
    rotation = torch.stack([torch.stack([angle.cos(), -angle.sin()]), torch.stack([angle.sin(), angle.cos()])])
    real, fake = (torch.randint(0, 5, (14, 2), generator=rng).double() * step @ rotation + far for _ in range(2))
    return [(real, fake, k) for k in (1, 2, 4)]


def test_the_four_scores_are_those_of_the_library():
    assert gap(CLOUDS) < 1e-12
    found = torch.tensor([library(*case) for case in CLOUDS])
    assert bool((found.max(0).values - found.min(0).values > 0.3).all()), "nothing to tell apart"


@pytest.mark.parametrize(
    "cases",
    [
        pytest.param(on_a_grid(1.0), id="whole"),
        pytest.param(on_a_grid(0.1), id="tenths"),
        pytest.param(on_a_grid(0.1, turn=0.7), id="turned"),
        pytest.param(on_a_grid(0.1, turn=0.7, far=3.3), id="moved"),
    ],
)
def test_a_sample_on_the_border_of_a_ball_is_inside(cases):
    """Where distances are equal but for rounding, the page takes the side that the library takes."""
    assert gap(cases) < 1e-12


@pytest.mark.parametrize(
    ("right", "wrong", "cases"),
    [
        (
            "<= squared[i]",
            "< squared[i]",
            on_a_grid(1.0),
        ),  # the border left out, as the package prdc has it (slip and all)
        ("[k])", "[k - 1])", CLOUDS),  # the sample counted as its own neighbour
        ("[k])", "[k + 1])", CLOUDS[:3]),
        ("ballsAround(fakes, reals, k", "ballsAround(reals, reals, k", CLOUDS),  # recall by the wrong balls
        ("(k * fakes.length)", "(k * reals.length)", CLOUDS),
        ("row.some(Boolean)", "row.every(Boolean)", CLOUDS),
        ("many(real.rows.flat())", "many(real.inside)", CLOUDS),
    ],
)
def test_a_planted_defect_is_seen(right, wrong, cases):
    assert TEXT.count(right) == 1
    planted = TEXT.replace(right, wrong)
    if wrong == "< squared[i]":
        planted = planted.replace("16 * Number.EPSILON", "0")
    assert gap(cases, planted) > 0.01


def test_without_the_slip_rounding_decides_at_the_border():
    planted = TEXT.replace("16 * Number.EPSILON", "0")
    assert planted != TEXT
    assert gap(on_a_grid(0.1, turn=0.7, far=3.3), planted) > 0.01


def test_radii_are_those_of_the_library():
    real, fake, k = CLOUDS[1]
    (found,) = computed([(real, fake, k)])
    for side, own in (("real", real), ("fake", fake)):
        wanted = radii(own, k).sqrt()
        torch.testing.assert_close(torch.tensor(found[side]["radii"], dtype=torch.float64), wanted, rtol=0, atol=1e-12)


def test_points_on_one_spot_have_scores_and_they_are_the_library_s():
    spot = torch.full((6, 2), 0.3, dtype=torch.float64)
    for real, fake in ((spot, spot), (spot, spot + 1), (clouds(0, 6, 6)[0], spot), (spot, clouds(0, 6, 6)[0])):
        for k in (1, 5):
            assert gap([(real, fake, k)]) < 1e-12
    (found,) = computed([(spot, spot, 5)])
    assert [found[name] for name in SCORES] == [1, 1, 6 / 5, 1] and set(found["real"]["radii"]) == {0}


def test_more_neighbours_than_there_are_points_are_as_many_as_there_are():
    real, fake = clouds(1, 5, 9)
    assert computed([(real, fake, 99)]) == computed([(real, fake, 4)])


@pytest.mark.parametrize("case", CLOUDS[::7])
def test_who_counts_and_what_the_largest_ball_does_is_told(case):
    real, fake, k = case
    (found,) = computed([case])
    inside = torch.cdist(fake, real) <= radii(real, k).sqrt()
    assert found["real"]["inside"] == inside.any(1).tolist() and found["real"]["holds"] == inside.any(0).tolist()
    assert found["fake"]["inside"] == (torch.cdist(real, fake) <= radii(fake, k).sqrt()).any(1).tolist()
    rest = torch.arange(len(real)) != radii(real, k).argmax()
    assert found["without"] == pytest.approx(float(inside[:, rest].any(1).double().mean()))


def test_one_outlier_does_to_the_scores_what_the_chapter_says():
    """At k = 3, whichever point it is, and in whichever part of the middle of the edge it ends."""
    sets = {name: torch.tensor(rows, dtype=torch.float64) for name, rows in points().items()}
    assert library(*sets.values(), 3) == pytest.approx([0.5, 0.5, 13 / 42, 5 / 16])

    def moved(side, i, place):
        own = sets[side].clone()
        own[i] = torch.tensor(place)
        return *(sets | {side: own}).values(), 3

    heights = (-0.6, 0.0, 0.6)
    behind_fakes = [moved("real", i, [x, y]) for i in range(16) for x in (3.0, 3.4) for y in heights]
    for case, found in zip(behind_fakes, computed(behind_fakes), strict=True):
        precision, recall, density, coverage = library(*case)
        assert precision == 1 and density < 0.7 and coverage < 0.4 and recall <= 0.5
        assert found["without"] < 0.65
    for j in range(14):
        for y in heights:
            precision, recall, density, coverage = library(*moved("fake", j, [-3.2, y]))
            assert recall == 1 and precision <= 0.5 and density < 0.32 and coverage < 0.32


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"k": 9}, "k must be a whole number in 1..8"),
        (
            {"k": 2, "fake": [[0, 0], [1, 1]]},
            "k must be a whole number in 1..1, got 2 .one less than the points at most",
        ),
        ({"real": [[0, 0]]}, "real must be 2 to 40 points"),
        ({"real": [[0, 0], [4, 0]]}, "real must be 2 to 40 points .x, y. with .x. <= 3.4"),
        ({"fake": [[0, 0], [float("nan"), 0]]}, "fake must hold finite numbers"),
    ],
)
def test_what_cannot_be_shown_is_refused(asked, says):
    with pytest.raises(ValueError, match=says):
        explore.balls(**asked)

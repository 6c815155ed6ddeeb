"""What the pieces of a page allow at the ends of their ranges, what they are where nothing is said, and their texts."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganbook import data
from ganbook.losses import Hinge
from ganbook.player import film, pictures, source, table
from ganbook.player.drag import anchors, balls, dirac, overlap, transport
from ganbook.player.front_end import same_randomness
from ganbook.player.live import mount as live

FAR = [[3.4, -2.4], [-3.4, 2.4], [0.0, 0.0]]


@pytest.mark.parametrize(
    "make",
    [
        lambda: anchors(2, (-1, 1), 0.05, (0, 1)),
        lambda: anchors(50, (1, -1), 1, (1, 0)),
        lambda: dirac("wasserstein", 0, 0.1, (-2, 2)),
        lambda: dirac("non-saturating", 2, 2, (2, -2)),
        lambda: balls(2, FAR, FAR),
        lambda: balls(8, FAR * 3, [*FAR * 13, FAR[0]]),
        lambda: balls(1, FAR[:2], FAR[:2]),
        lambda: overlap(1, 1, 0),
        lambda: overlap(6, 4, 2),
        lambda: transport([[0, 0]], [[4, 3]]),
        lambda: transport([[0, 0]] * 40, [[-4, -3]] * 40, order=2),
        lambda: live.game(rate_d=1, rate_g=1),
        lambda: live.game(points="1,2"),
    ],
)
def test_the_ends_of_a_range_are_allowed(make):
    assert "<svg" in make()._repr_html_()


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: anchors(51), "outcomes"),
        (lambda: anchors(std=1.01), "std"),
        (lambda: anchors(means=(-1.1, 0)), "means"),
        (lambda: anchors(w=(-0.1, 0)), "w"),
        (lambda: anchors(w=(0.1, 0.2, 0.3)), "w"),
        (lambda: dirac(gamma=2.1), "gamma"),
        (lambda: dirac(h=2.1), "h"),
        (lambda: dirac(h=0.09), "h"),
        (lambda: dirac(start=(0, 0, 0)), "start"),
        (lambda: balls(1, FAR, [[0, 0]] * 41), "fake"),
        (lambda: balls(0), "k"),
        (lambda: balls(1, FAR, [[0, 2.5], [0, 0]]), "fake"),
        (lambda: balls(1, [0, 0]), "real"),
        (lambda: overlap(7), "kernel"),
        (lambda: overlap(stride=0), "stride"),
        (lambda: overlap(padding=-1), "padding"),
        (lambda: transport([[0, 0]] * 41, [[0, 0]] * 41), "earth"),
        (lambda: transport([[0, 3.1]], [[0, 0]]), "earth"),
        (lambda: transport([[0, 0]], [[4.1, 0]]), "holes"),
        (lambda: live.game(points=3), "points"),
        (lambda: live.game(rate_d=1.01), "rate_d"),
    ],
)
def test_what_lies_beyond_them_is_named(make, name, as_readers):
    with pytest.raises(ValueError, match=f"^{name} must"):
        make()


def test_where_nothing_is_said_a_piece_begins_so():
    assert balls().state["k"] == 3 and (len(balls().state["real"]), len(balls().state["fake"])) == (16, 14)
    assert anchors().state == {"M": 20, "low": -0.5, "high": 0.5, "std": 0.5, "fake": 0.25, "partner": 0.75}
    assert dirac().state == {"loss": "minimax", "gamma": 0.0, "h": 0.2, "start": [1.0, -1.0]}
    assert [overlap().state[name] for name in ("kernel", "stride", "padding")] == [5, 2, 0]
    assert (transport().state["order"], len(transport().state["earth"])) == (1, 30)


def test_a_plane_of_a_film_has_four_finite_ends_in_their_order(as_readers):
    assert film.corners(1.5) == (-1.5, 1.5, -1.5, 1.5) and film.corners((0, 1, -2, 3)) == (0, 1, -2, 3)
    for bad in (
        "2222",
        [1, "a", 2, 3],
        None,
        (0, 1, 2),
        (1, 1, 0, 1),
        (0, 1, 1, 1),
        0,
        float("inf"),
        (0, float("nan"), 0, 1),
    ):
        with pytest.raises(ValueError, match="bounds must be positive, or"):
            film.corners(bad)


def test_a_lower_quality_is_lighter():
    noise = Image.fromarray(np.random.default_rng(0).integers(256, size=(64, 64, 3), dtype=np.uint8))
    weights = [pictures.fitted([noise], 10**9, (quality,))[1] for quality in pictures.QUALITIES]
    assert all(a > b for a, b in zip(weights, weights[1:], strict=False))


def test_numbers_have_the_minus_of_a_page_and_texts_their_hyphen():
    html = table.table([["a-1", -1.5, "-x"]], ["run-2", "v-3", "w"])._repr_html_()
    assert ">\u22121.5<" in html and "-1.5" not in html
    for text in ("a-1", "run-2", "v-3", "-x"):
        assert f">{text}<" in html


def test_only_methods_of_several_pieces_are_headed_by_their_class():
    def local():
        return 1

    both = repr(source.source(Hinge.g, data.ring, Hinge))
    assert both.count("# Hinge.g\n") == 1 and "# ring" not in both and "# Hinge\n" not in both
    assert "#" not in repr(source.source(Hinge.g)) and "<locals>" not in repr(source.source(local, data.ring))


def test_what_is_drawn_under_a_knob_leaves_every_generator_where_it_was():
    import random

    def states():
        return random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002

    before = states()
    with same_randomness():
        random.random(), np.random.rand(), torch.rand(1)  # noqa: NPY002
    assert states() == before

"""What is refused, in which words, and where each refusal begins: both sides of every border."""

import math
import pathlib
import re
import warnings

import numpy as np
import pytest
import torch

from ganbook import checks

Z = torch.zeros


class Layer(torch.nn.Linear):
    """A class of that kind."""


PARAMETER = torch.nn.Parameter(Z(1))
TAKEN = [
    lambda: checks.whole("n", 1),
    lambda: checks.whole("n", np.int64(7), 7, 7),
    lambda: checks.whole("n", 2**63 - 1),
    lambda: checks.whole("n", 3, 2, 3),
    lambda: checks.finite("x", -1e300),
    lambda: checks.finite("x", 2**63 - 1),
    lambda: checks.positive("x", 5e-324),
    lambda: checks.not_negative("x", 0),
    lambda: checks.inside("x", 0, 0, 1),
    lambda: checks.inside("x", 1, 0, 1),
    lambda: checks.inside("x", 1, 0, 1, "(]"),
    lambda: checks.inside("x", 0, 0, 1, "[)"),
    lambda: checks.one_of("x", None, (None, "a")),
    lambda: checks.text("x", "a word"),
    lambda: checks.path("x", "a"),
    lambda: checks.path("x", pathlib.Path("a")),
    lambda: checks.like("x", None, "save", "a file"),
    lambda: checks.flag("x", np.True_),
    lambda: checks.device("x", None),
    lambda: checks.device("x", "cpu"),
    lambda: checks.series("x", range(0)),
    lambda: checks.each("x", (0.5, 1), lambda v: v > 0, "two", 2),
    lambda: checks.each("x", [1, 2, 3], lambda v: v > 0, "some"),
    lambda: checks.modules("x", [torch.nn.ReLU()]),
    lambda: checks.function("x", len),
    lambda: checks.maker("x", Layer, "a layer", torch.nn.Linear),
    lambda: checks.maker("x", lambda: 3, "a layer", torch.nn.Linear),
    lambda: checks.threshold("x", 1.0, "hub"),
    lambda: checks.threshold("x", 1.5, "resampled"),
    lambda: checks.tensor("x", Z(3, 2), "n", 2),
    lambda: checks.batch("x", (Z(3, 2), Z(3).long())),
    lambda: checks.batch("x", Z(3)),
    lambda: checks.loss("x", PARAMETER.sum()),
    lambda: checks.fits("x", Z(3, 2), Z(1), "n", 2),
    lambda: checks.parameters("x", [{"params": [PARAMETER]}]),
    lambda: checks.all_finite("x", torch.tensor([-9.9e18])),
    lambda: checks.images("x", torch.full((1, 3, 2, 2), 1.0005), (1, 3)),
    lambda: checks.images("x", torch.full((1, 2, 2, 2), -1.0005)),
    lambda: checks.numbers("x", [1, 2]),
]


@pytest.mark.parametrize("call", TAKEN)
def test_what_is_right_is_taken_without_a_word(call, as_readers):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        call()


NORMALISED = (
    " (normalised by a mean and a deviation? x * deviation + mean undoes that; 2 * x - 1 brings 0..1 to [-1, 1])"
)
REFUSED = [
    (lambda: checks.whole("n", 0), "n must be a whole number >= 1, got 0"),
    (lambda: checks.whole("n", 2**63), f"n must be a whole number >= 1, got {2**63}"),
    (lambda: checks.whole("n", 4, 2, 3, note="why"), "n must be a whole number in 2..3, got 4 (why)"),
    (lambda: checks.whole("n", 1, 2, 3), "n must be a whole number in 2..3, got 1"),
    (lambda: checks.whole("n", True), "n must be a whole number >= 1, got True"),
    (lambda: checks.whole("n", 2.0), "n must be a whole number >= 1, got 2.0"),
    (lambda: checks.finite("x", math.inf), "x must be a finite number, got inf"),
    (lambda: checks.finite("x", False), "x must be a finite number, got False"),
    (lambda: checks.finite("x", -(2**63)), f"x must be a finite number, got {-(2**63)}"),
    (lambda: checks.positive("x", 0.0), "x must be a finite number > 0, got 0.0"),
    (lambda: checks.positive("x", 0, of="of images"), "x must be a finite number of images > 0, got 0"),
    (lambda: checks.not_negative("x", -1e-9), "x must be a finite number >= 0, got -1e-09"),
    (lambda: checks.inside("x", 0, 0, 1, "(]"), "x must be a number in (0, 1], got 0"),
    (lambda: checks.inside("x", 1, 0, 1, "[)"), "x must be a number in [0, 1), got 1"),
    (lambda: checks.inside("x", 1.5, 0, 1), "x must be a number in [0, 1], got 1.5"),
    (lambda: checks.one_of("x", 1, (True, "a")), "x must be one of True, 'a', got 1"),
    (lambda: checks.one_of("x", "c", ("a", "b")), "x must be one of a, b, got 'c'"),
    (lambda: checks.one_of("x", 1, ()), "x must be one of none (there is nothing to choose from), got 1"),
    (lambda: checks.text("x", " "), "x must be one non-empty line of text, got ' '"),
    (lambda: checks.text("x", "a\nb"), "x must be one non-empty line of text, got 'a\\nb'"),
    (lambda: checks.path("x", ""), "x must be a path, got ''"),
    (lambda: checks.path("x", "a\0b"), "x must be a path, got 'a\\x00b'"),
    (lambda: checks.like("x", str, "join", "a text"), "x must be a text, got the class str"),
    (lambda: checks.like("x", 3, "join", "a text"), "x must be a text, got 3"),
    (lambda: checks.flag("x", 1), "x must be True or False, got 1"),
    (
        lambda: checks.device("x", "abacus"),
        'x must be one that torch can use here, such as "cpu" or "cuda", got \'abacus\'',
    ),
    (lambda: checks.series("x", "ab"), "x must be a list, got 'ab'"),
    (lambda: checks.series("x", b"ab"), "x must be a list, got b'ab'"),
    (lambda: checks.series("x", torch.tensor(1.0)), "x must be a list, got tensor(1.)"),
    (lambda: checks.each("x", (0.5,), lambda v: v > 0, "two", 2), "x must be two, got (0.5,)"),
    (lambda: checks.each("x", (0.5, 0), lambda v: v > 0, "two", 2), "x must be two, got (0.5, 0)"),
    (lambda: checks.modules("x", []), "x must be a list of one or more layers, got []"),
    (lambda: checks.function("x", 3), "x must be a function, got 3"),
    (lambda: checks.maker("x", 3, "a layer"), "x must be a layer, got 3"),
    (lambda: checks.maker("x", dict, "a layer", torch.nn.Linear), "x must be a layer, got the class dict"),
    (lambda: checks.maker("x", torch.nn.Module, "a layer", Layer), "x must be a layer, got the class Module"),
    (lambda: checks.threshold("x", 1.5, "hub"), "x must be a number in (0, 1], got 1.5"),
    (lambda: checks.threshold("x", 0.0, "resampled"), "x must be a finite number > 0, got 0.0"),
    (lambda: checks.tensor("x", [1.0]), "x must be a tensor, got [1.0]"),
    (lambda: checks.tensor("x", Z(3, 2), "n", what="rows"), "x must be rows of shape (n,), got shape (3, 2)"),
    (lambda: checks.tensor("x", Z(3, 2), "n", 3), "x must be a tensor of shape (n, 3), got shape (3, 2)"),
    (lambda: checks.tensor("x", Z(3).long()), "x must be a tensor in floating point, got torch.int64"),
    (
        lambda: checks.tensor("x", Z(0, 2), "n", 2),
        "x must be a tensor of shape (n, 2) and not be empty, got shape (0, 2)",
    ),
    (lambda: checks.batch("x", torch.tensor(1.0)), "x must be samples of shape (n, ...), got shape ()"),
    (lambda: checks.batch("x", (Z(3, 2), Z(2))), "x must hold tensors of 3 rows, got Tensor of shape (2,)"),
    (lambda: checks.batch("x", (Z(3, 2), torch.tensor(1))), "x must hold tensors of 3 rows, got tensor(1)"),
    (lambda: checks.batch("x", (Z(3, 2), [1, 2, 3])), "x must hold tensors of 3 rows, got [1, 2, 3]"),
    (lambda: checks.batch("x", ()), "x must be samples, a tensor, got ()"),
    (
        lambda: checks.loss("x", Z(1)),
        "x must be one number each, and hang on the player's weights, got Tensor of shape (1,)",
    ),
    (
        lambda: checks.loss("x", PARAMETER * Z(2)),
        "x must be one number each, and hang on the player's weights, got Tensor of shape (2,)",
    ),
    (
        lambda: checks.fits("x", Z(1).double(), Z(1)),
        "x must be of the type of the weights, torch.float32, got torch.float64",
    ),
    (lambda: checks.parameters("x", []), "x must be one or more parameters of networks, got []"),
    (
        lambda: checks.parameters("x", PARAMETER),
        f"x must be one or more parameters of networks, got {checks.shown(PARAMETER)}",
    ),
    (lambda: checks.parameters("x", [3]), "x must be one or more parameters of networks, got [3]"),
    (
        lambda: checks.all_finite("x", torch.tensor([1e19, 0.0, math.nan, -math.inf])),
        "x must be finite, got nan or inf in 3 entries (or beyond 1e19)",
    ),
    (
        lambda: checks.images("x", Z(1, 2, 2, 2), (1, 3)),
        "x must be a tensor of shape (n, 1 or 3, h, w), got shape (1, 2, 2, 2)",
    ),
    (lambda: checks.images("x", Z(2, 2, 2)), "x must be a tensor of shape (n, c, h, w), got shape (2, 2, 2)"),
    (
        lambda: checks.images("x", torch.full((1, 1, 1, 2), 1.002)),
        "x must hold images in [-1, 1], got values from 1.002 to 1.002",
    ),
    (
        lambda: checks.images("x", torch.full((1, 1, 1, 2), -1.002)),
        f"x must hold images in [-1, 1], got values from -1.002 to -1.002{NORMALISED}",
    ),
    (lambda: checks.numbers("x", [True]), "x must hold real numbers, got [True]"),
    (lambda: checks.numbers("x", torch.ones(2) + 0j), "x must hold real numbers, got Tensor of shape (2,)"),
    (lambda: checks.numbers("x", [1.0, math.inf]), "x must hold finite numbers, got inf"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED, ids=[str(k) for k in range(len(REFUSED))])
def test_what_is_wrong_is_refused_in_these_words(call, message, as_readers):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        call()


@pytest.mark.parametrize(
    ("low", "high", "hint"),
    [
        (-1.0, 2.0, ""),
        (-1.0, 2.5, " (for pixels in 0..255: x / 127.5 - 1)"),
        (0.0, 255.0, " (for pixels in 0..255: x / 127.5 - 1)"),
        (0.0, 255.5, " (for pixels in 0..65535: x / 32767.5 - 1)"),
        (-1.5, 9.9, NORMALISED),
        (-9.9, 0.0, NORMALISED),
        (-10.0, 0.0, ""),
        (-1.5, 10.0, ""),
    ],
)
def test_how_values_out_of_range_are_probably_meant(low, high, hint):
    assert checks.into_range(low, high) == hint


@pytest.mark.parametrize(
    ("low", "high", "warned"),
    [(0.0, 1.0, True), (0.2, 0.8, True), (0.25, 0.8, False), (0.2, 0.75, False), (-0.01, 1.0, False)],
)
def test_images_that_seem_to_lie_between_0_and_1_are_warned_of(low, high, warned):
    x = torch.tensor([low, high]).view(1, 1, 1, 2)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        assert checks.images("x", x) is x
    assert len(said) == warned
    assert not said or "x holds images from" in str(said[0].message)


def test_what_is_handed_back():
    for kind, wide in ((torch.float16, torch.float32), (torch.bfloat16, torch.float32), (torch.float64, torch.float64)):
        assert checks.single("x", Z(2, dtype=kind)).dtype == wide
    x = torch.ones(2, requires_grad=True)
    assert checks.numbers("x", x).requires_grad and checks.numbers("x", x).dtype == torch.float64
    assert type(checks.whole("n", np.int64(3))) is int
    assert checks.numbers("x", np.arange(3)[::-1]).tolist() == [2, 1, 0]
    assert checks.shown("a" * 98) == repr("a" * 98) and checks.shown("a" * 99) == "'" + "a" * 96 + "..."
    assert checks.shown(torch.tensor(1.0)) == "tensor(1.)" and checks.shown(np.ones(2)) == "ndarray of shape (2,)"


def test_a_network_that_breaks_off_is_told_with_what_it_was_asked():
    def breaking(kind):
        def network(*given):
            raise kind("no")

        return checks.answering("D", network)

    x = Z(2, 3)
    for kind in (RuntimeError, IndexError, TypeError):
        with pytest.raises(
            ValueError, match=rf"^D must take Tensor of shape \(2, 3\), torch.float32 and 5, got {kind.__name__}: no$"
        ):
            breaking(kind)(x, 5)
    for kind in (torch.OutOfMemoryError, KeyError):
        with pytest.raises(kind):
            breaking(kind)(x)
    assert checks.answering("D", torch.neg)(x) is not None


def test_what_autocast_will_make_fit_fits():
    x, weight = Z(3, 2, dtype=torch.bfloat16), Z(1)
    with torch.autocast("cpu", torch.bfloat16):
        assert checks.fits("x", x, weight) is x and checks.fits("x", Z(2), weight) is not None
    assert checks.maps("x", Z(1, 3, 2, 2), torch.nn.Conv2d(3, 1, 1)).shape == (1, 3, 2, 2)

"""What a bound shows and how near it was: ends, borders, and numbers as a line writes them."""

import math

import pytest

from ganbook import bounds, claims
from ganbook.bounds import agrees, all_of, between, close, contains, equals, falling, rising, row

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: close(1.0, 1.0, [1, 2]), "tolerance"),
        (lambda: agrees([1, 2], 1, 1), "value"),
        (lambda: agrees(1, [1, 2], 1), "expected"),
        (lambda: agrees(1, 1, [1, 2]), "error"),
        (lambda: agrees(1, 1, 1, [5, 6]), "times"),
        (lambda: between(1, [0, 1], 2), "low"),
        (lambda: between(1, 0, [1, 2]), "high"),
        (lambda: equals(1, [1, 2]), "expected"),
        (lambda: contains((0, 1), [0, 1]), "number"),
        (lambda: row([1, 2], one=True), "value"),
        (lambda: row([], "here"), "here"),
        (lambda: rising([1]), "values"),
        (lambda: falling([1]), "values"),
    ],
)
def test_where_one_number_is_asked_for_a_row_is_refused(call, name, as_readers):
    with pytest.raises(ValueError, match=f"^{name} must be (one number|at least two)"):
        call()


def test_ends_of_a_range_belong_to_it_and_ends_of_an_interval_do_not():
    assert between(0, 0, 1) and between(1, 0, 1) and not between(1.1, 0, 1)
    assert not contains((0, 1), 0) and not contains((0, 1), 1) and contains((0, 1), 0.5)
    assert not close(1.0, 1.5, 0.5) and close(1.0, 1.5, 0.5000001)
    assert not agrees(1.0, 6.0, 1.0) and agrees(1.0, 5.9, 1.0) and agrees(1.0, 6.5, 1.0, times=6)


def test_the_margin_is_that_of_the_nearer_end_or_the_worst_pair():
    assert (between(0.2, 0, 1).limit, between(0.9, 0, 1).limit) == (0, 1)
    assert between([0.4, 0.2, 0.9], 0, 1).value == 0.9
    assert (contains((-1, 3), 0).value, contains((-3, 1), 0).value) == (-1, 1)
    assert contains((1, 4), 3).value == 4 and contains((2, 9), 3).value == 2
    assert (rising([1, 4, 5]).value, rising([1, 4, 5]).limit) == (5, 4), "the smallest step"
    assert (rising([1, 4, 3, 5]).value, rising([1, 4, 3, 5]).limit) == (3, 4), "a step back is worse than any"
    assert (falling([9, 3, 2]).value, falling([9, 3, 2]).limit) == (2, 3)
    assert (falling([-9, -13, -20]).value, falling([-9, -13, -20]).limit) == (-13, -9)
    assert equals([8, 7, 11], 8).value == 11 and close([1, 2], [1.5, 2.1], 1).value == 0.5
    assert all_of(claims.below(1, 2), claims.below(3, 4)).value == 3
    assert all_of(claims.below(NAN, 2), claims.below(3, 4)).margin != 0


def test_a_row_of_six_is_told_by_its_ends_and_of_five_whole():
    assert rising([1, 2, 3, 4, 5]).note == "1, 2, 3, 4, 5, asked rising"
    assert rising([1, 2, 3, 4, 5, 6]).note == "1 to 6, asked rising, 6 values"
    assert equals(0.12345678, 0.12345678).note == "0.123457, asked 0.123457"
    assert equals([1, 1], 1).note == "1 and 1, asked 1" and equals([1] * 3, 1).note == "1 to 1, asked 1, 3 values"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (NAN, "nan"),
        (-INF, "-inf"),
        (1e-3, "0.001"),
        (9.94e-4, "9.9e-4"),
        (0.0099996, "0.01"),
        (12.345, "12.3"),
        (999_999.0, "999999"),
        (1e6, "1e6"),
        (1_234_567.0, "1.2e6"),
        (-0.59123, "-0.591"),
    ],
)
def test_three_digits_or_two_and_a_power(number, text):
    assert bounds._say(number) == text


@pytest.mark.parametrize(
    ("bound", "measured"),
    [
        (close(0.123456789, 0.1234, 1e-3), "0.1235"),
        (close(0.123456789, 0.1234, 1e-4), "0.12346"),
        (close(1234.56789, 1234.5, 1), "1234.6"),
        (close(0.0, 0.0, 1e-3), "0"),
        (close(3e-9, 0.0, 1e-3), "3e-9"),
        (between(0.69996, 0.5, 0.7), "0.7"),
        (between(0.123456, 0, 1), "0.123"),
    ],
)
def test_a_number_beside_one_that_it_meets_has_the_decimals_of_the_tolerance_and_one_more(bound, measured):
    assert bound and bound.measured == measured


def test_a_limit_is_written_in_six_digits():
    assert [bounds._asked(x) for x in (8.0, 1e7 - 1, 1e7, 0.1234567, 1e-9)] == [
        "8",
        "9999999",
        "1e7",
        "0.123457",
        "1e-9",
    ]


def test_times_of_an_infinite_or_a_missing_scale():
    assert claims.below(INF, 1).times is None and claims.below(0.5, INF).times is None
    assert claims.below(0.0, 0.5).times == INF and claims.above(0.0, -0.5).times == INF
    assert math.isclose(claims.below(0.25, 0.5).times, 2) and math.isclose(claims.above(-0.25, -0.5).times, 2)
    assert claims.at_most(1, 4).times == 4 and claims.at_least(8, 4).times == 2


def test_a_seed_starts_at_0_and_a_log_keeps_every_letter(tmp_path, monkeypatch):
    assert claims.seed() == 0 and claims.seed(0) == 0 and claims.rng().initial_seed() == 0
    monkeypatch.setenv("GANBOOK_CLAIMS", str(tmp_path / "log"))
    claims.claim("größer", claims.above(1, 0))
    assert b"gr\\u00f6\\u00dfer" in (tmp_path / "log").read_bytes()

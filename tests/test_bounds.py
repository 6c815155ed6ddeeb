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


# --- what a bound keeps and says, where several values are asked


def test_many_values_each_beside_its_own_are_told_by_the_largest_error():
    bound = close([1.0, 2.0, 4.0], [1.0, 2.1, 3.5], 1.0)
    assert bound and (bound.value, bound.limit, bound.note) == (0.5, 1.0, "0.5, asked error < 1, 3 values")
    assert close([1.0, 2.0], [1.0, 2.1], 1.0).note == "1 and 2, asked 1 and 2.1 ± 1"
    assert close([1.0, 2.0, 2.0], [2.0, 2.0, 2.0], 3.0).note == "1 to 2, asked 2 ± 3, 3 values"


def test_what_is_measured_by_this_run_too_stands_beside_the_value():
    bound = close([1.0, 2.0], [1.126, 2.0], 0.5, measured=True)
    assert bound and (bound.value, bound.limit) == (pytest.approx(0.126), 0.5)
    assert bound.note == "1 and 2 vs 1.13 and 2, asked ± 0.5"


def test_the_worst_of_several_values_is_the_one_that_is_nearest_to_the_limit_or_no_number():
    assert claims.above([3, 1, 2], 0).value == 1 and claims.at_least([3, 1, 2], 0).value == 1
    assert claims.below([1, 3, 2], 5).value == 3 and claims.at_most([1, 3, 2], 5).value == 3
    assert math.isnan(claims.above([3, NAN], 0).value) and math.isnan(claims.below([3, NAN], 5).value)
    assert math.isnan(all_of(claims.below(3, 4), claims.below(NAN, 2), claims.below(1, 2)).value)
    assert contains((-1, 1), 0).value == 1 and contains((5, 9), 6).value == 5, "the upper end where both are as near"


def test_bounds_in_one_sentence_are_parts_and_parts_of_parts(as_readers):
    one = claims.below(1, 2)
    assert all_of(one, between(1, 0, 2)).parts == (one, *between(1, 0, 2).parts)
    for bad in ((), (True,), (one, 3)):
        with pytest.raises(ValueError, match="bounds must be what below, above, close"):
            all_of(*bad)


def test_an_interval_has_two_ends(as_readers):
    for bad in ((1, 2, 3), (1,)):
        with pytest.raises(ValueError, match="interval must be two numbers, low and high"):
            contains(bad, 2)


@pytest.mark.parametrize(
    ("make", "measured"),
    [
        (lambda: claims.at_most(0.99996, 1), "0.99996"),  # 1 would be at the limit, and so it is not
        (lambda: claims.at_least(1.00004, 1), "1.00004"),
        (lambda: claims.at_most(1.0, 1), "1"),
        (lambda: claims.below(0.99996, 1), "0.99996"),
        (lambda: close(3e-9, 0.0, 1e-3), "3e-9"),
        (lambda: close(0.51234567, 0.1, 1e-3), "0.51234567"),  # which fails: all that is known of it
        (lambda: close(2 / 3, 0.1, 1e-3), "0.666666667"),
        (lambda: close(20 / 3, 0.1, 1e-3), "6.66666667"),
        (lambda: claims.above(1234.6, 0), "1235"),
    ],
)
def test_a_number_is_never_so_short_that_it_says_something_else(make, measured):
    assert make().measured == measured


def test_what_is_to_be_raised_is_a_kind_of_exception(as_readers):
    for bad in (3, int, ValueError("this")):
        with pytest.raises(ValueError, match="error must be a kind of exception"):
            claims.refuses(lambda: int("x"), bad)

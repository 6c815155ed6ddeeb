"""What a claim asks of a number: a bound remembers what was measured, what was asked, and how far apart they are.

One number or a row of them (a list, the values of a dict, a tensor of one axis): of a row every number must keep the
bound, the line shows the least and the greatest, and the margin is that of the worst.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ganbook import checks

SIGNS = {"<": operator.lt, ">": operator.gt, "≤": operator.le, "≥": operator.ge}


@dataclass(frozen=True)
class Bound:
    """A comparison that remembers its two sides, so that its margin can be reported over seeds."""

    value: float  # what the margin is taken of: the number itself; its error for close, the worst one for a row
    limit: float
    holds: bool
    sign: str = ""  # how the value is compared with the limit; "" where the limit is no fixed number
    measured: str = ""  # as the line shows it: "0.59", "0.12 to 0.31"
    asked: str = ""  # "> 0.33", "0.5 ± 0.01"
    parts: tuple[Bound, ...] = ()  # the comparisons that it is made of, where it is made of several

    def __bool__(self) -> bool:
        return self.holds

    @property
    def margin(self) -> float:
        """Room left as a share of the limit (of 1 where the limit is 0); negative where the claim fails."""
        room = abs(self.value - self.limit) / (abs(self.limit) or 1.0)
        return room if self.holds else -room

    @property
    def times(self) -> float | None:
        """How many times better than its limit the value is; None where there is no scale (a limit of 0, no sign).

        >>> below(0.1, 0.5).times, above(9.0, 3.0).times, above(-0.5, -2.0).times, above(3.0, 0.0).times
        (5.0, 3.0, 4.0, None)
        """
        if not self.sign or not self.limit or not math.isfinite(self.value) or not math.isfinite(self.limit):
            return None
        downwards = self.sign in "<≤"
        if downwards == (self.limit > 0):  # small is good: below a positive limit, above a negative one
            passed = self.value <= 0 if downwards else self.value >= 0
            return math.inf if passed else self.limit / self.value
        return self.value / self.limit

    @property
    def note(self) -> str:
        """What stands in brackets behind the sentence.

        >>> above(0.5912, 0.33).note, close(1.38631, 1.386294, 1e-3).note, below([0.12, 0.2, 0.314], 0.5).note
        ('0.591, asked > 0.33', '1.3863, asked 1.38629 ± 0.001', '0.12 to 0.314, asked < 0.5, 3 values')
        """
        return f"{self.measured}, asked {self.asked}" if self.asked else ""


def below(value: Any, limit: float, measured: bool = False) -> Bound:
    """value < limit; never true of nan. measured: the limit is itself measured, by this run.

    >>> bool(below(0.01, 0.05)), bool(below(float("nan"), 0.05))
    (True, False)
    >>> round(below(0.01, 0.05).margin, 2)
    0.8
    >>> below(0.02, 0.31, measured=True).note
    '0.02 vs 0.31, asked <'
    """
    return _compare(value, "<", limit, checks.flag("measured", measured))


def above(value: Any, limit: float, measured: bool = False) -> Bound:
    """value > limit; never true of nan. measured: the limit is itself measured, by this run.

    >>> bool(above(0.9, 0.5)), bool(above(float("nan"), 0.5))
    (True, False)
    """
    return _compare(value, ">", limit, checks.flag("measured", measured))


def at_most(value: Any, limit: float) -> Bound:
    """value <= limit, for counts and shares.

    >>> at_most(3, 3).note
    '3, asked ≤ 3'
    """
    return _compare(value, "≤", limit, False)


def at_least(value: Any, limit: float) -> Bound:
    """value >= limit, for counts and shares.

    >>> bool(at_least([7, 8, 8], 7))
    True
    """
    return _compare(value, "≥", limit, False)


def close(value: Any, expected: Any, tolerance: float, measured: bool = False) -> Bound:
    """|value - expected| < tolerance; two equal infinities are close. expected: one number, or one for each value.

    measured: what is expected is itself measured, by this run.

    >>> bool(close(1.3863, 1.3863, 1e-4)), bool(close(-100.0, 0.3133, 1e-2))
    (True, False)
    >>> close([20.00000001, 0.99999999], [20, 1], 1e-5).note
    '20 and 1, asked 20 and 1 ± 1e-5'
    """
    wanted, tolerance = row(expected, "expected"), row(tolerance, "tolerance", one=True)[0]
    values = row(value)
    if len(wanted) not in (1, len(values)):
        raise ValueError(f"expected must be one number or one for each value: {len(wanted)} for {len(values)} values")
    pairs = list(zip(values, wanted * len(values) if len(wanted) == 1 else wanted, strict=True))
    errors = [0.0 if value == expected else abs(value - expected) for value, expected in pairs]
    holds, worst = all(error < tolerance for error in errors), max(errors, key=_badness)
    if len(values) > 2 and len(set(wanted)) > 1:  # too many to show: the largest error
        return Bound(worst, tolerance, holds, "<", _say(worst), f"error < {_asked(tolerance)}, {len(values)} values")
    fine = max(0, 1 - math.floor(math.log10(tolerance))) if 0 < tolerance < math.inf else 6
    shown = _range([_near(value, fine, holds) for value in values], values)
    if checks.flag("measured", measured):
        theirs = _range([_near(value, fine, holds) for value in wanted], wanted)
        return Bound(worst, tolerance, holds, "<", f"{shown} vs {theirs}", f"± {_asked(tolerance)}{_count(values)}")
    asked = " and ".join(dict.fromkeys(map(_asked, wanted))) + f" ± {_asked(tolerance)}"
    return Bound(worst, tolerance, holds, "<", shown, asked + _count(values))


def agrees(value: float, expected: float, error: float, times: float = 5) -> Bound:
    """|value - expected| < times standard errors, where the error is measured too: chance sets the limit, no seed does.

    >>> agrees(4.55, 4.5, 0.0248).note
    '4.55 ± 0.0248, asked 4.5 within 5 standard errors'
    """
    (value,), (expected,) = row(value, one=True), row(expected, "expected", one=True)
    (error,), (times,) = row(error, "error", one=True), row(times, "times", one=True)
    away = abs(value - expected) / error if error > 0 else math.nan
    asked = f"{_asked(expected)} within {_asked(times)} standard errors"
    return Bound(away, times, away < times, "", f"{_say(value)} ± {_say(error)}", asked)


def between(value: Any, low: float, high: float) -> Bound:
    """low <= value <= high; an interval (low, high) of results lies between as a whole: what a null result excludes.

    >>> between(0.61, 0.5, 0.7).note, between([-0.1, 0.15], -0.2, 0.2).note
    ('0.61, asked 0.5 to 0.7', '-0.1 and 0.15, asked -0.2 to 0.2')
    """
    low, high, values = row(low, "low", one=True)[0], row(high, "high", one=True)[0], row(value)
    worst = min(values, key=lambda v: -math.inf if math.isnan(v) else min(v - low, high - v))
    holds, limit = all(low <= v <= high for v in values), low if worst - low < high - worst else high
    measured = _range([_near(v, 3, holds, low, high) for v in values], values)
    parts = at_least(values, low), at_most(values, high)
    return Bound(worst, limit, holds, "", measured, f"{_asked(low)} to {_asked(high)}" + _count(values), parts)


def equals(value: Any, expected: float) -> Bound:
    """value == expected, for counts that are measured: `equals(modes, 8)`.

    >>> equals(8, 8).note, equals([8, 8, 8], 8).note
    ('8, asked 8', '8 to 8, asked 8, 3 values')
    """
    (wanted,), values = row(expected, "expected", one=True), row(value)
    worst = max(values, key=lambda v: _badness(abs(v - wanted)))
    measured = _range([_near(v, 6, True) for v in values], values)
    return Bound(worst, wanted, all(v == wanted for v in values), "", measured, _asked(wanted) + _count(values))


def contains(interval: Any, number: float) -> Bound:
    """low < number < high, for an interval of results. Say beside it, with `between`, which effects are left possible.

    >>> contains((-0.31, 0.52), 0).note
    '-0.31 to 0.52, asked around 0'
    """
    (number,), ends = row(number, "number", one=True), row(interval, "interval")
    if len(ends) != 2:
        raise ValueError(f"interval must be two numbers, low and high, got {interval!r}")
    low, high = ends
    nearer = low if abs(number - low) < abs(high - number) else high
    return Bound(nearer, number, low < number < high, "", f"{_say(low)} to {_say(high)}", f"around {_asked(number)}")


def rising(values: Any) -> Bound:
    """Each value is greater than the one before it: `rising([loss[40], loss[10], loss[1]])`.

    >>> rising([0.1, 0.2, 0.4]).note
    '0.1, 0.2, 0.4, asked rising'
    """
    return _ordered(row(values, "values"), "rising", operator.lt)


def falling(values: Any) -> Bound:
    """Each value is less than the one before it.

    >>> bool(falling([3, 2, 2]))
    False
    """
    return _ordered(row(values, "values"), "falling", operator.gt)


def all_of(*bounds: Bound) -> Bound:
    """Several bounds in one sentence; the margin is that of the worst. (`a and b` would show the last one only.)

    >>> all_of(close(20.0, 20, 1e-5), above(3.0, 1)).note
    '20; 3, asked 20 ± 1e-5; > 1'
    """
    if not bounds or not all(isinstance(bound, Bound) for bound in bounds):
        raise ValueError(f"bounds must be what below, above, close and their like return, got {bounds!r}")
    worst = min(bounds, key=lambda bound: -math.inf if math.isnan(bound.margin) else bound.margin)
    asked = list(dict.fromkeys(bound.asked for bound in bounds))
    text = asked[0] + " each" if len(asked) == 1 and len(bounds) > 1 else "; ".join(bound.asked for bound in bounds)
    measured = "; ".join(bound.measured for bound in bounds)
    parts = tuple(part for bound in bounds for part in bound.parts or (bound,))
    return Bound(worst.value, worst.limit, all(bounds), worst.sign, measured, text, parts)


def row(values: Any, name: str = "value", one: bool = False) -> list[float]:
    """One number, or several along one axis, as floats. Raises: ValueError that names the argument."""
    values = values.detach() if hasattr(values, "detach") else values
    values = values.values() if isinstance(values, dict) else values
    several = getattr(values, "ndim", 0) > 0 or (not hasattr(values, "ndim") and isinstance(values, Iterable))
    try:
        if isinstance(values, str) or not several:
            return [float(values)]
        found = [float(value.detach() if hasattr(value, "detach") else value) for value in values]
        if found and (len(found) == 1 or not one):
            return found
    except (TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{name} must be one number, or a row of numbers, got {values!r}") from error
    raise ValueError(f"{name} must be one number{'' if one else ', or a row of at least one'}, got {values!r}")


def _compare(value: Any, sign: str, limit: Any, measured: bool) -> Bound:
    (limit,), values, keeps = row(limit, "limit", one=True), row(value), SIGNS[sign]
    worst = max(values, key=lambda v: _badness(v if sign in "<≤" else -v))
    holds = all(keeps(v, limit) for v in values)
    shown = float(_asked(limit))
    texts = [_say(v, lambda t, v=v: keeps(t, shown) == keeps(v, limit) and (t != shown or v == limit)) for v in values]
    if checks.flag("measured", measured):
        return Bound(worst, limit, holds, "", f"{_range(texts, values)} vs {_say(limit)}", sign + _count(values))
    return Bound(worst, limit, holds, sign, _range(texts, values), f"{sign} {_asked(limit)}{_count(values)}")


def _ordered(values: list[float], word: str, keeps: Callable[[float, float], bool]) -> Bound:
    if len(values) < 2:
        raise ValueError(f"values must be at least two numbers, got {values}")
    steps = list(zip(values, values[1:], strict=False))
    before, after = min(steps, key=lambda s: abs(s[1] - s[0]) if keeps(*s) else -_badness(abs(s[1] - s[0])))
    texts = ", ".join(map(_say, values)) if len(values) < 6 else _range(list(map(_say, values)), values)
    return Bound(
        after, before, all(keeps(*step) for step in steps), "", texts, word + _count(values) * (len(values) > 5)
    )


def _badness(number: float) -> float:
    return math.inf if math.isnan(number) else number


# Numbers as a line shows them: short, and never so short that they seem to say something else.


def _tidy(text: str) -> str:
    """
    >>> _tidy("2.20e-16"), _tidy("0.590"), _tidy("1e+06")
    ('2.2e-16', '0.59', '1e6')
    """
    head, mark, power = text.partition("e")
    head = head.rstrip("0").rstrip(".") if "." in head else head
    return ("0" if head == "-0" and not mark else head) + (f"e{int(power)}" if mark else "")


def _digits(number: float, digits: int) -> str:
    if not math.isfinite(number) or number == 0:
        return _tidy(f"{number:.0f}")
    if not 1e-3 <= abs(number) < 1e6:
        return _tidy(f"{number:.{max(digits - 2, 1)}e}")
    return _tidy(f"{number:.{max(0, digits - 1 - math.floor(math.log10(abs(number))))}f}")


def _say(number: float, honest: Callable[[float], bool] = lambda shown: True) -> str:
    """Three digits, or as many as it takes until what is shown keeps the bound that the number keeps.

    >>> _say(0.59123), _say(8.0), _say(2.2e-16), _say(0.99991, lambda shown: shown < 1)
    ('0.591', '8', '2.2e-16', '0.9999')
    """
    if number == round(number, 0) and abs(number) < 1e6:
        return _digits(number, 7)
    texts = (_digits(number, digits) for digits in range(3, 18))
    return next((text for text in texts if honest(float(text))), repr(number))


def _near(number: float, decimals: int, holds: bool, *limits: float) -> str:
    """A number beside one that it should meet: the decimals of the tolerance and one more, six digits at most."""
    if not math.isfinite(number) or not holds:
        return _say(number, lambda shown: shown == number or abs(shown - number) < 1e-9 * abs(number))
    rounded = round(number, min(decimals, 5 - math.floor(math.log10(abs(number)))) if number else 0)
    inside = not limits or limits[0] <= rounded <= limits[1]
    return _digits(rounded if inside else number, 7) if rounded or not number else _say(number)


def _asked(number: float) -> str:
    return _tidy(f"{number:.6g}") if number != round(number, 0) or abs(number) >= 1e7 else f"{number:.0f}"


def _range(texts: list[str], values: list[float]) -> str:
    if len(values) < 3:
        return " and ".join(texts)
    order = sorted(range(len(values)), key=lambda k: _badness(values[k]))
    return f"{texts[order[0]]} to {texts[order[-1]]}"


def _count(values: list[float]) -> str:
    return f", {len(values)} values" if len(values) > 2 else ""

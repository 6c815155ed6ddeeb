"""Numbers that move as a training goes on, and what a recipe is after so many images."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar

from ganbook import checks

T = TypeVar("T")


@dataclass(frozen=True)
class Ramp:
    """A number that goes from `start` to `end` in a straight line, and stays there.

    start + (end - start) min(1, k / images), after k images; allowed wherever a rate, a beta or a penalty's constant
    stands.

    images: how many real images the way takes, rounds times batch.

    Raises: ValueError where start or end is not a finite number, or images no whole number >= 1.
    Derived in: chapter 15.

    >>> [Ramp(1.0, 0.5, images=100).at(k) for k in (0, 50, 1_000)]
    [1.0, 0.75, 0.5]
    """

    start: float
    end: float
    images: int

    def __post_init__(self) -> None:
        checks.finite("start", self.start)
        checks.finite("end", self.end)
        checks.whole("images", self.images)

    def at(self, images: int) -> float:
        """Its value after so many images."""
        if images >= self.images:  # not by the formula: 0.05 + (0.005 - 0.05) is not 0.005
            return self.end
        return self.start + (self.end - self.start) * images / self.images


def settle(value: T, images: int) -> T:
    """The value with every Ramp in it (itself, in a tuple, in a field of a dataclass) by its number.

    What holds no Ramp is handed back as it is: the same object.

    >>> settle((Ramp(0.0, 1.0, 10), 0.9), 5)
    (0.5, 0.9)
    """
    if isinstance(value, Ramp):
        return value.at(images)
    if isinstance(value, tuple):
        settled = tuple(settle(one, images) for one in value)
        return value if all(a is b for a, b in zip(value, settled, strict=True)) else settled
    if is_dataclass(value) and not isinstance(value, type):
        moved = {}
        for field in fields(value):
            if field.init and (now := settle(old := getattr(value, field.name), images)) is not old:
                moved[field.name] = now
        return replace(value, **moved) if moved else value
    return value


def ends(value: object) -> tuple[object, ...]:
    """What has to be checked of a number or a Ramp: the number, or both ends."""
    return (value.start, value.end) if isinstance(value, Ramp) else (value,)

"""The anchors of RealnessGAN under the finger: two bells over the outcomes, and the pulls that they give."""

from __future__ import annotations

from ganbook import checks
from ganbook.losses import anchors as exact
from ganbook.player.drag.mount import FAKE, REAL, Drag, line, lines, picture


def anchors(
    outcomes: int = 20,
    means: tuple[float, float] = (-0.5, 0.5),
    std: float = 0.5,
    w: tuple[float, float] = (0.25, 0.75),
) -> Drag:
    """Two bells A0 and A1 over the outcomes, and the pulls of the three objectives where D gives its best answers.

    The page cuts the bells into the outcomes' cells as `ganbook.losses.anchors.gaussian` does.

    outcomes: M, 2 to 50.
    means: of A0 and of A1, from -1 to 1.
    std: of both, 0.05 to 1.
    w: p / (p + q) at the fake and at the real sample it is paired with, 0 to 1.

    Raises: ValueError for a value beyond these.
    Derived in: chapter 10.

    >>> anchors(std=0.2)
    Live anchors(The anchors of RealnessGAN)
    """
    checks.whole("outcomes", outcomes, 2, 50)
    if not (checks.is_finite(std) and 0.05 <= std <= 1):
        raise ValueError(f"std must be a number from 0.05 to 1, got {std!r}")
    (low, high), (fake, partner) = (_pair(*each) for each in (("means", means, -1), ("w", w, 0)))
    state = {"M": outcomes, "low": low, "high": high, "std": float(std), "fake": fake, "partner": partner}
    return Drag("anchors", "The anchors of RealnessGAN", state, _still(outcomes, low, high, std), room=(475, 695))


def _pair(name: str, some: object, least: float) -> list[float]:
    numbers = checks.numbers(name, some)
    if numbers.shape != (2,) or numbers.min() < least or numbers.max() > 1:
        raise ValueError(f"{name} must be two numbers from {least} to 1, got {some!r}")
    return numbers.tolist()


def _still(outcomes: int, low: float, high: float, std: float) -> str:
    a0, a1 = (exact.gaussian(outcomes, mean, std) for mean in (low, high))
    most, each = max(*a0, *a1), 300 / outcomes
    bars = [
        lines(
            [[(10 + each * (k + shift), y) for y in (140, 140 - 125 * mass / most)] for k, mass in enumerate(masses)],
            colour,
            round(0.34 * each, 1),
        )
        for masses, colour, shift in ((a0, FAKE, 0.32), (a1, REAL, 0.68))
    ]
    words = "Over the outcomes two anchors as bars: the bell of the fakes in orange, that of the reals in blue"
    return picture(320, 150, words, line([(5, 141), (315, 141)]), *bars)

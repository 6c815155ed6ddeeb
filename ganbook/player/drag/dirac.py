"""Dirac-GAN's field under the finger: the start of a path is dragged, R1 is turned, the eigenvalues move."""

from __future__ import annotations

import math

import torch

from ganbook import checks
from ganbook.player.drag.mount import FAKE, REAL, Drag, dots, line, lines, picture
from ganbook.studies import dirac as study

FIELDS = {"minimax": study.minimax, "non-saturating": study.non_saturating, "wasserstein": study.wasserstein}


def dirac(loss: str = "minimax", gamma: float = 0.0, h: float = 0.2, start: tuple[float, float] = (1.0, -1.0)) -> Drag:
    """The field of Dirac-GAN, a path of simultaneous steps in it, and the eigenvalues at the origin, to be moved.

    loss: "minimax", "non-saturating" or "wasserstein".
    gamma: the weight of R1, 0 to 2.
    h: the size of a step, 0.1 to 2.
    start: (theta, psi), both from -2 to 2.

    Raises: ValueError for a value beyond these.
    Derived in: chapter 7.

    >>> dirac(gamma=0.3)
    Live dirac(The field of Dirac-GAN)
    """
    checks.one_of("loss", loss, tuple(FIELDS))
    for name, value, low, high in (("gamma", gamma, 0, 2), ("h", h, 0.1, 2)):
        if not (checks.is_finite(value) and low <= value <= high):
            raise ValueError(f"{name} must be a number from {low} to {high}, got {value!r}")
    at = checks.numbers("start", start)
    if at.shape != (2,) or at.abs().max() > 2:
        raise ValueError(f"start must be two numbers from -2 to 2, got {start!r}")
    state = {"loss": loss, "gamma": float(gamma), "h": float(h), "start": at.tolist()}
    return Drag("dirac", "The field of Dirac-GAN", state, _still(state), room=(670, 960))


def _still(state: dict) -> str:
    field = study.WithR1(FIELDS[state["loss"]], state["gamma"])
    path = study.simulate(field, torch.tensor([state["start"]]), 300, state["h"])[:, 0]
    gone = (path.abs() > 3).any(1).nonzero()
    shown = [(150 + 75 * x, 150 - 75 * y) for x, y in path[: int(gone[0]) if len(gone) else None].tolist()]
    grid = torch.cartesian_prod(*[torch.linspace(-1.6, 1.6, 7, dtype=torch.float64)] * 2)
    arrows = lines(_arrow(*start, *way) for start, way in zip(grid.tolist(), field(grid).tolist(), strict=True))
    words = "The plane of theta and psi: the directions in which both players move, and a path of simultaneous steps"
    return picture(
        300, 300, words, arrows, line(shown, FAKE, 2), dots(shown[:1], FAKE, 12), dots([(150, 150)], REAL, 6)
    )


def _arrow(theta: float, psi: float, right: float, up: float) -> list[tuple[float, float]]:
    """From a state along its direction, with a head; the longer, the faster, and never longer than 30 pixels."""
    size = 30 / (1 + math.hypot(right, up))
    x, y, across, down = 150 + 75 * theta, 150 - 75 * psi, size * right, -size * up
    tip = x + across, y + down
    sides = [(tip[0] - 0.3 * across + s * down, tip[1] - 0.3 * down - s * across) for s in (0.2, -0.2)]
    return [(x, y), tip, sides[0], tip, sides[1]]

"""Two numbers that circle: the same field, played at once, in turns, and with a brake."""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel
from ganbook.studies import dirac

START, STEP, ROUNDS, GAMMA = (0.9, 0.0), 0.6, 40, 0.3


def paths() -> dict[str, Tensor]:
    """Dirac-GAN from one start: minimax at once, in turns, and in turns with R1; each (rounds + 1, 2).

    >>> {name: round(float(path[-1].norm()), 1) for name, path in paths().items()}
    {'at once': 2.5, 'in turns': 0.9, 'R1': 0.0}
    """
    start = torch.tensor([START], dtype=torch.float64)
    braked = dirac.WithR1(dirac.minimax, GAMMA)
    return {
        "at once": dirac.simulate(dirac.minimax, start, ROUNDS, STEP)[:, 0],
        "in turns": dirac.simulate(dirac.minimax, start, ROUNDS, STEP, d_steps=1)[:, 0],
        "R1": dirac.simulate(braked, start, ROUNDS, STEP, d_steps=1)[:, 0],
    }


def at_once_or_in_turns() -> Drawing:
    """Where two numbers go that answer each other. Source: Mescheder et al. 2018. Derived in: chapter 7.

    >>> [panel.title for panel in at_once_or_in_turns().panels]
    ['both at once: outwards', 'in turns: round; with a brake: to rest']
    """
    made = paths()
    once = _portrait(
        "both at once: outwards",
        "A path of steps in the plane of theta and psi that starts at a dot and winds outwards, turn by turn.",
        {"fake": made["at once"]},
    )
    rest = _portrait(
        "in turns: round; with a brake: to rest",
        "Two paths from the same start: one goes round on the same closed curve, the other, with R1, winds inwards to "
        "the origin.",
        {"G": made["in turns"], "good": made["R1"]},
    )
    return Drawing(once, rest)


def _portrait(title: str, alt: str, drawn: dict[str, Tensor]) -> Panel:
    panel = Panel(title, alt, 250)
    axes = panel.axes((-3.7, 3.7), (-2.5, 2.5), (6, 26, 328, 222), "", "*ψ*", ())
    for color, path in drawn.items():
        axes.curve(*path.T.tolist(), color=color, width=1.5)
        panel.dot(*axes.at(*path[-1].tolist()), 4, color)
    panel.dot(*axes.at(*START), 4, "ink")
    x, y = axes.at(3.7, 0)
    panel.text(x, y - 7, "*θ*", "soft", 13, "end")
    return panel

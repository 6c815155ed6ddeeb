"""BiGAN's theorems where everything can be counted: m samples, k latents, deterministic maps between them. Chapter 13.

A joint law is a matrix (m, k) of masses: row x, column z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences import js
from ganbook.divergences.discrete import Masses, masses
from ganbook.types import Float

Law = Float[Tensor, "m k"]


def graph(p: Masses, to: Sequence[int], size: int) -> Law:
    """The law of (a, to[a]) with a ~ p: mass p[a] in row a, column to[a]; size: how many columns.

    Raises: ValueError where p is no distribution, or `to` does not give each of its outcomes a column.

    >>> graph([0.5, 0.5], to=[1, 1], size=3).tolist()
    [[0.0, 0.5, 0.0], [0.0, 0.5, 0.0]]
    """
    p = masses(p)
    checks.whole("size", size)
    if len(to) != len(p) or not all(0 <= b < size for b in to):
        raise ValueError(f"to must give each of the {len(p)} outcomes a number in 0..{size - 1}, got {list(to)}")
    law = torch.zeros(len(p), size, dtype=torch.float64)
    law[torch.arange(len(p)), torch.tensor(list(to))] = p
    return law


def encoded(p_x: Masses, E: Sequence[int], k: int) -> Law:
    """P_EX: the law of (x, E(x))."""
    return graph(p_x, E, k)


def generated(p_z: Masses, G: Sequence[int], m: int) -> Law:
    """P_GZ: the law of (G(z), z)."""
    return graph(p_z, G, m).mT


def rebuilt(p_x: Masses, E: Sequence[int], G: Sequence[int], m: int) -> Law:
    """The law of (G(E(x)), E(x)), the third pair.

    >>> rebuilt([0.5, 0.5], E=[0, 0], G=[1, 0], m=2).tolist()  # both x have the code 0, which G brings back as 1
    [[0.0, 0.0], [1.0, 0.0]]
    """
    codes = encoded(p_x, E, len(G)).sum(0)
    return generated(codes, G, m)


def value(p: Law, q: Law) -> float:
    """C, the game's value at the best D: max_D E_p log D + E_q log(1 - D) = 2 JSD(p, q) - log 4, in nats.

    Range: -log 4 where the laws are one, to 0 where no pair has mass under both.

    >>> value(torch.eye(2) / 2, torch.eye(2).flip(0) / 2)
    0.0
    """
    return 2 * float(js(p.flatten(), q.flatten())) - math.log(4) + 0.0

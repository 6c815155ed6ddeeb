"""Entropies and divergences, in nats, by three routes that check one another.

On discrete distributions, by exact sums (the functions here); on densities of the line, by quadrature
(`quadrature`, with `densities` to build them); between Gaussians, in closed form (`gaussian`). The f-divergences with
their conjugates and variational bounds are in `fdiv`, the game they make in `fgan`. All are derived in chapter 03.
"""

from __future__ import annotations

from ganbook.divergences import densities, fdiv, fgan, gaussian, quadrature
from ganbook.divergences.discrete import (
    chi_squared,
    cross_entropy,
    entropy,
    hellinger,
    js,
    kl,
    masses,
    reverse_kl,
    total_variation,
)

__all__ = [
    "chi_squared",
    "cross_entropy",
    "densities",
    "entropy",
    "fdiv",
    "fgan",
    "gaussian",
    "hellinger",
    "js",
    "kl",
    "masses",
    "quadrature",
    "reverse_kl",
    "total_variation",
]

"""Entropies and divergences, in nats, by three routes that check one another; and distances of transport.

On discrete distributions, by exact sums (the functions here); on densities of the line, by quadrature
(`quadrature`, with `densities` to build them); between Gaussians, in closed form (`gaussian`). The f-divergences with
their conjugates and variational bounds are in `fdiv`; the game they make is `ganbook.losses.FGAN`. All are derived in
chapter 3.

Wasserstein distances, in the unit of the samples: finite sets of points by a linear programme (`transport`), the line
by quantile functions (`quantile`), Gaussians in closed form (`gaussian`), and their blurred form (`sinkhorn`). They are
derived in chapter 8.
"""

from __future__ import annotations

from ganbook.divergences import densities, fdiv, gaussian, quadrature, quantile, sinkhorn, transport
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
    "gaussian",
    "hellinger",
    "js",
    "kl",
    "masses",
    "quadrature",
    "quantile",
    "reverse_kl",
    "sinkhorn",
    "total_variation",
    "transport",
]

"""Have the codes of an encoder the law of z? Chapter 18."""

from __future__ import annotations

from math import sqrt

import torch

from ganbook import checks
from ganbook.types import Samples


def ks(z: Samples) -> float:
    """The largest gap between the codes' distribution function and that of N(0, 1), mean over coordinates.

    sup_t |F_n(t) - Phi(t)|, from 0 to 1; n draws of N(0, 1) have about 0.87 / sqrt(n).

    Raises: ValueError where z is not (n, d), or not finite.
    Derived in: chapter 18.

    >>> ks(torch.zeros(4, 2))  # all at the median: a step of 1 where Phi is 1/2
    0.5
    """
    checks.tensor("z", z, "n", "d", what="codes")
    checks.all_finite("z", z)
    ordered = z.double().sort(0).values
    phi = (1 + torch.erf(ordered / sqrt(2))) / 2
    steps = torch.arange(len(z) + 1, dtype=torch.float64)[:, None] / len(z)
    return float(torch.maximum(steps[1:] - phi, phi - steps[:-1]).max(0).values.mean())

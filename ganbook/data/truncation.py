"""Truncation, in the three senses in which it is used: fewer far latents, or shorter ones, than G was trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch

from ganbook import checks
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch

FORMS = ("resampled", "hub", "shrunken")
"""What "truncated at t" means, coordinate by coordinate:

resampled: N(0, 1) given that |z| <= t; a coordinate outside is drawn again (the paper).
hub: t times N(0, 1) given that |z| <= 2 (the published models on TF-Hub).
shrunken: t times N(0, 1), nothing is cut (the argument z_var of the authors' PyTorch code, which is a deviation).
"""


@dataclass(frozen=True)
class Truncated:
    """Draws truncated latents: see `truncated`."""

    d: int
    threshold: float
    form: str
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n latents, a row each."""
        check_draw(n, rng)
        if self.form == "shrunken":
            z = self.threshold * torch.randn(n, self.d, generator=rng)
        else:
            cut, factor = (self.threshold, 1.0) if self.form == "resampled" else (2.0, self.threshold)
            share = math.erf(cut / math.sqrt(2))  # of N(0, 1) within the cut: u is the place among what is left
            u = torch.rand(n, self.d, generator=rng, dtype=torch.float64).mul_(2).sub_(1)
            z = (factor * math.sqrt(2) * torch.erfinv(share * u)).float()
        return z.to(self.device)


def truncated(d: int, threshold: float, form: str = "resampled", device: torch.device | str | None = None) -> Truncated:
    """Latents of d coordinates, truncated in one of three forms; drawn on the CPU and then moved.

    threshold: > 0; for "hub" at most 1, as published.
    form: "resampled", "hub" or "shrunken" (FORMS).

    Raises: ValueError for d < 1, a threshold that is not > 0 (or > 1 for "hub"), or another form.
    Source: Brock et al. 2019, section 3.1. Derived in: chapter 17.

    >>> z = truncated(2, 0.5)(1_000, torch.Generator().manual_seed(0))
    >>> bool(z.abs().max() <= 0.5), abs(z.std().item() - truncated_std(0.5, "resampled")) < 0.02
    (True, True)
    """
    checks.whole("d", d)
    check_threshold(threshold, form)
    return Truncated(d, float(threshold), form, place(device))


def check_threshold(threshold: float, form: str) -> None:
    """Refuse another form, and a threshold that it has not."""
    checks.one_of("form", form, FORMS)
    checks.threshold("threshold", threshold, form)


def truncated_std(threshold: float, form: str = "resampled") -> float:
    """The standard deviation of a truncated coordinate.

    N(0, 1) given |z| <= t has variance 1 - 2 t phi(t) / (2 Phi(t) - 1).

    Raises: ValueError as `truncated`.
    Derived in: chapter 17.

    >>> [round(truncated_std(0.5, form), 3) for form in FORMS]
    [0.284, 0.44, 0.5]
    """
    check_threshold(threshold, form)
    if form == "shrunken":
        return float(threshold)
    if form == "hub":
        return threshold * _cut_std(2.0)
    return _cut_std(threshold)


def threshold_for(std: float, form: str = "resampled") -> float:
    """The threshold at which a form has this standard deviation: the inverse of `truncated_std`.

    Raises: ValueError where std is none that the form can have: (0, 1) resampled, (0, 0.88) hub, > 0 shrunken.

    >>> [round(threshold_for(0.44, form), 2) for form in FORMS]
    [0.8, 0.5, 0.44]
    """
    checks.one_of("form", form, FORMS)
    if form == "shrunken":
        return float(checks.positive("std", std))
    if form == "hub":
        return checks.inside("std", std, 0.0, _cut_std(2.0), "(]") / _cut_std(2.0)
    checks.inside("std", std, 0.0, 1.0, "()")
    low, high = 0.0, 40.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _cut_std(middle) < std else (low, middle)
    return (low + high) / 2


def _cut_std(t: float) -> float:
    """The standard deviation of N(0, 1) within [-t, t]; t / sqrt(3), that of a uniform one, where t is small."""
    if t < 1e-3:
        return t / math.sqrt(3)
    density = math.exp(-t * t / 2) / math.sqrt(2 * math.pi)
    return math.sqrt(1 - 2 * t * density / math.erf(t / math.sqrt(2)))

"""Counting modes where they are known: ring, grid, and the thousand of stacked digits."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from ganbook import checks
from ganbook.metrics.pairs import check, nearest
from ganbook.metrics.score import Score
from ganbook.types import Float, Int


class ModeScores(NamedTuple):
    """Three scores of one protocol; the histogram behind them is `counts`."""

    modes: Score
    high_quality: Score
    reverse_kl: Score
    counts: Tensor


def reverse_kl(counts: Int[Tensor, " k"], expected: Float[Tensor, " k"] | None = None) -> float:
    r"""KL( generated || real ) of two histograms over modes, in nats: heavy where a mode is over-represented.

    KL = sum_i q_i log(q_i / p_i),  q = counts / sum(counts),  p uniform unless `expected` gives it; 0 log 0 = 0.

    Range: 0 to log k for uniform p; infinity if a sample fell into a mode of p_i = 0; nan if there is no sample.
    A perfect generator scores about (k - 1) / (2 n), not 0: the bias of n samples.
    Raises: ValueError where expected has another length, or does not sum to 1.
    Source: Lin et al. 2018 (PacGAN), section 4.
    Derived in: chapter 6.

    >>> round(reverse_kl(torch.tensor([10, 10, 0, 0])), 4)      # log 2: half of the modes
    0.6931
    """
    if not isinstance(counts, Tensor) or counts.ndim != 1 or not counts.numel():
        raise ValueError(f"counts must be a tensor of one whole number a mode, got {counts!r}")
    if expected is not None:
        checks.all_finite("expected", checks.tensor("expected", expected, "k"))
    k = len(counts)
    p = torch.full((k,), 1.0 / k, dtype=torch.float64, device=counts.device) if expected is None else expected.double()
    if len(p) != k or abs(float(p.sum()) - 1.0) > 1e-6:
        raise ValueError(f"expected must hold {k} probabilities of sum 1, got {len(p)} of sum {float(p.sum()):.6g}")
    total = int(counts.sum())
    if total == 0:
        return math.nan
    q = counts.double() / total
    return float((torch.xlogy(q, q) - torch.xlogy(q, p)).sum().clamp(min=0.0))


def mode_scores(
    samples: Float[Tensor, "n d"],
    centres: Float[Tensor, "k d"],
    std: float,
    *,
    radius: float = 3.0,
    least: int = 1,
    seed: int | None = None,
) -> ModeScores:
    r"""PacGAN's protocol: modes found, share of high-quality samples, reverse KL of the mode histogram.

    A sample belongs to its nearest centre, and is of high quality if |x - centre| / std < radius (Mahalanobis distance
    of an isotropic mode). A mode counts as found with at least `least` high-quality samples. The histogram of the
    reverse KL holds the high-quality samples, against equal modes.

    Ring: 8 centres on the unit circle, std 0.01; grid: 25 centres at {-4, -2, 0, 2, 4}^2, std 0.05; 2,500 samples.
    In two dimensions a perfect generator has 1 - exp(-9/2) = 98.9 % high quality, not 100 %.
    Raises: ValueError where std, radius or least is not positive, and as frechet_distance.
    Source: Lin et al. 2018 (PacGAN), section 4.1, and the authors' code.
    Derived in: chapter 6.

    >>> centres = torch.tensor([[0.0, 0.0], [1.0, 0.0]])
    >>> found = mode_scores(torch.tensor([[0.0, 0.02], [0.0, 0.5]]), centres, std=0.01)
    >>> float(found.modes), float(found.high_quality), found.counts.tolist()
    (1.0, 0.5, [1, 0])
    """
    check(samples=samples, centres=centres)
    checks.positive("std", std)
    checks.positive("radius", radius)
    checks.whole("least", least)
    squared, mode = nearest(samples.double(), centres.double())
    high = squared < (radius * std) ** 2
    counts = torch.bincount(mode[high], minlength=len(centres))
    protocol = {
        "n_real": 0,
        "n_fake": len(samples),
        "features": f"{len(centres)} modes of std {std:g}",
        "seed": seed,
        "settings": (("least", least), ("radius", radius)),
    }
    return ModeScores(
        Score(float((counts >= least).sum()), "modes", **protocol),
        Score(float(high.double().mean()), "high-quality share", **protocol),
        Score(reverse_kl(counts), "reverse KL", **protocol),
        counts,
    )


def stacked_scores(
    images: Float[Tensor, "n c h w"],
    classify: Callable[[Tensor], Tensor],
    *,
    classes: int = 10,
    least: int = 1,
    features: str = "classifier",
    seed: int | None = None,
) -> ModeScores:
    r"""Stacked digits: each channel is one digit, each combination of digits one mode (1000 for three channels).

    classify: one-channel images (n, 1, h, w) -> logits (n, classes). Every sample counts as of high quality, as in the
    protocol, so the share is 1 by definition. 26,000 samples are scored.

    Raises: ValueError where classify returns another shape.
    Source: Metz et al. 2017, appendix D; Lin et al. 2018 (PacGAN), section 4.2.
    Derived in: chapter 6.

    >>> bright = lambda x: torch.stack([-x.mean((1, 2, 3)), x.mean((1, 2, 3))], dim=1)      # dark 0, bright 1
    >>> images = torch.tensor([[1.0, -1.0], [-1.0, -1.0]]).reshape(2, 2, 1, 1).expand(2, 2, 4, 4)
    >>> found = stacked_scores(images, bright, classes=2)      # modes (1, 0) and (0, 0), of four
    >>> float(found.modes), found.counts.tolist(), round(float(found.reverse_kl), 4)
    (2.0, [1, 0, 1, 0], 0.6931)
    """
    n, channels = checks.tensor("images", images, "n", "c", "h", "w").shape[:2]
    checks.function("classify", classify)
    checks.whole("classes", classes, 2)
    checks.whole("least", least)
    code = torch.zeros(n, dtype=torch.int64, device=images.device)
    for channel in range(channels):
        found = []
        for part in images[:, channel : channel + 1].split(1_000):
            logits = classify(part)
            if not isinstance(logits, Tensor) or logits.shape != (len(part), classes):
                got = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
                raise ValueError(f"classify must return shape ({len(part)}, {classes}), got {got}")
            found.append(logits.argmax(1))
        code = code * classes + torch.cat(found)
    counts = torch.bincount(code, minlength=classes**channels)
    protocol = {
        "n_real": 0,
        "n_fake": n,
        "features": features,
        "seed": seed,
        "settings": (("least", least), ("possible", classes**channels)),
    }
    return ModeScores(
        Score(float((counts >= least).sum()), "modes", **protocol),
        Score(1.0, "high-quality share", **protocol),
        Score(reverse_kl(counts), "reverse KL", **protocol),
        counts,
    )

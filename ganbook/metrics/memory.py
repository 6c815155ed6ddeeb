"""Memorisation: are the fakes nearer to the training set than fresh real data is?"""

from __future__ import annotations

import math

import torch
from scipy import stats
from torch import Tensor

from ganbook.metrics.float64 import exact
from ganbook.metrics.pairs import centred, check, nearest
from ganbook.metrics.score import Score
from ganbook.types import Float


def memorisation(
    fake: Float[Tensor, "m d"],
    training: Float[Tensor, "n d"],
    held_out: Float[Tensor, "h d"],
    *,
    features: str = "samples",
) -> Score:
    r"""Probability that a fake lies nearer to the training set than a held-out real sample does.

    P( d(fake, T) < d(held_out, T) ) + P( equal ) / 2,  d(x, T) the distance to the nearest training sample

    1/2: as near as fresh data. 1: copies. Below 1/2: further away than real data, as blurred or wrong samples are; then
    nothing is said on copying. This is the Mann-Whitney statistic over m h; settings["z"] holds its normal score,
    positive for copies, about standard normal for fresh data.

    Raises: ValueError for bad sets (see frechet_distance).
    Source: Meehan et al. 2020, section 3 (their Z_U is -z).
    Derived in: chapter 6.

    >>> training = torch.tensor([[0.0], [10.0]])
    >>> held_out = torch.tensor([[1.0], [12.0]])
    >>> float(memorisation(torch.tensor([[0.1], [10.1]]), training, held_out))      # both fakes nearer than both
    1.0
    >>> float(memorisation(held_out, training, held_out))
    0.5
    """
    check(training=training, fake=fake, held_out=held_out)
    reference, f = centred(exact(training), exact(fake))  # copies lie closer than float32 can tell apart
    h = exact(held_out) - exact(training).mean(0)
    d_fake, d_held = nearest(f, reference)[0], nearest(h, reference)[0]
    m, n_held = len(d_fake), len(d_held)
    ranks = torch.from_numpy(stats.rankdata(torch.cat([d_held, d_fake]).cpu().numpy()))  # ties get the mean rank
    wins = float(ranks[:n_held].sum()) - n_held * (n_held + 1) / 2  # pairs in which the held-out one is further away
    value = wins / (m * n_held)
    deviation = math.sqrt((m + n_held + 1) / (12 * m * n_held))
    return Score(
        value,
        "memorisation",
        len(training),
        m,
        features,
        settings=(("held_out", n_held), ("z", round((value - 0.5) / deviation, 6))),
    )

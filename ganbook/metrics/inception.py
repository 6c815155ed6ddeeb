"""Inception Score: are single samples clear, and are all classes there?"""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook import checks
from ganbook.metrics.float64 import exact
from ganbook.metrics.score import Score
from ganbook.types import Float


def inception_score(logits: Float[Tensor, "n k"], splits: int = 10, *, features: str = "logits") -> Score:
    r"""exp of the mutual information between a sample and its predicted class: 1 is worst, k classes is best.

    IS = exp( E_x KL( p(y|x) || p(y) ) ),  p(y) = E_x p(y|x),  the mean over `splits` consecutive parts.

    logits: raw outputs of a classifier for n generated samples; real data plays no part.
    Range: 1 to k, no unit. The biased estimate of a part grows with the size of the part: compare equal sizes only.
    `spread` is the standard deviation over the parts (dividing by their number), as papers print it.

    Raises: ValueError where splits is not in 1 ... n, or a logit is not finite.
    Source: Salimans et al. 2016, section 4; ten splits as in the authors' code.
    Derived in: chapter 6.

    >>> clear = 100 * torch.eye(4).repeat(5, 1)      # each sample certain, four classes equally frequent
    >>> round(float(inception_score(clear, splits=1)), 4)
    4.0
    """
    n = len(checks.all_finite("logits", checks.tensor("logits", logits, "samples", "classes")))
    splits = checks.whole("splits", splits, 1, n, note="at most one a sample")
    log_p = torch.log_softmax(exact(logits), dim=1)
    values = []
    for i in range(splits):
        part = log_p[i * n // splits : (i + 1) * n // splits]
        log_marginal = torch.logsumexp(part, dim=0) - torch.log(torch.tensor(float(len(part)), dtype=torch.float64))
        kl = (part.exp() * (part - log_marginal)).sum(1)  # (n/splits)
        values.append(kl.mean().exp())
    scores = torch.stack(values)
    return Score(
        float(scores.mean()),
        "Inception Score",
        n_real=0,
        n_fake=n,
        features=features,
        settings=(("splits", splits),),
        spread=float(scores.std(correction=0)),
    )

"""The formulas themselves, once, on logarithms of masses (..., k); no argument is checked here.

Discrete distributions bring log p_i, densities bring log(w_i p(x_i)) with quadrature weights w_i: the sums are the
same. Logarithms keep the far tails: exp(-800) is 0 in float64 but -800 is not, and a ratio is a difference.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

LOG2 = math.log(2.0)


def log(p: Tensor) -> Tensor:
    """log p with log 0 = -inf, and no nan in the gradient where p is 0."""
    positive = p > 0
    return torch.where(positive, torch.where(positive, p, 1.0).log(), -math.inf)


def expectation(log_mass: Tensor, values: Tensor) -> Tensor:
    """sum_i mass_i values_i, where mass 0 times inf is 0 and any mass above 0, however small, times inf is inf.

    The mass comes as a logarithm, since exp underflows to 0 long before the logarithm is -inf.
    """
    alive = log_mass > -math.inf
    finite = torch.where(alive & values.isfinite(), values, 0.0)
    endless = torch.where(alive & ~values.isfinite(), values, 0.0)
    return (log_mass.exp() * finite).sum(-1) + endless.sum(-1)


def kl(log_p: Tensor, log_q: Tensor) -> Tensor:
    # Negative values are rounding only: the callers have checked that both sides have mass 1.
    return expectation(log_p, log_p - log_q).clamp(min=0.0)


def js(log_p: Tensor, log_q: Tensor) -> Tensor:
    to_mean_p = LOG2 + logsigmoid(log_p - log_q)  # log(2p / (p + q)); softplus would round above its threshold
    to_mean_q = LOG2 + logsigmoid(log_q - log_p)
    value = (expectation(log_p, to_mean_p) + expectation(log_q, to_mean_q)) / 2
    apart = ~((log_p > -math.inf) & (log_q > -math.inf)).any(-1)
    return torch.where(apart, LOG2, value.clamp(0.0, LOG2))  # masses that sum to 1 - 1e-16 would miss log 2


def total_variation(log_p: Tensor, log_q: Tensor) -> Tensor:
    return ((log_p.exp() - log_q.exp()).abs().sum(-1) / 2).clamp(max=1.0)


def chi_squared(log_p: Tensor, log_q: Tensor) -> Tensor:
    excess = torch.where(log_p > -math.inf, log_p - log_q, -math.inf)  # log(p / q), also where both are 0
    near = (log_p.exp() - log_q.exp()) * torch.where(excess < 30, excess, 0.0).expm1()  # (p - q)^2 / q, undivided
    far = torch.where(excess < 30, -math.inf, 2 * log_p - log_q).exp()  # p^2 / q, where q is less than rounding of p
    return (near * (excess < 30) + far).sum(-1)


def hellinger_squared(log_p: Tensor, log_q: Tensor) -> Tensor:
    return (((log_p / 2).exp() - (log_q / 2).exp()).square().sum(-1) / 2).clamp(max=1.0)

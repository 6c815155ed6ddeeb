"""Densities on the line, written as logarithms, with the points that a quadrature must not miss."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from numbers import Real

import torch
from torch import Tensor

from ganbook import checks
from ganbook.divergences.discrete import masses
from ganbook.types import Float, Sampler

Number = float | Tensor


@dataclass(frozen=True)
class Density:
    """A probability density on an interval: x -> log p(x), -inf where p is 0.

    log_prob: float64 tensor (n,) -> (n,), elementwise. The logarithm, since p itself is 0 far in the tails.
    support: (lower, upper), each possibly infinite; p is 0 outside.
    breaks: finite points between which p is smooth: jumps, kinks, and a few landmarks around each narrow bump.
    sample: draws (n, 1) float32 points with a CPU torch.Generator; None where only the formula is known.

    That p integrates to 1 is checked by whoever integrates it (`ganbook.divergences.quadrature`).

    Raises: ValueError where support is empty or nan, or a break is not finite.
    Derived in: chapter 3.

    >>> ramp = Density(lambda x: (2 * x).log(), support=(0.0, 1.0))
    >>> ramp(torch.tensor([0.25, 2.0], dtype=torch.float64))  # 2x inside, 0 outside
    tensor([0.5000, 0.0000], dtype=torch.float64)
    """

    log_prob: Callable[[Tensor], Tensor]
    support: tuple[float, float] = (-math.inf, math.inf)
    breaks: tuple[float, ...] = ()
    sample: Sampler | None = None

    def __post_init__(self) -> None:
        checks.function("log_prob", self.log_prob, "a function of a tensor (n,)")
        ends = self.support
        if not isinstance(ends, tuple) or len(ends) != 2 or not all(isinstance(end, Real) for end in ends):
            raise ValueError(f"support must be (lower, upper), two numbers, got {ends!r}")
        if not ends[0] < ends[1]:
            raise ValueError(f"support must be (lower, upper) with lower < upper, got {ends}")
        for point in checks.instance("breaks", self.breaks, tuple, "a tuple of numbers"):
            checks.finite("breaks", point)
        if self.sample is not None:
            checks.function("sample", self.sample, "a sampler (n, rng) or None")

    def log(self, x: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        """log p(x), -inf outside the support.

        Raises: ValueError where log_prob returns another shape, nan or +inf inside the support.

        >>> uniform(0.0, 2.0).log(torch.tensor([1.0, 3.0]))  # -log 2
        tensor([-0.6931,    -inf])
        """
        checks.instance("x", x, Tensor, "a tensor (n,)")
        inside = (x >= self.support[0]) & (x <= self.support[1])
        anywhere = x[inside][:1] if inside.any() else x[:1]
        values = self.log_prob(torch.where(inside, x, anywhere))  # never asked outside: a log there may be nan
        if values.shape != x.shape:
            raise ValueError(f"log_prob must return the shape {tuple(x.shape)} of x, got {tuple(values.shape)}")
        bad = inside & (values.isnan() | (values == math.inf))
        if bad.any():
            raise ValueError(
                f"log_prob must be a number or -inf in the support, got {values[bad][0].item()} "
                f"at x = {x[bad][0].item():.6g}"
            )
        return torch.where(inside, values, -math.inf)

    def __call__(self, x: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        """p(x), 0 outside the support.

        >>> uniform(0.0, 2.0)(torch.tensor([1.0, 3.0]))
        tensor([0.5000, 0.0000])
        """
        return self.log(x).exp()


def normal(mean: Number, std: Number) -> Density:
    """The normal density: p(x) = exp(-(x - mean)^2 / (2 std^2)) / (std sqrt(2 pi)).

    mean, std: numbers, or scalar tensors through which a divergence is to be differentiated.

    Raises: ValueError unless mean is finite and std is finite and positive.
    Derived in: chapter 3.

    >>> normal(0.0, 1.0)(torch.zeros(1, dtype=torch.float64))  # 1 / sqrt(2 pi)
    tensor([0.3989], dtype=torch.float64)
    """
    centre = checks.finite("mean", _plain(mean))
    width = checks.positive("std", _plain(std))

    def log_prob(x: Tensor) -> Tensor:
        scale = torch.as_tensor(std, dtype=x.dtype)
        return -((x - mean) / scale).square() / 2 - scale.log() - math.log(2 * math.pi) / 2

    def sample(n: int, rng: torch.Generator) -> Tensor:
        return centre + width * torch.randn(n, 1, generator=rng)

    landmarks = tuple(centre + width * k for k in (-10, -6, -4, -2, 0, 2, 4, 6, 10))
    return Density(log_prob, breaks=landmarks, sample=sample)


def uniform(lower: float, upper: float) -> Density:
    """The uniform density: p(x) = 1 / (upper - lower) on [lower, upper].

    Raises: ValueError unless lower < upper, both finite.
    Derived in: chapter 3.

    >>> uniform(0.0, 4.0)(torch.tensor([1.0], dtype=torch.float64))
    tensor([0.2500], dtype=torch.float64)
    """
    if not checks.finite("lower", lower) < checks.finite("upper", upper):
        raise ValueError(f"lower must be below upper, got {lower} and {upper}")
    height = -math.log(upper - lower)

    def sample(n: int, rng: torch.Generator) -> Tensor:
        return lower + (upper - lower) * torch.rand(n, 1, generator=rng)

    return Density(lambda x: torch.full_like(x, height), support=(lower, upper), sample=sample)


def mixture(components: Sequence[Density], weights: Sequence[float] | None = None) -> Density:
    """A mixture of densities: p(x) = sum_j weights_j p_j(x).

    weights: one a component, none negative, sum 1; equal where None.

    Raises: ValueError where there is no component, or the weights do not fit.
    Derived in: chapter 3.

    >>> two = mixture([uniform(0.0, 1.0), uniform(0.0, 2.0)])
    >>> two(torch.tensor([0.5, 1.5], dtype=torch.float64))  # (1 + 1/2)/2 and (0 + 1/2)/2
    tensor([0.7500, 0.2500], dtype=torch.float64)
    """
    if not isinstance(components, Sequence) or not components:
        raise ValueError(f"components must be a list of at least one density, got {components!r}")
    check_densities(**{f"components[{k}]": component for k, component in enumerate(components)})
    share = masses(weights if weights is not None else [1 / len(components)] * len(components), "weights")
    if share.shape != (len(components),):
        raise ValueError(f"weights must be one a component ({len(components)}), got shape {tuple(share.shape)}")

    def log_prob(x: Tensor) -> Tensor:
        logs = torch.stack([component.log(x) for component in components])  # (components, n)
        return torch.logsumexp(logs + share.log().to(x.dtype).unsqueeze(-1), dim=0)

    sample = None
    if all(component.sample is not None for component in components):

        def sample(n: int, rng: torch.Generator) -> Tensor:
            which = torch.multinomial(share, n, replacement=True, generator=rng)
            draws = torch.stack([component.sample(n, rng) for component in components])  # (components, n, 1)
            return draws[which, torch.arange(n)]  # (n, 1)

    ends = [point for component in components for point in component.support if math.isfinite(point)]
    breaks = sorted({*ends, *(point for component in components for point in component.breaks)})
    lower = min(component.support[0] for component in components)
    upper = max(component.support[1] for component in components)
    return Density(log_prob, support=(lower, upper), breaks=tuple(breaks), sample=sample)


def check_densities(**densities: object) -> None:
    """Raises: ValueError naming the argument that is no Density (a sampler of `ganbook.data` is none)."""
    for name, p in densities.items():
        checks.instance(name, p, Density, "a Density, such as densities.normal(0.0, 1.0)")


def _plain(value: Number) -> float:
    """A number, or a tensor that holds one, as a float; anything else as it is, for a check to name."""
    return float(value.detach()) if isinstance(value, Tensor) and value.numel() == 1 else value

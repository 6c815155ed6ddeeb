"""What is added to a discriminator's loss: formulas of the gradient of its score with respect to its input.

A penalty is called as penalty(critic, real, fake, rng). critic: (samples, what is given with them) -> one number a
sample, such as GAN.critic; it must not couple the samples of a batch: with batch norm there is no gradient of one
sample alone. real, fake: batches of the same form; the gradient is taken by their samples, labels and latents are
given. rng: where the penalty draws, on the CPU, so that one seed gives one value on every device.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from ganbook import checks, processes
from ganbook.ramps import Ramp, ends
from ganbook.types import Batch, Float, Samples, Scalar, parts

Critic = Callable[..., Tensor]
"""(samples (n, ...), what is given with them) -> one number a sample, (n,)."""


@runtime_checkable
class Penalty(Protocol):
    """What a recipe asks of a penalty."""

    def __call__(self, critic: Critic, real: Batch, fake: Batch, rng: torch.Generator) -> Scalar: ...


class Judge:
    """D in one of its steps, as a critic: what the loss has looked at is not computed again for a penalty there.

    network: (samples, what is given with them) -> outputs. score: outputs -> one number a sample.
    """

    def __init__(self, network: Callable[..., Tensor], score: Callable[[Tensor], Tensor]) -> None:
        self.network, self.score = network, score
        self._seen: list[tuple[tuple[Tensor, ...], Tensor]] = []

    def outputs(self, batch: Batch) -> Float[Tensor, "m k"]:
        """D's raw outputs, a row a sample (a pack, behind `models.Pack`), kept for as long as this judge lives."""
        out = self.network(*parts(batch))
        self._seen.append((parts(batch), out))
        return out

    def __call__(self, x: Samples, *given: Tensor) -> Float[Tensor, " n"]:
        for seen, out in self._seen:
            if len(seen) == 1 + len(given) and all(a is b for a, b in zip(seen, (x, *given), strict=True)):
                return self.score(out)
        return self.score(self.network(x, *given))


def differentiable(batch: Batch) -> Batch:
    """The batch with samples that a gradient can be taken by; those that hang on a network already stay as they are."""
    checks.batch("batch", batch)
    x, *given = parts(batch)
    x = x if x.requires_grad else x.detach().requires_grad_()
    return (x, *given) if isinstance(batch, tuple) else x


def input_gradients(critic: Critic, x: Samples, *given: Tensor) -> Float[Tensor, "n d"]:
    """The gradient of each sample's score with respect to that sample, flattened; a loss can be built of it.

    g_i = d critic(x, given)_i / d x_i. One backward pass for the whole batch: it differentiates the sum of the scores,
    and that is the same thing only where no score depends on another sample.

    given: what belongs to the rows of x and is not differentiated: labels, latents.

    Raises: ValueError where critic does not return one number a sample.
    Derived in: chapter 9.

    >>> x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> input_gradients(lambda x: x.square().sum(1), x).tolist()  # 2 x
    [[2.0, 4.0], [6.0, 8.0]]
    >>> input_gradients(lambda x, y: y * x.sum(1), x, torch.tensor([1, 5])).tolist()
    [[1.0, 1.0], [5.0, 5.0]]
    """
    checks.batch("x", x)
    checks.function("critic", critic)
    x = differentiable(x)
    scores = checks.answering("critic", critic)(x, *given)
    if not isinstance(scores, Tensor) or not scores.requires_grad:
        raise ValueError("critic must return a tensor to differentiate by x")
    if scores.shape != (len(x),):
        wanted = f"one number a sample, shape ({len(x)},)"
        raise ValueError(f"critic must return {wanted}, got {tuple(scores.shape)}")
    (gradients,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
    return gradients.flatten(1)  # of an image too: dim=1 alone would be its channels


def input_gradient_norms(critic: Critic, x: Samples, *given: Tensor) -> Float[Tensor, " n"]:
    """||g_i||, the Euclidean norm over the whole of each sample: see `input_gradients`."""
    return input_gradients(critic, x, *given).norm(dim=1)


def interpolate(x: Samples, y: Samples, rng: torch.Generator) -> Samples:
    """Points on the straight lines from x_i to y_i, one coefficient e ~ U[0, 1) a sample: e x_i + (1 - e) y_i.

    Raises: ValueError where the shapes differ.
    """
    if checks.batch("x", x).shape != checks.batch("y", y).shape:
        raise ValueError(f"x and y must have the same shape, got {tuple(x.shape)} and {tuple(y.shape)}")
    return between(x, y, rng)[0]


def between(real: Batch, fake: Batch, rng: torch.Generator) -> tuple[Tensor, ...]:
    """As `interpolate`, for batches: latents go along with the samples, labels must be the same at both ends.

    Raises: ValueError where shapes differ, or a part that is not floating point is not equal on both sides.
    """
    checks.batch("real", real)
    checks.batch("fake", fake)
    checks.instance("rng", rng, torch.Generator, "a torch.Generator")
    shapes = [[tuple(part.shape) for part in parts(batch)] for batch in (real, fake)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"real and fake must have the same shape, got {_listed(shapes[0])} and {_listed(shapes[1])}")
    x = parts(real)[0]
    e = processes.rows(lambda n: torch.rand(n, generator=rng, dtype=x.dtype), len(x)).to(x.device)
    points = []
    for a, b in zip(parts(real), parts(fake), strict=True):
        if a.is_floating_point():
            share = e.view(-1, *[1] * (a.dim() - 1))
            points.append(share * a + (1 - share) * b)
        elif torch.equal(a, b):
            points.append(a)
        else:
            raise ValueError("real and fake must have the same labels, row by row, for a penalty on the lines between")
    return tuple(points)


def _listed(shapes: list[tuple[int, ...]]) -> str:
    return " with ".join(map(str, shapes))


def departure(norms: Float[Tensor, " n"], target: float, one_sided: bool) -> Scalar:
    """E (norm - target)^2; one-sided: norms below the target cost nothing, E max(0, norm - target)^2."""
    checks.tensor("norms", norms)
    checks.not_negative("target", target)
    checks.flag("one_sided", one_sided)
    excess = norms - target
    return (excess.relu() if one_sided else excess).square().mean()


@dataclass(frozen=True)
class GradientPenalty:
    """The critic's gradient is held at norm 1 on straight lines between real and fake samples.

    weight * E (||grad D(x^)|| - target)^2,  x^ = e x + (1 - e) y, one e ~ U[0, 1) a sample.

    one_sided: only norms above the target cost something (the constraint of the dual says no more than that).

    Raises: ValueError where weight or target is not a finite number >= 0; in a call, where shapes differ.
    Source: Gulrajani et al. 2017, eq. 3; one-sided: their section 4; Petzka et al. 2018. Derived in: chapter 9.

    >>> x, rng = torch.zeros(4, 1, 28, 28), torch.Generator()
    >>> float(GradientPenalty()(lambda x: 3 * x[:, 0, 0, 0], x, x, rng))  # 10 (3 - 1)^2
    40.0
    >>> float(GradientPenalty(one_sided=True)(lambda x: x[:, 0, 0, 0] / 2, x, x, rng))
    0.0
    """

    weight: float | Ramp = 10.0
    target: float | Ramp = 1.0
    one_sided: bool = False

    def __post_init__(self) -> None:
        _check(weight=self.weight, target=self.target)
        checks.flag("one_sided", self.one_sided)

    def __call__(
        self,
        critic: Critic,
        real: Batch,
        fake: Batch,
        rng: torch.Generator,
    ) -> Scalar:
        checks.function("critic", critic)
        norms = input_gradient_norms(critic, *between(real, fake, rng))
        return self.weight * departure(norms, self.target, self.one_sided)


@dataclass(frozen=True)
class GaussianNoise:
    """The perturbation of DRAGAN's paper: x + delta, delta ~ N(0, c I).

    c: the variance, in the data's units squared; the paper's 10 is far larger than an image in [-1, 1].

    Raises: ValueError where c is not a finite number >= 0.
    Source: Kodali et al. 2017, eq. 1, with c about 10. Derived in: chapter 9.
    """

    c: float | Ramp = 10.0

    def __post_init__(self) -> None:
        _check(c=self.c)

    def __call__(self, x: Samples, rng: torch.Generator) -> Samples:
        e = processes.rows(lambda n: torch.randn(n, *x.shape[1:], generator=rng, dtype=x.dtype), len(x))
        return x + math.sqrt(self.c) * e.to(x.device)


@dataclass(frozen=True)
class UniformNoise:
    """The perturbation of DRAGAN's code: between x and x + share * std(x) * u, with u ~ U[0, 1) for each number.

    x + a share std(x) u, one a ~ U[0, 1) a sample. u is never negative, so images only get brighter. std(x) is over
    all numbers of the batch: the one place where a sample is told of the others, and a shared scale is all it is told.

    Raises: ValueError where share is not a finite number >= 0.
    Source: the notebook of Kodali et al. 2017 (get_perturbed_batch, share 0.5). Derived in: chapter 9.
    """

    share: float | Ramp = 0.5

    def __post_init__(self) -> None:
        _check(share=self.share)

    def __call__(self, x: Samples, rng: torch.Generator) -> Samples:
        u = processes.rows(lambda n: torch.rand(n, *x.shape[1:], generator=rng, dtype=x.dtype), len(x)).to(x.device)
        return interpolate(x + self.share * x.std(correction=0) * u, x, rng)


@dataclass(frozen=True)
class Dragan:
    """The discriminator's gradient is held at norm 1 beside the data; the fakes play no part.

    weight * E (||grad D(noise(x))|| - target)^2, D before any sigmoid.

    noise: GaussianNoise(c), the paper's formula, or UniformNoise(share), the authors' code. They are not the same.

    Raises: ValueError where weight or target is not a finite number >= 0, or noise is not callable.
    Source: Kodali et al. 2017, eq. 1, and their notebook. Derived in: chapter 9.

    >>> x, rng = torch.zeros(4, 2), torch.Generator()
    >>> float(Dragan(noise=GaussianNoise())(lambda x: x[:, 0] - 2, x, x, rng))  # slope 1 everywhere
    0.0
    """

    weight: float | Ramp = 10.0
    target: float | Ramp = 1.0
    noise: GaussianNoise | UniformNoise = field(default_factory=UniformNoise)

    def __post_init__(self) -> None:
        _check(weight=self.weight, target=self.target)
        if not callable(self.noise):
            raise ValueError(f"noise must be GaussianNoise(c) or UniformNoise(share), got {self.noise!r}")

    def __call__(self, critic: Critic, real: Batch, fake: Batch, rng: torch.Generator) -> Scalar:
        checks.function("critic", critic)
        checks.batch("real", real)
        checks.instance("rng", rng, torch.Generator, "a torch.Generator")
        x, *given = parts(real)
        return self.weight * departure(input_gradient_norms(critic, self.noise(x, rng), *given), self.target, False)


@dataclass(frozen=True)
class _ZeroCentred:
    """What R1 and R2 share: gamma / 2 times the mean squared length of the gradient."""

    gamma: float | Ramp

    def __post_init__(self) -> None:
        _check(gamma=self.gamma)

    def _price(self, critic: Critic, batch: Batch) -> Scalar:
        return self.gamma / 2 * input_gradients(critic, *parts(batch)).square().sum(1).mean()


class R1(_ZeroCentred):
    """The discriminator is flat where the data are: gamma / 2 * E ||grad D(x)||^2 over real x.

    Raises: ValueError where gamma is not a finite number >= 0.
    Source: Mescheder et al. 2018, eq. 9. Derived in: chapter 7.

    >>> x = torch.zeros(4, 2)
    >>> float(R1(gamma=10.0)(lambda x: 3 * x[:, 0], x, x, torch.Generator()))  # 10 / 2 * 3^2
    45.0
    """

    def __call__(self, critic: Critic, real: Batch, fake: Batch, rng: torch.Generator) -> Scalar:
        checks.function("critic", critic)
        checks.batch("real", real)
        return self._price(critic, real)


class R2(_ZeroCentred):
    """The discriminator is flat where the fakes are: gamma / 2 * E ||grad D(y)||^2 over generated y.

    Raises: ValueError where gamma is not a finite number >= 0.
    Source: Mescheder et al. 2018, eq. 10. Derived in: chapter 7.

    >>> x, y = torch.zeros(4, 2), torch.ones(4, 2)
    >>> R2(gamma=1.0)(lambda x: x.square().sum(1), x, y, torch.Generator()).item()  # 1 / 2 * (2^2 + 2^2)
    4.0
    """

    def __call__(self, critic: Critic, real: Batch, fake: Batch, rng: torch.Generator) -> Scalar:
        checks.function("critic", critic)
        checks.batch("fake", fake)
        return self._price(critic, fake)


def _check(**numbers: float | Ramp) -> None:
    """Refuse a constant that is not a finite number >= 0, or a Ramp between two."""
    for name, value in numbers.items():
        for end in ends(value):
            checks.not_negative(name, end)

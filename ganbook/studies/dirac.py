"""Dirac-GAN: the smallest game that can fail to come to rest, one number a player.

The data are the single point 0, the generator is the single point theta, and D(x) has the logit psi x. A state is a
row (theta, psi); the equilibrium is (0, 0). A field gives the direction of both players at n states, in float64, and
can be differentiated. Here the fields are written out; `Played` makes the same of any loss and penalty of the book.
"""

from __future__ import annotations

import cmath
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import torch
from torch import Tensor

from ganbook.losses import AdversarialLoss
from ganbook.types import Float

States = Float[Tensor, "n 2"]
"""One state (theta, psi) a row."""

Field = Callable[[Tensor], Tensor]
"""States (n, 2) -> the direction in which both players move, (n, 2)."""


def columns(states: Tensor) -> tuple[Tensor, Tensor]:
    """theta and psi as columns (n, 1), in float64.

    Raises: ValueError where states are not (n, 2).
    """
    if states.dim() != 2 or states.shape[1] != 2:
        raise ValueError(f"states must have shape (n, 2), a row (theta, psi) each, got {tuple(states.shape)}")
    states = states.double()
    return states[:, :1], states[:, 1:]


def minimax(states: Tensor) -> Tensor:
    """v = (psi s, -theta s) with s = sigmoid(theta psi): across the radius everywhere, a rotation about 0.

    Source: Mescheder et al. 2018, section 2; their D has the other sign, so their psi is minus ours.
    Derived in: chapter 7.

    >>> minimax(torch.tensor([[1.0, 0.0]])).tolist()  # D does not know yet: theta rests, psi turns against it by 1/2
    [[0.0, -0.5]]
    """
    theta, psi = columns(states)
    return (theta * psi).sigmoid() * torch.cat([psi, -theta], 1)


def non_saturating(states: Tensor) -> Tensor:
    """v = (psi (1 - s), -theta s): the same rotation at 0, and a slight pull inwards away from it.

    >>> non_saturating(torch.tensor([[1.0, 0.0]])).tolist()
    [[0.0, -0.5]]
    """
    theta, psi = columns(states)
    s = (theta * psi).sigmoid()
    return torch.cat([psi * (1 - s), -theta * s], 1)


def wasserstein(states: Tensor) -> Tensor:
    """v = (psi, -theta): an even rotation, the bilinear game of chapter 1."""
    theta, psi = columns(states)
    return torch.cat([psi, -theta], 1)


@dataclass(frozen=True)
class Noise:
    """The minimax field where D sees everything through Gaussian noise of deviation `std`.

    64 equally likely values of variance 1 stand for the noise, so the field stays deterministic.

    Raises: ValueError where std is not >= 0.
    Source: Mescheder et al. 2018, section 3.2, after Arjovsky and Bottou 2017. Derived in: chapter 7.
    """

    std: float

    def __post_init__(self) -> None:
        _check(std=self.std)

    def __call__(self, states: Tensor) -> Tensor:
        theta, psi = columns(states)
        fake, real = theta + self.std * NODES, self.std * NODES  # (n, 64), (64,)
        s = (fake * psi).sigmoid()
        to_psi = (real * (-real * psi).sigmoid() - fake * s).mean(1, keepdim=True)
        return torch.cat([psi * s.mean(1, keepdim=True), to_psi], 1)


def _nodes(count: int = 64) -> Tensor:
    bell = NormalDist()
    quantiles = torch.tensor([bell.inv_cdf((i + 0.5) / count) for i in range(count)], dtype=torch.float64)
    return quantiles / quantiles.square().mean().sqrt()


NODES = _nodes()
"""64 equally likely values that stand for N(0, 1): the middle quantiles, scaled to variance 1."""


@dataclass(frozen=True)
class WithR1:
    """A field whose discriminator also descends gamma / 2 * psi^2, the penalty R1 of this game.

    Raises: ValueError where gamma is not >= 0.
    Source: Mescheder et al. 2018, eq. 9. Derived in: chapter 7.

    >>> WithR1(minimax, 2.0)(torch.tensor([[0.0, 1.0]])).tolist()  # (1/2, -0 - 2 * 1)
    [[0.5, -2.0]]
    """

    field: Field
    gamma: float

    def __post_init__(self) -> None:
        _check(gamma=self.gamma)

    def __call__(self, states: Tensor) -> Tensor:
        _, psi = columns(states)
        return self.field(states) - self.gamma * torch.cat([torch.zeros_like(psi), psi], 1)


@dataclass(frozen=True)
class WithGradientPenalty:
    """A field whose discriminator also descends weight * (|psi| - target)^2, the penalty of WGAN-GP.

    Raises: ValueError where weight or target is not >= 0.
    Source: Gulrajani et al. 2017, eq. 3. Derived in: chapter 7.

    >>> WithGradientPenalty(wasserstein, 0.5)(torch.tensor([[0.0, 3.0]])).tolist()  # (3, -2 * 0.5 * (3 - 1))
    [[3.0, -2.0]]
    """

    field: Field
    weight: float
    target: float = 1.0

    def __post_init__(self) -> None:
        _check(weight=self.weight, target=self.target)

    def __call__(self, states: Tensor) -> Tensor:
        _, psi = columns(states)
        slope = 2 * self.weight * (psi.abs() - self.target) * psi.sign()
        return self.field(states) - torch.cat([torch.zeros_like(psi), slope], 1)


@dataclass(frozen=True)
class Consensus:
    """Both players also descend the size of the field itself: v - weight * grad (1/2 ||v||^2).

    Raises: ValueError where weight is not >= 0.
    Source: Mescheder et al. 2017 (The numerics of GANs), section 4. Derived in: chapter 7.

    >>> Consensus(minimax)(torch.tensor([[1.0, 0.0]])).tolist()  # towards 0 by 1/4; psi by 1/2 and 1/8
    [[-0.25, -0.625]]
    """

    field: Field
    weight: float = 1.0

    def __post_init__(self) -> None:
        _check(weight=self.weight)

    def __call__(self, states: Tensor) -> Tensor:
        states = states.double()
        if not states.requires_grad:
            states = states.detach().requires_grad_()
        v = self.field(states)
        (uphill,) = torch.autograd.grad(0.5 * v.square().sum(), states, create_graph=True)
        return v - self.weight * uphill


@dataclass(frozen=True)
class Played:
    """The field that any loss and penalties of the book make: v = -(d L_G / d theta, d L_D / d psi), by autograd.

    loss: with one output. penalties: as in a Recipe. Slower than the fields written out, and their second witness.

    Raises: ValueError where loss has several outputs.
    Derived in: chapter 7.

    >>> from ganbook.losses import Minimax
    >>> Played(Minimax())(torch.tensor([[1.0, 0.0]])).tolist()
    [[0.0, -0.5]]
    """

    loss: AdversarialLoss
    penalties: tuple = ()

    def __post_init__(self) -> None:
        if self.loss.outputs != 1:
            raise ValueError(f"loss must have one output, got {self.loss!r} with {self.loss.outputs}")

    def __call__(self, states: Tensor) -> Tensor:
        if not states.requires_grad:
            states = states.detach().double().requires_grad_()
        theta, psi = columns(states)
        n, real = len(theta), torch.zeros_like(theta)  # the losses are means over rows; times n, each has its own game
        d = self.loss.d(psi * real, psi * theta)
        for penalty in self.penalties:
            d = d + penalty(lambda x: (psi * x).squeeze(1), real, theta.detach(), torch.Generator().manual_seed(0))
        g = self.loss.g(psi * real, psi * theta)
        (to_theta,) = torch.autograd.grad(n * g, theta, create_graph=True)
        (to_psi,) = torch.autograd.grad(n * d, psi, create_graph=True)
        return -torch.cat([to_theta, to_psi], 1) + 0.0  # no -0.0


def jacobian(field: Field, at: tuple[float, float] = (0.0, 0.0)) -> Float[Tensor, "2 2"]:
    """The matrix of derivatives of the field at a state, by automatic differentiation.

    >>> jacobian(WithR1(minimax, 0.3)).tolist()  # f'(0) = 1/2: a rotation; -gamma: a brake on psi
    [[0.0, 0.5], [-0.5, -0.3]]
    """
    states = torch.tensor([at], dtype=torch.float64, requires_grad=True)
    v = field(states)[0]
    return torch.stack([torch.autograd.grad(part, states, retain_graph=True)[0][0] for part in v]) + 0.0  # no -0.0


def eigenvalues(field: Field, at: tuple[float, float] = (0.0, 0.0)) -> list[complex]:
    """Eigenvalues of the game's Jacobian: the larger imaginary part first, then the larger real part.

    >>> [complex(round(v.real, 6), round(v.imag, 6)) for v in eigenvalues(WithR1(minimax, 0.6))]  # 0.3^2 + 0.4^2 = 1/4
    [(-0.3+0.4j), (-0.3-0.4j)]
    """
    found = [complex(value) for value in torch.linalg.eigvals(jacobian(field, at)).tolist()]
    return sorted(found, key=lambda value: (-value.imag, -value.real))


def damped_eigenvalues(gamma: float, slope: float = 0.5) -> list[complex]:
    """In closed form, of the Jacobian [[0, slope], [-slope, -gamma]], which R1 has; `slope` is f'(0).

    -gamma / 2 +- sqrt(gamma^2 / 4 - slope^2). Instance noise of deviation s has gamma = s^2 / 2.

    Source: Mescheder et al. 2018, Lemma 4.1. Derived in: chapter 7.

    >>> [round(value.real, 3) for value in damped_eigenvalues(2.0)]
    [-0.134, -1.866]
    """
    root = cmath.sqrt(gamma**2 / 4 - slope**2)
    return [-gamma / 2 + root, -gamma / 2 - root]


def simulate(
    field: Field,
    starts: States,
    steps: int = 500,
    h: float = 0.2,
    *,
    d_steps: int | None = None,
    clip: float | None = None,
) -> Float[Tensor, "k n 2"]:
    """The paths of both players by steps of size h: (steps + 1, n, 2), `starts` first.

    d_steps: None moves both players at once, from the same state. A number k moves them in turns: one step of G, then
    k of D, which is the order of the author's code. clip: psi is put back into [-clip, clip] after each of its steps.

    Raises: ValueError where steps, h, d_steps or clip is not > 0.
    Source: Mescheder et al. 2018, sections 2 and 3. Derived in: chapter 7.

    >>> start = torch.tensor([[0.0, 1.0]])
    >>> simulate(minimax, start, steps=1).tolist()[-1]  # theta moves by 0.2 / 2; psi saw theta = 0
    [[0.1, 1.0]]
    >>> simulate(minimax, start, steps=1, d_steps=1)[-1, 0, 1].item() < 1.0  # in turns psi has seen theta = 0.1
    True
    """
    for name, value in (("steps", steps), ("h", h), ("d_steps", d_steps), ("clip", clip)):
        if value is not None and not value > 0:
            raise ValueError(f"{name} must be > 0, got {value!r}")
    state = starts.detach().double()
    path = [state]

    def moved(state: Tensor, who: Tensor) -> Tensor:
        state = state + h * who * field(state).detach()
        return state if clip is None else torch.cat([state[:, :1], state[:, 1:].clamp(-clip, clip)], 1)

    for _ in range(steps):
        if d_steps is None:
            state = moved(state, BOTH)
        else:
            state = moved(state, ONLY_G)
            for _ in range(d_steps):
                state = moved(state, ONLY_D)
        path.append(state)
    return torch.stack(path)


BOTH, ONLY_G, ONLY_D = torch.tensor([[1.0, 1.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
"""Who moves in a step: theta is the generator's, psi the discriminator's."""


def _check(**numbers: float) -> None:
    for name, value in numbers.items():
        if not value >= 0:
            raise ValueError(f"{name} must be a number >= 0, got {value!r}")

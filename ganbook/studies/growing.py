"""What growing rests on, in numbers: how far Adam moves each layer, how a penalty jumps with the size. Chapter 15."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganbook import checks
from ganbook.games.progressive import PIXELS
from ganbook.metrics import pyramid_distance
from ganbook.models.growing import GAIN, GrowingD, enlarge, shrink
from ganbook.penalties import GradientPenalty
from ganbook.types import Float, Samples, Scalar


def relative_step(lr: float, inputs: int, *, equalised: bool, gain: float = GAIN) -> float:
    """How far Adam's first step moves a layer, as a share of its weights: rms(dW) / rms(W).

    The first step is lr sign(gradient), whatever its scale. W ~ N(0, 1) is moved by lr; W with He's deviation
    c = gain / sqrt(inputs) is moved by lr / c.

    inputs: numbers that one output is a sum of: channels times kernel squared.

    Raises: ValueError where a number is not > 0. Derived in: chapter 15.

    >>> [round(100 * relative_step(1e-3, inputs, equalised=False), 2) for inputs in (27, 576, 4608)]  # per cent
    [0.37, 1.7, 4.8]
    >>> relative_step(1e-3, 4608, equalised=True)
    0.001
    """
    checks.positive("lr", lr), checks.whole("inputs", inputs), checks.positive("gain", gain)
    return lr if equalised else lr * math.sqrt(inputs) / gain


def relative_steps(
    network: nn.Module, optimizer: Optimizer, loss: Callable[[], Scalar], steps: int = 1
) -> dict[str, float]:
    """rms(W_after - W_before) / rms(W_before) of each weight that has a gradient, biases apart, by its name.

    loss: called once a step, without arguments. The network stays where the steps have brought it.

    Derived in: chapter 15.

    >>> layer = nn.Linear(1, 1, bias=False)
    >>> nn.init.constant_(layer.weight, 2.0).item()
    2.0
    >>> sgd = torch.optim.SGD(layer.parameters(), lr=0.5)
    >>> relative_steps(layer, sgd, lambda: layer(torch.ones(1, 1)).sum())  # from 2 to 1.5
    {'weight': 0.25}
    """
    checks.whole("steps", steps)
    before = {name: p.detach().clone() for name, p in network.named_parameters() if p.dim() > 1}
    for _ in range(steps):
        optimizer.zero_grad()
        loss().backward()
        optimizer.step()
    after = dict(network.named_parameters())
    moved = {name: p for name, p in before.items() if after[name].grad is not None}
    return {name: float((after[name].detach() - p).norm() / p.norm()) for name, p in moved.items()}


def seen_full(D: GrowingD, size: int) -> Callable[[Samples], Tensor]:
    """D as a critic of images of the final size, which it shrinks to its own: what the authors' code computes."""
    times = size // D.size
    return lambda x: D(shrink(x, times))[:, 0]


def jump(
    D: GrowingD,
    real: Float[Tensor, "n c h w"],
    fake: Float[Tensor, "n c h w"],
    weight: float = 10.0,
    pixels: str = "native",
    seed: int = 0,
) -> tuple[float, float]:
    """The gradient penalty of one critic, as it stands and in the first round after growing by one size.

    D plays stage s whole; then stage s + 1 at alpha = 0, where it gives every enlarged image the same score. In native
    pixels its gradient has half the norm there: a penalty of 0, all norms 1, becomes weight / 4.

    real, fake: images of the stage's size; on the lines between them the gradient is taken, at the same places twice.
    pixels: "native", or "full", the final size of D.

    Returns (before, after). D is left as it was.
    Raises: ValueError where D plays its last stage, is not whole, or pixels is neither.
    Derived in: chapter 15.
    """
    checks.instance("D", D, GrowingD, "a GrowingD, such as models.growing makes")
    checks.one_of("pixels", pixels, PIXELS)
    stage, final = D.stage, 4 * 2 ** (D.stages - 1)
    if stage + 1 >= D.stages or D.alpha != 1:
        raise ValueError(f"D must play a stage before its last one, whole, got stage {stage} at alpha {D.alpha:g}")
    found, penalty = [], GradientPenalty(weight)
    try:
        for s, alpha in ((stage, 1.0), (stage + 1, 0.0)):
            D.at(s, alpha)
            times = (final if pixels == "full" else D.size) // real.shape[-1]
            critic = seen_full(D, final) if pixels == "full" else seen_full(D, D.size)
            rng = torch.Generator().manual_seed(seed)
            price = penalty(critic, enlarge(real, times), enlarge(fake, times), rng)
            found.append(float(price.detach()))
    finally:
        D.at(stage, 1.0)
    return found[0], found[1]


def levels(
    real: Float[Tensor, "n c h w"], fake: Float[Tensor, "n c h w"], smallest: int = 8, seed: int = 0
) -> dict[int, float]:
    """1000 times the sliced Wasserstein distance of 7x7 patches at each level of the Laplacian pyramid, by its side.

    The authors' scale, with 2 patches an image and 128 directions a level; their smallest level is 16 px.

    Source: Karras et al. 2018, section 5. Derived in: chapter 6; used in chapter 15.

    >>> x = torch.rand(20, 3, 32, 32)
    >>> levels(x, x)
    {32: 0.0, 16: 0.0, 8: 0.0}
    """
    found = pyramid_distance(real, fake, smallest=smallest, seed=seed)
    return {side: 1_000 * float(score) for side, score in found.items()}

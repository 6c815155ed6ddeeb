"""What a generator starts from: latents z of shape (n, d)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from ganbook import checks
from ganbook.data.sampler import check_draw, place
from ganbook.types import Batch


@dataclass(frozen=True)
class Normal:
    """Draws z ~ N(0, I_d): see `normal`."""

    d: int
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n latents, a row each."""
        check_draw(n, rng)
        return torch.randn(n, self.d, generator=rng).to(self.device)


@dataclass(frozen=True)
class Uniform:
    """Draws z ~ U([-1, 1]^d): see `uniform`."""

    d: int
    device: torch.device

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """n latents, a row each."""
        check_draw(n, rng)
        return torch.rand(n, self.d, generator=rng).mul_(2).sub_(1).to(self.device)


def normal(d: int, device: torch.device | str | None = None) -> Normal:
    """The prior N(0, I_d), drawn on the CPU and then moved, so that one seed gives one z on every device.

    Raises: ValueError for d < 1.

    >>> normal(2)(3, torch.Generator().manual_seed(0)).shape
    torch.Size([3, 2])
    """
    checks.whole("d", d)
    return Normal(d, place(device))


def uniform(d: int, device: torch.device | str | None = None) -> Uniform:
    """The prior U([-1, 1]^d), each coordinate of mean 0 and variance 1/3, drawn on the CPU and then moved.

    Raises: ValueError for d < 1.

    >>> z = uniform(2)(1000, torch.Generator().manual_seed(0))
    >>> bool(z.abs().max() <= 1), abs(z.square().mean().item() - 1 / 3) < 0.02
    (True, True)
    """
    checks.whole("d", d)
    return Uniform(d, place(device))

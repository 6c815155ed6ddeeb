"""The library behind the GAN Book. Start at chapter 1, or at `ganbook.games.GAN`."""

from __future__ import annotations

import functools
import os

import torch

__version__ = "0.1.0"
__all__ = ["__version__", "device"]


@functools.cache
def device() -> torch.device:
    """The one device of this process: a GPU where there is one, else the CPU; GANBOOK_DEVICE overrides.

    Raises: ValueError where GANBOOK_DEVICE names a device that torch cannot use here.
    """
    wanted = os.environ.get("GANBOOK_DEVICE")
    if wanted is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=wanted).device
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"GANBOOK_DEVICE must name a device that torch can use here, got {wanted!r}") from error

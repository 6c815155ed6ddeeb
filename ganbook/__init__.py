"""The library behind the GAN Book. Start at chapter 1, or at `ganbook.games.GAN`.

The top level holds the doors that a chapter opens; what stands behind a door lives in its package; code that one
chapter alone needs is a study. Where a new file goes, and what is where:

    losses        formulas of D's outputs: frozen dataclasses with d, g, score
    penalties     formulas of D's gradients
    models        networks and layers
    games         who plays, and what a round is: one file a kind of play
    train         how long, how exact, how resumed
    metrics       a number about samples
    divergences   theory on known distributions
    data          what a GAN learns from, and starts from
    files         bytes on disk, written whole or not at all
    player        HTML, and what moves in it; its doors are plot and explore
    zoo           trained models
    experiments   long runs and their results (in results)
    studies       one chapter's comparison or toy
    recipes       everything of a training that is not a network or data, with sources
    ramps         numbers that move as a training goes on
    optimizers    what moves a player
    augment       what D gets to see of few images
    keep          a generator in one file, for another machine
    __main__      train and sample from a command line
    processes     one run played by several processes
    features      what a small network sees in an image (its weights in feature_weights)
    claims        sentences that the reader's machine has just checked
    bounds        what a claim asks of a number
    plot          figures, films and tables
    explore       knobs that work without a kernel
    draw          drawings, by a kit of a few shapes
    checks        what arguments are asked
    strays        what a folder of pictures holds that is not read
    types         the few types that every part shares
"""

from __future__ import annotations

import functools
import importlib
import os
from typing import Any

import torch

__version__ = "0.1.0"
__all__ = ["__version__", "device", "load", "save"]


def __getattr__(name: str) -> Any:
    """`ganbook.save` and `ganbook.load`, which stand in `ganbook.keep`: importing the book's name imports no more."""
    if name in ("load", "save"):
        return getattr(importlib.import_module("ganbook.keep"), name)
    raise AttributeError(f"module 'ganbook' has no attribute {name!r}")


@functools.cache
def device() -> torch.device:
    """The one device of this process: a GPU where there is one, else the CPU; GANBOOK_DEVICE overrides.

    Of several processes on one machine (`accelerate launch`) each has its own GPU.

    Raises: ValueError where GANBOOK_DEVICE names a device that torch cannot use here.
    """
    wanted = os.environ.get("GANBOOK_DEVICE")
    if wanted is None and int(os.environ.get("WORLD_SIZE", "1")) > 1 and torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
    if wanted is None:
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=wanted).device
    except (RuntimeError, AssertionError) as error:
        raise ValueError(f"GANBOOK_DEVICE must name a device that torch can use here, got {wanted!r}") from error

"""Samplers made of samplers: a few labels, and batches of several kinds at once."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.sampler import TensorSampler
from ganbook.types import Sampler, parts


def check_labels(y: Tensor, classes: int, name: str = "y") -> Tensor:
    """The labels, once they are known to be some: whole numbers from 0 to classes - 1, one a row.

    Raises: ValueError naming the first label that is none, and its row.
    Derived in: chapter 12.

    >>> check_labels(torch.tensor([3, 10]), classes=10)
    Traceback (most recent call last):
    ...
    ValueError: y must hold labels from 0 to 9, got 10 in row 1
    """
    checks.whole("classes", classes)
    if not isinstance(y, Tensor) or y.is_floating_point() or y.is_complex() or y.dtype == torch.bool or y.dim() != 1:
        got = f"{y.dtype} of shape {tuple(y.shape)}" if isinstance(y, Tensor) else type(y).__name__
        raise ValueError(f"{name} must be a tensor of one whole number a row, got {got}")
    wrong = (y < 0) | (y >= classes)
    if wrong.any():
        row = int(wrong.nonzero()[0])
        raise ValueError(f"{name} must hold labels from 0 to {classes - 1}, got {int(y[row])} in row {row}")
    return y


def few(sampler: TensorSampler, per_class: int, seed: int = 0) -> TensorSampler:
    """The same set with a few labels: `per_class` rows of each class, drawn without replacement by `seed`.

    sampler: a set with one label a row.
    per_class: rows of each class.
    seed: which rows; the rows of fewer labels are among those of more.

    Raises: ValueError for a set without labels, or with several a row, and where a class has fewer rows, naming it.
    Derived in: chapter 12.

    >>> from ganbook import data
    >>> ten = few(data.digits(), per_class=10)
    >>> ten
    TensorSampler(100 samples of shape 1x28x28, 10 classes)
    >>> ten.y.bincount().tolist() == [10] * 10
    True
    """
    if not isinstance(sampler, TensorSampler):
        raise ValueError(f"sampler must be a set with labels, such as data.digits(), got {type(sampler).__name__}")
    checks.whole("per_class", per_class)
    checks.whole("seed", seed, least=0)
    y = sampler.y
    if y is None or y.dim() != 1:
        what = "no labels" if y is None else f"{y.shape[1]} labels a row"
        raise ValueError(f"sampler must have one label a row, got {what}")
    labels, rng, rows = y.cpu(), torch.Generator().manual_seed(seed), []
    known = range(len(sampler.classes)) if sampler.classes else labels.unique().tolist()
    for label in known:
        own = (labels == label).nonzero().squeeze(1)
        if len(own) < per_class:
            name = sampler.classes[label] if sampler.classes else label
            raise ValueError(f"per_class must be at most {len(own)}, the rows of class {name!r}, got {per_class}")
        rows.append(own[torch.randperm(len(own), generator=rng)[:per_class]])
    chosen = torch.cat(rows).to(sampler.device)
    return TensorSampler(sampler.stored[chosen], y[chosen], sampler.classes)


@dataclass(frozen=True, repr=False)
class Together:
    """Draws from several samplers at once: see `together`, which makes it."""

    samplers: tuple[Sampler, ...]

    def __call__(self, n: int, rng: torch.Generator) -> tuple[Tensor, ...]:
        """n rows of each, drawn one sampler after the other."""
        return tuple(part for sampler in self.samplers for part in parts(sampler(n, rng)))

    @property
    def stateful(self) -> bool:
        """Has one of them a state of its own?"""
        return any(getattr(sampler, "stateful", False) for sampler in self.samplers)

    def __repr__(self) -> str:
        return f"together({', '.join(getattr(one, '__name__', repr(one)) for one in self.samplers)})"


def together(*samplers: Sampler) -> Together:
    """Batches of several kinds at once, as one tuple: two domains without pairs, or labelled beside unlabelled data.

    Each is drawn for itself, so rows do not belong together unless one sampler gave them. A sampler of tuples, such as
    `digits.labelled`, adds all its parts.

    Raises: ValueError for fewer than two samplers, or what is none.
    Derived in: chapters 12 and 14.

    >>> from ganbook import data
    >>> digits = data.digits()
    >>> batch = together(few(digits, 10).labelled, digits)(64, torch.Generator().manual_seed(0))
    >>> [tuple(part.shape) for part in batch]
    [(64, 1, 28, 28), (64,), (64, 1, 28, 28)]
    """
    if len(samplers) < 2 or not all(callable(sampler) for sampler in samplers):
        kinds = ", ".join(type(sampler).__name__ for sampler in samplers) or "none"
        raise ValueError(f"samplers must be two or more, each called as sampler(n, rng), got {kinds}")
    return Together(samplers)

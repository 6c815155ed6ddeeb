"""Tensors to draw from: the Sampler of everything that fits in memory, and the checks that all samplers share."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
from torch import Tensor

import ganbook
from ganbook import checks
from ganbook.types import Samples


def check_draw(n: object, rng: object) -> None:
    """Refuse what no sampler can draw with.

    Raises: TypeError unless n is an int and rng a torch.Generator; ValueError for n < 1 or a generator of a GPU.
    """
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"n must be an int, the number of samples to draw; got {n!r}")
    if not 1 <= n < checks.HUGE:
        raise ValueError(f"n must be at least 1{', and a number that torch can hold' * (n > 0)}, got {n}")
    if not isinstance(rng, torch.Generator):
        raise TypeError(f"rng must be a torch.Generator, such as torch.Generator().manual_seed(0); got {rng!r}")
    if rng.device.type != "cpu":
        raise ValueError(
            "rng must be a generator of the CPU, so that one seed draws the same samples on every "
            f"device; got one of {rng.device}"
        )


def place(device: torch.device | str | None) -> torch.device:
    """The device that a sampler delivers to: the one given, else the book's own (`ganbook.device()`)."""
    checks.device("device", device)
    return ganbook.device() if device is None else torch.device(device)


def decode(pixels: Tensor) -> Tensor:
    """Bytes 0..255 become floats in [-1, 1]: x = u / 127.5 - 1; floats are handed back as they are.

    >>> decode(torch.tensor([0, 51, 255], dtype=torch.uint8))
    tensor([-1.0000, -0.6000,  1.0000])
    """
    return pixels.to(torch.float32).div_(127.5).sub_(1) if pixels.dtype == torch.uint8 else pixels


@dataclass(frozen=True, eq=False, repr=False)
class TensorSampler:
    """Draws rows of one tensor, uniformly and with replacement: `sampler(n, rng)`.

    stored: the samples on their device, one a row: float32, or uint8 for pixels that are decoded to [-1, 1] as they
        are drawn (a quarter of the memory).
    y: one label a row (int64, same device; CelebA has 40 a row), or None.
    classes: the names of the labels.

    The indices come from `rng`, on the CPU, and nothing else is random: the sampler's whole state is `rng`, and one
    seed draws the same rows on every device. A batch is a copy: changing it in place leaves the set as it is.

    Raises (when drawing): TypeError, ValueError for a bad n or rng; ValueError for `labelled` without labels.

    >>> sampler = from_tensor(torch.tensor([[0.0], [0.5], [1.0]]), labels=torch.tensor([0, 1, 1]))
    >>> len(sampler), sampler(5, torch.Generator().manual_seed(0)).shape
    (3, torch.Size([5, 1]))
    >>> x, y = sampler.labelled(4, torch.Generator().manual_seed(0))
    >>> bool((y == (x[:, 0] > 0)).all())
    True
    """

    stored: Tensor
    y: Tensor | None = None
    classes: tuple[str, ...] = ()

    @property
    def x(self) -> Samples:
        """All samples, as they are drawn: images in [-1, 1]. A new tensor where bytes are stored."""
        return decode(self.stored)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one sample, such as (1, 28, 28)."""
        return tuple(self.stored.shape[1:])

    @property
    def device(self) -> torch.device:
        """Where the samples are."""
        return self.stored.device

    def __len__(self) -> int:
        return len(self.stored)

    def __repr__(self) -> str:
        labels = "" if self.y is None else f", {len(self.classes)} classes" if self.classes else ", labelled"
        return f"TensorSampler({len(self):,} samples of shape {'x'.join(map(str, self.shape))}{labels})"

    def __call__(self, n: int, rng: torch.Generator) -> Samples:
        """n samples, a row each."""
        return decode(self.stored.index_select(0, self._rows(n, rng)))

    def labelled(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """n samples with their labels: the same samples that `self(n, rng)` draws."""
        if self.y is None:
            raise ValueError("labelled(n, rng) needs labels: this sampler was made without any")
        rows = self._rows(n, rng)
        return decode(self.stored.index_select(0, rows)), self.y.index_select(0, rows)

    def _rows(self, n: int, rng: torch.Generator) -> Tensor:
        check_draw(n, rng)
        return torch.randint(len(self.stored), (n,), generator=rng).to(self.device)


def from_tensor(
    x: Tensor, labels: Tensor | None = None, classes: tuple[str, ...] = (), device: torch.device | str | None = None
) -> TensorSampler:
    """A sampler of your own samples.

    x: one sample a row, floating point and finite; images (n, c, h, w) in [-1, 1]. Kept as float32.
    labels: whole numbers, one (or one row) for each row of x. classes: their names.

    Raises: TypeError for what is no tensor; ValueError for an empty tensor, one without a row for each sample, another
    dtype, nan or infinity, an image outside [-1, 1], or labels that do not match; each names the value and the place.

    >>> from_tensor(torch.zeros(10, 1, 28, 28))
    TensorSampler(10 samples of shape 1x28x28)
    >>> from_tensor(torch.full((10, 1, 28, 28), 255.0))
    Traceback (most recent call last):
    ...
    ValueError: x must hold images in [-1, 1], got 255.0 at (0, 0, 0, 0) (for pixels in 0..255: x / 127.5 - 1)
    """
    check_samples("x", x)
    if x.dim() == 4:
        checks.warn_of_range("x", x)
    checks.series("classes", classes, "the names of the labels")
    target = place(device)
    if labels is not None:
        if not isinstance(labels, Tensor) or labels.is_floating_point() or labels.is_complex():
            got = labels.dtype if isinstance(labels, Tensor) else type(labels).__name__
            raise ValueError(f"labels must be a tensor of whole numbers, got {got}")
        if labels.dim() < 1 or len(labels) != len(x):
            raise ValueError(
                f"labels must have one row for each of the {len(x)} rows of x, got shape {tuple(labels.shape)}"
            )
        labels = labels.detach().to(target, torch.int64)
    # contiguous: drawing is then a copy of whole rows, three times as fast as indexing
    return TensorSampler(x.detach().to(target, torch.float32).contiguous(), labels, tuple(classes))


def check_samples(name: str, x: object) -> None:
    """Refuse what cannot be a batch of samples, naming the first value that is at fault and its place.

    Raises: TypeError for what is no tensor, ValueError for everything else.
    """
    if not isinstance(x, Tensor):
        hint = _elsewhere(x)
        raise TypeError(f"{name} must be a torch.Tensor, got {type(x).__name__}{hint}")
    if not x.is_floating_point():
        raise ValueError(
            f"{name} must be floating point, got {x.dtype} (for bytes: x.float() / 127.5 - 1; "
            "a folder of pictures: data.folder)"
        )
    if x.dim() == 3:
        raise ValueError(
            f"{name} must be (n, d) or images (n, c, h, w), got shape {tuple(x.shape)} "
            "(for grey images without a channel: x.unsqueeze(1))"
        )
    if x.dim() == 4 and x.shape[1] not in (1, 2, 3, 4) and x.shape[3] in (1, 3, 4):
        raise ValueError(
            f"{name} must be images (n, c, h, w), got shape {tuple(x.shape)} "
            "(channels last? x.permute(0, 3, 1, 2) puts them first)"
        )
    if x.dim() < 2 or x.numel() == 0:
        raise ValueError(
            f"{name} must have one sample a row, such as (n, d) or (n, c, h, w), and at least one; "
            f"got shape {tuple(x.shape)}"
        )
    finite = torch.isfinite(x)
    if not finite.all():
        raise ValueError(f"{name} must be finite, got {_first(x, ~finite)}")
    if x.dim() == 4:
        outside = x.abs() > 1
        if outside.any():
            ends = (float(end) for end in x.aminmax())
            raise ValueError(f"{name} must hold images in [-1, 1], got {_first(x, outside)}{checks.into_range(*ends)}")


def _elsewhere(x: object) -> str:
    """Where what is no tensor belongs, in brackets."""
    if type(x).__module__ == "numpy":
        return " (torch.from_numpy makes a tensor of it)"
    if isinstance(x, (str, os.PathLike)):
        return " (data.folder(path, size) reads a folder of pictures)"
    if isinstance(x, torch.utils.data.Dataset):
        return " (for what does not fit in memory: data.from_loader(torch.utils.data.DataLoader(x, 64, shuffle=True)))"
    if isinstance(x, torch.utils.data.DataLoader):
        return " (data.from_loader draws from a DataLoader)"
    return " (name the key that holds the samples)" if isinstance(x, dict) else ""


def _first(x: Tensor, bad: Tensor) -> str:
    where = tuple(bad.nonzero()[0].tolist())
    return f"{x[where].item()} at {where}"

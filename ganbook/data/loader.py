"""A Sampler over a DataLoader, for what does not fit in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

import numpy as np
import torch
from torch import Tensor

from ganbook.data.sampler import check_draw, check_samples, place
from ganbook.types import Batch


class LoaderSampler:
    """Draws the next n samples of a loader, pass after pass: see `from_loader`, which makes it."""

    stateful = True
    """The place within the pass is not in rng: the same batches cannot be drawn again."""

    def __init__(self, loader: Iterable[object], device: torch.device, labels: bool = False) -> None:
        self.loader, self.device, self.labels = loader, device, labels
        self._batches: Iterator[object] | None = None
        self._rest: list[tuple[Tensor, ...]] = []  # drawn from the loader and not handed out yet

    def __call__(self, n: int, rng: torch.Generator) -> Batch:
        """The next n samples, a row each; with their labels where those are asked for."""
        check_draw(n, rng)
        while (ready := sum(len(piece[0]) for piece in self._rest)) < n:
            self._rest.append(self._next(rng))
        whole = [torch.cat(column) for column in zip(*self._rest, strict=True)]
        self._rest = [tuple(column[n:] for column in whole)] if ready > n else []
        batch = tuple(column[:n].to(self.device, non_blocking=True) for column in whole)
        return batch if self.labels else batch[0]

    def _next(self, rng: torch.Generator) -> tuple[Tensor, ...]:
        batch = None if self._batches is None else next(self._batches, None)
        if batch is None:
            batch = self._restart(rng)
        pair = tuple(batch) if isinstance(batch, (tuple, list)) else (batch,)
        x = pair[0] if pair else None
        if isinstance(batch, dict):
            raise ValueError(
                f"loader's batch must be samples or a pair (samples, labels), got a dict with the keys "
                f"{', '.join(map(str, batch))}: let the loader's collate_fn take the key that holds the samples"
            )
        check_samples("loader's batch", x)
        if self._rest and self._rest[-1][0].shape[1:] != x.shape[1:]:
            raise ValueError(
                f"loader's batch must hold samples of one size, got {tuple(x.shape[1:])} after "
                f"{tuple(self._rest[-1][0].shape[1:])}: resize them to one size"
            )
        x = x.detach().to(torch.float32)
        if not self.labels:
            return (x,)
        y = pair[1] if len(pair) == 2 else None
        if not isinstance(y, Tensor) or y.is_floating_point() or y.dim() < 1 or len(y) != len(x):
            got = f"{y.dtype} of shape {tuple(y.shape)}" if isinstance(y, Tensor) else type(y).__name__
            raise ValueError(f"loader's batch must be a pair with one whole number a row as labels, got {got}")
        return x, y.detach().to(torch.int64)

    def _restart(self, rng: torch.Generator) -> object:
        """Begin a pass. A DataLoader that shuffles takes its order from torch's global generator: give it rng's."""
        seed = int(torch.randint(2**62, (), generator=rng))
        state = torch.get_rng_state()
        try:
            torch.default_generator.manual_seed(seed)  # that of the CPU alone; torch.manual_seed would reach the GPUs
            self._batches = iter(self.loader)
            batch = next(self._batches, None)  # the order is drawn here, not in iter()
        finally:
            torch.set_rng_state(state)
        if batch is None:
            raise ValueError(
                "loader must give at least one batch on every pass; it gave none "
                "(an empty data set, or an iterator that can be read only once)"
            )
        return batch


def from_loader(
    loader: Iterable[object], device: torch.device | str | None = None, *, labels: bool = False
) -> LoaderSampler:
    """A sampler over a DataLoader: each call hands out its next n samples, whatever its own batch size.

    loader: gives batches of samples, or pairs (samples, labels); floating point, images (n, c, h, w) in [-1, 1].
        Samples come without replacement within a pass, and only in random order if the loader shuffles.
    labels: hand out (samples, labels), labels as whole numbers; without it they are dropped.

    Here, unlike in every other sampler, `rng` is not the whole state: the place within the pass is not in it. Two runs
    with one seed see the same samples as long as the loader has no generator and no random transforms of its own (each
    pass is shuffled by a seed drawn from rng); a resumed run starts a new pass, so its resume is not bit-equal.

    Raises: TypeError for what cannot be iterated; ValueError (when drawing) for an empty loader or a bad batch.

    >>> sampler = from_loader(torch.utils.data.DataLoader(torch.arange(10.0).view(10, 1), batch_size=4))
    >>> rng = torch.Generator().manual_seed(0)
    >>> [sampler(7, rng).flatten().tolist() for _ in range(2)]
    [[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 0.0, 1.0, 2.0, 3.0]]
    """
    if isinstance(loader, (Tensor, np.ndarray)):
        raise TypeError(
            f"loader must give batches when iterated, got one {type(loader).__name__}: data.from_tensor draws from that"
        )
    if isinstance(loader, (str, os.PathLike)):
        raise TypeError(
            f"loader must give batches when iterated, got the path {str(loader)!r}: "
            "data.folder(path, size) reads a folder of pictures"
        )
    if isinstance(loader, torch.utils.data.Dataset):
        raise TypeError(
            f"loader must give batches when iterated, got the Dataset {type(loader).__name__}: "
            "wrap it as torch.utils.data.DataLoader(dataset, batch_size, shuffle=True); for pictures in a folder, "
            "data.folder(path, size) needs neither"
        )
    if not isinstance(loader, Iterable):
        raise TypeError(f"loader must give batches when iterated, got {type(loader).__name__}")
    return LoaderSampler(loader, place(device), labels)

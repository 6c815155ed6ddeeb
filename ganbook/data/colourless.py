"""Two domains of which one knows less than the other: faces in colour, and faces in grey."""

from __future__ import annotations

from dataclasses import replace

import torch

from ganbook.data.faces import FacesSampler, faces
from ganbook.data.sampler import TensorSampler
from ganbook.data.unpaired import IDENTITY, _halves, greyed


def unpaired_colour(size: int = 16, device: torch.device | str | None = None) -> tuple[FacesSampler, TensorSampler]:
    """Faces in colour, and other faces in grey, 10,000 each: no identity is in both. The way back has to guess.

    The true partner of a face x is grey(x).

    size: 16 or 32.

    Raises: ValueError for another size.
    Derived in: chapter 14.

    >>> unpaired_colour()
    (FacesSampler(10,000 faces of shape 3x16x16), TensorSampler(10,000 samples of shape 1x16x16))
    """
    known = faces(size, device=device)
    identity = torch.stack([known.column(name) for name in IDENTITY], 1)
    first = _halves(identity.unique(dim=0, return_inverse=True)[1])
    x, y = (replace(known, stored=known.stored[rows], codes=known.codes[rows]) for rows in (first, ~first))
    return x, greyed(y)

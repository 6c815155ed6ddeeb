"""Square images at the sizes of the book: exact means to go down, padding or interpolation to go up."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from ganbook import checks
from ganbook.data.sampler import decode
from ganbook.types import Float

SIZES = {28: (4, 7, 8, 14, 16, 28, 32, 64), 32: (4, 8, 16, 32, 64)}
"""Which sizes a set can be had in, by its native size."""


def resize(pixels: Tensor, size: int) -> Float[Tensor, "n c h w"]:
    """Bytes (n, c, s, s), s = 28 or 32, become floats (n, c, size, size) in [-1, 1].

    28 to 32 adds two rows and columns of background (-1) on each side, and changes no pixel. 7 and 14 are means of
    4x4 and 2x2 blocks of the 28; 4, 8 and 16 are means of blocks of the 32, so that each level of a pyramid is the
    mean of the next. 64 doubles the 32 by bilinear interpolation. All are averages: none leaves [-1, 1].

    Raises: ValueError for a size that SIZES does not list.

    >>> x = resize(torch.full((1, 1, 28, 28), 255, dtype=torch.uint8), 32)
    >>> x.shape, x[0, 0, 1, 1].item(), x[0, 0, 2, 2].item()
    (torch.Size([1, 1, 32, 32]), -1.0, 1.0)
    """
    if not isinstance(pixels, Tensor) or pixels.dim() != 4 or pixels.shape[-1] not in SIZES:
        raise ValueError(f"pixels must be a tensor of shape (n, c, s, s) with s of {', '.join(map(str, SIZES))}")
    native = pixels.shape[-1]
    checks.one_of("size", size, SIZES[native])
    x = decode(pixels)
    if size == native:
        return x
    if size in (7, 14):
        return F.avg_pool2d(x, 28 // size)
    if native == 28:
        x = F.pad(x, (2, 2, 2, 2), value=-1.0)
    if size < 32:
        x = F.avg_pool2d(x, 32 // size)
    elif size > 32:
        x = F.interpolate(x, size=(size, size), mode="bilinear", align_corners=False)
    return x.clamp_(-1, 1)  # an average of ones may round to 1 + 1e-7


def encode(x: Float[Tensor, "n c h w"]) -> Tensor:
    """Images in [-1, 1] as bytes, the nearest of 256 grey levels: u = 127.5 (x + 1), rounded, a half upwards.

    The inverse of `decode`, and the one way from [-1, 1] to bytes in this library: films, figures, the frames of the
    zoo, the published FID and downloaded sets all take it. What is outside [-1, 1] goes to the end: see
    `ganbook.checks.images` for the check.

    >>> encode(torch.tensor([-1.0, 0.0, 1.0]).view(3, 1, 1, 1)).flatten().tolist()
    [0, 128, 255]
    """
    checks.instance("x", x, Tensor, "a tensor of images")
    return x.float().clamp(-1, 1).mul_(127.5).add_(128).to(torch.uint8)  # which cuts off what is behind the point

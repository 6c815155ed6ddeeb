"""MS-SSIM: how alike are two images, and hence how much variety has a set of them?"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from ganbook import checks
from ganbook.metrics.float64 import exact
from ganbook.metrics.score import Score
from ganbook.types import Float

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Exponents of the five scales, finest first."""

WINDOW = 11


def ssim(x: Float[Tensor, "n c h w"], y: Float[Tensor, "n c h w"], *, span: float = 2.0) -> tuple[Tensor, Tensor]:
    r"""Structural similarity and its contrast-structure factor, each a mean over the image: two tensors (n).

    ssim = l * cs,  l = (2 m_x m_y + C1)/(m_x^2 + m_y^2 + C1),  cs = (2 s_xy + C2)/(s_x^2 + s_y^2 + C2)

    Moments under an 11x11 Gaussian window of deviation 1.5, only where the window fits; C1 = (0.01 span)^2,
    C2 = (0.03 span)^2. `span` is the range of a pixel: 2 for images in [-1, 1].
    Range: -1 to 1, 1 for equal images.
    Raises: ValueError where the shapes differ, or pixels reach over more than span.
    Source: Wang et al. 2004, eq. 13.
    Derived in: chapter 6.

    >>> black, white = torch.full((1, 1, 16, 16), -1.0), torch.full((1, 1, 16, 16), 1.0)
    >>> round(float(ssim(black, white)[0]), 4)      # (-2 + C1) / (2 + C1) with C1 = 0.0004
    -0.9996
    """
    _pair(x, y)
    checks.positive("span", span)
    checks.spanned("x", x, span)
    checks.spanned("y", y, span)
    x, y = checks.single("x", x), checks.single("y", y)
    c1, c2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    maps = _window(torch.cat([x, y, x * x, y * y, x * y]))
    mean_x, mean_y, xx, yy, xy = maps.split(len(x))
    cs = (2 * (xy - mean_x * mean_y) + c2) / (xx - mean_x**2 + yy - mean_y**2 + c2)
    similarity = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1) * cs
    return similarity.mean(dim=(1, 2, 3)), cs.mean(dim=(1, 2, 3))


def ms_ssim(
    x: Float[Tensor, "n c h w"], y: Float[Tensor, "n c h w"], *, scales: int | None = None, span: float = 2.0
) -> Float[Tensor, " n"]:
    r"""Multi-scale structural similarity of each pair (x_i, y_i).

    ms_ssim = ssim_M^{w_M} * prod_{j<M} cs_j^{w_j}, each scale halving the image; negative factors count as 0.

    scales: by default as many of the five as leave the 11x11 window room (28x28 pixels: 2); with fewer than five
    the exponents are divided by their sum. So numbers at different image sizes are different protocols.
    Range: 0 to 1, 1 for equal images.
    Raises: ValueError as ssim, or where scales is not in 1 ... the number that fits.
    Source: Wang et al. 2003, eq. 7.
    Derived in: chapter 6.

    >>> x = torch.rand(2, 1, 28, 28)
    >>> torch.allclose(ms_ssim(x, x), torch.ones(2))
    True
    """
    _pair(x, y)
    fit = scales_that_fit(min(x.shape[-2:]))
    scales = checks.whole(
        "scales", fit if scales is None else scales, 1, fit, note=f"in images of {tuple(x.shape[-2:])} pixels"
    )
    x, y = checks.single("x", x), checks.single("y", y)
    weights = torch.tensor(WEIGHTS[:scales], dtype=torch.float64)
    weights = (weights / weights.sum()).to(x)
    result = torch.ones(len(x), dtype=x.dtype, device=x.device)
    for j in range(scales):
        similarity, cs = ssim(x, y, span=span)
        factor = similarity if j == scales - 1 else cs
        result = result * factor.clamp(min=0.0) ** weights[j]
        x, y = F.avg_pool2d(x, 2), F.avg_pool2d(y, 2)
    return result


def scales_that_fit(side: int) -> int:
    """How many scales leave at least 11 pixels, at most five.

    >>> [scales_that_fit(side) for side in (8, 16, 28, 64, 176, 512)]
    [0, 1, 2, 3, 5, 5]
    """
    scales = 0
    while scales < len(WEIGHTS) and side >= WINDOW:
        side, scales = side // 2, scales + 1
    return scales


def image_similarity(
    images: Float[Tensor, "n c h w"],
    pairs: int = 5_000,
    seed: int = 0,
    *,
    span: float = 2.0,
    scales: int | None = None,
    features: str = "samples",
) -> Score:
    """Mean MS-SSIM of random pairs of different images of one set: near 1 means that they all look the same.

    It says nothing on quality, and is to be read beside the same number of real data of the same kind: a set of
    one class is naturally more alike than one of ten.

    Range: 0 to 1; the value of real data is best. `spread` is the standard deviation over pairs.
    Raises: ValueError for fewer than two images, and as ms_ssim.
    Source: Odena et al. 2017, section 4.2.
    Derived in: chapter 6.

    >>> float(image_similarity(torch.ones(3, 1, 16, 16), pairs=10))
    1.0
    """
    if len(checks.tensor("images", images, "n", "c", "h", "w")) < 2:
        raise ValueError(f"images must hold at least 2 images, got {len(images)}")
    checks.all_finite("images", images)
    checks.whole("pairs", pairs)
    rng = torch.Generator().manual_seed(checks.whole("seed", seed, 0))
    first = torch.randint(0, len(images), (pairs,), generator=rng)
    second = (first + torch.randint(1, len(images), (pairs,), generator=rng)) % len(images)
    step = max(1, 2**20 // images[0].numel())
    found = exact(
        torch.cat(
            [
                ms_ssim(images[i.to(images.device)], images[j.to(images.device)], scales=scales, span=span)
                for i, j in zip(first.split(step), second.split(step), strict=True)
            ]
        )
    )
    scales = scales or scales_that_fit(min(images.shape[-2:]))
    return Score(
        float(found.mean()),
        "MS-SSIM",
        0,
        len(images),
        features,
        seed,
        settings=(("pairs", pairs), ("scales", scales)),
        spread=float(found.std(correction=0)),
    )


def _pair(x: Tensor, y: Tensor) -> None:
    checks.all_finite("x", checks.tensor("x", x, "n", "c", "h", "w"))
    checks.all_finite("y", checks.tensor("y", y, *x.shape, what="a tensor like x"))


def _window(images: Tensor) -> Tensor:
    """Gaussian mean where the window fits, rows then columns: 22 products a pixel instead of 121."""
    n, c, h, w = images.shape
    offset = torch.arange(WINDOW, dtype=images.dtype, device=images.device) - WINDOW // 2
    line = torch.exp(-(offset**2) / (2 * 1.5**2))
    line = line / line.sum()
    flat = images.reshape(n * c, 1, h, w)
    flat = F.conv2d(F.conv2d(flat, line.view(1, 1, -1, 1)), line.view(1, 1, 1, -1))
    return flat.reshape(n, c, *flat.shape[-2:])

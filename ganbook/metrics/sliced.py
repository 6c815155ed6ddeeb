"""Sliced Wasserstein distance, on points and on the patches of a Laplacian pyramid."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional as F

from ganbook import checks
from ganbook.metrics.float64 import exact
from ganbook.metrics.pairs import check
from ganbook.metrics.score import Score
from ganbook.types import Float

FLAT = 1e-12
"""A deviation below which a level of a pyramid is flat: rounding, which is not to be brought to deviation 1."""


def sliced_wasserstein(
    x: Float[Tensor, "n d"], y: Float[Tensor, "n d"], directions: int = 128, seed: int = 0, *, features: str = "samples"
) -> Score:
    r"""Mean over random unit directions of the 1-D Wasserstein-1 distance of the projections.

    SW = E_theta (1/n) sum_i | sort(x theta)_i - sort(y theta)_i |

    Range: 0 to infinity, in units of the samples; lower is better. Not above W_1, and 0 only for equal sets.
    Raises: ValueError for bad sets (see frechet_distance), sets of different size, or fewer than one direction.
    Source: Rabin et al. 2011; the absolute difference as in Karras et al. 2018.
    Derived in: chapter 6.

    >>> x = torch.tensor([[0.0], [1.0]])
    >>> float(sliced_wasserstein(x, x.flip(0) + 2.0))      # one dimension: the shift
    2.0
    """
    check(x=x, y=y)
    if len(x) != len(y):
        raise ValueError(f"y must hold as many samples as x ({len(x)}), got {len(y)}")
    if x.dtype != y.dtype:
        raise ValueError(f"y must be of the type of x, {x.dtype}, got {y.dtype}")
    checks.whole("directions", directions)
    value = _sliced(
        checks.single("x", x),
        checks.single("y", y),
        directions,
        torch.Generator().manual_seed(checks.whole("seed", seed, 0)),
    )
    return Score(
        value, "sliced Wasserstein distance", len(x), len(y), features, seed, settings=(("directions", directions),)
    )


def laplacian_pyramid(images: Float[Tensor, "n c h w"], smallest: int = 14) -> list[Float[Tensor, "n c ..."]]:
    """Band-pass images, finest first; the last one is what remains. Their `reconstruct` is the image again.

    A level is added while its sides are even and at least `smallest`.
    Source: Burt & Adelson 1983, with the 5x5 binomial filter.
    Derived in: chapter 6.

    >>> [level.shape[-1] for level in laplacian_pyramid(torch.zeros(1, 1, 64, 64))]
    [64, 32, 16]
    """
    levels = [checks.tensor("images", images, "n", "c", "h", "w")]
    checks.all_finite("images", images)
    checks.whole("smallest", smallest)
    while all(side % 2 == 0 and side // 2 >= smallest for side in levels[-1].shape[-2:]):
        small = _down(levels[-1])
        levels[-1] = levels[-1] - _up(small)
        levels.append(small)
    return levels


def reconstruct(levels: list[Tensor]) -> Tensor:
    """The image whose Laplacian pyramid is `levels`.

    >>> x = torch.rand(1, 1, 28, 28)
    >>> torch.allclose(reconstruct(laplacian_pyramid(x)), x, atol=1e-6)
    True
    """
    image = levels[-1]
    for level in levels[-2::-1]:
        image = _up(image) + level
    return image


def pyramid_distance(
    real: Float[Tensor, "n c h w"],
    fake: Float[Tensor, "n c h w"],
    patches: int = 2,
    directions: int = 128,
    smallest: int = 14,
    seed: int = 0,
    *,
    normalise: str = "each",
) -> dict[int, Score]:
    r"""Sliced Wasserstein distance of 7x7 patches at each level of a Laplacian pyramid: {side of level: Score}.

    patches: how many are drawn from each image at each level.
    directions: random unit directions a level.
    smallest: side of the coarsest level.
    seed: of places and directions.
    normalise: "each" brings every channel of either set to mean 0 and deviation 1 by its own statistics, as the
        authors' code does: it cannot see contrast or brightness. "real" uses the statistics of real for both, and can.

    The authors print 1000 times the value, with patches=128, directions=512, smallest=16 and 16384 images.

    Range: 0 to infinity, in standard deviations of a pixel of the level; lower is better.
    Raises: ValueError where the shapes differ, an image is smaller than 7x7, or normalise is neither; where it is
    "real" and real has a flat level.
    Source: Karras et al. 2018, section 5.
    Derived in: chapter 6.

    >>> x = torch.rand(16, 1, 28, 28)
    >>> {side: round(float(score), 6) for side, score in pyramid_distance(x, x).items()}
    {28: 0.0, 14: 0.0}
    """
    checks.tensor("fake", fake, *checks.tensor("real", real, "n", "c", "h", "w").shape, what="a tensor like real")
    if min(real.shape[-2:]) < 7:
        raise ValueError(f"real must hold images of at least 7x7 pixels, got {tuple(real.shape[-2:])}")
    checks.all_finite("real", real)
    checks.all_finite("fake", fake)
    if real.dtype != fake.dtype:
        raise ValueError(f"fake must be of the type of real, {real.dtype}, got {fake.dtype}")
    checks.one_of("normalise", normalise, ("each", "real"))
    checks.whole("patches", patches)
    checks.whole("directions", directions)
    rng = torch.Generator().manual_seed(checks.whole("seed", seed, 0))
    sides = [level.shape[-2:] for level in laplacian_pyramid(real[:1], smallest)]
    places = [
        [torch.randint(0, side - 6, (len(real), patches), generator=rng).to(real.device) for side in level]
        for level in sides
    ]  # the same places in both sets: equal sets are at distance 0
    described = zip(_descriptors(real, places, smallest), _descriptors(fake, places, smallest), strict=True)
    scores = {}
    for (_, side), (x, y) in zip(sides, described, strict=True):
        statistics = _statistics(x)
        if normalise == "real" and bool((statistics[1] <= FLAT).any() & (y.amax() > y.amin())):
            raise ValueError(f"real must vary at level {side} for its statistics to scale fake by, got a flat level")
        y = _standard(y, *(statistics if normalise == "real" else _statistics(y)))
        x = _standard(x, *statistics)
        scores[side] = Score(
            _sliced(x, y, directions, rng),
            f"sliced Wasserstein distance, level {side}",
            len(real),
            len(fake),
            "patches 7x7",
            seed,
            settings=(("directions", directions), ("normalise", normalise), ("patches", patches)),
        )
    return scores


def _sliced(x: Tensor, y: Tensor, directions: int, rng: torch.Generator) -> float:
    total = 0.0
    for count in _groups(directions, max(1, 2**22 // len(x))):
        theta = torch.randn(x.shape[1], count, generator=rng).to(x)
        theta = theta / theta.norm(dim=0)
        sorted_x = torch.mm(theta.T, x.T).sort(dim=1).values  # (directions, n): rows lie together in memory
        sorted_y = torch.mm(theta.T, y.T).sort(dim=1).values
        total += float(exact((sorted_x - sorted_y).abs().mean(1)).sum())
    return total / directions


def _groups(n: int, size: int) -> Iterator[int]:
    return (min(size, n - start) for start in range(0, n, size))


def _blur(images: Tensor, gain: float) -> Tensor:
    """The 5x5 binomial filter as shifts and sums, several times cheaper here than a convolution of one channel."""
    h, w = images.shape[-2:]
    wide = F.pad(images, (2, 2, 2, 2), mode="reflect")
    line = [gain**0.5 * weight / 16 for weight in (1, 4, 6, 4, 1)]
    wide = sum(weight * wide[..., i : i + w] for i, weight in enumerate(line))
    return sum(weight * wide[..., i : i + h, :] for i, weight in enumerate(line))


def _down(images: Tensor) -> Tensor:
    return _blur(images, 1.0)[..., ::2, ::2]


def _up(images: Tensor) -> Tensor:
    n, c, h, w = images.shape
    wide = images.new_zeros(n, c, 2 * h, 2 * w)
    wide[..., ::2, ::2] = images
    return _blur(wide, 4.0)  # three of four pixels are zero


def _descriptors(images: Tensor, places: list[list[Tensor]], smallest: int) -> list[Tensor]:
    """Patches (n * patches, c, 7, 7) of each level, from 250 images at a time."""
    parts = []
    for start in range(0, len(images), 250):
        levels = laplacian_pyramid(exact(images[start : start + 250]), smallest)
        parts.append(
            [
                _patches(level, *(each[start : start + 250].to(level.device) for each in (rows, columns)))
                for level, (rows, columns) in zip(levels, places, strict=True)
            ]
        )
    return [torch.cat(level) for level in zip(*parts, strict=True)]


def _patches(images: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    n, patches = rows.shape
    image = torch.arange(n, device=images.device).repeat_interleave(patches)[:, None, None, None]
    channel = torch.arange(images.shape[1], device=images.device)[:, None, None]
    offset = torch.arange(7, device=images.device)
    return images[
        image,
        channel,
        (rows.flatten()[:, None] + offset)[:, None, :, None],
        (columns.flatten()[:, None] + offset)[:, None, None, :],
    ]


def _statistics(patches: Tensor) -> tuple[Tensor, Tensor]:
    deviation = patches.std(dim=(0, 2, 3), correction=0, keepdim=True)
    return patches.mean(dim=(0, 2, 3), keepdim=True), deviation.clamp(min=FLAT)


def _standard(patches: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
    return ((patches - mean) / deviation).flatten(1)  # (patches, c * 49)

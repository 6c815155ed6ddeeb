"""A game whose networks grow: small pictures first, each new size faded in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from ganbook import checks
from ganbook.games import fitting
from ganbook.games.game import first_samples
from ganbook.games.gan import GAN
from ganbook.losses import Drift, Wasserstein
from ganbook.models import GrowingD, GrowingG, enlarge, faded, shrink
from ganbook.penalties import GradientPenalty
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts

PGGAN = Recipe(
    Wasserstein(),
    (GradientPenalty(10.0), Drift(1e-3)),
    batch=16,
    lr_d=1e-3,
    lr_g=1e-3,
    betas=(0.0, 0.99),
    ema_halflife=10_000,
)
"""Penalty 10 and drift 0.001, Adam 1e-3 with betas (0, 0.99), one step of the critic. Karras et al. 2018, appendix A.1.

Theirs averages with 0.999 a step, a half-life of 693 steps of 16 images: 11,088.
"""


@dataclass(frozen=True)
class Growth:
    """Which size plays when: hold 4 px, fade 8 px in, hold 8 px, fade 16 px in, ...

    sizes: 4, 8, 16, ... to the final one.
    hold: images shown while a size plays whole: one number, or one a size.
    fade: images shown while a size fades in: one number, or one for each size but the first.

    After the last hold nothing changes any more, however long a training goes on.

    Raises: ValueError where sizes are not 4 and its doubles, none skipped, or the numbers are not one each, >= 1.
    Source: Karras et al. 2018, section 3 (600,000 images each). Derived in: chapter 15.

    >>> growth = Growth((4, 8), hold=100, fade=200)
    >>> [growth.at(images) for images in (0, 99, 100, 200, 300, 1_000)]
    [(0, 1.0), (0, 1.0), (1, 0.0), (1, 0.5), (1, 1.0), (1, 1.0)]
    """

    sizes: tuple[int, ...]
    hold: int | tuple[int, ...]
    fade: int | tuple[int, ...]

    def __post_init__(self) -> None:
        sizes = self.sizes
        right = isinstance(sizes, tuple) and all(isinstance(size, int) for size in sizes)
        if not right or len(sizes) < 2 or sizes != tuple(4 * 2**k for k in range(len(sizes))):
            raise ValueError(f"sizes must be 4, 8, 16, ..., each twice the one before, none skipped, got {sizes!r}")
        for name, count in (("hold", len(sizes)), ("fade", len(sizes) - 1)):
            value = getattr(self, name)
            if isinstance(value, tuple) and len(value) != count:
                raise ValueError(f"{name} must be one number, or {count} for the sizes {sizes}, got {value!r}")
            for number in value if isinstance(value, tuple) else (value,):
                checks.whole(name, number)

    @property
    def phases(self) -> list[tuple[int, bool, int]]:
        """(stage, does it fade in?, images), in their order."""
        last = len(self.sizes) - 1
        hold = self.hold if isinstance(self.hold, tuple) else (self.hold,) * (last + 1)
        fade = self.fade if isinstance(self.fade, tuple) else (self.fade,) * last
        grown = [phase for k in range(last) for phase in ((k + 1, True, fade[k]), (k + 1, False, hold[k + 1]))]
        return [(0, False, hold[0]), *grown]

    @property
    def images(self) -> int:
        """Images shown in all, the last hold included."""
        return sum(images for _, _, images in self.phases)

    def begins(self, stage: int) -> int:
        """Images shown before this stage."""
        checks.whole("stage", stage, 0, len(self.sizes) - 1)
        return sum(images for k, _, images in self.phases if k < stage)

    def at(self, images: int) -> tuple[int, float]:
        """(stage, alpha) after so many images."""
        left = checks.whole("images", images, 0)
        for stage, fades, length in self.phases:
            if left < length:
                return stage, left / length if fades else 1.0
            left -= length
        return len(self.sizes) - 1, 1.0


PIXELS = ("full", "native")


class Progressive(GAN):
    """The game of two players on networks that grow; the data are images of the final size.

    While a size fades in, real images are faded as the fakes are: see `models.faded`.

    G, D: networks of `models.growing`, of as many stages as growth has sizes. Layers of later stages have no gradient
        yet, so that Adam leaves them alone, and its averages begin when they do.
    growth: which size plays when.
    pixels: in which the gradient of a penalty is taken. "full": D sees everything enlarged to the final size and
        shrinks it itself, as in the authors' code; "native": D sees the stage's size, and the gradient of one and the
        same critic has half the norm once the next size begins.

    Readings: size and alpha beside the losses.

    Raises: ValueError as GAN; where G, D or growth are of another kind or do not fit, or pixels is neither.
    Source: Karras et al. 2018, section 3. Derived in: chapter 15.
    """

    def __init__(
        self,
        G: GrowingG,
        D: GrowingD,
        recipe: Recipe,
        growth: Growth,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        pixels: str = "full",
    ) -> None:
        checks.instance("G", G, GrowingG, "a GrowingG, such as models.growing makes")
        checks.instance("D", D, GrowingD, "a GrowingD, such as models.growing makes")
        checks.instance("growth", growth, Growth, "a Growth, such as Growth((4, 8, 16), hold=10_000, fade=10_000)")
        for name, network in (("G", G), ("D", D)):
            if network.stages != len(growth.sizes):
                raise ValueError(
                    f"{name} must have a stage for each of the sizes {growth.sizes} of growth, got {network.stages}"
                )
        self.growth, self.pixels = growth, checks.one_of("pixels", pixels, PIXELS)
        super().__init__(G, D, recipe, prior, device)
        self.prepare(1)

    def prepare(self, n: int) -> None:
        stage, alpha = self.growth.at((n - 1) * self.recipe.batch)
        for network in (self.G, self.D, self.sampler):
            network.at(stage, alpha)
        super().prepare(n)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        losses = super().round(lambda n, rng: self.resized(real(n, rng)), rng)
        return losses | {
            "size": torch.tensor(float(self.G.size)),
            "alpha": torch.tensor(self.G.alpha),
        }

    def resized(self, x: Samples) -> Samples:
        """Real images of the final size as D sees them now: of the stage's size, and faded."""
        return faded(shrink(x, self.growth.sizes[-1] // self.G.size), self.G.alpha)

    def d_loss(
        self,
        x: Batch,
        y: Batch,
        rng: torch.Generator,
        D: Callable[..., Tensor] | None = None,
    ) -> Scalar:
        times = self.growth.sizes[-1] // self.G.size
        if self.pixels == "native" or times == 1:
            return super().d_loss(x, y, rng, D)
        judge = D or self.D
        # the same scores, and gradients by pixels of the final size
        return super().d_loss(
            enlarge(x, times),
            enlarge(y, times),
            rng,
            lambda big: judge(shrink(big, times)),
        )

    def sample(self, n: int, rng: torch.Generator, size: int | None = None) -> Samples:
        """n images of the present size in evaluation mode, cut to [-1, 1]; size: enlarged to so many pixels.

        Raises: ValueError where size is no multiple of the present size.
        """
        x = super().sample(n, rng).clamp(-1, 1)
        if size is None:
            return x
        if checks.whole("size", size) % x.shape[-1]:
            raise ValueError(f"size must be a multiple of the present {x.shape[-1]} px, got {size}")
        return enlarge(x, size // x.shape[-1])

    def check(self, real: Sampler) -> None:
        x = first_samples(real, self.share)
        size = self.growth.sizes[-1]
        if len(parts(x)) > 1:
            raise ValueError(f"real must return images alone, got a batch of {len(parts(x))} parts")
        if x.dim() != 4 or x.shape[-2:] != (size, size):
            raise ValueError(f"real must return images of the final size, {size} px, got shape {tuple(x.shape[1:])}")
        with fitting.cut_when_drawn():
            super().check(lambda n, rng: self.resized(real(n, rng)))

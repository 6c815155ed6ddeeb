"""A game with an encoder: D judges pairs, and cannot tell (x, E(x)) from (G(z), z) once E undoes G."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from ganbook.games.game import Average, first_samples
from ganbook.games.gan import GAN
from ganbook.losses import AdversarialLoss
from ganbook.models import still
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar, parts

Pair = tuple[Tensor, Tensor]
"""Samples, and the latents that belong to them row by row."""

Maker = Callable[[nn.Module, nn.Module, Tensor, Tensor], Pair]
"""(G, E, x, z) -> a pair that D is to call fake; it must print alike in every process, as a function with a name does.
"""


def generated(G: nn.Module, E: nn.Module, x: Tensor, z: Tensor) -> Pair:
    """(G(z), z): the pair of the generator. Source: Donahue et al. 2017, section 3."""
    return G(z), z


def reconstructed(G: nn.Module, E: nn.Module, x: Tensor, z: Tensor) -> Pair:
    """(G(E(x)), E(x)): the third pair, a picture and its code, brought back. Source: Kumar et al. 2017."""
    code = E(x)
    return G(code), code


class BiGAN(GAN):
    """Two players. D tells (x, E(x)) from (G(z), z); the other owns G and E, and moves both pairs.

    min_{G,E} max_D  E log D(x, E(x)) + E log(1 - D(G(z), z)) = 2 JSD(P_EX, P_GZ) - log 4.

    With S = D(x, E(x)) and M = D of the fakes, as raw outputs, the second player descends g(S, M) + g(-M, -S): each
    pair is to be taken for the other. For the non-saturating loss that is -log D(G(z), z) - log(1 - D(x, E(x))), the
    flipped labels of the authors' code, where their paper has the minimax value.

    G: network from (n, z) to samples.
    E: network from samples to (n, z).
    D: network of two arguments, D(x, z), to (n, recipe.loss.outputs), such as models.Joint.
    recipe: lr_g is the rate of G and E.
    prior: Sampler of z; by default N(0, I) of the width of G's first layer.
    device: by default ganbook.device().
    fakes: who makes the pairs that D is to call fake; the rows of a batch are dealt out to them in equal parts.
        (generated,) is BiGAN, (generated, reconstructed) is Augmented BiGAN.

    Feature matching is a loss of the recipe: losses.FeatureMatching, losses.PlusMatching.

    Raises: ValueError as GAN; before round 1 where E's width is not that of z, the data have more parts than samples,
    or the loss does not treat both pairs alike.
    Source: Donahue, Krähenbühl and Darrell 2017, section 3; Dumoulin et al. 2017 (the same game). Derived in:
    chapter 13.
    """

    def __init__(
        self,
        G: nn.Module,
        E: nn.Module,
        D: nn.Module,
        recipe: Recipe,
        prior: Sampler | None = None,
        device: torch.device | None = None,
        *,
        fakes: tuple[Maker, ...] = (generated,),
    ) -> None:
        if not isinstance(fakes, tuple) or not fakes or not all(callable(make) for make in fakes):
            raise ValueError(f"fakes must be a tuple of functions (G, E, x, z) -> pair, got {fakes!r}")
        super().__init__(G, D, recipe, prior, device)
        self.E, self.fakes = E, fakes
        self.player("G", G, E, lr=recipe.lr_g)
        halflife = recipe.ema_halflife
        self.average_e = Average(E, halflife, recipe.batch) if halflife else None

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        losses = super().round(real, rng)
        if self.average_e is not None:
            self.average_e.update_parameters(self.E)
        return losses

    def fake(self, x: Batch, rng: torch.Generator) -> Pair:
        z, k = self.draw(self.prior, rng, len(x)), len(self.fakes)
        shares = zip(self.fakes, x.tensor_split(k), z.tensor_split(k), strict=True)
        samples, latents = zip(
            *(make(self.G, self.E, *rows) for make, *rows in shares),
            strict=True,
        )
        return torch.cat(samples), torch.cat(latents)

    def d_loss(
        self,
        x: Batch,
        y: Pair,
        rng: torch.Generator,
        D: Callable[..., Tensor] | None = None,
    ) -> Scalar:
        with torch.no_grad():  # E is not D's to move
            code = self.E(x)
        return super().d_loss((x, code), y, rng, D)

    def g_loss(self, x: Batch, y: Pair) -> Scalar:
        g, sees = self.now.loss.g, self.now.loss.g_sees_real
        seen, made = self.D(*self.shown((x, self.E(x)))), self.D(*self.shown(y))
        return g(seen if sees else None, made) + g(-made if sees else None, -seen)

    @property
    def encoder(self) -> nn.Module:
        """The network that codes are made by: the averaged copy where there is one."""
        return self.E if self.average_e is None else self.average_e.module

    def encode(self, x: Samples) -> Samples:
        """E(x), in evaluation mode, without gradient."""
        with still(self.encoder):
            return self.encoder(x)

    def reconstruct(self, x: Samples) -> Samples:
        """G(E(x)), in evaluation mode, without gradient."""
        with still(self.sampler):
            return self.sampler(self.encode(x))

    def check(self, real: Sampler) -> None:
        x = first_samples(real, self.share)
        if len(parts(x)) > 1:
            raise ValueError(f"real must return samples alone, got a batch of {len(parts(x))} parts")
        if len(x) < len(self.fakes):
            raise ValueError(f"batch must be at least one row for each of the {len(self.fakes)} fakes, got {len(x)}")
        check_even(self.now.loss, len(x))
        z = self.prior(len(x), torch.Generator().manual_seed(0))
        with still(self):
            code = self._try("E", parts(x), lambda: self.E(*parts(x)))
        if code.shape != z.shape:
            raise ValueError(f"E must make codes of z's shape {tuple(z.shape[1:])}, got {tuple(code.shape[1:])}")
        super().check(real)


def check_even(loss: AdversarialLoss, n: int = 16) -> None:
    """Refuse a loss in which it matters which pair is called real: then -S does not stand for the other side's M.

    n: rows on which it is tried.

    Raises: ValueError where loss.d(real, fake) is not loss.d(-fake, -real).

    >>> from ganbook.losses import Hinge, LeastSquares
    >>> check_even(Hinge())
    >>> check_even(LeastSquares())
    Traceback (most recent call last):
    ...
    ValueError: loss must treat both pairs alike, d(real, fake) = d(-fake, -real), as NonSaturating() does; got \
LeastSquares()
    """
    rng = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(n, loss.outputs, generator=rng) for _ in range(2))
    if not torch.allclose(loss.d(real, fake), loss.d(-fake, -real), rtol=1e-4, atol=1e-5):
        raise ValueError(
            f"loss must treat both pairs alike, d(real, fake) = d(-fake, -real), as NonSaturating() does; got {loss!r}"
        )

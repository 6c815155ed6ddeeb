"""What defines each model of the zoo: networks, recipe, data, who plays, and what its film shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import torch
from torch import nn

from ganbook import data, models, recipes
from ganbook.games import GAN, BiGAN, BigBiGAN, ConditionalGAN, CycleGAN, Game, Growth, Progressive
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.losses import Hinge, LeastSquares, NonSaturating
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.conditional import CLASSES, four_classes
from ganbook.studies.small_faces import scheduled
from ganbook.types import Sampler, Samples
from ganbook.zoo.scores import of_pairs, of_samples


@dataclass(frozen=True)
class Entry:
    """What defines a model of the zoo.

    build: makes (G, D), or (G, E, D) where there is an encoder, or (G, F, D_x, D) of two translators. look: rounds
    between two frames of its film. game: who plays, made of the networks and the recipe. frame: the pictures of a
    frame, from a game; None for 16 samples. real: what is drawn from the set in training; None for its samples alone.
    scored: what its card says of it, from the model and the set. note: what else a reader of the card should know.
    """

    build: Callable[[], tuple[nn.Module, ...]]
    recipe: Recipe
    data: str
    rounds: int
    seed: int = 0
    look: int = 100
    game: Callable[..., Game] = GAN
    frame: Callable[[Any], Samples] | None = None
    real: Callable[[], Sampler] | None = None
    scored: Callable[[Any, str], dict[str, Any]] = of_samples
    note: str = ""


LETTERS = {2: ("G", "D"), 3: ("G", "E", "D"), 4: ("G", "F", "D_x", "D")}
"""How many networks there are -> what they are called."""


def named(networks: tuple[nn.Module, ...]) -> dict[str, nn.Module]:
    """The networks of an entry by their letters."""
    return dict(zip(LETTERS[len(networks)], networks, strict=True))


def there_and_back(game: BiGAN) -> Samples:
    """Eight faces that were held out, and G(E(x)) of each."""
    x = data.faces(split="test", device=game.device).x[:8]
    return torch.cat([x, game.reconstruct(x)])


def by_class(game: ConditionalGAN) -> Samples:
    """Four latents of one seed, as each class: a row a class."""
    z = data.normal(game.G.z, game.device)(4, torch.Generator().manual_seed(1))
    G = game.standing(torch.Generator().manual_seed(2), 32)
    with models.still(G):
        return torch.cat([G(z, torch.full((4,), y, device=game.device)) for y in range(game.classes)])


def on_and_off(game: CycleGAN) -> Samples:
    """Eight held-out faces without glasses: x, G(x), F(G(x))."""
    x = data.faces_pairs("glasses", device=game.device)[0][:8]
    return torch.cat([x, game.translate(x), game.there_and_back(x)])


def enlarged(game: Progressive) -> Samples:
    """Eight samples of the size that plays, enlarged to the last."""
    return game.sample(8, torch.Generator().manual_seed(1), size=game.growth.sizes[-1])


def without_and_with_glasses() -> Sampler:
    """Unpaired halves of the faces: some people without glasses, others with them."""
    return data.together(*data.unpaired_faces("glasses"))


def labelled_faces() -> Sampler:
    """Faces with their class of chapter 17."""
    return four_classes().labelled


def mlp_pair() -> tuple[nn.Module, nn.Module]:
    """Chapter 1's fully connected pair: 64 -> 256 -> 256 -> 784 and 784 -> 256 -> 256 -> 1."""
    G = models.mlp([64, 256, 256, 784], out=nn.Tanh(), shape=(1, 28, 28))
    return G, models.mlp([784, 256, 256, 1], flatten=True)


def plain_dcgan(size: int, channels: int = 3, width: int = 32) -> tuple[nn.Module, nn.Module]:
    """DCGAN's pair without any norm, drawn so that the scale of what passes is kept; for D held by R1."""
    G, D = models.dcgan(size, channels, width=width, norm_d=None, norm_g=None)
    return models.he_init(G), models.he_init(D)


def falling(rounds: int, start: float, batch: int = 32) -> dict[str, Any]:
    """The part of a recipe that rates of both sides are, falling to a tenth over all rounds."""
    rate = Ramp(start, start / 10, images=batch * rounds)
    return {"batch": batch, "lr_d": rate, "lr_g": rate}


def _faces(rounds: int, start: float, gamma: float, batch: int = 32) -> Recipe:
    """R1, and rates that fall to a tenth over all rounds."""
    rates = falling(rounds, start, batch)
    return Recipe(NonSaturating(), (R1(gamma),), **rates, betas=(0.0, 0.99), ema_halflife=20_000)


_DCGAN = replace(recipes.DCGAN, batch=64, ema_halflife=10_000)
_FAST = replace(_DCGAN, lr_d=1e-3, lr_g=1e-3)  # five times the paper's rate, for few rounds
_GROWTH = Growth(
    (4, 8, 16, 32, 64),
    hold=(16 * 800, 16 * 400, 16 * 400, 16 * 500, 16 * 3_600),
    fade=(16 * 400, 16 * 400, 16 * 500, 16 * 1_000),
)
_small_dcgan = partial(models.dcgan, size=28, channels=1, width=32)

ENTRIES: dict[str, Entry] = {
    "mlp-digits": Entry(mlp_pair, recipes.MLP_GAN, "digits", rounds=5_000),
    "mlp-fashion": Entry(mlp_pair, recipes.MLP_GAN, "fashion", rounds=5_000),
    "dcgan-digits": Entry(_small_dcgan, _FAST, "digits", rounds=3_000, look=200),
    "dcgan-fashion": Entry(_small_dcgan, _FAST, "fashion", rounds=1_500),
    "dcgan-emoji": Entry(partial(models.dcgan, size=32, channels=3, width=32), _DCGAN, "emoji", rounds=4_000, look=500),
    "dcgan-faces": Entry(partial(plain_dcgan, 16), _faces(30_000, 1e-3, 0.5), "faces", rounds=30_000, look=3_000),
    "dcgan-faces-64": Entry(
        partial(plain_dcgan, 64, width=16), _faces(12_000, 1e-3, 0.5), "faces-drawn", rounds=12_000, look=2_000
    ),
    "bigan-faces": Entry(
        partial(models.bigan, 16, 3, z=32, width=32, hidden=128, norm=None),
        _faces(10_000, 1e-3, 0.5),
        "faces",
        rounds=10_000,
        look=1_000,
        game=BiGAN,
        frame=there_and_back,
    ),
    "bigbigan-faces": Entry(
        partial(models.bigbigan, 16, 3, z=32, width=16, hidden=128, norm=None),
        replace(_faces(5_000, 2e-3, 0.1), loss=Hinge()),
        "faces",
        rounds=5_000,
        look=500,
        game=BigBiGAN,
        frame=there_and_back,
    ),
    "biggan-faces": Entry(
        partial(models.biggan, len(CLASSES)),
        replace(
            BIGGAN_LITE,
            lr_d=Ramp(2e-3, 2e-4, images=32 * 3_000),
            lr_g=Ramp(1e-3, 1e-4, images=32 * 3_000),
            ema_halflife=10_000,
        ),
        "faces",
        rounds=3_000,
        look=300,
        game=partial(ConditionalGAN, classes=len(CLASSES)),
        frame=by_class,
        real=labelled_faces,
    ),
    "r3gan-faces": Entry(
        partial(plain_dcgan, 16),
        replace(scheduled(32 * 30_000), ema_halflife=20_000),
        "faces",
        rounds=21_000,
        look=3_000,
        note="R3GAN's loss, penalties and schedules on the plain networks of dcgan-faces, since in a trial (one seed, "
        "90 s of a core) its residual ones, 16 maps wide, were at a pixel Frechet distance of 18, these at 8; the "
        "first 21,000 rounds of a schedule of 30,000",
    ),
    "cyclegan-glasses": Entry(
        partial(models.cyclegan, 16),
        Recipe(LeastSquares(), **falling(2_500, 1e-3, batch=8), betas=(0.5, 0.999), ema_halflife=4_000),
        "faces",
        rounds=2_500,
        look=250,
        game=partial(CycleGAN, cycle=5.0, identity=2.5),
        frame=on_and_off,
        real=without_and_with_glasses,
        scored=of_pairs,
        note="chapter 14's game with its gate, longer and averaged: cycle 5, identity 2.5, a pool of 50",
    ),
    "pggan-faces-64": Entry(
        partial(models.growing, 64, z=64, width=8),
        replace(_faces(8_000, 3e-3, 0.5, batch=16), ema_halflife=2_000),
        "faces-drawn",
        rounds=5_000,
        look=800,
        game=partial(Progressive, growth=_GROWTH, pixels="native"),
        frame=enlarged,
        note="rounds: 800 at 4 px; 400 in which 8 px fade in, 400 at 8; 400 and 400 for 16 px, 500 and 500 for 32, "
        "1,000 and the rest for 64; rates that would fall over 8,000; the penalty is by present pixels",
    ),
}

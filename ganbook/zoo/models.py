"""The models of the zoo: what defines each, and how one is loaded, with its card and its film."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

import ganbook
from ganbook import checks, data, keep, models, recipes
from ganbook.data.labels import check_labels
from ganbook.files import weights
from ganbook.games import GAN, BiGAN, BigBiGAN, ConditionalGAN, latent_width
from ganbook.games.conditional import BIGGAN_LITE
from ganbook.losses import Hinge, NonSaturating
from ganbook.penalties import R1
from ganbook.player.film import Film
from ganbook.ramps import Ramp
from ganbook.recipes import Recipe
from ganbook.studies.conditional import CLASSES, four_classes
from ganbook.types import Sampler, Samples
from ganbook.zoo.frames import Reel

FOLDER = Path(__file__).resolve().parent / "weights"


@dataclass(frozen=True)
class Entry:
    """What defines a model of the zoo.

    build: makes (G, D), or (G, E, D) where there is an encoder. look: rounds between two frames of its film. game: who
    plays, made of the networks and the recipe. frame: the pictures of a frame, from a game; None for 16 samples. real:
    what is drawn from the set in training; None for its samples alone.
    """

    build: Callable[[], tuple[nn.Module, ...]]
    recipe: Recipe
    data: str
    rounds: int
    seed: int = 0
    look: int = 100
    game: Callable[..., GAN] = GAN
    frame: Callable[[Any], Samples] | None = None
    real: Callable[[], Sampler] | None = None


def named(networks: tuple[nn.Module, ...]) -> dict[str, nn.Module]:
    """The networks of an entry by their letters: G and D, or G, E and D."""
    return dict(zip("GD" if len(networks) == 2 else "GED", networks, strict=True))


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


def _faces(rounds: int, start: float, gamma: float) -> Recipe:
    """R1 on the plain pair, rates that fall to a tenth over all rounds."""
    falling = Ramp(start, start / 10, images=32 * rounds)
    return Recipe(
        NonSaturating(),
        (R1(gamma),),
        batch=32,
        lr_d=falling,
        lr_g=falling,
        betas=(0.0, 0.99),
        ema_halflife=20_000,
    )


_DCGAN = replace(recipes.DCGAN, batch=64, ema_halflife=10_000)
_FAST = replace(_DCGAN, lr_d=1e-3, lr_g=1e-3)  # five times the paper's rate, for few rounds
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
}


@dataclass(frozen=True)
class Model:
    """Trained networks, frozen and in evaluation mode, with their card. G and E are the averaged copies where there are
    such; E is None where there is no encoder, and else D takes (x, z). D is None where a reader's own was not known."""

    name: str
    G: nn.Module
    D: nn.Module | None
    card: dict[str, Any]
    E: nn.Module | None = None

    def sample(self, n: int, seed: int = 0, y: torch.Tensor | None = None) -> Samples:
        """n samples from the z of a seed, 500 at a time; the same ones for the same seed.

        y: a class for each, where G is told one; by default each class equally often.

        Raises: ValueError where n is not >= 1, or y is not n labels, or not asked for.
        """
        checks.whole("n", n)
        rng = torch.Generator().manual_seed(checks.whole("seed", seed, 0))
        width, classes = getattr(self.G, "z", None) or latent_width(self.G), getattr(self.G, "classes", None)
        z = data.normal(width, next(self.G.parameters()).device)(n, rng)
        if classes is None and y is not None:
            raise ValueError(f"y must be None, since {self.name} is told no class, got {y!r}")
        given = [z]
        if classes is not None:
            y = torch.randint(classes, (n,), generator=rng) if y is None else check_labels(y, classes)
            if len(y) != n:
                raise ValueError(f"y must hold one label for each of the {n} samples, got {len(y)}")
            given.append(y.to(z.device))
        with models.still(self.G):
            return torch.cat([self.G(*part) for part in zip(*(rows.split(500) for rows in given), strict=True)])


def names() -> list[str]:
    """The models that can be loaded.

    >>> set(names()) <= set(ENTRIES)
    True
    """
    return weights.names(FOLDER)


def card(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The card of a model: command, seed, versions, rounds, duration, data, hash, and scores with intervals.

    Raises: ValueError for an unknown name; OSError for a missing or damaged card.
    """
    return weights.read_card(folder, name)


def load(name: str, device: torch.device | str | None = None, folder: Path = FOLDER) -> Model:
    """A trained model, its file's hash checked against its card.

    folder: of the zoo's files, or where `ganbook.save` has written NAME.safetensors.

    Raises: ValueError for an unknown name, listing the known ones; OSError for a missing, truncated or changed file.
    """
    checks.text("name", name)
    checks.device("device", device)
    checks.instance("folder", folder, Path, "a pathlib.Path")
    own = folder / f"{name}.safetensors"
    if name not in ENTRIES and own.is_file():
        kept = keep.load(own, device=device)
        return Model(name, kept.G, kept.D, kept.card, kept.E)
    tensors, found = weights.read(folder, name)
    with torch.random.fork_rng():
        networks = named(ENTRIES[name].build())
    device = ganbook.device() if device is None else device
    for letter, net in networks.items():
        net.load_state_dict({key[2:]: x for key, x in tensors.items() if key.startswith(f"{letter}/")})
        net.requires_grad_(False).eval().to(device)
    return Model(name, card=found, **networks)


def film(name: str, alt: str, *, folder: Path = FOLDER, **settings: Any) -> Film:
    """The film of a model's training, 16 samples from one z; settings: as for `plot.Film`.

    Raises: ValueError for a model without a film, listing those that have one; OSError for a changed file.
    """
    checks.one_of("name", name, [one for one in weights.names(folder) if "film" in card(one, folder)])
    path = folder / f"{name}.npz"
    if hashlib.sha256(path.read_bytes()).hexdigest() != card(name, folder)["film"]["sha256"]:
        raise OSError(f"the film {path} is not the one of its card: install ganbook again")
    return Reel(path).film(alt, **settings)

"""How a model of the zoo is loaded, with its card and its film."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

import ganbook
from ganbook import checks, data, keep, models
from ganbook.data.labels import check_labels
from ganbook.files import weights
from ganbook.games import latent_width
from ganbook.player.film import Film
from ganbook.types import Samples
from ganbook.zoo.entries import ENTRIES, named
from ganbook.zoo.frames import Reel

FOLDER = Path(__file__).resolve().parent / "weights"


@dataclass(frozen=True)
class Model:
    """Trained networks, frozen and in evaluation mode, with their card. G, E and F are the averaged copies where there
    are such; E is None where there is no encoder, and else D takes (x, z). D is None where a reader's own was not
    known. F is the way back where G is a translator; then D judges what G makes, and D_x what F makes."""

    name: str
    G: nn.Module
    D: nn.Module | None
    card: dict[str, Any]
    E: nn.Module | None = None
    F: nn.Module | None = None
    D_x: nn.Module | None = None

    def sample(self, n: int, seed: int = 0, y: torch.Tensor | None = None) -> Samples:
        """n samples from the z of a seed, 500 at a time; the same ones for the same seed. Images are cut to [-1, 1].

        Of a translator of the zoo: what it makes of n held-out faces without glasses.

        y: a class for each, where G is told one; by default each class equally often.

        Raises: ValueError where n is not >= 1, or y is not n labels, or not asked for.
        """
        checks.whole("n", n)
        rng = torch.Generator().manual_seed(checks.whole("seed", seed, 0))
        classes, device = getattr(self.G, "classes", None), next(self.G.parameters()).device
        if self.F is None:
            z = data.normal(getattr(self.G, "z", None) or latent_width(self.G), device)(n, rng)
        else:
            z = data.faces(split="test", device=device).where(glasses="none")(n, rng)
        if classes is None and y is not None:
            raise ValueError(f"y must be None, since {self.name} is told no class, got {y!r}")
        given = [z]
        if classes is not None:
            y = torch.randint(classes, (n,), generator=rng) if y is None else check_labels(y, classes)
            if len(y) != n:
                raise ValueError(f"y must hold one label for each of the {n} samples, got {len(y)}")
            given.append(y.to(z.device))
        with models.still(self.G):
            made = torch.cat([self.G(*part) for part in zip(*(rows.split(500) for rows in given), strict=True)])
        return made.clamp(-1, 1) if made.dim() == 4 else made


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
        own = f"{letter}/"
        net.load_state_dict({key.removeprefix(own): x for key, x in tensors.items() if key.startswith(own)})
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

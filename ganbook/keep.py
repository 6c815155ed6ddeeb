"""A trained generator in one file: on another machine anyone can sample from it, without data, recipe or script.

    game.save("mine.safetensors")                      # or ganbook.save(game, "mine.safetensors")
    ganbook.load("mine.safetensors").sample(64)

The file is a safetensors file with a card: networks, recipe, data, rounds, versions, hash. There is no pickle in it, so
reading it cannot do anything. What a training needs to go on is more than that, and is what train(..., checkpoint=)
writes.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import platform
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import ganbook
from ganbook import checks
from ganbook.data import Normal, Uniform
from ganbook.files import checkpoint
from ganbook.games import GAN, Game, SideBySide
from ganbook.models import still
from ganbook.models.described import build, describe
from ganbook.player.film import Film
from ganbook.types import Sampler, Samples

PRIORS = {"Normal": Normal, "Uniform": Uniform}


@dataclass(frozen=True, repr=False)
class Kept:
    """A generator out of a file: in evaluation mode, frozen, with its card.

    G: the averaged copy where the game had one, which is what films of it show. D, E: where they are of known layers.
    """

    G: nn.Module
    prior: Sampler | None
    card: dict[str, Any]
    D: nn.Module | None = None
    E: nn.Module | None = None

    def sample(self, n: int, seed: int = 0) -> Samples:
        """n samples, 500 at a time; the same ones for the same seed, and those of game.sample with its generator.

        Raises: ValueError where n is not >= 1, or the prior was the reader's own and is not given.
        """
        return self._drawn(self._latents(n, seed))

    def walk(self, n: int = 16, frames: int = 24, seed: int = 0, alt: str = "", **settings: Any) -> Film:
        """A film that can run on and on: n latents on a way through their space that comes back to where it began.

        settings: as for plot.Film.
        """
        a, b = (self._latents(n, seed + k) for k in (0, 1))
        alt = alt or f"{n} samples of a kept generator, each changing into others and back"
        film = Film(alt=alt, **{"loop": True, **settings})
        for k in range(checks.whole("frames", frames, 2)):
            turn = 2 * math.pi * k / frames
            if isinstance(self.prior, Normal):
                z = math.cos(turn) * a + math.sin(turn) * b  # of the same law as a and b
            else:
                z = a + (1 - abs(1 - 2 * k / frames)) * (b - a)
            film.add(self._drawn(z))
        return film

    def _latents(self, n: int, seed: int) -> Tensor:
        if self.prior is None:
            raise ValueError("prior of this file was its maker's own: give it, ganbook.load(path, prior=sampler)")
        return self.prior(checks.whole("n", n), torch.Generator().manual_seed(checks.whole("seed", seed, 0)))

    def _drawn(self, z: Tensor) -> Samples:
        with still(self.G):
            return torch.cat([self.G(part) for part in z.split(500)])

    def __repr__(self) -> str:
        rounds = self.card["rounds"]
        shape, told = "x".join(map(str, self.card["shape"])), "" if rounds is None else f", {rounds:,} rounds"
        data = f" of {self.card['data']}" if self.card["data"] else ""
        return f"Kept({self.card['game']} of samples {shape}{told}{data})"


def save(game: GAN, path: str | os.PathLike) -> None:
    """Write the generator that a game samples from, its D, and its card to one file, whole or not at all.

    path: a file that ends in .safetensors.

    Warns where G is not of layers that the book can build: it is then loaded by ganbook.load(path, G=network).
    Raises: ValueError for what is no game with one generator, another suffix, or a game that draws its samples in a
    way of its own; OSError where the file cannot be written.
    """
    path = _named(path)
    if isinstance(game, SideBySide) or not isinstance(game, GAN):
        kind = type(game).__name__
        hint = ": its .game is one" if isinstance(getattr(game, "game", None), Game) else ""
        raise ValueError(f"game must be a GAN with one generator, got a {kind}{hint}")
    networks = {"G": game.sampler, "D": game.D} | ({"E": game.encoder} if hasattr(game, "encoder") else {})
    known = type(game.prior).__name__
    shown = game.sample(2, torch.Generator().manual_seed(0))  # what the file is held against
    card = {
        "form": 1,
        "game": type(game).__name__,
        "networks": {letter: _described(letter, network) for letter, network in networks.items()},
        "averaged": game.average is not None,
        "prior": {"kind": known, "d": game.prior.d} if type(game.prior) is PRIORS.get(known) else None,
        "shape": list(shown.shape[1:]),
        "recipe": game.recipe.describe(),
        **{name: game.story.get(name) for name in ("data", "rounds", "seed")},
        "versions": {"ganbook": ganbook.__version__, "python": platform.python_version(), "torch": torch.__version__},
    }
    tensors = {
        f"{letter}/{name}": x.detach().cpu() for letter, net in networks.items() for name, x in net.state_dict().items()
    }
    again = Kept(game.sampler, game.prior, card)
    if "own" not in card["networks"]["G"]:
        again = _kept(tensors, card, {}, game.prior, game.device)
    try:
        same = torch.allclose(again.sample(2, 0), shown, rtol=0, atol=1e-3)
    except (TypeError, RuntimeError):  # G wants more than z
        same = False
    if not same:
        raise ValueError(f"game must sample G(z), got a {type(game).__name__} whose samples G does not give alone")
    checkpoint.write(path, tensors, {"card": card | {"hash": _hash(tensors, card)}})


def load(
    path: str | os.PathLike,
    *,
    G: nn.Module | None = None,
    D: nn.Module | None = None,
    prior: Sampler | None = None,
    device: torch.device | str | None = None,
) -> Kept:
    """What `save` wrote: a generator to sample from, on any machine.

    G, D: networks whose layers the book does not know, as they were made for the training; their weights are read.
    prior: the Sampler of z, where it was not data.normal or data.uniform.
    device: by default ganbook.device().

    Raises: FileNotFoundError; ValueError for a file that is damaged, changed, or none of `save`, for one whose G must
    be given, and for a G that is another.
    """
    path = Path(checks.path("path", path))
    if not path.exists():
        raise FileNotFoundError(f"path must be a file that ganbook.save wrote, and there is nothing at {str(path)!r}")
    if path.is_dir():
        raise ValueError(f"path must be a file that ganbook.save wrote, got the folder {str(path)!r}")
    try:
        tensors, facts = checkpoint.read(path)
    except ValueError as error:
        raise ValueError(f"path must be a file that ganbook.save wrote: {error}") from error
    if "card" not in facts:
        raise ValueError(
            f"path must be a file that ganbook.save wrote, got {path}, the checkpoint of a training: "
            "make its game, train(game, real, checkpoint=path), and game.save(another path)"
        )
    card = facts["card"]
    if card.get("hash") != _hash(tensors, {name: value for name, value in card.items() if name != "hash"}):
        raise ValueError(f"path must be a file as ganbook.save wrote it, got {path}, whose card has been changed")
    given = {letter: net for letter, net in (("G", G), ("D", D)) if net is not None}
    own = card["networks"]["G"].get("own")
    if own and G is None:
        raise ValueError(f"G of {path} is a {own}, which the book cannot build: ganbook.load(path, G={own}(...))")
    place = ganbook.device() if device is None else torch.device(device)
    return _kept(tensors, card, given, prior, place)


def _kept(
    tensors: dict[str, Tensor], card: dict[str, Any], given: dict[str, nn.Module], prior: Any, device: torch.device
) -> Kept:
    """The networks of a card with their weights: built, or those that are given."""
    networks = {}
    for letter, told in card["networks"].items():
        if letter in given or "own" not in told:
            network = given[letter] if letter in given else build(told)
            state = {name[2:]: x for name, x in tensors.items() if name.startswith(f"{letter}/")}
            network = _filled(network, state, letter)
            networks[letter] = network.requires_grad_(False).eval().to(device, memory_format=torch.channels_last)
    if card["prior"] is not None:
        prior = PRIORS[card["prior"]["kind"]](card["prior"]["d"], device)
    return Kept(networks.pop("G"), prior, card, **networks)


def _filled(network: nn.Module, state: dict[str, Tensor], letter: str) -> nn.Module:
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise ValueError(f"{letter} must be the network of the file: {' '.join(str(error).split())[:300]}") from error
    return network


def _described(letter: str, network: nn.Module) -> dict[str, Any]:
    """A network as `describe` has it, or the name of a class that only its maker has."""
    try:
        return describe(network)
    except ValueError as error:
        if letter == "G":
            kind = type(network).__name__
            warnings.warn(f"{error}: it is loaded by ganbook.load(path, G={kind}(...))", stacklevel=4)
        return {"own": type(network).__name__}


def _hash(tensors: dict[str, Tensor], card: dict[str, Any]) -> str:
    """Of the weights and of what the card says."""
    return hashlib.sha256((checkpoint.digest(tensors) + json.dumps(card, sort_keys=True)).encode()).hexdigest()


def _named(path: str | os.PathLike) -> Path:
    found = Path(checks.instance("path", path, (str, os.PathLike), "a path"))
    if found.suffix != ".safetensors":
        raise ValueError(f"path must end in .safetensors, got {str(path)!r}")
    return found

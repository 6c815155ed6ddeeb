"""What a game is: networks, the optimisers that own them, and rounds."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils._pytree import tree_map

import ganbook
from ganbook import checks, processes
from ganbook.optimizers import OPTIMIZERS
from ganbook.ramps import Ramp, settle
from ganbook.recipes import Recipe
from ganbook.types import Batch, Sampler, Samples, Scalar


def descend(
    optimizer: Optimizer,
    losses: Scalar | Iterable[Scalar],
    parts: int = 1,
) -> Scalar:
    """One step of one player: only the parameters that its optimiser owns move.

    A forgotten `detach` can therefore leave no gradient in the other player, nor use up its graph. Frozen parameters
    (requires_grad False) stay as they are. In a shared run the gradients are averaged over its processes.

    losses: one loss, or as many as `parts`, one after the other: the step is that of their mean, and the graph of one
        is gone before the next is made (a generator makes them one at a time), so that a large batch fits.

    Returns the mean of the losses, detached; in a shared run, of this process's rows.
    Raises: ValueError where the optimiser owns nothing that can move, or there are not as many losses as parts.
    Derived in: chapter 1; in parts: chapter 17.

    >>> w = nn.Parameter(torch.tensor(2.0))
    >>> descend(torch.optim.SGD([w], lr=0.1), (k * w for k in (1.0, 3.0)), parts=2)  # mean slope 2
    tensor(4.)
    >>> w.data
    tensor(1.8000)
    """
    checks.instance("optimizer", optimizer, Optimizer, "a torch optimiser")
    checks.series("losses", [losses] if isinstance(losses, Tensor) else losses, "a loss, or as many as parts")
    own = [p for p in owned(optimizer) if p.requires_grad]
    if not own:
        raise ValueError("optimizer must own a parameter with requires_grad, got none")
    checks.whole("parts", parts)
    optimizer.zero_grad(set_to_none=True)
    found = []
    for loss in [losses] if isinstance(losses, Tensor) else losses:
        checks.loss("losses", loss)
        (loss if parts == 1 else loss / parts).backward(inputs=own)
        found.append(loss.detach())
    if len(found) != parts:
        raise ValueError(f"losses must be as many as parts ({parts}), got {len(found)}")
    processes.average_gradients(own)
    optimizer.step()
    return found[0] if parts == 1 else torch.stack(found).mean()


def owned(optimizer: Optimizer) -> list[nn.Parameter]:
    """Every parameter that an optimiser may move."""
    return [p for group in optimizer.param_groups for p in group["params"]]


class Average(AveragedModel):
    """A slowly moving copy of a network: after `halflife` images a change is half absorbed.

    w_avg <- d w_avg + (1 - d) w with d = 2^(-batch / halflife); buffers (batch norm statistics) are copied. The first
    update copies the network.
    Raises: ValueError where halflife is not a finite number of images > 0.
    Source: Karras et al. 2018, section 4 (with decay 0.999). Derived in: chapter 7.
    """

    def __init__(self, network: nn.Module, halflife: float, batch: int) -> None:
        checks.positive("halflife", halflife, of="of images")
        checks.whole("batch", batch)
        checks.instance("network", network, nn.Module, "a network")
        super().__init__(network, multi_avg_fn=get_ema_multi_avg_fn(0.5 ** (batch / halflife)))
        self.requires_grad_(False)


def first_samples(real: Sampler, n: int, name: str = "real") -> Batch:
    """n samples of the data, once they have been looked at.

    name: of the argument, where it is another sampler than `real`.

    Raises: ValueError naming it where it is no sampler, or where what it returns is not n finite samples, images in
    [-1, 1], or a tuple of tensors with n rows each.
    """
    if not callable(real) or isinstance(real, type):
        raise ValueError(
            f"{name} must be a Sampler, called as {name}(n, rng), got {type(real).__name__} "
            "(data.folder makes one of a folder, data.from_tensor of a tensor, data.from_loader of a DataLoader)"
        )
    batch = real(n, torch.Generator().manual_seed(0))
    check_batch(batch, n, name=name)
    for part in batch if isinstance(batch, tuple) else (batch,):
        if part.is_floating_point() and part.dim() == 4:
            checks.warn_of_range(name, part)
    return batch


def check_batch(batch: object, n: int, where: str = "among its first samples", name: str = "real") -> None:
    """Refuse what is no batch of n rows: see `first_samples`."""
    told = f"{name}({n}, rng) must return a float tensor of {n} samples, or a tuple that begins with one,"
    if isinstance(batch, list):
        raise ValueError(f"{told} got a list: make it a tuple")
    own = batch if isinstance(batch, tuple) else (batch,)
    if not own or not all(isinstance(part, Tensor) for part in own):
        raise ValueError(f"{told} got {', '.join(type(part).__name__ for part in own) or 'an empty tuple'}")
    if not own[0].is_floating_point() or own[0].dim() < 2:
        raise ValueError(f"{told} got {own[0].dtype} of shape {tuple(own[0].shape)}")
    lengths = [len(part) if part.dim() else 0 for part in own]
    if len(set(lengths)) > 1:
        raise ValueError(f"{name}({n}, rng) must return tensors of {n} rows each, got {lengths} rows in its tuple")
    if lengths[0] != n:
        raise ValueError(f"{told} got {own[0].dtype} of shape {tuple(own[0].shape)}")
    for k, part in enumerate(own):
        if part.is_floating_point() and not torch.isfinite(part).all():
            row = int((~torch.isfinite(part)).nonzero()[0][0])
            what = f"part {k} of its tuple" if len(own) > 1 else "its samples"
            raise ValueError(f"{name} must return finite numbers, got nan or infinity in row {row} of {what}, {where}")
        if part.is_floating_point() and part.dim() == 4 and not part.abs().max() <= 1 + checks.SLACK:
            raise ValueError(
                f"{name} must return images in [-1, 1], got values from {part.min():.3g} to {part.max():.3g}, {where}"
                f"{checks.into_range(float(part.min()), float(part.max()))}"
            )


def check_players(game: Game) -> None:
    """Refuse players that move the same parameter, or one that no checkpoint of the game would hold.

    Raises: ValueError naming the players.
    """
    held = {id(p) for p in game.parameters()}
    player: dict[int, str] = {}
    for name, optimizer in game.optimizers.items():
        for p in owned(optimizer):
            other = player.setdefault(id(p), name)
            if other != name:
                raise ValueError(
                    f"players must each have an optimiser and parameters of their own, got {other!r} and {name!r} "
                    f"that share {'one optimiser' if game.optimizers[other] is optimizer else 'parameters'}"
                )
            if id(p) not in held:
                raise ValueError(
                    f"networks of player {name!r} must be attributes of the game, or in an nn.ModuleList or "
                    "nn.ModuleDict that is one: otherwise a checkpoint would not hold them"
                )


class Game(nn.Module):
    """Networks and the optimisers that own them. A new kind of play writes `round` and `sample`.

    recipe: what is read in each round. device: where everything is; by default ganbook.device().

    Raises: ValueError where recipe is not a Recipe.
    """

    optimizers: dict[str, Optimizer]
    """Player name -> optimiser: a player is an optimiser and what it owns."""

    now: Recipe
    """The recipe of this round: every Ramp by its value."""

    def __new__(cls, *args: Any, **named: Any) -> Game:
        game = super().__new__(cls)
        game.__dict__["_given"] = _arguments(
            cls.__init__, args, named
        )  # for `describe`; no subclass has to think of it
        return game

    def __init__(self, recipe: Recipe, device: torch.device | None = None) -> None:
        if not isinstance(recipe, Recipe):
            raise ValueError(f"recipe must be a Recipe, such as ganbook.recipes.MLP_GAN, got {recipe!r}")
        super().__init__()
        self.recipe = self.now = recipe
        checks.device("device", device)
        self.device = ganbook.device() if device is None else torch.device(device)
        self.optimizers = {}
        self.story: dict[str, Any] = {}
        """Of the training so far, for the card of a kept generator: rounds, seed, data."""
        self._rates: dict[str, float | Ramp] = {}

    def player(self, name: str, *networks: nn.Module, lr: float | Ramp) -> None:
        """Who moves: these networks, on the game's device, under one optimiser of the recipe's kind.

        A name that is there already gets new networks and a fresh optimiser, as when a network grows.

        Raises: ValueError where nothing can move, a network is no module, lr is not > 0, or another player owns a
        parameter.
        """
        checks.text("name", name)
        if not networks or not all(isinstance(network, nn.Module) for network in networks):
            kinds = ", ".join(type(network).__name__ for network in networks) or "none"
            raise ValueError(f"networks of player {name!r} must be one or more nn.Module, got {kinds}")
        for value in (lr.start, lr.end) if isinstance(lr, Ramp) else (lr,):
            checks.positive("lr", value)
        for network in networks:  # convolutions on the CPU are faster in this layout; other layers do not care
            network.to(self.device, memory_format=torch.channels_last)
        own = list(dict.fromkeys(p for network in networks for p in network.parameters()))
        if not own:
            raise ValueError(f"networks of player {name!r} must have parameters, got none: nothing could move")
        for other, optimizer in self.optimizers.items():
            theirs = {id(p) for p in owned(optimizer)}
            if other != name and any(id(p) in theirs for p in own):
                raise ValueError(
                    f"networks of player {name!r} must be its own, got parameters that player {other!r} moves too"
                )
        self._rates[name] = lr
        make = OPTIMIZERS[self.recipe.optimizer]
        self.optimizers[name] = make(own, settle(lr, 0), settle(self.recipe.betas, 0))

    def prepare(self, n: int) -> None:
        """Give the game the form of round n: stage, shares, rates. A function of n alone, called before each round.

        Here: every Ramp of the recipe gets its value. Whoever overrides this calls super().prepare(n) last, so that
        networks that were just made have their rates too.
        """
        images = (n - 1) * self.recipe.batch
        self.now = self.recipe.at(images)
        for name, rate in self._rates.items():
            for group in self.optimizers[name].param_groups:
                if isinstance(rate, Ramp):
                    group["lr"] = rate.at(images)
                if self.now.betas is not self.recipe.betas:
                    group["betas"] = self.now.betas

    @property
    def share(self) -> int:
        """Rows of a batch that this process plays with: all of them, unless the run is shared."""
        return self.recipe.batch // processes.place()[1]

    def draw(self, sampler: Sampler, rng: torch.Generator, n: int | None = None) -> Batch:
        """n rows, by default a batch of the recipe; in a shared run this process's rows of a draw of all."""
        n = self.share if n is None else n
        return processes.rows(lambda total: sampler(total, rng), n)

    def round(self, real: Sampler, rng: torch.Generator) -> dict[str, Scalar]:
        """Every player moves once, or as often as the recipe says.

        Returns readings by name, detached: the losses, and whatever else should be in the history.
        """
        raise NotImplementedError(f"{type(self).__name__} must define round(real, rng)")

    def sample(self, n: int, rng: torch.Generator) -> Samples:
        """n samples in evaluation mode, without gradient; touches neither global randomness nor batch statistics.

        A game that can be asked for more says so in its own signature: sample(n, rng, y=None, truncation=1.0).
        """
        raise NotImplementedError(f"{type(self).__name__} must define sample(n, rng)")

    def check(self, real: Sampler) -> None:
        """Before round 1: do data, networks and recipe fit? Here: a batch is drawn and must be finite.

        Raises: ValueError saying what does not fit.
        """
        first_samples(real, self.share)

    def __reduce_ex__(self, protocol: int) -> Any:
        raise TypeError(
            f"a {type(self).__name__} cannot be pickled, its optimisers would come back without their hooks: "
            "game.save(path) keeps its generator, train(..., checkpoint=path) a training that goes on"
        )

    def __deepcopy__(self, memo: dict[int, Any]) -> Game:
        memo[id(self)] = twin = type(self).__new__(type(self))
        twin.__dict__ |= copy.deepcopy(self.__dict__, memo)
        return twin

    def lost(self, readings: dict[str, Scalar]) -> bool:
        """Is the game over, given the readings of a round? Here: as soon as one of them is not finite."""
        return not all(torch.isfinite(torch.as_tensor(value)).all() for value in readings.values())

    def describe(self) -> dict[str, str]:
        """What must agree before a checkpoint of this game is resumed, by name.

        Complete by default: each field of the recipe, every network as it prints, and each argument that the game was
        made with; where the game has an attribute of that name, that is what counts. What a game sets otherwise, it
        puts into `extra_repr`.
        """
        facts = {"game": type(self).__name__, **self.recipe.describe()}
        facts |= {name: repr(child) for name, child in self.named_children() if not isinstance(child, Average)}
        facts |= {"settings": self.extra_repr()} if self.extra_repr() else {}
        for name, value in self._given.items():
            value = vars(self).get(name, value)
            if name != "device" and value is not None and not isinstance(value, _TOLD):
                value = tree_map(lambda leaf: type(leaf).__name__ if isinstance(leaf, _TOLD) else leaf, value)
                facts[f"argument {name}" if name in facts else name] = repr(value)
        return {name: _same_everywhere(text) for name, text in facts.items()}


_TOLD = (nn.Module, Recipe)
"""What `describe` tells anyway, whoever was given it."""


def _arguments(function: Callable[..., Any], args: tuple, named: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a method's call by name, defaults too."""
    signature = inspect.signature(function)
    try:
        call = signature.bind(None, *args, **named)
    except TypeError:  # the call itself will say so; and a copy is made without arguments
        return {}
    call.apply_defaults()
    found = {}
    for name, value in list(call.arguments.items())[1:]:
        kind = signature.parameters[name].kind
        if kind is inspect.Parameter.VAR_POSITIONAL:
            found |= {f"{name}[{k}]": one for k, one in enumerate(value)}
        elif kind is inspect.Parameter.VAR_KEYWORD:
            found |= value
        else:
            found[name] = value
    return found


def _same_everywhere(text: str) -> str:
    """Without what differs between two processes: places in memory, devices, line breaks."""
    text = re.sub(r"<(?:bound method|function|built-in function) (\S+?)(?: of .*?)? at 0x[0-9a-f]+>", r"\1", text)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    text = re.sub(r",? ?device=(?:device\([^)]*\)|'[^']*')", "", text)
    return " ".join(text.split())

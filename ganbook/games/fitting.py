"""Do networks, recipe and data fit? What contradicts the loss or the recipe is said before round 1.

What cannot work is an error; what may be meant so is a warning.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from math import prod

from torch import Tensor, nn
from torch.autograd.graph import Node

from ganbook import checks
from ganbook.recipes import Recipe

RANGES = {
    "Sigmoid": (0.0, 1.0),
    "Hardsigmoid": (0.0, 1.0),
    "Softmax": (0.0, 1.0),
    "Relu": (0.0, float("inf")),
    "Softplus": (0.0, float("inf")),
    "Tanh": (-1.0, 1.0),
    "LogSoftmax": (float("-inf"), 0.0),
    "LogSigmoid": (float("-inf"), 0.0),
}
"""Last operation of a network -> between which numbers its outputs lie."""

SHAPES = (
    "View",
    "Reshape",
    "UnsafeView",
    "Squeeze",
    "Unsqueeze",
    "Permute",
    "Transpose",
    "T",
    "Alias",
    "Clone",
    "ToCopy",
    "Expand",
    "Select",
    "Slice",
    "Split",
    "Unbind",
    "Index",
    "IndexSelect",
    "Gather",
    "Cat",
    "Stack",
    "Mean",
)
"""Operations that choose, join or average, and so leave no range: what stands before them is looked at."""


def last(out: Tensor) -> str:
    """The name of the operation that made these numbers, as autograd writes it; "" where there is no graph.

    >>> import torch
    >>> last(torch.zeros(2, 1, requires_grad=True).sigmoid().flatten())
    'Sigmoid'
    """
    return _ends(out.grad_fn)


def _ends(node: Node | None) -> str:
    if node is None:
        return ""
    name = type(node).__name__.split("Backward")[0]
    if name not in SHAPES:
        return name
    joined = {_ends(before) for before, _ in node.next_functions if before is not None}
    return joined.pop() if len(joined) == 1 else ""  # of different ends, no range is known


@contextmanager
def watched(D: nn.Module) -> Iterator[list[str]]:
    """Within it each look of D is noted: the last operation of its outputs.

    Raises: ValueError where D changes what it is given; and where D refuses it, what to do is added to the refusal.
    """
    seen: list[str] = []
    before: list[list[int]] = []
    shapes: list[tuple[int, ...]] = []

    def begin(module: nn.Module, given: tuple) -> None:
        before.append([x._version for x in given if isinstance(x, Tensor)])
        shapes.append(tuple(given[0].shape[1:]) if given and isinstance(given[0], Tensor) else ())

    def end(module: nn.Module, given: tuple, out: object) -> None:
        if before.pop() != [x._version for x in given if isinstance(x, Tensor)]:
            raise ValueError(
                "D must leave its input as it is, got a network that changes it in place, such as by "
                "nn.ReLU(inplace=True) as its first layer: the other player looks at the same samples"
            )
        if isinstance(out, Tensor):
            seen.append(last(out))

    handles = D.register_forward_pre_hook(begin), D.register_forward_hook(end)
    try:
        yield seen
    except ValueError as error:
        begun = bool(before) and any(word in str(error.__cause__) for word in ("size", "shape", "channels"))
        remedy = taken(D, shapes[-1]) if begun else ""  # D has come to no end, and its input is why
        if not remedy:
            raise
        raise ValueError(f"{error}. {remedy}") from error.__cause__
    finally:
        for handle in handles:
            handle.remove()


def taken(D: nn.Module, shape: tuple[int, ...]) -> str:
    """What to do where D refuses samples of this shape, by its first layer; "" where that does not tell."""
    first = next((part for part in D.modules() if isinstance(part, nn.Linear | nn.Conv2d | nn.Flatten)), None)
    linear = next((part for part in D.modules() if isinstance(part, nn.Linear)), None)
    if isinstance(first, nn.Conv2d):
        if len(shape) != 3:
            return "Its first layer takes images: for points take models.mlp"
        if first.in_channels != shape[0]:
            return (
                f"Its first layer takes {_many(first.in_channels, 'channel')}: models.dcgan(channels={shape[0]}) takes "
                f"such images, data.folder(path, channels={first.in_channels}) makes those that fit"
            )
        return f"It was made for images of another size: models.dcgan(size={shape[-1]}) takes such images"
    if linear is None:
        return ""
    numbers = prod(shape)
    if len(shape) == 3 and isinstance(first, nn.Linear):
        return (
            f"An image goes through nn.Flatten() before the first nn.Linear, which then takes {numbers} numbers: "
            f"models.mlp([{numbers}, ...], flatten=True) has both"
        )
    if linear.in_features != numbers:
        return f"Its first nn.Linear takes {linear.in_features} numbers, and a sample has {numbers}"
    return ""


def made(maker: str, wanted: tuple[int, ...], got: tuple[int, ...]) -> str:
    """What to do where the generator's samples have another shape than the data, as the end of a sentence."""
    if maker != "G" or len(wanted) not in (1, 3):
        return ""
    if len(wanted) == 1:
        return f": models.mlp([..., {wanted[0]}]) makes such points"
    if len(got) != 3:
        return f": models.mlp([..., {prod(wanted)}], shape={wanted}) makes images, and so does models.dcgan"
    ways = [
        (f"{name}={want}", f"{name}={have}")
        for name, want, have in (("size", wanted[-1], got[-1]), ("channels", wanted[0], got[0]))
        if want != have
    ]
    theirs, ours = (", ".join(each) for each in zip(*ways, strict=True))
    return f": models.dcgan({theirs}) makes such images, data.folder(path, {ours}) reads those that fit"


def check_players(recipe: Recipe, D: nn.Module, G: nn.Module | None) -> None:
    """Do the layers of D and G go with the recipe?"""
    coupled = {
        name: found for name, net in (("D", D), ("G", G)) if net is not None and (found := _has(net, "batchnorm"))
    }
    for name, layer in coupled.items():
        if recipe.batch == 1 and layer == "BatchNorm1d":
            raise ValueError(f"recipe.batch must be at least 2, since {name} has batch norm ({layer}), got 1")
    if recipe.penalties and "D" in coupled:
        kinds = ", ".join(type(penalty).__name__ for penalty in recipe.penalties)
        _warn(
            f"D has batch norm and the recipe a penalty on its gradient ({kinds}): with batch norm a sample's output "
            "depends on the whole batch, so there is no gradient of one sample to hold. Take another norm: "
            'models.dcgan(norm_d="layer"), models.mlp(norm="layer"), or None'
        )
    if recipe.norm_d == "spectral" and not _has(D, "spectral"):
        _warn(
            "the recipe counts on spectral normalisation in D, which has none: nothing holds D's slope. "
            'models.dcgan(norm_d="spectral") and models.mlp(norm="spectral") have it'
        )


def check_ends(seen: list[str], real: Tensor, fake: Tensor) -> None:
    """Does D end raw, as the losses take it, and does G reach what the data reach?

    seen: the last operations of D. real, fake: samples of a batch.
    """
    squashed = next((name for name in seen if name in RANGES), None)
    if squashed:
        _warn(
            f"D ends in {squashed.lower()}, and the losses take its raw outputs (logits, critic values): "
            "leave the last activation out, the loss has it already"
        )
    low, high = RANGES.get(last(fake), (float("-inf"), float("inf")))
    reach = [float(end) for end in real.detach().aminmax()]
    far = next((end for end in reach if not low - checks.SLACK <= end <= high + checks.SLACK), None)
    if far is not None:
        _warn(
            f"G ends in {last(fake).lower()}, between {low:g} and {high:g}, and real reaches {far:.3g}: G cannot make "
            "such samples. Images in [-1, 1] want nn.Tanh() at its end, points no activation"
        )
    elif real.dim() == 4 and float(fake.detach().abs().max()) > 1 + checks.SLACK:
        _warn(
            f"G makes images up to {float(fake.detach().abs().max()):.3g}, and images lie in [-1, 1]: films and scores "
            "will refuse them. nn.Tanh() at its end keeps them there"
        )


@contextmanager
def cut_when_drawn() -> Iterator[None]:
    """Within it nothing is said of images beyond [-1, 1]: for a game that cuts what it draws."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "G makes images up to")
        yield


def _many(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _has(network: nn.Module, kind: str) -> str:
    """The name of the first layer, parametrisation or hook whose class name holds `kind`."""
    for part in network.modules():
        for each in (part, *part._forward_pre_hooks.values()):
            if kind in type(each).__name__.lower():
                return type(each).__name__
    return ""


def _warn(text: str) -> None:
    warnings.warn(text, stacklevel=5)

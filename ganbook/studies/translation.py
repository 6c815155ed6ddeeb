"""Scores of an unpaired translation on held-out true pairs, what stands beside them, and hidden codes. Chapter 14.

x_i and y_i belong together, made_i = G(x_i). L1 asks for the pixels of y_i; the rank, whether made_i is nearer to y_i
than to the other y_j; hit, whether it has what the other domain has; unchanged and outside, whether the rest is as it
was. L1 cannot judge a one-to-many task: true glasses of somebody else are as wrong in it as none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from ganbook import checks
from ganbook.features import FaceNet
from ganbook.types import Float, Samples

Map = Callable[[Tensor], Tensor]

WATCHED = ("hair", "length", "beard", "hat", "mouth", "skin", "clothing")
"""What a face has besides glasses, as far as it can be read with and without them; eyes cannot."""
WITH = {"glasses": (1, 2), "beard": (1,), "mouth": (1,), "hair": (0,)}
"""The codes of the second domain: light or dark glasses; a beard; happy; blond."""


def l1(made: Tensor, true: Tensor) -> float:
    """mean |made - true| over rows and pixels, on the scale of [-1, 1].

    >>> l1(torch.zeros(1, 4), torch.tensor([[1.0, 0.0, 0.0, -1.0]]))
    0.5
    """
    _check(made, true)
    return float((made.double() - true.double()).abs().mean())


def ranks(made: Tensor, true: Tensor) -> Tensor:
    """For each made_i the place of true_i among all true_j, by L1: 1 is nearest, equal ones share the mean place.

    Chance: (n + 1) / 2 on average.

    Raises: ValueError where shapes differ, or a pixel is not finite.

    >>> ranks(torch.tensor([[0.0], [5.0], [9.0]]), torch.tensor([[1.0], [9.0], [8.0]])).tolist()
    [1.0, 2.5, 2.0]
    """
    _check(made, true)
    distance = torch.cdist(made.double().flatten(1), true.double().flatten(1), p=1)
    own = distance.diagonal()[:, None]
    slip = 1e-12 * own  # what the order of a sum may do
    return (distance < own - slip).sum(1) + (((distance - own).abs() <= slip).sum(1) + 1) / 2


def hit(net: FaceNet, made: Samples, attribute: str = "glasses", codes: Sequence[int] = (1, 2)) -> float:
    """Share of the pictures in which the classifier reads one of these values of the attribute.

    Raises: ValueError for another attribute, or pictures outside [-1, 1].
    """
    checks.images("made", made)
    checks.one_of("attribute", attribute, net.heads)
    return float(torch.isin(net.attributes(made)[attribute], torch.tensor(list(codes))).double().mean())


def unchanged(net: FaceNet, x: Samples, made: Samples, watched: Sequence[str] = WATCHED) -> float:
    """Share of the pictures in which every other attribute reads as it did in x.

    It is not 1 for the true partners either, where the classifier errs: put that beside it.

    Raises: ValueError for another attribute, or pictures outside [-1, 1].
    """
    checks.images("x", x)
    checks.images("made", made)
    _check(made, x)
    for name in watched:
        checks.one_of("watched", name, net.heads)
    before, after = net.attributes(x), net.attributes(made)
    return float(torch.stack([before[name] == after[name] for name in watched]).all(0).double().mean())


def region(x: Samples, y: Samples) -> Tensor:
    """The pixels, (h, w), in which any true pair differs.

    >>> region(torch.zeros(2, 1, 2, 2), torch.tensor([[[[0.0, 1], [0, 0]]], [[[0.0, 0], [0, 1]]]])).tolist()
    [[False, True], [False, True]]
    """
    _check(x, y)
    return (x != y).flatten(0, 1).any(0)


def outside(x: Samples, made: Samples, where: Tensor) -> float:
    """mean |made - x| over the pixels that are not in `where`: what was changed and should not have been."""
    _check(made, x)
    if where.shape != x.shape[2:] or bool(where.all()):
        raise ValueError(f"where must leave pixels of {tuple(x.shape[2:])} out, got shape {tuple(where.shape)}")
    return float((made - x).abs()[..., ~where].double().mean())


def scored(
    x: Samples,
    made: Samples,
    true: Samples,
    net: FaceNet | None = None,
    attribute: str = "glasses",
    codes: Sequence[int] = (1, 2),
    where: Tensor | None = None,
) -> dict[str, float]:
    """All scores of a translation: L1 and the rank, and with a classifier of faces what it reads.

    codes: the values that the translation is to bring: WITH[attribute] there, (0,) on the way back from glasses.
    where: the pixels that may change; by default `region` of the pairs.
    """
    found = {"L1": l1(made, true), "rank": float(ranks(made, true).mean())}
    if net is not None:
        where = region(x, true) if where is None else where
        watched = [name for name in WATCHED if name != attribute]
        found["hit"] = hit(net, made, attribute, codes)
        found["unchanged"] = unchanged(net, x, made, watched)
        found["outside"] = outside(x, made, where)
    return found


# --- what stands beside a translation


def mean_difference(x: Samples, of_x: Float[Tensor, "k ..."], of_y: Float[Tensor, "m ..."]) -> Samples:
    """x + (mean of the one domain's pictures - mean of the other's), kept in [-1, 1]: no pairs, and no network.

    >>> mean_difference(torch.zeros(1, 1), torch.zeros(3, 1), torch.tensor([[0.0], [1.0]])).tolist()
    [[0.5]]
    """
    checks.tensor("of_x", of_x)
    checks.tensor("of_y", of_y)
    return (x + of_y.mean(0) - of_x.mean(0)).clamp(-1, 1)


def borrowed(x: Samples, y: Samples, shift: int = 1) -> Samples:
    """x_i with what the pair of another row changes: a true face with somebody else's real glasses.

    In the pixels in which x_j and y_j differ, j = i + shift, those of y_j. Perfect taste, and the wrong glasses.

    >>> x, y = torch.tensor([[[[0.0, 0]]], [[[5.0, 5]]]]), torch.tensor([[[[1.0, 0]]], [[[5.0, 7]]]])
    >>> borrowed(x, y).flatten(1).tolist()
    [[0.0, 7.0], [1.0, 5.0]]
    """
    _check(x, y)
    changed = (x != y).any(1, keepdim=True).roll(-shift, 0)
    return torch.where(changed, y.roll(-shift, 0), x)


# --- hidden codes


def noisy(y: Samples, levels: float, rng: torch.Generator) -> Samples:
    """y + Gaussian noise with a deviation of `levels` of 256 grey levels (levels / 128 in [-1, 1]), kept in [-1, 1].

    >>> y = torch.zeros(1, 1, 100, 100)
    >>> round(float(noisy(y, 3, torch.Generator().manual_seed(0)).std()) * 128)
    3
    """
    checks.not_negative("levels", levels)
    return (y + levels / 128 * torch.randn(y.shape, generator=rng).to(y)).clamp(-1, 1)


def rounded(y: Samples) -> Samples:
    """y in 256 levels, as a file would hold it."""
    return ((y + 1) * 127.5).round() / 127.5 - 1


def blurred(y: Samples) -> Samples:
    """The mean of each pixel and its eight neighbours."""
    return avg_pool2d(pad(y, (1, 1, 1, 1), mode="replicate"), 3, 1)


@torch.no_grad()
def cycle_error(G: Map, F: Map, x: Samples, disturb: Map | None = None) -> float:
    """mean |F(disturb(G(x))) - x|: what comes back when the picture in the middle has been touched.

    >>> round(cycle_error(lambda x: x / 2, lambda y: 2 * y, torch.ones(1, 1), lambda y: y + 0.1), 6)  # 2 (1/2 + .1) - 1
    0.2
    """
    code = G(x)
    return l1(F(code if disturb is None else disturb(code)), x)


def _check(one: Tensor, other: Tensor) -> None:
    """A nan would have the best rank of all, and bytes would count round."""
    if one.shape != other.shape or not len(one):
        raise ValueError(f"pictures must be in pairs of one shape, got {tuple(one.shape)} and {tuple(other.shape)}")
    checks.all_finite("pictures", checks.tensor("pictures", one))
    checks.all_finite("pictures", checks.tensor("pictures", other))

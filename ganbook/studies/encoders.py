"""What a code knows: how near a picture comes back, and which attributes a simple reader finds in it. Chapter 13."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from ganbook import checks
from ganbook.data import check_labels
from ganbook.types import Float, Int, Samples


def ratio(x: Samples, back: Samples) -> float:
    """How far x_i is from what came back for it, as a share of how far it is from what came back for another.

    mean ||x_i - back_i|| / mean ||x_i - back_{i+1}||: the next row stands for a random one, so rows are to be in no
    order.

    Range: 0 where everything comes back; about 1 where what comes back has nothing to do with x.

    Raises: ValueError where the shapes differ, for fewer than two rows, for nan, or where all that comes back is x.
    Source: the two distances are in the log of Donahue et al. 2017's code. Derived in: chapter 13.

    >>> x = torch.tensor([[0.0], [4.0]])
    >>> ratio(x, x), ratio(x, torch.tensor([[1.0], [3.0]]))  # 0; (1 + 1) / (3 + 3)
    (0.0, 0.3333333333333333)
    """
    if x.shape != back.shape or len(x) < 2:
        raise ValueError(f"x and back must be two or more rows of one shape, got {tuple(x.shape)}, {tuple(back.shape)}")
    checks.all_finite("x", x)
    checks.all_finite("back", back)
    x, back = x.double().flatten(1), back.double().flatten(1)
    other = (x - back.roll(-1, 0)).norm(dim=1).mean()
    if other == 0:
        raise ValueError("back must not be one and the same row as all of x")
    return float((x - back).norm(dim=1).mean() / other)


def standardised(
    known: Float[Tensor, "n d"], new: Float[Tensor, "m d"]
) -> tuple[Float[Tensor, "n d"], Float[Tensor, "m d"]]:
    """Both with the mean and deviation of `known`, in double precision; what is constant becomes 0."""
    known, new = known.double(), new.double()
    mean, deviation = known.mean(0), known.std(0)
    deviation = torch.where(deviation > 1e-12 * known.abs().amax(0), deviation, torch.inf)
    return (known - mean) / deviation, (new - mean) / deviation


def probe(
    known: Float[Tensor, "n d"],
    y: Int[Tensor, " n"],
    new: Float[Tensor, "m d"],
    told: Int[Tensor, " m"],
    ridge: float = 0.1,
) -> float:
    """Share of new codes whose class a linear map finds, fitted by least squares to the known ones.

    W = argmin mean ||Y - Z W||^2 + ridge ||W||^2 on standardised codes Z with a column of ones, Y ones among zeros.

    Raises: ValueError for labels that are none, or where the rows do not fit.
    Derived in: chapter 13.

    >>> z = torch.tensor([[-2.0], [-1.0], [1.0], [2.0]])
    >>> y = torch.tensor([0, 0, 1, 1])
    >>> probe(z, y, z, y), probe(z.abs(), y, z.abs(), y)  # the size of z knows nothing of its sign: all in one class
    (1.0, 0.5)
    """
    _check(known, y, new, told)
    checks.positive("ridge", ridge)
    classes = int(max(y.max(), told.max())) + 1
    a, b = (torch.cat([codes, torch.ones_like(codes[:, :1])], 1) for codes in standardised(known, new))
    gram = a.mT @ a / len(a) + ridge * torch.eye(a.shape[1], dtype=a.dtype, device=a.device)
    weights = torch.linalg.solve(gram, a.mT @ one_hot(y, classes).double() / len(a))
    return float(((b @ weights).argmax(1) == told).double().mean())


def nearest(
    known: Float[Tensor, "n d"], y: Int[Tensor, " n"], new: Float[Tensor, "m d"], told: Int[Tensor, " m"]
) -> float:
    """Share of new codes whose nearest known one is of their class, on standardised codes.

    >>> z, y = torch.tensor([[0.0], [10.0]]), torch.tensor([0, 1])
    >>> nearest(z, y, torch.tensor([[1.0], [8.0], [7.0]]), torch.tensor([0, 1, 0]))
    0.6666666666666666
    """
    _check(known, y, new, told)
    a, b = standardised(known, new)
    return float((y[torch.cdist(b, a).argmin(1)] == told).double().mean())


def _check(known: Tensor, y: Tensor, new: Tensor, told: Tensor) -> None:
    checks.tensor("known", known, "n", "d", what="codes")
    checks.tensor("new", new, "m", known.shape[1], what="codes")
    checks.all_finite("known", known)
    checks.all_finite("new", new)
    for name, labels, codes in (("y", y, known), ("told", told, new)):
        check_labels(labels, 1 + int(labels.max()) if labels.numel() else 1, name)
        if len(labels) != len(codes):
            raise ValueError(f"{name} must have one label for each of {len(codes)} codes, got {len(labels)}")

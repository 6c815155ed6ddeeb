"""Chapter 19's small exact things: eigenvalues of two penalties, a critic that one penalty cannot see, two data points
and their pairings, and the generator's two slopes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations, product

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from ganbook import checks
from ganbook.losses import RelativisticPairing
from ganbook.penalties import R1, R2
from ganbook.studies.dirac import damped_eigenvalues
from ganbook.types import Float

PAIRINGS = ("alone", "fixed pairs", "all pairings")
"""How D is asked: about each point alone, about each fake beside its own datum, about each fake beside every datum."""

FAKES = {"match": (0, 1), "collapse": (0, 0), "one match": (0, 2)}
"""Where two fakes are: 0 and 1 are the data, 2 is elsewhere."""


def dirac_eigenvalues(gamma: float, penalties: int = 1) -> list[complex]:
    """Of the Dirac game with the pairing loss and R1 (penalties=1), or R1 and R2 (2), at its equilibrium.

    D's slope is the same at the real and at the fake point, so R2 is R1 once more: gamma is doubled, and that is all.

    Raises: ValueError where gamma is not >= 0 or penalties not 0, 1 or 2.
    Derived in: chapter 19.

    >>> [[round(v.real, 3) for v in dirac_eigenvalues(1.0, k)] for k in (1, 2)]  # R2 makes it slower
    [[-0.5, -0.5], [-0.134, -1.866]]
    """
    checks.not_negative("gamma", gamma)
    return damped_eigenvalues(gamma * checks.one_of("penalties", penalties, (0, 1, 2)))


class Kink(nn.Module):
    """D(x) = a relu(x - c), with one parameter, a: flat to the left of c, of slope a to the right of it.

    >>> Kink(0.0, slope=3.0)(torch.tensor([[-1.0], [2.0]])).flatten().tolist()
    [0.0, 6.0]
    """

    def __init__(self, c: float = 0.0, slope: float = 0.0) -> None:
        super().__init__()
        self.c = checks.finite("c", c)
        self.slope = nn.Parameter(torch.tensor(float(checks.finite("slope", slope)), dtype=torch.float64))

    def forward(self, x: Float[Tensor, "n 1"]) -> Float[Tensor, "n 1"]:
        return self.slope * (x - self.c).relu()


def slopes(
    steps: int,
    lr: float = 1.0,
    r1: float = 0.0,
    r2: float = 0.0,
    *,
    reals: Sequence[float] = (-1.0,),
    fakes: Sequence[float] = (1.0,),
    c: float = 0.0,
) -> Float[Tensor, " k"]:
    """a of `Kink` while D descends the pairing loss with both penalties by plain steps, G standing still: steps + 1.

    With reals < c < fakes the gradient at the reals is 0 whatever a is: R1 is 0, and a falls without end. (It falls:
    D is to be low on the fakes.) R2 is r2 a^2 / 2 and stops it.

    Raises: ValueError where steps is not >= 1, lr not > 0, a constant not >= 0, or a point stands on c.
    Derived in: chapter 19.

    >>> slopes(1, lr=1.0).tolist()  # softplus'(0) = 1/2, times the distance 1
    [0.0, -0.5]
    """
    checks.whole("steps", steps), checks.positive("lr", lr)
    for name, points in (("reals", reals), ("fakes", fakes)):
        if len(points) == 0 or any(point == c for point in points):
            raise ValueError(f"{name} must be at least one number other than c ({c}), got {tuple(points)}")
    if len(reals) != len(fakes):
        raise ValueError(f"reals must be as many as fakes ({len(fakes)}), since they are paired, got {len(reals)}")
    D, loss, rng = Kink(c), RelativisticPairing(), torch.Generator()
    x, y = (torch.tensor(points, dtype=torch.float64)[:, None] for points in (reals, fakes))
    adding, path = (R1(r1), R2(r2)), [0.0]
    for _ in range(steps):
        price = sum(penalty(lambda points: D(points)[:, 0], x, y, rng) for penalty in adding)
        (slope,) = torch.autograd.grad(loss.d(D(x), D(y)) + price, D.slope)
        with torch.no_grad():
            D.slope -= lr * slope
        path.append(D.slope.item())
    return torch.tensor(path, dtype=torch.float64)


def resting_slope(r2: float, distance: float = 1.0) -> float:
    """Where R2 stops a: the root of r2 a = -distance sigmoid(distance a), one real left of c and one fake beyond it.

    The loss is softplus(distance a) + r2 a^2 / 2, strictly convex; by halving.

    Raises: ValueError where r2 or distance is not > 0.
    Derived in: chapter 19.

    >>> a = resting_slope(0.5)
    >>> round(0.5 * a + 1 / (1 + math.exp(-a)), 9) + 0.0
    0.0
    """
    checks.positive("r2", r2), checks.positive("distance", distance)
    # at a = 0 the derivative is distance / 2 > 0, at low it is < 0, and its exponential can be told
    low, high = max(-distance / r2, -700 / distance), 0.0
    for _ in range(200):
        middle = (low + high) / 2
        rising = r2 * middle + distance / (1 + math.exp(-distance * middle)) > 0
        low, high = (low, middle) if rising else (middle, high)
    return (low + high) / 2


def duels(asked: str, fakes: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """(datum, fake) of each term of D's objective, all of the same weight; None is the other side of D's threshold.

    >>> duels("fixed pairs", (0, 0))
    [(0, 0), (1, 0)]
    """
    checks.one_of("asked", asked, PAIRINGS)
    if asked == "alone":
        return [(0, None), (1, None), *((None, fake) for fake in fakes)]
    return list(zip((0, 1), fakes, strict=True)) if asked == "fixed pairs" else list(product((0, 1), fakes))


def pairing_values() -> dict[str, dict[str, float]]:
    """sup over D of the mean of log sigmoid(D(x) - D(y)), for two data points and two fakes: in closed form.

    A term x = y is -log 2 whatever D is; a datum against a point of its own costs nothing at the supremum. What D can
    not have for nothing is a point it wants both high and low. "alone": the mean of log sigmoid(D(x)) and
    log sigmoid(-D(y)), half of V(D, G).

    Source: after Sun, Fang and Schwing 2020, of whom the second column is; the third is derived here. Chapter 19.

    >>> {asked: [round(v, 3) for v in row.values()] for asked, row in pairing_values().items()}
    {'alone': [-0.693, -0.477, -0.347], 'fixed pairs': [-0.693, -0.347, -0.347], \
'all pairings': [-0.693, -0.347, -0.173]}
    """
    log2 = math.log(2)
    thirds = (math.log(1 / 3) + 2 * math.log(2 / 3)) / 4  # collapse alone: one datum against two fakes on one point
    return {
        "alone": {"match": -log2, "collapse": thirds, "one match": -log2 / 2},
        "fixed pairs": {"match": -log2, "collapse": -log2 / 2, "one match": -log2 / 2},
        "all pairings": {"match": -log2, "collapse": -log2 / 2, "one match": -log2 / 4},
    }


def sup_value(asked: str, fakes: Sequence[int], bound: float = 40.0, steps: int = 500) -> float:
    """The same by ascent: D is a table with a number a point, within +-bound, climbed by Adam.

    Raises: ValueError for another way of asking, or fakes that are not 0, 1, 2 or 3.
    Derived in: chapter 19.

    >>> round(sup_value("fixed pairs", (0, 0)), 3)
    -0.347
    """
    if len(fakes) != 2 or any(fake not in (0, 1, 2, 3) for fake in fakes):
        raise ValueError(f"fakes must be two points of 0 to 3, got {tuple(fakes)}")
    terms, table = duels(asked, fakes), torch.zeros(4, dtype=torch.float64, requires_grad=True)
    high, low = ([-1 if point is None else point for point in side] for side in zip(*terms, strict=True))
    adam = torch.optim.Adam([table], lr=0.1)

    def value() -> Tensor:
        seen = torch.cat([table, torch.zeros(1, dtype=torch.float64)])  # the threshold is 0, at place -1
        return -softplus(seen[low] - seen[high]).mean()

    for _ in range(steps):
        adam.zero_grad()
        (-value()).backward()
        adam.step()
        with torch.no_grad():
            table.clamp_(-bound, bound)
    return value().item()


def over_pairings(real: Float[Tensor, "n 1"], fake: Float[Tensor, "n 1"]) -> float:
    """The pairing loss of D, averaged over all n! ways to pair: what a mean over random batches comes to.

    >>> x, y = torch.tensor([[1.0], [2.0]]), torch.tensor([[0.0], [0.5]])
    >>> abs(over_pairings(x, y) - float(softplus(y.T - x).mean())) < 1e-6  # each datum against each fake
    True
    """
    loss = RelativisticPairing()
    found = [float(loss.d(real, fake[list(order)])) for order in permutations(range(len(fake)))]
    return sum(found) / len(found)


def g_slopes(u: Float[Tensor, " n"]) -> dict[str, Float[Tensor, " n"]]:
    """How hard G is pulled at u = D(x) - D(G(z)): |d loss / d u| in the two games that go by one name.

    "zero-sum", as the paper writes it: G descends -softplus(-u), slope sigmoid(-u), which dies where D wins (u large).
    "code": G descends softplus(u), slope sigmoid(u). Equal at u = 0, and nowhere else.

    Source: Huang et al. 2024, and their code. Derived in: chapter 19.

    >>> {name: round(float(slope), 3) for name, slope in g_slopes(torch.tensor([4.0])).items()}
    {'zero-sum': 0.018, 'code': 0.982}
    """
    return {"zero-sum": (-u).sigmoid(), "code": u.sigmoid()}


def pixel_gamma(gamma: float, size: int, to: int) -> float:
    """gamma at another resolution, so that the penalty is the same for the same picture drawn larger.

    An image of k times the side has k^2 pixels, each of which moves D 1 / k^2 as far; the sum of squares over pixels
    falls by k^2, and gamma makes up for it.

    Raises: ValueError where a number is not > 0. Derived in: chapter 19.

    >>> pixel_gamma(2.0, 64, 128)
    8.0
    """
    checks.positive("gamma", gamma)
    return gamma * (checks.whole("to", to) / checks.whole("size", size)) ** 2

"""Prices and slack: a small transport problem, solved, with the proof that there is no cheaper plan."""

from __future__ import annotations

from ganbook.divergences.transport import Plan, transport
from ganbook.draw.drawing import Drawing
from ganbook.draw.panel import Panel

MASS_P, MASS_Q = (0.6, 0.4), (0.4, 0.35, 0.25)
COST = ((3.0, 5.0, 6.0), (5.0, 4.0, 3.0))


def solved() -> Plan:
    """The cheapest plan and its prices, made definite: a constant is moved between u and v until the least u is 1.

    >>> best = solved()
    >>> [[round(price) for price in side.tolist()] for side in (best.u, best.v)]
    [[2, 1], [1, 3, 2]]
    """
    found = transport(MASS_P, MASS_Q, COST)
    shift = 1.0 - float(found.u.min())
    return Plan(found.a, found.b, found.cost, found.plan, found.u + shift, found.v - shift)


def prices() -> Drawing:
    """Left, the plan between two points of p and three of q. Right, for each pair, cost against prices.

    Derived in: chapter 8.
    """
    best = solved()
    return Drawing(_plan(best), _bars(best))


def _plan(best: Plan) -> Panel:
    moved = [(i, j, round(float(best.plan[i, j]), 6)) for i in range(2) for j in range(3) if best.plan[i, j] > 1e-9]
    ways = "; ".join(f"{mass:g} from x{i + 1} to y{j + 1}" for i, j, mass in moved)
    panel = Panel(
        "the cheapest plan",
        f"Two points of p on the left, three of q on the right, each with its mass and its price. Bands as wide as the "
        f"mass that moves: {ways}. The cost of the plan is {float(best.value):.2f}.",
        238,
    )
    left = [(112.0, 84.0), (112.0, 160.0)]
    right = [(238.0, 58.0), (238.0, 122.0), (238.0, 186.0)]
    for i, j, mass in moved:
        panel.path([left[i], right[j]], "line", 2 + 30 * mass)
        (a, b), (c, d) = left[i], right[j]
        panel.text((a + c) / 2, (b + d) / 2 + 4.5, f"{mass:g}", "ink", 12, "middle", 600)
    for k, ((x, y), mass, price) in enumerate(zip(left, MASS_P, best.u.tolist(), strict=True)):
        panel.dot(x, y, 26 * mass**0.5, "real")
        panel.text(78, y - 2, f"*x*_{k + 1}: {mass:g}", "real", 13, "end", 600)
        panel.text(78, y + 15, f"*u*_{k + 1} = {price:g}", "ink", 13, "end")
    for k, ((x, y), mass, price) in enumerate(zip(right, MASS_Q, best.v.tolist(), strict=True)):
        panel.dot(x, y, 26 * mass**0.5, "fake")
        panel.text(268, y - 2, f"*y*_{k + 1}: {mass:g}", "fake", 13, weight=600)
        panel.text(268, y + 15, f"*v*_{k + 1} = {price:g}")
    return panel.text(0, 232, f"cost of the plan: {float(best.value):.2f}", weight=600)


def _bars(best: Plan) -> Panel:
    pairs = [(i, j) for i in range(2) for j in range(3)]
    told = "; ".join(
        f"x{i + 1} to y{j + 1}: cost {best.cost[i, j]:g}, prices {best.u[i]:g} + {best.v[j]:g}, "
        f"slack {abs(round(float(best.slack[i, j]), 6)):g}"
        for i, j in pairs
    )
    panel = Panel(
        "cost against prices, pair by pair",
        f"Six bars, one a pair, each as long as its cost, filled by the two prices. {told}. Where mass moves, the "
        f"prices fill the bar; the others show slack. The prices earn {float(best.dual):.2f}, which is what the "
        "plan costs.",
        238,
    )
    unit, left = 36.0, 58.0
    tops = [24.0 + 31 * row for row in range(len(pairs))]
    ends = [unit * float(best.u[i]) for i, _ in pairs]
    panel.patches([(left, y, end, 22) for y, end in zip(tops, ends, strict=True)], "real", 0.35)
    widths = [unit * float(best.v[j]) for _, j in pairs]
    panel.patches([(left + e, y, w, 22) for y, e, w in zip(tops, ends, widths, strict=True)], "fake", 0.35)
    for (i, j), y, end, width in zip(pairs, tops, ends, widths, strict=True):
        tight, whole = bool(best.plan[i, j] > 1e-9), unit * float(best.cost[i, j])
        panel.cells(left, y, 1, whole, 22, "ink" if tight else "line")
        panel.text(0, y + 16, f"*x*_{i + 1} → *y*_{j + 1}", weight=600 if tight else 0)
        panel.text(left + end / 2, y + 16, f"*u*_{i + 1}", size=12, anchor="middle")
        panel.text(left + end + width / 2, y + 16, f"*v*_{j + 1}", size=12, anchor="middle")
        if not tight:
            middle = left + (whole + end + width) / 2
            panel.text(middle, y + 16, f"slack {float(best.slack[i, j]):g}", "soft", 12, "middle")
        panel.text(338, y + 16, f"*c* = {float(best.cost[i, j]):g}", "soft", 12, "end")
    return panel.text(0, 232, f"earned by the prices: {float(best.dual):.2f}", weight=600)

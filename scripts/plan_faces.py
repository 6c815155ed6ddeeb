"""Which faces there are: every attribute of every face, decided by a seeded generator before anything is drawn.

A face is an identity (hair style, eyes, skin and, by design, clothing or brows) and what changes about it (glasses,
colour of the hair, beard, ...). Identities are dealt to train or to test, never to both. scripts/make_faces.py draws.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence

from face_styles import CHANGES, MOUTHS, OWNERS, PAIRS, PIXEL, Style

SEED = 15
EACH = 8  # faces an identity
PAIRED = 1_000


class Deck:
    """Values in exact shares and in random order. Only `random.random` is used: no version of Python changes it."""

    def __init__(self, seed: str) -> None:
        self.rng = random.Random(int.from_bytes(seed.encode(), "big"))

    def shuffled(self, items: Iterable) -> list:
        return [item for _, item in sorted(((self.rng.random(), k), item) for k, item in enumerate(items))]

    def deal(self, n: int, values: Sequence[str], weights: Sequence[float] | None = None) -> list[str]:
        """n values, each as often as its weight says, within one."""
        weights = weights or [1.0] * len(values)
        total = sum(weights)
        ends = [round(n * sum(weights[: k + 1]) / total) for k in range(len(values))]
        return self.shuffled(values[sum(k >= end for end in ends)] for k in range(n))

    def pick(self, values: Sequence[str]) -> str:
        return values[int(self.rng.random() * len(values))]


def identities(style: Style, part: str, others: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The identities of a part: half short, half long hair, all else in equal shares, none twice.

    Each differs from each of `others` in two columns at least: the halves of the split are no near-duplicates. Among
    the short cuts, those that a hat (or earrings) can be shown with are dealt twice as often.
    """
    n, deck = style.identities[part], Deck(f"{SEED} {style.name} {part} identities")
    short = [cut for cut in style.columns["cut"] if cut.startswith("short")]
    long = [cut for cut in style.columns["cut"] if cut.startswith("long")]
    cuts = deck.deal(n // 2, short, [1 + (style.worn == "hat" and cut in style.shown) for cut in short])
    cuts = deck.shuffled(cuts + deck.deal(n - n // 2, long))
    columns = [cuts, *(deck.deal(n, style.columns[name]) for name in style.identity[1:])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    taken = {hole for other in others for hole in holes(other)}
    count = Counter(map(tuple, rows))

    def bad(row: list[str]) -> bool:
        return count[tuple(row)] > 1 or any(hole in taken for hole in holes(row))

    for k in range(n):
        while bad(rows[k]):  # a swap between two identities keeps every share
            j, column = (int(deck.rng.random() * m) for m in (n, len(columns)))
            was_bad = bad(rows[j])
            swap(rows[k], rows[j], column, count)
            if bad(rows[j]) and not was_bad:
                swap(rows[k], rows[j], column, count)
    return [tuple(row) for row in rows]


def holes(row: Sequence[str]) -> Iterable[tuple]:
    """The row with one column left out, each in turn: rows that share one of these differ in that column alone."""
    return ((k, *row[:k], *row[k + 1 :]) for k in range(len(row)))


def swap(one: list[str], other: list[str], column: int, count: Counter) -> None:
    count.subtract((tuple(one), tuple(other)))
    one[column], other[column] = other[column], one[column]
    count.update((tuple(one), tuple(other)))


def faces(style: Style, part: str, people: list[tuple[str, ...]]) -> list[dict[str, str]]:
    """EACH faces of each identity, in random order, no two rows the same.

    What is not identity is dealt to the faces of a part as a whole, independently of all else; only a hat (or
    earrings) needs a cut that it can be seen with, and is dealt as often to short hair as to long.
    """
    deck = Deck(f"{SEED} {style.name} {part} faces")
    rows = deck.shuffled(dict(zip(style.identity, person, strict=True)) for person in people for _ in range(EACH))
    for length in ("short", "long"):
        group = [row for row in rows if row["cut"].startswith(length)]
        able = [row for row in group if row["cut"] in style.shown]
        count = round(style.share * len(group))
        for row in group:
            row[style.worn] = "no"
        for row, value in zip(able, deck.deal(len(able), ("yes", "no"), (count, len(able) - count)), strict=True):
            row[style.worn] = value
    for name, values, weights in CHANGES[style.name]:
        for row, value in zip(rows, deck.deal(len(rows), values, weights), strict=True):
            row[name] = value
    free = "mouth_shape" if style.name == "pixel" else "mouth"
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        while (key := tuple(complete(style, row).values())) in seen:
            row[free] = deck.pick([one for one in style.columns[free] if one[:-2] == row[free][:-2]])
        seen.add(key)
    return [complete(style, row) for row in rows]


def complete(style: Style, row: dict[str, str]) -> dict[str, str]:
    """All columns of a row in their order: what follows from others filled in, details of what is not there "none"."""
    row = row | {"length": row["cut"][:-2]}
    if style.name == "pixel":
        row["mouth"] = row["mouth_shape"][:-2]
    for name in style.columns:
        owner = OWNERS.get(name)
        if owner and row[owner] in ("none", "no"):
            row[name] = "none"
    return {name: row[name] for name in style.columns}


def partners(rows: list[dict[str, str]], name: str) -> tuple[list[int], list[dict[str, str]]]:
    """PAIRED held-out faces of the pixel style, and each of them with another value of one attribute, all else equal.

    As many faces get the attribute as lose it. What comes with it (the frame, the shape of the beard or of the mouth)
    is chosen at random; where it is lost, nothing is left to choose.
    """
    values, deck = PAIRS[name], Deck(f"{SEED} pairs {name}")
    has = [name == "glasses" and row[name] != "none" or row[name] == values[1] for row in rows]
    lacks = [row[name] == values[0] for row in rows]
    half = [[k for k, own in enumerate(which) if own][: PAIRED // 2] for which in (lacks, has)]
    chosen = sorted(half[0] + half[1])
    others = []
    for k in chosen:
        row = dict(rows[k])
        given = values[1] if lacks[k] else values[0]
        row[name] = deck.pick(("light", "dark")) if given is None else given
        for column, owner in OWNERS.items():
            if owner == name:
                row[column] = deck.pick(PIXEL.columns[column][1:])
        if name == "mouth":
            row["mouth_shape"] = deck.pick([one for one in MOUTHS if one[:-2] == given])
        others.append(complete(PIXEL, row))
    return chosen, others

"""What the two designs of scripts/make_faces.py can draw: values, colours, shares, and what makes an identity."""

from __future__ import annotations

from dataclasses import dataclass


def numbers(n: int) -> tuple[str, ...]:
    """The designers' numbers "01", "02", ... of n shapes."""
    return tuple(f"{k:02d}" for k in range(1, n + 1))


@dataclass(frozen=True)
class Style:
    """What a design can draw: the values of every column of its table, and how an identity is composed.

    columns: values by name, the main attributes first. identity: the columns that make one. shown: the cuts beneath
    which a hat leaves four pixels of hair or more, or beside which earrings are seen; worn: the column of these.
    """

    name: str
    size: int
    columns: dict[str, tuple[str, ...]]
    identity: tuple[str, ...]
    worn: str
    shown: tuple[str, ...]
    share: float  # of faces with a hat, or with earrings
    identities: dict[str, int]


HAIR = {
    "blond": "cab188",
    "sandy": "a78961",
    "brown": "83623b",
    "dark brown": "603a14",
    "black": "28150a",
    "red": "bd1700",
    "green": "91cb15",
    "blue": "009bbd",
}
SKIN = {"1": "ffdbac", "2": "eac393", "3": "cb9e6e", "4": "b68655", "5": "a26d3d", "6": "8d5524"}
CLOTHING = {
    "sky": "5bc0de",
    "blue": "428bca",
    "navy": "03396c",
    "mint": "88d8b0",
    "green": "44c585",
    "emerald": "00b159",
    "coral": "ff6f69",
    "crimson": "d11141",
    "dark red": "ae0001",
    "cream": "ffeead",
    "yellow": "ffd969",
    "amber": "ffc425",
}
FRAMES = {"grey": "323232", "blue": "43677d", "green": "5f705c", "red": "a04b5d"}
HATS = {
    "brown": "2e1e05",
    "blue": "2663a3",
    "grey": "989789",
    "green": "3d8a6b",
    "pink": "cc6192",
    "purple": "614f8a",
    "red": "a62116",
}
LIPS = {"red": "de0f0d", "pink": "e35d6a"}
IRIS = ("76778b", "697b94", "647b90", "5b7c8b", "588387", "876658")  # eyes 01 and 07 have the first, and so on
# short11 reaches as low as a long cut and long14 ends above the ears: without them, long is what has hair beside the
# chin (row 8 or lower), as seen in the picture and not only by name
SHORT = tuple(f"short{k}" for k in numbers(24) if k != "11")
LONG = tuple(f"long{k}" for k in numbers(21) if k != "14")
MOUTHS = ("sad01", "sad02", "sad03", "sad06", "sad07", "happy06", "happy09", "happy11", "happy12", "happy13")

PIXEL = Style(
    name="pixel",
    size=16,
    columns={
        "glasses": ("none", "light", "dark"),
        "hair": tuple(HAIR),
        "length": ("short", "long"),
        "beard": ("no", "yes"),
        "hat": ("no", "yes"),
        "mouth": ("sad", "happy"),
        "skin": tuple(SKIN),
        "eyes": numbers(12),
        "clothing": tuple(CLOTHING),
        "cut": SHORT + LONG,
        "garment": tuple(k for k in numbers(23) if k != "14"),  # 14 is 05 again
        "frame": ("none", *numbers(7)),
        "frame_colour": ("none", *FRAMES),
        "beard_shape": ("none", *(k for k in numbers(8) if k != "07")),  # 07 is 06 beneath a flat mouth
        "hat_shape": ("none", *numbers(10)),
        "hat_colour": ("none", *HATS),
        "mouth_shape": MOUTHS,
        "lips": tuple(LIPS),
    },
    identity=("cut", "eyes", "skin", "garment", "clothing"),
    worn="hat",
    shown=(*(f"short{k}" for k in ("01", "13", "14", "15", "17", "18")), *LONG),
    share=1 / 6,
    identities={"train": 2_500, "test": 500},
)

DRAWN_HAIR = {
    "orange": "cb6820",
    "red": "ab2a18",
    "blond": "e5d7a3",
    "sandy": "b9a05f",
    "brown": "6a4e35",
    "black": "0e0e0e",
    "grey": "afafaf",
    "green": "3eac2c",
    "blue": "85c2c6",
    "pink": "dba3be",
}
DRAWN_SKIN = {"1": "f2d3b1", "2": "ecad80", "3": "9e5622", "4": "763900"}
HIDING = ("long01", "long04", "long05", "long06", "long20", "long22", "long24", "long26")  # the design: no earrings
# short19 is bald: nothing would show the colour of the hair
DRAWN_CUTS = tuple(f"short{k}" for k in numbers(18)) + tuple(f"long{k}" for k in numbers(26))
DRAWN = Style(
    name="drawn",
    size=64,
    columns={
        "glasses": ("no", "yes"),
        "hair": tuple(DRAWN_HAIR),
        "length": ("short", "long"),
        "earrings": ("no", "yes"),
        "mouth": numbers(30),
        "skin": tuple(DRAWN_SKIN),
        "eyes": numbers(26),
        "brows": numbers(15),
        "cut": DRAWN_CUTS,
        "frame": ("none", *numbers(5)),
        "earrings_shape": ("none", *numbers(6)),
    },
    identity=("cut", "eyes", "skin", "brows"),
    worn="earrings",
    shown=tuple(cut for cut in DRAWN_CUTS if cut not in HIDING),
    share=1 / 4,
    identities={"train": 1_000, "test": 250},
)
CHANGES = {  # column, values, shares (or equal ones)
    "pixel": (
        ("glasses", PIXEL.columns["glasses"], (2, 1, 1)),
        ("hair", PIXEL.columns["hair"], None),
        ("beard", PIXEL.columns["beard"], (2, 1)),
        ("mouth_shape", PIXEL.columns["mouth_shape"], None),
        *((name, PIXEL.columns[name][1:], None) for name in ("frame", "frame_colour", "beard_shape")),
        *((name, PIXEL.columns[name][1:], None) for name in ("hat_shape", "hat_colour")),
        ("lips", PIXEL.columns["lips"], None),
    ),
    "drawn": (
        ("glasses", DRAWN.columns["glasses"], None),
        ("hair", DRAWN.columns["hair"], None),
        ("mouth", DRAWN.columns["mouth"], None),
        *((name, DRAWN.columns[name][1:], None) for name in ("frame", "earrings_shape")),
    ),
}


OWNERS = {  # a detail of what
    "frame": "glasses",
    "frame_colour": "glasses",
    "beard_shape": "beard",
    "hat_shape": "hat",
    "hat_colour": "hat",
    "earrings_shape": "earrings",
}
PAIRS = {"glasses": ("none", None), "beard": ("no", "yes"), "mouth": ("sad", "happy"), "hair": ("black", "blond")}

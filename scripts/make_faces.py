"""The faces of two designs, drawn by npm packages as scripts/plan_faces.py says: what scripts/make_data.py packs.

Planned and drawn anew they have the same pixels and the same table. Needs node and npm; takes a minute or two.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import plan_faces
from face_styles import (
    CLOTHING,
    DRAWN,
    DRAWN_HAIR,
    DRAWN_SKIN,
    FRAMES,
    HAIR,
    HATS,
    IRIS,
    LIPS,
    PAIRS,
    PIXEL,
    SKIN,
    Style,
)

PACKAGES = {  # package: version, SHA-512 of its archive as npm states it
    "@dicebear/core": (
        "9.4.3",
        "sha512-9ITrQI57k3p5hKuU8HZJ1d0kPdrmTKEJDOdlKQ8CpaChbtmnD1R+dtWmNz5IesYThXM8F64pJ0ZvJ2rsY8Hciw==",
    ),
    "@dicebear/pixel-art": (
        "9.4.3",
        "sha512-sGoG6MEs9ZWD+5+7OObVjp7IrF3E/UEKTg7T4kou9UXl2YXLVy8u8hHnAgTqWhiVZuyYozAVsK2E/oYvMigYBw==",
    ),
    "@dicebear/adventurer": (
        "9.4.3",
        "sha512-LPzLiNBVSrzb2lBTwAP00+ew/VfqcImI/ULVFaL2LXEuY3QlAOLwvR4TpwX8AIqeo8JDQO4cVMHZsCm0c2uGdg==",
    ),
    "@resvg/resvg-js": (
        "2.6.2",
        "sha512-xBaJish5OeGmniDj9cW5PRa/PtmuVU3ziqrbr5xJj901ZDN4TosrVaNZpEiLZAxdfnhAe7uQ7QFWfjPe9d9K2Q==",
    ),
}
DRAW = Path(__file__).resolve().parent / "draw_faces.mjs"


def fetch(folder: Path) -> None:
    """Install the packages in `folder`; no script of theirs is run.

    Raises: ValueError where a package is not the one that this script was written for.
    """
    wanted = [f"{name}@{version}" for name, (version, _) in PACKAGES.items()]
    command = ["npm", "install", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)]
    subprocess.run([*command, *wanted], check=True, stdout=subprocess.DEVNULL)
    check(json.loads((folder / "node_modules" / ".package-lock.json").read_text(encoding="utf-8")))


def check(lock: dict) -> None:
    """Raises: ValueError where npm's list of what it installed names another package than PACKAGES does."""
    for name, expected in PACKAGES.items():
        entry = lock["packages"].get(f"node_modules/{name}", {})
        found = entry.get("version"), entry.get("integrity")
        if found != expected:
            raise ValueError(f"{name} is {found[0]} with {found[1]}, it must be {expected[0]} with {expected[1]}")


def options(style: Style, row: dict[str, str]) -> dict:
    """What the design calls the attributes of a row; each list holds one value, each probability is 0 or 100."""

    def shape(column: str, prefix: str = "variant") -> list[str]:
        return [prefix + row[column]] if row[column] != "none" else []

    def chance(column: str) -> int:
        return 0 if row[column] in ("no", "none") else 100

    if style is DRAWN:
        return {
            "glasses": shape("frame"),
            "glassesProbability": chance("glasses"),
            "hair": [row["cut"]],
            "hairColor": [DRAWN_HAIR[row["hair"]]],
            "earrings": shape("earrings_shape"),
            "earringsProbability": chance("earrings"),
            "mouth": shape("mouth"),
            "skinColor": [DRAWN_SKIN[row["skin"]]],
            "eyes": shape("eyes"),
            "eyebrows": shape("brows"),
            "featuresProbability": 0,
        }
    return {
        "glasses": shape("frame", row["glasses"]),
        "glassesProbability": chance("glasses"),
        "glassesColor": [FRAMES.get(row["frame_colour"], "000000")],
        "hair": [row["cut"]],
        "hairColor": [HAIR[row["hair"]]],
        "beard": shape("beard_shape"),
        "beardProbability": chance("beard"),
        "hat": shape("hat_shape"),
        "hatProbability": chance("hat"),
        "hatColor": [HATS.get(row["hat_colour"], "000000")],
        "mouth": [row["mouth_shape"]],
        "mouthColor": [LIPS[row["lips"]]],
        "skinColor": [SKIN[row["skin"]]],
        "eyes": shape("eyes"),
        "eyesColor": [IRIS[(int(row["eyes"]) - 1) % len(IRIS)]],
        "clothing": shape("garment"),
        "clothingColor": [CLOTHING[row["clothing"]]],
        "accessoriesProbability": 0,
    }


def draw(style: Style, rows: Sequence[dict[str, str]], folder: Path) -> np.ndarray:
    """The pictures (n, size, size, 3) of the rows, bytes on white."""
    lines = "".join(json.dumps(options(style, row)) + "\n" for row in rows)
    out = folder.resolve() / "faces.rgb"
    command = ["node", str(DRAW), style.name, str(style.size), str(out)]
    subprocess.run(command, cwd=folder, input=lines, text=True, check=True)
    return np.fromfile(out, np.uint8).reshape(len(rows), style.size, style.size, 3)


def plan(style: Style) -> dict[str, list[dict[str, str]]]:
    """The rows of both parts, in the order in which they are handed out."""
    people: dict[str, list[tuple[str, ...]]] = {"train": plan_faces.identities(style, "train", [])}
    people["test"] = plan_faces.identities(style, "test", people["train"])
    return {part: plan_faces.faces(style, part, own) for part, own in people.items()}


def arrange(style: Style, folder: Path) -> dict[str, np.ndarray]:
    """The arrays of one file: pictures, table, and for the pixel style the partners of the pairs.

    Pictures and table lie sorted by identity, which packs twice as well; PART_order puts both into random order.
    Raises: ValueError where a picture is there twice.
    """
    parts = plan(style)
    columns = json.dumps(style.columns)
    arrays = {"columns": np.frombuffer(columns.encode(), np.uint8)}
    seen: set[bytes] = set()
    for part, rows in parts.items():
        codes = np.array([[style.columns[name].index(row[name]) for name in style.columns] for row in rows], np.uint8)
        keys = [tuple(row[name] for name in (*style.identity, *style.columns)) for row in rows]
        place = np.array(sorted(range(len(rows)), key=keys.__getitem__))
        arrays[f"{part}_images"] = draw(style, [rows[k] for k in place], folder)
        arrays[f"{part}_order"] = np.argsort(place).astype(np.uint16)
        for k, name in enumerate(style.columns):
            arrays[f"{part}_{name}"] = codes[place, k]
        seen |= {image.tobytes() for image in arrays[f"{part}_images"]}
    twice = sum(map(len, parts.values())) - len(seen)
    if twice:
        raise ValueError(f"{twice} pictures of the {style.name} style are there twice")
    if style is PIXEL:
        for name in PAIRS:
            rows, others = plan_faces.partners(parts["test"], name)
            arrays[f"pairs_{name}_rows"] = np.array(rows, np.uint16)
            arrays[f"pairs_{name}_images"] = draw(style, others, folder)
    return arrays


def build(folder: Path) -> dict[str, dict[str, np.ndarray]]:
    """Both files, planned and drawn anew."""
    fetch(folder)
    return {"faces": arrange(PIXEL, folder), "faces-drawn": arrange(DRAWN, folder)}

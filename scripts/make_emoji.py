"""The emoji of two designs, cut out of the sprite sheets of two npm packages: what scripts/make_data.py packs.

Both packages are built from one list, emoji.json, so a picture has the same place in both sheets: index i is the same
emoji in both designs.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np

PACKAGES = {  # style: package (also the key of the sheets), SHA-256 of version 16.0.0
    "noto": ("google", "fb5fd131b362aab7a55542d2a147a79708cce0a8b1c1bbacd470172708b5c438"),
    "twemoji": ("twitter", "f64a530c63bca463bd8317fdc4615ce63a53a0c65018e4ce2d848aaba7a28877"),
}
CATEGORIES = ("faces", "people", "animals", "plants", "food", "travel", "activities", "objects", "symbols", "flags")
GROUPS = {  # Unicode's groups -> ours; the first and the third are divided further
    "Smileys & Emotion": "symbols",
    "People & Body": "people",
    "Animals & Nature": "animals",
    "Food & Drink": "food",
    "Travel & Places": "travel",
    "Activities": "activities",
    "Objects": "objects",
    "Symbols": "symbols",
    "Flags": "flags",
    "Component": "symbols",
}
TONES = {"1F3FB", "1F3FC", "1F3FD", "1F3FE", "1F3FF"}
UNSEEN = TONES | {"FE0F", "200D", "2640", "2642", "27A1"}  # tone, variant, joiner, gender, direction


def fetch(folder: Path) -> tuple[list[dict], dict[str, np.ndarray]]:
    """The list of emoji and one sheet a style, (h, w, 4) bytes. A package that lies in `folder` is not fetched again.

    Raises: ValueError where a package is not the one that this script was written for.
    """
    from PIL import Image

    sheets = {}
    for style, (name, expected) in PACKAGES.items():
        package = folder / f"emoji-datasource-{name}-16.0.0.tgz"
        if not package.exists():
            subprocess.run(
                ["npm", "pack", "--silent", package.name[: -len("-16.0.0.tgz")] + "@16.0.0"],
                cwd=folder,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        found = hashlib.sha256(package.read_bytes()).hexdigest()
        if found != expected:
            raise ValueError(f"{package.name} has SHA-256 {found}, it must be {expected}")
        sheet = f"package/img/{name}/sheets-clean/32.png"
        subprocess.run(["tar", "xzf", package, sheet, "package/emoji.json"], cwd=folder, check=True)
        sheets[style] = np.asarray(Image.open(folder / sheet).convert("RGBA"))
        listed = json.loads((folder / "package" / "emoji.json").read_text(encoding="utf-8"))
    return listed, sheets


def category(group: str, subgroup: str) -> str:
    """One of CATEGORIES for Unicode's group and subgroup."""
    if subgroup.startswith("face-") or subgroup in ("cat-face", "monkey-face"):
        return "faces"
    return "plants" if subgroup.startswith("plant-") else GROUPS[group]


def family(codepoints: str) -> str:
    """The codepoints without tone, gender, direction and variant: what must not be divided between train and test.

    A man, a woman and a person who do the same thing are one family: their pictures differ by a few pixels.
    """
    parts = ["1F9D1" if part in ("1F468", "1F469") else part for part in codepoints.split("-") if part not in UNSEEN]
    return "-".join(parts) or codepoints


def held_out(codepoints: str) -> bool:
    """Is this family among the tenth that is held out? A hash decides, so a longer list would not move it."""
    return int(hashlib.sha256(family(codepoints).encode()).hexdigest(), 16) % 10 == 0


def rows(listed: list[dict]) -> list[dict]:
    """Every emoji and every tone of it that both designs have: codepoints, name, category, place in the sheet."""
    found = []
    for base in listed:
        kind = category(base["category"], base["subcategory"])
        for entry in (base, *base.get("skin_variations", {}).values()):
            if entry["has_img_google"] and entry["has_img_twitter"]:
                name = (base["name"] or base["short_name"]).lower()
                place = (entry["sheet_x"], entry["sheet_y"])
                found.append({"codepoints": entry["unified"], "name": name, "category": kind, "place": place})
    return found


def cut(sheet: np.ndarray, place: tuple[int, int]) -> np.ndarray:
    """The picture (32, 32, 3) at column x and row y of the sheet, laid on white. Cells are 34 px with a border of 1."""
    x, y = (34 * k + 1 for k in place)
    picture = sheet[y : y + 32, x : x + 32].astype(np.float64)
    alpha = picture[..., 3:] / 255
    return np.rint(picture[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def arrange(found: list[dict], sheets: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """One file a style (train_images, test_images) and one, "emoji", of what the styles share.

    A picture that an earlier row has already, in either style, is dropped, so that no picture is there twice. Both
    parts are in an order in which every run of rows holds the categories in proportion.
    """
    seen: dict[str, set[bytes]] = {style: set() for style in sheets}
    parts: dict[str, list[dict]] = {"train": [], "test": []}
    for row in found:
        row = row | {style: cut(sheet, row["place"]) for style, sheet in sheets.items()}
        raw = {style: row[style].tobytes() for style in sheets}
        if any(raw[style] in seen[style] for style in sheets):
            continue
        for style in sheets:
            seen[style].add(raw[style])
        parts["test" if held_out(row["codepoints"]) else "train"].append(row)
    shared: dict[str, np.ndarray] = {}
    images: dict[str, dict[str, np.ndarray]] = {style: {} for style in sheets}
    for part, members in parts.items():
        members = spread(members)
        for column in ("codepoints", "name"):
            text = "\n".join(row[column] for row in members)
            shared[f"{part}_{column}"] = np.frombuffer(text.encode(), np.uint8)
        shared[f"{part}_labels"] = np.array([CATEGORIES.index(row["category"]) for row in members], np.uint8)
        for style in sheets:
            images[style][f"{part}_images"] = np.array([row[style] for row in members], np.uint8).reshape(-1, 32, 32, 3)
    return {"emoji": shared} | {f"emoji-{style}": arrays for style, arrays in images.items()}


def spread(members: list[dict]) -> list[dict]:
    """Within a category by the hash of the codepoints; image i of m of a category at (i + 1/2) / m of the way."""
    places = []
    for kind in CATEGORIES:
        own = [row for row in members if row["category"] == kind]
        own.sort(key=lambda row: hashlib.sha256(row["codepoints"].encode()).hexdigest())
        places += [((i + 0.5) / len(own), CATEGORIES.index(kind), row) for i, row in enumerate(own)]
    return [row for *_, row in sorted(places, key=lambda entry: entry[:2])]

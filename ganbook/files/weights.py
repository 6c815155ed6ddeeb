"""Weights that come with the book: one safetensors file and one card a network, checked against each other.

The card (JSON) says how the file was made and holds its SHA-256. No pickle: a file of weights can do nothing.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as parse
from safetensors.torch import save as pack
from torch import Tensor

from ganbook import checks
from ganbook.files.whole import write_whole


def names(folder: Path) -> list[str]:
    """The networks that a folder holds a card of."""
    checks.instance("folder", folder, Path, "a pathlib.Path")
    return sorted(path.stem for path in folder.glob("*.json"))


def write(folder: Path, name: str, tensors: dict[str, Tensor], card: dict[str, Any], *, half: bool = True) -> dict:
    """Write NAME.safetensors and NAME.json; returns the card with "sha256", "bytes" and "storage" filled in.

    half: floats are rounded to 16 bits, which halves the file; score what `read` returns, not what was trained.
    """
    folder.mkdir(parents=True, exist_ok=True)
    small = {
        key: (x.half() if half and x.is_floating_point() else x).detach().cpu().contiguous()
        for key, x in tensors.items()
    }
    body = pack(small)
    card = {
        **card,
        "sha256": hashlib.sha256(body).hexdigest(),
        "bytes": len(body),
        "storage": "float16" if half else "as trained",
    }
    write_whole(folder / f"{name}.safetensors", body)
    write_whole(folder / f"{name}.json", (json.dumps(card, indent=1) + "\n").encode())
    return card


def read(folder: Path, name: str) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors (floats as float32) and card of a network, the file's hash checked.

    Raises: ValueError for an unknown name, listing the known ones; OSError for a missing, truncated or changed file.
    """
    card = read_card(folder, name)
    path = folder / f"{name}.safetensors"
    try:
        body = path.read_bytes()
    except OSError as error:
        raise OSError(f"cannot read the weights {path} ({error}): install ganbook again") from error
    found = hashlib.sha256(body).hexdigest()
    if found != card["sha256"]:
        what = f"truncated: {len(body)} of {card['bytes']} bytes" if len(body) < card["bytes"] else "changed"
        raise OSError(f"the weights {path} are {what}: their SHA-256 is {found}, the card says {card['sha256']}")
    try:
        tensors = parse(body)
    except SafetensorError as error:
        raise OSError(f"the weights {path} are no safetensors file: {error}") from error
    return {key: x.float() if x.dtype == torch.float16 else x for key, x in tensors.items()}, card


def read_card(folder: Path, name: str) -> dict[str, Any]:
    """The card alone. Raises: ValueError for an unknown name, listing the known ones; OSError for a damaged card."""
    checks.one_of("name", name, names(folder))
    path = folder / f"{name}.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        card["sha256"], card["bytes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise OSError(f"the card {path} is missing or damaged ({error!r}): install ganbook again") from error
    return card

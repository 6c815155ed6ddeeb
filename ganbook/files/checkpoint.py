"""Checkpoints: one safetensors file that holds all that a bit-equal continuation needs, and no pickle.

A digest of tensors and facts tells a damaged or changed file from a good one.
"""

from __future__ import annotations

import hashlib
import json
import pathlib
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from ganbook.files.whole import fault as reason
from ganbook.files.whole import write_whole


def fault(path: pathlib.Path) -> str:
    """Why no checkpoint could be written there; "" where nothing speaks against it."""
    return reason(path)


def write(path: pathlib.Path, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """Write tensors and JSON facts to `path`, all or nothing.

    Raises: OSError naming the path where it cannot be written; an older file there stays as it was.
    """
    # A copy of each: two names of one tensor (tied weights) must not share memory in the file.
    tensors = {name: tensor.detach().cpu().contiguous().clone() for name, tensor in tensors.items()}
    told = json.dumps(facts, sort_keys=True)
    body = save(tensors, {"facts": told, "sha256": digest(tensors, told)})
    write_whole(path, body, "checkpoint")


def read(path: pathlib.Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and facts of a checkpoint.

    Raises: ValueError naming the path where the file is truncated, damaged, changed, of an earlier ganbook whose digest
    left the facts out, or no checkpoint of this book.
    """
    body = path.read_bytes()
    try:
        tensors = load(body)
        length = int.from_bytes(body[:8], "little")
        notes = json.loads(body[8 : 8 + length])["__metadata__"]
        told, expected = notes["facts"], notes["sha256"]
        facts = json.loads(told)
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"checkpoint {path} is truncated, damaged or not a checkpoint of this book: {error}"
        ) from error
    if digest(tensors, told) != expected:
        if digest(tensors) == expected:
            raise ValueError(
                f"checkpoint {path} was written by an earlier ganbook, whose digest left out the facts, or its facts "
                "have been changed: use the ganbook that wrote it, or name another file"
            )
        raise ValueError(f"checkpoint {path} is damaged: its contents do not match the digest stored with them")
    return tensors, facts


def digest(tensors: dict[str, Tensor], facts: str = "") -> str:
    """SHA-256 of the facts as they are written, and of names, types, shapes and bytes in the order of names."""
    sha = hashlib.sha256(facts.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        sha.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        sha.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    return sha.hexdigest()


def flatten_optimizer(name: str, optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], list[dict[str, Any]]]:
    """An optimiser's state as flat tensors and its settings as JSON-able facts."""
    state = optimizer.state_dict()
    tensors = {
        f"optimizer/{name}/{index}/{key}": torch.as_tensor(value)
        for index, entry in state["state"].items()
        for key, value in entry.items()
    }
    return tensors, state["param_groups"]


def restore_optimizer(
    name: str, optimizer: torch.optim.Optimizer, tensors: dict[str, Tensor], groups: list[dict[str, Any]]
) -> None:
    """The inverse of flatten_optimizer."""
    state: dict[int, dict[str, Tensor]] = {}
    for key, tensor in tensors.items():
        kind, _, rest = key.partition("/")
        if kind == "optimizer" and rest.startswith(f"{name}/"):
            index, field = rest[len(name) + 1 :].split("/")
            state.setdefault(int(index), {})[field] = tensor
    optimizer.load_state_dict({"state": state, "param_groups": groups})
    for parameter, entry in optimizer.state.items():
        for key, value in entry.items():
            if value.shape == parameter.shape:  # fused Adam walks raw memory: the strides must be the parameter's
                entry[key] = torch.empty_like(parameter).copy_(value)

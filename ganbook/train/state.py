"""Where a run stands: everything that a bit-equal continuation needs, as tensors and facts, and back."""

from __future__ import annotations

import hashlib
import os
import pathlib
import tempfile
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from ganbook.files import checkpoint
from ganbook.games.game import Game, check_players, owned
from ganbook.train import randomness


@runtime_checkable
class Run(Protocol):
    """What is needed here of a run: see `ganbook.train.run.Run`."""

    game: Game
    rng: torch.Generator
    random: dict[str, Tensor]
    n: int
    rounds: int


def take(run: Run) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The state of a run after its last round, history apart: copies.

    Raises: ValueError where it would not be whole: see `check_players`.
    """
    check_players(run.game)
    tensors = {f"game/{name}": tensor.detach().clone() for name, tensor in run.game.state_dict().items()}
    groups = {}
    for name, optimizer in run.game.optimizers.items():
        state, groups[name] = checkpoint.flatten_optimizer(name, optimizer)
        tensors |= {key: tensor.detach().clone() for key, tensor in state.items()}
    tensors |= {f"random/{name}": state.clone() for name, state in run.random.items()}
    tensors["random/rng"] = run.rng.get_state()
    return tensors, {"n": run.n, "optimizers": groups}


def put(run: Run, tensors: dict[str, Tensor], facts: dict[str, Any]) -> None:
    """The inverse of take."""
    run.game.load_state_dict({key[len("game/") :]: t for key, t in tensors.items() if key.startswith("game/")})
    for name, optimizer in run.game.optimizers.items():
        checkpoint.restore_optimizer(name, optimizer, tensors, facts["optimizers"][name])
    run.rng.set_state(tensors["random/rng"])
    run.random |= {name: tensors[f"random/{name}"] for name in run.random if f"random/{name}" in tensors}
    run.n = facts["n"]


def prepare(game: Game, n: int) -> None:
    """Give the game the form that it had after round n, and global randomness nothing to notice."""
    with randomness.kept(randomness.gpus(game)):
        game.prepare(max(1, n))


Form = dict[str, list[tuple[torch.dtype, torch.Size]]]
"""Of each player the types and shapes of what it owns: they change where a network grows."""


def form(game: Game) -> Form:
    """The form that a game has now."""
    return {name: [(p.dtype, p.shape) for p in owned(optimizer)] for name, optimizer in game.optimizers.items()}


def changes(before: Form, after: Form) -> str:
    """Which player's shapes are others, and how."""
    texts = [
        {name: ", ".join(str(tuple(shape)) for _, shape in shapes) for name, shapes in form.items()}
        for form in (before, after)
    ]
    return "; ".join(differences(*texts, words=("was", "is")))


def check_finite(run: Run, tensors: dict[str, Tensor]) -> None:
    """Refuse to keep what is lost. Raises: FloatingPointError."""
    lost = [name for name, tensor in tensors.items() if tensor.is_floating_point() and not tensor.isfinite().all()]
    if lost and run.game.lost({lost[0]: torch.tensor(float("nan"))}):
        raise FloatingPointError(
            f"{lost[0]} is not finite after round {run.n}: the networks are lost, the last checkpoint is kept. "
            "Go back to it, or lower the learning rates."
        )


def write(
    path: pathlib.Path,
    tensors: dict[str, Tensor],
    facts: dict[str, Any],
    history: dict[str, list[float]],
    agreed: dict[str, str],
) -> None:
    """Write the checkpoint of a run: what `take` gave, its history, and what must agree before it is resumed.

    Raises: OSError where the file cannot be written.
    """
    past = {f"history/{name}": torch.tensor(values, dtype=torch.float64) for name, values in history.items()}
    checkpoint.write(path, tensors | past, {**facts, "must agree": agreed})


def digest(tensors: dict[str, Tensor], *facts: object) -> str:
    """What all processes of a shared run have in common, and its facts; global randomness is each one's own."""
    common = {name: t.cpu() for name, t in tensors.items() if not name.startswith("random/") or name == "random/rng"}
    return hashlib.sha256((checkpoint.digest(common) + repr(facts)).encode()).hexdigest()


def resume(run: Run, path: pathlib.Path, agreed: dict[str, str]) -> dict[str, list[float]]:
    """Put a run where its checkpoint stands; returns its history.

    Raises: ValueError where the file is none of a training, or of another one: every difference is listed.
    """
    tensors, facts = checkpoint.read(path)
    if not {"n", "must agree", "optimizers"} <= facts.keys() or "random/rng" not in tensors:
        raise ValueError(f"checkpoint {path} was not written by a training; name another file")
    found = differences({"precision": "float32", "processes": "1", **facts["must agree"]}, agreed)
    if not found:
        prepare(run.game, facts["n"])
        states = ({k[len("game/") :]: t for k, t in tensors.items() if k.startswith("game/")}, run.game.state_dict())
        kinds = [{name: f"{t.dtype} {tuple(t.shape)}" for name, t in state.items()} for state in states]
        found = differences(*kinds)
    if facts["optimizers"].keys() != run.game.optimizers.keys():
        found.append(f"players: saved {sorted(facts['optimizers'])}, now {sorted(run.game.optimizers)}")
    if facts["n"] > run.rounds:
        found.append(f"rounds: saved {facts['n']}, now {run.rounds}")
    if found:
        raise ValueError(
            f"checkpoint {path} is of another training; name another file, or undo: "
            + "another size= or width= of D and G (--size, --width), it seems; "
            * ({"D", "G"} <= {each.split(":")[0] for each in found})
            + "; ".join(found)
        )
    put(run, tensors, facts)
    return {name[len("history/") :]: t.tolist() for name, t in tensors.items() if name.startswith("history/")}


def differences(
    saved: dict[str, str],
    now: dict[str, str],
    words: tuple[str, str] = ("saved", "now"),
) -> list[str]:
    """One sentence for each entry that is not the same on both sides; of long texts what is around the difference.

    >>> differences({"batch": "64", "seed": "0"}, {"batch": "32", "seed": "0"})
    ['batch: saved 64, now 32']
    """
    found = []
    for name in sorted(saved.keys() | now.keys()):
        a, b = saved.get(name, "nothing"), now.get(name, "nothing")
        if a != b:
            k = len(os.path.commonprefix([a, b]))
            found.append(f"{name}: {words[0]} {_around(a, k)}, {words[1]} {_around(b, k)}")
    return found


def _around(text: str, k: int, width: int = 200) -> str:
    if len(text) <= width:
        return text
    start = max(0, k - width // 4)
    return ("..." if start else "") + text[start : start + width] + ("..." if start + width < len(text) else "")


def writable(path: pathlib.Path, rounds: int) -> pathlib.Path:
    """The path of a checkpoint, once its folder is known to take one, or the file to hold all rounds already.

    Raises: OSError naming the path; ValueError where the file is no checkpoint.
    """
    if path.is_dir():
        raise OSError(f"checkpoint must name a file, got the folder {path}")
    if path.is_file() and checkpoint.read(path)[1].get("n") == rounds:
        return path
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise OSError(f"checkpoint must be in a folder that can be written, got {path} ({error})") from error
    if reason := checkpoint.fault(path):
        raise OSError(f"checkpoint must be a file that can be written, got {path} ({reason})")
    return path

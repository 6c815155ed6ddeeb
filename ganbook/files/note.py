"""What a training of the command line was begun with, in a file beside its checkpoint: it goes on with the same."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from ganbook.files.whole import write_whole


@dataclass(frozen=True)
class Note:
    """How to call the training again, and what must be the same then.

    command: as it was typed.
    options: name on the command line -> value.
    pictures: a digest of each picture's bytes, in no order that matters.
    """

    command: str
    options: dict[str, Any]
    pictures: tuple[str, ...] = ()

    @classmethod
    def beside(cls, out: Path) -> Note | None:
        """The note of a training with this --out; None where there is none that can be read."""
        try:
            told = json.loads(place(out).read_text(encoding="utf-8"))
            return cls(told["command"], told["options"], tuple(told["pictures"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, out: Path) -> None:
        """Put it beside the training's --out."""
        write_whole(place(out), json.dumps(asdict(self)).encode(), "note")

    def check_options(self, now: dict[str, Any], out: Path) -> None:
        """Raises: ValueError that names the first option that is another than in the training that lies there."""
        for name, was in self.options.items():
            if name in now and now[name] != was:
                raise ValueError(
                    f"{name} must be as in the training that lies at --out {out}, {_said(name, was)}, got "
                    f"{_said(name, now[name])}: go on with that, or name another --out"
                )

    def compare(self, now: tuple[str, ...], out: Path) -> str:
        """What a training that goes on has in other pictures than before, in a sentence; "" for the same ones.

        Raises: ValueError where they are another set: less than half of those from before are among them.

        >>> Note("", {}, ("a", "b", "c")).compare(("a", "b", "d", "e"), Path("own.safetensors"))
        'Going on with 2 pictures more and 1 fewer than before.'
        """
        old, new = set(self.pictures), set(now)
        kept = len(old & new)
        if 2 * kept < len(old):
            raise ValueError(
                f"--out must name another file for other pictures, got {out}, where a training on {len(old):,} "
                f"pictures lies, {kept:,} of them in this folder. It was: {self.command}"
            )
        more, fewer = len(new) - kept, len(old) - kept
        told = [f"{more:,} picture{'s' * (more != 1)} more"] * bool(more) + [f"{fewer:,} fewer"] * bool(fewer)
        return f"Going on with {' and '.join(told)} than before." if told else ""


def place(out: Path) -> Path:
    """Where the note of a training lies."""
    return out.with_suffix(".note.json")


def digests(images: Tensor) -> tuple[str, ...]:
    """Of each picture of a set, in its bytes (n, c, h, w)."""
    parts = (part.cpu().contiguous().numpy() for part in images.split(1_000))
    return tuple(hashlib.blake2b(image.tobytes(), digest_size=6).hexdigest() for part in parts for image in part)


def _said(name: str, value: Any) -> str:
    """As it is written: `--few` or `no --few`, `--size 32`."""
    if isinstance(value, bool):
        return f"{'' if value else 'no '}{name}"
    return f"{name} {value}"

"""Your own pictures: a folder of files becomes a sampler. They are decoded once, and stay on the disk as bytes."""

from __future__ import annotations

import hashlib
import io
import json
import os
import warnings
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import ImageColor
from torch import Tensor
from tqdm import tqdm

from ganbook import checks
from ganbook.data.download import root_of
from ganbook.data.picture import NOTES, read
from ganbook.data.sampler import TensorSampler, place
from ganbook.files import write_whole
from ganbook.types import Samples

SUFFIXES = (".png", ".jpg", ".jpeg", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif")
"""What counts as a picture. Where Pillow cannot read one of these kinds (.heic, say), it is named, not passed over."""

ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")
FORM = 1
"""Number of the way in which pictures are decoded: what was kept by another is decoded again."""

ON_GPU = 2**31
"""Sets of more bytes than this stay on the disk, and batches alone go to a GPU."""


@dataclass(frozen=True, eq=False, repr=False)
class OwnImages(TensorSampler):
    """A TensorSampler of pictures whose bytes lie on the disk and are read as they are drawn.

    names: the file of each row, below the folder.
    notes: what was done to how many of them, in words.
    left_out: files that could not be read.
    to: where batches are handed out.
    """

    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    to: torch.device | None = None

    @property
    def device(self) -> torch.device:
        """Where batches are handed out."""
        return self.to or self.stored.device

    def __call__(self, n: int, rng: torch.Generator) -> Samples:
        """n pictures, a row each."""
        return super().__call__(n, rng).to(self.device)

    def labelled(self, n: int, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        """n pictures with their classes: the same pictures that `self(n, rng)` draws."""
        x, y = super().labelled(n, rng)
        return x.to(self.device), y.to(self.device)

    def _rows(self, n: int, rng: torch.Generator) -> Tensor:
        return super()._rows(n, rng).to(self.stored.device)

    def __repr__(self) -> str:
        classes = f" in {len(self.classes)} classes" if self.classes else ""
        told = "".join(f"; {note}" for note in self.notes)
        return f"OwnImages({len(self):,} of {'x'.join(map(str, self.shape))}{classes}{told})"


def folder(
    path: str | os.PathLike[str],
    size: int,
    channels: int = 3,
    *,
    labels: bool = False,
    skip_unreadable: bool = False,
    background: str = "white",
    cache: bool = True,
    device: torch.device | str | None = None,
) -> OwnImages:
    """Every picture below a folder, each once, in the order of names. What it prints tells what was done to them.

    path: a folder, with folders in it or without. Hidden files, and files that are no pictures, are passed over; of
        pictures that are not named as such, linked folders and archives in it a warning tells.
    size: each picture is turned as its camera says, cut to the middle square and resized to size x size.
    channels: 3 for colour, 1 for grey. 16 bits become 8 by their range; of an animation the first frame counts.
    labels: each folder in `path` is a class, named as it is.
    skip_unreadable: leave out files that cannot be read, instead of refusing.
    background: the colour on which transparent pictures lie.
    cache: keep the decoded bytes (GANBOOK_DATA, else ~/.cache/ganbook), so that a folder that has not changed is not
        decoded again, and no more of it is in memory than is drawn. False: decode into memory.

    Returns a sampler of (n, channels, size, size) in [-1, 1], with `.x`, `.names`, `.notes`, `.left_out`, `.classes`.
    Raises: ValueError for what is no folder, a folder without pictures, or files that cannot be read (naming them).
    """
    checks.flag("labels", labels)
    checks.flag("cache", cache)
    root = Path(checks.path("path", path))
    checks.whole("size", size)
    checks.one_of("channels", channels, (1, 3))
    try:
        ImageColor.getrgb(background)
    except (ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"background must be a colour such as 'white' or '#808080', got {background!r}") from error
    _check_folder(root)
    files = _pictures(root)
    checks.warn_of_strays("path", root, SUFFIXES)
    if not files:
        there = Counter(file.suffix.lower() or "no suffix" for file in root.rglob("*") if file.is_file())
        found = ", ".join(f"{n} of {suffix}" for suffix, n in there.most_common(5)) or "nothing"
        raise ValueError(f"path must hold pictures ({', '.join(SUFFIXES)}), got {found} in {str(root)!r}")
    settings = [FORM, str(root.resolve()), size, channels, background]
    stored, known = _decoded(root, files, settings, cache)
    names, bad = known["names"], [f"{name} ({error})" for name, error in known["bad"]]
    if bad and not (skip_unreadable and names):
        more = f" and {len(bad) - 5} more" if len(bad) > 5 else ""
        way = ". Remove them, or pass skip_unreadable=True" if names else ""
        raise ValueError(
            f"path must hold pictures that can be read, got {len(bad)} of {len(files)} that cannot: "
            f"{'; '.join(bad[:5])}{more}{way}"
        )
    told = [f"{n:,} {NOTES[key].format(size=size, background=background)}" for key, n in known["notes"].items()]
    told += [f"{len(bad):,} left out, which cannot be read"] if bad else []
    to = place(device)
    if to.type != "cpu" and stored.numel() <= ON_GPU:
        stored = stored.to(to)
    y, classes = _classes(names, stored.device) if labels else (None, ())
    return OwnImages(stored, y, classes, tuple(names), tuple(told), tuple(name for name, _ in known["bad"]), to)


def _check_folder(root: Path) -> None:
    if root.is_dir():
        return
    if not root.is_file():
        raise ValueError(
            f"path must be a folder of pictures, and there is nothing at {str(root)!r}"
            + " (Path(path).expanduser() makes ~ the home folder)" * str(root).startswith("~")
            + " (name the folder alone: all pictures below it are read)" * ("*" in str(root))
        )
    if root.suffix.lower() in ARCHIVES:
        way = f"an archive: shutil.unpack_archive({str(root)!r}, 'pictures') makes a folder of it"
    elif root.suffix.lower() in SUFFIXES:
        way = "a picture: name the folder that it lies in"
    else:
        way = "a file"
    raise ValueError(f"path must be a folder of pictures, and {str(root)!r} is {way}")


def _pictures(root: Path) -> list[Path]:
    """The picture files below a folder, in order, but what systems hide there (._a.png, .thumbnails, __MACOSX)."""
    found = []
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith((".", "__MACOSX"))]
        found += [os.path.join(folder, name) for name in files if name.lower().endswith(SUFFIXES) and name[0] != "."]
    return sorted(map(Path, found))


def _classes(names: list[str], device: torch.device) -> tuple[Tensor, tuple[str, ...]]:
    """The class of each file, the folder that it lies in, and their names."""
    own = [Path(name).parts[0] if len(Path(name).parts) > 1 else "" for name in names]
    if "" in own:
        raise ValueError(
            f"labels=True needs a folder a class, got {names[own.index('')]} in none"
            + f", and {own.count('') - 1:,} more" * (own.count("") > 1)
            + ": move what is in none into the folder of its class, or leave labels out"
        )
    codes = {name: k for k, name in enumerate(sorted(set(own)))}
    return torch.tensor([codes[name] for name in own], device=device), tuple(codes)


def _decoded(root: Path, files: list[Path], settings: list[Any], cache: bool) -> tuple[Tensor, dict[str, Any]]:
    """Bytes (n, c, s, s) of the pictures that can be read, and what is known of them."""
    _, _, size, channels, _ = settings
    if cache:
        try:
            body, known = _kept(root, files, settings)
            n = len(known["names"]) * channels * size * size
            pixels = torch.from_file(str(body), shared=False, size=n, dtype=torch.uint8) if n else torch.empty(0).byte()
            return pixels.view(-1, channels, size, size), known
        except OSError as error:
            warnings.warn(f"the decoded pictures cannot be kept ({error}): they are in memory", stacklevel=3)
    memory = io.BytesIO()
    known = _decode(root, files, settings, memory)
    pixels = torch.frombuffer(memory.getbuffer(), dtype=torch.uint8) if known["names"] else torch.empty(0).byte()
    return pixels.view(-1, channels, size, size), known


def _kept(root: Path, files: list[Path], settings: list[Any]) -> tuple[Path, dict[str, Any]]:
    """The file of decoded bytes, made where it is not there or the folder has changed, and what is known of it."""
    states = ((file, file.stat()) for file in files)
    state = [(str(file), now.st_size, now.st_mtime_ns) for file, now in states]
    home = root_of(None) / "folders"
    first, last = (hashlib.sha256(json.dumps(each).encode()).hexdigest()[:16] for each in (settings, state))
    body, note = (home / f"{first}-{last}.{kind}" for kind in ("bytes", "json"))
    try:
        known = json.loads(note.read_text(encoding="utf-8"))
        if body.stat().st_size == len(known["names"]) * settings[2] ** 2 * settings[3]:
            return body, known
    except (OSError, ValueError, KeyError, TypeError):
        pass  # not there yet, or damaged
    home.mkdir(parents=True, exist_ok=True)
    scratch = body.with_suffix(f".{os.getpid()}.part")
    try:
        with open(scratch, "wb") as sink:
            known = _decode(root, files, settings, sink)
        os.replace(scratch, body)
    finally:
        scratch.unlink(missing_ok=True)
    write_whole(note, json.dumps(known).encode())
    for old in home.glob(f"{first}-*"):  # of the folder as it was
        if old not in (body, note):
            old.unlink(missing_ok=True)
    return body, known


def _decode(root: Path, files: list[Path], settings: list[Any], sink: Any) -> dict[str, Any]:
    """Write the bytes of one picture after the other; what is known of them comes back."""
    _, _, size, channels, background = settings

    def one(file: Path) -> Any:
        try:
            return read(file, size, channels, background)
        except Exception as error:  # Pillow raises many kinds for a damaged file
            return error

    names, bad, notes = [], [], Counter()
    few = len(files) < 1_000 or "PYTEST_VERSION" in os.environ or "GANBOOK_STATIC" in os.environ
    with ThreadPoolExecutor() as pool, tqdm(total=len(files), unit=" pictures", mininterval=1, disable=few) as bar:
        for part in _parts(files, 256):  # so that no more than these wait in memory
            for file, found in zip(part, pool.map(one, part), strict=True):
                name = file.relative_to(root).as_posix()
                if isinstance(found, Exception):
                    bad.append((name, str(found).replace(str(file), name) or type(found).__name__))
                else:
                    sink.write(found[0].tobytes())
                    names.append(name)
                    notes.update(found[1])
            bar.update(len(part))
    return {"names": names, "bad": bad, "notes": {key: notes[key] for key in NOTES if notes[key]}}


def _parts(files: list[Path], n: int) -> Iterable[list[Path]]:
    return (files[start : start + n] for start in range(0, len(files), n))

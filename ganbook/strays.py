"""What lies in a folder of pictures and is not read: pictures that are not named as such, linked folders, archives."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

from PIL import Image

ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
"""Their pictures are read once they are unpacked."""

UNREAD = (".jxl", ".jp2", ".svg", ".psd", ".dng", ".nef", ".cr2", ".cr3", ".arw", ".raf", ".orf", ".rw2")
"""Pictures too, of which Pillow may know nothing."""


def warn_of_strays(name: str, root: Path, suffixes: tuple[str, ...]) -> None:
    """One sentence where something below `root` may have been meant, and is passed over for how it is named.

    suffixes: what the names of the files that are read end in. Of the others those are told whose content is a
    picture's; a text, Thumbs.db or a hidden file is nobody's picture.

    >>> import tempfile
    >>> root = Path(tempfile.mkdtemp())
    >>> Image.new("L", (9, 9)).save(root / "IMG_1", "PNG")
    >>> with warnings.catch_warnings(record=True) as told:
    ...     warnings.simplefilter("always")
    ...     warn_of_strays("path", root, (".png", ".jpg"))
    >>> str(told[0].message)
    "path leaves out 1 picture without an ending that says so ('IMG_1' is a PNG: name it IMG_1.png)"
    """
    pictures, links, archives = [], [], []
    for folder, inner, files in os.walk(root):
        inner[:] = [each for each in inner if not each.startswith((".", "__MACOSX"))]
        links += [os.path.join(folder, each) for each in inner if os.path.islink(os.path.join(folder, each))]
        for each in files:
            if not each.startswith(".") and not each.lower().endswith(suffixes):
                file = Path(folder, each)
                if each.lower().endswith(ARCHIVES):
                    archives.append(file)
                elif kind := _kind(file):
                    pictures.append((file, kind))
    told = []
    if pictures:
        file, kind = pictures[0]
        ending = _ending(kind)
        way = f": name it {file.stem if file.suffix else file.name}{ending}" if ending in suffixes else ": convert it"
        told.append(
            f"{_count(pictures, 'picture')} without an ending that says so ({_below(root, file)} is a {kind}{way})"
        )
    if links:
        told.append(f"{_count(links, 'linked folder')} ({_below(root, links[0])}: call it as a path of its own)")
    if archives:
        told.append(f"{_count(archives, 'archive')} ({_below(root, archives[0])}: unpack it)")
    if told:
        warnings.warn(f"{name} leaves out {', '.join(told)}", stacklevel=3)


def _kind(file: Path) -> str:
    """PNG, JPEG, ...; "" for what is no picture."""
    try:
        with Image.open(file) as picture:  # reads the first bytes alone
            return picture.format or ""
    except Exception:  # Pillow raises many kinds for what is none
        return file.suffix[1:].upper() if file.suffix.lower() in UNREAD else ""


def _ending(kind: str) -> str:
    return {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif"}.get(kind, f".{kind.lower()}")


def _count(found: list[Any], what: str) -> str:
    n = len(found)
    return f"{n:,} {what}{'s' * (n != 1)}"


def _below(root: Path, path: str | Path) -> str:
    return repr(Path(path).relative_to(root).as_posix())

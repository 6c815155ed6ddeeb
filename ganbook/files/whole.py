"""The one way in which this library writes a file: whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path


def write_whole(path: str | os.PathLike, body: bytes, what: str = "file") -> None:
    """Write bytes to a neighbour file first, which then takes the place of the old one.

    A kill, a full disk or a read-only folder leaves what was there before. A symbolic link stays one: the file that it
    points to is replaced. The neighbour has one name, PATH.part, so that what a kill leaves behind is overwritten.

    what: what the error calls the file.

    Raises: OSError naming the path where it cannot be written.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "a.txt"
    >>> write_whole(path, b"whole")
    >>> path.read_bytes(), [p.name for p in path.parent.iterdir()]
    (b'whole', ['a.txt'])
    """
    target, scratch = _places(path)
    try:
        with open(scratch, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.replace(scratch, target)
    except BaseException as error:
        try:
            scratch.unlink(missing_ok=True)
        except OSError:
            pass  # the first error is the one to tell
        if not isinstance(error, OSError):
            raise
        raise OSError(f"{what} {path} could not be written ({error}); what was there before is unchanged") from error


def fault(path: str | os.PathLike) -> str:
    """Why `write_whole` would fail here, as far as that can be known before; "" where nothing speaks against it.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> fault(folder / "a.txt"), "name too long" in fault(folder / ("a" * 254)), [*folder.iterdir()]
    ('', True, [])
    """
    try:
        _, scratch = _places(path)
        with open(scratch, "xb"):
            pass
        scratch.unlink()
    except FileExistsError:  # a kill has left it, and it is overwritten
        return f"{scratch} is a folder" if scratch.is_dir() else ""
    except (OSError, ValueError) as error:
        return str(error)
    return ""


def _places(path: str | os.PathLike) -> tuple[Path, Path]:
    """The file that is replaced, and its neighbour."""
    target = Path(os.path.realpath(path))
    return target, target.with_name(target.name + ".part")

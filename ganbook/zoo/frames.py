"""The frames of a training: samples of one z at several rounds, in a file that a stopped training goes on with."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ganbook import checks
from ganbook.data.images import encode
from ganbook.files import write_whole
from ganbook.player.film import Film


class Reel:
    """Round -> images, as bytes 0..255 in a compressed file (arrays "rounds" and "images", no pickle).

    path: where `save` writes; frames that lie there are read, as far as round n (a training that was stopped may have
    gone on after its last checkpoint, and will make the later ones again).

    Raises: ValueError where the file is damaged.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "toy.npz"
    >>> reel = Reel(path)
    >>> reel.add(5, torch.tensor([-1.0, 0.2, 1.0]).reshape(1, 1, 1, 3))  # u = 127.5 (x + 1), rounded
    >>> body = reel.save()
    >>> {n: x.flatten().tolist() for n, x in Reel(path, n=5).frames.items()}, Reel(path, n=4).frames
    ({5: [0, 153, 255]}, {})
    """

    def __init__(self, path: Path, n: float = float("inf")) -> None:
        self.path = path
        self.frames: dict[int, np.ndarray] = {}
        if path.exists():
            try:
                with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
                    pairs = zip(file["rounds"].tolist(), file["images"], strict=True)
                    self.frames = {k: images for k, images in pairs if k <= n}
            except (ValueError, KeyError, OSError) as error:
                raise ValueError(f"path must hold the frames of a training, got {path} ({error!r})") from error

    def add(self, n: int, images: Tensor) -> None:
        """The images (m, c, h, w) in [-1, 1] of round n."""
        self.frames[n] = encode(checks.images("images", images).detach()).cpu().numpy()

    def save(self) -> bytes:
        """Write all frames, whole or not at all; returns the bytes. The same frames give the same bytes."""
        body = io.BytesIO()
        rounds = np.array(list(self.frames), dtype=np.int64)
        np.savez_compressed(body, rounds=rounds, images=np.stack(list(self.frames.values())))
        write_whole(self.path, body.getvalue())
        return body.getvalue()

    def film(self, alt: str, **settings: object) -> Film:
        """The frames as a film, each titled with its round; settings: as for `plot.Film`."""
        film = Film(alt=alt, **settings)
        for n, images in self.frames.items():
            film.add(torch.from_numpy(images).float().div(127.5).sub(1), title=f"round {n:,}")
        return film

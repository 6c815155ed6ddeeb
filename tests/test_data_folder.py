"""A folder of pictures: every mode becomes what it looks like, and what cannot be read is named."""

import numpy as np
import pytest
import torch
from PIL import Image

from ganbook.data import folder


def put(root, name, picture, **how):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path, **how)
    return path


def flat(mode, colour, size=(12, 12)):
    return Image.new(mode, size, colour)


def bytes_of(sampler, k):
    return ((sampler.x[k] + 1) * 127.5).round().flatten(1).unique(dim=1)


def test_modes_become_what_they_look_like(tmp_path):
    put(tmp_path, "a.png", flat("RGB", (200, 100, 0)))
    put(tmp_path, "b.png", flat("L", 77))
    put(tmp_path, "c.png", flat("RGBA", (255, 0, 0, 0)))  # wholly transparent: white
    put(tmp_path, "d.png", Image.fromarray(np.full((12, 12), 0x8000, np.uint16)))  # half of 16 bits
    palette = flat("RGB", (10, 20, 30)).convert("P", palette=Image.Palette.ADAPTIVE, colors=4)
    put(tmp_path, "e.png", palette)
    put(tmp_path, "f.png", flat("1", 1))
    put(tmp_path, "g.png", flat("LA", (50, 255)))
    put(tmp_path, "h.jpg", flat("CMYK", (0, 255, 255, 0)), quality=95)
    x = folder(tmp_path, 8, device="cpu")
    found = [bytes_of(x, k).squeeze(1).tolist() for k in range(7)]
    assert found == [[200, 100, 0], [77] * 3, [255] * 3, [128] * 3, [10, 20, 30], [255] * 3, [50] * 3]
    red = x.x[7].mean((1, 2))
    assert red[0] > 0.8 and red[1] < -0.8
    grey = folder(tmp_path, 8, channels=1, device="cpu")
    assert grey.shape == (1, 8, 8)
    assert bytes_of(grey, 1).item() == 77


def test_the_middle_is_cut_and_the_camera_obeyed(tmp_path):
    wide = np.zeros((10, 30, 3), np.uint8)
    wide[:, 10:20] = 255  # white in the middle square
    put(tmp_path, "a.png", Image.fromarray(wide))
    turned = np.zeros((10, 10, 3), np.uint8)
    turned[:5] = 255
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    put(tmp_path, "b.png", Image.fromarray(turned), exif=exif)
    x = folder(tmp_path, 10, device="cpu").x
    assert (x[0] == 1).all()
    assert (x[1, :, :5] == -1).all() and (x[1, :, 5:] == 1).all()


def test_nested_folders_are_one_set_or_classes(tmp_path):
    for k, name in enumerate(("zebra/1.png", "zebra/deep/2.png", "ärger/3.png")):
        put(tmp_path, name, flat("L", 100 + k))
    (tmp_path / "zebra" / "Thumbs.db").write_bytes(b"x")
    assert len(folder(tmp_path, 8)) == 3
    pair = folder(tmp_path, 8, labels=True)
    assert pair.classes == ("zebra", "ärger")
    assert pair.y.tolist() == [0, 0, 1]
    assert pair.stored.dtype == torch.uint8


def test_what_cannot_be_read_is_named_or_left_out(tmp_path):
    good = put(tmp_path, "good.png", flat("RGB", (1, 2, 3), (40, 40)))
    (tmp_path / "broken.png").write_bytes(good.read_bytes()[:60])
    with pytest.raises(ValueError, match=r"got 1 of 2 that cannot: broken.png .*skip_unreadable=True"):
        folder(tmp_path, 8)
    assert len(folder(tmp_path, 8, skip_unreadable=True)) == 1


def test_mistakes_are_named(tmp_path, as_readers):
    file = put(tmp_path, "only.png", flat("L", 3))
    (tmp_path / "empty").mkdir()
    for call, message in (
        (lambda: folder(file, 8), "path must be a folder of pictures, and .* is a file"),
        (lambda: folder(tmp_path / "none", 8), "is nothing"),
        (lambda: folder(tmp_path / "empty", 8), r"path must hold pictures \(.png"),
        (lambda: folder(tmp_path, 0), "size must be a whole number >= 1, got 0"),
        (lambda: folder(tmp_path, 8, channels=4), "channels must be one of 1, 3, got 4"),
        (lambda: folder(tmp_path, 8, labels=True), "labels=True needs a folder a class, got only.png in none"),
    ):
        with pytest.raises(ValueError, match=message):
            call()

"""A folder of pictures: every mode becomes what it looks like, and what cannot be read is named."""

import sys

import numpy as np
import pytest
import torch
from PIL import Image

from ganbook.data import TensorSampler, few, folder
from ganbook.data.picture import read


@pytest.fixture(autouse=True)
def kept(tmp_path_factory, monkeypatch):
    """Where decoded pictures are kept, empty for each test."""
    home = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv("GANBOOK_DATA", str(home))
    return home / "folders"


def rng():
    return torch.Generator().manual_seed(0)


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
    (tmp_path / "empty" / "Thumbs.db").write_bytes(b"x")
    archive = tmp_path.with_name("all.zip")
    archive.write_bytes(b"x")
    for call, message in (
        (
            lambda: folder(file, 8),
            "path must be a folder of pictures, and .* is a picture: name the folder that it lies in",
        ),
        (lambda: folder(archive, 8), r"is an archive: shutil.unpack_archive\(.*all.zip', 'pictures'\) makes a folder"),
        (lambda: folder(tmp_path, 8, background="blueish"), "background must be a colour such as 'white'"),
        (lambda: folder(tmp_path / "none", 8), "there is nothing at"),
        (lambda: folder(tmp_path / "empty", 8), r"path must hold pictures \(.png.*got 1 of .db in"),
        (lambda: folder(tmp_path / "*.png", 8), "nothing at .* .name the folder alone"),
        (lambda: folder(tmp_path, 0), "size must be a whole number >= 1, got 0"),
        (lambda: folder(tmp_path, 8, channels=4), "channels must be one of 1, 3, got 4"),
        (lambda: folder(tmp_path, 8, labels=True), "needs a folder a class, got only.png in none: move what is"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


def test_it_tells_what_was_done_and_to_how_many(tmp_path):
    put(tmp_path, "a.png", flat("RGBA", (255, 0, 0, 128)))
    put(tmp_path, "b.png", Image.fromarray(np.full((12, 12), 300, np.uint16)))
    put(tmp_path, "c.gif", flat("L", 9), save_all=True, append_images=[flat("L", 200)])
    put(tmp_path, "d.webp", flat("RGB", (9, 9, 9), (12, 30)))
    put(tmp_path, "e.png", flat("RGBA", (255, 0, 0, 255)))  # opaque
    (tmp_path / "f.png").write_bytes(b"no picture")
    (tmp_path / "._a.png").write_bytes(b"what macOS leaves in an archive")
    (tmp_path / "__MACOSX").mkdir()
    (tmp_path / "__MACOSX" / "a.png").write_bytes(b"the same")
    x = folder(tmp_path, 12, skip_unreadable=True, background="#00f", device="cpu")
    assert repr(x) == (
        "OwnImages(5 of 3x12x12; 1 with transparency, laid on #00f; 1 of 16 bits, brought to 8 by their range; "
        "1 not square, cut to the middle square; 1 animated, of which the first frame is taken; "
        "1 left out, which cannot be read)"
    )
    assert x.left_out == ("f.png",) and x.names == ("a.png", "b.png", "c.gif", "d.webp", "e.png")
    assert bytes_of(x, 0).squeeze(1).tolist() == [128, 0, 127]
    assert bytes_of(x, 1).squeeze(1).tolist() == [1] * 3  # dark it stays: 300 / 257, not 255
    assert "5 smaller than 16 px, enlarged" in repr(folder(tmp_path, 16, skip_unreadable=True))


def test_32_bits_have_no_white(tmp_path):
    put(tmp_path, "a.tif", Image.fromarray(np.full((12, 12), 0.5, np.float32)))
    with pytest.raises(ValueError, match="got 1 of 1 that cannot: a.tif .pixels of 32 bits have no agreed white"):
        folder(tmp_path, 8)


def test_a_kind_that_pillow_cannot_read_is_named_and_not_passed_over(tmp_path):
    put(tmp_path, "a.png", flat("L", 3))
    (tmp_path / "b.HEIC").write_bytes(b"ftypheic")
    with pytest.raises(ValueError, match=r"got 1 of 2 that cannot: b.HEIC \(cannot identify image file 'b.HEIC'\)"):
        folder(tmp_path, 8)


def test_pictures_are_decoded_once_and_again_where_the_folder_has_changed(tmp_path, kept, monkeypatch):
    put(tmp_path, "a.png", flat("L", 100))
    put(tmp_path, "b.png", flat("L", 200))
    (tmp_path / "bad.png").write_bytes(b"x")
    seen = []
    module = sys.modules["ganbook.data.folder"]  # which the function of its name hides
    monkeypatch.setattr(module, "read", lambda file, *more: seen.append(file.name) or read(file, *more))
    for _ in range(2):
        with pytest.raises(ValueError, match="got 1 of 3"):
            folder(tmp_path, 8)
        first = folder(tmp_path, 8, skip_unreadable=True, device="cpu")
    assert sorted(seen) == ["a.png", "b.png", "bad.png"]
    assert torch.equal(first.x, folder(tmp_path, 8, skip_unreadable=True, cache=False, device="cpu").x)
    seen.clear()
    put(tmp_path, "b.png", flat("L", 201, (13, 13)))
    again = folder(tmp_path, 8, skip_unreadable=True, device="cpu")
    assert len(seen) == 3 and bytes_of(again, 1)[0] == 201
    assert bytes_of(first, 1)[0] == 200  # the old sampler still has what it was made of
    assert len(list(kept.glob("*.bytes"))) == 1 and not list(kept.glob("*.part"))
    next(kept.glob("*.bytes")).write_bytes(b"cut")  # a full disk
    assert bytes_of(folder(tmp_path, 8, skip_unreadable=True), 1)[0] == 201


def test_where_nothing_can_be_kept_they_are_in_memory(tmp_path, kept):
    put(tmp_path, "a.png", flat("L", 100))
    kept.write_text("a file where the folder should be")
    with pytest.warns(UserWarning, match="the decoded pictures cannot be kept .* they are in memory"):
        assert len(folder(tmp_path, 8)) == 1


def test_one_rng_draws_the_same_rows_as_of_a_tensor(tmp_path):
    for k in range(7):
        put(tmp_path, f"{k % 2}/{k}.png", flat("L", 30 * k))
    x = folder(tmp_path, 8, labels=True, device="cpu")
    plain = TensorSampler(x.stored.clone(), x.y, x.classes)
    assert torch.equal(x(20, rng()), plain(20, rng()))
    for mine, theirs in zip(x.labelled(20, rng()), plain.labelled(20, rng()), strict=True):
        assert torch.equal(mine, theirs)
    assert few(x, 2).y.bincount().tolist() == [2, 2]


@pytest.mark.parametrize(("most", "where"), [(8 * 8 * 3, "meta"), (8 * 8 * 3 - 1, "cpu")])
def test_on_another_device_a_small_set_lies_whole(tmp_path, monkeypatch, most, where):
    """torch's device without contents stands in for a GPU; larger sets stay on the disk."""
    monkeypatch.setattr(sys.modules["ganbook.data.folder"], "ON_GPU", most)
    put(tmp_path, "a.png", flat("L", 100))
    assert folder(tmp_path, 8, device="meta").stored.device.type == where


def test_the_pictures_of_the_next_size_are_their_own(tmp_path):
    put(tmp_path, "a.png", flat("L", 100))
    assert folder(tmp_path, 8).shape == (3, 8, 8)
    assert folder(tmp_path, 16, channels=1).shape == (1, 16, 16)


def test_the_home_folder_is_told_how_it_is_named():
    with pytest.raises(ValueError, match=r"nothing at '~/no such pictures' \(Path\(path\).expanduser"):
        folder("~/no such pictures", 8)


def test_what_may_have_been_meant_is_not_passed_over_without_a_word(tmp_path, recwarn):
    root = tmp_path / "pictures"
    put(root, "a.png", flat("L", 3))
    (root / "readme.txt").write_text("no picture")
    (root / "Thumbs.db").write_bytes(b"x")
    assert len(folder(root, 8)) == 1 and not recwarn.list
    for name in ("IMG_0001", "deep/IMG_0002"):
        put(root, name, flat("RGB", (1, 2, 3)), format="JPEG")
    with pytest.warns(UserWarning, match=r"path leaves out 2 pictures .*\('IMG_0001' is a JPEG: name it IMG_0001.jpg"):
        assert len(folder(root, 8)) == 1
    for name in ("IMG_0001", "deep/IMG_0002"):
        (root / name).unlink()
    put(root, "b.ppm", flat("RGB", (1, 2, 3)))
    put(tmp_path / "elsewhere", "c.png", flat("L", 3))
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "more.zip").write_bytes(b"x")
    with pytest.warns(UserWarning, match=r"'b.ppm' is a PPM: convert it\), 1 linked folder \('link'.*1 archive"):
        folder(root, 8)


def test_a_folder_of_pictures_without_endings_says_so(tmp_path):
    put(tmp_path, "IMG_0001", flat("L", 3), format="PNG")
    with (
        pytest.warns(UserWarning, match="leaves out 1 picture without an ending"),
        pytest.raises(ValueError, match="got 1 of no suffix"),
    ):
        folder(tmp_path, 8)


@pytest.mark.parametrize(("bad", "good", "more"), [(5, 1, False), (6, 1, True), (6, 0, True)])
def test_of_many_that_cannot_be_read_five_are_named(tmp_path, bad, good, more):
    for k in range(bad):
        (tmp_path / f"b{k}.png").write_bytes(b"x")
    for k in range(good):
        put(tmp_path, f"g{k}.png", flat("L", 3))
    for skip in (False, True)[: 1 + (not good)]:
        with pytest.raises(ValueError, match=f"got {bad} of {bad + good} that cannot: ") as caught:
            folder(tmp_path, 8, skip_unreadable=skip)
        said = str(caught.value)
        assert said.count("cannot identify") == 5 and ("and 1 more" in said) == more
        assert ("Remove them, or pass skip_unreadable=True" in said) == bool(good)


def test_one_setting_does_not_answer_for_another(tmp_path):
    """The decoded bytes that are kept are of a size, a number of channels and a background."""
    put(tmp_path, "a.png", flat("RGBA", (0, 0, 0, 0)))
    for _ in range(2):
        assert bytes_of(folder(tmp_path, 8), 0)[0] == 255, "on white where nothing is said"
        assert bytes_of(folder(tmp_path, 8, background="black"), 0)[0] == 0
        assert folder(tmp_path, 8).shape == (3, 8, 8) and folder(tmp_path, 8, 1).shape == (1, 8, 8)


def test_pictures_in_no_class_are_counted_and_a_turned_or_small_one_is_told(tmp_path):
    for name in ("a.png", "b.png", "c/c.png"):
        put(tmp_path, name, flat("L", 3))
    with pytest.raises(ValueError, match="got a.png in none, and 1 more: move"):
        folder(tmp_path, 8, labels=True)
    exif = Image.Exif()
    exif[0x0112] = 6
    put(tmp_path / "d", "d.png", flat("L", 3), exif=exif)
    assert repr(folder(tmp_path / "d", 12)) == "OwnImages(1 of 3x12x12; 1 turned as their camera says)"
    assert repr(folder(tmp_path / "d", 13)).endswith("says; 1 smaller than 13 px, enlarged)")

"""Downloaded faces: cut to the pixel, told while they are read; sets whose labels do not match; sizes by default."""

import pytest
import tqdm
from PIL import Image
from test_data_download import waits, write_cifar, write_idx, write_lfw  # noqa: F401

from ganbook import data
from ganbook.data import download


def test_the_square_is_the_middle_128_pixels_and_no_more(tmp_path, monkeypatch):
    """Told to the pixel by pictures without loss, whatever their ending says."""
    write_lfw(tmp_path, monkeypatch)
    for path in (tmp_path / "lfw-py" / "lfw_funneled").rglob("*.jpg"):
        picture = Image.new("RGB", (250, 250), "white")
        picture.paste((200, 30, 60), (61, 61, 189, 189))
        picture.save(path, "png")
    whole = data.torchvision("LFWPeople", root=tmp_path, split="all", size=128, device="cpu")
    colours = ((whole.x + 1) * 127.5).round().permute(1, 0, 2, 3).flatten(1)
    assert colours.unique(dim=1).flatten().tolist() == [200, 30, 60]


def test_reading_many_pictures_is_told_in_pictures(tmp_path, monkeypatch):
    told = []

    def bar(rows, **settings):
        told.append(settings)
        return rows

    monkeypatch.setattr(tqdm, "tqdm", bar)
    write_lfw(tmp_path, monkeypatch)
    data.torchvision("LFWPeople", root=tmp_path)
    assert told == [{"desc": "LFWPeople", "unit": " images", "disable": None}]  # None: only where somebody watches


def test_sets_are_of_their_own_size_where_none_is_asked_for(tmp_path, monkeypatch):
    for name in ("MNIST", "FashionMNIST"):
        write_idx(tmp_path / name / "raw", monkeypatch, name)
        assert data.torchvision(name, root=tmp_path).shape == (1, 28, 28)
    write_cifar(tmp_path, monkeypatch)
    assert data.torchvision("CIFAR10", root=tmp_path).shape == (3, 32, 32)
    assert [download.SOURCES[name].sizes for name in ("LFWPeople", "CelebA")] == [(16, 32, 64, 128)] * 2


def test_more_labels_than_images_are_an_oserror(tmp_path, monkeypatch):
    write_idx(tmp_path / "MNIST" / "raw", monkeypatch)
    sound = download._plain

    def halved(dataset, native, size):
        dataset.targets = dataset.targets[:10]
        return sound(dataset, native, size)

    monkeypatch.setattr(download, "_plain", halved)
    with pytest.raises(OSError, match=r"cannot be read \(ValueError: 30 images and 10 labels\)"):
        data.torchvision("MNIST", root=tmp_path)

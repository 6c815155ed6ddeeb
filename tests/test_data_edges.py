"""Where sets of data are asked for something odd: another device, one mode, a shape that only looks like a mistake."""

import sys

import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats
from torch.utils.data import DataLoader, TensorDataset

import ganbook
from ganbook import data
from ganbook.data.images import resize


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


CPU = {"device": "cpu"}
GIVEN = {
    "digits": lambda: data.digits(4, "test", **CPU),
    "fashion": lambda: data.fashion(4, "test", **CPU),
    "emoji": lambda: data.emoji(size=4, split="test", **CPU),
    "faces": lambda: data.faces(split="test", **CPU),
    "faces_pairs": lambda: data.faces_pairs("glasses", **CPU),
    "unpaired_faces": lambda: data.unpaired_faces(**CPU),
    "unpaired_emoji": lambda: data.unpaired_emoji(4, **CPU),
    "unpaired_colour": lambda: data.unpaired_colour(**CPU),
    "ring": lambda: data.ring(**CPU),
    "grid": lambda: data.grid(**CPU),
    "nine": lambda: data.nine(**CPU),
    "swiss_roll": lambda: data.swiss_roll(**CPU),
    "moons": lambda: data.moons(**CPU),
    "gaussian": lambda: data.gaussian(**CPU),
    "mixture": lambda: data.mixture([1.0], [[0.0, 0.0]], [1.0], **CPU),
    "mixture1d": lambda: data.mixture1d([1.0], [0.0], [1.0], **CPU),
    "interval": lambda: data.interval(**CPU),
    "normal": lambda: data.normal(2, **CPU),
    "uniform": lambda: data.uniform(2, **CPU),
    "noise": lambda: data.noise((2,), **CPU),
    "truncated": lambda: data.truncated(2, 0.5, **CPU),
    "from_tensor": lambda: data.from_tensor(torch.zeros(2, 2), **CPU),
    "from_loader": lambda: data.from_loader([torch.zeros(2, 2)], **CPU),
}


@pytest.mark.parametrize("make", GIVEN.values(), ids=GIVEN)
def test_a_device_that_is_given_is_all_that_is_asked(make, monkeypatch):
    """The book's own device is another question; on a machine with a GPU it would have another answer."""

    def asked():
        raise AssertionError("the device was given")

    monkeypatch.setattr(ganbook, "device", asked)
    make()


def test_every_set_with_a_device_is_among_them():
    with_device = {name for name in data.__all__ if name[0].islower() and "device" in _parameters(name)}
    assert with_device - set(GIVEN) == {"folder", "torchvision"}, "these two are tested by what they keep on it"


def _parameters(name):
    return getattr(data, name).__annotations__


@pytest.mark.parametrize("make", [data.gaussian, lambda: data.ring(1), lambda: data.mixture1d([1.0], [2.0], [1.0])])
def test_one_mode_has_a_width(make):
    assert make().std == make().stds[0]


@pytest.mark.parametrize(("form", "cut", "factor"), [("resampled", 0.7, 1.0), ("hub", 2.0, 0.7)])
def test_truncated_latents_are_quantiles_of_the_cut_normal(form, cut, factor):
    """In float64: of float32 numbers 2^-24 of all would be the end itself, which far out is infinite."""
    u = torch.rand(500, 3, generator=rng(), dtype=torch.float64).numpy()
    wanted = factor * stats.truncnorm.ppf(u, -cut, cut)
    assert data.truncated(3, 0.7, form, **CPU)(500, rng()).numpy() == pytest.approx(wanted, abs=1e-6)


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((2, 9, 9, 1), "channels last"),
        ((2, 5, 9, 3), "channels last"),
        ((2, 9, 9, 4), "channels last"),
        ((2, 9, 9, 2), ""),
        ((2, 9, 9, 5), ""),
        ((2, 1, 9, 1), ""),
        ((2, 2, 9, 3), ""),
        ((2, 3, 9, 3), ""),
        ((2, 4, 9, 4), ""),
    ],
)
def test_only_what_cannot_be_channels_is_taken_for_channels_last(shape, message):
    if not message:
        assert data.from_tensor(torch.zeros(shape), **CPU).shape == shape[1:]
        return
    with pytest.raises(ValueError, match=message):
        data.from_tensor(torch.zeros(shape), **CPU)


PAIRS = TensorDataset(torch.zeros(4, 2))


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        (np.zeros((3, 2)), "got ndarray .torch.from_numpy makes a tensor of it.$"),
        ("pictures", r"got str .data.folder\(path, size\) reads a folder of pictures.$"),
        (PAIRS, r"got TensorDataset .for what does not fit in memory: data.from_loader\(torch"),
        (DataLoader(PAIRS), "got DataLoader .data.from_loader draws from a DataLoader.$"),
        ({"x": 1}, "got dict .name the key that holds the samples.$"),
        ([[0.0]], "got list$"),
    ],
)
def test_what_is_no_tensor_is_told_where_it_belongs(given, hint, as_readers):
    with pytest.raises(TypeError, match="x must be a torch.Tensor, " + hint):
        data.from_tensor(given)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.from_tensor(torch.zeros(2, 2), classes="ab"), "classes"),
        (lambda: data.from_tensor(torch.zeros(2, 2), classes=3), "classes"),
        (lambda: data.few(data.from_tensor(torch.zeros(2, 2), torch.arange(2)), 1, seed=-1), "seed must be .* >= 0"),
        (lambda: resize(torch.zeros(1, 1, 28, 28, dtype=torch.uint8), 5), "size must be one of"),
        (lambda: resize(torch.zeros(1, 28, 28, dtype=torch.uint8), 28), r"pixels must be a tensor of shape \(n, c, s"),
        (lambda: resize(torch.zeros(1, 1, 9, 9, dtype=torch.uint8), 28), "with s of 28, 32"),
        (lambda: resize(np.zeros((1, 1, 28, 28)), 28), "pixels must be a tensor"),
    ],
)
def test_what_a_set_cannot_be_made_of_is_named(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()


def test_batches_of_another_size_are_refused_only_where_both_are_in_one():
    sampler, generator = data.from_loader([torch.zeros(2, 3), torch.zeros(4, 5)], **CPU), rng()
    assert [sampler(n, generator).shape[1] for n in (2, 4, 2, 3)] == [3, 5, 3, 5]
    with pytest.raises(ValueError, match="samples of one size"):
        sampler(3, generator)


# --- folders


def test_folders_of_pictures_are_kept_below_any_folder_and_say_where_their_batches_go(tmp_path, monkeypatch):
    Image.new("L", (12, 12), 9).save(tmp_path / "a.png")
    monkeypatch.setenv("GANBOOK_DATA", str(tmp_path / "not" / "there" / "yet"))
    x = data.folder(tmp_path, 8, **CPU)
    assert len(list((tmp_path / "not" / "there" / "yet" / "folders").glob("*.bytes"))) == 1
    assert x.device == torch.device("cpu") and data.folder(tmp_path, 8, device="meta").device.type == "meta"
    monkeypatch.setattr(sys.modules["ganbook.data.folder"], "ON_GPU", 1)  # larger ones stay on the disk
    x = data.folder(tmp_path, 8, device="meta")
    assert (x.device.type, x.stored.device.type) == ("meta", "cpu")


@pytest.mark.parametrize("cache", [True, False])
def test_a_folder_in_which_nothing_can_be_read_says_so_however_it_is_kept(tmp_path, monkeypatch, cache):
    monkeypatch.setenv("GANBOOK_DATA", str(tmp_path / "kept"))
    (tmp_path / "pictures").mkdir()
    for k in range(5):
        (tmp_path / "pictures" / f"{k}.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match="got 5 of 5 that cannot: ") as caught:
        data.folder(tmp_path / "pictures", 8, cache=cache)
    assert "more" not in str(caught.value), "five are named, and there are no others"


def test_a_folder_of_folders_holds_nothing(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    with pytest.raises(ValueError, match="got nothing in "):
        data.folder(tmp_path, 8)

"""The bundled sets: what they hold, their split and sizes, their checksums, and what a damaged file says."""

import hashlib
import shutil
import subprocess
import sys

import pytest
import torch

from ganbook import data
from ganbook.data import bundled
from ganbook.data.images import SIZES, encode, resize


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of the bundled files that a test may damage."""
    for name in ("digits.npz", "sums.txt"):
        shutil.copy(bundled.FOLDER / name, tmp_path)
    monkeypatch.setattr(bundled, "FOLDER", tmp_path)
    bundled._load.cache_clear()
    yield tmp_path
    bundled._load.cache_clear()


@pytest.mark.parametrize(
    ("make", "counts"),
    [
        (data.digits, {"train": 9_000, "test": 1_000, "all": 10_000}),
        (data.fashion, {"train": 10_000, "test": 2_000, "all": 12_000}),
    ],
)
def test_counts_shapes_and_ranges(make, counts):
    for split, count in counts.items():
        sampler = make(split=split)
        assert len(sampler) == len(sampler.y) == count
        assert sampler.x.shape == (count, 1, 28, 28) and sampler.x.dtype == torch.float32
        assert sampler.x.is_contiguous()
        assert sampler.x.min() == -1 and sampler.x.max() == 1
        assert sampler.y.dtype == torch.int64 and sampler.y.unique().tolist() == list(range(10))
        assert len(sampler.classes) == 10
    assert len(make()) == counts["train"]


@pytest.mark.parametrize("make", [data.digits, data.fashion])
def test_no_image_is_in_both_parts(make):
    train, test = (set(map(bytes, encode(make(split=split).x).flatten(1).numpy())) for split in ("train", "test"))
    assert not train & test
    both = make(split="all")
    assert torch.equal(both.x, torch.cat([make().x, make(split="test").x]))
    assert torch.equal(both.y, torch.cat([make().y, make(split="test").y]))


def test_all_digits_differ():
    assert len(set(map(bytes, encode(data.digits(split="all").x).flatten(1).numpy()))) == 10_000


def test_both_parts_hold_the_digits_in_the_proportions_of_the_whole():
    whole = data.digits(split="all").y.bincount()
    assert whole.tolist() == [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978]  # as in the npm package
    test = data.digits(split="test").y.bincount()
    assert (test - whole / 10).abs().max() <= 1
    first = data.digits().y[:2_000].bincount()
    assert (first - whole / 5).abs().max() <= 1


@pytest.mark.parametrize("make", [data.digits, data.fashion])
def test_labels_belong_to_their_images(make):
    """The nearest class mean, learnt on train, is right far more often than the 10 % of wrong labels."""
    train, test = make(), make(split="test")
    means = torch.stack([train.x[train.y == k].mean(0).flatten() for k in range(10)])
    guess = torch.cdist(test.x.flatten(1), means).argmin(1)
    assert (guess == test.y).double().mean() > 0.6


def test_a_digit_stands_upright():
    """Ones are tall and narrow: their ink spreads more over the rows than over the columns."""
    ink = (data.digits().x[data.digits().y == 1][:, 0] + 1).mean(0)
    rows, columns = ink.sum(1), ink.sum(0)
    assert (rows > 0.5 * rows.max()).sum() > 1.5 * (columns > 0.5 * columns.max()).sum()


@pytest.mark.parametrize("size", SIZES[28])
def test_every_size_keeps_range_and_shape(size):
    sampler = data.digits(size=size, split="test")
    batch = sampler(16, rng())
    assert batch.shape == (16, 1, size, size)
    assert sampler.x.min() >= -1 and sampler.x.max() <= 1
    assert sampler.x.max() > 0.5


def test_32_is_28_with_a_border_of_background():
    small, large = data.digits(split="test").x, data.digits(size=32, split="test").x
    assert torch.equal(large[:, :, 2:30, 2:30], small)
    border = large.clone()
    border[:, :, 2:30, 2:30] = -1
    assert (border == -1).all()


def test_each_level_of_the_pyramid_is_the_mean_of_the_next():
    x = {size: data.digits(size=size, split="test").x for size in (4, 8, 16, 32)}
    for size in (4, 8, 16):
        blocks = x[2 * size].unflatten(3, (size, 2)).unflatten(2, (size, 2)).mean((3, 5))
        torch.testing.assert_close(x[size], blocks)


@pytest.mark.parametrize("size", SIZES[28])
@pytest.mark.parametrize("value", [0, 255])
def test_white_stays_white_and_black_black(size, value):
    x = resize(torch.full((1, 1, 28, 28), value, dtype=torch.uint8), size)
    middle = x[0, 0, size // 2, size // 2].item()
    assert middle == (1.0 if value else -1.0)
    assert x.min() >= -1 and x.max() <= 1


@pytest.mark.parametrize("size", [0, -28, 27, 128, True])
def test_other_sizes_are_refused_with_the_allowed_ones(size):
    with pytest.raises(ValueError, match=f"size must be one of 4, 7, 8, 14, 16, 28, 32, 64, got {size}"):
        data.digits(size=size)


@pytest.mark.parametrize("make", [data.digits, data.fashion])
def test_an_unknown_split_is_refused(make):
    with pytest.raises(ValueError, match="split must be one of train, test, all, got 'valid'"):
        make(split="valid")


def test_changing_one_sampler_does_not_change_the_next():
    data.digits(split="test").x.zero_()
    assert data.digits(split="test").x.max() == 1


@pytest.mark.parametrize("name", ["digits", "fashion"])
def test_the_sum_is_that_of_the_file_and_its_licence_lies_beside_it(name):
    raw = (bundled.FOLDER / f"{name}.npz").read_bytes()
    assert hashlib.sha256(raw).hexdigest() == data.sha256(name)
    text = (bundled.FOLDER / f"{name}.LICENSE.txt").read_text(encoding="utf-8")
    assert {"digits": "Attribution-ShareAlike 3.0", "fashion": "Zalando"}[name] in text


def test_files_are_as_small_as_promised():
    assert (bundled.FOLDER / "digits.npz").stat().st_size < 1_600_000
    assert (bundled.FOLDER / "fashion.npz").stat().st_size < 5_300_000


def test_an_unknown_name_has_no_sum():
    with pytest.raises(ValueError, match="name must be one of digits, fashion, emoji, .*, got 'cats'"):
        data.sha256("cats")


@pytest.mark.parametrize("damage", ["flip", "truncate", "empty"])
def test_a_damaged_file_is_named_with_both_sums(folder, damage):
    path, expected = folder / "digits.npz", data.sha256("digits")
    raw = bytearray(path.read_bytes())
    if damage == "flip":
        raw[len(raw) // 2] ^= 1
    path.write_bytes({"flip": raw, "truncate": raw[:-1], "empty": b""}[damage])
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(OSError, match=f"digits.npz is damaged: .*{found}.*{expected}.*[Ii]nstall"):
        data.digits()


def test_a_missing_file_is_named(folder):
    (folder / "digits.npz").unlink()
    with pytest.raises(OSError, match=r"digits\.npz.*install ganbook again"):
        data.digits()


@pytest.mark.parametrize("text", [None, "", "nonsense\n", "one two three\n"])
def test_a_damaged_list_of_sums_is_named(folder, text):
    (folder / "sums.txt").unlink() if text is None else (folder / "sums.txt").write_text(text)
    with pytest.raises(OSError, match=r"sums\.txt is missing or damaged: install"):
        data.digits()


def test_a_mended_file_is_read_without_a_restart(folder):
    raw = (folder / "digits.npz").read_bytes()
    (folder / "digits.npz").write_bytes(raw[:100])
    with pytest.raises(OSError, match="damaged"):
        data.digits()
    (folder / "digits.npz").write_bytes(raw)
    assert len(data.digits()) == 9_000


def test_a_file_is_read_once_in_a_process(folder):
    data.digits()
    (folder / "digits.npz").unlink()
    assert len(data.digits(size=8)) == 9_000


def test_the_import_reads_nothing_and_does_not_pull_in_torchvision():
    code = (
        "import sys, ganbook.data as data; from ganbook.data import bundled; "
        "print(bundled._load.cache_info().currsize, 'torchvision' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert out.split() == ["0", "False"]

"""scripts/make_data.py: the parts that need no package."""

import gzip
import hashlib
import io
import struct
import time

import make_data
import numpy as np
import pytest


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(256, size=(100, 4, 4), dtype=np.uint8)


LABELS = np.repeat(np.arange(3, dtype=np.uint8), (20, 30, 50))


def test_the_same_arrays_give_the_same_bytes_at_any_time(images, monkeypatch):
    first = make_data.pack({"a": images, "b": LABELS})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    assert make_data.pack({"a": images.copy(), "b": LABELS}) == first
    assert make_data.pack({"a": images, "b": LABELS[::-1]}) != first


def test_what_is_packed_is_read_back_without_pickle(images):
    with np.load(io.BytesIO(make_data.pack({"a": images})), allow_pickle=False) as archive:
        assert archive.files == ["a"]
        np.testing.assert_array_equal(archive["a"], images)


def test_every_run_holds_the_classes_in_proportion(images):
    order = make_data.interleave(images, LABELS)
    assert sorted(order) == list(range(100))
    for start in range(0, 100, 10):
        assert np.abs(np.bincount(LABELS[order[start : start + 10]], minlength=3) - [2, 3, 5]).max() <= 1


def test_the_order_depends_on_the_pixels_alone(images):
    shuffled = np.random.default_rng(1).permutation(100)
    one, two = make_data.interleave(images, LABELS), make_data.interleave(images[shuffled], LABELS[shuffled])
    np.testing.assert_array_equal(images[one], images[shuffled][two])


def test_an_idx_file_is_read(tmp_path):
    values = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(b"\0\0\x08\x03" + struct.pack(">3I", 2, 3, 4) + values.tobytes()))
    np.testing.assert_array_equal(make_data.read_idx(path), values)
    path.write_bytes(gzip.compress(b"\0\0\x0d\x01" + struct.pack(">I", 1) + bytes(4)))
    with pytest.raises(ValueError, match="x.gz is no idx file of bytes"):
        make_data.read_idx(path)


def test_write_makes_a_list_of_sums_and_check_sees_a_difference(images, tmp_path, capsys):
    make_data.write({"toy": {"a": images}}, tmp_path)
    digest = hashlib.sha256((tmp_path / "toy.npz").read_bytes()).hexdigest()
    assert (tmp_path / "sums.txt").read_text() == f"{digest}  toy.npz\n"
    make_data.check({"toy": {"a": images}}, tmp_path)
    assert "as the packages hold it" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="toy.npz differs"):
        make_data.check({"toy": {"a": images ^ 1}}, tmp_path)

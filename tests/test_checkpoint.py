"""Checkpoints: whole or absent, damage is noticed, nothing is left behind."""

import tempfile

import pytest
import torch

from ganbook.files import checkpoint, whole
from ganbook.train.state import writable

TENSORS = {"a": torch.arange(6.0).reshape(2, 3), "b/c": torch.tensor([1, 2], dtype=torch.uint8), "s": torch.tensor(3)}


def test_round_trip(tmp_path):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {"n": 7, "text": "ä"})
    tensors, facts = checkpoint.read(path)
    assert facts == {"n": 7, "text": "ä"} and tensors.keys() == TENSORS.keys()
    assert all(torch.equal(tensors[name], TENSORS[name]) for name in TENSORS)
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.safetensors"]


def test_two_names_for_one_tensor(tmp_path):
    shared = torch.ones(3)
    checkpoint.write(tmp_path / "run", {"a": shared, "b": shared}, {})
    tensors, _ = checkpoint.read(tmp_path / "run")
    assert torch.equal(tensors["a"], shared) and torch.equal(tensors["b"], shared)


def test_an_interrupt_leaves_no_part(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(whole.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkpoint.write(tmp_path / "run", TENSORS, {})
    assert list(tmp_path.iterdir()) == []


def test_truncated_at_every_kind_of_place(tmp_path):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {})
    body = path.read_bytes()
    for length in (0, 4, 8, 60, len(body) - 1):
        path.write_bytes(body[:length])
        with pytest.raises(ValueError, match="run.safetensors is truncated, damaged or not a checkpoint"):
            checkpoint.read(path)


def test_one_flipped_bit_is_noticed(tmp_path):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {})
    body = bytearray(path.read_bytes())
    body[-1] ^= 1
    path.write_bytes(bytes(body))
    with pytest.raises(ValueError, match="damaged"):
        checkpoint.read(path)


def test_a_file_of_somebody_else(tmp_path):
    from safetensors.torch import save_file

    path = tmp_path / "weights.safetensors"
    save_file({"w": torch.ones(2)}, path)
    with pytest.raises(ValueError, match="not a checkpoint of this book"):
        checkpoint.read(path)


def test_failed_write_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {"n": 1})
    before = path.read_bytes()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(whole.os, "fsync", full)
    with pytest.raises(OSError, match="could not be written .*No space left.* unchanged"):
        checkpoint.write(path, TENSORS, {"n": 2})
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


def test_a_folder_that_takes_no_file_is_refused_before_the_first_round(tmp_path, monkeypatch):
    """The root user may write everywhere, so the folder's refusal is played."""
    honest = tempfile.TemporaryFile

    def refuse(*args, dir=None, **named):
        if dir == tmp_path:
            raise PermissionError(13, "Permission denied")
        return honest(*args, dir=dir, **named)

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    with pytest.raises(OSError, match="checkpoint must be in a folder that can be written"):
        writable(tmp_path / "run.safetensors")
    assert writable(tmp_path / "deeper" / "run.safetensors").parent.is_dir()

"""Checkpoints: whole or absent, damage is noticed, nothing is left behind."""

import json
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


def with_header(path, change):
    """The file again, its header changed."""
    body = path.read_bytes()
    end = 8 + int.from_bytes(body[:8], "little")
    header = json.loads(body[8:end])
    change(header["__metadata__"])
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + body[end:])


def test_the_digest_covers_the_facts(tmp_path):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {"lr": 0.001, "n": 20})

    def faster(notes):
        notes["facts"] = notes["facts"].replace("0.001", "0.901")

    with_header(path, lambda notes: None)
    assert checkpoint.read(path)[1] == {"lr": 0.001, "n": 20}
    with_header(path, faster)
    with pytest.raises(ValueError, match="run.safetensors is damaged: its contents do not match the digest"):
        checkpoint.read(path)


def test_no_flipped_bit_of_the_facts_goes_unnoticed(tmp_path):
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {"lr": 0.001, "n": 20})
    body = path.read_bytes()
    start = body.index(b'"facts"') + 9
    for place in range(start, body.index(b"20", start) + 2):
        for bit in range(8):
            path.write_bytes(body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :])
            with pytest.raises(ValueError, match="damaged"):
                checkpoint.read(path)


def test_a_file_of_an_earlier_ganbook_is_refused_by_a_sentence(tmp_path):
    """Its digest left the facts out, so nothing would tell that they were changed."""
    path = tmp_path / "run.safetensors"
    checkpoint.write(path, TENSORS, {"n": 20})
    with_header(path, lambda notes: notes.update(sha256=checkpoint.digest(TENSORS)))
    with pytest.raises(ValueError, match="run.safetensors was written by an earlier ganbook.* name another file"):
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


def test_a_symbolic_link_stays_one(tmp_path):
    (tmp_path / "drive").mkdir()
    link, file = tmp_path / "run", tmp_path / "drive" / "run.safetensors"
    link.symlink_to(file)
    assert writable(link, 9) == link and not file.exists()
    for n in (1, 2):
        checkpoint.write(link, TENSORS, {"n": n})
        assert link.is_symlink() and checkpoint.read(file)[1] == {"n": n}
    assert [entry.name for entry in file.parent.iterdir()] == ["run.safetensors"]


def test_what_can_be_known_before_the_first_round_is_refused_there(tmp_path):
    def refused(path, why):
        with pytest.raises(OSError, match=f"checkpoint must be a file that can be written, got .*{why}"):
            writable(path, 9)
        with pytest.raises(OSError, match="checkpoint .* could not be written .*; what was there before is unchanged"):
            checkpoint.write(path, TENSORS, {})

    (tmp_path / "folder.part").mkdir()
    refused(tmp_path / "folder", "folder.part is a folder")
    refused(tmp_path / ("a" * 252), "name too long")
    (tmp_path / "lost").symlink_to(tmp_path / "not mounted" / "run")
    refused(tmp_path / "lost", "No such file or directory")
    assert not (tmp_path / "not mounted").exists()


def test_the_look_before_leaves_what_a_kill_left(tmp_path):
    (tmp_path / "run.part").write_text("half")
    writable(tmp_path / "run", 9)
    assert (tmp_path / "run.part").read_text() == "half"
    checkpoint.write(tmp_path / "run", TENSORS, {})
    assert [entry.name for entry in tmp_path.iterdir()] == ["run"]


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """The root user may write everywhere, so the folder's refusal is played."""
    honest = tempfile.TemporaryFile

    def refuse(*args, dir=None, **named):
        if dir == tmp_path:
            raise PermissionError(13, "Permission denied")
        return honest(*args, dir=dir, **named)

    return lambda: monkeypatch.setattr(tempfile, "TemporaryFile", refuse)


def test_a_folder_that_takes_no_file_is_refused_before_the_first_round(tmp_path, read_only):
    read_only()
    with pytest.raises(OSError, match="checkpoint must be in a folder that can be written"):
        writable(tmp_path / "run.safetensors", 9)
    assert writable(tmp_path / "deeper" / "run.safetensors", 9).parent.is_dir()

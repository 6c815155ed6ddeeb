"""What is written beside results: weights with a card, a training's note, checkpoints; and what is passed over."""

import json
import re
import warnings
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load

from ganbook.files import checkpoint, weights
from ganbook.files.note import Note, digests, place
from ganbook.ramps import Ramp, ends, settle
from ganbook.strays import warn_of_strays

TENSORS = {
    "w": torch.arange(6.0).reshape(2, 3).T / 7,  # its columns lie side by side
    "n": torch.tensor([2**24 + 1]),
    "p": torch.nn.Parameter(torch.full((2,), 1 / 3)),
}


# ---- weights with a card


@pytest.mark.parametrize(("more", "kind"), [({}, "float16"), ({"half": True}, "float16"), ({"half": False}, None)])
def test_weights_are_halved_unless_told_otherwise_and_whole_numbers_stay(tmp_path, more, kind):
    folder = tmp_path / "deep" / "er"
    for _ in range(2):  # into a folder that is there, too
        told = weights.write(folder, "a", TENSORS, {"made": "by hand"}, **more)
    stored = load((folder / "a.safetensors").read_bytes())
    assert stored["w"].dtype == (torch.float16 if kind else torch.float32) and stored["n"].dtype == torch.int64
    assert told["storage"] == (kind or "as trained") and told["bytes"] == (folder / "a.safetensors").stat().st_size
    found, card = weights.read(folder, "a")
    assert card == told == weights.read_card(folder, "a") and card["made"] == "by hand"
    assert {x.dtype for name, x in found.items() if name != "n"} == {torch.float32} and found["n"].item() == 2**24 + 1
    expected = TENSORS["w"].half().float() if kind else TENSORS["w"]
    assert torch.equal(found["w"], expected)
    text = (folder / "a.json").read_text()
    assert text.endswith("}\n") and len(text.splitlines()) == len(card) + 2, "a line a fact"


def test_damage_is_named_by_its_kind(tmp_path):
    weights.write(tmp_path, "a", TENSORS, {})
    path = tmp_path / "a.safetensors"
    body = path.read_bytes()
    for other, said in ((body[:-1], f"truncated: {len(body) - 1} of {len(body)} bytes"), (body[:-1] + b"?", "changed")):
        path.write_bytes(other)
        with pytest.raises(OSError, match=f"are {said}: their SHA-256 is"):
            weights.read(tmp_path, "a")
    assert weights.names(tmp_path) == ["a"]


# ---- the note of a training


def test_a_note_comes_back_and_what_cannot_be_read_is_none(tmp_path):
    out = tmp_path / "own.safetensors"
    assert Note.beside(out) is None and place(out).name == "own.note.json"
    note = Note("python -m ganbook train é", {"--size": 32, "--few": True}, ("a", "b"))
    note.write(out)
    assert Note.beside(out) == note
    for damaged in ("", "[]", '{"command": "x"}'):
        place(out).write_text(damaged)
        assert Note.beside(out) is None


def test_only_an_option_that_is_another_is_named():
    note = Note("", {"--size": 32, "--few": True, "--gone": 1})
    note.check_options({"--size": 32, "--few": True, "--new": 3}, Path("o"))
    for now, said in (
        ({"--size": 64}, "lies at --out o, --size 32, got --size 64"),
        ({"--few": False}, "got no --few"),
    ):
        with pytest.raises(ValueError, match=said):
            note.check_options(now, Path("o"))


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("abcd", ""),
        ("dcba", ""),
        ("abcde", "Going on with 1 picture more than before."),
        ("abc", "Going on with 1 fewer than before."),
        ("ab", "Going on with 2 fewer than before."),  # half of them: still the same set
        ("abxyz", "Going on with 3 pictures more and 2 fewer than before."),
        ("axyz", None),
    ],
)
def test_other_pictures_are_told_and_another_set_is_refused(now, told):
    note = Note("the command", {}, tuple("abcd"))
    if told is None:
        with pytest.raises(ValueError, match="training on 4 pictures lies, 1 of them in this folder. It was: the comm"):
            note.compare(tuple(now), Path("o"))
    else:
        assert note.compare(tuple(now), Path("o")) == told


def test_a_digest_a_picture_tells_pictures_apart():
    images = torch.zeros(1_003, 1, 2, 2, dtype=torch.uint8)
    images[1_001:] = 1
    found = digests(images)
    assert len(found) == 1_003 and len(set(found)) == 2 and found[1_001] == found[1_002] != found[1_000]
    assert {len(each) for each in found} == {12}
    grown = torch.arange(8, dtype=torch.uint8).reshape(1, 2, 2, 2)
    assert digests(grown.mT) == digests(grown.mT.contiguous()) != digests(grown)


# ---- checkpoints


def test_the_same_facts_give_the_same_digest_in_whatever_order_they_come(tmp_path):
    tied = {"a": TENSORS["w"], "b": TENSORS["w"]}
    checkpoint.write(tmp_path / "one", tied, {"n": 1, "seed": 2})
    checkpoint.write(tmp_path / "two", dict(reversed(tied.items())), {"seed": 2, "n": 1})
    one, two = (re.search(rb'"sha256":"(\w+)"', (tmp_path / name).read_bytes())[1] for name in ("one", "two"))
    assert one == two
    tensors, facts = checkpoint.read(tmp_path / "one")
    assert (
        facts == {"n": 1, "seed": 2}
        and torch.equal(tensors["a"], TENSORS["w"])
        and torch.equal(tensors["b"], TENSORS["w"])
    )


def test_a_digest_is_of_names_types_shapes_bytes_and_facts():
    x = torch.arange(6, dtype=torch.float32)
    same = [{"x": x.reshape(2, 3)}, {"x": x.reshape(2, 3).T.contiguous().T}]
    assert checkpoint.digest(same[0]) == checkpoint.digest(same[1])
    others = [{"x": x}, {"y": x.reshape(2, 3)}, {"x": x.reshape(3, 2)}, {"x": (x + 1).reshape(2, 3)}, {}]
    others += [{"x": x.view(torch.int32).reshape(2, 3)}]
    assert len({checkpoint.digest(each) for each in [same[0], *others]}) == 7
    assert checkpoint.digest(same[0], "facts") != checkpoint.digest(same[0])


# ---- what lies in a folder and is not read


def told_of(root):
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        warn_of_strays("path", root, (".png", ".jpg", ".tif"))
    return [str(each.message) for each in told]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"a.png": "PNG", "b.JPG": "JPEG", ".c": "PNG", "__MACOSX/d": "PNG", ".e/f": "PNG", "Thumbs.db": b"x"}, None),
        ({"a.txt": "JPEG"}, "1 picture without an ending that says so ('a.txt' is a JPEG: name it a.jpg)"),
        (
            {"d/IMG_1": "TIFF", "d/g": b"x"},
            "1 picture without an ending that says so ('d/IMG_1' is a TIFF: name it IMG_1.tif)",
        ),
        ({"a.ppm": "PPM"}, "1 picture without an ending that says so ('a.ppm' is a PPM: convert it)"),
        ({"a.SVG": b"x"}, "1 picture without an ending that says so ('a.SVG' is a SVG: convert it)"),
        ({"a.ZIP": b"x", "b.7z": b"x"}, "2 archives ('a.ZIP': unpack it)"),
    ],
)
def test_only_what_may_have_been_meant_is_told_of(tmp_path, files, said):
    for name, content in sorted(files.items()):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content) if isinstance(content, bytes) else Image.new("L", (9, 9)).save(path, content)
    told = told_of(tmp_path)
    if len(files) == 2 and "b.7z" in files:  # the order of a folder's files is the system's
        told = [each.replace("'b.7z'", "'a.ZIP'") for each in told]
    assert told == ([] if said is None else [f"path leaves out {said}"])


# ---- numbers that move


def test_a_ramp_ends_where_it_is_said_to_and_settles_wherever_it_stands():
    ramp = Ramp(0.05, 0.005, 10)
    assert [ramp.at(k) for k in (0, 10, 11)] == [0.05, 0.005, 0.005] and ramp.at(5) == pytest.approx(0.0275)
    still = (1.0, ("a", 2))
    assert settle(still, 3) is still and settle((still, ramp), 10) == (still, 0.005)
    assert ends(ramp) == (0.05, 0.005) and ends(3) == (3,)
    for bad in ((float("nan"), 0.0, 1), (0.0, float("inf"), 1), (0.0, 1.0, 0)):
        with pytest.raises(ValueError, match="start must|end must|images must"):
            Ramp(*bad)
    assert json.dumps(settle({"lr": 1}, 3)) == '{"lr": 1}'

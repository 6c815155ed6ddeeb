"""Feature networks: accuracy as the card says, hashes, shapes, frozen weights, the book Frechet distance."""

import json
import shutil

import pytest
import torch
from safetensors import safe_open
from torch.testing import assert_close

from ganbook import data, features
from ganbook.files import weights
from ganbook.metrics import frechet_distance

REQUIRED = {"digits": 0.985, "fashion": 0.89}


@pytest.mark.parametrize("name", REQUIRED)
def test_accuracy_on_held_out_images_is_what_the_card_says_and_enough(name):
    net = features.load(name)
    held_out = getattr(data, name)(split="test")
    share = float((net.logits(held_out.x).argmax(1) == held_out.y).double().mean())
    assert share >= REQUIRED[name]
    assert abs(share - net.card["held_out"]["accuracy"]) <= 1.5 / len(held_out)  # another machine may round one over
    assert net.card["held_out"]["n"] == len(held_out)


@pytest.mark.parametrize("name", REQUIRED)
def test_files_are_small_and_the_card_is_complete(name):
    card = weights.read_card(features.FOLDER, name)
    assert (features.FOLDER / f"{name}.safetensors").stat().st_size == card["bytes"] < 500_000
    assert card["command"].startswith(f"python scripts/train_features.py {name} --seed {card['seed']}")
    assert card["data"] == {"set": name, "split": "train", "sha256": data.sha256(name)}
    assert card["storage"] == "float16"
    with safe_open(features.FOLDER / f"{name}.safetensors", framework="pt") as file:
        assert {file.get_tensor(key).dtype for key in file.keys()} == {torch.float16}


def test_the_network_is_frozen_and_gives_the_same_in_any_batch():
    net = features.load("digits")
    x = data.digits(split="test").x[:700]
    assert not net.training
    assert not any(p.requires_grad for p in net.parameters())
    whole = net.features(x)
    assert whole.shape == (700, 64)
    assert float(whole.min()) >= 0
    assert_close(whole[510:520], net.features(x[510:520]), rtol=1e-4, atol=1e-4)
    assert_close(net.logits(x[:5]), net.head(whole[:5]))
    assert net.tag == f"digits@{net.card['sha256'][:8]}"


@pytest.mark.parametrize("size", [32, 64])
def test_the_sizes_of_the_book_show_the_network_the_same_digits(size):
    net = features.load("digits")
    small, large = data.digits(split="test").x[:200], data.digits(size=size, split="test").x[:200]
    agree = (net.logits(small).argmax(1) == net.logits(large).argmax(1)).double().mean()
    assert float(agree) >= (1.0 if size == 32 else 0.97)


@pytest.mark.parametrize("shape", [(2, 3, 28, 28), (2, 1, 27, 27)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="x must (hold|be) images of shape"):
        features.as_28(torch.zeros(shape))


def test_book_frechet_distance_names_itself_and_its_network():
    net = features.load("digits")
    x, y = data.digits(split="test").x[:300], data.fashion(split="test").x[:300]
    score = features.book_frechet_distance(net, x, y)
    assert score.name == "book Frechet distance"
    assert score.features == net.tag
    assert_close(float(score), float(frechet_distance(net.features(x), net.features(y))))
    assert float(score) > 10 * float(features.book_frechet_distance(net, x, data.digits(split="test").x[300:600]))


def test_unknown_names_are_refused_with_the_known_ones():
    with pytest.raises(ValueError, match="name must be one of digits, faces, fashion, got 'emoji'"):
        features.load("emoji")


# --- files that are not as they were ---------------------------------------------------------------------------------


@pytest.fixture
def copy(tmp_path, monkeypatch):
    for suffix in ("json", "safetensors"):
        shutil.copy(features.FOLDER / f"digits.{suffix}", tmp_path)
    monkeypatch.setattr(features, "FOLDER", tmp_path)
    return tmp_path


def test_a_truncated_file_is_named(copy):
    path = copy / "digits.safetensors"
    path.write_bytes(path.read_bytes()[:1_000])
    with pytest.raises(OSError, match=r"digits\.safetensors are truncated: 1000 of \d+ bytes"):
        features.load("digits")


def test_one_changed_byte_is_found(copy):
    path = copy / "digits.safetensors"
    body = bytearray(path.read_bytes())
    body[-7] ^= 1
    path.write_bytes(body)
    with pytest.raises(OSError, match=r"digits\.safetensors are changed: their SHA-256 is"):
        features.load("digits")


def test_a_missing_file_and_a_damaged_card_are_named(copy):
    (copy / "digits.safetensors").unlink()
    with pytest.raises(OSError, match="cannot read the weights"):
        features.load("digits")
    (copy / "digits.json").write_text("{")
    with pytest.raises(OSError, match=r"the card .*digits\.json is missing or damaged"):
        features.load("digits")


def test_a_pickle_is_refused_even_if_its_hash_fits(copy):
    import hashlib

    path = copy / "digits.safetensors"
    torch.save({"x": torch.zeros(2)}, path)
    body = path.read_bytes()
    (copy / "digits.json").write_text(json.dumps({"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}))
    with pytest.raises(OSError, match="are no safetensors file"):
        features.load("digits")


def test_writing_twice_gives_the_same_bytes(tmp_path):
    tensors = {"b": torch.rand(3), "a": torch.arange(4)}
    one = weights.write(tmp_path, "one", tensors, {"seed": 0})
    two = weights.write(tmp_path, "two", dict(reversed(tensors.items())), {"seed": 0})
    assert one["sha256"] == two["sha256"]
    again, card = weights.read(tmp_path, "one")
    assert card["seed"] == 0
    assert_close(again["b"], tensors["b"].half().float())
    assert torch.equal(again["a"], tensors["a"])
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("name", ["real", "fake"])
def test_what_are_no_images_is_told_so(name, as_readers):
    sets = {"real": torch.zeros(2, 1, 4, 4), "fake": torch.zeros(2, 1, 4, 4)} | {name: torch.zeros(2, 4)}
    with pytest.raises(ValueError, match=rf"^{name} must be images of shape \(n, c, h, w\), got shape \(2, 4\)"):
        features.pixel_frechet_distance(**sets)


def test_a_network_is_where_it_is_asked_for():
    assert {p.device.type for p in features.load("digits", device="meta").parameters()} == {"meta"}


def test_each_network_takes_the_sizes_of_its_images_and_counts_both_sets(as_readers):
    digits, faces = features.FeatureNet().eval(), features.FaceNet({"glasses": 2}).eval()
    for net, channels, sides in ((digits, 1, (28, 32, 64)), (faces, 3, (16, 32))):
        for side in sides:
            score = features.book_frechet_distance(
                net, torch.zeros(3, channels, side, side), torch.zeros(2, channels, side, side)
            )
            assert (score.n_real, score.n_fake) == (3, 2)
        for side in {16, 28, 31, 32, 33, 64, 65} - set(sides):
            images = torch.zeros(2, channels, side, side)
            with pytest.raises(ValueError, match="real must hold images"):
                features.book_frechet_distance(net, images, images)


GOOD = torch.zeros(2, 1, 28, 28)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net: features.book_frechet_distance(3, GOOD, GOOD), "net must be a network of features.load"),
        (lambda net: features.book_frechet_distance(net, GOOD + 3, GOOD), "real must hold images in"),
        (lambda net: features.book_frechet_distance(net, GOOD, GOOD - 3), "fake must hold images in"),
        (lambda net: features.book_frechet_distance(net, GOOD.double(), GOOD), "real must be in float32"),
        (lambda net: net.features(GOOD.double()), "x must be in float32"),
        (lambda net: net.features([0.0]), "x must be images, got"),
        (lambda net: features.FeatureNet(card="a"), "card must be a dict or None"),
        (lambda net: features.FaceNet({"glasses": 2}, card="a"), "card must be a dict or None"),
        (lambda net: features.FaceNet(["glasses"]), "heads must be a dict"),
        (lambda net: features.FaceNet({"glasses": 0}), "heads must be attributes with numbers of values >= 1"),
        (lambda net: features.FaceNet({"glasses": 1.5}), "heads must be attributes with numbers of values >= 1"),
        (lambda net: features.load("digits", device="gpu"), "device must be"),
    ],
)
def test_what_a_network_cannot_take_is_named(call, message, as_readers):
    with pytest.raises((ValueError, TypeError), match="^" + message):
        call(features.FeatureNet().eval())


def test_an_attribute_may_have_one_value_alone():
    assert features.FaceNet({"alone": 1}).eval().probabilities(torch.zeros(2, 3, 16, 16))["alone"].tolist() == [
        [1],
        [1],
    ]

"""The feature network of faces: accuracy of each attribute as the card says, distances in features and in pixels."""

import pytest
import torch
from torch.testing import assert_close

from ganbook import data, features
from ganbook.files import weights
from ganbook.metrics import frechet_distance

REQUIRED = {"glasses": 0.98, "length": 0.98, "beard": 0.95, "hair": 0.95, "hat": 0.98, "mouth": 0.95}


@pytest.fixture(scope="module")
def net():
    return features.load("faces", device="cpu")


@pytest.fixture(scope="module")
def held_out():
    return data.faces(split="test", device="cpu")


def test_accuracy_on_held_out_faces_is_what_the_card_says_and_enough(net, held_out):
    told = net.attributes(held_out.x)
    assert list(told) == list(held_out.attributes) == list(net.card["held_out"]["accuracy"])
    for name, codes in told.items():
        share = float((codes == held_out.column(name)).double().mean())
        assert share >= REQUIRED.get(name, 0.7)
        assert abs(share - net.card["held_out"]["accuracy"][name]) <= 1.5 / len(held_out) + 1e-5
    assert net.card["held_out"]["n"] == len(held_out)


def test_the_file_is_small_and_the_card_complete():
    card = weights.read_card(features.FOLDER, "faces")
    assert (features.FOLDER / "faces.safetensors").stat().st_size == card["bytes"] < 500_000
    assert card["command"].startswith(f"python scripts/train_face_features.py --seed {card['seed']}")
    assert card["data"] == {"set": "faces", "split": "train", "sha256": data.sha256("faces")}
    assert card["heads"] == {name: len(values) for name, values in data.faces(split="test").attributes.items()}
    assert card["storage"] == "float16"


def test_it_is_frozen_and_sees_in_doubled_faces_what_it_sees_in_small_ones(net, held_out):
    assert not net.training and not any(p.requires_grad for p in net.parameters())
    assert net.tag == f"faces@{net.card['sha256'][:8]}"
    x, large = held_out.x[:600], data.faces(32, "test", device="cpu").x[:600]
    found = net.features(x)
    assert found.shape == (600, features.FACE_WIDTH) and float(found.min()) >= 0
    assert_close(found, net.features(large), rtol=1e-4, atol=1e-4)
    assert_close(found[500:], net.features(x[500:]), rtol=1e-4, atol=1e-4)


def test_probabilities_sum_to_one_and_follow_the_heads(net, held_out):
    found = net.probabilities(held_out.x[:10])
    for name, p in found.items():
        assert p.shape == (10, len(held_out.attributes[name]))
        assert_close(p.sum(1), torch.ones(10))
    assert_close(torch.cat([p.log() for p in found.values()], 1).shape, net(held_out.x[:10]).shape)


@pytest.mark.parametrize("shape", [(2, 1, 16, 16), (2, 3, 28, 28), (2, 3, 64, 64)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="x must (hold|be) images of shape .n, 3, s, s."):
        features.as_16(torch.zeros(shape))


def test_it_tells_the_pairs_apart_and_nothing_else_changes(net):
    for attribute in ("glasses", "beard", "mouth", "hair"):
        first, second = (net.attributes(x) for x in data.faces_pairs(attribute, device="cpu"))
        assert (first[attribute] != second[attribute]).double().mean() > 0.98
        for other in {"glasses", "length", "hat", "skin"} - {attribute}:
            assert (first[other] == second[other]).double().mean() > 0.97


def test_book_frechet_distance_of_faces_finds_what_is_missing(net, held_out):
    real, rest = held_out.x[:2_000], held_out.x[2_000:]
    same = float(features.book_frechet_distance(net, real, rest))
    bare = data.faces(device="cpu").where(glasses="none").x[:2_000]
    assert float(features.book_frechet_distance(net, real, bare)) > 3 * same
    assert features.book_frechet_distance(net, real, rest).features == net.tag


def test_pixel_distance_is_the_frechet_distance_of_pixels_between_0_and_1(held_out):
    x, y = held_out.x[:300], held_out.x[300:600]
    score = features.pixel_frechet_distance(x, y)
    assert score.name == "pixel Frechet distance" and score.features == "pixels in [0, 1]"
    assert_close(float(score), float(frechet_distance((x.flatten(1) + 1) / 2, (y.flatten(1) + 1) / 2)))
    assert_close(4 * float(score), float(frechet_distance(x.flatten(1), y.flatten(1))))
    assert float(features.pixel_frechet_distance(x, x)) < 1e-6
    # a constant added to all pixels: the means differ by it in each, the covariances not at all
    assert_close(float(features.pixel_frechet_distance(x / 2, x / 2 + 0.1)), 768 * 0.05**2, rtol=1e-4, atol=1e-4)


def test_pixel_distance_refuses_different_shapes():
    with pytest.raises(ValueError, match=r"images of one shape, got \(4, 3, 16, 16\) and \(4, 3, 32, 32\)"):
        features.pixel_frechet_distance(torch.zeros(4, 3, 16, 16), torch.zeros(4, 3, 32, 32))

"""How models of the zoo are scored: every score again by hand on a few images in place of a whole set."""

import types

import numpy as np
import pytest
import torch
from torch.testing import assert_close

import ganbook
from ganbook import data, features, metrics, zoo
from ganbook.studies import translation
from ganbook.zoo import scores as scoring

HELD, TRAINED = 40, 90


class Part:
    """A few images in place of a set: those of digits or faces, or noise."""

    def __init__(self, x, attributes=None):
        self.x, self.attributes = x, attributes

    def __len__(self):
        return len(self.x)


class Told:
    """In place of a score that takes long: a number that tells what it was asked."""

    def __init__(self, name, value):
        self.name, self.value = name, float(value)

    def __float__(self):
        return self.value


def similar(images, *, pairs, seed):
    return Told("MS-SSIM", images.double().mean() * pairs + seed)


def far(real, fake):
    return Told("pixel Frechet distance", 3 * fake.double().mean() - real.double().std())


NOISE = {
    ("train", "drawn"): (TRAINED, 64),
    ("test", "drawn"): (HELD, 64),
    ("train", "noto"): (7, 32),
    ("train", "twemoji"): (5, 32),
    ("test", "noto"): (3, 32),
    ("test", "twemoji"): (2, 32),
}


@pytest.fixture
def few(monkeypatch):
    digits, faces = data.digits, data.faces

    def noise(split, style):
        n, side = NOISE[split, style]
        return Part(torch.rand(n, 3, side, side, generator=torch.Generator().manual_seed(n)) * 2 - 1)

    def some_faces(split="train", style="", **_):
        if style:
            return noise(split, style)
        whole = faces(split=split)
        return Part(whole.x[: HELD if split == "test" else TRAINED], whole.attributes)

    def some_digits(split="train"):
        return Part(digits(split=split).x[: HELD if split == "test" else TRAINED])

    def some_emoji(style, category, split="train"):
        assert category == "faces"
        return noise(split, style)

    for name, made in (("digits", some_digits), ("faces", some_faces), ("emoji", some_emoji)):
        monkeypatch.setattr(data, name, made)
    monkeypatch.setattr(metrics, "image_similarity", similar)
    monkeypatch.setattr(features, "pixel_frechet_distance", far)


def sampled(shape):
    """A sampler that keeps what it was asked for: images between those of a set and noise."""
    asked = []

    def sample(n, seed):
        asked.append((n, seed))
        return torch.rand(n, *shape, generator=torch.Generator().manual_seed(seed)) * 1.6 - 0.8

    return sample, asked


def again(shape, n, one):
    """Mean over two draws of what `one` makes of (images, number of the draw)."""
    sample, _ = sampled(shape)
    rows = [one(sample(n, 1_000 + k), k) for k in range(2)]
    return {name: np.mean([float(row[name]) for row in rows]) for name in rows[0]}


def check(name, shape, n, one, *more):
    sample, asked = sampled(shape)
    found = scoring.score(sample, name, 2)
    assert asked == [(n, 1_000), (n, 1_001)]
    wanted = again(shape, n, one)
    assert {measure: value.mean for measure, value in found.items()} == pytest.approx(wanted, rel=1e-6)
    assert all(value.n == 2 and value.level == 0.95 for value in found.values())


def test_digits_are_scored_in_the_features_of_their_network(few):
    net, held, trained = features.load("digits"), data.digits(split="test").x, data.digits().x
    real, known = net.features(held), net.features(trained)

    def one(images, k):
        fake = net.features(images)
        precision, recall = metrics.precision_recall(real, fake)
        density, coverage = metrics.density_coverage(real, fake)
        return {
            "book Frechet distance": metrics.frechet_distance(real, fake),
            "kernel distance": metrics.kernel_distance(real, fake),
            "precision": precision,
            "recall": recall,
            "density": density,
            "coverage": coverage,
            "Inception Score": metrics.inception_score(net.head(fake), splits=1),
            "MS-SSIM": similar(images, pairs=2_000, seed=k),
            "memorisation": metrics.memorisation(fake, known, real),
        }

    check("digits", (1, 28, 28), HELD, one)


def test_faces_are_scored_and_counted(few):
    net, held = features.load("faces"), data.faces(split="test").x
    real, known = net.features(held), net.features(data.faces().x)

    def one(images, k):
        fake, told = net.features(images), net.attributes(images)
        precision, recall = metrics.precision_recall(real, fake)
        shares = np.bincount(told["hair"].numpy()) / HELD
        return {
            "pixel Frechet distance": features.pixel_frechet_distance(held, images),
            "book Frechet distance": features.book_frechet_distance(net, held, images),
            "precision": precision,
            "recall": recall,
            "MS-SSIM": similar(images, pairs=2_000, seed=k),
            "memorisation": metrics.memorisation(fake, known, real),
            "share with glasses": (told["glasses"] > 0).double().mean(),
            "entropy of hair colours": -sum(share * np.log(share) for share in shares if share),
        }

    check("faces", (3, 16, 16), HELD, one)


def means(x):
    return x.unflatten(3, (16, 4)).unflatten(2, (16, 4)).mean((3, 5))


def test_drawn_faces_are_scored_on_means_of_four_by_four_pixels(few):
    held, known = (means(data.faces(style="drawn", split=split).x) for split in ("test", "train"))

    def one(images, k):
        small = means(images)
        return {
            "pixel Frechet distance": features.pixel_frechet_distance(held, small),
            "MS-SSIM": similar(small, pairs=2_000, seed=k),
            "memorisation": metrics.memorisation(small.flatten(1), known.flatten(1), held.flatten(1)),
        }

    check("faces-drawn", (3, 64, 64), HELD, one)


def test_emoji_are_scored_on_pixels_against_what_there_is_to_train_on(few):
    """Faces as they are; those that were moved and mirrored are what may be memorised, which held-out ones can tell."""
    faces, held = (
        torch.cat([data.emoji(style, category="faces", split=split).x for style in ("noto", "twemoji")]).flatten(1)
        for split in ("train", "test")
    )
    every = scoring.emoji_faces().x.flatten(1)
    assert len(every) == 18 * len(faces) == 18 * 12

    def one(images, k):
        return {
            "sliced Wasserstein distance": metrics.sliced_wasserstein(faces, images.flatten(1)),
            "MS-SSIM": similar(images, pairs=2_000, seed=k),
            "memorisation": metrics.memorisation(images.flatten(1), every, held),
        }

    check("emoji", (3, 32, 32), 12, one)


# --- what a card says

SETS = {
    "digits": ("against the held-out images of digits, as many fakes", "digits"),
    "fashion": ("against the held-out images of fashion, as many fakes", "fashion"),
    "faces": ("against the held-out images of faces, as many fakes", "faces"),
    "faces-drawn": (
        "on the means of 4 x 4 pixels, against the held-out images of faces-drawn, as many fakes",
        None,
    ),
    "emoji": (
        "on pixels, against the 238 faces to train on, as many fakes; memorisation: by the 22 faces held out",
        None,
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_a_set_and_what_its_fakes_are_held_against_in_words(name):
    words, net = SETS[name]
    assert scoring.against(name) == words
    assert scoring.seen_by(name) == ("pixels" if net is None else features.load(net).tag)
    files = ("emoji", "emoji-noto", "emoji-twemoji")
    assert zoo.sums(name) == ({file: data.sha256(file) for file in files} if name == "emoji" else data.sha256(name))


def test_training_images_are_drawn_by_seed():
    a, b = (scoring.training_images("digits")(3, seed) for seed in (5, 6))
    assert torch.equal(a, data.digits()(3, torch.Generator().manual_seed(5))) and not torch.equal(a, b)


def test_real_images_stand_beside_those_of_a_model_with_half_as_many_draws(monkeypatch):
    asked = []

    def score(sample, name, repeats=10):
        asked.append((name, repeats))
        return {"mean": metrics.interval([float(sample(4, seed).mean()) for seed in (1, 2)])}

    monkeypatch.setattr(scoring, "score", score)
    made = types.SimpleNamespace(sample=lambda n, seed: torch.full((n, 1, 2, 2), float(seed)))
    card = scoring.of_samples(made, "faces")
    assert asked == [("faces", 10), ("faces", 5)]
    assert card["values"]["mean"]["mean"] == 1.5 and card["real"]["mean"]["mean"] < 1
    assert card["protocol"].startswith(scoring.against("faces") + ", 10 draws of z, 95 % t intervals; real: 5 draws")
    assert card["features"] == features.load("faces").tag


@pytest.fixture
def pairs(monkeypatch):
    """Two blocks of a hundred true pairs; on the processor, whatever device this process has."""
    whole = data.faces_pairs
    monkeypatch.setattr(data, "faces_pairs", lambda *asked, **more: tuple(x[:200] for x in whole(*asked, **more)))
    x, y = data.faces_pairs("glasses", device="cpu")
    monkeypatch.setenv("GANBOOK_DEVICE", "meta")
    ganbook.device.cache_clear()
    yield x, y
    ganbook.device.cache_clear()


def darker(x):
    return x * 0.9


def lighter(x):
    return (x + 0.1).clamp(-1, 1)


def test_translations_are_scored_both_ways_in_blocks_of_a_hundred(pairs):
    x, y = pairs
    net, where = features.load("faces", "cpu"), translation.region(x, y)
    found, wanted = scoring.score_pairs(darker, lighter), {}
    for part in (slice(100), slice(100, 200)):
        for way, a, b, made, codes in (
            ("put on", x[part], y[part], darker(x[part]), (1, 2)),
            ("take off", y[part], x[part], lighter(y[part]), (0,)),
        ):
            scores = {
                "hit": translation.hit(net, made, codes=codes),
                "unchanged": translation.unchanged(net, a, made),
                "outside": translation.outside(a, made, where),
                "L1": translation.l1(made, b),
                "rank": translation.ranks(made, b).mean(),
            }
            for measure, value in scores.items():
                wanted.setdefault(f"{way}: {measure}", []).append(float(value))
        back = lighter(darker(x[part]))
        wanted.setdefault("cycle", []).append(float((back.double() - x[part].double()).abs().mean()))
    assert {name: value.mean for name, value in found.items()} == pytest.approx(
        {name: np.mean(values) for name, values in wanted.items()}, rel=1e-9
    )


def test_without_translators_the_true_partners_are_scored(pairs):
    for given in ((), (darker, None), (None, None)):
        found = scoring.score_pairs(*given)
        for way in ("put on", "take off"):
            assert found[f"{way}: L1"].mean == found[f"{way}: outside"].mean == 0
            assert found[f"{way}: rank"].mean == 1 and found[f"{way}: hit"].mean > 0.98
    assert scoring.score_pairs()["cycle"].mean == 0


def test_a_card_of_translators_says_what_the_truth_and_the_input_score(pairs):
    model = types.SimpleNamespace(G=torch.nn.Identity(), F=torch.nn.Hardtanh(-0.5, 0.5))
    card = scoring.of_pairs(model, "faces")
    assert card["features"] == features.load("faces").tag and card["protocol"].startswith("on the 1,000 held-out true")
    assert card["copied"]["put on: L1"] == card["values"]["put on: L1"] != card["real"]["put on: L1"]
    assert card["copied"]["take off: L1"] != card["values"]["take off: L1"]
    assert card["copied"]["cycle"]["mean"] == 0 and card["values"]["cycle"]["mean"] > 0
    x, y = pairs
    assert_close(card["copied"]["put on: L1"]["mean"], float((x - y).abs().double().mean()), rtol=1e-5, atol=0)

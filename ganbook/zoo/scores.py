"""What the models of the zoo are trained on, and how they are scored: in features, on pixels, or on true pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from ganbook import checks, data, features, metrics
from ganbook.studies import translation
from ganbook.studies.translation import Map


def emoji_faces() -> data.TensorSampler:
    """The 238 faces of both designs that are there to train on, each mirrored and moved by up to a pixel: 4,284 images.

    >>> emoji_faces()
    TensorSampler(4,284 samples of shape 3x32x32)
    """
    faces = torch.cat([data.emoji(style, category="faces").x for style in ("noto", "twemoji")])
    both = torch.cat([faces, faces.flip(-1)])
    wide = nn.functional.pad(both, (1, 1, 1, 1), value=1.0)  # white, as all around an emoji
    return data.from_tensor(torch.cat([wide[..., i : i + 32, j : j + 32] for i in range(3) for j in range(3)]))


SETS: dict[str, Callable[[], data.TensorSampler]] = {
    "digits": data.digits,
    "fashion": data.fashion,
    "emoji": emoji_faces,
    "faces": data.faces,
    "faces-drawn": partial(data.faces, style="drawn"),
}


def training_set(name: str) -> data.TensorSampler:
    """What the models of a set are trained on: "digits", "fashion", "emoji", "faces" (16 px), "faces-drawn" (64)."""
    checks.one_of("name", name, SETS)
    return SETS[name]()


def sums(name: str) -> str | dict[str, str]:
    """The SHA-256 of the file that a set comes from, or of each where it is made of several."""
    checks.text("name", name)
    if name != "emoji":
        return data.sha256(name)
    return {file: data.sha256(file) for file in ("emoji", "emoji-noto", "emoji-twemoji")}


def seen_by(name: str) -> str:
    """The tag of the features in which a set is scored, or "pixels" where no network was taught it."""
    return "pixels" if name in ("emoji", "faces-drawn") else features.load(name).tag


def against(name: str) -> str:
    """What the fakes of a set are scored against, in words."""
    if name == "emoji":
        return "on pixels, against the 238 faces to train on, as many fakes; memorisation: by the 22 faces held out"
    on = "on the means of 4 x 4 pixels, " if name == "faces-drawn" else ""
    return f"{on}against the held-out images of {name}, as many fakes"


def of_samples(model: Any, name: str) -> dict[str, Any]:
    """What a card says of a model that makes samples: how they were scored, the scores, and those of real images."""
    return {
        "protocol": f"{against(name)}, 10 draws of z, 95 % t intervals; "
        "real: 5 draws from the training set in place of fakes",
        "features": seen_by(name),
        "values": _plain(score(model.sample, name)),
        "real": _plain(score(training_images(name), name, repeats=5)),
    }


def of_pairs(model: Any, name: str) -> dict[str, Any]:
    """What a card says of two translators, beside the true partners and the copied input."""
    return {
        "protocol": "on the 1,000 held-out true pairs in ten blocks, 95 % t intervals; real: the true partner in place "
        "of the translation; copied: the input",
        "features": seen_by(name),
        "values": _plain(score_pairs(model.G.cpu(), model.F.cpu())),
        "real": _plain(score_pairs()),
        "copied": _plain(score_pairs(torch.clone, torch.clone)),
    }


def score_pairs(there: Map | None = None, back: Map | None = None) -> dict[str, metrics.Interval]:
    """Scores of glasses that `there` puts on and `back` takes off, and of the way there and back.

    there, back: (n, 3, 16, 16) -> the same; None for the true partners.
    """
    x, y = data.faces_pairs("glasses", device="cpu")
    net, where = features.load("faces", "cpu"), translation.region(x, y)
    values: dict[str, list[float]] = {}
    for a, b in zip(x.split(100), y.split(100), strict=True):
        with torch.no_grad():
            to_y, to_x = (b, a) if there is None or back is None else (there(a), back(b))
            again = a if back is None else back(to_y)
        on = translation.scored(a, to_y, b, net, codes=translation.WITH["glasses"], where=where)
        off = translation.scored(b, to_x, a, net, codes=(0,), where=where)
        for measure in ("hit", "unchanged", "outside", "L1", "rank"):
            values.setdefault(f"put on: {measure}", []).append(on[measure])
            values.setdefault(f"take off: {measure}", []).append(off[measure])
        values.setdefault("cycle", []).append(translation.l1(again, a))
    return {measure: metrics.interval(found) for measure, found in values.items()}


def _plain(scores: dict[str, metrics.Interval]) -> dict[str, dict[str, float]]:
    return {metric: interval._asdict() for metric, interval in scores.items()}


def score(sample: Callable[[int, int], Tensor], name: str, repeats: int = 10) -> dict[str, metrics.Interval]:
    """Scores of a sampler (n, seed) -> images against the held-out images of its set, or the emoji faces.

    As many fakes as held-out images (as there are faces to train on: only 22 are held out), drawn `repeats` times; 95 %
    intervals of the mean over these draws. They say how sure the score of these weights is, nothing on how another
    training would do.
    """
    if name == "emoji":
        return _score_pixels(sample, repeats)
    if name == "faces":
        return _score_faces(sample, repeats)
    if name == "faces-drawn":
        return _score_drawn(sample, repeats)
    net, held_out = features.load(name), getattr(data, name)(split="test").x
    training = net.features(getattr(data, name)().x)
    real = net.features(held_out)
    values: dict[str, list[float]] = {}
    for seed in range(repeats):
        images = sample(len(held_out), 1_000 + seed)
        fake = net.features(images)
        tag = {"features": net.tag}
        for found in (
            replace(metrics.frechet_distance(real, fake, **tag), name="book Frechet distance"),
            metrics.kernel_distance(real, fake, **tag),
            *metrics.precision_recall(real, fake, **tag),
            *metrics.density_coverage(real, fake, **tag),
            metrics.inception_score(net.head(fake), splits=1, **tag),
            metrics.image_similarity(images, pairs=2_000, seed=seed),
            metrics.memorisation(fake, training, real, **tag),
        ):
            values.setdefault(found.name, []).append(float(found))
    return {metric: metrics.interval(found) for metric, found in values.items()}


def _score_pixels(sample: Callable[[int, int], Tensor], repeats: int) -> dict[str, metrics.Interval]:
    """What can be said without a feature network for a set: on pixels, as many fakes as there are faces to train on."""
    training, tag = emoji_faces().x, {"features": "pixels"}
    faces = training[4 * len(training) // 9 :][: len(training) // 18]  # neither mirrored nor moved
    held_out = torch.cat([data.emoji(style, category="faces", split="test").x for style in ("noto", "twemoji")])
    values: dict[str, list[float]] = {}
    for seed in range(repeats):
        images = sample(len(faces), 1_000 + seed)
        for found in (
            metrics.sliced_wasserstein(faces.flatten(1), images.flatten(1), **tag),
            metrics.image_similarity(images, pairs=2_000, seed=seed),
            metrics.memorisation(images.flatten(1), training.flatten(1), held_out.flatten(1), **tag),
        ):
            values.setdefault(found.name, []).append(float(found))
    return {metric: metrics.interval(found) for metric, found in values.items()}


def _score_faces(sample: Callable[[int, int], Tensor], repeats: int) -> dict[str, metrics.Interval]:
    """Both Frechet distances, and what can be counted where the attributes are known: glasses, colours of hair."""
    net, held_out = features.load("faces"), data.faces(split="test")
    training, real = net.features(data.faces().x), net.features(held_out.x)
    colours = len(held_out.attributes["hair"])
    values: dict[str, list[float]] = {}
    for seed in range(repeats):
        images = sample(len(held_out), 1_000 + seed)
        fake, told, tag = net.features(images), net.attributes(images), {"features": net.tag}
        shares = told["hair"].bincount(minlength=colours).double() / len(images)
        for found in (
            features.pixel_frechet_distance(held_out.x, images),
            features.book_frechet_distance(net, held_out.x, images),
            *metrics.precision_recall(real, fake, **tag),
            metrics.image_similarity(images, pairs=2_000, seed=seed),
            metrics.memorisation(fake, training, real, **tag),
        ):
            values.setdefault(found.name, []).append(float(found))
        values.setdefault("share with glasses", []).append(float((told["glasses"] > 0).double().mean()))
        values.setdefault("entropy of hair colours", []).append(float(torch.special.entr(shares).sum()))
    return {metric: metrics.interval(found) for metric, found in values.items()}


def _score_drawn(sample: Callable[[int, int], Tensor], repeats: int) -> dict[str, metrics.Interval]:
    """No network was taught these: on the 768 means of 4 x 4 pixels, few enough that 2,000 faces give a covariance."""
    small = partial(nn.functional.avg_pool2d, kernel_size=4)
    training, held_out = (small(data.faces(style="drawn", split=split).x) for split in ("train", "test"))
    values: dict[str, list[float]] = {}
    for seed in range(repeats):
        images = small(sample(len(held_out), 1_000 + seed))
        for found in (
            features.pixel_frechet_distance(held_out, images),
            metrics.image_similarity(images, pairs=2_000, seed=seed),
            metrics.memorisation(images.flatten(1), training.flatten(1), held_out.flatten(1), features="pixels"),
        ):
            values.setdefault(found.name, []).append(float(found))
    return {metric: metrics.interval(found) for metric, found in values.items()}


def training_images(name: str) -> Callable[[int, int], Tensor]:
    """What the scores of a model are to be read beside: images of the training set, as if a generator had made them."""
    real = training_set(name)
    return lambda n, seed: real(n, torch.Generator().manual_seed(seed))

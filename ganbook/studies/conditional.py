"""Chapter 17's faces: four classes, and what is counted of pictures that were asked for by class."""

from __future__ import annotations

import torch
from torch import Tensor

from ganbook import checks, data, features, metrics
from ganbook.data.labels import check_labels
from ganbook.features import FaceNet
from ganbook.types import Batch, Int

CLASSES = ("short hair", "long hair", "short hair, glasses", "long hair, glasses")
"""Two attributes of which each value is as frequent as the other: hair is short or long, glasses are there or not."""


def four_classes(split: str = "train", device: torch.device | str | None = None) -> data.TensorSampler:
    """Faces of 16 px labelled by class: length of the hair, plus 2 where there are glasses. Each is a quarter of them.

    >>> faces = four_classes()
    >>> faces.classes[int(faces.y[0])] in CLASSES, len(faces)
    (True, 20000)
    """
    faces = data.faces(split=split, device=device)
    y = class_of({"length": faces.column("length"), "glasses": faces.column("glasses")})
    return data.TensorSampler(faces.stored, y, CLASSES)


def class_of(attributes: dict[str, Tensor]) -> Int[Tensor, " n"]:
    """The class of each face, from the codes of its attributes as `FaceNet.attributes` or the table tell them.

    >>> class_of({"length": torch.tensor([0, 1]), "glasses": torch.tensor([0, 2])}).tolist()  # short; long, dark
    [0, 3]
    """
    return attributes["length"] + 2 * (attributes["glasses"] > 0)


def label_accuracy(net: FaceNet, x: Batch, y: Int[Tensor, " n"]) -> float:
    """Share of pictures in which the classifier finds the class that was asked for.

    Raises: ValueError for labels out of range, or not one a picture; for pictures outside [-1, 1].
    """
    checks.images("x", x)
    check_labels(y, len(CLASSES))
    if len(x) != len(y):
        raise ValueError(f"y must hold one label for each of the {len(x)} rows of x, got {len(y)}")
    return float((class_of(net.attributes(x)) == y.to(x.device)).double().mean())


def scores(net: FaceNet, real: Batch, x: Batch, y: Int[Tensor, " n"]) -> dict[str, float]:
    """All that is measured of pictures x that were asked for by class y, against as many held-out faces.

    label accuracy; precision and recall in the features of chapter 6 and, beside them, on pixels; both Frechet
    distances.
    """
    precision, recall = metrics.precision_recall(net.features(real), net.features(x))
    pixel_precision, pixel_recall = metrics.precision_recall(real.flatten(1), x.flatten(1))
    return {
        "label accuracy": label_accuracy(net, x, y),
        "precision": float(precision),
        "recall": float(recall),
        "pixel precision": float(pixel_precision),
        "pixel recall": float(pixel_recall),
        "book distance": float(features.book_frechet_distance(net, real, x)),
        "px": float(features.pixel_frechet_distance(real, x)),
    }

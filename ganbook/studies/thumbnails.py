"""Precision and recall of small faces as they look from afar: on means of 4 x 4 pixels. Chapter 17."""

from __future__ import annotations

from torch.nn.functional import avg_pool2d

from ganbook import checks, metrics
from ganbook.metrics.neighbours import PrecisionRecall
from ganbook.types import Samples


def thumbnail_precision_recall(real: Samples, fake: Samples) -> PrecisionRecall:
    """Precision and recall on thumbnails: 16 px in colour become 48 numbers.

    On all pixels, and in the features of chapter 6, the recall of a network that was trained for a minute is nearly 0,
    and no truncation can be seen to lower it.

    Raises: ValueError as metrics.precision_recall, and for pictures outside [-1, 1].
    Derived in: chapter 17.

    >>> import torch
    >>> x = torch.rand(8, 3, 16, 16) * 2 - 1
    >>> [float(score) for score in thumbnail_precision_recall(x, x)]
    [1.0, 1.0]
    """
    checks.images("real", real)
    checks.images("fake", fake)
    return metrics.precision_recall(
        avg_pool2d(real, 4).flatten(1), avg_pool2d(fake, 4).flatten(1), features="means of 4 x 4 pixels"
    )

"""What arguments are asked, in one place: each check returns the value, or raises a ValueError that names the argument.

Every sentence has one form: NAME must be WHAT IS ALLOWED, got VALUE. Readers have no jaxtyping, so a check also refuses
what is of another kind altogether: a text, None, a list or a NumPy array where a tensor is meant.
"""

from __future__ import annotations

from ganbook.checks.plain import (
    HUGE,
    device,
    each,
    finite,
    flag,
    function,
    inside,
    instance,
    is_finite,
    like,
    maker,
    modules,
    not_negative,
    one_of,
    path,
    positive,
    series,
    shown,
    text,
    threshold,
    whole,
)
from ganbook.checks.tensors import (
    SLACK,
    all_finite,
    answering,
    batch,
    fits,
    images,
    into_range,
    loss,
    numbers,
    parameters,
    tensor,
    warn_of_range,
)
from ganbook.strays import warn_of_strays

__all__ = [
    "HUGE",
    "SLACK",
    "all_finite",
    "answering",
    "batch",
    "device",
    "each",
    "finite",
    "fits",
    "flag",
    "function",
    "images",
    "inside",
    "instance",
    "into_range",
    "is_finite",
    "like",
    "loss",
    "maker",
    "modules",
    "not_negative",
    "numbers",
    "one_of",
    "parameters",
    "path",
    "positive",
    "series",
    "shown",
    "tensor",
    "text",
    "threshold",
    "warn_of_range",
    "warn_of_strays",
    "whole",
]

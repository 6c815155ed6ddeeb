"""The import hook of conftest.py really enforces the annotations of ganbook."""

import inspect

import pytest
import torch
from jaxtyping import TypeCheckError

import ganbook.losses


def test_a_wrong_shape_is_refused():
    loss = ganbook.losses.NonSaturating()
    good, flat = torch.zeros(3, 1), torch.zeros(3)
    assert torch.isfinite(loss.d(good, good))
    with pytest.raises(TypeCheckError):
        loss.d(flat, good)


def test_a_wrong_dtype_is_refused():
    with pytest.raises(TypeCheckError):
        ganbook.losses.NonSaturating().d(torch.zeros(3, 1, dtype=torch.int64), torch.zeros(3, 1))


def test_an_axis_that_must_match_is_refused():
    # Outputs = (n, k): the same n within one call.
    with pytest.raises(TypeCheckError):
        ganbook.losses.NonSaturating().d(torch.zeros(3, 1), torch.zeros(3, 2))


def test_every_public_function_of_losses_is_checked():
    for _, value in inspect.getmembers(ganbook.losses, inspect.isfunction):
        if value.__module__ == "ganbook.losses":
            assert hasattr(value, "__wrapped__") or hasattr(value, "__beartype_wrapper"), value

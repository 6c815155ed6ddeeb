"""The readers of chapter 13's codes: known shares, and an independent least-squares fit."""

import numpy as np
import pytest
import torch

from ganbook.studies.encoders import nearest, probe, ratio, standardised


def codes(n, d, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed))


def test_a_code_that_is_the_answer_is_read_and_noise_is_not():
    y, told = torch.arange(300) % 3, torch.arange(90) % 3
    known, new = (torch.nn.functional.one_hot(each, 3).float() + 0.01 * codes(len(each), 3) for each in (y, told))
    assert probe(known, y, new, told) == nearest(known, y, new, told) == 1.0
    for reader in (probe, nearest):
        assert abs(reader(codes(300, 5), y, codes(900, 5, 1), torch.arange(900) % 3) - 1 / 3) < 0.06


def test_no_linear_reader_sees_whether_two_signs_agree():
    """The xor of two coordinates: little more than chance for a line, and plain to the nearest neighbour."""
    known, new = codes(1_000, 2), codes(1_000, 2, 1)
    y, told = ((each[:, 0] > 0) ^ (each[:, 1] > 0) for each in (known, new))
    assert probe(known, y.long(), new, told.long()) < 0.65
    assert nearest(known, y.long(), new, told.long()) > 0.9


def test_the_ridge_against_numpy():
    known, new, y = codes(40, 6), codes(30, 6, 1), torch.arange(40) % 4
    told = torch.arange(30) % 4
    a, b = (each.numpy() for each in standardised(known, new))
    rows = np.vstack([np.hstack([a, np.ones((40, 1))]) / np.sqrt(40), np.sqrt(0.1) * np.eye(7)])
    wanted = np.vstack([np.eye(4)[y.numpy()] / np.sqrt(40), np.zeros((7, 4))])
    weights = np.linalg.lstsq(rows, wanted, rcond=None)[0]
    share = (np.hstack([b, np.ones((30, 1))]) @ weights).argmax(1) == told.numpy()
    assert probe(known, y, new, told) == share.mean()


def test_a_constant_number_changes_nothing():
    known, new, y = codes(40, 3), codes(40, 3, 1), torch.arange(40) % 2
    more = [torch.cat([each, torch.full((40, 1), 7.0)], 1) for each in (known, new)]
    assert probe(known, y, new, y) == probe(more[0], y, more[1], y)


def test_the_ratio_is_one_without_a_connection():
    assert abs(ratio(codes(2_000, 8), codes(2_000, 8, 1)) - 1) < 0.02
    assert ratio(codes(9, 8), codes(9, 8)) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ratio(torch.zeros(3, 2), torch.zeros(3, 1)), "x and back must be two or more rows of one shape"),
        (lambda: ratio(torch.zeros(3, 2), torch.zeros(3, 2)), "back must not be one and the same row"),
        (
            lambda: probe(codes(4, 2), torch.zeros(3).long(), codes(4, 2), torch.zeros(4).long()),
            "y must have one label for each of 4 codes, got 3",
        ),
        (
            lambda: nearest(codes(4, 2), torch.zeros(4).long(), codes(4, 3), torch.zeros(4).long()),
            r"new must be codes of shape \(m, 2\)",
        ),
        (
            lambda: probe(codes(4, 2), torch.zeros(4), codes(4, 2), torch.zeros(4).long()),
            "y must be a tensor of one whole number a row",
        ),
    ],
)
def test_what_is_none(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()

"""claim(): one fixed line where it holds, an exception with the evidence where it does not."""

import json
import math
import pathlib
import re

import numpy as np
import pytest
import sympy
import torch

from ganbook import claims
from ganbook.bounds import Bound
from ganbook.claims import (
    ClaimFailed,
    above,
    agrees,
    all_of,
    at_least,
    at_most,
    below,
    between,
    claim,
    close,
    contains,
    equals,
    exact,
    falling,
    refuses,
    rising,
    seed,
)


def test_a_claim_that_holds_prints_one_line_with_what_was_measured_and_what_was_asked(capsys):
    claim("loss is 2 log 2", close(1.3863, 1.386294, 1e-3), rounds=7)
    claim("loss is small", below(0.0123456, 0.05), key=True)
    claim("a + b = b + a", exact(1 + 2 == 2 + 1))
    claim("a seed is a number", refuses(lambda: int("x"), ValueError, says="invalid"))
    claim("of no kind yet", True)
    assert capsys.readouterr().out.splitlines() == [
        "✓ loss is 2 log 2  [1.3863, asked 1.38629 ± 0.001]",
        "✓✓ loss is small  [0.0123, asked < 0.05]",
        "✓ a + b = b + a  [exact]",
        "✓ a seed is a number  [raises ValueError]",
        "✓ of no kind yet",
    ]


def test_a_claim_that_fails_raises_with_its_evidence(capsys):
    with pytest.raises(
        ClaimFailed, match=r"loss is small \(0.2, asked < 0.1; evidence: value = 0.2, limit = 0.1, rounds = 7\)"
    ):
        claim("loss is small", below(0.2, 0.1), rounds=7)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("holds", [False, torch.tensor(False), np.bool_(False), sympy.false, below(float("nan"), 1)])
def test_false_things(holds):
    with pytest.raises(ClaimFailed, match="no such thing"):
        claim("no such thing", holds)


@pytest.mark.parametrize("holds", [0.3, 1, "yes", torch.tensor(0.2), None])
def test_a_number_is_no_truth_value(holds):
    """claim("the error is small", error) would nearly always pass."""
    with pytest.raises(ValueError, match="holds must be a truth value"):
        claim("the error is small", holds)


def test_close_takes_the_absolute_value():
    """The defect of public tests: `loss - 0.3133 < 1e-2` passes for loss = -100."""
    assert not close(-100.0, 0.3133, 1e-2)
    assert close(0.3133, 0.31326, 1e-2)
    assert close(float("inf"), float("inf"), 1e-9) and not close(float("inf"), 1.0, 1e9)
    assert not close(float("nan"), float("nan"), 1.0)


NAN = float("nan")


@pytest.mark.parametrize(
    ("bound", "holds", "note"),
    [
        (below(0.99991, 1), True, "0.9999, asked < 1"),  # never rounded to what it is not
        (below(1.00001, 1), False, "1.00001, asked < 1"),
        (above(1e-12, 0), True, "1e-12, asked > 0"),
        (above(123456.7, 1e5), True, "123457, asked > 100000"),
        (below(-1.5, -math.log(4) + 0.1), True, "-1.5, asked < -1.28629"),
        (below(NAN, 1), False, "nan, asked < 1"),
        (below([0.1, 0.2], 0.3), True, "0.1 and 0.2, asked < 0.3"),
        (below(torch.tensor([0.1, 0.2, 0.7]), 0.3), False, "0.1 to 0.7, asked < 0.3, 3 values"),
        (above({"a": 3, "b": NAN}, 1), False, "3 and nan, asked > 1"),
        (above(np.array([4, 5, 6]), 3), True, "4 to 6, asked > 3, 3 values"),
        (below(0.02, 0.31, measured=True), True, "0.02 vs 0.31, asked <"),
        (below(torch.tensor(0.25, requires_grad=True), 0.5), True, "0.25, asked < 0.5"),
        (at_most(3, 3), True, "3, asked ≤ 3"),
        (at_least([6, 7, 8], 7), False, "6 to 8, asked ≥ 7, 3 values"),
        (close(0.6931471805, math.log(2), 1e-12 + 1e-9), True, "0.693147, asked 0.693147 ± 1.001e-9"),
        (close(3e-17, 0, 1e-12), True, "3e-17, asked 0 ± 1e-12"),
        (close(0.5, 0.3, 0.1), False, "0.5, asked 0.3 ± 0.1"),
        (close([1.01, 0.97, 1.0], 1, 0.05), True, "0.97 to 1.01, asked 1 ± 0.05, 3 values"),
        (close([1.01, 2.0, 3.0], [1, 2, 3], 0.05), True, "0.01, asked error < 0.05, 3 values"),
        (close(math.inf, math.inf, 1), True, "inf, asked inf ± 1"),
        (close(1.0473, 1.0512, 0.04, measured=True), True, "1.047 vs 1.051, asked ± 0.04"),
        (close([1, 2, 3], [1, 2.01, 3], 0.1, measured=True), True, "0.01, asked error < 0.1, 3 values"),
        (agrees(4.55, 4.5, 0.0248), True, "4.55 ± 0.0248, asked 4.5 within 5 standard errors"),
        (agrees(4.7, 4.5, 0.0248), False, "4.7 ± 0.0248, asked 4.5 within 5 standard errors"),
        (agrees(4.5, 4.5, 0), False, "4.5 ± 0, asked 4.5 within 5 standard errors"),
        (between(0.7, 0.5, 0.7), True, "0.7, asked 0.5 to 0.7"),
        (between(0.70001, 0.5, 0.7), False, "0.70001, asked 0.5 to 0.7"),
        (between(NAN, 0, 1), False, "nan, asked 0 to 1"),
        (equals(8, 8), True, "8, asked 8"),
        (equals([8, 7, 8], 8), False, "7 to 8, asked 8, 3 values"),
        (contains((-0.3, 0.5), 0), True, "-0.3 to 0.5, asked around 0"),
        (contains((0.1, 0.5), 0), False, "0.1 to 0.5, asked around 0"),
        (rising([1, 2, 4]), True, "1, 2, 4, asked rising"),
        (falling([4, 2, 2]), False, "4, 2, 2, asked falling"),
        (rising(range(9)), True, "0 to 8, asked rising, 9 values"),
        (all_of(close(20.0, 20, 1e-5), above(3.0, 1)), True, "20; 3, asked 20 ± 1e-5; > 1"),
        (all_of(below(1, 3), below(4, 3)), False, "1; 4, asked < 3 each"),
    ],
)
def test_what_a_bound_shows(bound, holds, note):
    assert isinstance(bound, Bound) and bool(bound) is holds and bound.note == note
    assert math.isnan(bound.margin) or (bound.margin >= 0 if holds else bound.margin <= 0)


def test_of_a_row_the_worst_counts():
    assert below([0.1, 0.4, 0.2], 0.5).value == 0.4 and above([3, 9], 2).margin == 0.5
    assert all_of(below(0.1, 1), below(0.8, 1)).margin == pytest.approx(0.2)
    assert between([0.1, 0.5], 0, 1).limit == 0 and close([1, 1.2], 1, 0.5).value == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("call", "argument"),
    [
        (lambda: below("0.1", None), "limit"),
        (lambda: above(torch.zeros(2, 2), 1.0), "value"),
        (lambda: below([], 1), "value"),
        (lambda: below("many", 1), "value"),
        (lambda: above(1, [2, 3]), "limit"),
        (lambda: close(1.0, None, 0.1), "expected"),
        (lambda: close([1.0, 2.0, 3.0], [1, 2], 0.1), "expected"),
        (lambda: contains(3, 0), "interval"),
        (lambda: rising([1]), "values"),
        (lambda: all_of(), "bounds"),
        (lambda: all_of(True, below(1, 2)), "bounds"),
        (lambda: exact(0.3), "holds"),
        (lambda: exact(torch.tensor([True, True])), "holds"),
    ],
)
def test_what_bounds_refuse(call, argument, as_readers):
    with pytest.raises(ValueError, match=rf"^{argument} must be"):
        call()


def test_a_refusal_is_the_error_that_was_meant():
    assert not refuses(lambda: None) and not refuses(lambda: int("x"), says="another sentence")
    with pytest.raises(ZeroDivisionError):
        refuses(lambda: 1 / 0)


def test_how_many_times_a_bound_is_beaten():
    assert below(0.1, 0.5).times == 5 and above(6, 2).times == 3 and below(0.6, 0.5).times < 1
    assert below(-1, 0.5).times == math.inf and above(1, -0.5).times == math.inf
    assert below(-9, -3).times == 3 and above(-1, -3).times == 3
    assert above(3, 0).times is None and between(3, 0, 9).times is None and below(1, 9, measured=True).times is None
    assert agrees(4.5, 4.4, 1).times is None  # five standard errors are chance's limit: no seed brings it nearer


def test_a_bound_made_of_several_knows_its_parts():
    """Of all_of the worst alone would hide the others: `make seeds` looks at each."""
    near, far = below(0.4, 0.5), above(9.0, 2)
    assert all_of(near, all_of(far)).parts == (near, far) and near.parts == ()
    low, high = between([0.2, 0.3], 0.1, 0.4).parts
    assert (low.value, low.limit, low.sign) == (0.2, 0.1, "≥") and (high.value, high.limit, high.sign) == (
        0.3,
        0.4,
        "≤",
    )


SANITIZE = pathlib.Path(__file__).resolve().parents[1] / "scripts" / "nbval_sanitize.cfg"


def masked(text):
    """What nbval compares: it applies the file's pairs just so."""
    pairs = re.findall("^regex: (.*)$\n^replace: (.*)$", SANITIZE.read_text(encoding="utf-8"), re.MULTILINE)
    assert pairs
    for pattern, replacement in pairs:
        text = re.sub(pattern, replacement, text)
    return text


def printed(capsys, sentence, holds, **options):
    claim(sentence, holds, **options)
    return capsys.readouterr().out


def test_nbval_masks_the_measured_number(capsys):
    def line(*bounds):
        return "".join(
            printed(capsys, "it holds, within 0.2 of [0, 1]", bound, key=k > 1) for k, bound in enumerate(bounds)
        )

    first = line(below(0.1, 0.5), close(1.01, 1, 0.1), above([3, 4], 2), rising([1, 2, 3]), contains((-1, 2), 0))
    other = line(
        below(2.2e-16, 0.5), close(1, 1, 0.1), above([3.14, 40], 2), rising([1, 2.5, 3]), contains((-0.1, 9), 0)
    )
    assert first != other and masked(first) == masked(other)
    assert masked("✓ so  [0.5 vs 0.7, asked <]\n") == "✓ so  [~, asked <]\n"
    assert masked("✓ so  [4.55 ± 0.02, asked 4.5 within 5 standard errors]") == (
        "✓ so  [~, asked 4.5 within 5 standard errors]"
    )
    assert masked("✓ so  [-inf to nan, asked < 3, 7 values]\n") == "✓ so  [~, asked < 3, 7 values]\n"
    assert masked("✓✓ so  [20; 1e-5, asked 20 ± 1e-5; > 1]") == "✓✓ so  [~, asked 20 ± 1e-5; > 1]"


def test_nbval_masks_nothing_else(capsys):
    base = printed(capsys, "the loss is below 0.5", below(0.1, 0.5))
    for change in (
        printed(capsys, "the loss is below 0.5", below(0.1, 0.6)),  # another bound
        printed(capsys, "the loss is below 0.6", below(0.1, 0.5)),  # another sentence
        printed(capsys, "the loss is below 0.5", above(0.6, 0.5)),  # another sense
        printed(capsys, "the loss is below 0.5", below([0.1, 0.2, 0.1], 0.5)),  # three values instead of one
        printed(capsys, "the loss is below 0.5", below(0.1, 0.5), key=True),
        printed(capsys, "the loss is below 0.5", exact(True)),
        printed(capsys, "the loss is below 0.5", True),
        base.replace("✓", "✗"),
        "",  # vanished
        base + base,
    ):
        assert masked(change) != masked(base), change
    others = (
        "loss 0.1, asked < 0.5",
        "the loss  [0.1, asked < 0.5]",
        " ✓ so  [0.1, asked < 0.5]",
        "✓ so [0.1, asked < 0.5]",
    )
    others += ("✓ so  [0.1, asked < 0.5] and 3", "✓ so  [exact]", "array([0.1, 3])", "✓ within 0.2 of 3")
    for other in others:
        assert masked(other + "\n") == other + "\n"


def test_margins():
    assert below(0.5, 2.0).margin == 0.75 and above(3.0, 2.0).margin == 0.5
    assert below(3.0, 2.0).margin == -0.5 and above(0.25, 0.0).margin == 0.25


@pytest.mark.parametrize("sentence", ["", "  ", "two\nlines"])
def test_sentences_that_are_refused(sentence):
    with pytest.raises(ValueError, match="sentence"):
        claim(sentence, True)


def test_arrays_are_no_truth_value():
    with pytest.raises(Exception, match="holds"):
        claim("all of them", torch.tensor([True, False]))


def test_other_seeds_record_and_do_not_raise(tmp_path, monkeypatch, capsys):
    log = tmp_path / "claims.jsonl"
    monkeypatch.setenv("GANBOOK_CLAIMS", str(log))
    monkeypatch.setenv("GANBOOK_SEED", "4")
    assert seed(3) == 4003
    claim("holds", above(2.0, 1.0), shape=(2, 3))
    claim("does not", False)
    first, second = [json.loads(line) for line in log.read_text().splitlines()]
    assert first == {
        "sentence": "holds",
        "holds": True,
        "margin": 1.0,
        "parts": [{"asked": "> 1", "sign": ">", "value": 2.0, "limit": 1.0, "times": 2.0}],
        "note": "2, asked > 1",
        "evidence": {"value": 2.0, "limit": 1.0, "shape": "(2, 3)"},
    }
    assert second["holds"] is False and second["margin"] is None
    assert capsys.readouterr().out == "✓ holds  [2, asked > 1]\n✗ does not\n"


def test_a_generator_starts_from_the_seed_of_its_number(monkeypatch):
    """What notebooks wrote by hand, torch.Generator().manual_seed(seed(7)), draws the same numbers."""
    for shift in ("0", "2"):
        monkeypatch.setenv("GANBOOK_SEED", shift)
        by_hand = torch.Generator().manual_seed(7 + 1000 * int(shift))
        assert torch.equal(torch.randn(5, generator=claims.rng(7)), torch.randn(5, generator=by_hand))
    assert claims.rng(7).device.type == "cpu"


def test_no_notebook_makes_a_generator_by_hand():
    folder = pathlib.Path(__file__).parent.parent / "notebooks"
    chapters = [path for path in folder.glob("*.ipynb") if path.name[0].isdigit()]  # own_images is for any program
    found = [path.name for path in chapters if "Generator().manual_seed" in path.read_text("utf-8")]
    assert not found

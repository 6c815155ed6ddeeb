"""claim(): one fixed line where it holds, an exception with the evidence where it does not."""

import json
import pathlib

import numpy as np
import pytest
import sympy
import torch

from ganbook import claims
from ganbook.claims import ClaimFailed, above, below, claim, close, seed


def test_a_claim_that_holds_prints_one_line_and_no_evidence(capsys):
    claim("loss is 2 log 2", close(1.3863, 1.386294, 1e-3), loss=1.3863)
    assert capsys.readouterr().out == "✓ loss is 2 log 2\n"


def test_a_claim_that_fails_raises_with_its_evidence(capsys):
    with pytest.raises(ClaimFailed, match=r"loss is small \(evidence: value = 0.2, limit = 0.1, rounds = 7\)"):
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
        "evidence": {"value": 2.0, "limit": 1.0, "shape": "(2, 3)"},
    }
    assert second["holds"] is False and second["margin"] is None
    assert capsys.readouterr().out == "✓ holds\n✗ does not\n"


def test_a_generator_starts_from_the_seed_of_its_number(monkeypatch):
    """What notebooks wrote by hand, torch.Generator().manual_seed(seed(7)), draws the same numbers."""
    for shift in ("0", "2"):
        monkeypatch.setenv("GANBOOK_SEED", shift)
        by_hand = torch.Generator().manual_seed(7 + 1000 * int(shift))
        assert torch.equal(torch.randn(5, generator=claims.rng(7)), torch.randn(5, generator=by_hand))
    assert claims.rng(7).device.type == "cpu"


def test_no_notebook_makes_a_generator_by_hand():
    folder = pathlib.Path(__file__).parent.parent / "notebooks"
    found = [path.name for path in folder.glob("*.ipynb") if "Generator().manual_seed" in path.read_text("utf-8")]
    assert not found

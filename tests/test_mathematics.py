"""Formulas are set when the book is built: each once, with its MathML, and a mistake in one is told."""

import pathlib
import sys

import pytest
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "ext"))

from bookext import mathematics  # noqa: E402

TEX = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["sphinx"]["config"]["mathjax3_config"]["tex"]


def test_a_formula_is_set_with_its_mathml_and_kept(tmp_path, monkeypatch):
    formulas = [(r"\E_{x \sim \pdata}\left[D(x)\right]", False), (r"\begin{split}a &= b \\ &= c\end{split}", True)]
    kept = mathematics.Kept(tmp_path / "formulas.json", TEX)
    assert kept.add([*formulas, formulas[0]]) == formulas
    line, display = (kept.done[formula] for formula in formulas)
    assert line.count("<mjx-assistive-mml") == 1 and "<mi>D</mi>" in line and ">E</mi>" in line
    assert 'display="true"' in display and display.count("<mtr>") == 2
    assert ".mjx-c1D437.TEX-I::before" in kept.style, "no rule for the letter D"

    monkeypatch.setattr(mathematics, "typeset", lambda *_: pytest.fail("set a second time"))
    again = mathematics.Kept(tmp_path / "formulas.json", TEX)
    assert again.add(formulas) == [] and again.done == kept.done and again.style == kept.style


def test_other_macros_set_every_formula_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(mathematics, "typeset", lambda formulas, _: (["set"] * len(formulas), "style"))
    mathematics.Kept(tmp_path / "formulas.json", TEX).add([("x", False)])
    other = {**TEX, "macros": {**TEX["macros"], "R": "R"}}
    assert mathematics.Kept(tmp_path / "formulas.json", other).add([("x", False)]) == [("x", False)]


def test_a_mistake_in_a_formula_is_found():
    wrong, right = mathematics.typeset([(r"\pdta(x)", False), (r"\cancel{x} \in \R", False)], TEX)[0]
    assert mathematics.ERROR.search(wrong)[1] == r"Undefined control sequence \pdta"
    assert not mathematics.ERROR.search(right)

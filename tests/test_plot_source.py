"""plot.source: the code as it stands, without docstrings, coloured by classes; what chapters show fits their page."""

import ast
import html
import json
import pathlib
import re

import pytest
import torch

from ganbook import games, losses, models, plot, recipes
from ganbook.divergences import fdiv
from ganbook.player import source as sources

NOTEBOOKS = sorted((pathlib.Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))


def shown_in(path):
    """Each piece that a notebook hands to plot.source, by its name there. Only its imports are run."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    trees = [ast.parse(text) for text in code if not text.lstrip().startswith("%")]
    imports = [node for tree in trees for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    calls = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "plot.source"
    ]
    names = {}
    if calls:
        exec(compile(ast.Module([*imports], []), str(path), "exec"), names)
    return {ast.unparse(one): eval(ast.unparse(one), names) for call in calls for one in call.args}


SHOWN = [(path.stem, name, piece) for path in NOTEBOOKS for name, piece in shown_in(path).items()]


def test_the_chapters_show_code_and_never_by_hand():
    assert len({chapter for chapter, _, _ in SHOWN}) >= 11
    assert not [path.name for path in NOTEBOOKS if "getsource" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize(("chapter", "name", "piece"), SHOWN, ids=[f"{c[:2]} {n}" for c, n, _ in SHOWN])
def test_what_a_chapter_shows_fits_its_page(chapter, name, piece):
    long = [line for line in repr(plot.source(piece)).splitlines() if len(line) > sources.WIDTH]
    assert not long, f"{chapter} shows {name}, with lines of more than {sources.WIDTH} columns: {long}"


def test_a_method_is_dedented_and_has_no_docstring():
    text = repr(plot.source(losses.Realness.score))
    assert text.startswith("def score(self, out")
    assert '"""' not in text and "expected outcome" not in text
    assert "expected outcome" in repr(plot.source(losses.Realness.score, docstring=True))
    ast.parse(text)


def test_a_class_loses_the_docstrings_of_its_methods_too():
    text = repr(plot.source(losses.Realness))
    assert '"""' not in text and "@property\n    def kl(self) -> float:\n        return float(" in text
    ast.parse(text)


def test_only_texts_that_stand_alone_go():
    code = 'def f(x):\n    r"""Doc.\n\n    More.\n    """\n\n    y = """kept"""  # why\n    return x, y'
    assert sources.without_docstrings(code) == 'def f(x):\n    y = """kept"""  # why\n    return x, y'
    assert sources.without_docstrings('class A:\n    """Doc."""') == "class A:\n    ..."


def test_several_pieces_are_apart_and_methods_are_headed():
    text = repr(plot.source(models.mlp, losses.Minimax.g, losses.NonSaturating.g))
    assert text.count("\n\n# ") == 2
    assert "# Minimax.g\ndef g(" in text and "# NonSaturating.g\ndef g(" in text
    assert not repr(plot.source(losses.Minimax.g)).startswith("#")


def test_named_objects_are_shown_by_their_line():
    assert repr(plot.source(recipes.DCGAN)).startswith("DCGAN = Recipe(")
    assert repr(plot.source(fdiv.KL)).startswith('KL = FDivergence(\n    "KL(p || q)"')


def test_the_page_colours_the_html_by_its_classes():
    piece = plot.source(games.descend)
    page = piece._repr_html_()
    assert page == plot.source(games.descend)._repr_html_()
    assert '<div class="highlight"><pre>' in page and 'class="k">def<' in page
    assert "style=" not in page  # colours are classes: the book has two sets, for day and night
    body = re.sub(r"<style>.*?</style>", "", page)
    assert html.unescape(re.sub(r"<[^>]+>", "", body)).strip() == repr(piece)


def test_without_pygments_the_code_is_still_there(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pygments", None)
    assert "-&gt; Scalar" in plot.source(losses.Hinge.g)._repr_html_()


@pytest.mark.parametrize("bad", [None, "text", 3, len, torch, lambda: 0.0])
def test_what_has_no_source_here_is_refused(bad):
    if callable(bad) and getattr(bad, "__name__", "") == "<lambda>":
        bad = eval("lambda: 0.0")  # typed in by hand: no file has it
    with pytest.raises(ValueError, match="pieces must be"):
        plot.source(bad)


def test_nothing_is_refused():
    with pytest.raises(ValueError, match="pieces must be at least one"):
        plot.source()

"""The contract of the notebooks: each check is shown a planted defect, and the book's own notebooks pass them all."""

import copy
import json

import chapters
import check_notebooks
import new_chapter
import pytest
import yaml
from contract import CHECKS, Chapter
from contract.form import words
from contract.promise import PARTS

NAME = "31_good"
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def markdown(text):
    return {"cell_type": "markdown", "id": "x", "metadata": {}, "source": text}


def code(text, outputs=(), **metadata):
    return {
        "cell_type": "code",
        "execution_count": 0,
        "id": "x",
        "metadata": metadata,
        "outputs": list(outputs),
        "source": text,
    }


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


def shown(kind, data):
    return {"output_type": "display_data", "data": {kind: data}, "metadata": {}}


def result(text):
    return {"output_type": "execute_result", "data": {"text/plain": text}, "execution_count": 1, "metadata": {}}


def finish(notebook):
    """What `make run` would do at the end: number the cells, write the one form."""
    count = 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            cell["execution_count"] = count
    return chapters.normalise(notebook)


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """A book of one chapter, with an address of its own."""
    folder = tmp_path_factory.mktemp("book")
    repository = {"url": "https://github.com/someone/their-book", "branch": "trunk"}
    (folder / "_config.yml").write_text(yaml.safe_dump({"repository": repository}))
    toc = {"root": "book/intro", "parts": [{"chapters": [{"file": f"notebooks/{NAME}"}]}]}
    (folder / "_toc.yml").write_text(yaml.safe_dump(toc))
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.1.0"\n')
    return folder


@pytest.fixture(scope="module")
def good(root):
    """The template of a new chapter, filled in."""
    notebook = new_chapter.build(NAME, root)
    text = json.dumps(notebook, ensure_ascii=False).replace("TODO", "Written:")
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "claim(" in chapters.source(cell):
            cell["outputs"] = [stream("✓ one  [1, asked < 2]\n✓✓ two  [exact]\n")]
        if "mystnb" in cell["metadata"]:
            cell["outputs"] = [shown("image/png", PIXEL)]
    last = notebook["cells"].pop()
    for k in (2, 3, 4):
        exercise = f"```{{exercise}} Another\n:label: ex-31-{k}\n\nShow it.\n```\n\n"
        notebook["cells"].append(markdown(f"{exercise}```{{solution-start}} ex-31-{k}\n:class: dropdown\n```"))
        notebook["cells"].append(
            code(
                "from ganbook.claims import claim, exact\n\nclaim('it holds', exact(1 == 1))",
                [stream("✓ it  [exact]\n")],
                tags=["check"],
            )
        )
        notebook["cells"].append(markdown("```{solution-end}\n```"))
    notebook["cells"].append(last)
    return finish(notebook)


def append(*cells):
    """A defect: these cells at the end, executed."""

    def plant(notebook):
        notebook["cells"] += copy.deepcopy(list(cells))
        return finish(notebook)

    return plant


def edit(old, new):
    """A defect: other words somewhere in the markdown or code, as `make run` would write them."""

    def plant(notebook):
        found = 0
        for cell in notebook["cells"]:
            text = chapters.source(cell)
            found += old in text
            cell["source"] = text.replace(old, new)
        assert found, f"{old!r} stands nowhere: nothing is planted"
        return finish(notebook)

    return plant


def directly(change):
    """A defect that no run would write: made in the finished file."""

    def plant(notebook):
        change(notebook)
        return notebook

    return plant


def first_code(notebook, k=1):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"][k]


def swap_parts(notebook):
    for cell in notebook["cells"]:
        text = chapters.source(cell)
        text = (
            text.replace("## The check", "## X").replace("## The code", "## The check").replace("## X", "## The code")
        )
        cell["source"] = text
    return finish(notebook)


DEFECTS = [
    ("is_python", append(code("def broken(:\n"))),
    ("executed_in_order", directly(lambda nb: first_code(nb).update(execution_count=None))),
    ("executed_in_order", directly(lambda nb: first_code(nb).update(execution_count=40))),
    ("no_errors", append(code("1 / 0", [{"output_type": "error", "ename": "Z", "evalue": "", "traceback": []}]))),
    ("small_enough", append(code("x = 1", [shown("text/plain", "a" * 1_500_000)]))),
    ("as_run_writes_it", directly(lambda nb: nb["metadata"].update(kernelspec={"name": "my-own"}))),
    ("as_run_writes_it", directly(lambda nb: nb["cells"][1].update(id="another"))),
    ("as_run_writes_it", directly(lambda nb: nb["cells"][2]["metadata"].update(ExecuteTime={"start": "now"}))),
    ("no_machine_paths", append(code("print(1)", [stream("/home/me/book/x.png\n")]))),
    ("no_machine_paths", append(code("print(1)", [stream("C:\\Users\\me\\x.png\n")]))),
    ("no_machine_paths", append(code("x", [result(f"'{chapters.ROOT}/x'")]))),
    ("no_addresses", append(code("object()", [result("<object object at 0x7f1c2a3b4c5d>")]))),
    ("no_addresses", append(code("object()", [shown("text/html", "<b>at 0x7f1c2a3b</b>")]))),
    ("no_stderr", append(code("warn()", [stream("UserWarning: no\n", "stderr")]))),
    ("no_widget_state", directly(lambda nb: nb["metadata"].update(widgets={"state": {}}))),
    ("no_shell", append(code("!pip install ganbook"))),
    ("no_shell", append(code("%pip install ganbook"))),
    ("no_shell", append(code("x = 1\n!ls"))),
    ("no_shell", append(code("%%bash\nls"))),
    ("imports_of_colab", append(code("import jaxtyping"))),
    ("imports_of_colab", append(code("def f():\n    from ot.lp import emd"))),
    ("imports_of_colab", append(code("from . import helper"))),
    ("no_relative_paths", append(code("open('data.csv')"))),
    ("no_relative_paths", append(code("import numpy as np\nnp.load('../data.npz')"))),
    ("no_relative_paths", append(markdown("![a picture](figure.png)"))),
    ("no_relative_paths", append(markdown("```{figure} figure.png\n```"))),
    ("no_relative_paths", append(markdown('<img src="https://example.org/badge.svg">'))),
    ("no_interact", append(code("import ipywidgets\nipywidgets.interact(print, x=3)"))),
    ("set_up_cell_first", directly(lambda nb: nb["cells"].pop(0))),
    ("set_up_cell_first", edit('wanted="0.1.0"', 'wanted="0.0.9"')),
    ("set_up_cell_first", directly(lambda nb: nb["cells"][0].update(metadata={}))),
    ("one_address", edit("blob/trunk/notebooks", "blob/main/notebooks")),
    ("one_address", edit("[▶ Open in Colab]", "[Colab]")),
    ("one_address", append(markdown("[code](https://github.com/someone-else/their-book/blob/trunk/README.md)"))),
    ("one_title", append(markdown("# A second title"))),
    ("one_title", edit("# Good\n", "Good\n")),
    ("ten_parts", edit("## Spot the bug", "## Bugs")),
    ("ten_parts", swap_parts),
    ("ten_parts", edit("## The training", "```\n## The training\n```")),
    ("enough_claims", directly(lambda nb: [c.update(outputs=[]) for c in nb["cells"] if c["cell_type"] == "code"])),
    ("enough_claims", append(code("claim('no', False)", [stream("✗ no\n")]))),
    ("exercises_are_solved", edit("```{exercise} Another\n:label: ex-31-2", "```{note} Another\n:label: ex-31-2")),
    ("exercises_are_solved", edit("{solution-start} ex-31-3", "{note} ex-31-3")),
    ("exercises_are_solved", edit("{solution-start} ex-31-3\n:class: dropdown", "{solution-start} ex-31-3")),
    ("exercises_are_solved", edit("```{exercise} Another\n:label: ex-31-4\n", "```{exercise} Another\n")),
    ("exercises_are_solved", edit("claim('it holds', exact(1 == 1))", "print('✓ it')")),
    ("figures_have_alt_text", append(code("plot()", [shown("image/png", PIXEL)]))),
    (
        "figures_have_alt_text",
        append(code("plot()", [shown("image/svg+xml", "<svg/>")], mystnb={"image": {"alt": "ab12"}})),
    ),
    ("figures_have_alt_text", append(code("film", [shown("text/html", "<img src='data:image/webp;base64,AA'>")]))),
    (
        "figures_have_alt_text",
        append(code("film", [shown("text/html", "<img alt='' src='data:image/webp;base64,AA'>")])),
    ),
    ("each_cell_has_a_kind", append(code("x = 1"))),
    ("each_cell_has_a_kind", append(code("x = 1", tags=["nbval-ignore-output"]))),
    ("each_cell_has_a_kind", append(code("x = 1", tags=["lesson", "check"]))),
    ("kinds_are_true", append(code("x = 1", tags=["figure"]))),
    ("kinds_are_true", append(code("plot()\nclaim('so', exact(True))", [shown("image/png", PIXEL)], tags=["figure"]))),
    ("kinds_are_true", append(code("x = 1", tags=["check"]))),
    ("kinds_are_true", append(code("plot()\nclaim('so', exact(True))", [shown("image/png", PIXEL)], tags=["check"]))),
    ("first_screen_has_a_picture", directly(lambda nb: first_code(nb)["metadata"].update(tags=["lesson"]))),
    ("first_screen_has_a_picture", directly(lambda nb: first_code(nb).update(outputs=[]))),
    ("first_screen_has_a_picture", edit("# Good\n", "# Good\n\n" + "Many words come first. " * 30 + "\n")),
    ("few_enough_claims", append(code("claim('so', exact(True))", [stream("✓ so  [exact]\n" * 60)], tags=["check"]))),
    ("few_enough_words", append(markdown("word " * 4_300))),
    ("theorems_have_pictures", append(markdown("```{prf:theorem} So\n:label: thm-31-so\nSo.\n```\n" * 5))),
    ("no_table_by_hand", append(code("print(f'{name:<12} {score:8.3f}')", tags=["lesson"]))),
    ("no_table_by_hand", append(code("print(f'{name!s:5} {k:{width}}')", tags=["lesson"]))),
    ("no_table_by_hand", append(code("print(name.ljust(12), score)", tags=["lesson"]))),
    ("no_table_by_hand", append(code("print('{:>12} {:.3f}'.format(name, score))", tags=["lesson"]))),
    ("no_table_by_hand", append(code("print('%-12s %.3f' % (name, score))", tags=["lesson"]))),
    ("letters_are_legible", append(code("ax.legend(fontsize=9.5)", tags=["figure"]))),
    ("letters_are_legible", append(code("ax.text(0, 0, 'so', size=10)", tags=["figure"]))),
    ("letters_are_legible", append(code("ax.tick_params(labelsize=10)", tags=["figure"]))),
    ("letters_are_legible", append(code("plt.rc_context({'axes.labelsize': 8})", tags=["figure"]))),
    ("letters_are_the_books", edit("plot.style()", "plt.subplots()\nplot.style()")),
    ("letters_are_the_books", edit("plot.style()", "")),
    ("letters_are_the_books", append(code("plt.rc_context({'font.family': 'serif'})", tags=["figure"]))),
    ("letters_are_the_books", append(code("plt.rcdefaults()", tags=["figure"]))),
    ("exact_is_exact", append(code("claim('small', exact(loss < 0.1))", tags=["check"]))),
    ("exact_is_exact", append(code("claim('small', exact(all(a < b for a, b in pairs)))", tags=["check"]))),
    ("bounds_are_not_joined", append(code("claim('so', below(a, 1) and below(b, 1))", tags=["check"]))),
    ("claims_carry_numbers", append(code("claim('so', True)", [stream("✓ so\n")], tags=["check"]))),
    ("claims_carry_numbers", append(code("claim('so', True)", [stream("✓ on [0, 1]\n")], tags=["check"]))),
    ("directions_are_claimed", append(code("plot()", mystnb={"image": {"alt": "the loss falls to a half"}}))),
    ("cells_run_again", append(code("p = 1"), code("q = p"), code("p = 2"))),
    ("cells_run_again", append(code("p = 1"), code("q = p\np = 2"))),
    ("cells_run_again", append(code("p = 1"), code("def f():\n    return p"), code("f()"), code("p = 2"))),
    ("cells_run_again", append(code("p = 1"), code("q = [p for _ in range(2)]"), code("for p in (2, 3):\n    pass"))),
    ("cells_run_again", append(code("p = 1"), code("f(lambda: p)\nf(lambda: 1)"), code("p = 2"))),
    ("cells_run_again", append(code("from math import exp"), code("q = exp(1)"), code("from cmath import exp"))),
    ("cells_run_again", append(code("exp = abs"), code("q = exp(1)"), code("from cmath import exp"))),
    ("games_made_where_trained", append(code("game = games.GAN(G, D, r)"), code("run = train(game, x, rounds=1)"))),
    ("no_placeholders", append(markdown("TODO write this"))),
    ("no_placeholders", append(code("x = 1", mystnb={"image": {"alt": "TODO what is to be seen"}}))),
]


def complaints_of(check, notebook, root, name=NAME):
    function = {each.__name__: each for each in CHECKS}[check]
    return function(Chapter(root / "notebooks" / f"{name}.ipynb", notebook, root))


def test_a_good_chapter_passes_every_check(good, root):
    assert {check.__name__: check(Chapter(root / f"{NAME}.ipynb", good, root)) for check in CHECKS} == {
        check.__name__: [] for check in CHECKS
    }


@pytest.mark.parametrize(("check", "plant"), DEFECTS, ids=[f"{k}-{name}" for k, (name, _) in enumerate(DEFECTS)])
def test_a_planted_defect_is_found(check, plant, good, root):
    bad = plant(copy.deepcopy(good))
    found = complaints_of(check, bad, root)
    assert found
    assert all(isinstance(sentence, str) and len(sentence.split()) > 4 for sentence in found)


@pytest.mark.parametrize(
    "cells",
    [
        ("p = 1\nq = p", "p = 2\nq = p"),
        ("for p in (1, 2):\n    q = p", "for p in (3, 4):\n    q = p"),
        ("with open('x') as p:\n    q = p", "with open('x') as p:\n    q = p"),
        ("p = 1", "q = p", "r = [p for p in range(3)]\ns = lambda p: p"),
        ("from math import exp as p", "q = p(1)", "from math import exp as p"),
        ("import math as p\nq = p.pi", "def p(x):\n    return x\n\n\nq = p(1)"),
    ],
)
def test_what_a_cell_binds_before_it_reads_it_may_be_bound_again(good, root, cells):
    notebook = append(*map(code, cells))(copy.deepcopy(good))
    assert not complaints_of("cells_run_again", notebook, root)


def test_formats_that_are_no_table(good, root):
    fine = "print(f'{x:.3f} {k:02d} {name} {share:.0%} {n:,}')\nname.center\n'%.3f' % x\n'{:.2f}'.format(x)\na % 7"
    assert complaints_of("no_table_by_hand", append(code(fine, tags=["lesson"]))(copy.deepcopy(good)), root) == []


def test_functions_that_draw_are_a_figure_without_a_picture(good, root):
    draws = append(code("def picture(x):\n    plt.subplots()\n    plt.plot(x)", tags=["figure"]))(copy.deepcopy(good))
    assert complaints_of("kinds_are_true", draws, root) == []


def test_displayed_formulas_are_no_words(good, root):
    more = "word " * 10
    shown = "$$\na b\n$$ (eq-31-a)\n", "```{math}\n:label: eq-31-b\na b\n```\n", "\\begin{align*}\na b\n\\end{align*}\n"
    counts = [
        words(Chapter(root / "31.ipynb", {"cells": [markdown(text)]}, root))
        for text in (more, more + "".join(shown), more + "$a$ `{math}` $b$")
    ]
    assert counts == [10, 11, 13]  # the label behind a formula is a word


@pytest.mark.parametrize(
    ("name", "most"), [("09_long", 4_000), ("10_long", 3_800), ("11_long", 3_300), ("12_long", 4_300)]
)
def test_each_chapter_has_its_number_of_words(name, most, root):
    at, above = ({"cells": [markdown("word " * n)]} for n in (most, most + 1))
    assert complaints_of("few_enough_words", at, root, name) == []
    (said,) = complaints_of("few_enough_words", above, root, name)
    assert f"{most:,} are the most" in said


def test_a_drawing_may_stand_before_everything(good, root):
    drawn = copy.deepcopy(good)
    drawn["cells"].insert(2, markdown("<svg viewBox='0 0 1 1'></svg>"))
    drawn["cells"].insert(3, code("x = 1", tags=["lesson"]))
    assert complaints_of("first_screen_has_a_picture", finish(drawn), root) == []


def test_a_name_is_no_path(good, root):
    fine = append(code("features.load('digits')\nopen('/proc/cpuinfo')\nPath(tempfile.mkdtemp())"))(copy.deepcopy(good))
    assert complaints_of("no_relative_paths", fine, root) == []


def test_a_chapter_that_the_toc_does_not_list(good, root):
    found = complaints_of("in_the_toc", good, root, name="32_unlisted")
    assert "- file: notebooks/32_unlisted" in found[0]


def test_every_check_has_a_planted_defect():
    assert {check.__name__ for check in CHECKS} == {name for name, _ in DEFECTS} | {"in_the_toc"}


def test_the_command_names_the_file_and_fails(good, root, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(chapters, "NOTEBOOKS", tmp_path)
    chapters.write(tmp_path / f"{NAME}.ipynb", append(code("object()", [result("<at 0x7f1c2a3b4c5d>")]))(good))
    assert check_notebooks.main([NAME[:2]]) == 1
    assert f"notebooks/{NAME}.ipynb: cell" in capsys.readouterr().out
    (tmp_path / f"{NAME}.ipynb").write_text("{}")
    assert check_notebooks.main(["31"]) == 1
    assert "restore it from git" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="No chapter '77'"):
        check_notebooks.main(["77"])


def test_the_ten_parts_are_those_of_contributing_and_of_the_template():
    contributing = (chapters.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    places = [contributing.index(f"`## {part}`") for part in PARTS]
    assert places == sorted(places)
    template = new_chapter.TEMPLATE.read_text(encoding="utf-8")
    assert [line.removeprefix("# ## ") for line in template.splitlines() if line.startswith("# ## ")] == list(PARTS)


def test_a_notebook_without_a_number_is_a_page_and_keeps_all_but_the_form_of_a_chapter(good, root):
    page = append(code("print('/home/someone')", [stream("/home/someone\n")]))(copy.deepcopy(good))
    page["cells"] = [cell for cell in page["cells"] if "## The training" not in chapters.source(cell)]
    said = {}
    for name in ("31_good", "my_page"):
        path = root / f"{name}.ipynb"
        chapters.write(path, page)
        said[name] = "\n".join(check_notebooks.complaints(path, root))
        path.unlink()
    assert "/home/someone" in said["31_good"] and "/home/someone" in said["my_page"]
    assert "The training" in said["31_good"] and "The training" not in said["my_page"]


def test_there_are_notebooks():
    assert sorted(chapters.NOTEBOOKS.glob("*.ipynb"))


@pytest.mark.parametrize("path", sorted(chapters.NOTEBOOKS.glob("*.ipynb")), ids=lambda path: path.stem)
def test_this_book_keeps_the_contract(path):
    assert check_notebooks.complaints(path) == []

"""Who is a reader before a live front end, and who only executes a notebook for its outputs."""

import json
import os
import subprocess
import sys
import textwrap
from types import SimpleNamespace

import pytest

from ganbook.player.front_end import live_front_end


@pytest.mark.parametrize("proof", ["JPY_SESSION_NAME", "GANBOOK_LIVE"])
def test_static_rules_all_out(monkeypatch, proof):
    monkeypatch.setenv(proof, "1")
    monkeypatch.setenv("GANBOOK_STATIC", "1")
    assert not live_front_end()


@pytest.mark.parametrize("answers", [True, False])
@pytest.mark.parametrize("proof", ["Jupyter server", "VS Code", "Colab"])
def test_who_answers_no_question_is_no_reader(proof, answers, monkeypatch):
    """papermill and nbconvert, started where a live front end has left its proof."""
    names = {"__vsc_ipynb_file__": "chapter.ipynb"} if proof == "VS Code" else {}
    shell = SimpleNamespace(kernel=SimpleNamespace(_allow_stdin=answers), user_ns=names)
    for name in ("PYTEST_VERSION", "GANBOOK_STATIC", "GANBOOK_LIVE", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    if proof == "Jupyter server":
        monkeypatch.setenv("JPY_SESSION_NAME", "chapter.ipynb")
    if proof == "Colab":
        monkeypatch.setitem(sys.modules, "google.colab", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace())
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    assert live_front_end() is answers


def test_a_kernel_that_nobody_watches_saves_no_widget():
    """As papermill and `jupyter nbconvert --execute` run it from a cell of a live notebook, whose name they inherit.

    The first cell is run as by a front end that answers `input()`: that one is live.
    """
    script = textwrap.dedent("""
        import json, nbformat
        from nbclient import NotebookClient
        code = ["from ganbook import explore; import numpy as np; print(explore.live_front_end())",
                "explore.slider(lambda v: np.full((1, 1, 8, 8), v), [0.0, 1.0], alt='a')",
                "from ganbook import data, games, models, recipes, train",
                "game = games.GAN(models.mlp([8, 8, 2]), models.mlp([2, 8, 1]), recipes.MLP_GAN)",
                "train.fit(train.train(game, data.ring(), rounds=3));"]
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in code])
        client = NotebookClient(book, kernel_name="python3", timeout=300)
        with client.setup_kernel():
            for number, cell in enumerate(book.cells):
                client.kc.allow_stdin = number == 0
                client.execute_cell(cell, number)
        live = book.cells[0].outputs[0].text.strip()
        bars = sum(len(cell.outputs) for cell in book.cells[2:])  # of the training, nobody would see them move
        print(json.dumps([live, sorted(book.cells[1].outputs[0]["data"]), "widgets" in book.metadata, bars]))
    """)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST", "JPY_", "GANBOOK_"))}
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", script],
        env=env | {"JPY_SESSION_NAME": "chapter.ipynb"},
        cwd=os.getcwd(),
        text=True,
        capture_output=True,
        check=True,
    ).stdout
    assert json.loads(out.splitlines()[-1]) == ["True", ["text/html", "text/plain"], False, 0]

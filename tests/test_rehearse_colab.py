"""The rehearsal of Colab ends where it is interrupted, and says with what to go on."""

import os
import sys

import nbformat
import pytest
import rehearse_colab


def test_an_interrupted_cell_is_no_failure_of_the_chapter(tmp_path, monkeypatch):
    """nbclient turns Ctrl-C, and a kill, into an interrupt of the kernel: once taken for a chapter that fails."""
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path))
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("raise KeyboardInterrupt")])
    path = tmp_path / "61_try.ipynb"
    nbformat.write(book, path)
    with pytest.raises(KeyboardInterrupt):
        rehearse_colab.run_alone(path, sys.executable, dict(os.environ))


def test_it_says_with_which_chapters_to_go_on(tmp_path, monkeypatch, capsys):
    def run_alone(path, *_):
        if path.stem.startswith("02"):
            raise KeyboardInterrupt
        return ""

    monkeypatch.setattr(rehearse_colab, "HERE", tmp_path)
    monkeypatch.setattr(rehearse_colab, "make_environment", lambda: sys.executable)
    monkeypatch.setattr(rehearse_colab, "versions", lambda _: {"ipywidgets": "8"})
    monkeypatch.setattr(rehearse_colab, "run_alone", run_alone)
    monkeypatch.setattr(rehearse_colab.os, "nice", lambda _: 0)
    for name, value in {"bare_clone": "", "environment": {}, "uninstall": None, "cases": (), "panels": ""}.items():
        monkeypatch.setattr(rehearse_colab.setup_cases, name, lambda *_, value=value, **__: value)
    with pytest.raises(SystemExit, match='Interrupted in 02_.*ipynb. Go on with: make colab CH="02 03"'):
        rehearse_colab.main(["01", "02", "03"])
    assert "✓ 01_minimax_game.ipynb (0 s" in capsys.readouterr().out

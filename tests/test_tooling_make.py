"""The Makefile, .ci/run and what they say where something is missing."""

import ast
import os
import re
import shutil
import subprocess
import sys

import chapters
import pytest

ROOT = chapters.ROOT


def make(*words):
    outer = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    return subprocess.run(["make", *words], cwd=ROOT, env=outer, capture_output=True, text=True, check=True).stdout


TARGETS = (
    "env book serve test lint unit check browser nbval "
    "run lab text untext format chapter address seeds colab bench lock versions mutants clean help"
).split()


def test_help_names_every_target():
    said = make("help")
    assert [name for name in TARGETS if not re.search(rf"^ +make {name} ", said, re.M)] == []


def test_reading_needs_only_the_light_environment():
    commands = make("-n", "book")
    assert ".venv-book/" in commands
    assert ".venv/" not in commands
    assert "-W -n --keep-going" in commands


def test_the_book_is_served_on_this_machine_only():
    assert "--bind 127.0.0.1" in make("-n", "serve")


def test_everything_is_in_make_test_and_nbval_comes_last():
    commands = make("-n", "test")
    places = [
        commands.index(word) for word in ("ruff check", "check_notebooks", "jupyter-book", "--ignore tests/browser")
    ]
    places += [commands.index("pytest tests/browser"), commands.index("--nbval")]
    assert places == sorted(places)


def test_what_asks_the_package_index_or_takes_hours_is_not_in_make_test():
    commands = make("-n", "test")
    assert "versions.py" not in commands and "mutants.py" not in commands and "lock.py" not in commands
    assert "scripts/mutants.py losses --n 7 --seed 2" in make("-n", "mutants", "IN=losses", "N=7", "SEED=2")


def test_continuous_integration_calls_exactly_make_test():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[-1] == "make test"
    subprocess.run(["bash", "-n", ".ci/run"], cwd=ROOT, check=True)
    subprocess.run(["sh", "-n", "scripts/browser_needs.sh"], cwd=ROOT, check=True)


STUBS = {
    "python3": "case $1 in -V) echo Python 3.9.2;; *) exit ${OLD_PYTHON:-0};; esac",
    "apt-get": 'echo "apt-get $*" >>"$LOG"',
    "apt-cache": "exit ${NO_SHELL:-0}",
    "make": 'echo "make $*" >>"$LOG"',
    "id": "echo 0",
    "date": "echo 12:00:00",
}


@pytest.fixture
def bare(tmp_path):
    """A machine with next to nothing: run(**variables) calls .ci/run there: (code, what was called, said)."""
    shelf, log = tmp_path / "bin", tmp_path / "log"
    shelf.mkdir()
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci")
    for name, body in STUBS.items():
        (shelf / name).write_text(f"#!{shutil.which('sh')}\n{body}\n")
        (shelf / name).chmod(0o755)
    (shelf / "dirname").symlink_to(shutil.which("dirname"))

    def run(**variables):
        log.write_text("")
        environ = {"PATH": str(shelf), "LOG": str(log), **variables}
        command = [shutil.which("bash"), str(tmp_path / ".ci" / "run")]
        done = subprocess.run(command, env=environ, capture_output=True, text=True)
        return done.returncode, log.read_text().splitlines(), done.stderr

    run.shelf = shelf
    return run


def test_a_bare_machine_gets_what_it_lacks_and_then_exactly_make_test(bare):
    code, called, _ = bare()
    assert code == 0
    assert called[0] == "apt-get update -qq"
    assert called[1].endswith(" git chromium-headless-shell fonts-liberation nodejs npm")
    assert called[2:] == ["make test"]
    code, called, _ = bare(NO_SHELL="1")  # a system that packs the whole browser alone
    assert code == 0
    assert called[1].endswith(" git chromium fonts-liberation nodejs npm")


@pytest.mark.parametrize("browser", ["chromium", "chromium-headless-shell"])
def test_one_browser_is_enough(bare, browser):
    (bare.shelf / browser).symlink_to(bare.shelf / "id")
    _, called, _ = bare()
    assert "chromium" not in called[1]


def test_a_bare_machine_without_apt_or_with_an_old_python_fails_loudly(bare):
    code, called, said = bare(OLD_PYTHON="1")
    assert code == 1
    assert "Python >= 3.10 is needed" in said
    assert "make test" not in called
    (bare.shelf / "apt-get").unlink()
    code, called, said = bare()
    assert (code, called) == (1, [])
    assert "there is no apt-get" in said
    assert "chromium" in said


def test_the_missing_browser_is_said_loudly(tmp_path):
    for program in ("sh", "dirname", "printf"):
        (tmp_path / program).symlink_to(shutil.which(program))
    done = subprocess.run(
        [str(tmp_path / "sh"), "scripts/browser_needs.sh"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "apt-get install chromium" in done.stderr
    assert "BROWSER=no" in done.stderr


def test_a_browser_whose_path_has_a_space_is_found(tmp_path):
    browser = tmp_path / "Google Chrome.app" / "Google Chrome"
    browser.parent.mkdir()
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    command = ["sh", "scripts/browser_needs.sh"]
    named = {**os.environ, "GANBOOK_CHROMIUM": str(browser)}
    done = subprocess.run(command, cwd=ROOT, env=named, capture_output=True, text=True)
    assert "There is no Chromium" not in done.stderr
    named["GANBOOK_CHROMIUM"] = str(browser) + " Beta"
    assert "There is no Chromium" in subprocess.run(command, cwd=ROOT, env=named, capture_output=True, text=True).stderr


def test_the_first_script_starts_on_an_old_python():
    source = (ROOT / "scripts" / "environment.py").read_text()
    ast.parse(source, feature_version=(3, 6))
    program = "import sys; sys.version_info = (3, 9, 2); sys.version = '3.9.2 (old)'; sys.argv = ['e', 'book']\n"
    program += "__name__ = '__main__'\n" + source.replace("__file__", repr(str(ROOT / "scripts" / "environment.py")))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Python >= 3.10 is needed, this is 3.9.2" in done.stderr
    assert "make PYTHON=" in done.stderr


def test_several_chapters_are_all_found():
    command = [sys.executable, ROOT / "scripts" / "chapters.py", "01", "05"]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert found == ["notebooks/01_minimax_game.ipynb", "notebooks/05_dcgan.ipynb"]

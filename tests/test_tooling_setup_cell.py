"""The set-up cell with real pip and git, in an environment without torch, installing a package of two lines."""

import re
import subprocess
import sys

import chapters
import pytest
import setup_cases
import setup_cell

# A package that builds without any tool from a registry: its build backend lies beside it.
BACKEND = """
import zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name, info = "ganbook-VERSION-py3-none-any.whl", "ganbook-VERSION.dist-info"
    with zipfile.ZipFile(f"{wheel_directory}/{name}", "w") as wheel:
        wheel.writestr("ganbook/__init__.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: ganbook\\nVersion: VERSION\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""


def git(folder, *words):
    name = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *name, "-C", str(folder), *words], check=True, capture_output=True)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """(python, cell, version, branch, hosted, elsewhere) of an environment in which ganbook is absent."""
    folder = tmp_path_factory.mktemp("hosted")
    version, (url, branch) = setup_cell.version(), setup_cell.address()
    repository = folder / "repository"
    repository.mkdir()
    (repository / "backend.py").write_text(BACKEND.replace("VERSION", version))
    (repository / "pyproject.toml").write_text(
        f'[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        f'[project]\nname = "ganbook"\nversion = "{version}"\n'
    )
    git(repository, "init", "--quiet")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "a package of two lines")
    bare = setup_cases.bare_clone(repository, branch, folder / "origin.git")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True)
    python = folder / "venv" / "bin" / "python"
    hosted = setup_cases.environment(python, url, bare, folder)
    elsewhere = setup_cases.environment(python, url, bare, folder, hosted=False)
    return python, setup_cell.text(), version, branch, hosted, elsewhere


def test_the_cases(place):
    seen = dict(setup_cases.cases(*place))
    assert len(seen) == 5
    assert not any(seen.values()), seen


def test_an_old_version_is_replaced_and_its_modules_are_forgotten(place):
    python, cell, version, _, hosted, elsewhere = place
    setup_cases.run_cell(python, cell, hosted)
    newer = cell.replace(f'wanted="{version}"', 'wanted="99.0.0"')
    assert newer != cell
    refused = setup_cases.run_cell(python, newer, elsewhere)
    assert "99.0.0" in refused["error"] and version in refused["error"] and refused["pips"] == [0]
    # On a hosted machine pip is asked; the address has nothing newer, and the cell says so.
    tried = setup_cases.run_cell(python, newer, hosted)
    assert tried["pips"] == [2] and "99.0.0" in tried["error"]
    # An installation that is older than wanted is replaced, and what was imported of it is dropped.
    info = next((python.parent.parent / "lib").glob(f"python3.*/site-packages/ganbook-{version}.dist-info"))
    metadata = info / "METADATA"
    metadata.write_text(metadata.read_text().replace(f"Version: {version}", "Version: 0.0.1"))
    replaced = setup_cases.run_cell(python, cell, hosted, before="ganbook")
    assert replaced == {"error": None, "pips": [1], "version": version, "stale": False}


def test_the_cases_see_a_cell_that_installs_unasked(place):
    python, cell, version, branch, hosted, elsewhere = place
    setup_cases.uninstall(python, hosted)
    careless = cell.replace('if "COLAB_RELEASE_TAG" not in os.environ:', "if False:")
    assert careless != cell
    name, wrong = next(iter(setup_cases.cases(python, careless, version, branch, hosted, elsewhere)))
    assert name == "not hosted"
    assert "pip was called" in wrong
    assert "something was installed" in wrong


def test_the_cell_fits_old_and_new_python_and_the_formatter():
    cell = setup_cell.text()
    compile(cell, "set-up cell", "exec")
    assert not re.search(r"^\s*[!%]", cell, re.M)
    assert max(map(len, cell.splitlines())) <= 88
    command = [sys.executable, "-m", "ruff", "format", "--config", str(chapters.NOTEBOOKS / "ruff.toml"), "-"]
    formatted = subprocess.run(command, input=cell + "\n", capture_output=True, text=True, check=True).stdout
    assert formatted == cell + "\n"

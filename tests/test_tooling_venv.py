"""scripts/environment.py with real environments: made once, recovered after a kill, honest where pip fails."""

import os
import shutil
import signal
import subprocess
import sys
import time

import chapters
import environment
import pytest

# A package that a slow network might be bringing: its build takes SECONDS, and needs no registry.
BACKEND = """
import os, time, zipfile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    open(os.path.join(os.path.dirname(__file__), "asked"), "a").write("x")
    time.sleep(float(os.environ.get("SECONDS_TO_BUILD", "0")))
    if os.environ.get("NO_NETWORK"):
        raise OSError("no network")
    name, info = "thing-1-py3-none-any.whl", "thing-1.dist-info"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w") as wheel:
        wheel.writestr("thing.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: thing\\nVersion: 1\\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{info}/RECORD", "")
    return name
"""
PROJECT = (
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
    '[project]\nname = "thing"\nversion = "1"\n'
)


@pytest.fixture
def checkout(tmp_path):
    """A checkout whose light environment holds one small package."""
    for folder in ("scripts", "book", "thing"):
        (tmp_path / folder).mkdir()
    shutil.copy(chapters.ROOT / "scripts" / "environment.py", tmp_path / "scripts")
    (tmp_path / "requirements.txt").write_text("")
    (tmp_path / "book" / "requirements.txt").write_text("./thing\n")
    (tmp_path / "thing" / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "thing" / "backend.py").write_text(BACKEND)
    return tmp_path


def start(checkout, **variables):
    command = [sys.executable, str(checkout / "scripts" / "environment.py"), "book"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    return subprocess.Popen(command, cwd=checkout, env={**os.environ, **variables}, **pipes)


def finish(process):
    said, _ = process.communicate(timeout=300)
    return process.returncode, said


def has_thing(checkout):
    python = environment.interpreter(checkout / ".venv-book")
    return subprocess.call([str(python), "-c", "import thing"], stderr=subprocess.DEVNULL) == 0


def times_built(checkout):
    asked = checkout / "thing" / "asked"
    return len(asked.read_text()) if asked.exists() else 0


def test_a_second_run_installs_nothing_and_a_changed_file_installs_again(checkout):
    code, said = finish(start(checkout))
    assert (code, times_built(checkout)) == (0, 1), said
    assert "setting up .venv-book" in said
    assert has_thing(checkout)
    assert finish(start(checkout)) == (0, "")
    assert times_built(checkout) == 1
    (checkout / "requirements.txt").write_text("# other versions\n")
    code, said = finish(start(checkout))
    assert (code, times_built(checkout)) == (0, 2), said
    # A broken interpreter is replaced, whatever the stamp says.
    environment.interpreter(checkout / ".venv-book").unlink()
    code, said = finish(start(checkout))
    assert (code, times_built(checkout)) == (0, 3), said
    assert has_thing(checkout)


def test_a_killed_set_up_starts_again_from_nothing(checkout):
    process = start(checkout, SECONDS_TO_BUILD="600")
    deadline = time.monotonic() + 120
    while not times_built(checkout):
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    trace = checkout / ".venv-book" / "half-made"
    trace.write_text("")
    assert not (checkout / ".venv-book" / ".ready").exists()
    code, said = finish(start(checkout))
    assert code == 0, said
    assert not trace.exists(), "what a kill left half-made was kept"
    assert has_thing(checkout)


def test_a_network_that_fails_is_named_and_the_next_run_goes_on(checkout):
    code, said = finish(start(checkout, NO_NETWORK="1"))
    assert code == 1
    assert "no network?" in said
    assert "run the same make target again" in said
    assert not (checkout / ".venv-book" / ".ready").exists()
    trace = checkout / ".venv-book" / "kept"
    trace.write_text("")
    code, said = finish(start(checkout))
    assert code == 0, said
    assert trace.exists(), "an environment that was sound was thrown away"
    assert has_thing(checkout)


def test_two_at_once_install_once(checkout):
    first, second = start(checkout, SECONDS_TO_BUILD="3"), start(checkout, SECONDS_TO_BUILD="3")
    assert [finish(first)[0], finish(second)[0]] == [0, 0]
    assert times_built(checkout) == 1


def test_a_python_without_venv_is_told_what_to_install(checkout):
    program = "import sys; sys.modules['ensurepip'] = None; sys.argv = ['environment.py', 'book']; import runpy\n"
    program += f"runpy.run_path({str(checkout / 'scripts' / 'environment.py')!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", program], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_the_settings_of_tools_install_nothing_but_a_dependency_does(checkout, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", checkout)
    project = checkout / "pyproject.toml"
    project.write_text('[project]\nname = "x"\ndependencies = ["a"]\n\n[tool.ruff]\nline-length = 100\n')
    before = environment.digest(["pyproject.toml"])
    project.write_text(project.read_text().replace("100", "120"))
    assert environment.digest(["pyproject.toml"]) == before
    project.write_text(project.read_text().replace('"a"', '"a", "b"'))
    assert environment.digest(["pyproject.toml"]) != before

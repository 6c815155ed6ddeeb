"""Make or complete a virtual environment: `python scripts/environment.py full|book`.

Standard library only, since it runs before anything is installed. An environment is ready when its stamp holds the
digest of what defines it; the stamp is written last. A set-up that was killed leaves a mark, and the next run starts
that environment from nothing; one that failed (no network) leaves none, and the next run goes on where it stopped.
"""

import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
KINDS = {
    "full": (".venv", ["requirements.txt", "pyproject.toml"]),
    "book": (".venv-book", ["requirements.txt", "book/requirements.txt"]),
}


def digest(files):
    """What an environment depends on: its files, Python's version, and its place (an environment cannot be moved)."""
    parts = [str(ROOT), "%d.%d" % sys.version_info[:2]]
    for name in files:
        # Of pyproject.toml only what installs something: the tools' settings come after it.
        parts.append((ROOT / name).read_text(encoding="utf-8").split("\n[tool.")[0])
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def interpreter(venv):
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fail(sentence):
    sys.exit("environment: " + sentence)


def run(*command):
    command = [str(part) for part in command]
    if subprocess.call(command, cwd=str(ROOT)):
        fail(
            "this command failed:\n  %s\nMend the cause (no network? disk full? see the lines above) and run the "
            "same make target again: what is installed already is kept." % " ".join(command)
        )


def healthy(python):
    """Does it start, is it of this version, and has it pip?"""
    code = "import sys, pip; sys.exit(sys.version_info[:2] != (%d, %d))" % sys.version_info[:2]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.call([str(python), "-c", code], **quiet) == 0
    except OSError:
        return False


@contextlib.contextmanager
def alone(name):
    """One set-up of a kind at a time: a second make waits for the first."""
    folder = ROOT / ".make"
    folder.mkdir(exist_ok=True)
    with open(str(folder / (name + ".lock")), "w") as lock:
        try:
            import fcntl
        except ImportError:  # Windows: two makes at once are the user's own affair
            yield
            return
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("environment: another set-up of %s is running; waiting for it." % name, flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def create(venv):
    shutil.rmtree(str(venv), ignore_errors=True)
    try:
        import ensurepip  # noqa: F401
        import venv as _  # noqa: F401
    except ImportError:
        fail(
            "this Python (%s) comes without venv and ensurepip. On Debian or Ubuntu: apt-get install python3-venv. "
            "Or name another Python: make PYTHON=python3.12 ..." % sys.executable
        )
    run(sys.executable, "-m", "venv", venv)


def install(kind, venv):
    python = interpreter(venv)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if kind == "full":
        run(*pip, "-r", "requirements.txt")
        run(*pip, "--no-deps", "--no-build-isolation", "-e", ".")
    else:
        run(*pip, "-r", "book/requirements.txt")


def main(kind):
    if sys.version_info < (3, 10):
        fail(
            "Python >= 3.10 is needed, this is %s (%s). Name another: make PYTHON=python3.12 ..."
            % (sys.version.split()[0], sys.executable)
        )
    folder, files = KINDS[kind]
    venv = ROOT / folder
    stamp, mark = venv / ".ready", venv / ".installing"
    wanted = digest(files)

    def ready():
        return stamp.is_file() and stamp.read_text() == wanted and interpreter(venv).exists()

    if ready():
        return
    with alone(kind):
        if ready():  # the one we waited for has done it
            return
        print("environment: setting up %s (the first time takes some minutes)" % folder, flush=True)
        if mark.exists() or not healthy(interpreter(venv)):
            create(venv)
        if stamp.exists():
            stamp.unlink()
        mark.touch()
        try:
            install(kind, venv)
        except SystemExit:  # pip said no and tidied up; only a kill leaves the mark
            mark.unlink()
            raise
        mark.unlink()
        stamp.write_text(wanted)


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in KINDS:
        sys.exit("usage: environment.py %s" % "|".join(KINDS))
    main(sys.argv[1])

"""Resolve requirements.txt, the lock, anew: `make lock`.

One file for every Python from 3.10 on and every system: uv resolves it, in an environment of its own in .make. What is
pinned already stays where it fits the bounds of pyproject.toml; UPGRADE=1 takes the newest instead.
"""

import os
import subprocess
import sys

import chapters

HEADER = "# The lock with which the committed outputs were made. Remake it with: make lock\n"
LOCK = chapters.ROOT / "requirements.txt"
PLAIN = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links", "--quiet"]
PLAIN += ["--cache-dir", ".make/uv-cache"]
EXTRAS = ["--extra", "book", "--extra", "scale", "--extra", "test", "pyproject.toml"]


def uv():
    """Where uv is, installed at the first call."""
    venv = chapters.ROOT / ".make" / "uv"
    program = venv / ("Scripts/uv.exe" if os.name == "nt" else "bin/uv")
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        subprocess.run([str(program.with_name("python")), "-m", "pip", "install", "-q", "uv"], check=True)
    return program


def direct():
    """The requirements that pyproject.toml names, extras included."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    project = tomllib.loads((chapters.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(line for lines in project["optional-dependencies"].values() for line in lines)]


def main():
    new = chapters.ROOT / ".make" / "lock.txt"
    new.write_text("" if os.environ.get("UPGRADE") else LOCK.read_text(encoding="utf-8"), encoding="utf-8")
    command = [str(uv()), "pip", "compile", "--universal", "--python-version", "3.10", *PLAIN, *EXTRAS, "-o", str(new)]
    if subprocess.call(command, cwd=chapters.ROOT, stdout=subprocess.DEVNULL):
        sys.exit("uv could not resolve the lock; requirements.txt is as it was. See its words above.")
    before, after = LOCK.read_text(encoding="utf-8"), HEADER + new.read_text(encoding="utf-8")
    if before == after:
        print("requirements.txt is up to date.")
        return
    LOCK.write_text(after, encoding="utf-8")
    changed = sorted(set(after.splitlines()) ^ set(before.splitlines()))
    print("\n".join(changed))
    print("requirements.txt has changed: run every chapter again (make run CH=all), then make test.")


if __name__ == "__main__":
    main()

"""Versions, what is tracked, what an import does: the promises of pyproject.toml and of the whole repository."""

import fnmatch
import json
import re
import subprocess
import sys

import chapters
import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = chapters.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]


def requirements(lines):
    """{name: [Requirement]} of the lines that hold on this machine."""
    found = {}
    for line in lines:
        line = line.split(" #")[0].strip()
        if line and not line.startswith(("#", "-")):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


def read(name):
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def git(*words):
    """What git says of this repository. A ZIP of it has no list of what is tracked: such tests are left out there."""
    if not (ROOT / ".git").exists():
        pytest.skip("no .git here: unpacked from an archive")
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, check=True).stdout


def tracked():
    listed = git("ls-files", "-z")
    return [name for name in listed.decode().split("\0") if name and (ROOT / name).is_file()]


LOCK = requirements(read("requirements.txt"))
COLAB = requirements(read("scripts/colab_versions.txt"))
WANTED = [*PROJECT["project"]["dependencies"], *EXTRAS["book"], *EXTRAS["scale"], *EXTRAS["test"]]


def pinned(requirement):
    """The version of `name==version`, or None."""
    found = re.fullmatch(r"==([^,*]+)", str(requirement.specifier))
    return found and found.group(1)


@pytest.mark.parametrize("line", WANTED)
def test_the_lock_satisfies_the_bounds(line):
    requirement = Requirement(line)
    locked = LOCK.get(canonicalize_name(requirement.name))
    assert locked, f"requirements.txt does not pin {requirement.name}; run: make lock"
    assert len(locked) == 1
    assert requirement.specifier.contains(pinned(locked[0])), f"{locked[0]} is outside of {line}; run: make lock"


def test_every_line_of_the_lock_is_pinned():
    assert [str(each) for some in LOCK.values() for each in some if not pinned(each)] == []


@pytest.mark.parametrize("line", PROJECT["project"]["dependencies"])
def test_colab_satisfies_the_lower_bounds(line):
    requirement = Requirement(line)
    assert {each.operator for each in requirement.specifier} == {">="}, "lower bounds only"
    colab = COLAB[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pinned(colab[0])), f"Colab has {colab[0]}, pyproject.toml asks for {line}"


def test_one_version():
    import ganbook

    assert ganbook.__version__ == PROJECT["project"]["version"]


def test_python_of_colab_and_of_debian_are_allowed():
    allowed = SpecifierSet(PROJECT["project"]["requires-python"])
    assert str(allowed) == ">=3.10"
    assert all(allowed.contains(version) for version in ("3.10.0", "3.11.2", "3.12.3", "3.13.0"))


def test_the_light_environment_is_the_extra_book():
    assert set(requirements(read("book/requirements.txt"))) == set(requirements(EXTRAS["book"]))
    assert "-c ../requirements.txt" in read("book/requirements.txt")


def test_the_wheel_holds_every_file_of_the_package():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["ganbook"]
    patterns = {pattern.removeprefix("**/") for pattern in patterns}
    left_out = [
        name
        for name in tracked()
        if name.startswith("ganbook/")
        and not name.endswith(".py")
        and not any(fnmatch.fnmatch(name.rsplit("/", 1)[1], pattern) for pattern in patterns)
    ]
    assert left_out == [], "add their endings to [tool.setuptools.package-data]"


# --- what is tracked

# Assembled, so that this file does not hold them.
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb.deb" + "ian.org",
    "download.py" + "torch.org",
    "ana" + "conda.org",
]
SPEAK_OF_PATHS = {
    "scripts/contract/outputs.py",
    "tests/test_notebooks.py",
}  # the check of paths, and its planted defects
MACHINE = re.compile(r"(?:/home|/root|/Users)/[\w.-]+/|/opt/(?:py|wh)|[A-Z]:\\+Users")


def text_of(name):
    data = (ROOT / name).read_bytes()
    return None if b"\0" in data[:8000] else data.decode("utf-8")


def test_no_tracked_file_names_a_registry_or_this_machine():
    found = []
    for name in tracked():
        text = text_of(name) or ""
        found += [f"{name}: names the host {host}; name the package instead" for host in HOSTS if host in text]
        if name not in SPEAK_OF_PATHS:
            here = MACHINE.search(text)
            found += [f"{name}: holds the machine's path {here.group(0)}"] if here else []
        if str(ROOT) in text and len(ROOT.parts) > 2:
            found.append(f"{name}: holds the path of this checkout")
    assert found == []


def test_no_pickles():
    names = [name for name in tracked() if re.search(r"\.(pkl|pickle|pt|pth|joblib|dill|npy)$", name)]
    assert names == [], "weights travel as safetensors, arrays as npz without objects"
    loads = re.compile(r"\bimport (?:c?pickle|dill|joblib)\b|allow_pickle\s*=\s*True|weights_only\s*=\s*False")
    shipped = [name for name in tracked() if name.startswith(("ganbook/", "notebooks/", "scripts/", "book/"))]
    assert shipped
    assert [name for name in shipped if loads.search(text_of(name) or "")] == []


def test_nothing_that_is_built_is_tracked():
    assert git("ls-files", "--cached", "--ignored", "--exclude-standard") == b""


def test_nothing_tracked_is_huge():
    assert {name: (ROOT / name).stat().st_size for name in tracked() if (ROOT / name).stat().st_size > 8e6} == {}


# --- what an import does

OFFLINE = """
import importlib, json, pkgutil, socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("an import asked the network")
socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
import PACKAGE
names = ["PACKAGE"] + [each.name for each in pkgutil.walk_packages(PACKAGE.__path__, "PACKAGE.")]
for name in names:
    importlib.import_module(name)
print(json.dumps([names, sorted(sys.modules)]))
"""


def imported(package, block=(), path=()):
    """(modules of the package, all modules) after importing the whole package with the network refused."""
    before = "".join(f"import sys; sys.modules[{name!r}] = None\n" for name in block)
    before += "".join(f"import sys; sys.path.insert(0, {str(each)!r})\n" for each in path)
    program = before + OFFLINE.replace("PACKAGE", package)
    done = subprocess.run([sys.executable, "-W", "error::ImportWarning", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_importing_ganbook_asks_nobody_and_needs_what_colab_has():
    names, modules = imported("ganbook", block=["jaxtyping", "beartype", "ot", "torchmetrics", "hypothesis", "pytest"])
    assert len(names) > 10
    assert "ganbook.losses" in modules


def test_building_the_book_needs_no_torch():
    names, modules = imported("bookext", block=["torch", "torchvision", "ganbook"], path=[ROOT / "book" / "ext"])
    assert len(names) > 3
    assert "bookext.notebooks" in modules


def test_ganbook_adds_little_to_the_time_of_importing_torch():
    program = "import ganbook.train, ganbook.plot, ganbook.data, ganbook.explore"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program], capture_output=True, text=True, check=True
    )
    lines = [line.removeprefix("import time:").split("|") for line in done.stderr.splitlines() if "|" in line]
    own = sum(int(mine) for mine, _, name in lines if name.strip().startswith("ganbook"))
    assert own > 0
    assert own < 2_000_000, (
        f"ganbook's own modules took {own / 1e6:.1f} s to import: does one compute or load at import?"
    )

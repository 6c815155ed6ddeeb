"""The set-up cell tried in five places: absent, present, run twice, not hosted, wrong branch (and an old version).

Each case runs the cell in a fresh process of an environment that the caller made, with nothing of this shell's
variables but what pip and git need, in an empty folder. The repository's address is served from a bare clone.
"""

import json
import os
import pathlib
import subprocess
import tempfile

PROGRAM = """
import json, subprocess, sys
calls, real = [], subprocess.run
def counted(command, *args, **kwargs):
    calls.append(command)
    return real(command, *args, **kwargs)
subprocess.run = counted
cell, times, before = open(sys.argv[1], encoding="utf-8").read(), int(sys.argv[2]), sys.argv[3]
if before:
    __import__(before)
error, pips = None, []
for _ in range(times):
    calls.clear()
    try:
        exec(compile(cell, "set-up cell", "exec"), {"__name__": "__main__"})
    except ImportError as problem:
        error = str(problem)
    pips.append(len(calls))
stale = before in sys.modules
import importlib.metadata
try:
    version = importlib.metadata.version("ganbook")
except importlib.metadata.PackageNotFoundError:
    version = None
print(json.dumps({"error": error, "pips": pips, "version": version, "stale": stale}))
"""
KEPT = ("PIP_", "SSL_", "LANG", "LC_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http", "no_proxy", "SYSTEMROOT")


def environment(python, url, bare, home, hosted=True):
    """env -i, and what is needed: the way to python and git, pip's own settings, the address served from `bare`."""
    variables = {name: value for name, value in os.environ.items() if name.startswith(KEPT)}
    variables |= {
        "PATH": os.pathsep.join([str(pathlib.Path(python).parent), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": str(home),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a note of the debugger on standard error
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"url.{pathlib.Path(bare).resolve().as_uri()}.insteadOf",
        "GIT_CONFIG_VALUE_0": url,
        "GIT_CONFIG_KEY_1": "safe.directory",
        "GIT_CONFIG_VALUE_1": "*",
    }
    if hosted:
        variables["COLAB_RELEASE_TAG"] = "release-colab_rehearsal"
    return variables


def bare_clone(root, branch, target):
    """A bare clone of what is committed in `root`, whose `branch` is the present commit."""
    subprocess.run(["git", "clone", "--quiet", "--bare", str(root), str(target)], check=True)
    head = subprocess.run(["git", "-C", str(root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    subprocess.run(["git", "-C", str(target), "update-ref", f"refs/heads/{branch}", head.stdout.strip()], check=True)
    return target


def run_cell(python, cell, variables, times=1, before=""):
    """Execute the cell in a fresh process and an empty folder: {error, pips (pip runs each time), version, stale}."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "cell.txt"
        path.write_text(cell, encoding="utf-8")
        empty = pathlib.Path(folder) / "empty"
        empty.mkdir()
        done = subprocess.run(
            [str(python), "-c", PROGRAM, str(path), str(times), before],
            cwd=empty,
            env=variables,
            capture_output=True,
            text=True,
        )
    if done.returncode:
        return {"error": f"the process died: {done.stderr[-800:]}", "pips": [], "version": None, "stale": None}
    return json.loads(done.stdout.splitlines()[-1])


def uninstall(python, variables):
    subprocess.run([str(python), "-m", "pip", "uninstall", "-q", "-y", "ganbook"], env=variables, check=True)


def cases(python, cell, version, branch, hosted, elsewhere):
    """Yield (case, what is wrong or "") for an environment in which ganbook is absent; leaves it installed.

    hosted, elsewhere: the variables of a Colab machine and of a reader's own.
    """

    def verdict(result, *wrong):
        return "; ".join(sentence for bad, sentence in wrong if bad) + (
            f" {result}" if any(b for b, _ in wrong) else ""
        )

    result = run_cell(python, cell, elsewhere)
    yield (
        "not hosted",
        verdict(
            result,
            ("Nothing is installed" not in (result["error"] or ""), "no clear ImportError"),
            (result["pips"] != [0], "pip was called"),
            (result["version"] is not None, "something was installed"),
        ),
    )
    wrong = cell.replace(f'branch="{branch}"', 'branch="no-such-branch"')
    result = run_cell(python, wrong, hosted)
    yield (
        "wrong ref",
        verdict(
            result,
            (wrong == cell, "the branch stands nowhere in the cell"),
            ("no-such-branch" not in (result["error"] or ""), "the error does not name the branch"),
            (result["pips"] != [2], "pip was not tried twice"),
            (result["version"] is not None, "something was installed"),
        ),
    )
    result = run_cell(python, cell, hosted, times=2)
    yield (
        "absent, then a second run",
        verdict(
            result,
            (result["error"] is not None, "it failed"),
            (result["pips"] != [1, 0], "pip should run once, and not again"),
            (result["version"] != version, f"version {version} was not installed"),
        ),
    )
    for name, variables in (("present, hosted", hosted), ("present, not hosted", elsewhere)):
        result = run_cell(python, cell, variables, before="ganbook")
        yield (
            name,
            verdict(
                result,
                (result["error"] is not None, "it failed"),
                (result["pips"] != [0], "pip was called"),
                (not result["stale"], "a module that was right has been purged"),
            ),
        )


PANELS = """
import ipywidgets
import numpy as np
from ganbook import explore

def grey(*values):
    return np.full((1, 1, 8, 8), sum(values) / 8)

rows = {"p": [0.0, 1.0], "q": [1.0, 5.0]}
for made in (
    explore.slider(grey, [0.0, 4.0], alt="grey"),
    explore.pad(grey, [0.0, 4.0], [0.0, 4.0], alt="grey"),
    explore.choices(grey, rows, alt="grey"),
):
    image, *knobs, note = made.live().children
    for knob in knobs:
        before, last = image.value, getattr(knob, "max", 1)
        knob.value = 0 if knob.value else last
        assert image.value != before, f"{type(knob).__name__} was turned, and the picture stayed as it was"
        assert not note.value, note.value
"""


def panels(python, variables):
    """Nothing ("") if each panel of explore redraws as its knobs are turned, under this environment's ipywidgets."""
    return run_cell(python, PANELS, variables)["error"] or ""

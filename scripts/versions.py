"""Do the bounds of pyproject.toml resolve, to their lowest on the oldest Python and to the newest? `make versions`.

Wheels alone, for Linux, Windows and a Mac with Apple's processor: nothing is installed or run. Of every direct
requirement the bound must be reachable (no other package asks for more), and something must be there to install.
What the lowest then computes is `make test`'s to say, in an environment of it: the lists stay in .make/versions.
"""

import itertools
import os
import re
import subprocess
import sys

import chapters
import lock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

HERE = chapters.ROOT / ".make" / "versions"
PLATFORMS = {
    "Linux": "x86_64-unknown-linux-gnu",
    "Windows": "x86_64-pc-windows-msvc",
    "Apple silicon": "aarch64-apple-darwin",
}
ENDS = {"lowest": ("lowest-direct", "3.10"), "newest": ("highest", "3.14")}
"""name -> (uv's word for it, version of Python)."""


def resolve(end, platform, out):
    """Write the versions that uv finds; returns its words where it finds none."""
    resolution, python = ENDS[end]
    command = [str(lock.uv()), "pip", "compile", *lock.PLAIN, "--only-binary", ":all:", "--resolution", resolution]
    command += ["--python-version", python, "--python-platform", PLATFORMS[platform], *lock.EXTRAS, "-o", str(out)]
    environ = {
        **os.environ,
        "MACOSX_DEPLOYMENT_TARGET": "14.0",
    }  # book/how_to_run.md says so; else uv takes an older one
    done = subprocess.run(command, cwd=chapters.ROOT, env=environ, capture_output=True, text=True)
    return done.stderr.strip() or f"uv ended with {done.returncode}" if done.returncode else ""


def pins(text):
    """{name: version} of the lines `name==version`."""
    found = re.findall(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;]+)", text, re.M)
    return {canonicalize_name(name): Version(version) for name, version in found}


def bounds(lines):
    """{name: the version of its `>=`}."""
    found = {}
    for requirement in map(Requirement, lines):
        low = [Version(each.version) for each in requirement.specifier if each.operator == ">="]
        found[canonicalize_name(requirement.name)] = max(low)
    return found


def unreached(wanted, lowest):
    """A sentence for each bound that is too low: others ask for more, or there is no such version."""
    return [
        f"{name}>={low}: the lowest that fits is {lowest[name]}; raise the bound to it"
        for name, low in wanted.items()
        if lowest[name] != low
    ]


def main():
    wanted, locked, wrong = bounds(lock.direct()), pins(lock.LOCK.read_text(encoding="utf-8")), []
    found = {end: {} for end in ENDS}
    HERE.mkdir(parents=True, exist_ok=True)
    for end, platform in itertools.product(ENDS, PLATFORMS):
        out = HERE / f"{end} {platform}.txt".lower().replace(" ", "-")
        failed = resolve(end, platform, out)
        place = f"{end}, Python {ENDS[end][1]}, {platform}"
        print(f"{'✗' if failed else '✓'} {place} {failed}", flush=True)
        if failed:
            wrong.append(f"{place}: does not resolve")
        else:
            found[end][platform] = pins(out.read_text(encoding="utf-8"))
    for name, low in wanted.items():
        newest = sorted({versions[name] for versions in found["newest"].values()})
        print(f"  {name}: from {low}, locked {locked[name]}, newest {' or '.join(map(str, newest))}")
    if found["lowest"]:
        wrong += unreached(wanted, {name: max(each[name] for each in found["lowest"].values()) for name in wanted})
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()

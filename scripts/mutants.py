"""Would the tests notice? `make mutants`: small wrong changes of ganbook, drawn at random, and the tests of each.

    make mutants                                     # 40 of the whole library
    make mutants SEED=3 N=100 IN="losses penalties"  # others, of two rooms

Each change is planted in a copy of the checkout (.make/mutants), and the tests that import the changed module are run
until one fails. Printed are the share that was killed, and the survivors: each is a missing test, or changes nothing
that a reader could notice. What has been run is kept and gone on with: a mutant that was killed stays killed, a
survivor is tried again once its tests have changed. Needs a system with fork.
"""

import argparse
import ast
import contextlib
import functools
import hashlib
import io
import json
import os
import random
import resource
import shutil
import signal
import sys
import time
import zlib

import chapters
from mutate import mutants

HERE = chapters.ROOT / ".make" / "mutants"
TREE, KEPT = HERE / "tree", HERE / "results.json"
LEFT_BEHIND = shutil.ignore_patterns(".*", "_build", "build", "runs", "node_modules")
FILES = 6
"""At most so many test files are run for one mutant, besides those of EVERYWHERE."""

EVERYWHERE = ("test_refusals.py", "test_registry.py")
"""Asked last, of everything: they make calls from texts, and games from a list, so no import tells what they test."""

SECONDS = 120
"""Processor time that a file may take; the longest takes half of it."""

DRAWN = "ganbook/draw/"
"""Left out where nothing is named: most of its numbers are places on paper, and people look at them."""


# --- which tests belong to a module


def file_of(module):
    base = chapters.ROOT.joinpath(*module.split("."))
    return next((path for path in (base.with_suffix(".py"), base / "__init__.py") if path.is_file()), None)


@functools.cache
def parsed(path):
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def origins(module, name, nodes=()):
    """The files that `from module import name` leads to; where it is a door, those of the names that `nodes` take."""
    whole = file_of(f"{module}.{name}")
    if whole:
        taken = {n.attr for n in nodes if isinstance(n, ast.Attribute) and getattr(n.value, "id", None) == name}
        through = {file for each in taken for file in origins(f"{module}.{name}", each)}
        return through | {whole}
    door = file_of(module)
    if door and door.name == "__init__.py":
        for node in parsed(door):
            if isinstance(node, ast.ImportFrom) and name in [each.asname or each.name for each in node.names]:
                return origins(node.module, name)
    return {door} if door else set()


@functools.cache
def used_by(path):
    """The files of ganbook that a source has names from, by its own imports."""
    nodes = parsed(path)
    return {
        file
        for node in nodes
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ganbook"
        for each in node.names
        for file in origins(node.module, each.name, nodes)
    }


def about(test, path):
    """How many words of a module's path stand in the name of a test file, and whether it ends in the last of them."""
    words = [word.strip("_") for word in path.relative_to(chapters.ROOT / "ganbook").with_suffix("").parts]
    parts = test.stem.split("_")
    return sum(any(part.startswith(word) for part in parts) for word in words), parts[-1] == words[-1]


@functools.cache
def tests_of(path):
    """Test files that use a module, its namesakes first, then those that use the least else; then its users' tests.

    Of these all where nothing else is known, else those that have a word of its path in their name.
    """
    every = sorted((chapters.ROOT / "tests").glob("test_*.py"))
    users = [user for user in sorted((chapters.ROOT / "ganbook").rglob("*.py")) if path in used_by(user)]
    own = {test for test in every if path in used_by(test) or about(test, path)[1]}
    lent = {test for user in users if user.name != "__init__.py" for test in tests_of(user)} - own
    lent = {test for test in lent if about(test, path)[0] or not own}
    near = [sorted(tests, key=lambda test: (-about(test, path)[0], len(used_by(test)), test)) for tests in (own, lent)]
    tests = [test for test in near[0] + near[1] if test.name not in EVERYWHERE][:FILES]
    return tests + [test for test in every if test.name in EVERYWHERE]


# --- running them


def run(words, seconds):
    """What a run of these files, tests or sources with doctests, ends with: "" where all pass.

    The library is imported anew for each: what beartype has once resolved, it keeps by name, whatever is planted since.
    """
    log = HERE / "last.txt"
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        signal.alarm(10 * seconds)  # for what waits
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1), os.dup2(file, 2)
        os.chdir(TREE)
        os.environ["PYTHONPATH"] = str(TREE)
        sys.path[:] = [str(TREE), *(place for place in sys.path if place != str(chapters.ROOT / "scripts"))]
        import pytest

        code = pytest.main(["-x", "-q", "--tb=line", "-p", "no:cacheprovider", "--no-header", *words])
        sys.stdout.flush()
        os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        slow = -code in (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM)
        return "took too long" if slow else f"signal {-code}"
    said = log.read_text(errors="replace").splitlines()
    failed = [line.split(" - ")[0] for line in said if line.startswith(("FAILED", "ERROR"))]
    return "" if code in (0, 5) else (failed or said[-1:] or ["?"])[0]  # 5: nobody tests it


@contextlib.contextmanager
def planted(path, text):
    """A source of the copy with another text; its time tells Python's caches that it is another."""
    before, times = path.read_bytes(), path.stat()
    path.write_text(text, encoding="utf-8")
    stamp = zlib.crc32(text.encode()) // 2
    os.utime(path, (stamp, stamp))
    try:
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def digest(*texts):
    return hashlib.sha256("".join(texts).encode()).hexdigest()[:16]


class Bench:
    """The copy, and what has been found: results by the digest of a mutant, tests that pass by that of all sources."""

    def __init__(self):
        HERE.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(TREE, ignore_errors=True)
        shutil.copytree(chapters.ROOT, TREE, ignore=LEFT_BEHIND)
        self.sound = [path.read_text(encoding="utf-8") for path in sorted((chapters.ROOT / "ganbook").rglob("*.py"))]
        self.found = json.loads(KEPT.read_text()) if KEPT.exists() else {}

    def keep(self, key, value):
        self.found[key] = value
        KEPT.with_suffix(".part").write_text(json.dumps(self.found, indent=1))
        os.replace(KEPT.with_suffix(".part"), KEPT)

    def blamed(self, said):
        """Is it the mutant's doing that a test failed? It must pass without one; asked once a test."""
        if not said.startswith(("FAILED", "ERROR")):
            return
        test = said.split(maxsplit=1)[1]
        text = (TREE / test.split("::")[0]).read_text(encoding="utf-8")
        key = f"sound {digest(test, text, *self.sound)}"
        if key not in self.found:
            failed = run([test], SECONDS)
            if failed:
                sys.exit(f"{test} fails without a mutant: {failed}. See {HERE / 'last.txt'}")
            self.keep(key, test)

    def verdict(self, mutant):
        """What kills it, "" where nothing does: its doctests and the tests named after it are asked first."""
        path = chapters.ROOT / mutant.path
        source, tests = path.read_text(encoding="utf-8"), tests_of(path)
        text = mutant.of(source)
        held = digest(source, *(test.read_text(encoding="utf-8") for test in tests))
        key, killed = digest(text), ""
        old = self.found.get(key)
        if not old or (not old["killed"] and old["tests"] != held):
            names = [mutant.path, *(f"tests/{test.name}" for test in tests)]
            for words in (names[:2], names[2:]):
                if words and not killed:
                    with planted(TREE / mutant.path, text):
                        killed = run(words, SECONDS * len(words))
            self.blamed(killed)
            self.keep(key, {"mutant": str(mutant), "killed": killed, "tests": held})
        return self.found[key]["killed"]


def drawn(rooms, n, seed):
    """n mutants of the files whose path holds one of these words, drawn without return."""
    every = []
    for path in sorted((chapters.ROOT / "ganbook").rglob("*.py")):
        name = path.relative_to(chapters.ROOT).as_posix()
        if any(room in name for room in rooms) if rooms else not name.startswith(DRAWN):
            every += mutants(name, path.read_text(encoding="utf-8"))
    if not every:
        sys.exit(f"no file of ganbook has one of these words in its path: {' '.join(rooms)}")
    return len(every), random.Random(seed).sample(every, min(n, len(every)))


def wilson(k, n, z=1.96):
    """The interval of Wilson for a share of which k of n were seen.

    >>> [round(end, 3) for end in wilson(9, 10)]
    [0.596, 0.982]
    """
    middle, half = (k + z * z / 2) / (n + z * z), z * (k * (n - k) / n + z * z / 4) ** 0.5 / (n + z * z)
    return middle - half, middle + half


def main(arguments):
    parser = argparse.ArgumentParser(description="plant small defects and see whether the tests notice")
    parser.add_argument("rooms", nargs="*", help="words of paths: losses, penalties, metrics/frechet")
    parser.add_argument("--n", type=int, default=40)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    with contextlib.redirect_stderr(io.StringIO()):  # imported once, for all children
        import pytest  # noqa: F401
        import scipy.stats  # noqa: F401
        import sympy  # noqa: F401
        import torch  # noqa: F401
        import torchvision  # noqa: F401
    total, chosen_ones = drawn(chosen.rooms, chosen.n, chosen.seed)
    print(f"{len(chosen_ones)} of {total} mutants, seed {chosen.seed}", flush=True)
    bench, survivors = Bench(), []
    for n, mutant in enumerate(chosen_ones, 1):  # as drawn: stopped early, it is a smaller sample
        start = time.perf_counter()
        killed = bench.verdict(mutant)
        survivors += [] if killed else [mutant]
        told = (
            f"{'ok  ' if killed else 'LIVE'} {time.perf_counter() - start:4.0f} s  {n - len(survivors)}/{n}  {mutant}"
        )
        print(f"{told}  {killed[:160]}", flush=True)
    n = len(chosen_ones)
    low, high = wilson(n - len(survivors), n)
    print(f"{n - len(survivors)} of {n} mutants were killed ({low:.0%} to {high:.0%}). Survivors:")
    print(*survivors or ["none"], sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])

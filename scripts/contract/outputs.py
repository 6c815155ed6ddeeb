"""Has the notebook run, as a whole, and would its outputs be the same on another machine?"""

import json
import re

import chapters

from contract.chapter import outputs, texts

LARGEST = 1_500_000  # bytes, outputs included


def is_python(chapter):
    return [f"cell {k} is not valid Python; mend its syntax" for k, _ in chapter.code() if chapter.tree(k) is None]


def executed_in_order(chapter):
    code = chapter.code()
    missing = [k for k, cell in code if cell.get("execution_count") is None]
    if missing:
        return [f"{len(missing)} of {len(code)} code cells have not run (first: cell {missing[0]}); {chapter.run}"]
    counts = [cell["execution_count"] for _, cell in code]
    if counts != list(range(1, len(counts) + 1)):
        return [f"the code cells ran in the order {counts}, not from 1 to {len(counts)}; {chapter.run}"]
    return [] if code else ["it has no code cell; a chapter computes what it says"]


def no_errors(chapter):
    return [
        f"cell {k} ended in {error.get('ename')}: {error.get('evalue')}; mend it, then {chapter.run}"
        for k, cell in chapter.code()
        for error in outputs(cell, "error")
    ]


def small_enough(chapter):
    size = len(json.dumps(chapter.notebook, indent=1, ensure_ascii=False).encode())
    if size <= LARGEST:
        return []
    heavy = max(range(len(chapter.cells)), key=lambda k: len(json.dumps(chapter.cells[k])))
    limit = f"{size / 1e6:.2f} MB, the limit is {LARGEST / 1e6} MB"
    return [f"it weighs {limit}; the heaviest is cell {heavy}: show fewer or smaller pictures"]


def as_run_writes_it(chapter):
    if chapters.normalise(chapter.notebook) == chapter.notebook:
        return []
    return [f"it holds traces of an editor or a machine (metadata, cell ids); run: make format, or {chapter.run}"]


PATHS = re.compile(
    r"(?:/home/\w+|/root/|/Users/\w+|/tmp/|/var/folders/|/usr/lib|/opt/|[A-Z]:\\+Users|site-packages|ipykernel_\d+)"
    r"[^\s'\"<]*"
)


def no_machine_paths(chapter):
    here = re.compile(f"{PATHS.pattern}|{re.escape(str(chapters.ROOT))}")
    return [
        f"cell {k} shows a path of this machine ({found.group(0)!r}); do not print it"
        for k, cell in chapter.code()
        for text in texts(cell)
        if (found := here.search(text))
    ]


def no_addresses(chapter):
    return [
        f"cell {k} shows a memory address ({found.group(0)}), another at each run; "
        "end a figure with plt.show(), show no bare object"
        for k, cell in chapter.code()
        for text in texts(cell)
        if (found := re.search(r"\b0x[0-9a-fA-F]{6,}", text))
    ]


def no_stderr(chapter):
    return [
        f"cell {k} wrote to stderr ({chapters.first_line(''.join(output['text']))!r}); mend the cause"
        for k, cell in chapter.code()
        for output in outputs(cell, "stream")
        if output["name"] == "stderr"
    ]


# What `make run` refuses to write.
CLEAN = (no_errors, no_machine_paths, no_addresses, no_stderr)
CHECKS = (is_python, executed_in_order, small_enough, as_run_writes_it, *CLEAN)

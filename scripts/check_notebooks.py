"""The contract of the notebooks, checked without running them: `make check`, or `make check CH=01`."""

import sys
from pathlib import Path

import chapters
from contract import CHECKS, CLEAN, PAGE, Chapter


def outputs_are_clean(notebook):
    """What `make run` refuses to write: outputs that cannot be the same elsewhere."""
    chapter = Chapter(Path("notebook.ipynb"), notebook)
    return [line for check in CLEAN for line in check(chapter)]


def complaints(path, root=chapters.ROOT, checks=None):
    """Every sentence that the checks have to say about one notebook, each with the file's name in front."""
    path = Path(path)
    checks = checks or (CHECKS if path.name[:2].isdigit() else PAGE)
    try:
        chapter = Chapter(path, chapters.read(path), root)
        return [f"notebooks/{path.name}: {line}" for check in checks for line in check(chapter)]
    except (ValueError, KeyError, TypeError, OSError) as error:
        return [f"notebooks/{path.name}: cannot be read as a notebook ({error!r}); restore it from git"]


def main(names):
    paths = [path for name in names or ["all"] for path in chapters.find(name)]
    lines = [line for path in paths for line in complaints(path)]
    for line in lines:
        print(line)
    if lines:
        print(f"\n{len(lines)} complaints about {len(paths)} notebooks.")
        return 1
    print(f"{len(paths)} notebooks keep the contract ({len(CHECKS)} checks a chapter).")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

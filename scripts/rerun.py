"""Each cell of a chapter once more, alone, at the end: `make rerun CH=01`.

The chapter is run whole; then every cell is run again in a fork of the finished process, so that none meets what
another left behind. What fails there would meet a reader who goes back, changes a number and runs one cell.
"""

import argparse
import os
import sys
import traceback

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.update(GANBOOK_STATIC="1", MPLBACKEND="Agg", GANBOOK_DEVICE="cpu")  # a fork shares no GPU

import chapters  # noqa: E402
from IPython.core.interactiveshell import InteractiveShell  # noqa: E402


def alone(shell, source):
    """Run a cell in a fork: the sentence of its error, or "" where there is none."""
    there, here = os.pipe()
    child = os.fork()
    if child == 0:
        result = shell.run_cell(source, silent=True)
        error = result.error_before_exec or result.error_in_exec
        said = "".join(traceback.format_exception_only(error)) if error else ""
        os.write(here, said[:4_000].encode())
        os._exit(bool(error))
    os.close(here)
    with os.fdopen(there) as pipe:
        said = pipe.read()
    _, status = os.waitpid(child, 0)
    return said.strip() or ("" if status == 0 else f"the process ended with {status}")


def again(notebook):
    """[(cell, error)] of the cells that fail when they are run again after the end."""
    shell = InteractiveShell.instance()
    cells = [(k, chapters.source(c)) for k, c in enumerate(notebook["cells"]) if c["cell_type"] == "code"]
    for _, source in cells:
        shell.run_cell(source, silent=True).raise_error()
    return [(k, said) for k, source in cells if (said := alone(shell, source))]


def main(arguments):
    parser = argparse.ArgumentParser(description="run each cell of a chapter again after its end")
    parser.add_argument("chapter")
    (path,) = chapters.find(parser.parse_args(arguments).chapter)
    failed = again(chapters.read(path))
    for k, said in failed:
        print(f"{path.stem}, cell {k}: {said}")
    print(f"{path.stem}: {len(failed)} cells fail when they are run again")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

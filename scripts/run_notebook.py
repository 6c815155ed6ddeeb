"""Execute chapters in place: `make run CH=01`.

One thread, a fresh kernel, an empty current folder (nothing can be read by a relative path), the static form of every
panel. The file is replaced only when every cell has passed; otherwise it stays as it was.
"""

import json
import os
import pathlib
import sys
import tempfile
import time

THREADS = 1
for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[name] = str(THREADS)
os.environ["GANBOOK_STATIC"] = "1"
for name in ("GANBOOK_SEED", "GANBOOK_CLAIMS", "MPLBACKEND"):  # Agg would leave the pages without figures
    os.environ.pop(name, None)

import chapters  # noqa: E402
import check_notebooks  # noqa: E402
import nbformat  # noqa: E402
import setup_cell  # noqa: E402
from nbclient import NotebookClient  # noqa: E402
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError  # noqa: E402


class Timed(NotebookClient):
    """Notes the seconds of each cell."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seconds = {}

    async def async_execute_cell(self, cell, cell_index, *args, **kwargs):
        start = time.perf_counter()
        try:
            return await super().async_execute_cell(cell, cell_index, *args, **kwargs)
        finally:
            self.seconds[cell_index] = time.perf_counter() - start


def execute(notebook, timeout=2000):
    """(executed notebook, seconds of each cell); raises what nbclient raises."""
    document = nbformat.reads(json.dumps(notebook), as_version=4)
    with tempfile.TemporaryDirectory() as empty:
        client = Timed(
            document,
            timeout=timeout,
            startup_timeout=600,  # importing IPython can take minutes on a busy machine
            kernel_name="python3",
            resources={"metadata": {"path": empty}},
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=40"],
        )
        client.execute()
    return document, client.seconds


def processor_seconds():
    """What finished children (the kernels) have used: on a quiet machine, with one thread, what the clock says."""
    times = os.times()
    return times.children_user + times.children_system


def run(path):
    """Execute one notebook in place; a sentence on failure, else None."""
    notebook = chapters.normalise(setup_cell.apply(chapters.read(path), path.stem))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    start, spent = time.perf_counter(), processor_seconds()
    try:
        done, seconds = execute(notebook)
    except CellExecutionError as error:
        return f"a cell failed:\n{error}"
    except (CellTimeoutError, DeadKernelError) as error:
        return f"the kernel did not survive: {error}"
    total, spent = time.perf_counter() - start, processor_seconds() - spent
    cost = {"cores": os.cpu_count(), "processor_seconds": round(spent), "seconds": round(total), "threads": THREADS}
    done["metadata"]["ganbook"] = cost
    done = chapters.normalise(done)
    complaints = check_notebooks.outputs_are_clean(done)
    if complaints:
        return "it ran, but its outputs cannot be committed:\n  " + "\n  ".join(complaints)
    chapters.write(path, done)
    size = path.stat().st_size / 1e6
    print(f"{path.stem}: {total:.0f} s on {THREADS} thread of {os.cpu_count()} cores, {size:.2f} MB. Slowest cells:")
    for index, each in sorted(seconds.items(), key=lambda item: -item[1])[:5]:
        print(f"  {each:7.1f} s  cell {index:3d}: {chapters.first_line(chapters.source(done['cells'][index]))[:80]}")
    if total > 1.3 * spent + 10:
        print(
            f"  The machine was busy: {total:.0f} s by the clock, {spent:.0f} s of processor. The page will say the "
            "first: run it again when nothing else runs."
        )
    return None


def main(names):
    failed = 0
    for name in names or [""]:
        for path in chapters.find(name):
            reason = run(pathlib.Path(path))
            if reason:
                failed += 1
                print(f"{path.relative_to(chapters.ROOT)} was left untouched: {reason}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""A rehearsal of Colab: `make colab`, or `make colab CH="01 05"`.

A fresh environment with Colab's versions (scripts/colab_versions.txt; Python 3.13 where there is one, PYTHON313 names
it, else the nearest), google.colab stubbed, the repository's address served from a bare clone of the present commit, no
variable of this shell. First the cases of the set-up cell, then a copy of each notebook alone in an empty folder.
"""

import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time

import chapters
import machine
import nbformat
import setup_cases
import setup_cell
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

HERE = chapters.ROOT / ".make" / "colab"
WANTED = re.compile(r"font cache|\brounds\b")  # matplotlib's first start; the bar of a training
VERSIONS = chapters.ROOT / "scripts" / "colab_versions.txt"


def python_like_colab():
    """The nearest to Python 3.13 that this machine has."""
    named = os.environ.get("PYTHON313")
    candidates = [named] if named else []
    for minor in (13, 14, 12, 11, 10):
        candidates.append(shutil.which(f"python3.{minor}"))
        candidates += sorted(map(str, pathlib.Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python3.{minor}")))[
            ::-1
        ]
    for candidate in [*filter(None, candidates), sys.executable]:
        if subprocess.call([candidate, "-c", "import venv, ensurepip"], stderr=subprocess.DEVNULL) == 0:
            return candidate
    sys.exit("No Python with venv was found. Name one with PYTHON313=/path/to/python3.13 make colab")


def make_environment():
    """.make/colab/venv with Colab's versions; kept between rehearsals, without ganbook."""
    venv, python = HERE / "venv", HERE / "venv" / "bin" / "python"
    wanted = VERSIONS.read_text(encoding="utf-8") + python_like_colab()
    stamp = venv / ".ready"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(venv, ignore_errors=True)
        print(f"Making an environment with Colab's versions from {python_like_colab()} ...", flush=True)
        subprocess.run([python_like_colab(), "-m", "venv", str(venv)], check=True)
        install = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(VERSIONS)]
        if subprocess.call(install):
            sys.exit("pip could not install Colab's versions (scripts/colab_versions.txt): see its words above.")
        where = [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
        site = pathlib.Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
        (site / "google" / "colab").mkdir(parents=True, exist_ok=True)
        (site / "google" / "colab" / "__init__.py").write_text('"""A stub: the rehearsal is not Colab."""\n')
        stamp.write_text(wanted)
    return python


def versions(python):
    listed = subprocess.run(
        [str(python), "-m", "pip", "list", "--format=json"], check=True, capture_output=True, text=True
    )
    return {each["name"].lower(): each["version"] for each in json.loads(listed.stdout)}


def processor_seconds():
    """What the processes that have ended took: unlike the clock's, hardly longer on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_alone(path, python, variables):
    """Execute a copy of the notebook alone in an empty folder; "" or what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        spec = pathlib.Path(folder) / "data" / "kernels" / "colab"
        spec.mkdir(parents=True)
        command = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        (spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "Colab", "language": "python"}))
        os.environ["JUPYTER_DATA_DIR"] = str(spec.parent.parent)
        empty = pathlib.Path(folder) / "content"
        empty.mkdir()
        copy = shutil.copy(path, empty)
        notebook = nbformat.read(copy, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        client = NotebookClient(
            notebook,
            timeout=3000,
            startup_timeout=600,
            kernel_name="colab",
            resources={"metadata": {"path": str(empty)}},
        )
        try:
            client.execute(env=variables)
        except (CellExecutionError, DeadKernelError) as error:
            if getattr(error, "ename", "") == "KeyboardInterrupt":  # so nbclient hands Ctrl-C and a kill on
                raise KeyboardInterrupt from None
            return f"{type(error).__name__}: {str(error)[-1500:]}"
        said = {
            k: out.text.strip().splitlines()[-1]
            for k, cell in enumerate(notebook.cells)
            for out in cell.get("outputs", [])
            if out.output_type == "stream" and out.name == "stderr" and not WANTED.search(out.text) and out.text.strip()
        }
        return f"cells wrote to stderr: {said}" if said else ""


def main(names):
    os.nice(10)
    HERE.mkdir(parents=True, exist_ok=True)
    python = make_environment()
    url, branch = setup_cell.address()
    cell, failed = setup_cell.text(), 0
    with tempfile.TemporaryDirectory() as folder:
        home = pathlib.Path(folder) / "home"
        home.mkdir()
        bare = setup_cases.bare_clone(chapters.ROOT, branch, pathlib.Path(folder) / "origin.git")
        hosted = setup_cases.environment(python, url, bare, home)
        elsewhere = setup_cases.environment(python, url, bare, home, hosted=False)
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        setup_cases.uninstall(python, hosted)
        before = versions(python)
        print(subprocess.run([str(python), "-V"], capture_output=True, text=True).stdout.strip(), "on", machine.name())
        for name, wrong in setup_cases.cases(python, cell, setup_cell.version(), branch, hosted, elsewhere):
            failed += bool(wrong)
            print(f"{'✗' if wrong else '✓'} set-up cell, {name} {wrong}", flush=True)
        wrong = setup_cases.panels(python, hosted)
        failed += bool(wrong)
        print(f"{'✗' if wrong else '✓'} explore's panels, ipywidgets {before['ipywidgets']} {wrong}", flush=True)
        changed = {name for name, version in versions(python).items() if before.get(name) != version} - {"ganbook"}
        failed += bool(changed)
        print(f"{'✗' if changed else '✓'} no other package was touched {', '.join(sorted(changed))}")
        paths = [path for name in names or ["all"] for path in chapters.find(name)]
        for number, path in enumerate(paths):
            setup_cases.uninstall(python, hosted)
            start, busy = time.perf_counter(), processor_seconds()
            try:
                wrong = run_alone(path, python, hosted | one_thread)
            except KeyboardInterrupt:
                left = " ".join(each.stem.split("_")[0] for each in paths[number:])
                sys.exit(f'Interrupted in {path.name}. Go on with: make colab CH="{left}"')
            failed += bool(wrong)
            took = f"{time.perf_counter() - start:.0f} s, {processor_seconds() - busy:.0f} s of processor"
            print(f"{'✗' if wrong else '✓'} {path.name} ({took}) {wrong}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

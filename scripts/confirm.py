"""Run again what stands behind changed code: `make confirm`, two experiments at a time.

Of each results file whose digests are not today's the quickest job is run and compared value by value
(python experiments/X.py --confirm). Where all agree the file says so, and its line in unconfirmed.txt is struck; where
one does not, nothing is changed and the values are printed. The longest go first.
"""

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import chapters

WORKERS = 2
ONE = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(chapters.ROOT)}


def quickest(record):
    """Seconds of the job that --confirm would run."""
    return min(job["seconds"] for job in record["jobs"])


def behind_changed_code():
    """Scripts whose results file is of other code than today's, the longest confirmation first."""
    from ganbook.experiments.code import digest
    from ganbook.experiments.provenance import stale
    from ganbook.experiments.results import FOLDER

    found = {}
    for script in sorted((chapters.ROOT / "experiments").glob("*.py")):
        file = FOLDER / f"{script.stem}.json"
        if not file.exists():
            continue
        record = json.loads(file.read_text(encoding="utf-8"))
        if stale(record, script) or record["script"] != digest(script.read_text(encoding="utf-8")):
            found[script] = quickest(record)
    return sorted(found, key=found.get, reverse=True)


def confirm(script):
    """Whether all values agree; what --confirm said is printed."""
    start = time.perf_counter()
    command = [sys.executable, str(script), "--confirm"]
    done = subprocess.run(command, cwd=chapters.ROOT, env={**os.environ, **ONE}, capture_output=True, text=True)
    words = (done.stdout + done.stderr).strip().splitlines() or ["nothing said"]
    seconds = time.perf_counter() - start
    print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {seconds:4.0f} s  {words[-1][:200]}", flush=True)
    return done.returncode == 0


def main():
    scripts = behind_changed_code()
    print(f"{len(scripts)} results are of other code than today's.")
    with ThreadPoolExecutor(WORKERS) as pool:
        failed = list(pool.map(confirm, scripts)).count(False)
    if failed:
        sys.exit(
            f"{failed} results do not come out again as they stand: make them anew, or list them in unconfirmed.txt."
        )


if __name__ == "__main__":
    main()

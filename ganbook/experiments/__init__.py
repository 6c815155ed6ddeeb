"""Long experiments: a script that runs up to an hour, one results file that ships with the book.

A script in experiments/ holds one `Experiment` and calls `main`. It runs every job, a variant with all its seeds,
writes each finished one to disk at once (so that it can be stopped and started again), and at the end writes
ganbook/results/NAME.json. A chapter shows `load(NAME)`, says so, and re-runs a small part live.

    python experiments/NAME.py                      # on one machine
    accelerate launch experiments/NAME.py           # the jobs dealt out to GPUs or machines, with a common folder
    python experiments/NAME.py --confirm            # does today's code still make the same numbers?

`provenance.refuse` compares a results file with its script, `provenance.stale` with the library behind it:
tests/test_experiments.py asks both of every file that ships.
"""

from __future__ import annotations

from ganbook.experiments.experiment import Experiment, read_script
from ganbook.experiments.results import FOLDER, Results, load
from ganbook.experiments.runner import main

__all__ = ["FOLDER", "Experiment", "Results", "load", "main", "read_script"]

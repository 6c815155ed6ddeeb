"""Long experiments: a script that runs up to an hour, one results file that ships with the book.

A script in experiments/ holds one `Experiment` and calls `main`. It runs every variant with every seed, writes each
finished run to disk at once (so that it can be stopped and started again), and at the end writes
ganbook/results/NAME.json. A chapter shows `load(NAME)`, says so, and re-runs a small part live.

    python experiments/NAME.py                      # on one machine
    accelerate launch experiments/NAME.py           # the runs shared among GPUs or machines, with a common folder

`provenance.refuse` compares a results file with its script: tests/test_experiments.py asks it of every file that
ships.
"""

from __future__ import annotations

from ganbook.experiments.experiment import Experiment, read_script
from ganbook.experiments.results import FOLDER, Results, load
from ganbook.experiments.runner import main

__all__ = ["FOLDER", "Experiment", "Results", "load", "main", "read_script"]

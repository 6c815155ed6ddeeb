"""Who looks at this kernel: whether live widgets can be shown, and that turning one changes no experiment."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np


def live_front_end() -> bool:
    """Does a person look at this kernel through something that can show widgets? False whenever in doubt."""
    if "GANBOOK_STATIC" in os.environ:
        return False
    if os.environ.get("GANBOOK_LIVE") == "1":
        return True
    if "PYTEST_VERSION" in os.environ or "ipykernel" not in sys.modules:
        return False
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    # Who could not answer `input()` is no person: papermill and nbconvert, started from a cell of a live notebook,
    # inherit its name in JPY_SESSION_NAME, but with each cell they tell their kernel that nobody would answer.
    if not getattr(getattr(shell, "kernel", None), "_allow_stdin", False):
        return False
    if "google.colab" in sys.modules or os.environ.get("JPY_SESSION_NAME"):
        return True
    return "__vsc_ipynb_file__" in shell.user_ns


@contextmanager
def same_randomness() -> Iterator[None]:
    """Put back the global random states of torch, numpy and Python: turning a knob must not change an experiment."""
    import random

    python, numpy = random.getstate(), np.random.get_state()  # noqa: NPY002 (theirs, not ours)
    torch = sys.modules.get("torch")
    state = torch.get_rng_state() if torch else None
    gpu = torch.cuda.get_rng_state_all() if torch and torch.cuda.is_initialized() else None
    try:
        yield
    finally:
        random.setstate(python)
        if gpu is not None:
            torch.cuda.set_rng_state_all(gpu)
        np.random.set_state(numpy)  # noqa: NPY002
        if torch:
            torch.set_rng_state(state)

"""A quicker build. Nothing here changes a page."""

from __future__ import annotations

import functools
import gc
import os

import pybtex.plugin


def side_by_side(app, env):
    """Write pages in as many processes as there are cores: jupyter-book has no option for Sphinx's --jobs."""
    app.parallel = os.cpu_count() or 1


def setup(app):
    gc.disable()  # the build is short, and ends with its documents in memory anyway
    # Each citation would search the metadata of all installed packages for the same three plug-ins.
    pybtex.plugin._load_entry_point = functools.cache(pybtex.plugin._load_entry_point)
    app.connect("env-updated", side_by_side)
    return {"parallel_read_safe": True}

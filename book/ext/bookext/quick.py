"""A quicker build. Nothing here changes a page."""

from __future__ import annotations

import atexit
import functools
import gc
import os

import pybtex.plugin
import sphinx.builders
from sphinx.environment.adapters import toctree
from sphinx_proof.domain import ProofDomain


def side_by_side(app):
    """Read and write pages in as many processes as there are cores: jupyter-book has no option for Sphinx's --jobs."""
    app.parallel = os.cpu_count() or 1
    for extension in app.extensions.values():
        if extension.parallel_read_safe is None:  # two that come with jupyter-book and keep nothing of a page
            extension.parallel_read_safe = True


def dealt(docnames: list[str], processes: int, rounds: int = 1) -> list[list[str]]:
    """The pages in pieces of work, dealt like cards, since chapters are heavy and stand together.

    >>> dealt(["a", "b", "c", "d", "e"], 2)
    [['a', 'c', 'e'], ['b', 'd']]
    """
    pieces = min(rounds * processes, len(docnames))
    return [docnames[k::pieces] for k in range(pieces)]


def smaller_pieces(app, env):
    """While pages are written, one process resolves what the others wait for."""
    sphinx.builders.make_chunks = functools.partial(dealt, rounds=2)


def titles(app, env):
    """The list of all pages at a page's side names each by its title: sections need not be copied, to be dropped.

    Where a page of the book lists others, nothing is cut short.
    """
    if set(env.toctree_includes) == {env.config.root_doc}:
        whole = toctree._toctree_standard_entry
        toctree._toctree_standard_entry = lambda title, ref, depth, *others: whole(title, ref, 1, *others)


def setup(app):
    gc.disable()  # the build is short, and ends with its documents in memory anyway
    atexit.register(gc.freeze)  # and then nobody looks through them for what might be freed, which took three seconds
    # Each citation would search the metadata of all installed packages for the same three plug-ins.
    pybtex.plugin._load_entry_point = functools.cache(pybtex.plugin._load_entry_point)
    ProofDomain.merge_domaindata = lambda *_: None  # it keeps its theorems elsewhere, where it does merge them
    sphinx.builders.make_chunks = dealt
    app.connect("builder-inited", side_by_side)
    app.connect("env-updated", smaller_pieces)
    app.connect("env-updated", titles)
    return {"parallel_read_safe": True}

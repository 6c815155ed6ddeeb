"""The code of the library, shown in a chapter: without its docstring, in the colours of the book's other code."""

from __future__ import annotations

import ast
import html
import inspect
import sys
import textwrap
from typing import Any

from ganbook import checks

WIDTH = 88
"""Columns that a line shown in a chapter may have: what the page holds (tests/test_plot_source.py asks it)."""

# The book colours `highlight` itself, and its rules win over these, which weigh nothing; Jupyter has these names.
STYLE = "".join(
    f":where(.gb-source) :where({classes}){{color:var(--jp-mirror-editor-{kind}-color,inherit)}}"
    for kind, classes in {
        "keyword": ".k,.kc,.kn,.ow",
        "def": ".nf,.nc,.fm",
        "builtin": ".nb,.bp",
        "string": ".s1,.s2,.sa,.se,.si",
        "number": ".mi,.mf",
        "comment": ".c1",
        "operator": ".o",
        "meta": ".nd",
    }.items()
)


class Source:
    """Python code that shows itself with colours where HTML is understood, and as it is elsewhere."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f'<div class="highlight-ipython3 gb-source"><style>{STYLE}</style>{_highlighted(self.text)}</div>'


def source(*pieces: Any, docstring: bool = False) -> Source:
    """The code of functions, methods or classes of the library, one after the other, ready to be shown by a cell.

        plot.source(games.descend, games.GAN.round)

    An object that a module of the library names, such as `recipes.DCGAN`, is shown by the line that makes it. Where
    several pieces are shown, a method is headed by its class.

    docstring: with the docstrings; a chapter has said it already.

    Raises: ValueError for no piece, and for what has no source.

    >>> from ganbook.losses import Hinge
    >>> source(Hinge.g)
    def g(self, real: Outputs | None, fake: Outputs) -> Scalar:
        check_width("fake", fake, 1)
        return -fake.mean()
    """
    if not pieces:
        raise ValueError("pieces must be at least one function, method or class, got none")
    parts = []
    for piece in pieces:
        text = _text(piece)
        text = text if checks.flag("docstring", docstring) else without_docstrings(text)
        name = getattr(piece, "__qualname__", "")
        of_class = "." in name and "<" not in name and not inspect.isclass(piece)
        parts.append(f"# {name}\n{text}" if of_class and len(pieces) > 1 else text)
    return Source("\n\n".join(parts))


def without_docstrings(text: str) -> str:
    """Code without the texts that stand alone in a function or a class.

    >>> print(without_docstrings('def f(x):\\n    \"\"\"Twice x.\"\"\"\\n    return 2 * x'))
    def f(x):
        return 2 * x
    """
    lines = text.splitlines()
    gone: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        for k, one in enumerate(node.body):
            if not (isinstance(one, ast.Expr) and isinstance(getattr(one.value, "value", None), str)):
                continue
            gone.update(range(one.lineno, one.end_lineno + 1))
            if k == 0 and one.end_lineno < len(lines) and not lines[one.end_lineno].strip():
                gone.add(one.end_lineno + 1)  # the empty line between a docstring and what follows
            if len(node.body) == 1:
                lines[one.lineno - 1] = " " * one.col_offset + "..."
                gone.remove(one.lineno)
    return "\n".join(line for n, line in enumerate(lines, 1) if n not in gone)


def _text(piece: Any) -> str:
    piece = getattr(piece, "fget", None) or piece  # a property
    if inspect.isfunction(piece) or inspect.ismethod(piece) or inspect.isclass(piece):
        try:
            return textwrap.dedent(inspect.getsource(piece)).rstrip()
        except (OSError, TypeError) as error:
            raise ValueError(f"pieces must be functions whose source can be read, got {piece!r}") from error
    return _assignment(piece)


def _assignment(piece: Any) -> str:
    """The statement of its type's module that names an object."""
    module = sys.modules.get(type(piece).__module__)
    names = {name for name, value in vars(module).items() if value is piece}
    if names and getattr(module, "__file__", None):
        text = inspect.getsource(module)
        for node in ast.parse(text).body:
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(target, ast.Name) and target.id in names for target in targets):
                return "\n".join(text.splitlines()[node.lineno - 1 : node.end_lineno])
    raise ValueError(f"pieces must be functions, methods, classes or named objects of the library, got {piece!r:.100}")


def _highlighted(text: str) -> str:
    try:
        from pygments import highlight  # comes with IPython; a plain Python need not have it
        from pygments.formatters import HtmlFormatter
        from pygments.lexers import PythonLexer
    except ImportError:
        return f'<div class="highlight"><pre>{html.escape(text)}</pre></div>'
    return highlight(text, PythonLexer(), HtmlFormatter(cssclass="highlight")).strip()

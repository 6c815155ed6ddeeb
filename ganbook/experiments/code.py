"""The code behind a script: which files its names come from, and a digest of each that comments do not move."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import ganbook

LEFT_OUT = ("ganbook.experiments", "ganbook.files", "ganbook.player", "ganbook.checks", "ganbook.games.fitting")
"""They store what they are given, show it, hand it on or refuse it, and make no number."""

NAMING = ("typing", "collections.abc", "ganbook.types")
"""Where annotations have their names from."""

SAYING = ("__all__", "__version__")
"""Names whose values compute nothing."""

TOLD = ("live", "differs")
"""What an Experiment tells its reader: arguments from which no number comes."""


def digest(source: str) -> str:
    """SHA-256 of what a source computes: of its syntax tree without docstrings, comments, `__all__`, `__version__`.

    Nor do annotations matter; what only refuses, since a run that came to its end was refused nothing: `if ...: raise`,
    and `checks.whole("n", n)`, which is n; what an Experiment tells of its live part, `live` and `differs`.

    Written out here, since `ast.dump` has another form in each version of Python.

    >>> digest("x = 1\\n\\n# why\\n") == digest('\"\"\"What x is.\"\"\"\\nx = (1)  # why')
    True
    >>> digest("x = 1") == digest("x = 1.0")
    False
    >>> digest("def f(n): return n") == digest('def f(n: int) -> int: return checks.whole("n", n)')
    True
    """
    return hashlib.sha256(repr(_plain(_tree(source))).encode()).hexdigest()


def behind(script: Path) -> dict[str, str]:
    """Path -> digest, for each file of ganbook and each neighbour script that the names in `script` come from.

    Names are followed as they are written: `from ganbook.games import GAN` leads to ganbook/games/gan.py, and from
    there on, but not to the other games that the same door opens on. So a new game leaves old results alone, which the
    list in sys.modules would not. A module that is handed on as a whole counts with everything in it.

    Not seen: code that acts by being imported only, and names made of strings (importlib).

    Raises: ValueError for a relative import.
    """
    return _Reader(script).digests()


class _Reader:
    """One walk from a script: `found` has path in the checkout -> source."""

    def __init__(self, script: Path) -> None:
        self.script, home = script, script.resolve().parent.parent
        self.home = home if (home / "ganbook").is_dir() else Path(ganbook.__file__).resolve().parent.parent
        self.found: dict[str, str] = {}
        self.seen: set[tuple[str, str | None]] = set()

    def digests(self) -> dict[str, str]:
        for module, name in self.needs(self.script.read_text(encoding="utf-8")):
            self.follow(module, name)
        return {path: digest(self.found[path]) for path in sorted(self.found)}

    def file(self, module: str) -> tuple[str, Path] | None:
        """Where a module of ours lies, as (path in the checkout, path); None for what belongs to others."""
        ours = module.split(".")[0] == "ganbook"
        base = self.home.joinpath(*module.split(".")) if ours else self.script.resolve().parent / module
        for path in (base.with_name(base.name + ".py"), base / "__init__.py"):
            if path.is_file():
                return path.relative_to(self.home if ours else base.parent.parent).as_posix(), path
        return None

    def follow(self, module: str, name: str | None) -> None:
        """Take in what `name` of a module comes from; all of the module where name is None."""
        if (module, name) in self.seen or module.startswith(LEFT_OUT):
            return
        self.seen.add((module, name))
        place = self.file(module)
        if place is None:
            return
        source = place[1].read_text(encoding="utf-8")
        if name is not None and place[1].name == "__init__.py":  # a door: what it only hands on leads further
            for origin, known in self.bound(source, name):
                return self.follow(origin, known)
        self.found[place[0]] = source
        for needed in self.needs(source):
            self.follow(*needed)

    def bound(self, source: str, name: str) -> Iterator[tuple[str, str | None]]:
        """Where a door has a name from, if it has imported it."""
        for node in _nodes(source):
            if isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    if name == (alias.asname or alias.name):
                        whole = f"{node.module}.{alias.name}"
                        yield (whole, None) if self.file(whole) else (node.module, alias.name)

    def needs(self, source: str) -> Iterator[tuple[str, str | None]]:
        """(module, name), for each name that a source has from a module of ours."""
        for node in _nodes(source):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    plain = alias.asname or "." not in alias.name
                    names = _attributes(source, alias.asname or alias.name) if plain else {None}
                    yield from ((alias.name, name) for name in sorted(names, key=str))
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    whole = f"{node.module}.{alias.name}"
                    if alias.name == "*":
                        yield node.module, None
                    elif self.file(whole):
                        names = _attributes(source, alias.asname or alias.name)
                        yield from ((whole, name) for name in sorted(names, key=str))
                    else:
                        yield node.module, alias.name


@cache
def _tree(source: str) -> ast.Module:
    return ast.parse(source)


@cache
def _nodes(source: str) -> tuple[ast.AST, ...]:
    nodes = tuple(ast.walk(_tree(source)))
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"imports of ganbook must be absolute, got {ast.unparse(node)!r}")
    return nodes


def _attributes(source: str, module: str) -> set[str | None]:
    """The b of each `module.b`; None where the module also stands alone, or nowhere."""
    nodes = _nodes(source)
    dotted = {
        id(node.value): node.attr for node in nodes if isinstance(node, ast.Attribute) and _is(node.value, module)
    }
    alone = not dotted or any(_is(node, module) and id(node) not in dotted for node in nodes)
    return {*dotted.values(), *({None} if alone else ())}


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _plain(node: Any) -> Any:
    """A syntax tree as nested tuples, without empty fields and without what computes nothing."""
    if isinstance(node, ast.Constant):
        return type(node.value).__name__, repr(node.value)
    if _checks(node):
        return _plain(node.args[1])
    if isinstance(node, ast.Call) and _is(node.func, "Experiment"):
        node = ast.Call(node.func, node.args, [given for given in node.keywords if given.arg not in TOLD])
    if isinstance(node, ast.AST):
        fields = [(name, value) for name, value in ast.iter_fields(node) if value is not None and value != []]
        return type(node).__name__, *((name, _plain(value)) for name, value in fields if name not in UNSEEN)
    if isinstance(node, list):
        return tuple(_plain(each) for each in node if not _computes_nothing(each))
    return repr(node)


UNSEEN = ("ctx", "annotation", "returns")
"""Fields of a node that are what surrounds it, or say what a value is."""


def _checks(node: Any) -> bool:
    """checks.one("name", value, ...), which hands the value on."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and _is(node.func.value, "checks")
        and len(node.args) > 1
    )


def _computes_nothing(node: Any) -> bool:
    """A docstring, a refusal, an import of names for annotations, or an assignment to __all__ or __version__."""
    if isinstance(node, ast.Expr):
        return _checks(node.value) or isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    if isinstance(node, ast.If):
        return all(isinstance(then, ast.Raise) or _computes_nothing(then) for then in [*node.body, *node.orelse])
    if isinstance(node, ast.ImportFrom):
        return node.module in NAMING or all(_computes_nothing(name) for name in node.names)
    if isinstance(node, ast.alias):
        return node.name == "checks"
    return isinstance(node, ast.Assign) and any(_is(target, name) for target in node.targets for name in SAYING)

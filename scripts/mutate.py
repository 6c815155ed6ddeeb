"""Small wrong changes of a source, one at a time: what `make mutants` plants.

A comparison moved by its border, a sign, a number, a name of a keyword left out, a statement or a refusal deleted.
Left alone is what computes nothing: docstrings, texts, annotations, what is said in a `raise`.
"""

import ast
from dataclasses import dataclass

COMPARISONS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
SILENT = ("annotation", "returns", "decorator_list", "bases")


@dataclass(frozen=True)
class Mutant:
    """One change: of `old`, which stands from byte `start` on, to `new`."""

    path: str
    line: int
    start: int
    old: str
    new: str

    def __str__(self) -> str:
        old, new = (" ".join(text.split()) for text in (self.old, self.new))
        return f"{self.path}:{self.line}: {old}  ->  {new}"

    def of(self, source: str) -> str:
        body, old = source.encode(), self.old.encode()
        assert body[self.start : self.start + len(old)] == old
        return (body[: self.start] + self.new.encode() + body[self.start + len(old) :]).decode()


def mutants(path: str, source: str) -> list[Mutant]:
    """Every change of a source, in its order.

    >>> for each in mutants("a.py", "def f(n: int = 1):\\n    return max(n - 1, 2.0)"): print(each)
    a.py:1: 1  ->  2
    a.py:2: max(n - 1, 2.0)  ->  max(2.0, n - 1)
    a.py:2: n - 1  ->  n + 1
    a.py:2: 1  ->  2
    a.py:2: 2.0  ->  4.0
    """
    lines = [0]
    for line in source.encode().splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    found = []
    for node in _walk(ast.parse(source)):
        for new in _changes(node):
            start = lines[node.lineno - 1] + node.col_offset
            old = source.encode()[start : lines[node.end_lineno - 1] + node.end_col_offset].decode()
            found.append(Mutant(path, node.lineno, start, old, new))
    return sorted(found, key=lambda each: each.start)


def _walk(node):
    """All nodes that compute, parents first."""
    if isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr, ast.Import, ast.ImportFrom)):
        return
    if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(base) for base in node.bases):
        return
    if hasattr(node, "lineno"):
        yield node
    for name, value in ast.iter_fields(node):
        if name not in SILENT:
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, ast.AST):
                    yield from _walk(each)


def _changes(node):
    """What could stand in the place of a node, as sources."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield _with(node, ops=[COMPARISONS[type(node.ops[0])]()])
    elif isinstance(node, ast.BinOp) and type(node.op) in ARITHMETIC:
        yield (
            f"({_with(node, op=ARITHMETIC[type(node.op)]())})"
            if isinstance(node.op, ast.Pow)
            else _with(node, op=ARITHMETIC[type(node.op)]())
        )
    elif isinstance(node, ast.BoolOp):
        yield f"({_with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield repr(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield repr(node.value + 1 if isinstance(node.value, int) else node.value * 2 or 1.0)
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.AugAssign) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        yield "pass"
    elif isinstance(node, ast.If) and not node.orelse and all(isinstance(each, ast.Raise) for each in node.body):
        yield "pass"


def _calls(node):
    if not node.args and not node.keywords and isinstance(node.func, ast.Attribute):
        yield ast.unparse(node.func.value)  # x.detach() -> x
    first, second = [*node.args, None, None][:2]
    if second and not (_loud(first) or _loud(second)) and ast.dump(first) != ast.dump(second):
        yield _with(node, args=[node.args[1], node.args[0], *node.args[2:]])
    for k, given in enumerate(node.keywords):
        if given.arg:
            yield _with(node, keywords=node.keywords[:k] + node.keywords[k + 1 :])


def _loud(argument):
    """Would any call notice that it stands in another place?"""
    return isinstance(argument, ast.Starred) or (isinstance(argument, ast.Constant) and isinstance(argument.value, str))


def _with(node, **changes):
    fields = dict(ast.iter_fields(node)) | changes
    return ast.unparse(ast.fix_missing_locations(type(node)(**fields)))

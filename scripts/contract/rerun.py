"""Can a reader run a cell again at the end of the chapter? What it takes from earlier cells is not bound anew later.

Seen is what a program sees without running anything: the names that a cell, or a function that it calls, takes from
before it. Of what is changed in place only a game is seen that a cell trains and another one made.
"""

import ast
import symtable

AT_ONCE = ("listcomp", "setcomp", "dictcomp", "genexpr")


def names(statement):
    """(bound, read at once, read when something that is defined here is called): sets of global names."""
    bound, now, later = set(), set(), set()
    tables = [(symtable.symtable(ast.unparse(statement), "cell", "exec"), now)]
    while tables:
        table, read = tables.pop()
        for symbol in table.get_symbols():
            if table.get_type() == "module" or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    bound.add(symbol.get_name())
                if symbol.is_referenced():
                    read.add(symbol.get_name())
        tables += [(child, read if child.get_name() in AT_ONCE else later) for child in table.get_children()]
    return bound, now, later


def steps(statements):
    """Simple statements in the order in which they run, once through each loop and each branch."""
    for each in statements:
        blocks = [getattr(each, field, []) for field in ("body", "orelse", "finalbody")]
        if isinstance(each, ast.FunctionDef | ast.ClassDef) or not any(blocks):
            yield each
            continue
        if isinstance(each, ast.For):
            yield ast.Assign([each.target], each.iter, lineno=0)
        elif isinstance(each, ast.With):
            for item in each.items:
                yield ast.Assign([item.optional_vars or ast.Name("_", ast.Store())], item.context_expr, lineno=0)
        elif isinstance(each, ast.If | ast.While):
            yield ast.Expr(each.test)
        for handler in getattr(each, "handlers", []):
            blocks.append(handler.body)
        for block in blocks:
            yield from steps(block)


def reads(tree):
    """(what a cell binds, what it takes from other cells, {what it defines: the names read when that is called})."""
    bound, taken, inner = set(), set(), {}
    for step in steps(tree.body):
        binds, now, later = names(step)
        taken |= (now | (binds if isinstance(step, ast.AugAssign) else set())) - bound
        bound |= binds
        for name in binds or {None}:  # None: what a statement that binds nothing hands on, such as a lambda
            inner[name] = inner.get(name, set()) | later
    return bound, taken | (set().union(*inner.values()) - bound), inner


def imports(chapter, number):
    """Name -> what a cell imports under it."""
    nodes = chapter.nodes(number, (ast.Import, ast.ImportFrom))
    return {a.asname or a.name: (getattr(node, "module", ""), a.name) for node in nodes for a in node.names}


def cells_run_again(chapter):
    """A name that a cell takes from an earlier one, and that a later cell binds to something else."""
    # name -> the cell that bound it last; what it reads when called; what it was imported from, if it was
    cells, at, inside, origins = [], {}, {}, {}
    for k, _ in chapter.code():
        bound, taken, inner = reads(chapter.tree(k) or ast.Module([], []))
        taken = taken.union(*(inside.get(name, ()) for name in taken))
        imported = imports(chapter, k)
        same = {name for name, origin in imported.items() if origins.get(name, origin) == origin}
        cells.append((k, {name: at[name] for name in taken if name in at}, bound - same))
        origins.update({name: imported.get(name) for name in bound})
        at.update(dict.fromkeys(bound, k))
        inside.update({name: read.union(*(inside.get(n, ()) for n in read)) for name, read in inner.items()})
    return [
        f"cell {k} takes {name!r} from cell {first}, and cell {later} binds it anew: run again at the end, {k} would "
        "meet the later value; give one of them another name"
        for n, (k, taken, _) in enumerate(cells)
        for name, first in sorted(taken.items())
        for later in [j for j, _, anew in cells[n:] if name in anew][:1]
    ]


def games_made_where_trained(chapter):
    """A game that a cell trains and another one made: run again, the training would begin with trained networks."""
    return [
        f"cell {k} trains {call.args[0].id!r}, which another cell made: run again, it would train what is trained "
        "already; make its networks and the game in this cell"
        for k, _ in chapter.code()
        for call in chapter.nodes(k, ast.Call)
        if getattr(call.func, "id", "") == "train" and call.args and isinstance(call.args[0], ast.Name)
        if call.args[0].id not in _bound(chapter, k)
    ]


def _bound(chapter, number):
    """Names that a cell binds, in its functions too."""
    stored = {node.id for node in chapter.nodes(number, ast.Name) if isinstance(node.ctx, ast.Store)}
    return stored | {node.arg for node in chapter.nodes(number, ast.arg)}


CHECKS = (cells_run_again, games_made_where_trained)

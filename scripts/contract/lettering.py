"""The letters of a figure: those of the book, and so large that a phone can show a still at half its size."""

import ast

LEAST = 11  # points
SIZES = {"fontsize", "labelsize", "title_fontsize", "font.size"}
WRITES = {"text", "annotate", "figtext", "title", "suptitle", "legend", "xlabel", "ylabel", "clabel", "bar_label"}
WRITES |= {"set_title", "set_xlabel", "set_ylabel"}  # only to these is `size` a size of letters

DRAWS = {"subplots", "figure", "subplot_mosaic", "grid", "curves", "imshow"}  # of plt and of plot
UNDOES = {"rcdefaults", "rc_file_defaults", "use"}  # plt.rcdefaults(), plt.style.use("default")
FACES = {"family", "fontfamily", "fontname", "font.family", "font.sans-serif", "mathtext.fontset"}


def sizes(node):
    """Each size of letters that a call or a dictionary gives: (its name, its value as code)."""
    if isinstance(node, ast.Dict):
        pairs = [(getattr(key, "value", ""), value) for key, value in zip(node.keys, node.values, strict=True)]
        return [(name, value) for name, value in pairs if str(name).rpartition(".")[2] in SIZES or name in SIZES]
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    named = SIZES | ({"size"} if name in WRITES else set())
    return [(each.arg, each.value) for each in node.keywords if each.arg in named]


def letters_are_legible(chapter):
    return [
        f"cell {k} writes letters of {value.value} points ({name}), too small on a phone; give at least {LEAST}, "
        "or leave the size to the book's style"
        for k, _ in chapter.code()
        for node in chapter.nodes(k, (ast.Call, ast.Dict))
        for name, value in sizes(node)
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value < LEAST
    ]


def styles(node):
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "plot.style"


def draws(node):
    """Whether a call makes a figure; a function that is only defined does not."""
    return isinstance(node, ast.Call) and ast.unparse(node.func) in {f"{m}.{f}" for m in ("plt", "plot") for f in DRAWS}


def at_once(tree):
    """What a cell does when it is run, in order: its statements, without the bodies of functions."""
    for statement in tree.body if tree else ():
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            yield from sorted(ast.walk(statement), key=lambda node: getattr(node, "lineno", 0))


def letters_are_the_books(chapter):
    """The book's typeface comes with `plot.style()`: what is drawn before, or in other letters, looks strange."""
    done, found = False, []
    for k, cell in chapter.code():
        nodes = list(at_once(chapter.tree(k)))
        first = next((node for node in nodes if styles(node) or draws(node)), None)
        early = first is not None and not styles(first)
        shown = any("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        if not done and (early or (shown and first is None)):
            found.append(f"cell {k} draws before plot.style(): call it in the first cell, {chapter.run}")
            break
        done = done or first is not None
    for k, _ in chapter.code():
        for node in chapter.nodes(k, ast.Call | ast.Dict):
            if isinstance(node, ast.Dict):
                other = [key.value for key in node.keys if getattr(key, "value", "") in FACES]
            else:
                other = [each.arg for each in node.keywords if each.arg in FACES - {"family"}]
                code = ast.unparse(node.func)
                other += [code] if code.startswith("plt.") and code.rpartition(".")[2] in UNDOES else []
            found += [f"cell {k} chooses letters of its own ({name}); leave them to plot.style()" for name in other]
    return found


CHECKS = (letters_are_legible, letters_are_the_books)

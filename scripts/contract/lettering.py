"""How large the letters of a figure are: on a phone a still stands at half its size."""

import ast

LEAST = 11  # points
SIZES = {"fontsize", "labelsize", "title_fontsize", "font.size"}
WRITES = {"text", "annotate", "figtext", "title", "suptitle", "legend", "xlabel", "ylabel", "clabel", "bar_label"}
WRITES |= {"set_title", "set_xlabel", "set_ylabel"}  # only to these is `size` a size of letters


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


CHECKS = (letters_are_legible,)

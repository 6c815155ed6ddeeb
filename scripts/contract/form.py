"""How a page is written: three kinds of cell, claims with numbers, tables by code, a picture on the first screen."""

import ast
import re

import chapters

from contract.chapter import texts
from contract.promise import claim_lines

KINDS = ("lesson", "figure", "check")
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/svg+xml"}
DRAWING = re.compile(r"<svg\b|\{drawing\}|!\[[^\]]*\]\((?:attachment|data):")
DRAWS = {"subplots", "figure", "plot", "scatter", "imshow", "contourf", "bar", "hist", "fill_between", "quiver"}
THEOREMS = 3  # that may stand between two pictures
CLAIMS = 60
WORDS = 4_300  # of prose in a chapter
FEWER_WORDS = dict.fromkeys(("06", "07", "08", "09"), 4_000) | {"10": 3_800, "11": 3_300}
DISPLAYED = re.compile(
    r"\$\$.*?\$\$|^(`{3,})\{math\}.*?^\1|\\begin\{(align|equation)(\*?)\}.*?\\end\{\2\3\}", re.S | re.M
)
FIRST_WORDS = 90  # of prose that may stand before the first picture: the title's paragraph
WIDTH = re.compile(r"(?:.?[<>=^])?[+\- ]?#?[1-9]\d*")  # of a format: `>10`, `8.3f`, `<12`; not `.3f`, not `02d`
BOUNDS = {
    "below",
    "above",
    "at_most",
    "at_least",
    "close",
    "agrees",
    "between",
    "equals",
    "contains",
    "rising",
    "falling",
    "all_of",
}
ORDER = (ast.Lt, ast.Gt, ast.LtE, ast.GtE)


def kind_of(cell):
    """The kind of a code cell, or ""; of two the first."""
    return next((tag for tag in cell["metadata"].get("tags", []) if tag in KINDS), "")


def shows_picture(cell):
    """Whether a cell's outputs hold a figure, a film, a panel or a drawing."""
    kinds = {kind for output in cell.get("outputs", []) for kind in output.get("data", {})}
    return bool(kinds & PICTURES) or any(re.search(r"<(img|svg|canvas|video)\b", text) for text in texts(cell))


def shows_table(cell):
    """Whether it shows a table of plot.table or Results.table."""
    return any("<table" in text for text in texts(cell))


def only_draws(chapter, number):
    """Whether a cell holds nothing but functions that draw: it is folded, as the code of the figures after it."""
    body = (chapter.tree(number) or ast.Module([], [])).body
    names = {name for name, _ in chapter.calls(number)}
    return bool(body and names & DRAWS) and all(isinstance(node, ast.FunctionDef) for node in body)


def shown(chapter):
    """The code cells that a reader sees."""
    return [(k, cell) for k, cell in chapter.code() if "remove-cell" not in cell["metadata"].get("tags", [])]


def each_cell_has_a_kind(chapter):
    found = []
    for k, cell in shown(chapter):
        kinds = [tag for tag in cell["metadata"].get("tags", []) if tag in KINDS]
        if len(kinds) != 1:
            has = f"{len(kinds)} kinds" if kinds else "no kind"
            number = chapter.path.stem.split("_")[0]
            found.append(
                f"cell {k} has {has}; give it one tag of lesson, figure, check (make kinds CH={number} proposes)"
            )
    return found


def kinds_are_true(chapter):
    """A figure shows a picture or a table and claims nothing; a check claims and shows no picture."""
    found = []
    for k, cell in shown(chapter):
        kind, claims = kind_of(cell), any(name == "claim" for name, _ in chapter.calls(k))
        if kind == "figure" and not (shows_picture(cell) or shows_table(cell) or only_draws(chapter, k)):
            found.append(f"cell {k} is a figure and shows no picture; make it a lesson, or let it draw something")
        if kind == "figure" and claims:
            found.append(f"cell {k} is a figure and makes claims; move them into a check cell after it")
        if kind == "check" and not claims:
            found.append(
                f"cell {k} is a check and claims nothing; make it a lesson, or assert something with claim(...)"
            )
        if kind == "check" and shows_picture(cell):
            found.append(f"cell {k} is a check and shows a picture; draw it in a figure cell before it")
    return found


def first_screen_has_a_picture(chapter):
    words = 0
    for k, cell in enumerate(chapter.cells):
        text = chapters.source(cell)
        if cell["cell_type"] == "markdown":
            if DRAWING.search(text):
                return []
            prose = re.sub(r"```.*?```|\[[^\]]*\]\([^)]*\)|^#[^\n]*$", " ", text, flags=re.S | re.M)
            words += len(prose.split())
        elif cell["cell_type"] == "code" and text.strip() and "remove-cell" not in cell["metadata"].get("tags", []):
            if not shows_picture(cell) or kind_of(cell) != "figure":
                return [f"before its first picture stands the code of cell {k}; begin with a figure cell, or a drawing"]
            if words > FIRST_WORDS:
                return [
                    f"{words} words stand before its first picture, in cell {k}; {FIRST_WORDS} fit on the first screen"
                ]
            return []
    return ["it shows no picture; begin with the figure, film or drawing that is the question"]


def _padded(node):
    """The format that pads a number or a word to a width, or ""."""
    if isinstance(node, ast.FormattedValue) and isinstance(node.format_spec, ast.JoinedStr):
        spec = "".join(part.value if isinstance(part, ast.Constant) else "1" for part in node.format_spec.values)
        return spec if WIDTH.match(spec) and not spec.startswith("0") else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr in ("ljust", "rjust", "center") and node.args:
            return f".{node.func.attr}"
        if node.func.attr == "format" and isinstance(node.func.value, ast.Constant):
            inside = re.findall(r"\{[^{}:]*:([^{}]+)\}", str(node.func.value.value))
            return next((spec for spec in inside if WIDTH.match(spec) and not spec.startswith("0")), "")
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        fit = re.search(r"%-?[1-9]\d*(?:\.\d+)?[sdfgei]", str(node.left.value))
        return fit.group(0) if fit else ""
    return ""


def no_table_by_hand(chapter):
    found = []
    for k, _ in shown(chapter):
        nodes = chapter.nodes(k, (ast.FormattedValue, ast.Call, ast.BinOp))
        specs = [spec for node in nodes if (spec := _padded(node))]
        if specs:
            found.append(
                f"cell {k} pads its text by hand ({specs[0]!r}), a table only in one typeface; use plot.table(rows)"
            )
    return found


def exact_is_exact(chapter):
    """An inequality of numbers has a margin: it is measured, not exact."""
    return [
        f"cell {k} marks an inequality as exact ({ast.unparse(compare)[:60]}); show its number: below, above, between"
        for k, _ in shown(chapter)
        for name, node in chapter.calls(k)
        if name == "exact"
        for compare in ast.walk(node)
        if isinstance(compare, ast.Compare) and any(isinstance(sign, ORDER) for sign in compare.ops)
    ]


def bare_claims(chapter):
    """(cell, what it asserts) of the claims that are given a bare truth value, in the code."""
    return [
        (k, node.args[1])
        for k, _ in chapter.code()
        for name, node in chapter.calls(k)
        if name == "claim" and len(node.args) > 1
        if not (
            isinstance(node.args[1], ast.Call) and getattr(node.args[1].func, "id", "") in BOUNDS | {"exact", "refuses"}
        )
    ]


def bounds_are_not_joined(chapter):
    """`below(a, 1) and below(b, 1)` is the last of the two: the line would show one number of two."""
    return [
        f"cell {k} joins bounds with and/or, and the line would show only one; use all_of(...), or give below a list"
        for k, _ in shown(chapter)
        for node in chapter.nodes(k, ast.BoolOp)
        if any(isinstance(value, ast.Call) and getattr(value.func, "id", "") in BOUNDS for value in node.values)
    ]


NOTE = re.compile(r"  \[(?:[^\[\]]+, asked [^\[\]]+|exact|raises \w+)\]$")


def numberless(chapter):
    """The lines of claims that show neither a number nor that they are exact."""
    return [line for line in claim_lines(chapter) if not NOTE.search(line)]


LONG_NUMBER = re.compile(r", asked [^\[\]]*?(?<![\d.])(?=[\d.]{7})\d+\.\d+(?!\d)")


def perhaps_measured(chapter):
    """The lines that ask for a number of six digits: where it is itself measured, it differs between processors."""
    return [
        line for line in claim_lines(chapter) if LONG_NUMBER.search(NOTE.search(line)[0] if NOTE.search(line) else "")
    ]


def claims_carry_numbers(chapter):
    bare = numberless(chapter)
    if not bare:
        return []
    return [
        f"{len(bare)} claims show neither a number nor that they are exact (first: {bare[0][2:62]!r}); "
        "use below, above, close, between, equals ..., or exact(...), refuses(...)"
    ]


def theorems_have_pictures(chapter):
    """A derivation of theorems alone is left: a picture, a drawing or a film stands after every few of them."""
    found, since = [], []
    for k, cell in enumerate(chapter.cells):
        if cell["cell_type"] == "code" and shows_picture(cell):
            since = []
        if cell["cell_type"] != "markdown":
            continue
        for block in re.finditer(r"\{prf:(?:theorem|proposition)\} *(.*)|" + DRAWING.pattern, chapters.source(cell)):
            since = [*since, block.group(1)] if block.group(1) is not None else []
            if len(since) == THEOREMS + 1:
                found.append(
                    f"cell {k} states {block.group(1)!r}, {THEOREMS} after {since[0]!r} with no picture between; "
                    "draw one between them (ganbook.draw), or move a figure up"
                )
    return found


def few_enough_claims(chapter):
    made = len(claim_lines(chapter))
    if made <= CLAIMS:
        return []
    return [
        f"it makes {made} claims, a reader sees at most {CLAIMS}; merge families into one row, and prove nothing twice"
    ]


def words(chapter):
    """How many words of prose it has: solutions, tables and formulas in a line count, displayed formulas do not."""
    return sum(len(DISPLAYED.sub("", text).split()) for _, text in chapter.markdown())


def few_enough_words(chapter):
    found, limit = words(chapter), FEWER_WORDS.get(chapter.path.stem.split("_")[0], WORDS)
    if found <= limit:
        return []
    return [
        f"it has {found:,} words, {limit:,} are the most; cut what a caption, a table or a claim beside it says too, "
        "and what only announces"
    ]


CHECKS = (
    each_cell_has_a_kind,
    kinds_are_true,
    first_screen_has_a_picture,
    no_table_by_hand,
    exact_is_exact,
    bounds_are_not_joined,
    claims_carry_numbers,
    few_enough_claims,
    few_enough_words,
    theorems_have_pictures,
)

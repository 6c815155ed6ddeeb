"""A docstring of the house as nodes of a page: its parts, its formulas, its examples, its links.

The form is that of CONTRIBUTING.md: a claim in one line, the formula, the parameters by name, Raises, Source, Derived
in, and a doctest whose numbers can be checked by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from docutils import nodes

from bookext.formulas import pieces, tex

CODE = re.compile(r"(`[^`]+`)")
CHAPTER = re.compile(r"\bchapters? (\d+)\b")
LABEL = re.compile(r"(Raises|Source|Derived in|Range): ")
ENTRY = re.compile(r"    ([a-z_]\w*) {2,}(\S.*)")
Link = Callable[[str], "nodes.Node | None"]  # what stands between backticks, or a chapter's number -> a link with it


def inline(text: str, link: Link) -> list[nodes.Node]:
    """Running text: `code` is linked where it names something, formulas are set, "chapter 3" leads there.

    >>> [type(node).__name__ for node in inline("`x` has E x = 1/2: see chapter 3.", lambda words: None)]
    ['literal', 'Text', 'math', 'Text']
    """
    found: list[nodes.Node] = []
    for formula, piece in pieces(text):
        if formula:
            for k, part in enumerate(breakable(re.sub(r"\s*\n\s*", " ", piece))):
                found += [nodes.Text(" ")] * bool(k)
                found.append(nodes.math("", tex(part) if part[0] not in "+-=" or not k else "{} " + tex(part)))
            continue
        for part in CODE.split(piece):
            if CODE.fullmatch(part):
                found.append(link(part[1:-1]) or nodes.literal(part[1:-1], part[1:-1]))
                continue
            at = 0
            for number in CHAPTER.finditer(part):
                if (there := link(number[0])) is not None:
                    found += [nodes.Text(part[at : number.start()]), there]
                    at = number.end()
            found.append(nodes.Text(part[at:]))
    return [node for node in found if node.astext()]


def breakable(formula: str, longest: int = 36) -> list[str]:
    """A formula in parts between which a line may break: at its commas, and where it is long before a sign.

    >>> breakable("d = -E log D(x) - E log(1 - D(G(z))),  g = -E log D(G(z))")
    ['d = -E log D(x)', '- E log(1 - D(G(z))),', 'g = -E log D(G(z))']
    """
    found, start, depth, norm = [], 0, 0, False
    for k, letter in enumerate(formula):
        depth += (letter in "([{") - (letter in ")]}")
        norm ^= depth == 0 and formula.startswith("||", k)
        if depth or norm or letter != " ":
            continue
        comma = formula[k - 1] == "," and formula.startswith("  ", k)
        if comma or (len(formula) > longest and re.match(r" [-+=] ", formula[k:]) and formula[start:k].strip()):
            found.append(formula[start:k].strip())
            start = k
    parts = [*found, formula[start:].strip()]
    for k in range(len(parts) - 1, 0, -1):
        if parts[k].startswith("= ") and len(parts[k - 1]) < 12:  # what is defined stays with its sign
            parts[k - 1 : k + 1] = [f"{parts[k - 1]} {parts[k]}"]
    return parts


def blocks(text: str) -> Iterator[list[str]]:
    """The lines of each block between empty lines."""
    for block in re.split(r"\n[ \t]*\n", text.strip("\n")):
        yield block.splitlines()


def items(lines: list[str], parameters: set[str]) -> Iterator[tuple[str, str]]:
    """A block in pieces: ("", words), a parameter and what it is, a label of the house and its words; or "    ", code.

    >>> list(items(["a, b: two numbers,", "    both > 0.", "Raises: ValueError."], {"a", "b"}))
    [('a, b', 'two numbers,\\nboth > 0.'), ('Raises', 'ValueError.')]
    """
    found: list[list[str]] = []
    displayed = False
    for line in lines:
        name = re.match(r"\*{0,2}([A-Za-z_][\w, *]*): ", line)
        label = LABEL.match(line)
        if label:
            found.append([label[1], line[label.end() :]])
        elif name and {part.strip(" *") for part in name[1].split(",")} <= parameters:
            found.append([name[1], line[name.end() :]])
        elif not found or (not found[-1][0] and (displayed or starts_formula(found[-1][1], line))):
            found.append(["", line.strip()])
        else:
            found[-1][1] += "\n" + line.strip()
        displayed = line.startswith("    ")
    yield from ((name, words) for name, words in found)


def starts_formula(before: str, line: str) -> bool:
    """Whether a line is a display: it is indented, or begins with a formula where the one before ended with one."""
    if line.startswith("    "):
        return True
    last, first = pieces(before)[-2:], pieces(line)[:1]
    ends = last[-1][0] or (len(last) > 1 and last[0][0] and not last[1][1].strip(" ,;.")) or before.endswith(":")
    return bool(ends and first and first[0][0] and "=" in first[0][1])


def table(lines: list[str], link: Link) -> nodes.table:
    """A table of pipes."""
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    width = len(rows[0])
    group = nodes.tgroup("", *[nodes.colspec(colwidth=1) for _ in range(width)], cols=width)

    def row(cells):
        return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", *inline(cell, link))) for cell in cells])

    group += nodes.thead("", row(rows[0]))
    group += nodes.tbody("", *[row(cells) for cells in rows[2:]])
    return nodes.table("", group, classes=["table"])


def register(rows: list[tuple[str, str]], link: Link) -> nodes.definition_list:
    """Names in a column, and beside each what it is: a map."""
    items = [
        nodes.definition_list_item(
            "",
            nodes.term("", "", link(name) or nodes.literal(name, name)),
            nodes.definition("", nodes.paragraph("", "", *inline(words, link))),
        )
        for name, words in rows
    ]
    return nodes.definition_list("", *items, classes=["register"])


def code(lines: list[str], language: str) -> nodes.literal_block:
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    text = "\n".join(line[indent:] for line in lines)
    return nodes.literal_block(text, text, language=language)


def body(text: str, parameters: set[str], link: Link) -> list[nodes.Node]:
    """The whole docstring, the parameters as a list of definitions."""
    found: list[nodes.Node] = []
    for lines in blocks(text):
        if lines[0].lstrip().startswith(">>>"):
            found.append(code(lines, "pycon"))
        elif all(ENTRY.fullmatch(line) for line in lines):
            found.append(register([ENTRY.fullmatch(line).groups() for line in lines], link))
        elif all(line.startswith("    ") for line in lines):
            found.append(code(lines, "python"))
        elif len(lines) > 2 and set(lines[1]) <= set("|-: ") and all(line.startswith("|") for line in lines):
            found.append(table(lines, link))
        else:
            for name, words in items(lines, parameters):
                found += piece(name, words, parameters, link, found[-1] if found else None)
    return found


def piece(name: str, words: str, parameters: set[str], link: Link, last: nodes.Node | None) -> list[nodes.Node]:
    """One piece of a block; a parameter goes on with the list that `last` may be."""
    text = inline(words, link)
    if not name:
        return [nodes.paragraph("", "", *text)]
    if name in {"Raises", "Source", "Derived in", "Range"}:
        return [nodes.paragraph("", "", nodes.strong("", f"{name}: "), *text, classes=["house-label"])]
    item = nodes.definition_list_item(
        "", nodes.term("", "", nodes.literal(name, name)), nodes.definition("", nodes.paragraph("", "", *text))
    )
    if isinstance(last, nodes.definition_list):
        last += item
        return []
    return [nodes.definition_list("", item, classes=["parameters"])]

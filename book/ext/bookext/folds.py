"""One fold for everything that is folded: a line that opens what stands under it, with no script.

A code cell has a kind, which is a tag. A *lesson* stands open. A *figure* shows its picture first and its code folded
below. A *check* shows the claims that matter, and folds the others together with its code. Solutions and dropdowns
become folds of the same form. theme/js/page.js adds the switch that opens and closes all code at once.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from bookext.notebooks import chapter_number

KINDS = ("lesson", "figure", "check")


class Fold(nodes.General, nodes.Element):
    """<details>: a Line, and a body."""


class Line(nodes.General, nodes.TextElement):
    """<summary>: what a closed fold says."""


def visit_fold(self, node):
    self.body.append(self.starttag(node, "details", CLASS="fold"))


def depart_fold(self, node):
    self.body.append("</div>\n</details>\n")


def visit_line(self, node):
    self.body.append(self.starttag(node, "summary", suffix=""))


def depart_line(self, node):
    self.body.append('</summary>\n<div class="fold-body">\n')


def fold(title, *body, classes=(), ids=()):
    """A closed fold; title: a text, or nodes of a line."""
    line = Line("", "", *([nodes.Text(title)] if isinstance(title, str) else title))
    return Fold("", line, *body, classes=list(classes), ids=list(ids))


def cells(doctree):
    """(cell, its kind or "", its code or None, its output or None) of the code cells of a chapter."""
    for cell in list(doctree.findall(nodes.container)):
        if cell.get("nb_element") == "cell_code":
            tags = cell.get("cell_metadata", {}).get("tags", [])
            parts = {child.get("nb_element"): child for child in cell.children if isinstance(child, nodes.container)}
            kind = next((kind for kind in KINDS if kind in tags), "")
            yield cell, kind, parts.get("cell_code_source"), parts.get("cell_code_output")


def fold_figure(cell, code, output):
    """The picture or the table, and under it its code."""
    raws = [raw.astext() for raw in output.findall(nodes.raw)]
    drawn = any(output.findall(nodes.image)) or any("<img" in raw or "<svg" in raw for raw in raws)
    what = "table" if not drawn and any("<table" in raw for raw in raws) else "figure"
    cell.remove(code)
    cell += fold(f"Code of this {what}", code, classes=["fold-code"])


def fold_check(cell, code, output):
    """The claims that matter; under them a line that says how many hold, with the others and the code in it."""
    lists = [found for found in output.findall(nodes.bullet_list) if "claims" in found["classes"]]
    items = [item for found in lists for item in found.children]
    for found in lists:
        found.parent.remove(found)
    shown = [item for item in items if "key" in item["classes"]] or items[:1]
    rest = [item for item in items if item not in shown]
    cell.remove(code)
    if not output.children:
        cell.remove(output)
    title = f"{len(items)} claims hold: {len(rest)} more, and the code" if rest else "Code of this check"
    folded = [nodes.bullet_list("", *rest, classes=["claims"])] if rest else []
    cell += nodes.bullet_list("", *shown, classes=["claims"])
    cell += fold(title, *folded, code, classes=["fold-code", "fold-check"])


def fold_cells(app, doctree):
    """After the claims have become lists (bookext.claims), give each cell the form of its kind."""
    if chapter_number(app.env.docname) is None:
        return
    for cell, kind, code, output in cells(doctree):
        if kind:
            cell["classes"].append(f"kind-{kind}")
            cell.attributes.pop("hide_mode", None)
        if kind == "figure" and code and output:
            fold_figure(cell, code, output)
        elif kind == "figure" and code:  # functions that draw
            cell.replace(code, fold("Code of the figures to come", code, classes=["fold-code"]))
        elif kind == "check" and code and output:
            fold_check(cell, code, output)
        elif cell.get("hide_mode") == "input" and code:  # the tag hide-input, of cells that have no kind yet
            del cell["hide_mode"]
            cell.replace(code, fold("Code of this figure", code, classes=["fold-code"]))


def fold_dropdowns(app, doctree):
    """{dropdown} of sphinx-design, and boxes of the class dropdown."""
    for box in list(doctree.findall(nodes.container)):
        if box.get("design_component") == "dropdown":
            title, body = (box[0].children, box[1:]) if box["has_title"] else ("More", box.children)
            found = fold(title, *body, classes=["fold-text"], ids=box["ids"])
            found.attributes["open" if box["opened"] else "closed"] = "open"
            box.replace_self(found)
    for box in list(doctree.findall(nodes.admonition)):
        if {"dropdown", "toggle"} & set(box["classes"]) and isinstance(box[0], nodes.title | nodes.paragraph):
            box.replace_self(fold(box[0].children, *box[1:], classes=["fold-text"], ids=box["ids"]))


class FoldSolutions(SphinxPostTransform):
    """Solutions of class dropdown, once sphinx-exercise has resolved their titles."""

    default_priority = 400
    formats = ("html",)

    def run(self, **kwargs):
        for box in list(self.document.findall(lambda node: type(node).__name__ == "solution_node")):
            if "dropdown" in box["classes"]:
                box.replace_self(
                    fold(box[0].children, *box[1:], classes=["fold-text", "fold-solution"], ids=box["ids"])
                )


def setup(app):
    def through(self, node):
        pass

    for kind, html in ((Fold, (visit_fold, depart_fold)), (Line, (visit_line, depart_line))):
        app.add_node(kind, html=html, latex=(through, through), text=(through, through))
    app.connect("doctree-read", fold_cells)
    app.connect("doctree-read", fold_dropdowns)
    app.add_post_transform(FoldSolutions)
    return {"parallel_read_safe": True}

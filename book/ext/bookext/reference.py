"""{library} ganbook.losses: the pages of the reference, one a subpackage, made of docstrings.

A section a module, an entry a public name: signature, docstring, and in which chapters it is used. The names are
objects of Sphinx's Python domain, so the index has them, and whatever names them anywhere in the book leads to them.
"""

from __future__ import annotations

import inspect
import pathlib
import re

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx import addnodes

from bookext import docstrings, uses
from bookext.chapters import link as to_document
from bookext.library import Name, library
from bookext.notebooks import chapter_number


def to_name(name: Name, words: str, docname: str) -> addnodes.pending_xref:
    """A link to a public name or a module, which Sphinx resolves and checks."""
    inner = nodes.literal(words, words, classes=["xref", "py"])
    asked = {"refdomain": "py", "reftype": "obj", "reftarget": name.path}
    return addnodes.pending_xref("", inner, refdoc=docname, refexplicit=True, refwarn=True, **asked)


def parameters(thing) -> list:
    """Those of a function, or those a class is made with."""
    try:
        return [given for given in thing.parameters if given.name not in {"self", "cls"}]
    except (AttributeError, KeyError):
        return []


def attributes(thing) -> set[str]:
    """What a docstring may explain by name: parameters, fields, properties."""
    own = {name for name, member in thing.members.items() if not member.is_alias and member.is_attribute}
    return own | {given.name for given in parameters(thing)}


def parameter(given) -> addnodes.desc_parameter:
    stars = {"variadic positional": "*", "variadic keyword": "**"}.get(given.kind.value if given.kind else "", "")
    found = addnodes.desc_parameter("", "", addnodes.desc_sig_name("", stars + given.name))
    rest = "" if given.annotation is None else f": {given.annotation}"
    if given.default is not None and not stars:
        rest += (" = " if rest else "=") + str(given.default)
    found += nodes.Text(rest)
    return found


def signature(thing, kind: str, before: str, name: str) -> addnodes.desc_signature:
    """class ganbook.losses.Realness(outcomes: int, ...) as Sphinx sets it."""
    found = addnodes.desc_signature("", "", support_smartquotes=False)
    property_ = "property" in thing.labels
    if kind in {"class", "data"} or property_:
        word = "property" if property_ else {"class": "class", "data": ""}[kind]
        found += addnodes.desc_annotation("", word, addnodes.desc_sig_space()) if word else []
    found += addnodes.desc_addname("", before) if before else []
    found += addnodes.desc_name("", name)
    if kind == "data":
        value = " ".join(str(thing.value).split())
        found += [addnodes.desc_sig_punctuation("", " = "), nodes.inline("", value[:200] + " ..." * (len(value) > 200))]
    elif not property_:
        given, last = addnodes.desc_parameterlist("", ""), None
        for each in parameters(thing):
            keyword_only = each.kind is not None and each.kind.value == "keyword-only"
            if keyword_only and last not in {"keyword-only", "variadic positional"}:
                given += addnodes.desc_parameter("", "*")
            given += parameter(each)
            last = each.kind.value if each.kind else None
        found += given
    returns = getattr(thing, "annotation", None) if kind != "data" else None
    if returns is not None and kind != "class":
        found += addnodes.desc_returns("", str(returns))
    return found


class LibraryPage(Directive):
    """The whole reference of one package."""

    required_arguments = 1

    def run(self):
        self.env = self.state.document.settings.env
        self.env.note_reread()  # the library and the notebooks change without this page changing
        root = pathlib.Path(self.env.app.srcdir)
        self.names, self.used = library(root), uses.chapters(root)
        self.chapters = {chapter_number(name): name for name in self.env.found_docs if chapter_number(name)}
        package, *modules = self.names.modules(self.env.docname)
        if package.path != self.arguments[0]:
            raise self.error(f"{self.env.docname} is the page of {package.path}, not of {self.arguments[0]}")
        found = [self.target(package), *self.doc(package), *self.entries(package)]
        for module in modules:
            section = nodes.section(ids=[module.ident])
            section += nodes.title("", module.path.removeprefix(f"{package.path}."))
            self.note(module)
            found.append(section)
            section += [*self.doc(module), *self.entries(module)]
        return found

    def target(self, package: Name) -> nodes.target:
        self.note(package)
        return nodes.target("", "", ids=[package.ident])

    def note(self, name: Name) -> None:
        """Tell the Python domain, and with it the index and every link, where the name stands."""
        domain = self.env.get_domain("py")
        if name.kind == "module":
            domain.note_module(name.path, name.ident, name.summary, "", False)
            domain.note_object(name.path, "module", name.ident)
        else:
            domain.note_object(name.path, name.kind, name.ident)
            if name.object.path != name.path:
                domain.note_object(name.object.path, name.kind, name.ident, aliased=True)

    def link(self, thing):
        """Backticked words of a docstring, looked for where it stands: in its class, its module, the package."""

        def follow(words: str):
            if number := re.fullmatch(docstrings.CHAPTER, words):
                there = self.chapters.get(int(number[1]))
                return to_document(there, words, self.env.docname) if there else None
            dotted = re.fullmatch(r"[A-Za-z_][\w.]*", words.partition("(")[0])
            scope = thing
            while dotted and scope is not None:
                for path in (f"{scope.path}.{dotted[0]}", dotted[0]):
                    name = self.names.find(path)
                    if name and name.object is not thing and name.path.split(".")[-1] == dotted[0].split(".")[-1]:
                        return to_name(name, words, self.env.docname)
                scope = scope.parent
            return None

        return follow

    def doc(self, name: Name, thing=None) -> list[nodes.Node]:
        thing = thing or name.object
        if not thing.docstring:
            return []
        known = attributes(thing) if not thing.is_module else set()
        return docstrings.body(inspect.cleandoc(thing.docstring.value), known, self.link(thing))

    def entries(self, module: Name) -> list[nodes.Node]:
        return [self.entry(name) for name in self.names.members(module.path)]

    def entry(self, name: Name) -> addnodes.desc:
        before, _, last = name.path.rpartition(".")
        head = signature(name.object, name.kind, f"{before}.", last)
        head["ids"], head["_toc_name"], head["_toc_parts"] = [name.ident], last, (name.path,)
        head["module"], head["fullname"] = before, last
        head += self.source(name)
        self.note(name)
        content = addnodes.desc_content("", *self.doc(name), *self.where(name))
        if name.kind == "class":
            content += self.methods(name)
        index = addnodes.index(entries=[("single", f"{last} ({name.kind} in {before})", name.ident, "", None)])
        return nodes.container("", index, desc(name.kind, head, content), classes=["library-entry"])

    def source(self, name: Name) -> nodes.reference:
        """Where it is written, at the address of the repository."""
        options = self.env.app.config.html_theme_options
        path = pathlib.Path(name.object.filepath).relative_to(self.env.app.srcdir).as_posix()
        address = (
            f"{options.get('repository_url')}/blob/{options.get('repository_branch')}/{path}#L{name.object.lineno}"
        )
        return nodes.reference("", "source", refuri=address, classes=["source-link"])

    def where(self, name: Name) -> list[nodes.Node]:
        """Used in chapters 1, 4 and 7."""
        numbers = [number for number in self.used.get(name.path, []) if number in self.chapters]
        if not numbers:
            return []
        line = nodes.paragraph(
            "", "Used in chapter " if len(numbers) == 1 else "Used in chapters ", classes=["used-in"]
        )
        for k, number in enumerate(numbers):
            line += nodes.Text("" if k == 0 else " and " if k == len(numbers) - 1 else ", ")
            line += to_document(self.chapters[number], str(number), self.env.docname)
        line += nodes.Text(".")
        return [line]

    def methods(self, name: Name) -> list[nodes.Node]:
        """Its public methods and properties, and how it is called."""
        found = []
        for member in name.object.members.values():
            plain = not member.is_alias and (member.is_function or "property" in member.labels)
            if plain and (not member.name.startswith("_") or member.name == "__call__") and member.has_docstring:
                head = signature(member, "method", "", member.name)
                found.append(desc("method", head, addnodes.desc_content("", *self.doc(name, member))))
        return found


def desc(kind: str, head: addnodes.desc_signature, content: addnodes.desc_content) -> addnodes.desc:
    return addnodes.desc("", head, content, domain="py", objtype=kind, desctype=kind, classes=["py", kind])


def link_prose(app, doctree):
    """Code in running text that names the library leads there, in chapters by the names that they import."""
    docname, root = app.env.docname, pathlib.Path(app.srcdir)
    if docname.startswith("book/library/"):
        return
    path = root / f"{docname}.ipynb"
    space = uses.notebook(path, root).space if chapter_number(docname) and path.exists() else {}
    closed = (nodes.title, nodes.reference, addnodes.pending_xref, nodes.term)
    for piece in list(doctree.findall(nodes.literal)):
        name = uses.named(piece.astext(), library(root), space)
        around = piece.parent
        while around is not None and not isinstance(around, closed):
            around = around.parent
        if name is not None and around is None:
            link = to_name(name, piece.astext(), docname)
            piece.replace_self(link)


def setup(app):
    app.add_directive("library", LibraryPage)
    app.connect("doctree-read", link_prose)
    return {"parallel_read_safe": True}

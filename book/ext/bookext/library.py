"""The library's public names, read from its files: nothing is imported, so no torch is needed.

Public is what stands at the top of a module, has no underscore before it, and is documented or in its `__all__`. A name
is shown by its shortest public path: `ganbook.losses.Minimax`, though it is written in ganbook/losses/classic.py.
"""

from __future__ import annotations

import functools
import pathlib
from dataclasses import dataclass

import griffe

PACKAGE = "ganbook"
FOLDER = "book/library"  # one page a subpackage; the modules beside them share the page of the package itself


@dataclass(frozen=True)
class Name:
    """One public name, or a module."""

    path: str  # ganbook.losses.Minimax
    kind: str  # class, function, data, module
    docname: str  # the page that it stands on
    section: str  # the module under which it stands there
    object: griffe.Object

    @property
    def ident(self) -> str:
        """Its id on that page."""
        return f"module-{self.path}" if self.kind == "module" else self.path

    @property
    def summary(self) -> str:
        """The first paragraph of its docstring, on one line."""
        return " ".join(self.object.docstring.value.partition("\n\n")[0].split()) if self.object.docstring else ""


class Library:
    """All modules and public names, each under its canonical path, in the order of their files."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = griffe.load(PACKAGE, search_paths=[root], allow_inspection=False, resolve_aliases=False)
        self.doors: dict[str, list[str]] = {}  # canonical path -> the modules whose __all__ opens on it
        self.names: dict[str, Name] = {}
        self._serve()
        self._open(self.root)
        self._read(self.root)

    def _serve(self) -> None:
        """What the package fetches when it is asked for (`__getattr__`) is in its __all__ and nowhere in its source."""
        for name in set(map(str, self.root.exports or ())) - set(self.root.members):
            for module in self.root.members.values():
                if not module.is_alias and module.is_module and name in module.members:
                    self.root.set_member(name, griffe.Alias(name, f"{module.path}.{name}"))
                    break

    def _open(self, module: griffe.Module) -> None:
        for name in module.exports or ():
            if (member := module.members.get(str(name))) is not None and member.is_alias:
                self.doors.setdefault(member.target_path, []).append(module.path)
        for member in module.members.values():
            if not member.is_alias and member.is_module:
                self._open(member)

    def _read(self, module: griffe.Module) -> None:
        self.names[module.path] = Name(module.path, "module", self.page(module.path), module.path, module)
        # The order of a file, then the modules of a package by name: a folder has no order of its own.
        inner = sorted((m for m in module.members.values() if not m.is_alias and m.is_module), key=lambda m: m.name)
        for member in [*(m for m in module.members.values() if m not in inner), *inner]:
            if member.is_alias or member.name.startswith("_"):
                continue
            if member.is_module:
                self._read(member)
            elif member.has_docstring or member.name in (module.exports or ()) or member.path in self.doors:
                home, kind = module.path, "data" if member.is_attribute else member.kind.value
                door = min([home, *self.doors.get(member.path, [])], key=lambda path: (path.count("."), path == home))
                # A package opens on its own files; plot, explore and claims have what they show from elsewhere.
                section = module.path if module.path.startswith(f"{door}.") else door
                path = f"{door}.{member.name}"
                self.names[member.path] = Name(path, kind, self.page(section), section, member)

    def page(self, module: str) -> str:
        """The page of a module: that of its package, or that of ganbook for the modules beside the packages."""
        room = next(iter(module.split(".")[1:]), PACKAGE)
        return f"{FOLDER}/{room if room in self.root.members and self.root[room].is_init_module else PACKAGE}"

    def find(self, path: str) -> Name | None:
        """The name at the end of a dotted path, by whatever door.

        What belongs to a class or a function (a method, `data.digits.labelled`) leads to that class or function.
        """
        first, *rest = path.split(".")
        if first != PACKAGE:
            return None
        at = self.root
        for part in rest:
            if not at.is_module:
                break
            member = at.members.get(part)
            if member is None:
                return None
            while member.is_alias:  # an import
                if not member.target_path.startswith(f"{PACKAGE}."):
                    return None
                home, _, name = member.target_path.partition(".")[2].rpartition(".")
                member = (self.root[home] if home else self.root).members[name]
            at = member
        return self.names.get(at.path)

    def members(self, module: str) -> list[Name]:
        """What is public in one module, or is shown there."""
        return [name for name in self.names.values() if name.kind != "module" and name.section == module]

    def modules(self, docname: str) -> list[Name]:
        """The modules of one page, the package first."""
        return [name for name in self.names.values() if name.kind == "module" and name.docname == docname]


@functools.cache
def library(root: pathlib.Path) -> Library:
    """Read once a build."""
    return Library(root)

"""The house: the map is true, no arrow goes round, and a file holds one idea."""

import ast
import re
from pathlib import Path

import ganbook

ROOT = Path(ganbook.__file__).resolve().parent
MODULES = {
    ".".join(("ganbook", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in ROOT.rglob("*.py")
}


def imports(name: str, path: Path, everywhere: bool) -> set[str]:
    """The modules of ganbook that one imports: at its top, or anywhere in it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if everywhere else tree.body
    found = set()
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "ganbook":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                found.add(whole if whole in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name in MODULES}
    return found - {name, "ganbook"}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Names that lead back to where they began, or nothing."""
    done: set[str] = set()

    def walk(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for other in sorted(graph.get(name, ())):
            if found := walk(other, [*way, name]):
                return found
        done.add(name)
        return []

    for start in sorted(graph):
        if found := walk(start, []):
            return found
    return []


def test_the_map_is_the_folder():
    listed = re.findall(r"^    (\w+)  +\S", ganbook.__doc__, re.MULTILINE)
    there = {path.stem for path in ROOT.iterdir() if path.suffix == ".py" and path.stem != "__init__"}
    there |= {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}
    assert len(listed) == len(set(listed))
    assert set(listed) == there
    assert len(there) < 30


def test_no_module_leads_back_to_itself_not_even_from_inside_a_function():
    graph = {name: imports(name, path, everywhere=True) for name, path in MODULES.items() if name != "ganbook"}
    # A door imports what stands behind it, and what stands behind never asks its own door.
    assert circle(graph) == []
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c", "b"]  # the planted one is found


def test_a_name_is_imported_where_a_file_begins_except_for_cost():
    """matplotlib, ipywidgets, torchvision, accelerate and pygments may wait until they are used; ganbook never does."""
    for name, path in MODULES.items():
        late = imports(name, path, everywhere=True) - imports(name, path, everywhere=False)
        assert not late, f"{name} imports {late} inside a function"


def test_every_package_says_what_stands_in_it():
    for name, path in MODULES.items():
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{name} begins without a docstring"


def test_files_are_short():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in MODULES.items()}
    assert {name: n for name, n in lengths.items() if n > 330} == {}

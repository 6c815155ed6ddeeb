"""The reference has every public name, each says where it is used, and the chapters lead to it.

The pages are made of files that are only read; here the library is imported, and must agree.
"""

import doctest
import importlib
import inspect
import json
import pathlib
import pkgutil
import re
import sys

import pytest
import yaml
from docutils import nodes

import ganbook

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "ext"))

from test_book import HTML, fresh_pages  # noqa: E402

from bookext import cards, code_links, dark, docstrings, formulas, library, said, search, uses  # noqa: E402

LIBRARY = library.library(ROOT)
MODULES = sorted(
    module.name
    for module in pkgutil.walk_packages(ganbook.__path__, "ganbook.")
    if not any(part.startswith("_") for part in module.name.split("."))
)


def imported():
    """Every public function and class of the library, by the module in which it is written."""
    for name in ["ganbook", *MODULES]:
        module = importlib.import_module(name)
        for word, thing in vars(module).items():
            if word.startswith("_") or not (inspect.isclass(thing) or inspect.isfunction(thing)):
                continue
            if thing.__module__ == name and thing.__name__ == word:
                yield f"{name}.{word}", thing


@pytest.mark.parametrize(
    "module", [cards, code_links, dark, docstrings, formulas, said, search, uses], ids=lambda m: m.__name__
)
def test_examples_in_the_extensions_hold(module):
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_every_public_name_and_module_is_read():
    documented = {path for path, thing in imported() if thing.__doc__}
    assert len(documented) > 400
    assert documented <= set(LIBRARY.names), sorted(documented - set(LIBRARY.names))
    for path, name in LIBRARY.names.items():
        if name.kind != "module":
            module, _, word = path.rpartition(".")
            assert hasattr(importlib.import_module(module), word), f"{path} is read, and is not there"
    assert set(MODULES) <= set(LIBRARY.names)


def test_a_door_names_what_it_opens_on():
    for name in ["ganbook", *MODULES]:
        for word in getattr(importlib.import_module(name), "__all__", ()):
            if not word.startswith("_") and word != "Int":  # jaxtyping's, or a stand-in where that is absent
                assert LIBRARY.find(f"{name}.{word}"), f"{name}.__all__ has {word}, which has no entry"
    assert LIBRARY.find("ganbook.losses.classic.Minimax").path == "ganbook.losses.Minimax"
    assert LIBRARY.find("ganbook.plot.Film").path == "ganbook.plot.Film"
    assert LIBRARY.find("ganbook.bounds.below").path == "ganbook.claims.below"
    assert LIBRARY.find("ganbook.losses.Maximin") is None and LIBRARY.find("torch.nn") is None


def test_the_table_of_contents_has_a_page_for_every_room():
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    listed = {entry["file"] for part in toc["parts"] for entry in part["chapters"]}
    pages = {name.docname for name in LIBRARY.names.values()}
    assert pages == {page for page in listed if page.startswith(library.FOLDER)}
    for page in pages:
        package = LIBRARY.modules(page)[0].path
        text = (ROOT / f"{page}.md").read_text(encoding="utf-8")
        assert text == f"# {package}\n\n```{{library}} {package}\n```\n"


def test_used_in_is_what_the_notebooks_import():
    used = uses.chapters(ROOT)
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        code = "\n".join(
            "".join(cell["source"])
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
        number = int(path.stem[:2])
        for door, words in re.findall(r"^from (ganbook[\w.]*) import ([\w, ]+)$", code, re.M):
            for word in words.split(", "):
                word = word.split(" as ")[0]
                name = LIBRARY.find(f"{door}.{word}")
                assert name, f"{path.name} imports {door}.{word}, which the reference does not have"
                assert number in used[name.path]
    assert all(numbers == sorted(set(numbers)) for numbers in used.values())


def test_every_formula_of_a_docstring_is_tex_that_the_book_knows():
    macros = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    known = set(macros["sphinx"]["config"]["mathjax3_config"]["tex"]["macros"])
    known |= (
        formulas.GREEK
        | formulas.PLAIN
        | set("Vert cdot ge hat int infty le ldots leftarrow mathrm mathtt nabla".split())
    )
    known |= set("ne operatorname pm prod quad sim sqrt sum text tfrac to top".split())
    found = []
    for name in LIBRARY.names.values():
        for line in re.split(r"\n\s*\n", name.object.docstring.value if name.object.docstring else ""):
            if not line.lstrip().startswith(">>>"):
                found += [formulas.tex(piece) for formula, piece in formulas.pieces(line) if formula]
    assert len(found) > 200
    for tex in found:
        words = set(re.findall(r"\\([A-Za-z]+)", tex))
        assert words <= known, (tex, words - known)
        plain = re.sub(r"\\.", "", tex)
        assert plain.count("{") == plain.count("}"), tex
        assert not re.search(r"[_^](?![{])|[#&$]", plain), tex


def test_words_stay_words():
    for text in ("A sampler of (n, 2), two at a time.", "See a, b and c: they fall.", "Raises where n is not > 0."):
        assert formulas.pieces(text) == [(False, text)]


def test_a_docstring_has_its_parts():
    text = "What it is.\n\nd = E x,\ng = E y.\n\nn: how many,\n    at least one.\n\nRaises: ValueError.\n\n>>> 1 + 1\n2"
    claim, first, second, given, raises, example = docstrings.body(text, {"n"}, lambda words: None)
    assert [node.astext() for node in (claim, first, second)] == ["What it is.", r"d = \E  x,", r"g = \E  y."]
    assert isinstance(given, nodes.definition_list) and given.astext().split("\n\n") == [
        "n",
        "how many,\nat least one.",
    ]
    assert raises.astext() == "Raises: ValueError." and example["language"] == "pycon"


def test_code_stays_what_it_was_where_its_names_become_links():
    html = '<pre><span class="s">&quot;&lt;é&gt;&quot;</span>; <span class="n">GAN</span> <span>&lt;</span> GAN\n</pre>'
    linked = code_links.linked(html, [(1, 7, "GAN", "p.html#GAN"), (1, 13, "GAN", "p.html#GAN")])
    assert linked.count('<a class="reference internal" href="p.html#GAN">GAN</a>') == 2
    assert re.sub(r"</?a\b[^>]*>", "", linked).replace("&quot;", '"') == html.replace("&quot;", '"')


def test_the_built_pages_have_every_name_and_the_chapters_lead_there():
    fresh_pages()
    pages = {
        page: (HTML / f"{page}.html").read_text(encoding="utf-8")
        for page in {n.docname for n in LIBRARY.names.values()}
    }
    missing = [name.path for name in LIBRARY.names.values() if f'id="{name.ident}"' not in pages[name.docname]]
    assert not missing, missing
    for path in sorted((HTML / "notebooks").glob("[01]*.html")):
        html = path.read_text(encoding="utf-8")
        code = re.findall(r"<pre>.*?</pre>", html, re.S)
        links = [link for block in code for link in re.findall(r'<a class="reference internal" href="([^"]+)"', block)]
        assert len(set(links)) >= 8, f"{path.name}: its code does not lead to the library"
        assert all(link.startswith("../book/library/") for link in links), path.name


def test_a_figure_at_night_keeps_its_pictures_and_turns_its_letters():
    from PIL import Image, ImageDraw

    figure = Image.new("RGB", (200, 100), dark.GROUND)
    draw = ImageDraw.Draw(figure)
    draw.rectangle((100, 20, 179, 79), fill=(0, 0, 0))
    draw.line((10, 50, 80, 50), fill=(35, 38, 43), width=3)
    night = dark.night(figure)
    assert night.getpixel((110, 30)) == (0, 0, 0)
    assert min(night.getpixel((40, 50))) > 180  # ink is light
    assert max(night.getpixel((5, 5))) < 35  # the ground is dark

"""Pages that ask nobody for anything, and carry nothing they do not need.

Works on the finished HTML, since the requests come from several extensions and templates. Links that a reader
follows are left alone; what a browser would load by itself from elsewhere is removed, and so is what a page loads
without using it: the icon font and its 1,900 rules, the search index outside search, MathJax where no formula stands.
"""

from __future__ import annotations

import importlib.util
import pathlib
import re
import shutil

from sphinx.util import logging

from bookext import slim as slimming
from bookext.cards import with_cards
from bookext.dark import pairs, sized

logger = logging.getLogger(__name__)

# The parts of MathJax that _config.yml's loader names, with what they load in their turn.
MATHJAX = [
    "startup.js",
    "core.js",
    "input/tex.js",
    "input/tex/extensions",
    "output/chtml.js",
    "output/chtml/fonts",
    "a11y/assistive-mml.js",
]

REMOTE = r"""["'](?:https?:)?//[^"']*["']"""
REMOTE_SCRIPT = re.compile(rf"<script\b[^>]*\bsrc={REMOTE}[^>]*>\s*</script>\s*", re.I)
LOADS = r"""\brel=["'](?:stylesheet|preload|prefetch|preconnect|dns-prefetch|icon|shortcut icon)["']"""
REMOTE_SHEET = re.compile(rf"<link\b(?=[^>]*{LOADS})(?=[^>]*\bhref={REMOTE})[^>]*>\s*", re.I)
REMOTE_MEDIA = re.compile(rf"<(?:img|source|iframe|video|audio|embed)\b[^>]*\bsrc={REMOTE}[^>]*>", re.I)

THEBE = re.compile(r"<script>\s*(?:const|var|let)\s+thebe_[^<]*</script>\s*", re.I)
# Folds are bookext.folds: they need no script.
TOGGLES = re.compile(r"<script>(?:let toggle(?:Hint|Open)\w+|var togglebuttonSelector) = [^<]*</script>\s*")
UNUSED_FILES = ("fontawesome", "sphinx-thebe", "togglebutton")
SEARCH_FILES = ("searchtools.js", "language_data.js", "searchindex.js")
SEARCH_SCRIPTS = '<script src="_static/sections.js"></script>\n<script src="_static/js/search.js"></script>\n'
# What only some pages use: (the mark of its use, the files).
SOMETIMES = [
    ('class="sd-', ("sphinx-design.min.css", "design-tabs.js")),
    ('class="cell', ("/mystnb.",)),
    ('class="proof ', ("proof.css",)),
    ("exercise", ("exercise.css",)),
]
MATHJAX_SCRIPTS = re.compile(
    r'<script>window\.MathJax = [^<]*</script>\s*|<script[^>]*\bsrc="[^"]*/mathjax/[^"]*"[^>]*></script>\s*'
)
FORMULA = re.compile(r'class="[^"]*\bmath\b')
ICON_RULE = re.compile(r'(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}')
ICON_FONT = re.compile(r"@font-face\{[^}]*Awesome[^}]*\}")


def mathjax_folder() -> pathlib.Path:
    """The folder of MathJax inside the package sphinx-mathjax-offline."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package sphinx-mathjax-offline is not installed; run: make book")
    return pathlib.Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def without(html: str, names: tuple[str, ...]) -> str:
    """The page without the scripts and style sheets whose address contains one of the names.

    >>> without('<script src="a/searchindex.js"></script><link href="b.css" />', ("searchindex.js",))
    '<link href="b.css" />'
    """
    some = "|".join(re.escape(name) for name in names)
    return re.sub(
        rf'<link\b[^>]*\bhref="[^"]*(?:{some})[^"]*"[^>]*>\s*|'
        rf'<script\b[^>]*\bsrc="[^"]*(?:{some})[^"]*"[^>]*>\s*</script>\s*',
        "",
        html,
    )


def mended(html: str) -> str:
    """Boxes that can be styled and pages without repeated ids: sphinx-proof gives every proof the id "proof".

    >>> mended('<div class="proof admonition" id="proof">\\n<p>Proof. By induction.</p>')
    '<div class="proof plain-proof admonition">\\n<p><span class="proof-word">Proof.</span> By induction.</p>'
    """
    html = re.sub(
        r'<div class="proof admonition" id="proof">(\s*)(<p>Proof\. ?)?',
        lambda m: (
            f'<div class="proof plain-proof admonition">{m[1]}'
            + ('<p><span class="proof-word">Proof.</span> ' if m[2] else "")
        ),
        html,
    )
    html = re.sub(r'(<section) id="(?:proof|solution|exercise|[a-z]+)-content"', r"\1", html)
    # A landmark for the sidebar, and a button whose name is what it shows.
    html = html.replace(
        '<div id="pst-primary-sidebar" class', '<div id="pst-primary-sidebar" role="region" aria-label="The book" class'
    )
    # docutils gives the bibliography roles that its elements, and their children, may not have.
    html = html.replace(' role="doc-biblioentry"', "").replace('<div role="list" class="citation-list">', "<div>")
    return re.sub(r'(<button class="btn search-button-field[^>]*?) aria-label="[^"]*"', r"\1", html)


def offline(html: str, search: bool = False) -> str:
    """A page without anything that a browser would fetch from elsewhere, or for nothing.

    >>> offline('<script src="https://cdn.example/x.js"></script><a href="https://example.org">kept</a>')
    '<a href="https://example.org">kept</a>'
    """
    for pattern in (REMOTE_SCRIPT, REMOTE_SHEET, THEBE, TOGGLES):
        html = pattern.sub("", html)
    html = without(html, UNUSED_FILES + SEARCH_FILES)
    if search:
        html = html.replace("</body>", SEARCH_SCRIPTS + "</body>", 1)
    for mark, names in SOMETIMES:
        if mark not in without(html, names):
            html = without(html, names)
    return html if FORMULA.search(html) else MATHJAX_SCRIPTS.sub("", html)


def copy_mathjax(static: pathlib.Path) -> None:
    source = mathjax_folder()
    for name in MATHJAX:
        target = static / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target, dirs_exist_ok=True)
        elif not target.exists():
            shutil.copy2(source / name, target)


def slim(out: pathlib.Path) -> None:
    """Remove from the theme's and the extensions' files what no page of the book uses."""
    static, used = out / "_static", slimming.words(out)
    for sheet in [*(static / "styles").glob("*.css"), *static.glob("*.css")]:
        before = sheet.read_text(encoding="utf-8")
        after = slimming.purge(ICON_FONT.sub("", ICON_RULE.sub("", before)), used)
        sheet.write_text(after, encoding="utf-8")
    for pattern in ("**/*.map", "**/fontawesome*", "sphinx-thebe.*", "locales"):
        for path in list(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for script in static.rglob("*.js"):
        if "mathjax" not in script.parts:
            before = script.read_text(encoding="utf-8")
            after = re.sub(r"^//# sourceMappingURL=.*$", "", before, flags=re.M)
            if after != before:
                script.write_text(after, encoding="utf-8")


def fresh(app):
    """Forget the slimmed files of the last build, which Sphinx would otherwise complain of overwriting."""
    static = pathlib.Path(app.outdir) / "_static"
    for name in ("styles", "scripts"):
        shutil.rmtree(static / name, ignore_errors=True)
    for sheet in static.glob("*.css"):
        sheet.unlink()


def finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = pathlib.Path(app.outdir)
    copy_mathjax(out / "_static")
    renamed = slimming.lighter_figures(out / "_images")
    before = {page.relative_to(out).as_posix(): page.read_text(encoding="utf-8") for page in out.rglob("*.html")}
    pages = {name: html for name, html in sorted(before.items()) if not name.startswith("_static/")}
    for name, html in pages.items():
        html = offline(mended(html), search=name == "search.html")
        html = slimming.unpack_frames(slimming.plain_code(html), out / "_images", "../" * name.count("/"))
        html = slimming.once(html)
        for old, new in renamed.items():
            html = html.replace(f"_images/{old}", f"_images/{new}")
        html = pairs(sized(html, out / "_images"), out / "_images")
        for tag in REMOTE_MEDIA.findall(html):
            logger.warning(f"{name}: the page would load {tag} from elsewhere; bundle the file instead", type="offline")
        pages[name] = html
    for name in pages:
        after = with_cards(name, pages)
        if after != before[name]:
            (out / name).write_text(after, encoding="utf-8")
    slim(out)


def setup(app):
    app.connect("builder-inited", fresh)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True}

"""Pages that ask nobody for anything, and carry nothing they do not need.

Works on the finished HTML, since the requests come from several extensions and templates. Links that a reader
follows are left alone; what a browser would load by itself from elsewhere is removed, and so is what a page loads
without using it: the icon font and its 1,900 rules, the search index outside search.
"""

from __future__ import annotations

import json
import multiprocessing
import pathlib
import re
import shutil

from sphinx.util import logging
from sphinx.util.parallel import parallel_available

from bookext import slim as slimming
from bookext.cards import with_cards
from bookext.dark import pairs, sized
from bookext.dark_films import films
from bookext.rows import in_rows
from bookext.sheets import clear_stills

logger = logging.getLogger(__name__)

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
# Faces on nearly every first screen, asked for before a style sheet names them: (file, the mark of its use).
FACES = [
    ("fonts/source-serif-4-latin-wght-normal.woff2", "<body"),
    ("fonts/source-sans-3-latin-wght-normal.woff2", "<body"),
    ("mathematics/MathJax_Main-Regular.woff", "mathematics/formulas.css"),
    ("mathematics/MathJax_Math-Italic.woff", "mathematics/formulas.css"),
]
ASK = (
    'if (location.protocol !== "file:") for (const href of FACES) document.head.append(Object.assign('
    'document.createElement("link"), { rel: "preload", as: "font", crossOrigin: "", href }));'
)
# A page opened at its top is laid out in slices (theme/js/slices.js); gone back to, or entered by a link, at once.
SLICES = (
    'if (performance.getEntriesByType("navigation")[0]?.type === "navigate" && location.hash.length < 2) '
    'document.documentElement.dataset.slices = "";'
)
# The theme measures whatever may scroll, box after box, in one long task; theme/js/book.js does it as they come.
MEASURES = re.compile(r',"complete"===document\.readyState\?(\w+)\(\):window\.addEventListener\("load",\1\)')
ICON_RULE = re.compile(r'(?:\.fa-[\w-]+:{1,2}before,?)+\{content:"[^"]*"\}')
ICON_FONT = re.compile(r"@font-face\{[^}]*Awesome[^}]*\}")


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
    # Which half of the day it is, a script finds out; without one it is day, also for the sheet of code's colours.
    html = html.replace(' data-theme="auto"', ' data-theme="light"', 1)
    # A landmark for the sidebar, and a button whose name is what it shows.
    html = html.replace(
        '<div id="pst-primary-sidebar" class', '<div id="pst-primary-sidebar" role="region" aria-label="The book" class'
    )
    # The mark of Colab stands in a menu that is closed: it comes when the menu opens.
    html = re.sub(r"<img(?= [^>]*logo_colab)", '<img loading="lazy"', html)
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
    return html


def with_faces(html: str, root: str = "") -> str:
    """The page with its faces asked for at its head, so that no line breaks anew when they come.

    By a script, since over file:// a browser refuses to fetch ahead, and complains.

    >>> with_faces("<head></head><body>", "../").count("../_static/fonts/source-")
    2
    """
    faces = [f"{root}_static/{face}" for face, mark in FACES if mark in html]
    script = f"<script>{ASK.replace('FACES', json.dumps(faces))}</script>\n"
    return re.sub(r"<head>\s*", lambda m: m[0] + script, html, count=1)


def with_slices(html: str) -> str:
    """A page of an article with the mark that has it laid out in slices.

    >>> [with_slices(f"<head></head>{body}").count("slices") for body in ("", '<article class="bd-article">')]
    [0, 1]
    """
    if 'class="bd-article"' not in html:
        return html
    return re.sub(r"<head>\s*", lambda m: f"{m[0]}<script>{SLICES}</script>\n", html, count=1)


def slim(static: pathlib.Path, used: set[str]) -> None:
    """Remove from the theme's and the extensions' files what no page of the book uses.

    used: the words of all pages; those of the scripts count too.
    """
    for pattern in ("**/*.map", "**/fontawesome*", "sphinx-thebe.*", "locales"):
        for path in list(static.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    used = used.union(*(slimming.words(script.read_text(encoding="utf-8")) for script in static.rglob("*.js")))
    for sheet in [*(static / "styles").glob("*.css"), *static.glob("*.css")]:
        before = sheet.read_text(encoding="utf-8")
        after = slimming.purge(ICON_FONT.sub("", ICON_RULE.sub("", before)), used)
        sheet.write_text(after, encoding="utf-8")
    for script in static.rglob("*.js"):
        before = script.read_text(encoding="utf-8")
        after = re.sub(r"^//# sourceMappingURL=.*$", "", before, flags=re.M)
        if script.name == "pydata-sphinx-theme.js":
            after, found = MEASURES.subn("", after)
            if not found:
                logger.warning(f"{script.name}: what measures whatever may scroll is not found", type="offline")
        if after != before:
            script.write_text(after, encoding="utf-8")


def fresh(app):
    """Forget the slimmed files of the last build, which Sphinx would otherwise complain of overwriting."""
    static = pathlib.Path(app.outdir) / "_static"
    for name in ("styles", "scripts"):
        shutil.rmtree(static / name, ignore_errors=True)
    for sheet in static.glob("*.css"):
        sheet.unlink()


def finished(name: str, out: pathlib.Path, renamed: dict[str, str]) -> tuple[str, set[str]]:
    """A page as a reader gets it, its pictures beside it; and its words."""
    html = offline(mended((out / name).read_text(encoding="utf-8")), search=name == "search.html")
    html = slimming.unpack_frames(slimming.plain_code(html), out / "_images", "../" * name.count("/"))
    html = with_slices(with_faces(slimming.once(html), "../" * name.count("/")))
    for old, new in renamed.items():
        html = html.replace(f"_images/{old}", f"_images/{new}")
    for change in (sized, pairs, clear_stills, in_rows, films):
        html = change(html, out / "_images")
    return html, slimming.words(html)


def finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = pathlib.Path(app.outdir)
    renamed = slimming.lighter_figures(out / "_images")
    names = sorted(page.relative_to(out).as_posix() for page in out.rglob("*.html"))
    asked = [(name, out, renamed) for name in names if not name.startswith("_static/")]
    if parallel_available:
        with multiprocessing.get_context("fork").Pool() as pool:  # a page for each core
            made = pool.starmap(finished, asked, chunksize=1)
    else:
        made = [finished(*each) for each in asked]
    pages = {name: html for (name, *_), (html, _) in zip(asked, made, strict=True)}
    for name, html in pages.items():
        for tag in REMOTE_MEDIA.findall(html):
            logger.warning(f"{name}: the page would load {tag} from elsewhere; bundle the file instead", type="offline")
    for name in pages:
        (out / name).write_text(with_cards(name, pages), encoding="utf-8")
    slim(out / "_static", set().union(*(words for _, words in made)))


def setup(app):
    app.connect("builder-inited", fresh)
    app.connect("build-finished", finish, priority=900)
    return {"parallel_read_safe": True}

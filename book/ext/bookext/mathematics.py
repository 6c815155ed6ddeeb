"""Formulas are set when the book is built: a page carries them finished, with their fonts, and no MathJax.

The typesetter is MathJax itself, run by V8 inside Python (mini-racer): the page looks as it would with MathJax in it,
and each formula has its MathML beside it for screen readers. What has been set is kept in a file next to the pages, so
that the next build sets only what is new.
"""

from __future__ import annotations

import hashlib
import html as entities
import importlib.util
import json
import pathlib
import re
import shutil

from sphinx.util import logging

from bookext.slim import WORD, purge

logger = logging.getLogger(__name__)

COMPONENTS = ["adaptors/liteDOM", "core", "input/tex-full", "output/chtml", "a11y/assistive-mml"]
PACKAGES = ["base", "ams", "boldsymbol", "cancel", "color", "configmacros", "newcommand"]
PAUSE = 300  # seconds after which a typesetter that does not answer is given up
# The element, the number of the equation if it has one, and the TeX; as Sphinx and myst-parser write them.
FORMULA = re.compile(
    r'(<(?:span|div) class="(?:amsmath )?math notranslate[^"]*"[^>]*>\s*(?:<span class="eqno">.*?</span>)?\s*)'
    r"\\([(\[])(.*?)\\[)\]](?=\s*</(?:span|div)>)",
    re.S,
)
LOADED = re.compile(
    r'<script>window\.MathJax = [^<]*</script>\s*|<script[^>]*\bsrc="[^"]*/mathjax[^"]*"[^>]*></script>\s*'
)
ERROR = re.compile(r'data-mjx-error="([^"]*)"')

# What MathJax writes for other readers than a browser, twice, or for rules that its style sheet does not have; in the
# MathML beside a formula, which is heard and not seen, how a bracket is drawn: a fifth of a page.
IDLE = re.compile(
    r' (?:class=" ?(?:MathJax|MJX-TEX|mjx-[in])"|style="position: relative;"|unselectable="on"(?: display="inline")?'
    r'|(?:data-mjx-)?texclass="\w+"|(?:stretchy|symmetric)="\w+"|data-mjx-alternate="1"'
    r'|xmlns="http://www.w3.org/1998/Math/MathML")'
)

# A sign in a face has a rule of its own; its braces and quotes stand in `content`.
SIGN = re.compile(r'mjx-c\.(mjx-c[0-9A-F]+)\.(TEX-[\w-]+)::before\s*\{(?:"(?:\\.|[^"\\])*"|[^"}])*\}')
IN_FACE = re.compile(r'<mjx-c class="(mjx-c[0-9A-F]+) (TEX-[\w-]+)">')

START = """
globalThis.global = globalThis;
globalThis.SOURCES = %(sources)s;
globalThis.MathJax = %(settings)s;
MathJax.loader.require = (name) => (0, eval)(SOURCES[name.replace(/^\\//, "")]);
(0, eval)(SOURCES["startup.js"]);
MathJax.startup.promise
"""
SET = "JSON.stringify(%s.map(([tex, display]) => MathJax.startup.adaptor.outerHTML(MathJax.tex2chtml(tex, {display}))))"
STYLE = "MathJax.startup.adaptor.textContent(MathJax.chtmlStylesheet())"


def mathjax_folder() -> pathlib.Path:
    """The folder of MathJax inside the package sphinx-mathjax-offline."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package sphinx-mathjax-offline is not installed; run: make book")
    return pathlib.Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def typeset(formulas: list[tuple[str, bool]], tex: dict) -> tuple[list[str], str]:
    """Each formula (its TeX, whether it stands on a line of its own) as HTML; and the style sheet for any formula.

    tex: MathJax's settings of TeX, the macros among them.
    """
    from py_mini_racer import mini_racer  # 80 MB, and only where there is something new to set

    folder = mathjax_folder()
    names = [*(f"{name}.js" for name in COMPONENTS), "output/chtml/fonts/tex.js", "startup.js"]
    sources = {name: (folder / name).read_text(encoding="utf-8") for name in names}
    settings = {
        "loader": {"load": COMPONENTS, "paths": {"mathjax": ""}, "versionWarnings": False},
        "startup": {"typeset": False},
        "tex": {"packages": PACKAGES, **tex},
        "chtml": {"adaptiveCSS": False, "fontURL": "."},
    }
    with mini_racer() as engine:
        engine.eval(START % {"sources": json.dumps(sources), "settings": json.dumps(settings)}).get(timeout=PAUSE)
        done = json.loads(engine.eval(SET % json.dumps(formulas), timeout_sec=PAUSE))
        return [IDLE.sub("", html) for html in done], engine.eval(STYLE)


def found(page: str) -> list[tuple[str, bool]]:
    r"""The formulas of a page that are still TeX, and whether each stands on a line of its own.

    >>> found('<span class="math notranslate nohighlight">\\(a &lt; b\\)</span>')
    [('a < b', False)]
    """
    return [(entities.unescape(tex), sign == "[") for _, sign, tex in FORMULA.findall(page)]


def with_formulas(page: str, done: dict[tuple[str, bool], str]) -> str:
    r"""The page with each formula as it was set.

    >>> numbered = '<div class="math notranslate" id="e">\n<span class="eqno">(1)<a href="#e">#</a></span>\\[x\\]</div>'
    >>> with_formulas(numbered, {("x", True): "<b>x</b>"})
    '<div class="math notranslate" id="e">\n<span class="eqno">(1)<a href="#e">#</a></span><b>x</b></div>'
    """
    return FORMULA.sub(lambda m: m[1] + done[entities.unescape(m[3]), m[2] == "["], page)


def lighter(style: str, formulas: str) -> str:
    r"""The style sheet with the rules that these formulas use: each sign only in the faces in which it stands.

    >>> rule = 'mjx-c.mjx-c7D.TEX-%s::before {\n  content: "}";\n}'
    >>> lighter(rule % "S1" + rule % "S2", '<mjx-c class="mjx-c7D TEX-S2"></mjx-c>')
    'mjx-c.mjx-c7D.TEX-S2::before{content: "}";}'
    """
    shown = set(IN_FACE.findall(formulas))
    style = SIGN.sub(lambda rule: rule[0] if rule.groups() in shown else "", style)
    return re.sub(r"\s*\n\s*", "", purge(style, set(WORD.findall(formulas))))


def short(text: str) -> str:
    """Pages and style sheet with the classes of signs by their number alone: there are three thousand on a page.

    >>> short('<mjx-c class="mjx-c1D437 TEX-I"></mjx-c>')
    '<mjx-c class="c1D437 TEX-I"></mjx-c>'
    """
    return re.sub(r"\bmjx-c(?=[0-9A-F]{2,5}\b)", "c", text)


class Kept:
    """What earlier builds have set, in a file that counts only for these settings and this MathJax."""

    def __init__(self, file: pathlib.Path, tex: dict):
        own = pathlib.Path(__file__).read_bytes() + (mathjax_folder() / "startup.js").read_bytes()
        self.file, self.tex = file, tex
        self.key = hashlib.sha256(json.dumps(tex, sort_keys=True).encode() + own).hexdigest()
        self.done: dict[tuple[str, bool], str] = {}
        self.style = ""
        if file.is_file():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["key"] == self.key:
                self.style = kept["style"]
                self.done = {(tex, display): html for tex, display, html in kept["done"]}

    def add(self, formulas) -> list[tuple[str, bool]]:
        """Set what is not kept yet, and keep it; -> what was new."""
        new = [formula for formula in dict.fromkeys(formulas) if formula not in self.done]
        if new:
            html, self.style = typeset(new, self.tex)
            self.done.update(zip(new, html, strict=True))
            done = [[*formula, html] for formula, html in self.done.items()]
            text = json.dumps({"key": self.key, "style": self.style, "done": done}, ensure_ascii=False)
            new_file = self.file.with_suffix(".new")
            new_file.write_text(text, encoding="utf-8")
            new_file.replace(self.file)  # whole or not at all
        return new


def kept_by(app) -> Kept:
    """What has been set for this book; all of it once its pages are finished."""
    return Kept(pathlib.Path(app.outdir).parent / ".formulas.json", app.config.mathjax3_config["tex"])


def finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = pathlib.Path(app.outdir)
    files = [path for path in sorted(out.rglob("*.html")) if "_static" not in path.relative_to(out).parts]
    pages = {path: path.read_text(encoding="utf-8") for path in files}
    formulas = {path: found(page) for path, page in pages.items()}
    kept = kept_by(app)
    kept.add(formula for each in formulas.values() for formula in each)
    for path, each in formulas.items():
        for tex, display in each:
            if wrong := ERROR.search(kept.done[tex, display]):
                logger.warning(f"{path.relative_to(out)}: {wrong[1]}, in the formula {tex.strip()}", type="mathematics")
    folder = out / "_static" / "mathematics"
    shutil.copytree(mathjax_folder() / "output" / "chtml" / "fonts" / "woff-v2", folder, dirs_exist_ok=True)
    # The face of digits and signs hangs on a class that IDLE takes away: it is said once, of all that a formula holds.
    style = lighter(kept.style.replace(".MJX-TEX {", "mjx-math {"), " ".join(kept.done.values()))
    style, brief = short(style), {formula: short(html) for formula, html in kept.done.items()}
    (folder / "formulas.css").write_text(style, encoding="utf-8")
    version = hashlib.sha256(style.encode()).hexdigest()[:8]
    for path, page in pages.items():
        after = LOADED.sub("", page)
        if formulas[path]:
            sheet = "../" * (len(path.relative_to(out).parts) - 1) + f"_static/mathematics/formulas.css?v={version}"
            after = after.replace("</head>", f'<link rel="stylesheet" href="{sheet}">\n</head>', 1)
            after = with_formulas(after, brief)
        if after.count("math notranslate") != after.count("<mjx-container"):
            logger.warning(f"{path.relative_to(out)}: a formula stands in a form not known here", type="mathematics")
        if after != page:
            path.write_text(after, encoding="utf-8")


def setup(app):
    app.connect("build-finished", finish, priority=800)  # before bookext.offline copies pieces from page to page
    return {"parallel_read_safe": True}

"""Pages that ask nobody for anything: MathJax from its package, no icon script, no external resource.

Works on the finished HTML, since the requests come from several extensions and templates. Links that a reader
follows are left alone; only what a browser loads by itself is replaced or removed.
"""

from __future__ import annotations

import importlib.util
import pathlib
import re
import shutil

from sphinx.util import logging

logger = logging.getLogger(__name__)

# The parts of MathJax that _config.yml's loader names, with what they load in their turn.
MATHJAX = ["startup.js", "core.js", "input/tex.js", "input/tex/extensions", "output/chtml.js", "output/chtml/fonts",
           "a11y/assistive-mml.js"]

REMOTE = r"""["'](?:https?:)?//[^"']*["']"""
REMOTE_SCRIPT = re.compile(rf"<script\b[^>]*\bsrc={REMOTE}[^>]*>\s*</script>\s*", re.I)
REMOTE_SHEET = re.compile(rf"<link\b(?=[^>]*\brel=[\"'](?:stylesheet|preload|preconnect|icon)[\"'])[^>]*\bhref={REMOTE}[^>]*>\s*",
                          re.I)
REMOTE_MEDIA = re.compile(rf"<(?:img|source|iframe|video|audio|embed)\b[^>]*\bsrc={REMOTE}[^>]*>", re.I)
ICON_FONT = re.compile(r"<(?:link|script)\b[^>]*\b(?:href|src)=\"[^\"]*fontawesome[^\"]*\"[^>]*>(?:\s*</script>)?\s*", re.I)
THEBE = re.compile(r"<script>\s*(?:const|var|let)\s+thebe_[^<]*</script>\s*|"
                   r"<script\b[^>]*\bsrc=\"[^\"]*sphinx-thebe\.js[^\"]*\"[^>]*>\s*</script>\s*|"
                   r"<link\b[^>]*sphinx-thebe\.css[^>]*>\s*", re.I)


def mathjax_folder() -> pathlib.Path:
    """The folder of MathJax inside the package sphinx-mathjax-offline."""
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package sphinx-mathjax-offline is not installed; run: make book")
    return pathlib.Path(spec.submodule_search_locations[0]) / "static" / "mathjax"


def offline(html: str) -> str:
    """A page without anything that a browser would fetch from elsewhere.

    >>> offline('<script src="https://cdn.example/x.js"></script><a href="https://example.org">kept</a>')
    '<a href="https://example.org">kept</a>'
    """
    for pattern in (REMOTE_SCRIPT, REMOTE_SHEET, ICON_FONT, THEBE):
        html = pattern.sub("", html)
    return html


def _finish(app, exception):
    if exception is not None or app.builder.format != "html":
        return
    out = pathlib.Path(app.outdir)
    source = mathjax_folder()
    for name in MATHJAX:
        target = out / "_static" / "mathjax" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target, dirs_exist_ok=True)
        else:
            shutil.copy2(source / name, target)
    for page in out.rglob("*.html"):
        if "_static" in page.relative_to(out).parts:
            continue
        before = page.read_text(encoding="utf-8")
        after = offline(before)
        for tag in REMOTE_MEDIA.findall(after):
            logger.warning(f"{page.relative_to(out)}: the page would load {tag} from elsewhere; bundle the file instead",
                           type="offline")
        if after != before:
            page.write_text(after, encoding="utf-8")
    for leftover in ("sphinx-thebe.js", "sphinx-thebe.css"):
        (out / "_static" / leftover).unlink(missing_ok=True)
    for pattern in ("*.map", "**/fontawesome*", "vendor/fontawesome"):
        for path in list((out / "_static").rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", _finish, priority=900)
    return {"parallel_read_safe": True}

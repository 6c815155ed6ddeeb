"""Which pages the book has, and where things are."""

import pathlib

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# Two frames: observers of sizes have spoken, and what they changed is laid out.
SETTLED = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
UNFOLD = "() => document.querySelectorAll('article details').forEach((fold) => { fold.open = true; })"
# A picture far down is not asked for before a reader is near it: now all are.
WAKE = "() => document.querySelectorAll('img[loading=lazy]').forEach((image) => { image.loading = 'eager'; })"
FOLD = UNFOLD.replace("true", "false")


def listed(toc=None):
    """Every document of _toc.yml, in order."""
    toc = toc or yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"]] + [entry["file"] for part in toc["parts"] for entry in part["chapters"]]


PAGES = listed()
CHAPTERS = [page for page in PAGES if page.startswith("notebooks/") and page[len("notebooks/")].isdigit()]

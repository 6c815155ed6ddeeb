"""The whole book as one PDF, printed from the built pages by the Chromium of the browser tests: `make pdf`.

The pages are laid into one document, so that every link inside the book leads to a place of it and the headings become
bookmarks. It is printed twice: the first time tells on which page each heading stands, for the contents.
"""

import argparse
import html as entities
import json
import pathlib
import posixpath
import re
import sys
import tempfile

import chapters
import pypdfium2
import yaml

HTML = chapters.ROOT / "_build" / "html"
PDF = chapters.ROOT / "_build" / "gan-book.pdf"
TITLE = "The GAN Book"

ARTICLE = re.compile(r'<article class="bd-article">(.*?)</article>', re.S)
SHEET = re.compile(r'<link\b(?=[^>]*\brel="stylesheet")[^>]*\bhref="([^"]+)"[^>]*>')
SCRIPT = re.compile(r"<script\b.*?</script>|<style>\.gb[pt].*?</style>", re.S)
STYLE = re.compile(r"<style>\.gb[pt].*?</style>", re.S)
NAMES = re.compile(r'\b(id|for|aria-labelledby|aria-describedby)="([^"]*)"')
REFERENCE = re.compile(r'\b(href|src)="([^"]*)"')
DRAWN = re.compile(r"url\(#")
HEADING = re.compile(r"<h([12])>(.*?)<a class=\"headerlink\" href=\"#([^\"]+)\"[^>]*>.*?</h\1>", re.S)
FILM = re.compile(r'<div class="gbp gbp-film".*?<script type="application/json">(.*?)</script>', re.S)
BAR = re.compile(r'(<span class="gbp-title"[^>]*>)[^<]*')
VIEW = re.compile(r'(<img class="gbp-img[^>]*\bsrc=")([^"]*)("[^>]*>)')

PAPER = """
@page :first { @bottom-center { content: none; } }
html { scroll-behavior: auto; }
.sheet { break-before: page; }
.title-sheet { padding-top: 70mm; text-align: center; }
.title-sheet h1 { font-size: 34pt; }
.contents ol { list-style: none; padding: 0; margin: 0; }
.contents li { display: flex; gap: 1em; margin-top: 0.5em; font-weight: 600; }
.contents li.of-chapter { margin: 0 0 0 1.6em; font-weight: 400; font-size: 90%; }
.contents li a { flex: 1; color: inherit; text-decoration: none; }
"""


def listed():
    """The pages of the book, in order."""
    toc = yaml.safe_load((chapters.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    return [toc["root"]] + [entry["file"] for part in toc["parts"] for entry in part["chapters"]]


def place(page, ident=""):
    """The id that a place of a page has in the one document.

    >>> place("book/notation", "top"), place("book/notation")
    ('book-notation--top', 'book-notation')
    """
    return page.replace("/", "-") + (f"--{ident}" if ident else "")


def led(address, page, pages):
    """Where a link or a picture of a page leads, seen from the folder of the built book.

    >>> led("../book/notation.html#e", "notebooks/01", ["book/notation"]), led("#t", "notebooks/01", [])
    ('#book-notation--e', '#notebooks-01--t')
    >>> led("../_images/a.webp", "notebooks/01", []), led("https://a.example/b.html", "notebooks/01", [])
    ('_images/a.webp', 'https://a.example/b.html')
    """
    if re.match(r"[a-z]+:", address):
        return address
    path, _, ident = address.partition("#")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else f"{page}.html"
    name = path.removesuffix(".html")
    if name in pages or name == page:
        return "#" + place(name, ident)
    return path + (f"#{ident}" if ident else "")


def stills(match):
    """A film on paper: of one view its first, middle and last frame; of several the last frame of each."""
    told, film = json.loads(match[1]), match[0]
    frames, titles = told["frames"], told.get("titles") or [""] * len(told["frames"][0])
    views = iter(frames)

    def still(view):
        own = [frame or view[2] for frame in next(views)]  # an empty one is the frame that the page shows first
        if len(frames) > 1:
            return view[1] + own[-1] + view[3]
        chosen = dict.fromkeys((0, len(own) // 2, len(own) - 1))
        shown = (f"<span>{view[1]}{own[k]}{view[3]}<small>{entities.escape(titles[k])}</small></span>" for k in chosen)
        return f'<span class="film-stills">{"".join(shown)}</span>'

    stage = VIEW.sub(still, film)
    return stage if len(frames) == 1 else BAR.sub(rf"\g<1>{entities.escape(titles[-1])}", stage)


def sheet(page, html, pages):
    """The article of a page as a part of the one document."""
    article = FILM.sub(stills, ARTICLE.search(html)[1])
    article = SCRIPT.sub("", article)
    article = NAMES.sub(lambda m: f'{m[1]}="{" ".join(place(page, ident) for ident in m[2].split())}"', article)
    article = DRAWN.sub(f"url(#{place(page)}--", article)
    article = REFERENCE.sub(lambda m: f'{m[1]}="{entities.escape(led(entities.unescape(m[2]), page, pages))}"', article)
    return f'<div class="sheet" id="{place(page)}">{article}</div>'


def contents(sheets, numbers):
    """The table of contents: each page's title, a chapter's parts, and the number of the page where it starts."""
    lines = []
    for level, words, ident in (found for each in sheets for found in HEADING.findall(each)):
        if level == "2" and not ident.startswith("notebooks-"):
            continue
        kind = ' class="of-chapter"' if level == "2" else ""
        number = f"<span>{numbers.get(ident, '000')}</span>"
        lines.append(f'<li{kind}><a href="#{ident}">{words}</a>{number}</li>')
    return f'<div class="sheet contents" id="contents"><h1>Contents</h1><ol>{"".join(lines)}</ol></div>'


def document(pages, numbers=None):
    """The book, or these pages of it, as one HTML document that lies in the folder of the built book."""
    built = {page: (HTML / f"{page}.html").read_text(encoding="utf-8") for page in pages}
    sheets = [sheet(page, html, built) for page, html in built.items()]
    files = dict.fromkeys(led(found, page, {}) for page, html in built.items() for found in SHEET.findall(html))
    links = "".join(f'<link rel="stylesheet" href="{file}">' for file in files)
    styles = "".join(dict.fromkeys(style for html in built.values() for style in STYLE.findall(html)))
    title = f'<div class="title-sheet"><h1>{TITLE}</h1></div>'
    return (
        f'<!DOCTYPE html><html lang="en" data-theme="light"><head><meta charset="utf-8"><title>{TITLE}</title>{links}'
        f'{styles}<style>{PAPER}</style></head><body><main class="bd-main"><article class="bd-article">{title}'
        f"{contents(sheets, numbers or {})}{''.join(sheets)}</article></main></body></html>"
    )


def starts(pdf):
    """The words of each bookmark of a printed book and the number of its page, in order."""
    return [(mark.get_title(), mark.get_dest().get_index() + 1) for mark in pdf.get_toc()]


def place_numbers(html, marks):
    """Id of a heading -> number of its page: headings and bookmarks come in one order."""
    every = re.findall(r"<h[1-6]>.*?</h[1-6]>", html, re.S)
    if len(every) != len(marks):
        raise RuntimeError(f"{len(every)} headings, but {len(marks)} bookmarks")
    anchored = (re.search(r'class="headerlink" href="#([^"]+)"', heading) for heading in every)
    return {anchor[1]: page for anchor, (_, page) in zip(anchored, marks, strict=True) if anchor}


def printed(html, file):
    """Print a document that lies in the folder of the built book."""
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(chapters.ROOT / "tests" / "browser"))
    import conftest

    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=HTML, suffix=".html", delete=False) as page:
        page.write(html)
    source = pathlib.Path(page.name)
    try:
        with sync_playwright() as p:
            browser = p.chromium.launch(executable_path=conftest.find_chromium(), args=conftest.FLAGS)
            page = browser.new_page(color_scheme="light", reduced_motion="reduce")
            page.set_default_timeout(600_000)
            page.goto(source.as_uri())
            page.evaluate(
                "async () => { for (const image of document.images) image.loading = 'eager';"
                " await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));"
                " await document.fonts.ready; }"
            )
            page.pdf(path=file, prefer_css_page_size=True, print_background=True, outline=True, tagged=True)
            browser.close()
    finally:
        source.unlink()


def book(pages, file):
    """Print these pages, twice: the contents need to know where everything stands."""
    file.parent.mkdir(parents=True, exist_ok=True)
    first = document(pages)
    printed(first, file)
    with pypdfium2.PdfDocument(file) as pdf:
        numbers = place_numbers(first, starts(pdf))
    printed(document(pages, numbers), file)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pages", nargs="*", help="pages of _toc.yml; all of them where none is named")
    given = parser.parse_args()
    book(given.pages or listed(), PDF)
    print(f"{PDF.relative_to(chapters.ROOT)}: {PDF.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

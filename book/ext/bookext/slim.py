"""Lighter pages: style rules that no page can use are left out, films become files beside the page, figures WebP.

A film or panel carries its frames inside the notebook, so that it works anywhere. In the built book each frame is a
file: a quarter smaller than base64, and fetched when it is shown. Lossless WebP halves a figure and changes no pixel.
"""

from __future__ import annotations

import base64
import hashlib
import io
import os
import pathlib
import re
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

WORD = re.compile(r"[A-Za-z_][\w-]*")
NAME = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")
HYPHENED = re.compile(r"(?<![\w-])-[A-Za-z_][\w-]*")  # as the colours of a terminal begin, 29 kB of rules
FRAME = re.compile(r"data:image/(webp|png|jpeg|gif);base64,([A-Za-z0-9+/=]{2000,})")
STARTS = re.compile(r"<script>(?:(?!</script>).)*:not\(\[data-ready\]\)(?:(?!</script>).)*</script>", re.S)
DYNAMIC = ("bs-", "tooltip", "popover", "dropdown", "modal", "collapse", "fade", "show", "pst-", "sbt-")


def rules(css: str):
    """The top-level pieces of a style sheet, as (selector or at-rule, body or None).

    >>> list(rules("a{b:c}@import x;@media print{d{e:f}}"))
    [('a', 'b:c'), ('@import x', None), ('@media print', 'd{e:f}')]
    """
    start = depth = begin = 0
    quote = ""
    for i, c in enumerate(css):
        if quote:
            quote = "" if c == quote and css[i - 1] != "\\" else quote
        elif c in "\"'":
            quote = c
        elif c == "{":
            depth += 1
            begin = i + 1 if depth == 1 else begin
        elif c == "}":
            depth -= 1
            if depth == 0:
                yield css[start : begin - 1].strip(), css[begin:i]
                start = i + 1
        elif c == ";" and depth == 0:
            yield css[start:i].strip(), None
            start = i + 1


def parts(selectors: str):
    """The selectors of a list, split at the commas outside brackets.

    >>> list(parts("a:is(b,c), d"))
    ['a:is(b,c)', 'd']
    """
    depth = start = 0
    for i, c in enumerate(selectors):
        depth += (c in "([") - (c in ")]")
        if c == "," and depth == 0:
            yield selectors[start:i].strip()
            start = i + 1
    yield selectors[start:].strip()


def usable(selector: str, used: set[str]) -> bool:
    """Whether all classes and ids a selector asks for occur; what stands in :not(...) or :is(...) asks for nothing.

    >>> usable(".a .b:not(.c)", {"a", "b"}), usable(".a .d", {"a"}), usable(".a .-Color", {"a", "Color"})
    (True, False, False)
    """
    plain = re.sub(r"\[[^\]]*\]", "", selector)
    while "(" in plain and plain != (inner := re.sub(r":[\w-]+\([^()]*\)", "", plain)):
        plain = inner
    return all(name in used or name.startswith(DYNAMIC) for name in NAME.findall(plain.replace("\\", "")))


def purge(css: str, used: set[str]) -> str:
    """A style sheet without the rules that nothing can match.

    >>> purge("/* x */.a{b:c}.z,.a .y{d:e}@media print{.z{f:g}}@font-face{h:i}", {"a", "y"})
    '.a{b:c}.a .y{d:e}@font-face{h:i}'
    """
    kept = []
    for head, body in rules(re.sub(r"/\*.*?\*/", "", css, flags=re.S)):
        if body is None:
            kept.append(f"{head};")
        elif head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = purge(body, used)
            kept.append(f"{head}{{{inner}}}" if inner else "")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            chosen = [part for part in parts(head) if usable(part, used)]
            kept.append(f"{','.join(chosen)}{{{body}}}" if chosen else "")
    return "".join(kept)


def words(text: str) -> set[str]:
    """Every word that stands in a page or a script: more than the class names, never fewer.

    >>> sorted(words('<p class="a-b -c">d</p>'))
    ['-c', 'a-b', 'c', 'class', 'd', 'p']
    """
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    return {*WORD.findall(text), *HYPHENED.findall(text)}


def unpack_frames(html: str, images: pathlib.Path, prefix: str) -> str:
    """The page with its large inline pictures written to `images` and named there."""

    def write(match: re.Match) -> str:
        content = base64.b64decode(match[2])
        name = f"{hashlib.sha256(content).hexdigest()[:20]}.{match[1]}"
        images.mkdir(exist_ok=True)
        own = images / f"{name}.{os.getpid()}"
        own.write_bytes(content)
        own.replace(images / name)  # whole: another process may be reading the same picture
        return f"{prefix}_images/{name}"

    return FRAME.sub(write, html)


def once(html: str) -> str:
    """A page with each inline style and each starting script of films and tables once, however many stand on it.

    A style holds for the whole page: the first is kept. A script starts all that stands before it and is not yet ready:
    the last is kept.

    >>> once("<style>.gbp{}</style>a<style>.gbp{}</style>b")
    '<style>.gbp{}</style>ab'
    >>> go = "<script>document.querySelectorAll('.gbp:not([data-ready])')</script>"
    >>> once(f"a{go}b{go}") == f"ab{go}"
    True
    """
    for style in set(re.findall(r"<style>\.gb[plt].*?</style>", html, flags=re.S)):
        first = html.index(style) + len(style)
        html = html[:first] + html[first:].replace(style, "")
    for script in set(STARTS.findall(html)):
        last = html.rindex(script)
        html = html[:last].replace(script, "") + html[last:]
    return html


def plain_code(html: str) -> str:
    """Code whose names, signs and spaces have no wrapper: they have the colour of text, and are two thirds of all.

    >>> plain_code('<span class="n">x</span><span class="w"> </span><span class="o">=</span>')
    'x <span class="o">=</span>'
    """
    return re.sub(r'<span class="[npw]">([^<]*)</span>', r"\1", html)


def lighter_figures(images: pathlib.Path) -> dict[str, str]:
    """Replace each PNG in a folder by the same pixels as WebP, where that is smaller; old name -> new name."""

    def lighter(path: pathlib.Path) -> bool:
        content = io.BytesIO()
        with Image.open(path) as picture:
            picture.save(content, "WEBP", lossless=True, quality=50, method=1)
        if content.tell() >= path.stat().st_size:
            return False
        path.with_suffix(".webp").write_bytes(content.getvalue())
        path.unlink()
        return True

    paths = sorted(images.glob("*.png"))
    with ThreadPoolExecutor() as pool:  # the encoder lets go of Python's lock
        return {
            path.name: f"{path.stem}.webp" for path, done in zip(paths, pool.map(lighter, paths), strict=True) if done
        }

"""Drawings as images: where a notebook is not trusted, its reader's front end keeps images and drops drawings."""

from __future__ import annotations

import re
from urllib.parse import quote

DRAWING = re.compile(r'<svg (?=[^>]*viewBox="\S+ \S+ (\S+) ([^"]+)")(?=[^>]*aria-label="([^"]*)").*?</svg>', re.S)
KEPT = " =:/;,.'()-+"
"""What needs no escape in an address within double quotes; spaces keep the text short."""


def as_images(text: str) -> str:
    """HTML in which every `<svg>` with a viewBox and an aria-label is an `<img>` of the same size and words.

    JupyterLab drops scripts and inline SVG from saved outputs that it does not trust. A drawing that asks the page for
    nothing, neither ink nor fonts, looks the same.

    >>> as_images('<p><svg viewBox="0 0 20 10" aria-label="a line"><path d="m0 0h9"/></svg></p>')[:43]
    '<p><img alt="a line" width="20" height="10"'
    """

    def image(found: re.Match[str]) -> str:
        width, height, words = found.groups()
        drawing = quote(found[0].replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1), safe=KEPT)
        return f'<img alt="{words}" width="{width}" height="{height}" src="data:image/svg+xml,{drawing}">'

    return DRAWING.sub(image, text)

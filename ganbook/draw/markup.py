"""The letters of a drawing: numbers, colours, and words with italics, indices and exponents, as SVG."""

from __future__ import annotations

import html
import re

INKS = {
    "ink": "currentColor",
    "soft": "var(--gd-soft,#6b7078)",
    "line": "var(--gd-line,#8d939c)",
    "tint": "var(--gd-tint,#8882)",
    "real": "var(--gd-real,#0072b2)",
    "fake": "var(--gd-fake,#c24f00)",
    "G": "var(--gd-g,#a6537b)",
    "D": "currentColor",
    "good": "var(--gd-good,#1d7a4d)",
    "none": "none",
}
"""What may be asked for as a colour: the players' colours of `plot.COLORS`, the page's own ink, and tones of it.

ink and D are the colour of the text; soft is for words that matter less, line for axes and what stands still, tint for
the ground of a box. `ganbook.draw.drawing.STYLE` gives each its value on a light and on a dark page.
"""

INDEX = 0.76
"""Size of an index or exponent, of the words around it."""


def paint(color: str) -> str:
    """The value of fill or stroke for a named colour.

    Raises: ValueError for a name that is not in INKS.

    >>> paint("real")
    'var(--gd-real,#0072b2)'
    """
    if color not in INKS:
        raise ValueError(f"color must be one of {', '.join(INKS)}, got {color!r}")
    return INKS[color]


def number(x: float) -> str:
    """A coordinate with at most one decimal, so that the same drawing has the same bytes everywhere.

    >>> number(3.0), number(-0.04), number(12.345), number(-0.5)
    ('3', '0', '12.3', '-.5')
    """
    text = f"{round(float(x), 1) + 0.0:.1f}".removesuffix(".0")
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text


PIECE = re.compile(r"([_^])(?:\{([^}]*)\}|(.))|\*([^*]+)\*|([^_^*]+|\*)")


def words(text: str) -> str:
    """A line of text as the inside of an SVG <text>: *x* is italic, _i or _{data} an index, ^2 or ^{*} an exponent.

    >>> words("*D*(*x*) < 1")
    '<tspan class="gd-i">D</tspan>(<tspan class="gd-i">x</tspan>) &lt; 1'
    >>> words("*D*^{*}")
    '<tspan class="gd-i">D</tspan>*'
    >>> words("*p*_{data}")
    '<tspan class="gd-i">p</tspan><tspan dy=".28em" font-size="76%">data</tspan>'
    """
    out, offset = [], 0.0  # how far below the line we are, in ems of the line
    for way, braced, single, italic, plain in PIECE.findall(text):
        if way:
            shift = 0.28 * INDEX if way == "_" else -0.42
            inner = braced or single
            if inner == "*" and way == "^":  # a star is small and high by itself
                out.append(f'<tspan dy="{_em(-offset)}">*</tspan>' if offset else "*")
                offset = 0.0
                continue
            slanted = len(inner) > 2 and inner[0] == inner[-1] == "*"
            style = ' class="gd-i"' if slanted else ""
            dy = (shift - offset) / INDEX
            inner = html.escape(inner.strip("*") if slanted else inner)
            out.append(f'<tspan{style} dy="{_em(dy)}" font-size="{INDEX:.0%}">{inner}</tspan>')
            offset = shift
            continue
        up = f' dy="{_em(-offset)}"' if offset else ""
        offset = 0.0
        if italic:
            out.append(f'<tspan class="gd-i"{up}>{html.escape(italic)}</tspan>')
        else:
            out.append(f"<tspan{up}>{html.escape(plain)}</tspan>" if up else html.escape(plain, quote=False))
    return "".join(out)


def _em(x: float) -> str:
    """
    >>> _em(0.28), _em(-0.2128)
    ('.28em', '-.21em')
    """
    return f"{x:.2f}em".replace("0.", ".", 1)


def plain(text: str) -> str:
    """The same line without marks, as it is read aloud.

    >>> plain("*p*_{data}(*x*)^2"), plain("*f*^{*}(*t*)")
    ('p_data(x)^2', 'f*(t)')
    """
    parts = [re.sub(r"\*([^*]+)\*", r"\1", part) for part in text.split("^{*}")]
    return "*".join(parts).replace("{", "").replace("}", "")

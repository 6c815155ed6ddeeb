"""A drawing: panels side by side where there is room, one below the other on a phone, in the colours of the page."""

from __future__ import annotations

from ganbook.draw.markup import plain
from ganbook.draw.panel import Panel

# Each colour is a mixture with the page's own ink: it grows darker on paper and lighter at night, wherever the notebook
# is shown, and nobody has to ask which theme is on. In the book, the book's own colours are taken.
STYLE = """
.ganbook-drawing{--gd-real:var(--gb-real,#0072b2);--gd-fake:var(--gb-fake,#c24f00);
display:flex;flex-wrap:wrap;gap:14px 20px;margin:1rem 0;padding:0;
font-family:var(--gb-sans,inherit);font-variant-numeric:lining-nums;line-height:1.2}
@supports(color:color-mix(in oklab,red,currentColor)){.ganbook-drawing{
--gd-real:var(--gb-real,color-mix(in oklab,#2a8ad0 75%,currentColor));
--gd-fake:var(--gb-fake,color-mix(in oklab,#e2743a 72%,currentColor));
--gd-g:color-mix(in oklab,#c2689a 72%,currentColor);
--gd-good:color-mix(in oklab,#37a06c 65%,currentColor);
--gd-soft:color-mix(in srgb,currentColor 76%,transparent);
--gd-line:color-mix(in srgb,currentColor 45%,transparent);
--gd-tint:color-mix(in srgb,currentColor 7%,transparent)}}
.ganbook-drawing svg{display:block;min-width:0;height:auto;overflow:visible}
.gd-i{font-family:var(--gb-serif,Georgia,"DejaVu Serif",serif);font-style:italic}
""".strip()
"""The style sheet that each drawing brings along: about 1 KB."""


class Drawing:
    """What a cell shows: one panel, or a few that are read together.

    As HTML it is a <figure> of inline SVG, each with role="img", a name and a description. As text, where a notebook
    shows no HTML, it is the description. The same panels give the same bytes.

    Raises: ValueError without a panel.

    >>> Drawing(Panel("A dot", "One dot.", 40).dot(20, 20))
    A dot: One dot.
    """

    def __init__(self, *panels: Panel) -> None:
        if not panels:
            raise ValueError("panels must hold at least one Panel, got none")
        self.panels = panels

    def __repr__(self) -> str:
        return "\n".join(f"{plain(panel.title)}: {panel.alt}" for panel in self.panels)

    def _repr_html_(self) -> str:
        inside = "\n".join(panel.svg() for panel in self.panels)
        return f'<figure class="ganbook-drawing">\n<style>\n{STYLE}\n</style>\n{inside}\n</figure>'

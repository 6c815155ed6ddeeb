"""What a cell puts on the page: a still, and the place where the generator comes into the reader's hand."""

from __future__ import annotations

import html
import json
from functools import cache

from ganbook import checks
from ganbook.player.front_end import live_front_end
from ganbook.player.hand import bundle, pack

STYLE = (
    ".gbh-still img{display:block;width:100%;max-width:340px;height:auto;image-rendering:pixelated}"
    ".gbh-still{margin:.6rem 0}"
    "html .bd-content div.cell_output .text_html:has(>.gbh){background:none!important;padding:0!important}"
)
NAMES = ("Ada", "Alan", "Emmy", "Ian", "Maryam", "Noor", "Sofia", "Yann")
"""Whose pictures a still shows, in two rows."""

SHOWN = {
    "": (
        "Eight {things} by the generator {zoo}, each from the latent of a name",
        "the {things} of {names}",
    ),
    "kinds": (
        "Eight faces by the generator {zoo}: its four kinds at threshold 2, and in the lower row at 0.2",
        "one z as each of the four kinds, truncated at 2 and, below, at 0.2",
    ),
}
"""Of a still its alt text and what stands under it, by the network; "" for all others."""


class Hand:
    """A generator that runs in the reader's page; made by `hand`."""

    def __init__(self, network: str) -> None:
        self.network = network

    def __repr__(self) -> str:
        return f"Generator in hand({self.network})"

    def _repr_html_(self) -> str:
        asked = html.escape(json.dumps({"network": self.network}, separators=(",", ":")), quote=True)
        live = f"<script>{bundle.weights()[self.network]}{bundle.script()}</script>" if live_front_end() else ""
        return (
            f'<div class="gbh" role="group" aria-label="The generator in your hand" data-lm-suppress-shortcuts="true" '
            f'data-hand="{asked}"><style>{STYLE}</style><div class="gbh-still">{_still(self.network)}</div></div>{live}'
        )


def hand(network: str = "faces") -> Hand:
    """A generator of the zoo that runs in the reader's page: names, ways between them, a pad in z, maps to switch off.

    The faces have steps towards glasses beside them; the digits a field to draw on, and the page descends in z to the
    nearest picture that G can draw. The kinds have none of this: a kind is chosen, and the threshold is turned at which
    z is truncated.

    What the page shows is computed there, with the zoo's weights as 8-bit integers, which come when the reader asks for
    them. Where no script runs (on paper, on GitHub) the output is a still.

    network: "faces" (dcgan-faces of the zoo, 16 px), "digits" (dcgan-digits, 28 px) or "kinds" (biggan-faces, 16 px).

    Raises: ValueError for another network.

    >>> hand("digits")
    Generator in hand(digits)
    """
    return Hand(checks.one_of("network", network, pack.NETWORKS))


@cache
def stills() -> dict[str, str]:
    """Of each network eight pictures as a data address; scripts/make_hand_stills.py draws them."""
    return json.loads((bundle.HERE / "stills.json").read_text(encoding="utf-8"))


def _still(network: str) -> str:
    alt, words = SHOWN.get(network, SHOWN[""])
    told = {"things": network, "zoo": pack.NETWORKS[network], "names": f"{', '.join(NAMES[:-1])} and {NAMES[-1]}"}
    return (
        f'<img src="{stills()[network]}" alt="{alt.format(**told)}" width="340" height="170">'
        f"<p>A still: {words.format(**told)}. With JavaScript the generator runs here.</p>"
    )

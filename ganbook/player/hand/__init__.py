"""A generator of the zoo, run by the reader's own browser: JavaScript without a library, a still and a mount point.

The engine (layers, latents, and random of the live game) computes what `ganbook` computes: from the same weights of 8
bits and the same z the same pixels and verdicts to 1e-4, and the same gradients in z, tested against it. nearest.js
descends in z to the picture nearest to a drawing (strokes); a G that is told a class (residual) draws from truncated z
(truncation). What the descent and the step towards glasses reach, and what the norms of that G divide by at each
threshold, as chapter 17 computes it, is measured by scripts/measure_hand.py and stands in measured.json. `pack` writes
the weights when the book is built, without torch; `bundle` makes one script of the page's file (hand) and its style,
and one of each network's weights, engine and piece (sketch and play, or kinds).

A cell's output is `Hand`: a still and a mount point, at most 5 KB. In the book the page loads the script, and the
weights when the reader asks for them; a live front end gets both with the output.
"""

from __future__ import annotations

from ganbook.player.hand.mount import Hand, hand

__all__ = ["Hand", "hand"]

"""The game, played by the reader's own browser: JavaScript without a library, a still and a mount point from Python.

The engine (random, network, tangents, losses, realness, penalties, optimizers, data, game, measures, table) computes
what `ganbook` computes, tested against it: losses and gradients to 1e-5, weights after 50 rounds to 1e-3. The page's
files (settings, address, engine, plane, curves, controls, drawing, answer, race, live) show it.
`bundle` makes one script of both.

A cell's output is `Live`: a still and a mount point, at most 5 KB. In the book the page loads the script; a live front
end gets it with the output.
"""

from __future__ import annotations

from ganbook.player.live.mount import PRESETS, Live, game

__all__ = ["PRESETS", "Live", "game"]

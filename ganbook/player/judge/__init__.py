"""Be the judge: the reader draws D over two densities, in the page; JavaScript without a library, as the live game.

line.js computes (masses, the worth of a judge, the best one, the way of fakes), held to `ganbook.divergences` by the
tests; address, picture, drawing, quiz and judge show it. `bundle` makes one script of them and of what they share with
the live game. A cell's output is `Judge`: a still and a mount point, at most 5 KB.
"""

from __future__ import annotations

from ganbook.player.judge.mount import Judge, judge

__all__ = ["Judge", "judge"]

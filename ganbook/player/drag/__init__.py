"""Small pieces where a finger says more than a film: JavaScript without a library, in SVG, one piece a file.

A piece NAME is `NAME.js`, which computes and draws, and `NAME.py`, which begins it and draws its still; what all have
in common (handles, controls, readings) stands in `drag.js` and `drag.css`, the mount point in `mount`. `bundle` makes
one script of each piece, and a page loads the scripts of those that stand on it. The numbers are held to ganbook's own
by tests/test_drag.py.
"""

from __future__ import annotations

from ganbook.player.drag.anchors import anchors
from ganbook.player.drag.balls import balls
from ganbook.player.drag.dirac import dirac
from ganbook.player.drag.mount import Drag
from ganbook.player.drag.overlap import overlap
from ganbook.player.drag.transport import transport

__all__ = ["Drag", "anchors", "balls", "dirac", "overlap", "transport"]

"""Small pieces where a finger says more than a film: points to drag, and what follows from them, in the page."""

from __future__ import annotations

from ganbook.player.small.mount import Small, drag

__all__ = ["Small", "drag"]

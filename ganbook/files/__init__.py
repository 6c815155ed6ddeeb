"""Bytes on disk, written whole or not at all: checkpoints and notes of trainings, weights that ship with the book."""

from __future__ import annotations

from ganbook.files import checkpoint, weights
from ganbook.files.whole import write_whole

__all__ = ["checkpoint", "weights", "write_whole"]

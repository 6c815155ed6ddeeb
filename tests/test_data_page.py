"""The page on the pictures shows what the library hands out: its walls and counts are made again and compared."""

import importlib.util
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganbook import data

ROOT = Path(__file__).resolve().parents[1]
spec = importlib.util.spec_from_file_location("make_data_page", ROOT / "scripts" / "make_data_page.py")
page = importlib.util.module_from_spec(spec)
spec.loader.exec_module(page)


@pytest.mark.parametrize("style", page.WALLS)
def test_walls_and_counts_are_those_of_the_library(style):
    committed = np.asarray(Image.open(page.FOLDER / f"{style}.png").convert("RGB"))
    assert np.array_equal(committed, np.asarray(page.wall(style)))
    assert (page.FOLDER / f"{style}.md").read_text(encoding="utf-8") == page.counts(style)


def test_a_wall_holds_the_first_faces_row_by_row():
    faces, made = data.faces(style="drawn").x, np.asarray(page.wall("drawn"))
    for k in (0, 13, 59):
        top, left = k // 12 * 68, k % 12 * 68
        shown = np.moveaxis(made[top : top + 64, left : left + 64], 2, 0).astype(float) / 127.5 - 1
        assert np.abs(shown - faces[k].numpy()).max() < 1e-6
    assert (made[64:68] == 255).all() and (made[:, 64:68] == 255).all()


def test_counts_are_told_in_words():
    assert page.told(("no", "yes"), [4_000, 2_000]) == "no 4,000 · yes 2,000"
    assert page.told(("red", "green", "blue"), [20, 20, 20]) == "red, green, blue: 20 each"
    assert page.told(("none", "01", "02"), [50, 20, 30]) == "none 50 · 2 kinds, 20 to 30 each"


def test_numbers_of_the_page_are_those_of_the_library():
    text = (ROOT / "book" / "data.md").read_text(encoding="utf-8")
    sets = {
        "digits()": data.digits,
        "fashion()": data.fashion,
        "emoji()": data.emoji,
        'emoji("twemoji")': partial(data.emoji, "twemoji"),
    }
    for name, made in sets.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `data.{name}`"))
        train, held_out = (f"{len(made(split=split)):,}" for split in ("train", "test"))
        assert [cell.strip() for cell in row.split("|")[2:4]] == [train, held_out]

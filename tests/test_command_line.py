"""python -m ganbook: from a folder to a grid; stopped and gone on with, the same file; mistakes in a line."""

import pytest
import torch
from PIL import Image

import ganbook
from ganbook.__main__ import RECIPES, main


@pytest.fixture
def pictures(tmp_path, monkeypatch):
    monkeypatch.setenv("GANBOOK_DATA", str(tmp_path / "kept"))
    monkeypatch.setenv("GANBOOK_DEVICE", "cpu")
    ganbook.device.cache_clear()
    (tmp_path / "pictures").mkdir()
    for k in range(12):
        Image.new("RGB", (20, 20), (20 * k, 99, 255 - 20 * k)).save(tmp_path / "pictures" / f"{k}.png")
    yield tmp_path / "pictures"
    ganbook.device.cache_clear()


def go(pictures, out, *more, rounds=4):
    small = ["--size", "16", "--width", "4", "--batch", "4", "--rounds", str(rounds)]
    main(["train", str(pictures), *small, "--out", str(out), *more])
    return ganbook.load(out)


@pytest.mark.parametrize("recipe", ["realness", "wgan-gp", "sngan-hinge"])
def test_from_a_folder_to_a_grid_and_a_film(pictures, tmp_path, capsys, recipe):
    out = tmp_path / "own.safetensors"
    kept = go(pictures, out, "--recipe", recipe, "--few")
    assert kept.card["rounds"] == 4 and kept.card["data"].startswith("OwnImages(12 of 3x16x16")
    with Image.open(tmp_path / "own.webp") as film:
        assert film.width == film.height > 64  # four rows of four; equal frames are one in the file
    main(["sample", str(out), "--n", "9", "--out", str(tmp_path / "grid.png")])
    main(["sample", str(out), "--n", "4", "--out", str(tmp_path / "walk.webp")])
    with Image.open(tmp_path / "grid.png") as grid, Image.open(tmp_path / "walk.webp") as walk:
        assert grid.width == grid.height > 48 and walk.width == walk.height > 32
    assert "Kept(GAN of samples 3x16x16, 4 rounds of OwnImages(12" in capsys.readouterr().out


def test_a_training_that_was_stopped_goes_on_to_the_same_bits(pictures, tmp_path, capsys, monkeypatch):
    whole = go(pictures, tmp_path / "whole.safetensors")
    go(pictures, tmp_path / "parted.safetensors", rounds=2)
    parted = go(pictures, tmp_path / "parted.safetensors")
    assert "Going on from round 2." in capsys.readouterr().out
    assert torch.equal(whole.sample(5), parted.sample(5))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"out": "own.pt"}, "--out must end in .safetensors"),
        ({"folder": "nothing"}, "path must be a folder of pictures, and there is nothing at"),
        ({"size": "48"}, r"got 48 \(resize the images to 32 or 64"),
    ],
)
def test_mistakes_are_one_line(pictures, tmp_path, change, message):
    given = {"folder": str(pictures), "size": "16", "out": "own.safetensors", **change}
    with pytest.raises(SystemExit, match=f"python -m ganbook train: .*{message}"):
        main(["train", given["folder"], "--size", given["size"], "--out", str(tmp_path / given["out"])])
    with pytest.raises(SystemExit, match="python -m ganbook sample: .*none.safetensors"):
        main(["sample", str(tmp_path / "none.safetensors"), "--out", "grid.png"])


def test_every_recipe_has_a_name():
    assert {"dcgan", "realness", "wgan-gp", "r3gan"} <= set(RECIPES)

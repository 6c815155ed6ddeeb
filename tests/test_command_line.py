"""python -m ganbook: from a folder to a grid; stopped and gone on with, the same file; mistakes in a line."""

import signal
import warnings

import pytest
import torch
from PIL import Image

import ganbook
from ganbook.__main__ import RECIPES, main, recipe_name
from ganbook.train import Run


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
        ({"folder": "nothing"}, "FOLDER must be a folder of pictures, and there is nothing at"),
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


@pytest.mark.parametrize(
    ("written", "meant"), [("WGAN_GP", "wgan-gp"), ("DCGAN", "dcgan"), ("RealnessGAN", "realness"), ("r3gan", "r3gan")]
)
def test_a_recipe_may_be_written_as_in_python(written, meant):
    assert recipe_name(written) == meant


def test_a_wrong_recipe_is_told_the_nearest_and_all(capsys):
    with pytest.raises(SystemExit):
        main(["train", "x", "--recipe", "realnes", "--out", "own.safetensors"])
    said = capsys.readouterr().err
    assert "no recipe 'realnes' (did you mean realness?)" in said and "wgan-gp" in said


def test_the_film_is_never_one_of_the_pictures_nor_in_the_place_of_a_file_of_others(pictures, tmp_path):
    train = ["train", str(pictures), "--size", "16", "--out"]
    with pytest.raises(SystemExit, match="--out must lie outside the folder of pictures"):
        main([*train, str(pictures / "own.safetensors")])
    Image.new("RGB", (9, 9)).save(tmp_path / "holiday.webp")
    before = (tmp_path / "holiday.webp").read_bytes()
    with pytest.raises(SystemExit, match="--out would replace .*holiday.webp"):
        main([*train, str(tmp_path / "holiday.safetensors")])
    assert (tmp_path / "holiday.webp").read_bytes() == before
    (tmp_path / "place.safetensors").mkdir()
    with pytest.raises(SystemExit, match="--out must name a file, got the folder"):
        main([*train, str(tmp_path / "place.safetensors")])


def test_what_the_command_says_is_of_the_command(pictures, tmp_path, capsys):
    out = tmp_path / "own.safetensors"
    with pytest.raises(SystemExit, match="--rounds must be a whole number >= 1, got 0"):
        go(pictures, out, rounds=0)
    go(pictures, out, rounds=2)
    assert "12 pictures are few: --few" in capsys.readouterr().out
    go(pictures, out, rounds=2)
    assert "stands at round 2 already: nothing is trained" in capsys.readouterr().out
    main(["sample", str(out), "--n", "2", "--out", str(tmp_path / "new" / "grid.png")])
    assert (tmp_path / "new" / "grid.png").exists()
    out.unlink()  # as after a kill: a checkpoint and no generator yet
    again = f"own.checkpoint is, .* killed at round 2 or later. .*: python -m ganbook train {pictures} --size 16"
    with pytest.raises(SystemExit, match=again):
        main(["sample", str(out), "--out", str(tmp_path / "grid.png")])
    (pictures / "broken.png").write_bytes(b"half a picture")
    with pytest.raises(SystemExit, match="add --skip-unreadable"):
        go(pictures, out, rounds=2)


def stop_at(monkeypatch, n, *signals):
    """Signals come in the middle of round n."""
    play = Run._play

    def stopped(run, real):
        if run.n + 1 == n:
            for each in signals:
                signal.raise_signal(each)
        return play(run, real)

    monkeypatch.setattr(Run, "_play", stopped)


@pytest.fixture
def at_a_terminal():
    """Ctrl-C interrupts, though the tests themselves may run in the background of a shell, where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("at_a_terminal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_training_keeps_its_generator_and_goes_on(pictures, tmp_path, capsys, monkeypatch, number):
    whole, out = go(pictures, tmp_path / "whole.safetensors", rounds=90), tmp_path / "own.safetensors"
    with monkeypatch.context() as patch:
        stop_at(patch, 1, number)  # before there is a checkpoint or a frame
        with pytest.raises(SystemExit) as ended:
            go(pictures, out, rounds=90)
    assert ended.value.code == 128 + number
    said = capsys.readouterr().out
    assert f"Stopped after round 1 of 90. To go on: python -m ganbook train {pictures} --size 16" in said
    assert "Kept so far in" in said and ganbook.load(out).card["rounds"] == 1
    assert signal.getsignal(number) in (signal.default_int_handler, signal.SIG_DFL)
    again = go(pictures, out, rounds=90)
    assert "Going on from round 1." in capsys.readouterr().out
    assert torch.equal(whole.sample(5), again.sample(5))


@pytest.mark.usefixtures("at_a_terminal")
def test_a_second_ctrl_c_stops_at_once(pictures, tmp_path, capsys, monkeypatch):
    stop_at(monkeypatch, 3, signal.SIGINT, signal.SIGINT)
    with pytest.raises(SystemExit) as ended:
        go(pictures, tmp_path / "own.safetensors")
    assert ended.value.code == 130 and "goes on from the last checkpoint" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="killed at round 2 or later"):
        main(["sample", str(tmp_path / "own.safetensors"), "--out", "grid.png"])


def test_a_training_goes_on_with_its_own_pictures_only(pictures, tmp_path, capsys):
    out, others = tmp_path / "own.safetensors", tmp_path / "others"
    go(pictures, out, rounds=2)
    pictures = pictures.rename(tmp_path / "moved")  # the same pictures in another place are the same
    go(pictures, out, rounds=3)
    assert "before" not in capsys.readouterr().out
    Image.new("RGB", (20, 20), (1, 2, 3)).save(pictures / "new.png")
    (pictures / "0.png").unlink()
    go(pictures, out)
    assert "Going on with 1 picture more and 1 fewer than before." in capsys.readouterr().out
    others.mkdir()
    for k in range(9):
        Image.new("RGB", (20, 20), (9, 9, 9 * k)).save(others / f"{k}.png")
    before = out.read_bytes()
    with pytest.raises(
        SystemExit, match="--out must name another file for other pictures, .* on 12 pictures lies, 0 of"
    ):
        go(others, out, rounds=6)
    assert out.read_bytes() == before
    go(pictures, out, rounds=5)  # and the refusal has changed nothing


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--size", "32"], "--size must be as in the training .*, --size 16, got --size 32: go on with that"),
        (["--grey"], "--grey must be as in .*, no --grey, got --grey"),
        (["--recipe", "realness"], "--recipe must be .* --recipe dcgan, got --recipe realness"),
        (["--width", "8"], "--width must be"),
        (["--batch", "3"], "--batch must be .* --batch 4, got --batch 3"),
        (["--seed", "1"], "--seed must be"),
        (["--rounds", "1"], "--rounds must be at least 2, where .* stands, got 1"),
    ],
)
def test_a_training_goes_on_as_it_was_begun(pictures, tmp_path, more, message):
    go(pictures, tmp_path / "own.safetensors", rounds=2)
    with pytest.raises(SystemExit, match=message):
        go(pictures, tmp_path / "own.safetensors", *more, rounds=2)


def test_the_command_says_it_in_its_own_words(pictures, tmp_path, capsys):
    out = tmp_path / "own.safetensors"
    Image.new("RGB", (9, 9)).save(pictures / "IMG_1", "PNG")
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        go(pictures, out, rounds=1)
    assert "python -m ganbook train: FOLDER leaves out 1 picture without" in capsys.readouterr().err
    archive = tmp_path / "all.zip"
    archive.write_bytes(b"x")
    with pytest.raises(
        SystemExit, match=r"""python -c "import shutil; shutil.unpack_archive\('.*all.zip', 'pict.*'\)" ma"""
    ):
        go(archive, tmp_path / "other.safetensors")
    grid = str(tmp_path / "grid.png")
    for file, to, message in (
        (
            out.with_suffix(".checkpoint"),
            grid,
            r"NAME.safetensors that was kept, got .*\(beside it: .*own.safetensors\)",
        ),
        (pictures, grid, "FILE must be a NAME.safetensors"),
        (pictures / "0.png", grid, "FILE must be a NAME.safetensors"),
        (out, str(tmp_path / "grid"), "suffix of --out must be one of .png, .jpg, .jpeg"),
    ):
        with pytest.raises(SystemExit, match=message):
            main(["sample", str(file), "--out", to])
    assert capsys.readouterr().out == ""  # refused before anything is read
    with pytest.raises(SystemExit, match="--n must be a whole number >= 1, got 0"):
        main(["sample", str(out), "--n", "0", "--out", grid])

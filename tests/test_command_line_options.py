"""python -m ganbook: what it takes, and takes where nothing is said; what it hands to the training; borders."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

import ganbook
from ganbook import __main__ as command
from ganbook import recipes

NOTHING_SAID = {
    "train": {
        "folder": "F",
        "recipe": "dcgan",
        "size": 64,
        "grey": False,
        "rounds": 5_000,
        "batch": None,
        "width": 32,
        "few": False,
        "skip_unreadable": False,
        "seed": 0,
        "out": Path("a"),
    },
    "sample": {"file": Path("F"), "n": 64, "seed": 0, "out": Path("a")},
}
ALL_SAID = {
    "train": "--recipe realness --size 16 --grey --rounds 7 --batch 3 --width 5 --few --skip-unreadable --seed 2",
    "sample": "--n 9 --seed 2",
}


def go(pictures, out, *more, rounds=1):
    small = ["--size", "16", "--width", "2", "--batch", "2", "--rounds", str(rounds)]
    command.main(["train", str(pictures), *small, "--out", str(out), *map(str, more)])


def read(kind, monkeypatch, *more):
    found = []
    monkeypatch.setattr(command, f"_{kind}", lambda args: found.append(vars(args)))
    command.main([kind, "F", "--out", "a", *more])
    return found[0]


@pytest.mark.parametrize("kind", NOTHING_SAID)
def test_every_option_is_read_and_has_its_default(kind, monkeypatch):
    said = {"command": kind, "typed": f"python -m ganbook {kind} F --out a"}
    assert read(kind, monkeypatch) == said | NOTHING_SAID[kind]
    given = {
        "recipe": "realness",
        "size": 16,
        "grey": True,
        "rounds": 7,
        "batch": 3,
        "width": 5,
        "few": True,
        "skip_unreadable": True,
        "n": 9,
        "seed": 2,
    }
    more = ALL_SAID[kind].split()
    said["typed"] += " " + " ".join(more)
    assert read(kind, monkeypatch, *more) == said | {
        name: given.get(name, value) for name, value in NOTHING_SAID[kind].items()
    }


@pytest.mark.parametrize("words", [["train", "F"], ["sample", "F"], ["train", "--out", "a"], []])
def test_what_must_be_said_is_asked_for(words, capsys):
    with pytest.raises(SystemExit) as ended:
        command.main(words)
    assert ended.value.code == 2 and "usage: python -m ganbook" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["", "train", "sample"])
def test_its_help_tells_of_every_option(kind, capsys):
    with pytest.raises(SystemExit):
        command.main([*kind.split(), "--help"])
    told = " ".join(capsys.readouterr().out.split())
    if not kind:
        assert "From a folder of pictures to a generator." in told
        for each in ("train", "sample"):
            assert re.search(rf"{each} [a-z]+ ", told.split("}")[-1]), f"{each} is not explained"
        return
    told = told.split("positional arguments:")[1]
    for name in NOTHING_SAID[kind].keys() - {"seed", "n"}:
        option = name if name in ("folder", "file") else f"--{name.replace('_', '-')}( [A-Z]+)?"
        assert re.search(rf"(^| ){option} (?!-)\w", told), f"{option} is not explained"


# ---- what the training is given


class Asked(ValueError):
    """In place of a training: what it was asked for."""


@pytest.mark.parametrize(("rounds", "save_every"), [(10, 1), (79, 1), (80, 2), (9_999, 249), (40_000, 250)])
def test_a_checkpoint_is_written_forty_times_or_at_least_every_250_rounds(rounds, save_every, pictures, monkeypatch):
    def asked(game, real, **settings):
        raise Asked(str(sorted(settings.items(), key=str)))

    monkeypatch.setattr(command, "train", asked)
    out = pictures.parent / "own.safetensors"
    said = {"rounds": rounds, "seed": 3, "checkpoint": out.with_suffix(".checkpoint"), "save_every": save_every}
    with pytest.raises(SystemExit) as ended:
        go(pictures, out, "--seed", 3, rounds=rounds)
    assert str(ended.value.code) == f"python -m ganbook train: {sorted(said.items(), key=str)}"


@pytest.mark.parametrize(("rounds", "frames"), [(3, [1, 2, 3]), (83, [*range(2, 83, 2), 83])])
def test_a_film_has_forty_frames_or_one_a_round_and_the_end(rounds, frames, pictures, monkeypatch):
    train = command.train  # of which fewer checkpoints are asked, for speed
    monkeypatch.setattr(command, "train", lambda *given, **named: train(*given, **named | {"save_every": 99}))
    out = pictures.parent / "own.safetensors"
    go(pictures, out, rounds=rounds)
    with np.load(out.with_suffix(".frames.npz")) as file:
        assert file["rounds"].tolist() == frames and file["images"].shape == (len(frames), 16, 3, 16, 16)
    with Image.open(out.with_suffix(".webp")) as film:
        assert film.size == (4 * 16 + 3 * 2, 4 * 16 + 3 * 2)


def test_seeds_are_those_asked_for(pictures):
    def weights(seed, *more):
        out = pictures.parent / f"{seed}.safetensors"
        go(pictures, out, "--seed", seed, *more)
        return ganbook.load(out, device="cpu")

    zero, one = weights(0), weights(1)
    assert not torch.equal(zero.sample(2), one.sample(2))
    assert zero.card["seed"] == 0 and one.card["seed"] == 1
    for bad in ("--seed", "--width", "--batch"):
        with pytest.raises(SystemExit, match=f"{bad[2:]} must be a whole number"):
            go(pictures, pictures.parent / "bad.safetensors", bad, -1)


def test_a_line_tells_of_few_pictures_only_where_they_are(pictures, monkeypatch, capsys):
    for few, more, told in ((12, (), False), (13, (), True), (13, ("--few",), False)):
        monkeypatch.setattr(command, "FEW", few)
        go(pictures, pictures.parent / "new" / f"{few}{len(more)}" / "own.safetensors", *more)
        assert ("12 pictures are few" in capsys.readouterr().out) == told


def test_grey_is_one_channel_and_few_augments(pictures, monkeypatch):
    seen = []
    monkeypatch.setattr(command, "train", lambda game, real, **_: seen.append((game, real)) or exec("raise ValueError"))
    for k, more in enumerate(([], ["--grey"], ["--few"])):
        with pytest.raises(SystemExit):
            go(pictures, pictures.parent / f"{k}.safetensors", *more)
    assert [real.shape[0] for _, real in seen] == [3, 1, 3]
    assert [game.recipe.augment for game, _ in seen] == [recipes.DCGAN.augment] * 2 + [command.augment.FEW_IMAGES]
    assert [game.recipe.batch for game, _ in seen] == [2, 2, 2]


@pytest.mark.parametrize(
    ("recipe", "norm"), [(recipes.DCGAN, "BatchNorm2d"), (recipes.WGAN_GP, "GroupNorm"), (recipes.SNGAN_HINGE, None)]
)
def test_d_has_the_norm_that_goes_with_its_recipe(recipe, norm):
    G, D = command.pair(16, 3, 4, recipe)
    kinds = {type(layer).__name__ for layer in D.modules()}
    if norm is None:
        assert any(hasattr(layer, "parametrizations") for layer in D.modules()) and "BatchNorm2d" not in kinds
    else:
        assert norm in kinds
    assert G[0].in_features == 100 and max(m.in_channels for m in D.modules() if isinstance(m, nn.Conv2d)) <= 8


# ---- sampling


def test_samples_are_those_of_the_seed_in_a_grid_or_a_walk(pictures, capsys):
    out = pictures.parent / "own.safetensors"
    go(pictures, out)
    kept = ganbook.load(out)
    for seed in (0, 3):
        grid, walk = (pictures.parent / "deep" / "er" / f"{seed}.{kind}" for kind in ("PNG", "gif"))
        command.main(["sample", str(out), "--n", "4", "--seed", str(seed), "--out", str(grid)])
        assert f"4 samples in {grid}" in capsys.readouterr().out
        assert np.array_equal(Image.open(grid), command.contact_sheet(kept.sample(4, seed), None))
        command.main(["sample", str(out), "--n", "4", "--seed", str(seed), "--out", str(walk)])
        kept.walk(4, seed=seed).save(pictures.parent / "walk.gif")
        assert walk.read_bytes() == (pictures.parent / "walk.gif").read_bytes()
    for bad, said in (("--n", "--n must be"), ("--seed", "--seed must be")):
        with pytest.raises(SystemExit, match=said):
            command.main(["sample", str(out), bad, "-1", "--out", str(pictures.parent / "x.png")])
    with pytest.raises(SystemExit, match=r"FILE must be a NAME.safetensors that was kept, .*\(beside it: .*own.safet"):
        command.main(["sample", str(out.with_suffix(".checkpoint")), "--out", "x.png"])
    with pytest.raises(SystemExit, match="suffix of --out must be one of"):
        command.main(["sample", str(out), "--out", "x.txt"])

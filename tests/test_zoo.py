"""The zoo: what ships loads and scores as its card says; damage is named; a stopped training gives the same weights."""

import json
import pathlib
import shutil

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch.testing import assert_close

from ganbook import data, features, zoo
from ganbook.files import weights
from ganbook.metrics import frechet_distance, interval, sliced_wasserstein
from ganbook.recipes import Recipe
from ganbook.studies import translation
from ganbook.studies.conditional import label_accuracy
from ganbook.studies.encoders import ratio
from ganbook.zoo import scores as scoring
from ganbook.zoo.__main__ import main

METRICS = {
    "book Frechet distance",
    "kernel distance",
    "precision",
    "recall",
    "density",
    "coverage",
    "Inception Score",
    "MS-SSIM",
    "memorisation",
}
ON_PIXELS = {"sliced Wasserstein distance", "MS-SSIM", "memorisation"}
OF_FACES = {
    "pixel Frechet distance",
    "book Frechet distance",
    "precision",
    "recall",
    "MS-SSIM",
    "memorisation",
    "share with glasses",
    "entropy of hair colours",
}
DRAWN = {"pixel Frechet distance", "MS-SSIM", "memorisation"}
ON_PAIRS = {"cycle"} | {
    f"{way}: {measure}" for way in ("put on", "take off") for measure in ("hit", "unchanged", "outside", "L1", "rank")
}
BY_SET = {"emoji": ON_PIXELS, "faces": OF_FACES, "faces-drawn": DRAWN}
IN_FEATURES = [
    name
    for name in zoo.names()
    if zoo.card(name)["scores"]["features"] != "pixels" and zoo.card(name)["kind"] != "CycleGAN"
]
FILMS = [name for name in zoo.names() if not name.startswith("mlp")]


def test_the_first_entries_ship():
    assert set(zoo.names()) >= {"mlp-digits", "mlp-fashion", "dcgan-digits", "dcgan-fashion", "dcgan-emoji"}
    assert set(zoo.names()) <= set(zoo.ENTRIES)


@pytest.mark.parametrize("name", zoo.names())
def test_a_card_says_how_to_make_the_model_again(name):
    card, entry = zoo.card(name), zoo.ENTRIES[name]
    assert card["command"] == f"python -m ganbook.zoo train {name}"
    assert (card["rounds"], card["seed"], card.get("note", "")) == (entry.rounds, entry.seed, entry.note)
    plain = Recipe(entry.recipe.loss).describe()  # a field that is newer than the card has its default value
    assert {**plain, **card["recipe"]} == entry.recipe.describe()
    assert card["data"] == {"set": entry.data, "split": "train", "sha256": zoo.sums(entry.data)}
    on_pixels = entry.data in ("emoji", "faces-drawn")
    assert card["scores"]["features"] == ("pixels" if on_pixels else features.load(entry.data).tag)
    asked = ON_PAIRS if card["kind"] == "CycleGAN" else BY_SET.get(entry.data, METRICS)
    assert set(card["scores"]["values"]) == set(card["scores"]["real"]) == asked
    for scores in (card["scores"]["values"], card["scores"]["real"]):
        for metric, found in scores.items():
            assert found["low"] <= found["mean"] <= found["high"], metric
    assert {"ganbook", "python", "torch"} <= set(card["versions"])
    assert card["duration"]["seconds"] > 0


@pytest.mark.parametrize("name", zoo.names())
def test_a_model_loads_frozen_and_samples_by_seed(name):
    model = zoo.load(name)
    x = model.sample(8, seed=3)  # two groups of four, for a D that compares the rows of a group
    assert x.shape == (8, *zoo.training_set(model.card["data"]["set"]).shape)
    assert float(x.abs().max()) <= 1
    assert torch.equal(x, model.sample(8, seed=3))
    assert not torch.equal(x, model.sample(8, seed=4))
    assert not model.G.training
    networks = [net for net in (model.G, model.E, model.F, model.D, model.D_x) if net is not None]
    assert len(networks) == len(model.card["parameters"])
    assert not any(p.requires_grad or net.training for net in networks for p in net.parameters())
    given = (x,) if model.E is None else (x, model.E(x))
    given = (x, torch.arange(8) % 4) if model.card["kind"] == "ConditionalGAN" else given
    assert model.D(*given).shape == (8, 3 if model.card["kind"] == "BigBiGAN" else 1)


@pytest.mark.parametrize("name", IN_FEATURES)
def test_the_score_of_the_card_is_that_of_the_weights(name):
    """The first of the card's ten draws, within their scatter: half the interval times sqrt(n) / t is one deviation."""
    card, model = zoo.card(name), zoo.load(name)
    net = features.load(card["data"]["set"])
    held_out = getattr(data, card["data"]["set"])(split="test").x
    value = float(frechet_distance(net.features(held_out), net.features(model.sample(len(held_out), 1_000))))
    found = card["scores"]["values"]["book Frechet distance"]
    deviation = (found["high"] - found["mean"]) * found["n"] ** 0.5 / 2.262
    assert abs(value - found["mean"]) < 4 * deviation


def test_the_scores_on_pixels_are_those_of_the_weights():
    card, model = zoo.card("dcgan-emoji"), zoo.load("dcgan-emoji")
    faces = torch.cat([data.emoji(style, category="faces").x for style in ("noto", "twemoji")])
    value = float(sliced_wasserstein(faces.flatten(1), model.sample(len(faces), 1_000).flatten(1)))
    found = card["scores"]["values"]["sliced Wasserstein distance"]
    deviation = (found["high"] - found["mean"]) * found["n"] ** 0.5 / 2.262
    assert abs(value - found["mean"]) < 4 * deviation


@pytest.mark.parametrize("name", [name for name in zoo.names() if zoo.card(name)["data"]["set"] == "faces-drawn"])
def test_the_score_of_drawn_faces_is_that_of_the_weights(name):
    """Computed another way: the means of 4 x 4 pixels by reshaping, the distance in NumPy's own double precision."""
    held_out = data.faces(style="drawn", split="test").x
    rows = []
    for images in (held_out, zoo.load(name).sample(len(held_out), 1_000)):
        means = images.reshape(-1, 3, 16, 4, 16, 4).mean((3, 5)).double().flatten(1).numpy()
        rows.append((means + 1) / 2)
    (a, b), (s, t) = [x.mean(0) for x in rows], [np.cov(x.T) for x in rows]
    root = np.sqrt(np.linalg.eigvals(s @ t).real.clip(0)).sum()
    value = ((a - b) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * root
    found = zoo.card(name)["scores"]["values"]["pixel Frechet distance"]
    deviation = (found["high"] - found["mean"]) * found["n"] ** 0.5 / 2.262
    assert abs(value - found["mean"]) < 4 * deviation


def test_the_faces_are_mirrored_and_moved_by_one_pixel():
    faces = torch.cat([data.emoji(style, category="faces").x for style in ("noto", "twemoji")])
    made = zoo.training_set("emoji").x.reshape(3, 3, 2, len(faces), 3, 32, 32)
    assert torch.equal(made[1, 1, 0], faces)
    assert torch.equal(made[1, 1, 1], faces.flip(-1))
    assert torch.equal(made[0, 1, 0][..., 1:, :], faces[..., :-1, :])  # down by one, white comes in
    assert bool((made[0, 1, 0][..., 0, :] == 1).all())
    assert torch.equal(made[1, 2, 0][..., :-1], faces[..., 1:])  # to the left


@pytest.mark.parametrize("name", FILMS)
def test_a_film_shows_the_rounds_of_its_card(name, tmp_path):
    card = zoo.card(name)
    film = zoo.film(name, "faces")
    assert film.titles == [f"round {n:,}" for n in card["film"]["rounds"]]
    assert card["film"]["rounds"][-1] == card["rounds"]
    for path in zoo.FOLDER.glob(f"{name}.*"):
        shutil.copy(path, tmp_path)
    (tmp_path / f"{name}.npz").write_bytes(b"another film")
    with pytest.raises(OSError, match="is not the one of its card"):
        zoo.film(name, "faces", folder=tmp_path)


def test_the_encoder_of_the_zoo_brings_faces_back():
    """On held-out faces what comes back is far nearer than what comes back for another; its film ends with these."""
    model, x = zoo.load("bigan-faces"), data.faces(split="test").x[:1_000]
    assert (model.card["kind"], set(model.card["parameters"])) == ("BiGAN", set("GED"))
    back = model.G(model.E(x))
    assert 0.4 < ratio(x, back) < 0.6
    z = torch.randn(1_000, 32, generator=torch.Generator().manual_seed(0))
    assert 0.5 < ratio(z, model.E(model.G(z))) < 0.75
    untrained = zoo.ENTRIES["bigan-faces"].build()
    assert ratio(x, untrained[0](untrained[1](x)).detach()) > 0.9
    with np.load(zoo.FOLDER / "bigan-faces.npz") as file:
        last = torch.from_numpy(file["images"][-1]).float() / 127.5 - 1
    assert_close(last, torch.cat([x[:8], back[:8]]), atol=0.02, rtol=0)  # weights are rounded after the last frame


def test_the_encoder_with_dice_of_the_zoo_brings_faces_back_by_its_mean_and_by_a_draw():
    model, x = zoo.load("bigbigan-faces"), data.faces(split="test").x[:1_000]
    assert (model.card["kind"], set(model.card["parameters"])) == ("BigBiGAN", set("GED"))
    mean, drawn = model.G(model.E(x)), model.G(model.E.draw(x, torch.Generator().manual_seed(0)))
    assert 0.4 < ratio(x, mean) < 0.7 and 0.4 < ratio(x, drawn) < 0.75
    untrained = zoo.ENTRIES["bigbigan-faces"].build()
    assert ratio(x, untrained[0](untrained[1].eval()(x)).detach()) > 0.9
    assert model.D(x[:4], model.E(x[:4])).shape == (4, 3)
    with np.load(zoo.FOLDER / "bigbigan-faces.npz") as file:
        last = torch.from_numpy(file["images"][-1]).float() / 127.5 - 1
    assert_close(last, torch.cat([x[:8], mean[:8]]), atol=0.02, rtol=0)  # weights are rounded after the last frame


def test_the_conditional_generator_of_the_zoo_makes_the_class_that_it_is_asked_for():
    model, y = zoo.load("biggan-faces"), torch.arange(400) % 4
    x = model.sample(400, seed=5, y=y)
    assert label_accuracy(features.load("faces"), x, y) > 0.9
    with pytest.raises(ValueError, match="y must hold labels from 0 to 3, got 4 in row 1"):
        model.sample(2, y=torch.tensor([0, 4]))
    with pytest.raises(ValueError, match="y must hold one label for each of the 3 samples, got 2"):
        model.sample(3, y=torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="y must be None, since mlp-digits is told no class"):
        zoo.load("mlp-digits").sample(2, y=torch.tensor([0, 1]))


def test_the_translator_of_the_zoo_puts_glasses_on_and_takes_them_off():
    """All pairs at once, where the card has the mean of ten blocks; its film ends with such translations."""
    model, net, (x, y) = zoo.load("cyclegan-glasses"), features.load("faces"), data.faces_pairs("glasses")
    told = model.card["scores"]
    for way, a, made, b, codes in (
        ("put on", x, model.G(x), y, (1, 2)),
        ("take off", y, model.F(y), x, (0,)),
    ):
        found = translation.scored(a, made, b, net, codes=codes)
        for measure in ("hit", "unchanged", "outside", "L1"):  # the rank is among those of a block
            assert_close(found[measure], told["values"][f"{way}: {measure}"]["mean"], atol=1e-4, rtol=1e-4)
        assert (
            found["hit"] > 0.8
            and told["copied"][f"{way}: hit"]["mean"] < 0.02 < 0.98 < told["real"][f"{way}: hit"]["mean"]
        )
    assert_close(translation.cycle_error(model.G, model.F, x), told["values"]["cycle"]["mean"], atol=1e-4, rtol=1e-4)
    with np.load(zoo.FOLDER / "cyclegan-glasses.npz") as file:
        last = torch.from_numpy(file["images"][-1]).float() / 127.5 - 1
    there = model.G(x[:8])
    assert_close(last, torch.cat([x[:8], there, model.F(there)]), atol=0.02, rtol=0)


def test_the_generator_that_has_grown_plays_whole_at_its_last_size():
    model = zoo.load("pggan-faces-64")
    assert (model.G.size, model.G.alpha) == (model.D.size, model.D.alpha) == (64, 1.0)
    growth = zoo.ENTRIES["pggan-faces-64"].game.keywords["growth"]
    assert growth.at(model.card["rounds"] * zoo.ENTRIES["pggan-faces-64"].recipe.batch) == (4, 1.0)
    with np.load(zoo.FOLDER / "pggan-faces-64.npz") as file:
        first = torch.from_numpy(file["images"][0])
    assert torch.equal(first, first[..., ::16, ::16].repeat_interleave(16, -1).repeat_interleave(16, -2))  # of 4 px


def test_a_model_without_a_film_is_refused():
    with pytest.raises(ValueError, match="name must be one of bigan-faces, .*dcgan-digits.*got 'mlp-digits'"):
        zoo.film("mlp-digits", "digits")


def test_all_weights_together_are_small_and_hold_no_pickle():
    files = [path for folder in (zoo.FOLDER, features.FOLDER) for path in folder.iterdir()]
    assert {path.suffix for path in files} == {".json", ".safetensors", ".npz"}  # frames, read without pickle
    assert sum(path.stat().st_size for path in files) < 12_000_000
    for path in files:
        if path.suffix == ".safetensors":
            with safe_open(path, framework="pt") as file:
                assert file.metadata() is None


# --- errors ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    for suffix in ("json", "safetensors"):
        shutil.copy(zoo.FOLDER / f"mlp-digits.{suffix}", tmp_path)
    return tmp_path


def test_unknown_names_are_refused_with_the_known_ones(folder):
    for call in (zoo.load, zoo.card):
        with pytest.raises(ValueError, match="name must be one of mlp-digits, got 'stylegan'"):
            call("stylegan", folder=folder)
    with pytest.raises(ValueError, match="name must be one of mlp-digits, mlp-fashion, dcgan-digits.*got 'stylegan'"):
        zoo.make("stylegan", out=folder)


def test_a_truncated_file_and_a_changed_byte_are_named(folder):
    path = folder / "mlp-digits.safetensors"
    body = bytearray(path.read_bytes())
    path.write_bytes(body[:5_000])
    with pytest.raises(OSError, match=r"mlp-digits\.safetensors are truncated: 5000 of"):
        zoo.load("mlp-digits", folder=folder)
    body[-1] ^= 255
    path.write_bytes(body)
    with pytest.raises(OSError, match=r"mlp-digits\.safetensors are changed"):
        zoo.load("mlp-digits", folder=folder)


def test_no_samples_is_refused():
    with pytest.raises(ValueError, match="n must be a whole number >= 1, got 0"):
        zoo.load("mlp-digits").sample(0)


# --- training --------------------------------------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch):
    """Scoring takes a while: here it is two numbers."""
    monkeypatch.setattr(
        scoring,
        "score",
        lambda sample, name, repeats=10: {"mean": interval([float(sample(4, k).mean()) for k in range(3)])},
    )


@pytest.mark.parametrize(
    "name",
    [
        "mlp-digits",
        "dcgan-fashion",
        "bigan-faces",
        "bigbigan-faces",
        "biggan-faces",
        "r3gan-faces",
        "cyclegan-glasses",
        "pggan-faces-64",
    ],
)
def test_an_interrupted_training_ends_with_the_same_bytes(name, tmp_path, quick, capsys):
    whole = zoo.make(name, rounds=4, out=tmp_path / "a", checkpoint=tmp_path / "a.safetensors", progress=False)
    zoo.make(name, rounds=2, out=tmp_path / "b", checkpoint=tmp_path / "b.safetensors", progress=False)
    sitting = tmp_path / "b.json"
    first = json.loads(sitting.read_text())
    first["2"]["cpu_seconds"] = 100.0  # what the first sitting took counts too
    sitting.write_text(json.dumps(first))
    resumed = zoo.make(name, rounds=4, out=tmp_path / "b", checkpoint=tmp_path / "b.safetensors", progress=False)
    assert resumed["sha256"] == whole["sha256"]
    assert whole["film"]["rounds"] == [4]
    assert resumed["duration"]["rounds"] == 4
    assert 100.0 <= resumed["duration"]["cpu_seconds"] < 200.0
    assert whole["command"] == f"python -m ganbook.zoo train {name} --rounds 4"
    assert json.loads((tmp_path / "b" / f"{name}.json").read_text()) == resumed
    assert weights.names(tmp_path / "a") == [name]


def test_the_average_is_what_is_shipped(tmp_path, quick):
    zoo.make("mlp-digits", rounds=3, out=tmp_path, checkpoint=tmp_path / "c.safetensors", progress=False)
    saved = zoo.load("mlp-digits", folder=tmp_path)
    from ganbook.files import checkpoint

    tensors, _ = checkpoint.read(tmp_path / "c.safetensors")
    averaged = {key: x for key, x in tensors.items() if key.startswith("game/average.module.")}
    assert averaged
    for key, x in saved.G.state_dict().items():
        assert_close(x, averaged[f"game/average.module.{key}"].half().float())


def test_the_command_line_lists_and_trains(tmp_path, quick, capsys):
    main(["list"])
    assert "mlp-digits" in capsys.readouterr().out
    main(
        [
            "train",
            "mlp-digits",
            "--rounds",
            "1",
            "--out",
            str(tmp_path),
            "--checkpoint",
            str(tmp_path / "c" / "run.safetensors"),
        ]
    )
    assert "bytes, sha256" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["train", "stylegan"])


ROOT = pathlib.Path(__file__).parent.parent
SAID = {
    "14_cyclegan": ["998", "984", "0.057", "0.023", "0.069"],
    "15_progressive_growing": ["7.9", "0.5"],
    "19_modern_baseline": ["5.24", "5.48", "21,000", "30,000"],
}


def test_what_the_chapters_say_of_the_zoo_stands_on_its_cards():
    cards = {name: zoo.card(name) for name in ("cyclegan-glasses", "pggan-faces-64", "r3gan-faces", "dcgan-faces")}

    def score(name, measure, of="values"):
        return cards[name]["scores"][of][measure]["mean"]

    glasses, px = "cyclegan-glasses", "pixel Frechet distance"
    measured = {
        "14_cyclegan": [
            *(f"{1_000 * score(glasses, f'{way}: hit'):.0f}" for way in ("put on", "take off")),
            *(f"{score(glasses, f'{way}: L1'):.3f}" for way in ("put on", "take off")),
            f"{score(glasses, 'put on: L1', 'copied'):.3f}",
        ],
        "15_progressive_growing": [f"{score('pggan-faces-64', px, of):.1f}" for of in ("values", "real")],
        "19_modern_baseline": [
            *(f"{score(name, px):.2f}" for name in ("r3gan-faces", "dcgan-faces")),
            *(f"{cards[name]['rounds']:,}" for name in ("r3gan-faces", "dcgan-faces")),
        ],
    }
    assert measured == SAID
    for chapter, numbers in SAID.items():
        cells = json.loads((ROOT / "notebooks" / f"{chapter}.ipynb").read_text(encoding="utf-8"))["cells"]
        named = [name for name in cards if name.startswith(("cyclegan", "pggan", "r3gan"))]
        texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
        said = next(text for text in texts if any(f"`{name}`" in text for name in named))
        assert all(number in said for number in numbers), chapter

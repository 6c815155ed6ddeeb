"""How models of the zoo are made: who plays, what is filmed and noted, and what the card says."""

import json
import math
import pathlib
import platform
import types
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

import ganbook
from ganbook import data, models, zoo
from ganbook.games import GAN, BiGAN, BigBiGAN, ConditionalGAN, CycleGAN, Progressive
from ganbook.losses import NonSaturating
from ganbook.metrics import interval
from ganbook.recipes import Recipe
from ganbook.zoo import entries, maker, scores
from ganbook.zoo.__main__ import main

CPU = torch.device("cpu")


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


# --- who plays

KINDS = {
    "bigan-faces": BiGAN,
    "bigbigan-faces": BigBiGAN,
    "biggan-faces": ConditionalGAN,
    "cyclegan-glasses": CycleGAN,
    "pggan-faces-64": Progressive,
}


def game(name):
    entry = zoo.ENTRIES[name]
    return entry.game(*entry.build(), entry.recipe)


@pytest.mark.parametrize("name", zoo.ENTRIES)
def test_a_card_s_game_networks_and_film_are_those_of_its_entry(name):
    entry, card = zoo.ENTRIES[name], zoo.card(name)
    playing, networks = game(name), entries.named(entry.build())
    assert type(playing) is KINDS.get(name, GAN) and card["kind"] == type(playing).__name__
    counts = {letter: sum(p.numel() for p in network.parameters()) for letter, network in networks.items()}
    assert counts == card["parameters"] and card["averaged"] == bool(entry.recipe.ema_halflife)
    looked = list(range(entry.look, entry.rounds + 1, entry.look))
    if "film" in card:
        assert card["film"]["rounds"] == [*looked, *([] if looked[-1] == entry.rounds else [entry.rounds])]
    else:
        assert entry.look == 100


def test_the_translators_play_as_their_note_says():
    playing, note = game("cyclegan-glasses"), zoo.ENTRIES["cyclegan-glasses"].note
    assert f"cycle {playing.cycle:g}, identity {playing.identity:g}, a pool of {playing.pool}" in note
    assert (playing.cycle, playing.identity) == (5.0, 2.5)
    assert any(isinstance(part, models.Gated) for part in playing.G.modules())


@pytest.mark.parametrize(
    ("rounds", "stage", "alpha"),
    [(799, 0, 1), (1_000, 1, 0.5), (1_200, 1, 1), (1_599, 1, 1), (1_800, 2, 0.5), (2_000, 2, 1), (2_399, 2, 1)]
    + [(2_650, 3, 0.5), (2_900, 3, 1), (3_399, 3, 1), (3_900, 4, 0.5), (4_400, 4, 1), (7_999, 4, 1)],
)
def test_growth_is_as_its_note_says(rounds, stage, alpha):
    """Rounds: 800 at 4 px; 400 and 400 for 8 px, the same for 16, 500 and 500 for 32, 1,000 and the rest for 64."""
    playing = game("pggan-faces-64")
    assert playing.pixels == "native" and playing.growth.sizes == (4, 8, 16, 32, 64)
    assert playing.growth.at(16 * rounds) == (stage, alpha)


def test_the_last_hold_of_growth_goes_on_until_the_rates_have_fallen():
    assert sum(images for _, _, images in game("pggan-faces-64").growth.phases) == 16 * 8_000


def test_plain_networks_are_drawn_so_that_the_scale_is_kept():
    """He's rule, half at the last layers: every layer's deviation is sqrt(2 / inputs), where DCGAN's is 0.02."""
    G, D = entries.plain_dcgan(16, width=16)
    for layer, factor in ((D[0], 1), (D[2], 1), (D[-2], 0.5), (G[0], 1)):
        wanted = factor * math.sqrt(2 / layer.weight[0].numel())
        assert layer.weight.std().item() == pytest.approx(wanted, rel=0.15)
    assert D[0].in_channels == 3 and entries.plain_dcgan(16)[1][0].out_channels == 32
    rates = entries.falling(50, 0.5)
    assert rates["batch"] == 32 and rates["lr_d"] == rates["lr_g"] == entries.Ramp(0.5, 0.05, images=1_600)


def test_the_fully_connected_pair():
    G, D = zoo.mlp_pair()
    assert [layer.out_features for layer in (*G, *D) if isinstance(layer, nn.Linear)] == [256, 256, 784, 256, 256, 1]
    out = G(100 * torch.ones(2, 64))
    assert out.shape == (2, 1, 28, 28) and out.abs().max() <= 1 and D(out).shape == (2, 1)


# --- what a film shows


class Labelled(nn.Module):
    """10 z_0 + y."""

    z = 5

    def forward(self, z, y):
        return (10 * z[:, :1] + y[:, None]) * (1 if self.training else 2)


def test_frames_of_a_film(as_readers):
    """Held-out faces first, what is made of them below; a row a class from the same latents; small ones enlarged."""
    faces, asked = data.faces(split="test", device="cpu").x[:8], []
    made = entries.there_and_back(types.SimpleNamespace(device=CPU, reconstruct=lambda x: -x))
    assert torch.equal(made, torch.cat([faces, -faces]))
    plain = data.faces_pairs("glasses", device="cpu")[0][:8]
    playing = types.SimpleNamespace(device=CPU, translate=lambda x: -x, there_and_back=lambda x: x / 2)
    assert torch.equal(entries.on_and_off(playing), torch.cat([plain, -plain, plain / 2]))

    def standing(own, n):
        asked.append((torch.equal(own.get_state(), rng(2).get_state()), n))
        return Labelled()

    made = entries.by_class(types.SimpleNamespace(device=CPU, G=Labelled(), classes=3, standing=standing))
    z = data.normal(5, "cpu")(4, rng(1))
    assert asked == [(True, 32)]
    assert torch.equal(made, torch.cat([2 * (10 * z[:, :1] + y) for y in range(3)]))

    def sample(n, own, size):
        return n, torch.equal(own.get_state(), rng(1).get_state()), size

    growth = types.SimpleNamespace(sizes=(4, 8))
    assert entries.enlarged(types.SimpleNamespace(sample=sample, growth=growth)) == (8, True, 8)


FRAMES = {
    GAN: (None, 16),
    BiGAN: (entries.there_and_back, 16),
    BigBiGAN: (entries.there_and_back, 16),
    ConditionalGAN: (entries.by_class, 16),
    CycleGAN: (entries.on_and_off, 24),
    Progressive: (entries.enlarged, 8),
}
DRAWN = {ConditionalGAN: entries.labelled_faces, CycleGAN: entries.without_and_with_glasses}


@pytest.mark.parametrize("name", zoo.ENTRIES)
def test_each_kind_of_game_has_its_data_its_frame_and_its_scores(name):
    entry, kind = zoo.ENTRIES[name], KINDS.get(name, GAN)
    assert (entry.frame, entry.real) == (FRAMES[kind][0], DRAWN.get(kind))
    assert entry.scored is (scores.of_pairs if kind is CycleGAN else scores.of_samples)
    if "film" in zoo.card(name):
        with np.load(zoo.FOLDER / f"{name}.npz") as file:
            assert file["images"].shape[1] == FRAMES[kind][1]


def test_what_is_drawn_in_training_beside_a_set():
    x, y = entries.without_and_with_glasses()(3, rng())
    assert x.shape == y.shape == (3, 3, 16, 16) and not torch.equal(x, y)
    x, y = entries.labelled_faces()(40, rng())
    assert x.shape == (40, 3, 16, 16) and set(y.tolist()) == {0, 1, 2, 3}


# --- a training


def tiny():
    return models.mlp([3, 4, 4], shape=(1, 2, 2), out=nn.Tanh(), norm="batch"), models.mlp([4, 4, 1], flatten=True)


@pytest.fixture
def toy(monkeypatch):
    """An entry whose data are eight pictures of 2 x 2 pixels, and whose score is a number."""
    pictures = data.from_tensor(torch.linspace(-1, 1, 32).view(8, 1, 2, 2), device="cpu")
    recipe = Recipe(NonSaturating(), batch=4, ema_halflife=10.0)
    entry = zoo.Entry(tiny, recipe, "digits", rounds=5, seed=3, look=2, real=lambda: pictures, note="a toy")
    monkeypatch.setattr(scores, "score", lambda *_, **__: {"mean": interval([0.25, 0.5])})
    monkeypatch.setitem(zoo.ENTRIES, "toy", entry)
    return entry


def test_a_card_tells_all_of_a_training(toy, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("ganbook.train.run._live", lambda: True)
    card = zoo.make("toy", out=tmp_path / "out" / "deep", checkpoint=tmp_path / "c.safetensors", progress=False)
    said = capsys.readouterr()
    assert said.err == "" and said.out.splitlines() == ["toy: round 5 of 5, 0 s"]
    assert {key: card[key] for key in ("name", "kind", "note", "averaged", "command", "seed", "rounds", "recipe")} == {
        "name": "toy",
        "kind": "GAN",
        "note": "a toy",
        "averaged": True,
        "command": "python -m ganbook.zoo train toy",
        "seed": 3,
        "rounds": 5,
        "recipe": toy.recipe.describe(),
    }
    assert card["parameters"] == {"G": 16 + 8 + 20, "D": 20 + 5} and card["film"]["rounds"] == [2, 4, 5]
    assert card["versions"] == {
        "ganbook": ganbook.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    assert card["data"] == {"set": "digits", "split": "train", "sha256": data.sha256("digits")}
    assert card["duration"]["rounds"] == 5 and card["duration"]["threads"] == 1
    assert 0 <= card["duration"]["seconds"] < 60 and 0 <= card["duration"]["cpu_seconds"] < 60
    assert card["scores"]["values"]["mean"]["mean"] == 0.375
    with np.load(tmp_path / "out" / "deep" / "toy.npz") as file:
        assert file["images"].shape == (3, 16, 1, 2, 2)
    assert sorted(path.name for path in (tmp_path / "out" / "deep").iterdir()) == [
        f"toy.{end}" for end in ("json", "npz", "safetensors")
    ]
    shorter = zoo.make("toy", rounds=2, out=tmp_path, checkpoint=tmp_path / "d.safetensors", progress=False)
    assert shorter["command"].endswith("toy --rounds 2") and shorter["rounds"] == 2


def test_a_training_begins_with_the_networks_of_its_seed_and_is_kept_under_runs(toy, tmp_path, monkeypatch):
    began = []

    def playing(G, D, recipe):
        began.append(G[0].weight.detach().clone())
        return GAN(G, D, recipe)

    monkeypatch.setitem(zoo.ENTRIES, "toy", replace(toy, game=playing, note=""))
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(3)
    wanted = tiny()[0][0].weight
    torch.manual_seed(4)
    card = zoo.make("toy", rounds=1, out=tmp_path / "out", progress=False)
    assert torch.equal(began[0], wanted) and "note" not in card
    assert (tmp_path / "runs" / "zoo" / "toy.safetensors").is_file()


def test_what_was_spent_is_the_sum_of_all_sittings_up_to_the_checkpoint(tmp_path, monkeypatch):
    now = types.SimpleNamespace(wall=100.0, cpu=10.0)
    monkeypatch.setattr(maker.time, "perf_counter", lambda: now.wall)
    monkeypatch.setattr(maker.time, "process_time", lambda: now.cpu)
    path = tmp_path / "clock.json"

    def sitting(n, wall, cpu, marks):
        clock = maker._Clock(path, n)
        begun = dict(clock.spent)
        for mark in marks:
            now.wall, now.cpu = now.wall + wall, now.cpu + cpu
            clock.note(mark)
        return begun, clock.spent

    nothing = {"seconds": 0.0, "cpu_seconds": 0.0}
    assert sitting(0, 2.06, 1.04, [500, 1_000]) == (nothing, {"seconds": 4.1, "cpu_seconds": 2.1})
    assert sitting(500, 1.0, 0.5, [1_000]) == (  # the first sitting's second mark is taken back
        {"seconds": 2.1, "cpu_seconds": 1.0},
        {"seconds": 3.1, "cpu_seconds": 1.5},
    )
    assert sorted(json.loads(path.read_text())) == ["1000", "500"]
    assert sitting(1_200, 1.0, 1.0, [1_500])[0] == {"seconds": 3.1, "cpu_seconds": 1.5}
    assert sitting(300, 1.0, 1.0, [])[0] == sitting(0, 1.0, 1.0, [])[0] == nothing


def test_networks_that_are_shipped_are_those_that_are_sampled_from(monkeypatch):
    other, asked = nn.Identity(), []
    monkeypatch.setattr(ConditionalGAN, "standing", lambda self, rng, n: asked.append((rng.initial_seed(), n)) or other)
    assert maker.sampled_from(game("biggan-faces"), 7) == {"G": other} and asked == [(7, 200)]
    playing = game("bigan-faces")
    assert maker.sampled_from(playing, 0) == {"G": playing.sampler, "E": playing.encoder}
    playing = game("cyclegan-glasses")
    assert maker.sampled_from(playing, 0) == dict(zip("GF", playing.translators, strict=True))


# --- by command


def test_the_list_of_models_and_a_training_by_command(toy, tmp_path, monkeypatch, capsys):
    main(["list"])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == zoo.names()
    card = zoo.card("mlp-digits")
    first = card["scores"]["values"]["book Frechet distance"]
    assert next(line for line in lines if line.startswith("mlp-digits")) == (
        f"mlp-digits       {card['bytes'] / 1e6:.2f} MB  5000 rounds  book Frechet distance "
        f"{first['mean']:.2f} [{first['low']:.2f}, {first['high']:.2f}] ({card['scores']['features']})"
    )
    asked = []

    def make(name, **more):
        asked.append((name, more, torch.get_num_threads()))
        return {"bytes": 7, "sha256": "0a"}

    monkeypatch.setattr("ganbook.zoo.__main__.make", make)
    torch.set_num_threads(2)
    main(["train", "toy", "--rounds", "4", "--out", "here", "--checkpoint", "there"])
    here, there = (pathlib.Path(word) for word in ("here", "there"))
    assert asked == [("toy", {"rounds": 4, "out": here, "checkpoint": there}, 1)]
    assert capsys.readouterr().out == "toy: 7 bytes, sha256 0a, written to here\n"
    main(["train", "toy"])
    assert asked[1][1] == {"rounds": None, "out": zoo.FOLDER, "checkpoint": None}
    for words in ([], ["train", "nobody"]):
        with pytest.raises(SystemExit):
            main(words)

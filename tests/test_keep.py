"""A kept generator: the same samples elsewhere, from nothing but the file; what is none is refused in a sentence."""

import copy
import dataclasses
import io
import json
import pickle
import shutil
import subprocess
import sys

import pytest
import torch
from games import CPU, GAMES, images, plain
from torch import nn

import ganbook
from ganbook import models, recipes, zoo
from ganbook.data import normal, uniform
from ganbook.files import checkpoint
from ganbook.games import GAN
from ganbook.models.described import build, describe
from ganbook.train import fit, train


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def small(rounds=3, prior=None, recipe=None, **options):
    torch.manual_seed(1)
    recipe = recipe or plain(ema_halflife=50)
    pair = models.dcgan(16, 1, width=4, z=5, outputs=recipe.loss.outputs, **options)
    game = GAN(*pair, recipe, prior, device=CPU)
    return fit(train(game, images, rounds=rounds, seed=4)).game


@pytest.mark.parametrize("options", [{}, {"norm_d": "spectral", "norm_g": "layer"}, {"norm_d": None, "norm_g": None}])
def test_what_is_kept_samples_as_the_game_did(tmp_path, options):
    game = small(**options)
    game.save(tmp_path / "mine.safetensors")
    kept = ganbook.load(tmp_path / "mine.safetensors", device="cpu")
    assert torch.equal(kept.sample(6, seed=3), game.sample(6, rng(3)))
    assert not torch.equal(kept.sample(6, seed=3), kept.sample(6, seed=4))
    with models.still(game.G, game.D, kept.D):
        assert not torch.equal(game.G(kept.prior(6, rng(3))), kept.sample(6, seed=3))  # the averaged copy is another
        assert torch.equal(kept.D(images.x), game.D(images.x))
    assert not any(p.requires_grad for p in kept.G.parameters())


def test_the_card_tells_how_it_was_made(tmp_path):
    small().save(tmp_path / "mine.safetensors")
    kept = ganbook.load(tmp_path / "mine.safetensors")
    told = {name: kept.card[name] for name in ("game", "averaged", "rounds", "seed", "shape", "data", "prior")}
    assert told == {
        "game": "GAN",
        "averaged": True,
        "rounds": 3,
        "seed": 4,
        "shape": [1, 16, 16],
        "data": "TensorSampler(30 samples of shape 1x16x16)",
        "prior": {"kind": "Normal", "d": 5},
    }
    assert kept.card["recipe"]["batch"] == "4" and set(kept.card["versions"]) == {"ganbook", "python", "torch"}
    assert repr(kept) == "Kept(GAN of samples 1x16x16, 3 rounds of TensorSampler(30 samples of shape 1x16x16))"


def test_a_new_process_needs_nothing_but_the_file(tmp_path):
    game = small(prior=uniform(5, "cpu"), recipe=dataclasses.replace(recipes.REALNESS, batch=4))
    game.save(tmp_path / "mine.safetensors")
    code = (
        "import torch, ganbook; torch.set_num_threads(1)\n"
        "x = ganbook.load('mine.safetensors', device='cpu').sample(5, seed=2)\n"
        "print(x.double().sum().item())"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert float(run.stdout) == game.sample(5, rng(2)).double().sum().item()


@pytest.mark.parametrize("name", ["BiGAN", "SGAN", "Unrolled"])
def test_other_games_are_kept_too(tmp_path, name):
    game = GAMES[name].game()
    game.save(tmp_path / "mine.safetensors")
    kept = ganbook.load(tmp_path / "mine.safetensors", device="cpu")
    assert torch.equal(kept.sample(4), game.sample(4, rng()))
    assert (kept.E is None) == (name != "BiGAN")


class Own(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.layer = nn.Linear(3, width)

    def forward(self, z):
        return self.layer(z)[:, :2]


def test_networks_of_ones_own_are_given_again(tmp_path):
    path = tmp_path / "mine.safetensors"
    game = GAN(Own(), models.mlp([2, 4, 1]), plain(), lambda n, rng: torch.rand(n, 3, generator=rng), device=CPU)
    with pytest.warns(UserWarning, match=r"got a Own: it is loaded by ganbook.load\(path, G=Own\(...\)\)"):
        game.save(path)
    with pytest.raises(ValueError, match=r"is a Own, which the book cannot build: ganbook.load\(path, G=Own"):
        ganbook.load(path)
    with pytest.raises(ValueError, match="G must be the network of the file: .*size mismatch"):
        ganbook.load(path, G=Own(7))
    with pytest.raises(ValueError, match=r"its maker's own: give it, ganbook.load\(path, prior=sampler\)"):
        ganbook.load(path, G=Own()).sample(2)
    kept = ganbook.load(path, G=Own(), prior=game.prior, device="cpu")
    assert torch.equal(kept.sample(4), game.sample(4, rng()))


def test_a_file_that_is_another_is_refused(tmp_path):
    path, other = tmp_path / "mine.safetensors", tmp_path / "other.safetensors"
    small().save(path)
    body = path.read_bytes()
    other.write_bytes(body[:-7])
    with pytest.raises(ValueError, match="path must be a file that ganbook.save wrote: .*truncated"):
        ganbook.load(other)
    other.write_bytes(body.replace(b'\\"rounds\\": 3', b'\\"rounds\\": 9'))
    assert other.read_bytes() != body
    with pytest.raises(ValueError, match="path must be a file that ganbook.save wrote: .*is damaged"):
        ganbook.load(other)
    tensors, facts = checkpoint.read(path)
    facts["card"]["rounds"] = 9
    checkpoint.write(other, tensors, facts)
    with pytest.raises(ValueError, match="whose card has been changed"):
        ganbook.load(other)
    fit(train(small(), images, rounds=1, checkpoint=tmp_path / "run"))
    with pytest.raises(ValueError, match="the checkpoint of a training: make its game"):
        ganbook.load(tmp_path / "run")
    with pytest.raises(FileNotFoundError, match="path must be a file that ganbook.save wrote, and there is nothing at"):
        ganbook.load(tmp_path / "none.safetensors")
    with pytest.raises(ValueError, match="got the folder"):
        ganbook.load(tmp_path)


def test_a_file_makes_no_layer_but_known_ones(tmp_path):
    path = tmp_path / "mine.safetensors"
    small().save(path)
    tensors, facts = checkpoint.read(path)
    for kind in ("Popen", "Module", "functional", "Bilinear"):
        with pytest.raises(ValueError, match="a layer must be"):
            build({"kind": kind, "with": {"args": ["true"]}})
    assert "pickle" not in json.dumps(facts)


def test_what_cannot_be_kept_says_so(tmp_path, as_readers):
    path = tmp_path / "mine.safetensors"
    for name in ("SideBySide", "CriticAlone", "CycleGAN"):
        with pytest.raises(ValueError, match=f"game must be a GAN with one generator, got a {name}"):
            ganbook.save(GAMES[name].game(), path)
    with (
        pytest.warns(UserWarning, match="got a Joined"),
        pytest.raises(ValueError, match="game must sample G.z., got a"),
    ):
        ganbook.save(GAMES["conditional, in parts"].game(), path)
    run = train(small(0), images, rounds=1)
    with pytest.raises(ValueError, match="got a Run: its .game is one"):
        ganbook.save(run, path)
    with pytest.raises(ValueError, match="path must end in .safetensors, got 'mine.pt'"):
        small(0).save("mine.pt")


def test_pickling_a_game_says_what_to_do_and_a_copy_is_made_as_before():
    game = small()
    for call in (lambda: torch.save(game, io.BytesIO()), lambda: pickle.dumps(game)):
        with pytest.raises(TypeError, match=r"game.save\(path\) keeps its generator, train\(..., checkpoint=path\)"):
            call()
    twin = copy.deepcopy(game)
    assert torch.equal(twin.sample(3, rng()), game.sample(3, rng()))
    fit(train(twin, images, rounds=1))
    assert not torch.equal(twin.sample(3, rng()), game.sample(3, rng()))


def test_the_zoo_reads_it_and_a_walk_is_a_film(tmp_path):
    game = small()
    game.save(tmp_path / "mine.safetensors")
    model = zoo.load("mine", folder=tmp_path, device="cpu")
    assert torch.equal(model.sample(3), game.sample(3, rng())) and model.card["rounds"] == 3
    film = ganbook.load(tmp_path / "mine.safetensors", device="cpu").walk(4, frames=5)
    assert len(film) == 5 and film.loop
    shutil.rmtree(tmp_path)
    with pytest.raises(ValueError, match="name must be one of none"):
        zoo.load("mine", folder=tmp_path)


@pytest.mark.parametrize("size", [64, 128])
def test_the_large_sizes_follow_the_same_rule(size):
    G, D = models.dcgan(size, 3, width=2, z=4, outputs=3)
    with models.still(G, D):
        x = G(normal(4, "cpu")(2, rng()))
        assert x.shape == (2, 3, size, size) and D(x).shape == (2, 3)
    widths = [layer.in_channels for layer in G if isinstance(layer, nn.ConvTranspose2d)]
    assert widths == [2 * 2**k for k in reversed(range(len(widths)))] and 4 * 2 ** len(widths) == size
    with pytest.raises(ValueError, match=r"got 100 \(resize the images to 64 or 128: data.folder\(path, size=128\)\)"):
        models.dcgan(100, 3)


def test_a_description_is_the_network():
    network = nn.Sequential(
        nn.Unflatten(1, (1, 2, 2)),
        nn.Upsample(scale_factor=2),
        nn.Conv2d(1, 2, 3, padding=1, bias=False),
        nn.GroupNorm(1, 2),
        nn.LeakyReLU(0.2),
        nn.Dropout(0.3),
        models.MinibatchStd(2),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.LayerNorm(12),
        models.KeepFeatures(nn.Linear(12, 1)),
    )
    told = json.loads(json.dumps(describe(network)))
    assert repr(build(told)) == repr(network)
    with pytest.raises(ValueError, match="got a Resample"):
        describe(nn.Sequential(models.Resample(3, 4)))

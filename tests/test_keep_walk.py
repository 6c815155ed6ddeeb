"""A kept generator moves and stays what it was: the way of a walk, drawing in parts, what a file is held against."""

import math
import platform

import numpy as np
import pytest
import torch
from games import CPU, plain
from torch import nn

import ganbook
from ganbook import models
from ganbook.data import normal, uniform
from ganbook.files import checkpoint
from ganbook.games import GAN
from ganbook.keep import Kept


class Seen(nn.Module):
    """Gives its z, and notes how many there were."""

    def __init__(self):
        super().__init__()
        self.sizes = []

    def forward(self, z):
        self.sizes.append(len(z))
        return z.clone()


def kept(prior):
    return Kept(Seen(), prior, {})


def frames(film):
    return np.stack(film._frames)


def small(kind=GAN):
    torch.manual_seed(0)
    return kind(models.mlp([3, 4, 2]), models.mlp([2, 4, 1]), plain(), device=CPU)


def test_a_walk_of_normal_latents_goes_round_the_circle_through_two_draws():
    """So each frame is of the prior's own law, and the last is as near to the first as to the one before."""
    one = kept(normal(2, CPU))
    a, b = one.sample(5, seed=3).numpy(), one.sample(5, seed=4).numpy()
    way = frames(one.walk(5, frames=8, seed=3))
    turns = 2 * math.pi * np.arange(8)[:, None, None] / 8
    np.testing.assert_allclose(way, np.cos(turns) * a + np.sin(turns) * b, atol=1e-5)


def test_a_walk_of_uniform_latents_goes_straight_to_another_draw_and_back():
    one = kept(uniform(2, CPU))
    a, b = one.sample(5, seed=3).numpy(), one.sample(5, seed=4).numpy()
    shares = np.array([0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25])[:, None, None]
    np.testing.assert_allclose(frames(one.walk(5, frames=8, seed=3)), a + shares * (b - a), atol=1e-6)


def test_a_walk_where_nothing_is_said_is_of_16_in_24_frames_and_runs_on_and_on():
    one = kept(normal(2, CPU))
    film = one.walk()
    assert frames(film).shape == (24, 16, 2) and film.loop
    assert film.alt == "16 samples of a kept generator, each changing into others and back"
    assert torch.equal(torch.from_numpy(film._frames[0]), one.sample(16, seed=0))
    told = one.walk(2, frames=2, alt="two points", loop=False, fps=3)
    assert len(told) == 2 and told.alt == "two points" and not told.loop and told.fps == 3
    with pytest.raises(ValueError, match="frames must be"):
        one.walk(2, frames=1)


def test_samples_are_drawn_500_at_a_time_and_by_default_from_seed_0():
    one = kept(normal(2, CPU))
    x = one.sample(1_001)
    assert one.G.sizes == [500, 500, 1]
    assert torch.equal(x, normal(2, CPU)(1_001, torch.Generator().manual_seed(0)))
    for n, seed in ((0, 0), (1, -1)):
        with pytest.raises(ValueError, match="n must|seed must"):
            one.sample(n, seed)


def test_what_is_read_is_at_rest_and_says_what_wrote_it(tmp_path):
    small().save(tmp_path / "a.safetensors")
    one = ganbook.load(tmp_path / "a.safetensors", device="cpu")
    assert not one.G.training and not one.D.training
    assert not any(p.requires_grad for p in [*one.G.parameters(), *one.D.parameters()])
    assert one.card["form"] == 1, "another form of the card needs another number"
    assert one.card["versions"] == {
        "ganbook": ganbook.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
    }
    assert ganbook.load(tmp_path / "a.safetensors").sample(1).device.type == ganbook.device().type


def test_the_order_of_a_card_is_no_change_of_it(tmp_path):
    path = tmp_path / "a.safetensors"
    small().save(path)
    tensors, facts = checkpoint.read(path)
    checkpoint.write(path, tensors, {"card": dict(reversed(facts["card"].items()))})
    assert torch.equal(ganbook.load(path, device="cpu").sample(2), small().sample(2, torch.Generator().manual_seed(0)))


@pytest.mark.parametrize(("apart", "fits"), [(0.0005, True), (0.0015, False)])
def test_a_file_is_held_against_the_samples_of_its_game(apart, fits, tmp_path):
    """Rounding is allowed, another way of drawing is not."""

    class Apart(GAN):
        def sample(self, n, rng):
            return super().sample(n, rng) + apart

    path = tmp_path / "a.safetensors"
    if fits:
        small(Apart).save(path)
        assert ganbook.load(path).card["game"] == "Apart"
    else:
        with pytest.raises(ValueError, match="game must sample G.z., got a Apart whose samples G does not give alone"):
            small(Apart).save(path)
    assert path.exists() == fits


def test_drawing_and_walking_leave_the_reader_s_own_generator_alone():
    one, before = kept(normal(2, CPU)), torch.get_rng_state()
    one.sample(3), one.walk(2, frames=2)
    assert torch.equal(torch.get_rng_state(), before)

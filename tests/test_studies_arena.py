"""The arena: who enters, on which terms, and that a race scores what it says."""

import math

import pytest
import torch

import ganbook
from ganbook import data
from ganbook.studies.arena import ADAM, SPECTRAL, Channels, entrants, pixels, plane, race


def test_all_but_wgan_have_one_setting():
    """An entrant with rates of its own would make the comparison one of rates."""
    for name, recipe in entrants().items():
        assert recipe.d_steps == 1 and recipe.batch == ADAM["batch"]
        if name != "WGAN":
            assert (recipe.lr_d, recipe.lr_g, recipe.betas) == (ADAM["lr_d"], ADAM["lr_g"], ADAM["betas"])
            assert recipe.clip is None and recipe.optimizer == "adam"
    assert entrants()["WGAN"].clip == 0.01


def test_penalties_scale_together():
    for one, hundredth in zip(entrants().values(), entrants(0.01).values(), strict=True):
        for penalty, small in zip(one.penalties, hundredth.penalties, strict=True):
            weights = [getattr(p, "gamma", None) or p.weight for p in (penalty, small)]
            assert math.isclose(weights[0], 100 * weights[1])


@pytest.mark.parametrize("name", entrants())
def test_every_entrant_races_on_the_plane_and_on_pixels(name):
    recipe = entrants()[name]
    for real, pair in (
        (data.ring(), lambda: plane(recipe.loss.outputs, name in SPECTRAL, 8)),
        (data.digits(8), lambda: pixels((1, 8, 8), recipe.loss.outputs, name in SPECTRAL, 8)),
    ):
        looks = list(race(pair, real, recipe, (0, 1), 4, 2, 5))
        assert [look.round for look in looks] == [2, 4]
        assert looks[0].samples.shape == (2, 5, *real(1, torch.Generator()).shape[1:])
        assert all(all(look.alive) for look in looks) and 0 < looks[0].seconds < looks[1].seconds


def test_a_race_is_repeatable_and_films_share_z():
    recipe, z = entrants()["hinge"], torch.randn(6, 2, generator=torch.Generator().manual_seed(0))

    def run():
        return list(race(lambda: plane(1, False, 8), data.ring(), recipe, (0, 1), 2, 1, 5, z=z))[-1].samples

    once = run()
    assert once.shape == (2, 6, 2) and torch.equal(once, run()) and not torch.equal(once[0], once[1])


@pytest.fixture
def on_meta(monkeypatch):
    """This process computes on a device that can compute nothing."""
    monkeypatch.setenv("GANBOOK_DEVICE", "meta")
    ganbook.device.cache_clear()
    yield
    ganbook.device.cache_clear()


def test_a_race_is_run_where_the_data_are(on_meta):
    """Not on the device of this process; latents for films are brought there too."""
    for z in (None, torch.zeros(5, 2)):
        (look,) = race(lambda: plane(1, False, 8), data.ring(device="cpu"), entrants()["hinge"], (0, 1), 2, 1, 5, z=z)
        assert look.samples.device.type == "cpu" and look.samples.isfinite().all()


def test_a_lost_run_is_marked_and_the_others_go_on():
    seen = []

    def make():
        G, D = plane(1, False, 8)
        if not seen:
            torch.nn.init.constant_(G[0].weight, float("nan"))
        seen.append(G)
        return G, D

    (look,) = race(make, data.ring(), entrants()["hinge"], (0, 1), 2, 1, 5)
    assert look.alive == [False, True]
    assert (look.samples[0] == 0).all() and (look.samples[1] != 0).any()


def test_channels_are_drawn_apart():
    x = Channels(data.digits(8))(50, torch.Generator().manual_seed(0))
    assert x.shape == (50, 3, 8, 8) and not torch.equal(x[:, 0], x[:, 1])


def test_refusals():
    with pytest.raises(ValueError, match=r"rounds must be a multiple of looks \(3\), got 4"):
        next(race(lambda: plane(1, False), data.ring(), entrants()["hinge"], (0,), 4, 3, 5))

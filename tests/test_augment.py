"""What D sees of few images: closed forms, both players alike, and a training that goes on bit for bit."""

import dataclasses

import pytest
import torch
from games import CPU, images, plain

from ganbook import games as library
from ganbook import models
from ganbook.augment import FEW_IMAGES, Colour, Cutout, Flip, Translate
from ganbook.games import GAN
from ganbook.games.with_d import GameWithD
from ganbook.train import fit, train

ALL = (*FEW_IMAGES, Flip())


def test_each_image_is_moved_by_its_own_whole_pixels():
    x = torch.zeros(400, 1, 8, 8)
    x[:, 0, 4, 4] = 1
    y = Translate(1 / 8, fill=-0.5)(x)
    places = y[:, 0].flatten(1).argmax(1)
    rows, columns = places // 8 - 4, places % 8 - 4
    assert set(rows.tolist()) == set(columns.tolist()) == {-1, 0, 1}
    assert (y == 1).sum() == 400
    for dy in (-1, 1):  # what comes in at an edge
        edge = y[rows == dy][:, 0, 0 if dy == 1 else -1]
        assert (edge == -0.5).all()
    assert torch.equal(Translate(0.0)(x), x)


def test_a_square_is_cut_out_of_each():
    y = Cutout(0.5)(torch.ones(400, 2, 8, 8))
    assert torch.equal(y[:, 0], y[:, 1])
    holes = (y[:, 0] == 0).sum((1, 2))
    assert (
        holes.max() == 16 and holes.min() == 4 and len(holes.unique()) > 3
    )  # a corner of it, where it leaves the image
    assert torch.equal(Cutout(0.0)(y), y)


def test_colour_has_the_papers_moments():
    x = torch.rand(4000, 3, 2, 2) * 2 - 1
    bright = (Colour(1, 0.5, 0)(x).mean((1, 2, 3)) - x.mean((1, 2, 3))).double()
    assert abs(bright.mean()) < 5 * bright.std() / 4000**0.5
    assert abs(bright.std() - 12**-0.5) < 0.01  # U[-1/2, 1/2)
    ratio = (Colour(0, 0.5, 0.5)(x) - x.mean((1, 2, 3), keepdim=True)).mean(1).flatten(1).std(1)
    ratio = ratio / x.mean(1).flatten(1).std(1)
    assert 0.5 <= ratio.min() < 0.51 and 1.49 < ratio.max() < 1.5  # contrast U[1/2, 3/2)
    assert torch.allclose(Colour(0, 0, 0)(x), x.mean(1, keepdim=True).expand(-1, 3, -1, -1), atol=1e-6)


@pytest.mark.parametrize("one", ALL, ids=lambda one: type(one).__name__)
def test_a_gradient_goes_through_and_reaches_every_image(one):
    x = (torch.rand(16, 3, 8, 8) * 2 - 1).requires_grad_()
    one(x).square().sum().backward()
    assert (x.grad.flatten(1).abs().sum(1) > 0).all()


def test_bad_constants_are_named(as_readers):
    for call, message in (
        (lambda: Translate(2), "share must be a number in"),
        (lambda: Cutout(-1), "share must be a number in"),
        (lambda: Translate(fill=1.5), "fill must be a number in"),
        (lambda: Translate(fill=-1.5), "fill must be a number in"),
        (lambda: Colour(contrast=-1), "contrast must be a finite number >= 0"),
        (lambda: plain(augment=Flip()), "augment must be a tuple such as ganbook.augment.FEW_IMAGES"),
        (lambda: plain(augment=(lambda x: x,)), "augment must print alike in every process"),
    ):
        with pytest.raises(ValueError, match=message):
            call()


@dataclasses.dataclass(frozen=True)
class Halved:
    """No randomness: what D sees is half of what there is."""

    def __call__(self, x):
        return x / 2


def test_both_players_look_at_what_is_augmented_and_nobody_else():
    class Watching(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.seen = models.mlp([256, 1], flatten=True), []

        def forward(self, x):
            self.seen.append(float(x.detach().abs().max()))
            return self.body(x)

    G = models.dcgan(16, 1, width=4, z=3)[0]
    D = Watching()
    game = GAN(G, D, plain(augment=(Halved(),)), device=CPU)
    ones = torch.ones(4, 1, 16, 16)
    game.d_loss(ones, -ones, torch.Generator())
    game.g_loss(ones, ones)
    assert D.seen == [0.5, 0.5, 0.5]
    assert torch.equal(game.critic(ones), D.body(ones).squeeze(1))


def test_a_resumed_training_is_the_same_to_the_last_bit(tmp_path):
    def game():
        torch.manual_seed(2)
        return GAN(*models.dcgan(16, 1, width=4, z=3, norm_d=None), plain(augment=ALL), device=CPU)

    whole = fit(train(game(), images, rounds=5)).game
    path = tmp_path / "run"
    fit(train(game(), images, rounds=2, checkpoint=path))
    torch.manual_seed(99)
    parted = fit(train(game(), images, rounds=5, checkpoint=path)).game
    for a, b in zip(whole.parameters(), parted.parameters(), strict=True):
        assert torch.equal(a, b)
    other = GAN(*models.dcgan(16, 1, width=4, z=3, norm_d=None), plain(), device=CPU)
    with pytest.raises(ValueError, match=r"augment: saved \(Colour\(.*, now nothing"):
        train(other, images, rounds=5, checkpoint=path)


def test_no_game_has_another_thing_of_that_name():
    """The growing game had: its real images were shrunk twice, and nothing augmented."""
    kinds = [kind for kind in vars(library).values() if isinstance(kind, type) and issubclass(kind, GameWithD)]
    assert len(kinds) > 5
    assert {kind.shown for kind in kinds} == {GameWithD.shown}


@pytest.mark.parametrize("one", ALL, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("x", [torch.zeros(3, 8, 8), torch.zeros(2, 192), [0.0]], ids=["one image", "flat", "a list"])
def test_what_are_no_images_is_named(one, x, as_readers):
    with pytest.raises((ValueError, TypeError), match="^x must be"):
        one(x)


def test_an_odd_side_is_moved_by_the_nearest_whole_number_of_pixels_each_way():
    """Of side 12 an eighth is 1.5, which is rounded up; the wide side has its own."""
    x = torch.zeros(600, 1, 12, 24)
    x[:, 0, 6, 12] = 1
    places = Translate()(x)[:, 0].flatten(1).argmax(1)
    assert set((places // 24 - 6).tolist()) == set(range(-2, 3))
    assert set((places % 24 - 12).tolist()) == set(range(-3, 4))

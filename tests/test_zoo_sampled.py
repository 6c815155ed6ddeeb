"""How a model of the zoo is sampled: in parts, cut to the range of images, of drawn classes where none is asked."""

import pytest
import torch
from torch import nn

from ganbook import data, zoo
from ganbook.zoo.models import Model


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


class Doubled(nn.Module):
    """2 z, as images or as points; remembers how many rows it was given."""

    z = 4

    def __init__(self, shape):
        super().__init__()
        self.shape, self.seen, self.weight = shape, [], nn.Parameter(torch.tensor(2.0))

    def forward(self, z, *labels):
        self.seen.append((len(z), self.training, *labels))
        return (self.weight * z).view(-1, *self.shape)


def test_a_model_is_sampled_five_hundred_at_a_time_and_images_are_cut():
    z = data.normal(4, "cpu")(1_100, rng(6))
    images, points = (Model("toy", Doubled(shape), None, {}) for shape in ((1, 2, 2), (4,)))
    assert torch.equal(images.sample(1_100, seed=6), (2 * z).clamp(-1, 1).view(-1, 1, 2, 2))
    assert [n for n, _ in images.G.seen] == [500, 500, 100] and not any(training for _, training in images.G.seen)
    assert torch.equal(points.sample(1_100, seed=6), 2 * z) and images.G.training
    assert torch.equal(points.sample(3), 2 * data.normal(4, "cpu")(3, rng(0)))


def test_a_class_that_is_not_asked_for_is_drawn():
    model = Model("toy", Doubled((4,)), None, {})
    model.G.classes = 3
    model.sample(600, seed=6)
    own = rng(6)
    data.normal(4, "cpu")(600, own)
    y = torch.cat([labels for _, _, labels in model.G.seen])
    assert (
        torch.equal(y, torch.randint(3, (600,), generator=own))
        and torch.bincount(y).tolist() == [pytest.approx(200, abs=40)] * 3
    )


def test_classes_are_taken_only_where_they_are_told_and_one_for_each(as_readers):
    plain, told = Model("toy", Doubled((4,)), None, {}), Model("toy", Doubled((4,)), None, {})
    told.G.classes = 3
    with pytest.raises(ValueError, match="y must be None, since toy is told no class"):
        plain.sample(2, y=torch.tensor([0, 1]))
    with pytest.raises(ValueError, match="y must hold one label for each of the 2 samples, got 3"):
        told.sample(2, y=torch.tensor([0, 1, 2]))
    told.sample(3, y=torch.tensor([2, 0, 1]))
    assert told.G.seen[-1][2].tolist() == [2, 0, 1]


def test_a_model_is_loaded_at_rest_where_it_is_asked_for_and_moves_no_generator():
    before = torch.get_rng_state()
    model = zoo.load("mlp-digits", device="cpu")
    assert torch.equal(torch.get_rng_state(), before)
    for net in (model.G, model.D):
        assert not any(module.training for module in net.modules())
        assert not any(p.requires_grad or p.device.type != "cpu" for p in net.parameters())
    with pytest.raises(ValueError, match="^device must be"):
        zoo.load("mlp-digits", device="gpu")

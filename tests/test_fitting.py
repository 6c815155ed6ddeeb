"""Networks that contradict the loss, the recipe or the data are told of before round 1; those of the book are not."""

import dataclasses
import math
import warnings

import pytest
import torch
from games import CPU, images, points
from torch import nn
from torch.nn import functional as F

from ganbook import features, models, recipes
from ganbook.data import digits
from ganbook.games import GAN, fitting
from ganbook.losses.base import check_width
from ganbook.models import dcgan, mlp
from ganbook.train import fit, train

R = dataclasses.replace


def begin(G, D, recipe, real=images):
    return train(GAN(G, D, R(recipe, batch=4) if recipe.batch > 1 else recipe, device=CPU), real, rounds=1)


@pytest.mark.parametrize("name", ["WGAN_GP", "DRAGAN", "R3GAN"])
def test_a_penalty_on_a_critic_with_batch_norm(name):
    with pytest.warns(UserWarning, match=r"D has batch norm and the recipe a penalty on its gradient .*norm_d=.layer"):
        begin(*dcgan(16, 1, width=4), getattr(recipes, name))
    begin(*dcgan(16, 1, width=4, norm_d="layer"), getattr(recipes, name))


def test_the_recipe_of_spectral_norm_without_it():
    with pytest.warns(UserWarning, match="counts on spectral normalisation in D, which has none"):
        begin(*dcgan(16, 1, width=4, norm_d=None), recipes.SNGAN_HINGE)
    begin(*dcgan(16, 1, width=4, norm_d="spectral"), recipes.SNGAN_HINGE)
    old = nn.Sequential(nn.Flatten(), torch.nn.utils.parametrizations.spectral_norm(nn.Linear(256, 1)))
    begin(dcgan(16, 1, width=4)[0], old, recipes.SNGAN_HINGE)
    with pytest.raises(ValueError, match="norm_d must be one of None, 'spectral', got 'batch'"):
        R(recipes.DCGAN, norm_d="batch")


@pytest.mark.parametrize(
    ("end", "word"),
    [
        (nn.Sigmoid(), "sigmoid"),
        (nn.Sequential(nn.Tanh(), nn.Flatten(0), nn.Unflatten(0, (-1, 1))), "tanh"),
        (nn.Softplus(), "softplus"),
        (nn.LogSigmoid(), "logsigmoid"),
    ],
)
def test_a_discriminator_that_squashes(end, word):
    G, D = dcgan(16, 1, width=4)
    with pytest.warns(UserWarning, match=f"D ends in {word}, and the losses take its raw outputs"):
        begin(G, nn.Sequential(D, end), recipes.DCGAN)


class Functional(nn.Module):
    """Its last activation is no layer."""

    def __init__(self, body, end):
        super().__init__()
        self.body, self.end = body, end

    def forward(self, x):
        return self.end(self.body(x))


@pytest.mark.parametrize(
    ("end", "word"),
    [
        (torch.sigmoid, "sigmoid"),
        (F.sigmoid, "sigmoid"),
        (lambda out: out.sigmoid(), "sigmoid"),
        (lambda out: out.sigmoid_(), "sigmoid"),
        (lambda out: out.sigmoid().view(-1).unsqueeze(1), "sigmoid"),
        (lambda out: out.sigmoid().squeeze(1)[:, None], "sigmoid"),
        (lambda out: out.sigmoid().mean(1, keepdim=True), "sigmoid"),
        (lambda out: torch.stack(out.sigmoid().unbind()), "sigmoid"),
        (lambda out: torch.cat((out, -out), 1).softmax(1)[:, :1], "softmax"),
        (lambda out: out.tanh().double().float(), "tanh"),
    ],
)
def test_a_discriminator_that_squashes_in_its_forward(end, word):
    with pytest.warns(UserWarning, match=f"D ends in {word}, and the losses take its raw outputs"):
        begin(mlp([3, 4, 2]), Functional(mlp([2, 4, 1]), end), recipes.MLP_GAN, points)


@pytest.mark.parametrize(
    "end",
    [
        nn.Linear(1, 1),
        lambda out: out.sigmoid() + out,
        lambda out: torch.stack((out, out.sigmoid())).mean(0),
        lambda out: out.sigmoid().logit(),
    ],
)
def test_a_sigmoid_within_a_discriminator_is_its_own_affair(end):
    hidden = Functional(mlp([2, 4, 1]), torch.sigmoid) if isinstance(end, nn.Linear) else mlp([2, 4, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        begin(mlp([3, 4, 2]), Functional(hidden, end), recipes.MLP_GAN, points)


def test_a_generator_that_ends_in_its_forward():
    D = dcgan(16, 1, width=4)[1]

    def squashed(by):
        return Functional(mlp([3, 4, 256]), lambda out: by(out).view(-1, 1, 16, 16))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        begin(squashed(torch.tanh), D, recipes.DCGAN)
    with pytest.warns(UserWarning, match="G ends in sigmoid, between 0 and 1, and real reaches -"):
        begin(squashed(torch.sigmoid), D, recipes.DCGAN)


def test_a_generator_that_does_not_reach_the_data():
    D = dcgan(16, 1, width=4)[1]
    for end, words in ((nn.Sigmoid(), "sigmoid, between 0 and 1"), (nn.ReLU(), "relu, between 0 and inf")):
        with pytest.warns(UserWarning, match=f"G ends in {words}, and real reaches -"):
            begin(mlp([3, 4, 256], out=end, shape=(1, 16, 16)), D, recipes.DCGAN)
    with pytest.warns(UserWarning, match="G ends in tanh, between -1 and 1, and real reaches"):
        begin(mlp([3, 4, 2], out=nn.Tanh()), mlp([2, 4, 1]), recipes.MLP_GAN, lambda n, rng: 3 * points(n, rng))
    wild = mlp([3, 4, 256], shape=(1, 16, 16))
    nn.init.constant_(wild[-2].bias, 2.0)
    with pytest.warns(UserWarning, match=r"G makes images up to \d\.\d+, and images lie in"):
        begin(wild, D, recipes.DCGAN)


def test_a_batch_of_one_with_batch_norm():
    nets = mlp([3, 4, 2]), mlp([2, 4, 1], norm="batch")
    with pytest.raises(
        ValueError, match="recipe.batch must be at least 2, since D has batch norm .BatchNorm1d., got 1"
    ):
        begin(*nets, R(recipes.MLP_GAN, batch=1), points)
    fit(begin(mlp([3, 4, 2]), mlp([2, 4, 1]), R(recipes.MLP_GAN, batch=1), points))


def test_a_discriminator_that_changes_its_input():
    D = nn.Sequential(nn.ReLU(inplace=True), mlp([2, 4, 1]))
    with pytest.raises(ValueError, match="D must leave its input as it is"):
        begin(mlp([3, 4, 2]), D, recipes.MLP_GAN, points)
    assert not D._forward_hooks and not D._forward_pre_hooks


def test_the_books_own_pairs_are_taken_without_a_word():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for recipe in (recipes.DCGAN, recipes.LSGAN, recipes.WGAN, recipes.REALNESS, recipes.RELATIVISTIC_AVERAGE):
            begin(*dcgan(16, 1, width=4, outputs=recipe.loss.outputs), recipe)
        begin(*models.pooled(16, 1, width=4, outputs=1), recipes.R3GAN)


# --- what a refusal says to do


def refused(G, D, recipe=recipes.DCGAN, real=images):
    with pytest.raises(ValueError, match="must") as error:
        begin(G, D, recipe, real)
    return str(error.value)


def pixels(channels, size):
    return lambda n, rng: 2 * torch.rand(n, channels, size, size, generator=rng) - 1


def test_outputs_that_do_not_fit_the_loss():
    wide = "take outputs=recipe.loss.outputs, models.mlp as its last width"
    assert refused(*dcgan(16, 1, width=4), recipes.REALNESS).endswith(f"(4, 1): models.dcgan and models.pooled {wide}")
    assert wide in refused(*dcgan(16, 1, width=4, outputs=2))
    for shape, remedy in (((4,), r"out.view\(-1, 1\)"), ((4, 1, 16, 1), r"nn.Flatten\(\) before D's nn.Linear")):
        with pytest.raises(ValueError, match=f"real must be raw outputs of D of shape .n, 1., got .*{remedy}"):
            check_width("real", torch.zeros(shape), 1)


@pytest.mark.parametrize(
    ("D", "remedy"),
    [
        (mlp([256, 4, 1]), "models.mlp([256, ...], flatten=True) has both"),
        (mlp([144, 4, 1], flatten=True), "Its first nn.Linear takes 144 numbers, and a sample has 256"),
        (dcgan(16, 3, width=4)[1], "Its first layer takes 3 channels: models.dcgan(channels=1) takes such images"),
        (dcgan(32, 1, width=4)[1], "made for images of another size: models.dcgan(size=16) takes such images"),
        (dcgan(64, 1, width=4)[1], "models.dcgan(size=16)"),
    ],
)
def test_a_discriminator_that_refuses_the_images(D, remedy):
    assert remedy in refused(dcgan(16, 1, width=4)[0], D)


@pytest.mark.parametrize(
    ("nets", "real", "remedy"),
    [
        (dcgan(16, 1, width=4), pixels(3, 16), "dcgan(channels=3) makes such images, data.folder(path, channels=1)"),
        (dcgan(16, 1, width=4), pixels(1, 32), "dcgan(size=32) makes such images, data.folder(path, size=16)"),
        (dcgan(16, 3, width=4), pixels(1, 28), "models.dcgan(size=28, channels=1)"),
        ((mlp([3, 4, 256]), mlp([256, 1])), images, "models.mlp([..., 256], shape=(1, 16, 16)) makes images"),
        (dcgan(16, 1, width=4), points, "models.mlp([..., 2]) makes such points"),
    ],
)
def test_a_generator_of_another_shape(nets, real, remedy):
    assert remedy in refused(*nets, real=real)


def test_a_discriminator_that_fails_for_reasons_of_its_own():
    def broken(out):
        raise RuntimeError("no such thing")

    G, D = dcgan(16, 1, width=4)
    assert refused(G, Functional(D, broken)).endswith("no such thing")


# --- the range of the data


def zero_to_one(n, rng):
    return torch.rand(n, 1, 16, 16, generator=rng)


def test_images_from_zero_to_one_are_noticed():
    with pytest.warns(UserWarning, match=r"real holds images from .* nothing below 0.*2 \* x - 1 brings them there"):
        begin(*dcgan(16, 1, width=4), recipes.DCGAN, zero_to_one)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        (lambda x: (x - 0.45) / 0.22, r"x \* deviation \+ mean undoes that"),
        (lambda x: x * 255, r"for pixels in 0..255: x / 127.5 - 1"),
        (lambda x: x * 65535, r"for pixels in 0..65535: x / 32767.5 - 1"),
    ],
)
def test_what_is_out_of_range_is_told_its_remedy(change, remedy):
    with pytest.raises(ValueError, match=rf"real must return images in \[-1, 1\], got values from .*{remedy}"):
        begin(*dcgan(16, 1, width=4), recipes.DCGAN, lambda n, rng: change(zero_to_one(n, rng)))


def test_scores_notice_the_range():
    net, x = features.load("digits", device="cpu"), digits(split="test", device="cpu").x[:40]
    with pytest.warns(UserWarning, match="fake holds images from 0 to 1, nothing below 0"):
        features.book_frechet_distance(net, x, (x + 1) / 2)
    with pytest.raises(ValueError, match=r"fake must hold images in .* \(for pixels in 0..255: x / 127.5 - 1\)"):
        features.pixel_frechet_distance(x, (x + 1) * 127.5)


@pytest.mark.parametrize("name", fitting.RANGES)
def test_a_range_is_what_the_operation_reaches_and_no_more(name):
    x = torch.tensor([[-1e30, -3.0, 0.0, 3.0, 1e30]], dtype=torch.float64, requires_grad=True)
    words = {"Relu": "relu", "Softmax": "softmax", "LogSoftmax": "log_softmax", "LogSigmoid": "logsigmoid"}
    function = getattr(F, words.get(name, name.lower()))
    out = function(x, dim=1) if "Softmax" in name else function(x)
    low, high = fitting.RANGES[name]
    found = [float(end) for end in out.detach().aminmax()]
    assert fitting.last(out) == name
    assert [round(end, 6) if abs(end) < 1e29 else math.copysign(math.inf, end) for end in found] == [low, high]

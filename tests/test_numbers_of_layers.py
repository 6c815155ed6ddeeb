"""Layers of chapters 12 to 19 against NumPy and SciPy in float64, written from the papers' equations."""

import math

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from scipy.signal import correlate2d
from torch import nn

from ganbook import models
from ganbook.augment import Colour, Cutout, Translate
from ganbook.games.game import Average
from ganbook.models.orthogonal import orthogonal_penalty
from ganbook.models.tangents import angles


def drawn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def plain(x):
    return x.detach().double().numpy()


def equal(ours, wanted, within=1e-11):
    np.testing.assert_allclose(plain(ours), wanted, rtol=within, atol=within * max(1.0, np.abs(wanted).max()))


def convolved(x, w, bias=None, padding=1):
    """Each output map is the sum of the input's maps, each slid under a kernel."""
    wide = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    maps = [[sum(map(lambda a, b: correlate2d(a, b, "valid"), image, kernel)) for kernel in w] for image in wide]
    return np.array(maps) + (0 if bias is None else bias[None, :, None, None])


SETS = {
    "plain": drawn(8, 6),
    "1e-8": 1e-8 * drawn(8, 6),
    "1e8": 1e8 * drawn(8, 6),
    "equal rows": drawn(1, 6).repeat(8, 1),
    "outlier": torch.cat([drawn(7, 6), 1e6 * drawn(1, 6)]),
    "offset": drawn(8, 6) + 1e4,
}
TYPES = {torch.float64: 1e-12, torch.float32: 1e-6, torch.bfloat16: 2e-2}


@pytest.mark.parametrize("kind", SETS)
def test_pixel_norm_and_the_spread_of_a_batch(kind):
    for dtype, within in TYPES.items():
        x = SETS[kind].to(dtype)
        a = plain(x)
        equal(models.PixelNorm()(x), a / np.sqrt((a**2).mean(1, keepdims=True) + 1e-8), within)
        found = models.MinibatchStd(4)(x)
        for rows in (slice(0, 4), slice(4, 8)):
            spread = np.sqrt(((a[rows] - a[rows].mean(0)) ** 2).mean(0) + 1e-8).mean()
            assert plain(found)[rows, -1] == pytest.approx(spread, rel=within)


def test_equalised_layers():
    linear, conv = models.EqualisedLinear(6, 5).double(), models.EqualisedConv2d(3, 4, 3).double()
    nn.init.normal_(linear.bias), nn.init.normal_(conv.bias)
    x, image = drawn(8, 6), drawn(2, 3, 5, 5)
    equal(linear(x), plain(x) @ (plain(linear.weight) * math.sqrt(2 / 6)).T + plain(linear.bias))
    equal(conv(image), convolved(plain(image), plain(conv.weight) * math.sqrt(2 / 27), plain(conv.bias)))


def test_conditional_batch_norm_with_its_running_statistics():
    norm = models.ConditionalBatchNorm2d(3, 2).double()
    nn.init.normal_(norm.gain.weight), nn.init.normal_(norm.shift.weight)
    mean, variance = np.zeros(3), np.ones(3)

    def told(x, c, mean, variance):
        gain, shift = (c @ plain(layer.weight).T for layer in (norm.gain, norm.shift))
        centred = (x - mean[:, None, None]) / np.sqrt(variance + 1e-5)[:, None, None]
        return (1 + gain)[:, :, None, None] * centred + shift[:, :, None, None]

    for seed in range(3):
        x, c = 2 + 3 * drawn(5, 3, 4, 4, seed=seed), drawn(5, 2, seed=seed + 9)
        a = plain(x)
        own, spread = a.mean((0, 2, 3)), a.var((0, 2, 3))
        mean, variance = 0.9 * mean + 0.1 * own, 0.9 * variance + 0.1 * spread * 80 / 79
        equal(norm(x, c), told(a, plain(c), own, spread))
    x, c = drawn(1, 3, 2, 2, seed=5), drawn(1, 2, seed=6)  # of one sample
    equal(norm.eval()(x, c), told(plain(x), plain(c), mean, variance))


def test_the_projection_and_its_class_bias():
    D = models.ConditionalD(4, width=4, class_bias=True).double()
    nn.init.normal_(D.bias)
    x, y = drawn(6, 3, 16, 16), torch.tensor([0, 1, 3, 3, 3, 3])  # none of class 2, one of class 0
    phi, e = plain(D.features(x, y)), plain(D.embed.weight)
    score = (phi @ plain(D.psi.weight).T + plain(D.psi.bias))[:, 0]
    equal(D(x, y)[:, 0], score + (e[y] * phi).sum(1) + plain(D.bias)[y])


def test_a_bottleneck_of_two_groups():
    block = models.Bottleneck(8, group=8).double()
    nn.init.normal_(block.branch[4].weight), nn.init.normal_(block.branch[1].bias)
    x, b = drawn(2, 8, 4, 4), block.branch

    def active(h, bias):
        h = h + plain(bias)
        return np.where(h > 0, h, 0.2 * h)

    h = active(convolved(plain(x), plain(b[0].weight), padding=0), b[1].bias)
    h = np.concatenate([convolved(h[:, k : k + 8], plain(b[2].weight)[k : k + 8]) for k in (0, 8)], 1)
    h = active(h, b[3].bias)
    equal(block(x), plain(x) + convolved(h, plain(b[4].weight), padding=0))


def test_three_scores_and_an_encoder_that_draws():
    def linear(i, o):
        return nn.Linear(i, o).double()

    def affine(layer, x):
        return x @ plain(layer.weight).T + plain(layer.bias)

    D = models.Scores(linear(3, 4), linear(2, 5), linear(9, 6), linear(4, 1), linear(5, 1), linear(6, 1))
    E, x, z = models.Stochastic(linear(3, 4)), drawn(7, 3), drawn(7, 2, seed=1)
    f, h = affine(D.F, plain(x)), affine(D.H, plain(z))
    both = affine(D.of_xz, affine(D.J, np.concatenate([f, h], 1)))
    equal(D(x, z), np.concatenate([affine(D.of_x, f), affine(D.of_z, h), both], 1))
    mu, s = np.split(affine(E.body, plain(x)), 2, 1)
    eps = torch.randn(7, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    equal(E.draw(x, torch.Generator().manual_seed(3)), mu + np.log1p(np.exp(s)) * plain(eps))


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e6])
def test_the_orthogonal_penalty_of_each_kind_of_kernel(scale):
    network = nn.Sequential(nn.Linear(3, 4), nn.Conv2d(2, 3, 3), nn.ConvTranspose2d(3, 5, 2), nn.Embedding(4, 4))
    wanted = 0.0
    for layer in network.double()[:3]:
        layer.weight.data.mul_(scale)
        w = plain(layer.weight)
        w = w.swapaxes(0, 1) if isinstance(layer, nn.ConvTranspose2d) else w
        w = w.reshape(len(w), -1)
        wanted += ((w @ w.T * (1 - np.eye(len(w)))) ** 2).sum()
    assert float(orthogonal_penalty(network, 0.3).detach()) == pytest.approx(0.3 * wanted, rel=1e-12, abs=0)


def test_an_average_of_weights_beside_copied_statistics():
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).double()
    average, wanted, d = Average(network, 20.0, 5), None, 0.5**0.25
    for seed in range(6):
        network(drawn(7, 3, seed=seed))
        with torch.no_grad():
            for p in network.parameters():
                p.add_(drawn(*p.shape, seed=seed + 50))
        average.update_parameters(network)
        now = [plain(p).copy() for p in network.parameters()]
        wanted = now if wanted is None else [d * a + (1 - d) * b for a, b in zip(wanted, now, strict=True)]
    for p, value in zip(average.module.parameters(), wanted, strict=True):
        equal(p, value)
    for ours, theirs in zip(average.module.buffers(), network.buffers(), strict=True):
        assert torch.equal(ours, theirs)


def test_standing_statistics_of_batches_of_different_sizes():
    network = nn.Sequential(nn.Linear(3, 2), nn.BatchNorm1d(2)).double()
    batches = [(drawn(n, 3, seed=n),) for n in (2, 5, 9)]
    seen = [plain(network[0](x)) for (x,) in batches]
    models.standing(network, batches)
    equal(network[1].running_mean, np.mean([x.mean(0) for x in seen], 0))
    equal(network[1].running_var, np.mean([x.var(0, ddof=1) for x in seen], 0))


@pytest.mark.parametrize("kind", ["plain", "scales", "near", "equal"])
def test_angles_are_scipys(kind):
    A, B = drawn(1, 8, 3), drawn(1, 8, 2, seed=1)
    A, B = {
        "plain": (A, B),
        "scales": (1e-8 * A, 1e8 * B),
        "near": (A, A[:, :, :2] + 1e-7 * B),
        "equal": (A[:, :, :2], A[:, :, :2]),
    }[kind]
    wanted = np.sort(np.rad2deg(subspace_angles(A[0].numpy(), B[0].numpy())))
    np.testing.assert_allclose(angles(A, B)[0].numpy(), wanted, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("bad", [drawn(1, 8, 1).repeat(1, 1, 2), torch.zeros(1, 8, 1)])
def test_angles_of_bases_that_span_less_than_they_are_are_refused(bad, as_readers):
    """QR fills the missing direction with any: 65 and 88 degrees where SciPy has 80."""
    with pytest.raises(ValueError, match="A must have independent columns, got matrix 0 of rank"):
        angles(bad, drawn(1, 8, 1, seed=1))


# --- DiffAugment as its authors wrote it, with the same draws


def test_colours_and_shifts():
    x = drawn(50, 3, 16, 16)
    torch.manual_seed(7)
    found = Colour()(x)
    torch.manual_seed(7)
    b, s, c = (torch.empty(50, 1, 1, 1).uniform_(0, 1).double().numpy() for _ in range(3))
    a = plain(x) + b - 0.5
    a = (a - a.mean(1, keepdims=True)) * 2 * s + a.mean(1, keepdims=True)
    a = (a - a.mean((1, 2, 3), keepdims=True)) * (c + 0.5) + a.mean((1, 2, 3), keepdims=True)
    equal(found, a, 1e-6)
    torch.manual_seed(7)
    found = Translate()(x)
    torch.manual_seed(7)
    down, right = (torch.randint(-2, 3, (50,)) for _ in range(2))
    wide = np.pad(plain(x), ((0, 0), (0, 0), (2, 2), (2, 2)))
    for k in range(50):
        i, j = 2 + int(down[k]), 2 + int(right[k])
        assert np.array_equal(plain(found)[k], wide[k, :, i : i + 16, j : j + 16])


@pytest.mark.parametrize("side", [16, 28, 32])
def test_the_square_of_a_cutout(side):
    """Its middle is anywhere from 0 to the side, and pixels beyond the border fall on it: the law of the rows cut."""
    torch.manual_seed(0)
    rows = (Cutout()(torch.ones(20_000, 1, side, side))[:, 0] == 0).any(2).sum(1)
    cut = int(side / 2 + 0.5)
    reach = [np.clip(np.arange(cut) + middle - cut // 2, 0, side - 1) for middle in range(side + 1 - cut % 2)]
    law = np.bincount([len(set(r.tolist())) for r in reach], minlength=side + 1) / len(reach)
    np.testing.assert_allclose(rows.bincount(minlength=side + 1) / 20_000, law, atol=0.02)

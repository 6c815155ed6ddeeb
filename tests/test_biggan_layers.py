"""Attention, conditional batch norm, projection, orthogonal weights, spectral estimates: each against its formula."""

import math

import pytest
import torch
from torch import nn
from torch.nn.functional import max_pool2d
from torch.testing import assert_close

from ganbook import data, features
from ganbook.models import ConditionalBatchNorm2d, ConditionalD, ConditionalG, SelfAttention, biggan
from ganbook.models.blocks import DownBlock, UpBlock
from ganbook.models.orthogonal import beside_diagonal, orthogonal_init, orthogonal_penalty
from ganbook.studies import class_prior, conditional, spectral
from ganbook.studies.thumbnails import thumbnail_precision_recall


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def seeded(make, *given, **more):
    torch.manual_seed(0)
    return make(*given, **more)


# --- attention


@pytest.mark.parametrize("pooled", [True, False])
def test_attention_position_by_position(pooled):
    layer = seeded(SelfAttention, 8, pooled=pooled).double()
    layer.gate.data.fill_(0.7)
    x = noise(2, 8, 4, 6).double()
    smaller = (lambda m: max_pool2d(m, 2)) if pooled else (lambda m: m)
    keys, values = smaller(layer.phi(x)).flatten(2), smaller(layer.g(x)).flatten(2)
    wanted = x.clone()
    for n in range(2):
        for i in range(4):
            for j in range(6):
                weights = (layer.theta(x)[n, :, i, j] @ keys[n]).softmax(0)
                wanted[n, :, i, j] += 0.7 * layer.o.weight[:, :, 0, 0] @ (values[n] @ weights)
    assert_close(layer(x), wanted)
    assert_close(layer.weights(x).sum(2), torch.ones(2, 24).double())


def test_attention_is_nothing_at_first_and_only_the_gate_has_a_gradient():
    layer, x = seeded(SelfAttention, 16), noise(2, 16, 4, 4)
    assert torch.equal(layer(x), x)
    layer(x).square().sum().backward()
    moved = {name for name, p in layer.named_parameters() if p.grad is not None and p.grad.any()}
    assert moved == {"gate"}


def test_attention_without_pooling_does_not_care_about_places():
    layer = seeded(SelfAttention, 8, pooled=False).double()
    layer.gate.data.fill_(1.0)
    x, order = noise(1, 8, 3, 3).double(), torch.randperm(9, generator=torch.Generator().manual_seed(0))
    moved = x.flatten(2)[:, :, order].unflatten(2, (3, 3))
    assert_close(layer(moved).flatten(2), layer(x).flatten(2)[:, :, order])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SelfAttention(12), "channels must be a multiple of 8, .* got 12"),
        (lambda: SelfAttention(0), "channels must be a whole number >= 1, got 0"),
        (lambda: SelfAttention(8)(noise(1, 8, 7, 7)), "x must have maps of even sides, .* got 7 x 7"),
        (lambda: SelfAttention(8)(noise(1, 16, 4, 4)), "x must be maps of shape .n, 8, h, w."),
        (lambda: biggan(4, width=2, attention=True), "channels must be a multiple of 8"),
        (lambda: biggan(4, size=20), "size must be one of 16, 28, 32, 64, 128, got 20"),
        (lambda: biggan(4, channels=2), "channels must be one of 1, 3, got 2"),
        (lambda: biggan(0), "classes must be a whole number >= 1, got 0"),
        (lambda: biggan(4, z=2), "z must be a whole number >= 3, got 2"),
        (lambda: biggan(4, label="told"), "label must be one of 'projection', 'concatenation', None, got 'told'"),
        (lambda: biggan(4, init="xavier"), "init must be one of orthogonal, normal, got 'xavier'"),
        (lambda: biggan(4)[0](noise(2, 32), torch.tensor([0, 4])), "labels from 0 to 3, got 4 in row 1"),
        (lambda: biggan(4)[0](noise(2, 31), torch.tensor([0, 1])), r"z must be \(2, 32\), .* got \(2, 31\)"),
        (lambda: biggan(4)[1](noise(2, 3, 16, 16), torch.tensor([0, -1])), "labels from 0 to 3, got -1 in row 1"),
        (lambda: ConditionalBatchNorm2d(2, 3)(noise(2, 2, 4, 4), noise(2, 4)), r"c must be \(n, 3\), .* got \(2, 4\)"),
        (lambda: orthogonal_init(biggan(4)[1]), "network must be drawn before its weights are normalised"),
        (lambda: orthogonal_init(nn.Linear(2, 2), 0), "gain must be a finite number > 0, got 0"),
        (lambda: orthogonal_penalty(nn.ReLU()), "network must have a linear layer or a convolution"),
        (lambda: orthogonal_penalty(nn.Linear(2, 2), -1), "strength must be a finite number >= 0, got -1"),
        (lambda: spectral.layers(nn.Linear(2, 2)), "network must have a layer with spectral norm"),
        (lambda: spectral.estimates(noise(3), 1), "W must be a matrix"),
        (lambda: spectral.convolution_sigma(noise(1, 64, 3, 3), 16), "at most 4096 columns .* got 16384"),
        (lambda: class_prior.best(1.0, True), r"rare must be a number in \(0, 1\), got 1.0"),
    ],
)
def test_what_is_refused(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()


# --- conditional batch norm, G and D


def test_conditional_batch_norm_written_out():
    norm = ConditionalBatchNorm2d(3, 2).double()
    nn.init.normal_(norm.gain.weight), nn.init.normal_(norm.shift.weight)
    x, c = noise(5, 3, 4, 4).double(), noise(5, 2).double()
    mean, var = x.mean((0, 2, 3), keepdim=True), x.var((0, 2, 3), unbiased=False, keepdim=True)
    plain = (x - mean) / (var + 1e-5).sqrt()
    gain, shift = 1 + c @ norm.gain.weight.T, c @ norm.shift.weight.T
    assert_close(norm(x, c), gain[:, :, None, None] * plain + shift[:, :, None, None])


def test_a_shared_embedding_is_cheaper_than_a_table_for_each_layer():
    shared, tables = ConditionalG(1_000, embedding=128), ConditionalG(1_000, embedding=None)
    count = [sum(p.numel() for p in G.parameters()) for G in (shared, tables)]
    channels = 64 + 32 + 32 + 16
    assert count[1] - count[0] == 2 * channels * (1_000 - 128) - 1_000 * 128


def test_skip_z_hands_every_block_its_own_part():
    G = seeded(ConditionalG, 4, z=32)
    assert G.split == [11, 11, 10] and [block.first.given for block in G.blocks] == [19, 18]
    plain = ConditionalG(4, z=32, skip_z=False)
    assert plain.split == [32] and [block.first.given for block in plain.blocks] == [8, 8]
    untold = ConditionalG(4, z=32, skip_z=False, conditional=False)
    assert untold.start[0].in_features == 40 and isinstance(untold.blocks[0].first, nn.BatchNorm2d)


@pytest.mark.parametrize("size", [16, 28, 32])
@pytest.mark.parametrize("label", ["projection", "concatenation", None])
def test_the_pair_at_every_size(size, label):
    G, D = biggan(3, size, 1, z=6, width=8, width_d=8, label=label, attention=True)
    y = torch.tensor([0, 2])
    x = G(noise(2, 6), y)
    assert x.shape == (2, 1, size, size) and D(x, y).shape == (2, 1)


def test_without_a_label_d_does_not_hear_of_it():
    x, y, other = noise(4, 3, 16, 16), torch.zeros(4).long(), torch.ones(4).long()
    for label, alike in ((None, True), ("projection", False), ("concatenation", False)):
        D = seeded(biggan, 2, label=label)[1].eval()
        assert torch.equal(D(x, y), D(x, other)) == alike
    D = ConditionalD(2, class_bias=True)
    D.bias.data = torch.tensor([1.0, 3.0])
    D.embed.weight.data.zero_()
    assert_close(D(x, other) - D(x, y), torch.full((4, 1), 2.0))


def test_the_projection_is_the_log_ratio_of_softmax_models_that_share_phi():
    """log p(y|x) / q(y|x) + log p(x) / q(x), with p(y|x), q(y|x) softmax of linear maps of phi: v_y phi + psi(phi)."""
    phi, U, W = noise(20, 5).double(), noise(5, 3, seed=1).double(), noise(5, 3, seed=2).double()
    for y in range(3):
        ratio = (phi @ U).log_softmax(1)[:, y] - (phi @ W).log_softmax(1)[:, y]
        psi = (phi @ W).logsumexp(1) - (phi @ U).logsumexp(1)
        assert_close(ratio, phi @ (U - W)[:, y] + psi)


def test_a_halving_kernel_can_be_a_small_one_with_means_behind_it():
    block, small = DownBlock(2, 2, raw=True).double(), noise(2, 2, 3, 3).double()
    kernel = torch.zeros(2, 2, 4, 4).double()
    for i in (0, 1):
        for j in (0, 1):
            kernel[:, :, i : i + 3, j : j + 3] += small / 4
    h = noise(1, 2, 8, 8).double()
    wanted = nn.functional.avg_pool2d(nn.functional.conv2d(h, small, padding=1), 2)
    assert_close(nn.functional.conv2d(h, kernel, None, block.halve.stride, block.halve.padding), wanted)


@pytest.mark.parametrize("raw", [True, False])
def test_a_block_that_halves_rectifies_all_but_the_picture(raw):
    """ReLU, 3x3, ReLU, 4x4, written out; what goes by is not rectified."""
    block, x = DownBlock(2, 3, raw=raw).double(), noise(4, 2, 8, 8).double()
    with torch.no_grad():
        h = block.widen(x if raw else x.clamp(min=0)).clamp(min=0)
        assert_close(block(x), block.halve(h) + block.beside(nn.functional.avg_pool2d(x, 2)))


@pytest.mark.parametrize("given", [0, 3])
def test_a_block_that_doubles_rectifies_what_it_has_normalised(given):
    block, x, c = UpBlock(2, 3, given).double().eval(), noise(4, 2, 4, 4).double(), noise(4, 3, seed=1).double()
    with torch.no_grad():
        twice = block.first(x, c).clamp(min=0).repeat_interleave(2, 2).repeat_interleave(2, 3)
        h = block.again(block.second(block.widen(twice), c).clamp(min=0))
        assert_close(block(x, c), h + block.beside(x).repeat_interleave(2, 2).repeat_interleave(2, 3))


# --- orthogonal weights


def test_orthogonal_weights_and_what_stays_zero():
    G = orthogonal_init(ConditionalG(4))
    for name, layer in G.named_modules():
        if isinstance(layer, (nn.Linear, nn.Conv2d)):
            s = torch.linalg.svdvals(layer.weight.detach().flatten(1))
            wanted = torch.zeros_like(s) if name.endswith((".gain", ".shift")) else torch.ones_like(s)
            assert_close(s, wanted, atol=1e-5, rtol=0)


@pytest.mark.parametrize("shape", [(4, 7), (7, 4), (5, 5)])
def test_the_penalty_is_the_sum_of_products_and_its_gradient_has_a_factor_of_4(shape):
    W = noise(*shape).double().requires_grad_()
    products = sum(float(a @ b) ** 2 for i, a in enumerate(W.detach()) for j, b in enumerate(W.detach()) if i != j)
    assert_close(float(beside_diagonal(W.detach())), products)
    (gradient,) = torch.autograd.grad(beside_diagonal(W), W)
    with torch.no_grad():
        beside = W @ W.T * (1 - torch.eye(len(W)))
        assert_close(gradient, 4 * beside @ W)
        step, h = noise(*shape, seed=1).double(), 1e-5
        slope = (beside_diagonal(W + h * step) - beside_diagonal(W - h * step)) / (2 * h)
    assert_close((gradient * step).sum(), slope, rtol=1e-6, atol=1e-6)
    with pytest.raises(AssertionError):  # the public code's factor is another penalty
        assert_close(gradient, 2 * beside @ W)


def test_the_penalty_is_0_where_rows_are_orthogonal_of_any_length():
    layer = orthogonal_init(nn.Linear(6, 3))
    with torch.no_grad():
        layer.weight.mul_(torch.tensor([[1.0], [5.0], [0.1]]))
    assert abs(float(orthogonal_penalty(layer, 1.0).detach())) < 1e-3


# --- spectral norm


def test_estimates_come_from_below_and_never_fall():
    W = spectral.with_ratio(0.969, 64)
    found = spectral.estimates(W, 60)
    assert all(a <= b + 1e-12 for a, b in zip(found[:-1], found[1:], strict=True)) and found[-1] <= 1 + 1e-12
    assert found[0] < 0.9 < 0.99 < found[-1]


@pytest.mark.parametrize("t", [1, 3, 8])
def test_an_estimate_against_its_closed_form(t):
    s, start = torch.tensor([1.0, 0.9, 0.5, 0.2]).double(), torch.Generator().manual_seed(0)
    a = torch.randn(4, generator=start, dtype=torch.float64)
    wanted = ((a**2 * s ** (4 * t)).sum() / (a**2 * s ** (4 * t - 2)).sum()).sqrt()
    assert_close(spectral.estimates(s.diag(), t)[-1], wanted.item())


def test_what_the_library_divides_by_is_below_the_truth():
    D = seeded(biggan, 4)[1].train()
    for _ in range(3):
        D(noise(4, 3, 16, 16), torch.arange(4))
    rows = spectral.layers(D)
    assert len(rows) == 8 and all(estimate <= exact * (1 + 1e-5) for _, estimate, exact in rows)


def test_a_convolution_stretches_more_than_its_kernel():
    kernel = torch.full((1, 1, 3, 3), 1 / 3, dtype=torch.float64)
    assert_close(spectral.kernel_sigma(kernel), 1.0)
    found = [spectral.convolution_sigma(kernel, size) for size in (4, 8, 16)]
    assert found[0] < found[1] < found[2] < 3
    wanted = [(1 + 2 * math.cos(math.pi / (size + 1))) ** 2 / 3 for size in (4, 8, 16)]
    assert_close(found, wanted, rtol=1e-9, atol=1e-9)
    random = noise(4, 3, 3, 3).double()
    assert spectral.convolution_sigma(random, 8) <= 3 * spectral.kernel_sigma(random)


# --- the class prior


@pytest.mark.parametrize("rare", [0.05, 0.2, 0.4])
def test_with_a_class_bias_d_is_the_log_ratio_and_flat(rare):
    flat = class_prior.best(rare, class_bias=True)
    assert_close(list(flat.offsets), [math.log(2 * (1 - rare)), math.log(2 * rare)], atol=1e-6, rtol=0)
    assert_close(list(flat.slopes), [0.0, 0.0], atol=1e-6, rtol=0)
    bare = class_prior.best(rare, class_bias=False)
    assert bare.slopes[1] < bare.slopes[0] < 0 and bare.excess > 1e-3  # the rare class, at +1, is drawn to the other
    assert max(map(abs, class_prior.best(rare, False, "real").slopes)) < 1e-9


def test_the_best_d_without_a_bias_by_descent():
    wanted = class_prior.best(0.2, class_bias=False)
    x = class_prior.GRID
    w = torch.zeros(3, dtype=torch.float64, requires_grad=True)  # offset, two slopes
    weights = [torch.exp(-((x - c) ** 2) / 2) / math.sqrt(2 * math.pi) * (x[1] - x[0]) for c in (-1.0, 1.0)]
    lbfgs = torch.optim.LBFGS([w], max_iter=300, tolerance_grad=1e-12, tolerance_change=1e-15)

    def price():
        lbfgs.zero_grad()
        softplus, total = nn.functional.softplus, 0.0
        for y, (p, density) in enumerate(zip((0.8, 0.2), weights, strict=True)):
            out = w[0] + w[1 + y] * x
            total = total + (density * (p * softplus(-out) + 0.5 * softplus(out))).sum()
        total.backward()
        return total

    lbfgs.step(price)
    assert_close(w[1:].tolist(), list(wanted.slopes), atol=1e-5, rtol=0)
    assert_close(w[0].item(), wanted.offsets[0], atol=1e-5, rtol=0)


# --- the faces


def test_four_classes_are_quarters_and_their_pictures():
    faces = conditional.four_classes("test", "cpu")
    assert (faces.y.bincount() / len(faces) - 0.25).abs().max() < 0.01
    table = data.faces(split="test", device="cpu")
    row = int((faces.y == 3).nonzero()[0])
    assert table.column("length")[row] == 1 and table.column("glasses")[row] > 0


def test_the_classifier_finds_the_classes_of_real_faces():
    faces = conditional.four_classes("test", "cpu")
    net = features.load("faces", device="cpu")
    x, y = faces.x[:400], faces.y[:400]
    assert conditional.label_accuracy(net, x, y) > 0.98
    assert conditional.label_accuracy(net, x, (y + 1) % 4) < 0.02
    found = conditional.scores(net, x, x, y)
    assert found["precision"] == found["recall"] == found["pixel recall"] == 1.0 and abs(found["px"]) < 1e-6
    with pytest.raises(ValueError, match="y must hold labels from 0 to 3, got 4 in row 0"):
        conditional.label_accuracy(net, x, y + 4 * (torch.arange(400) == 0))
    precision, recall = thumbnail_precision_recall(x, x.flip(0))
    assert float(precision) == float(recall) == 1.0

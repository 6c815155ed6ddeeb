"""Networks: shapes, parameter counts by hand, initialisation, and arguments that are refused."""

import pytest
import torch
from torch import nn

from ganbook.games import latent_width
from ganbook.models import HALVINGS, NORMS, dcgan, dcgan_init, mlp


def count(network):
    return sum(parameter.numel() for parameter in network.parameters())


def test_mlp_of_the_first_chapter():
    G = mlp([64, 256, 256, 784], out=nn.Tanh(), shape=(1, 28, 28))
    D = mlp([784, 256, 256, 1], flatten=True)
    assert count(G) == 65 * 256 + 257 * 256 + 257 * 784
    images = G(torch.randn(5, 64))
    assert images.shape == (5, 1, 28, 28) and images.abs().max() <= 1
    assert D(images).shape == (5, 1)
    assert latent_width(G) == 64


def test_mlp_activations_stand_between_layers_only():
    kinds = [type(layer).__name__ for layer in mlp([2, 8, 8, 1])]
    assert kinds == ["Linear", "LeakyReLU", "Linear", "LeakyReLU", "Linear"]


@pytest.mark.parametrize(
    ("arguments", "message"), [(([2],), "widths"), (([2, 0, 1],), "widths"), (([2, 1.5],), "widths")]
)
def test_mlp_refuses(arguments, message):
    with pytest.raises(Exception, match=message):
        mlp(*arguments)


def test_mlp_refuses_a_shape_that_does_not_fit():
    with pytest.raises(ValueError, match="shape .* 784"):
        mlp([2, 784], shape=(1, 28, 27))


@pytest.mark.parametrize("size", sorted(HALVINGS))
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan_shapes(size, channels):
    G, D = dcgan(size, channels, outputs=5, z=7, width=4)
    images = G(torch.randn(3, 7))
    assert images.shape == (3, channels, size, size) and images.abs().max() <= 1
    assert D(images).shape == (3, 5)
    assert latent_width(G) == 7


def test_parameter_table_of_the_64_px_pair():
    """By hand, layer by layer: linear with bias, convolutions without, batch norm has scale and shift."""
    G, D = dcgan(64, 3)
    convolutions = 16 * (512 * 256 + 256 * 128 + 128 * 64 + 64 * 3)
    assert count(G) == (100 + 1) * 512 * 16 + convolutions + 2 * (256 + 128 + 64) == 3_583_872
    assert count(D) == convolutions + 16 * 512 * 1 + 2 * (128 + 256 + 512) == 2_765_568


def test_dcgan_guidelines():
    G, D = dcgan(32, 3, width=8)
    for network in (G, D):
        norms = [layer for layer in network if isinstance(layer, nn.BatchNorm2d)]
        assert norms and all(layer.eps == 1e-5 and layer.momentum == 0.1 for layer in norms)  # BatchNorm2d(c, .8) fails
        assert not any(isinstance(layer, (nn.MaxPool2d, nn.AvgPool2d, nn.Upsample)) for layer in network)
    assert not isinstance(D[1], nn.BatchNorm2d) and isinstance(G[-1], nn.Tanh)
    assert not any(isinstance(layer, nn.Sigmoid) for layer in D)


@torch.no_grad()
def test_initialisation():
    torch.manual_seed(0)
    network, _ = dcgan(64, 3, width=16)
    weights = torch.cat(
        [layer.weight.flatten() for layer in network if isinstance(layer, (nn.Linear, nn.ConvTranspose2d))]
    )
    assert abs(float(weights.std()) - 0.02) < 2e-4 and abs(float(weights.mean())) < 2e-4
    scales = torch.cat([layer.weight for layer in network if isinstance(layer, nn.BatchNorm2d)])
    assert abs(float(scales.mean()) - 1) < 0.01 and 0.01 < float(scales.std()) < 0.03
    dcgan_init(network, std=0.2)
    assert abs(float(network[0].weight.std()) - 0.2) < 0.005
    with pytest.raises(ValueError, match="std"):
        dcgan_init(network, std=0.0)


@pytest.mark.parametrize(("name", "value"), [("size", 30), ("channels", 2), ("outputs", 0), ("z", 0), ("width", -1)])
def test_dcgan_refuses(name, value):
    with pytest.raises(ValueError, match=name):
        dcgan(**{"size": 32, "channels": 1, name: value})


# --- norms -----------------------------------------------------------------------------------------------------------


def pairs(norm):
    """A convolutional and a fully connected discriminator with a norm, and a batch for each."""
    torch.manual_seed(0)
    yield dcgan(16, 1, width=4, norm_d=norm)[1], torch.randn(6, 1, 16, 16)
    yield mlp([3, 8, 8, 1], norm=norm), torch.randn(6, 3)


@torch.no_grad()
@pytest.mark.parametrize("norm", NORMS)
def test_only_batch_norm_couples_samples(norm):
    """The output on the first sample, alone in the batch with four others or with another four."""
    for D, x in pairs(norm):
        assert D(x).shape == (6, 1)
        if norm == "spectral":
            D.eval()  # the power iteration moves at each pass in training, for all samples alike
        first, second = D(x)[:2], D(torch.cat([x[:2], -3 * x[2:]]))[:2]
        assert torch.allclose(first, second, atol=1e-6) is (norm != "batch")


def test_layer_norm_is_over_one_image():
    """GroupNorm with one group: mean 0 and variance 1 over channels and pixels of each image."""
    _, D = dcgan(32, 1, width=4, norm_d="layer")
    norms = [layer for layer in D if isinstance(layer, nn.GroupNorm)]
    assert norms and all(layer.num_groups == 1 for layer in norms)
    y = norms[0](5 + 3 * torch.randn(7, norms[0].num_channels, 8, 8)).flatten(1)
    torch.testing.assert_close(y.mean(1), torch.zeros(7), atol=1e-5, rtol=0)
    torch.testing.assert_close(y.var(1, correction=0), torch.ones(7), atol=1e-3, rtol=0)


@torch.no_grad()
def test_spectral_norm_against_a_full_decomposition():
    """After some passes, each weight as a matrix has the largest singular value 1."""
    for D, x in pairs("spectral"):
        for _ in range(200):
            D(x)
        layers = [layer for layer in D if hasattr(layer, "parametrizations")]
        assert len(layers) == sum(isinstance(layer, (nn.Linear, nn.Conv2d)) for layer in D) >= 3
        for layer in layers:
            largest = torch.linalg.svdvals(layer.weight.double().flatten(1))[0]
            torch.testing.assert_close(float(largest), 1.0, atol=1e-3, rtol=0)


def test_spectral_mlp_is_1_lipschitz():
    """LeakyReLU has slope at most 1, so the network's slope is at most the product of the norms: 1."""
    torch.manual_seed(0)
    D = mlp([3, 16, 16, 1], norm="spectral")
    for parameter in D.parameters():
        parameter.data.mul_(10)
    for _ in range(200):
        D(torch.zeros(1, 3))
    x = torch.randn(500, 3, requires_grad=True)
    (gradients,) = torch.autograd.grad(D.eval()(x).sum(), x)
    assert float(gradients.norm(dim=1).max()) < 1.001


def test_generators_without_batch_norm():
    for norm, kind in (("layer", nn.GroupNorm), (None, type(None)), ("batch", nn.BatchNorm2d)):
        G, _ = dcgan(32, 1, width=4, norm_g=norm)
        found = {type(layer) for layer in G if isinstance(layer, (nn.GroupNorm, nn.BatchNorm2d))}
        assert found == ({kind} if norm else set())
        assert all((layer.bias is not None) is (norm is None) for layer in G if isinstance(layer, nn.ConvTranspose2d))


@pytest.mark.parametrize(
    "call",
    [
        lambda: mlp([2, 1], norm="group"),
        lambda: dcgan(norm_d="instance"),
        lambda: dcgan(norm_g="spectral"),
    ],
)
def test_unknown_norm(call):
    with pytest.raises(ValueError, match=r"norm.* must be one of 'batch', 'layer'"):
        call()

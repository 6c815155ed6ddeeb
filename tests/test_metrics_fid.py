"""The real FID: clear messages where it cannot be had, and the right plumbing, with a stand-in for Inception."""

import sys
import types
from urllib.error import URLError

import pytest
import torch
from torch.testing import assert_close

from ganbook.data.images import encode
from ganbook.metrics import fid, frechet_distance, inception_score


def images(n, channels=1, seed=0):
    return torch.rand(n, channels, 8, 8, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def stand_in(monkeypatch, network):
    module = types.ModuleType("torch_fidelity.feature_extractor_inceptionv3")
    module.FeatureExtractorInceptionV3 = network
    monkeypatch.setitem(sys.modules, "torch_fidelity", types.ModuleType("torch_fidelity"))
    monkeypatch.setitem(sys.modules, "torch_fidelity.feature_extractor_inceptionv3", module)


class Means(torch.nn.Module):
    """Features: mean and deviation of the bytes; logits: both again."""

    def __init__(self, name, features_list, feature_extractor_weights_path=None):
        super().__init__()
        assert features_list == ["2048", "logits_unbiased"]

    def forward(self, x):
        assert x.dtype == torch.uint8
        assert x.shape[1] == 3
        flat = x.float().flatten(1) / 255
        features = torch.stack([flat.mean(1), flat.std(1)], 1)
        return features, 5 * features


def test_fid_and_inception_score_are_those_of_the_network(monkeypatch):
    stand_in(monkeypatch, Means)
    real, fake = images(70), images(120, seed=1) * 0.5
    found = fid.published(real, fake)
    net = Means("", ["2048", "logits_unbiased"])
    (features_real, _), (features_fake, logits) = (net(encode(x).expand(-1, 3, -1, -1)) for x in (real, fake))
    assert_close(float(found.fid), float(frechet_distance(features_real, features_fake)))
    assert_close(float(found.inception_score), float(inception_score(logits)))
    assert (found.fid.name, found.fid.n_real, found.fid.n_fake, found.fid.features) == ("FID", 70, 120, fid.TAG)


def test_without_the_package_the_message_says_what_to_do(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch_fidelity.feature_extractor_inceptionv3", None)
    with pytest.raises(ImportError, match=r"torch-fidelity, which is not installed\. The book's own distances"):
        fid.published(images(4), images(4))


def test_without_the_weights_the_message_says_what_to_do(monkeypatch):
    def network(*args, **kwargs):
        raise URLError("no route")

    stand_in(monkeypatch, network)
    with pytest.raises(OSError, match=r"weights cannot be had here .*no route.*pip install torch-fidelity"):
        fid.published(images(4), images(4))


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (2 * images(4), r"fake must hold images in \[-1, 1\]"),
        (torch.full((4, 1, 8, 8), float("nan")), "fake must be finite"),
    ],
)
def test_bad_images_are_refused_before_anything_is_loaded(bad, message):
    with pytest.raises(ValueError, match=message):
        fid.published(images(4), bad)


def test_two_channels_are_refused():
    with pytest.raises(ValueError, match=r"real .* of shape \(n, 1 or 3, h, w\), got shape \(4, 2, 8, 8\)"):
        fid.published(images(4, channels=2), images(4, channels=2))


def test_bytes_do_not_depend_on_the_set():
    """A public FID script rescaled by the smallest and largest generated pixel: contrast errors vanished."""
    x = images(5)
    assert torch.equal(encode(torch.cat([x, 0.2 * x]))[:5], encode(x))
    assert int(encode(0.2 * x).max()) < 160

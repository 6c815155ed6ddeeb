"""Inception Score, MS-SSIM and the Laplacian pyramid: closed forms, torchmetrics, and what they cannot see."""

import math

import numpy as np
import pytest
import scipy.ndimage
import torch
from torch.testing import assert_close
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure,
    structural_similarity_index_measure,
)
from torchmetrics.image.inception import InceptionScore

from ganbook.metrics import image_similarity, inception_score, laplacian_pyramid, ms_ssim, pyramid_distance
from ganbook.metrics.msssim import WEIGHTS, ssim
from ganbook.metrics.sliced import _blur, reconstruct


def images(n, side=28, channels=1, seed=0):
    """Smooth images in [-1, 1]: noise would make every similarity 0."""
    coarse = torch.rand(n, channels, 7, 7, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)


# --- Inception Score -------------------------------------------------------------------------------------------------


def test_inception_score_of_known_predictions():
    flat = torch.zeros(40, 5)
    one_class = 50 * torch.eye(5)[torch.zeros(40, dtype=torch.int64)]
    three = 50 * torch.eye(5)[torch.arange(40) % 4]
    for logits, expected in ((flat, 1.0), (one_class, 1.0), (three, 4.0)):
        assert_close(float(inception_score(logits, splits=1)), expected)


def test_inception_score_is_the_exponential_of_the_mutual_information():
    """A classifier that is right with probability 0.9, else says any other of 3 classes: log 3 - H."""
    p = torch.tensor([0.9, 0.05, 0.05])
    logits = torch.stack([p.roll(k) for k in range(3)]).log().repeat(10, 1)
    entropy = -float((p * p.log()).sum())
    assert_close(float(inception_score(logits, splits=1)), math.exp(math.log(3) - entropy), rtol=1e-6, atol=1e-6)


def test_inception_score_survives_logits_whose_softmax_underflows():
    """The first public code took the log of a probability that had become 0: nan."""
    logits = torch.tensor([[0.0, 2_000.0], [2_000.0, 0.0]])
    assert_close(float(inception_score(logits, splits=1)), 2.0)


def test_inception_score_matches_torchmetrics():
    logits = 3 * torch.randn(100, 10, generator=torch.Generator().manual_seed(0))
    with pytest.warns(UserWarning, match="large memory footprint"):
        other = InceptionScore(feature=torch.nn.Identity(), splits=1)  # one part: its shuffle does not matter
    other.update(logits)
    with pytest.warns(UserWarning, match="degrees of freedom"):  # of its spread over one part
        expected = float(other.compute()[0])
    assert_close(float(inception_score(logits, splits=1)), expected, rtol=1e-5, atol=1e-5)


def test_inception_score_splits_are_consecutive_and_lower_the_value():
    logits = 5 * torch.randn(100, 10, generator=torch.Generator().manual_seed(0))
    parts = [float(inception_score(part, splits=1)) for part in logits.split(25)]
    score = inception_score(logits, splits=4)
    assert_close(float(score), float(np.mean(parts)))
    assert_close(score.spread, float(np.std(parts)))
    assert float(score) < float(inception_score(logits, splits=1))


@pytest.mark.parametrize("splits", [0, 21])
def test_inception_score_refuses_impossible_splits(splits):
    with pytest.raises(ValueError, match=rf"splits must be a whole number in 1\.\.20, got {splits} "):
        inception_score(torch.zeros(20, 3), splits)


# --- MS-SSIM ---------------------------------------------------------------------------------------------------------


def torchmetrics_ssim(x, y):
    """Its map, without the 5 pixels at which the window hangs over: it averages those too, Wang's code does not."""
    inner = structural_similarity_index_measure(x, y, data_range=2.0, return_full_image=True, reduction="none")[1]
    return inner[..., 5:-5, 5:-5].mean((1, 2, 3))


def test_ssim_matches_torchmetrics():
    x, y = images(3, 32), 0.7 * images(3, 32) + 0.3 * images(3, 32, seed=1)
    assert_close(ssim(x, y)[0], torchmetrics_ssim(x, y), rtol=1e-4, atol=1e-4)
    cs = structural_similarity_index_measure(x, y, data_range=2.0, return_contrast_sensitivity=True, reduction="none")
    assert_close(ssim(x, y)[1], cs[1], rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("side", "scales"), [(28, 2), (64, 3)])
def test_ms_ssim_matches_torchmetrics_scale_by_scale(side, scales):
    x, y = images(4, side, 3), 0.8 * images(4, side, 3) + 0.2 * images(4, side, 3, seed=1)
    expected, a, b = torch.ones(4), x, y
    for j, weight in enumerate(WEIGHTS[:scales]):
        cs = structural_similarity_index_measure(
            a, b, data_range=2.0, return_contrast_sensitivity=True, reduction="none"
        )[1]
        factor = torchmetrics_ssim(a, b) if j == scales - 1 else cs
        expected = expected * factor.clamp(min=0) ** (weight / sum(WEIGHTS[:scales]))
        a, b = torch.nn.functional.avg_pool2d(a, 2), torch.nn.functional.avg_pool2d(b, 2)
    assert_close(ms_ssim(x, y, scales=scales), expected, rtol=1e-3, atol=1e-4)


def test_ms_ssim_is_near_torchmetrics_whole_where_the_border_is_small():
    x, y = images(2, 352), 0.8 * images(2, 352) + 0.2 * images(2, 352, seed=1)
    expected = multiscale_structural_similarity_index_measure(
        x, y, data_range=2.0, betas=WEIGHTS, reduction="none", normalize="relu"
    )
    assert_close(ms_ssim(x, y, scales=5), expected, rtol=0.05, atol=0.0)


def test_ms_ssim_is_one_for_equal_and_symmetric():
    x, y = images(3), images(3, seed=1)
    assert_close(ms_ssim(x, x), torch.ones(3))
    assert_close(ms_ssim(x, y), ms_ssim(y, x))


def test_image_similarity_reads_variety():
    varied, same = images(60), images(1).expand(60, 1, 28, 28)
    three = images(3).repeat(20, 1, 1, 1)
    low, middle, high = (image_similarity(x, pairs=500) for x in (varied, three, same))
    assert float(low) < float(middle) < float(high)
    assert_close(float(high), 1.0)
    # a third of the pairs are equal (19 of 59 others)
    assert abs(float(middle) - (19 / 59 + 40 / 59 * float(image_similarity(images(3), pairs=500)))) < 0.05


def test_image_similarity_never_pairs_an_image_with_itself():
    two = torch.stack([torch.zeros(1, 16, 16), torch.ones(1, 16, 16)])
    assert image_similarity(two, pairs=200).spread < 1e-6


def test_ms_ssim_refuses_scales_that_do_not_fit():
    with pytest.raises(ValueError, match=r"scales must be a whole number in 1\.\.2, got 3 .in images of .28, 28"):
        ms_ssim(images(2), images(2), scales=3)
    with pytest.raises(ValueError, match=r"scales must be a whole number in 1\.\.0, got .*8, 8"):
        ms_ssim(torch.zeros(2, 1, 8, 8), torch.zeros(2, 1, 8, 8))


# --- Laplacian pyramid -----------------------------------------------------------------------------------------------


def test_blur_is_the_binomial_convolution():
    x = images(2, 28, 3)
    line = np.array([1, 4, 6, 4, 1]) / 16
    expected = scipy.ndimage.convolve(x.numpy(), np.outer(line, line)[None, None], mode="mirror")
    assert_close(_blur(x, 1.0), torch.from_numpy(expected).float(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("side", [28, 32, 64])
def test_pyramid_is_lossless(side):
    x = images(3, side, 3)
    assert_close(reconstruct(laplacian_pyramid(x)), x, rtol=1e-5, atol=1e-5)


def test_a_constant_image_is_only_in_the_last_level():
    levels = laplacian_pyramid(torch.full((1, 1, 32, 32), 0.5))
    assert [level.shape[-1] for level in levels] == [32, 16]
    assert_close(levels[0], torch.zeros(1, 1, 32, 32), rtol=0, atol=1e-6)
    assert_close(levels[1], torch.full((1, 1, 16, 16), 0.5))


def test_pyramid_distance_sees_fine_noise_at_the_fine_level():
    """Patches are scaled to deviation 1, so it is the kind of structure that counts."""
    real = images(400, 28, seed=1)
    noise = 0.3 * torch.randn(400, 1, 28, 28, generator=torch.Generator().manual_seed(2))
    fresh, noisy = images(400, 28, seed=3), images(400, 28, seed=3) + noise
    base, seen = pyramid_distance(real, fresh), pyramid_distance(real, noisy)
    growth = {side: float(seen[side]) / float(base[side]) for side in (28, 14)}
    assert growth[28] > 2
    assert growth[28] > 1.5 * growth[14]


def test_pyramid_distance_is_blind_to_contrast_unless_told():
    x = images(200)
    each, real = (pyramid_distance(x, 0.5 * x, normalise=how) for how in ("each", "real"))
    assert all(float(score) < 1e-5 for score in each.values())
    assert all(float(score) > 0.1 for score in real.values())


def test_pyramid_distance_does_not_depend_on_the_batches():
    x, y = images(600), images(600, seed=1)
    whole = pyramid_distance(x, y, patches=1)
    assert whole == pyramid_distance(x.clone(), y.clone(), patches=1)
    assert set(whole) == {28, 14}


def test_pyramid_distance_refuses_bad_arguments():
    with pytest.raises(ValueError, match="normalise must be one of each, real, got 'both'"):
        pyramid_distance(images(4), images(4), normalise="both")
    with pytest.raises(ValueError, match="at least 7x7 pixels"):
        pyramid_distance(torch.zeros(4, 1, 6, 6), torch.zeros(4, 1, 6, 6))

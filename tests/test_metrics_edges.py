"""Metrics at their edges: cases that can be counted, several channels, other ranges, tiny and constant numbers."""

import math

import pytest
import torch
from torch.testing import assert_close

from ganbook.metrics import (
    expected_coverage,
    image_similarity,
    mode_scores,
    ms_ssim,
    paired_t,
    pairs,
    pyramid_distance,
    reverse_kl,
    sign_flip,
)


def images(n, side=28, channels=3, seed=0):
    coarse = torch.rand(n, channels, 7, 7, generator=torch.Generator().manual_seed(seed)) * 2 - 1
    return torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear", align_corners=True)


@pytest.mark.parametrize(("n", "m", "k"), [(2, 1, 1), (5, 3, 1), (5, 3, 2), (5, 4, 4), (9, 2, 3)])
def test_expected_coverage_by_counting(n, m, k):
    """The k nearest of n + m - 1 other samples are any k: none is a fake in C(n - 1, k) of C(n + m - 1, k) cases."""
    assert_close(expected_coverage(n, m, k), 1 - math.comb(n - 1, k) / math.comb(n + m - 1, k))
    for bad in ({"n_real": 1}, {"n_fake": 0}, {"neighbours": n}, {"neighbours": 0}):
        with pytest.raises(ValueError, match=f"{next(iter(bad))} must be a whole number"):
            expected_coverage(**{"n_real": n, "n_fake": m, "neighbours": k} | bad)


def test_one_sample_has_a_reverse_kl_and_none_has_not():
    assert_close(reverse_kl(torch.tensor([1, 0])), math.log(2))
    assert math.isnan(reverse_kl(torch.tensor([0, 0])))
    assert_close(reverse_kl(torch.tensor([1, 3]), torch.tensor([0.25, 0.75])), 0.0)


def test_a_sample_on_the_border_of_a_mode_is_not_of_high_quality():
    centres, samples = torch.tensor([[0.0], [100.0]]), torch.tensor([[3.0], [2.0], [-3.0]])
    assert_close(float(mode_scores(samples, centres, std=1.0, radius=3.0).high_quality), 1 / 3)


def test_sign_flip_whatever_the_unit_and_of_nothing():
    x = [0.3, -0.1, 0.7]
    for scale in (1e-9, 1e9):
        assert sign_flip([scale * v for v in x]) == sign_flip(x)
    assert sign_flip([0.0, 0.0]) == 1.0 and sign_flip([1.0] * 20) == 2 / 2**20
    assert paired_t([1.0, 1.0]) == 0.0 and paired_t([0.0, 0.0]) == 1.0 and paired_t([-1.0, -1.0]) == 0.0


def test_similarity_of_pixels_in_another_range_is_the_same():
    """Scaled with `span`, nothing changes; without it pixels are refused, or the constants weigh otherwise."""
    x, y = images(6, 32, 1), images(6, 32, 1, seed=1)
    x = 0.05 * x
    y = 0.8 * x + 0.2 * 0.05 * y
    assert_close(ms_ssim(127.5 * x, 127.5 * y, span=255.0), ms_ssim(x, y), rtol=1e-4, atol=1e-4)
    assert (ms_ssim(x, y, span=255.0) - ms_ssim(x, y)).abs().max() > 0.01
    with pytest.raises(ValueError, match="x must hold pixels that reach over span = 2"):
        ms_ssim(127.5 * x, 127.5 * y)
    plain, wide = image_similarity(x, 20), image_similarity(127.5 * x, 20, span=255.0)
    assert_close(float(wide), float(plain), rtol=1e-4, atol=1e-4)
    assert abs(float(image_similarity(x, 20, span=255.0)) - float(plain)) > 0.01
    assert float(image_similarity(x, 20, scales=1)) != float(plain)


def test_each_channel_of_a_pyramid_is_brought_to_its_own_deviation():
    x = images(40)
    other = x * torch.tensor([0.5, 2.0, 0.1]).view(3, 1, 1)
    assert all(float(score) < 1e-4 for score in pyramid_distance(x, other).values())
    by_real = pyramid_distance(x, other, normalise="real")
    assert all(float(score) > 0.1 for score in by_real.values())
    assert all(float(score) < 1e-12 for score in pyramid_distance(x, x.clone(), normalise="real").values())


def test_pyramids_of_constant_and_of_the_smallest_images():
    still = torch.full((4, 3, 14, 14), 0.5)
    assert [float(score) for score in pyramid_distance(still, still.clone(), smallest=7).values()] == [0.0, 0.0]
    assert list(pyramid_distance(images(4, 7), images(4, 7, seed=1), smallest=7)) == [7]
    assert list(pyramid_distance(images(4, 28), images(4, 28, seed=1), smallest=7)) == [28, 14, 7]
    assert list(pyramid_distance(images(4, 28), images(4, 28, seed=1), smallest=8)) == [28, 14]
    with pytest.raises(ValueError, match="fake must be of the type of real, torch.float32, got torch.float64"):
        pyramid_distance(images(4), images(4).double())


def test_rounding_of_a_distance_is_within_its_slack():
    x = 1e3 + torch.randn(50, 4, generator=torch.Generator().manual_seed(0))
    (block,) = (block for _, block in pairs.squared_distances(x, x))
    exact = torch.cdist(x.double(), x.double()) ** 2
    assert 0 < (block - exact).abs().max() <= pairs.slack(x)
    assert pairs.slack(torch.tensor([[3.0, 4.0]]), torch.tensor([[0.0, 1.0]])) == 16 * 2**-23 * 25
    with pytest.raises(ValueError, match="y must be of the type of x, torch.float32, got torch.float64"):
        pairs.nearest(x, x.double())
    with pytest.raises(ValueError, match="y must be finite"):
        pairs.nearest(x, x / 0)
    with pytest.raises(ValueError, match="x must be finite"):
        pairs.nearest(x / 0, x)

"""Mode counting: PacGAN's protocol on known mixtures, stacked digits, the bias of reverse KL."""

import math

import pytest
import torch
from scipy.stats import entropy
from torch.testing import assert_close

from ganbook.metrics import mode_scores, reverse_kl, stacked_scores

ANGLES = torch.arange(8, dtype=torch.float64) * (2 * math.pi / 8)
RING = torch.stack([ANGLES.cos(), ANGLES.sin()], 1)


def ring(n, modes=8, std=0.01, seed=0):
    rng = torch.Generator().manual_seed(seed)
    which = torch.randint(0, modes, (n,), generator=rng)
    return RING[which] + std * torch.randn(n, 2, generator=rng, dtype=torch.float64)


def test_a_perfect_ring_has_all_modes_and_the_share_of_three_deviations():
    found = mode_scores(ring(100_000), RING, std=0.01)
    assert float(found.modes) == 8
    assert_close(float(found.high_quality), 1 - math.exp(-4.5), rtol=0, atol=1.5e-3)  # 4.5 standard errors
    assert float(found.reverse_kl) < 3e-4


@pytest.mark.parametrize("kept", [1, 3, 7])
def test_dropped_modes_are_counted_and_cost_log_ratio(kept):
    found = mode_scores(ring(20_000, kept), RING, std=0.01)
    assert float(found.modes) == kept
    assert_close(float(found.reverse_kl), math.log(8 / kept), rtol=0, atol=2e-3)


def test_low_quality_samples_count_for_no_mode():
    between = RING + 0.05
    found = mode_scores(between.repeat(10, 1), RING, std=0.01)
    assert (float(found.modes), float(found.high_quality)) == (0.0, 0.0)
    assert math.isnan(float(found.reverse_kl))


def test_the_radius_is_in_deviations_and_strict():
    centre = torch.zeros(2, 2)
    centre[1] = 10
    samples = torch.tensor([[0.29, 0.0], [0.31, 0.0]])
    assert float(mode_scores(samples, centre, std=0.1).high_quality) == 0.5
    assert float(mode_scores(samples, centre, std=0.1, radius=3.2).high_quality) == 1.0


def test_least_asks_for_more_than_one_sample():
    samples = torch.cat([RING[:2], RING[:1]])
    assert float(mode_scores(samples, RING, std=0.01).modes) == 2
    assert float(mode_scores(samples, RING, std=0.01, least=2).modes) == 1


@pytest.mark.parametrize("name", ["std", "radius", "least"])
def test_refuses_what_is_not_positive(name):
    with pytest.raises(ValueError, match=rf"{name} must be a .* number >.*, got 0"):
        mode_scores(RING, RING, **{"std": 0.1, name: 0})


def test_reverse_kl_matches_scipy_with_uniform_and_with_other_weights():
    counts = torch.tensor([5, 0, 3, 12])
    p = torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)
    assert_close(reverse_kl(counts), float(entropy(counts.numpy(), [1, 1, 1, 1])))
    assert_close(reverse_kl(counts, p), float(entropy(counts.numpy(), p.numpy())))
    assert reverse_kl(torch.tensor([1, 1]), torch.tensor([1.0, 0.0])) == math.inf


def test_reverse_kl_of_a_perfect_generator_is_biased_by_k_minus_1_over_2n():
    rng = torch.Generator().manual_seed(0)
    n, k = 26_000, 1_000
    values = [reverse_kl(torch.randint(0, k, (n,), generator=rng).bincount(minlength=k)) for _ in range(20)]
    assert_close(sum(values) / 20, (k - 1) / (2 * n), rtol=0.03, atol=0.0)


def test_reverse_kl_refuses_what_is_no_distribution():
    with pytest.raises(ValueError, match="expected must hold 2 probabilities of sum 1, got 2 of sum 2"):
        reverse_kl(torch.tensor([1, 1]), torch.ones(2))


# --- stacked digits --------------------------------------------------------------------------------------------------


def brightness(x):
    """A classifier of flat images: class k has brightness k / 10."""
    return -(x.mean((1, 2, 3))[:, None] - torch.arange(10) / 10).abs()


def stack(codes):
    digits = torch.stack([codes // 100, codes // 10 % 10, codes % 10], 1)  # (n, 3)
    return (digits / 10)[:, :, None, None].expand(-1, -1, 4, 4)


def test_a_thousand_modes_are_told_apart():
    found = stacked_scores(stack(torch.arange(1_000)), brightness)
    assert float(found.modes) == 1_000
    assert_close(float(found.reverse_kl), 0.0)
    assert found.counts.tolist() == [1] * 1_000


def test_stacked_counts_are_in_the_order_of_the_channels():
    found = stacked_scores(stack(torch.tensor([427, 427, 9])), brightness)
    assert found.counts[427] == 2
    assert found.counts[9] == 1
    assert float(found.modes) == 2


def test_stacked_digits_of_a_generator_with_99_modes():
    codes = torch.arange(99).repeat(10)
    found = stacked_scores(stack(codes), brightness)
    assert float(found.modes) == 99
    assert float(found.high_quality) == 1.0, "every stack belongs to a mode"
    assert_close(float(found.reverse_kl), math.log(1_000 / 99))


def test_stacked_refuses_a_classifier_of_another_shape():
    with pytest.raises(ValueError, match=r"classify must return shape \(2, 10\), got \(2, 3\)"):
        stacked_scores(stack(torch.arange(2)), lambda x: x.new_zeros(len(x), 3))

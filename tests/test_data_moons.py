"""Moons, stand-ins for a generator, truncated latents: their laws, their borders, and the defaults of the toy sets."""

import math

import pytest
import torch
from scipy import stats

from ganbook import data
from ganbook.data.truncation import FORMS, threshold_for, truncated_std


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


def is_uniform(values, low, high):
    return stats.kstest(values.double().cpu().numpy(), "uniform", args=(low, high - low)).pvalue > 1e-3


def is_normal(values, std):
    return stats.kstest(values.double().cpu().numpy() / std, "norm").pvalue > 1e-3


# ---- moons


def test_moons_are_two_half_circles_equally_often_with_their_noise():
    p = data.moons(std=0.05, device="cpu")
    x, y = p.labelled(20_000, rng())
    assert torch.equal(x, p(20_000, rng())) and set(y.tolist()) == {0, 1}
    assert stats.binomtest(int(y.sum()), 20_000).pvalue > 1e-3
    upright = x * (1 - 2 * y)[:, None] + torch.tensor([0.5, 0.25])  # the one class turned upon the other
    middle = upright[(upright[:, 1] > 0.3)]
    assert is_normal(middle.norm(dim=1) - 1 - 0.05**2 / 2, 0.05), "noise across the circle, of its width"
    fine, side = data.moons(std=1e-6, device="cpu").labelled(20_000, rng())
    fine = fine * (1 - 2 * side)[:, None] + torch.tensor([0.5, 0.25])
    assert is_uniform(torch.atan2(fine[:, 1], fine[:, 0]).abs(), 0, math.pi)


def test_the_curve_of_moons_is_refused_what_is_no_list_of_angles():
    with pytest.raises((ValueError, TypeError), match="t"):
        data.moons().curve(torch.zeros(2, 2), torch.zeros(2))
    with pytest.raises(ValueError, match="std must be a finite number > 0"):
        data.moons(std=0.0)


# ---- stand-ins


def test_noise_is_uniform_in_every_number():
    x = data.noise((2, 3), device="cpu")(4_000, rng())
    assert x.shape == (4_000, 2, 3) and is_uniform(x.flatten(), -1, 1)
    assert data.noise([1])(5, rng()).shape == (5, 1)


@pytest.mark.parametrize("share", [0, 0.25, 1])
def test_between_goes_its_share_of_the_way_from_one_draw_to_the_next(share):
    p, state = data.normal(2, "cpu"), rng()
    first, second = p(5, state), p(5, state)
    torch.testing.assert_close(data.between(p, share)(5, rng()), first + share * (second - first))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.noise(3), "shape must be the shape of one sample"),
        (lambda: data.noise("ab"), "shape must be the shape of one sample"),
        (lambda: data.noise(()), "shape must be one or more whole numbers, got none"),
        (lambda: data.noise((3, 0)), "shape must be a whole number >= 1"),
        (lambda: data.between(3), "sampler must be a Sampler"),
        (lambda: data.between(data.ring(), -0.01), "share must be"),
        (lambda: data.between(data.ring(), 1.01), "share must be"),
        (lambda: data.truncated(0, 0.5), "d must be a whole number >= 1, got 0"),
        (lambda: data.truncated(2, 0.0), "threshold must be"),
        (lambda: data.truncated(2, 1.01, "hub"), "threshold must be"),
        (lambda: data.truncated(2, 0.5, "cut"), "form must be one of resampled, hub, shrunken, got 'cut'"),
        (lambda: truncated_std(0.0), "threshold must be"),
        (lambda: truncated_std(0.5, "cut"), "form must be one of"),
        (lambda: threshold_for(0.5, "cut"), "form must be one of"),
        (lambda: threshold_for(1.0), "std must be"),
        (lambda: threshold_for(0.0), "std must be"),
        (lambda: threshold_for(0.0, "hub"), "std must be"),
        (lambda: threshold_for(0.89, "hub"), "std must be"),
        (lambda: threshold_for(0.0, "shrunken"), "std must be"),
        (lambda: data.interval(-1e308, 1e308), "low must be below high"),
        (lambda: data.interval(2.0, 1.0), "low must be below high"),
        (lambda: data.interval(-math.inf, 1.0), "low must be a finite number"),
        (lambda: data.mixture([0.5, 0.5], [[0.0], [1.0]], [0.0, 1.0]), "stds must be above 0"),
        (lambda: data.mixture([0.0, 1.0], [[0.0], [1.0]], [1.0, 1.0]), "weights must be above 0"),
        (lambda: data.mixture([0.5, 0.500015], [[0.0], [1.0]], [1.0, 1.0]), "weights must have the sum 1"),
        (lambda: data.mixture1d([1.0], [[0.0]], [1.0]), r"means must be a list of numbers, got shape \(1, 1\)"),
        (lambda: data.ring().log_density(torch.full((1, 2), math.nan)), "x must be finite"),
        (lambda: data.swiss_roll().log_density(torch.full((1, 2), math.nan)), "x must be finite"),
        (lambda: data.swiss_roll().curve(torch.full((1,), math.nan)), "t must be finite"),
        (lambda: data.interval().pdf(torch.zeros(3, 2)), "x must"),
    ],
)
def test_what_is_out_of_range_is_named(call, message, as_readers):
    with pytest.raises(ValueError, match=message):
        call()


# ---- truncated latents


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("threshold", [0.3, 1.0])
def test_truncated_latents_have_the_law_of_their_form(form, threshold):
    z = data.truncated(3, threshold, form, "cpu")(8_000, rng())
    assert z.shape == (8_000, 3) and z.dtype == torch.float32
    law = {
        "resampled": stats.truncnorm(-threshold, threshold),
        "hub": stats.truncnorm(-2, 2, scale=threshold),
        "shrunken": stats.norm(scale=threshold),
    }[form]
    assert stats.kstest(z.flatten().double().numpy(), law.cdf).pvalue > 1e-3
    assert truncated_std(threshold, form) == pytest.approx(law.std(), rel=1e-9)
    assert threshold_for(truncated_std(threshold, form), form) == pytest.approx(threshold, rel=1e-9)


def test_a_cut_that_is_narrow_or_far_has_its_limits():
    for threshold in (1e-9, 0.000999, 0.001001, 0.0015):
        assert truncated_std(threshold) == pytest.approx(threshold / math.sqrt(3), rel=1e-6)
    assert truncated_std(30.0) == pytest.approx(1) and threshold_for(1e-6) == pytest.approx(1e-6 * math.sqrt(3))
    assert threshold_for(truncated_std(0.05)) == pytest.approx(0.05) and 5 < threshold_for(1 - 1e-9) < 10
    assert threshold_for(truncated_std(1.0, "hub"), "hub") == 1


# ---- what is drawn where nothing is said


def test_toy_sets_have_the_parameters_of_their_papers_where_nothing_is_said():
    p = data.gaussian()
    assert (p.weights.tolist(), p.means.tolist(), p.stds.tolist()) == ([1.0], [[0.0]], [1.0])
    assert (data.interval().low, data.interval().high) == (0.0, 1.0)
    assert (data.swiss_roll().radius, data.swiss_roll().std) == (1.0, 0.02)
    assert data.moons().std == 0.1 and data.between(p).share == 0.5 and data.nine().std == pytest.approx(0.05)
    assert data.truncated(2, 0.5).form == "resampled" and truncated_std(0.5) == truncated_std(0.5, "resampled")


def test_an_interval_holds_both_its_ends_and_no_more():
    p = data.interval(2.0, 4.0)
    at = torch.tensor([[1.999], [2.0], [3.0], [4.0], [4.001]])
    assert p.pdf(at).tolist() == [0, 0.5, 0.5, 0.5, 0]
    assert p.log_density(at).tolist() == pytest.approx([-math.inf, *[-math.log(2)] * 3, -math.inf])


def test_weights_may_miss_one_by_their_rounding_and_every_draw_still_has_a_mode():
    p = data.mixture([0.5, 0.499992], [[0.0], [1.0]], [1.0, 1.0], "cpu")
    assert set(p.labelled(1_000_000, rng())[1].unique().tolist()) == {0, 1}

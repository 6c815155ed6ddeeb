"""Divergences at their edges: ends of a support, laws that nearly agree, large units, and who is named."""

import math

import pytest
import torch

from ganbook.divergences import densities, discrete, gaussian, mutations, quadrature, transport


def test_both_ends_of_a_support_belong_to_it():
    x = torch.tensor([0.0, 2.0, -1e-9, 2.0 + 1e-9], dtype=torch.float64)
    assert densities.uniform(0.0, 2.0)(x).tolist() == [0.5, 0.5, 0.0, 0.0]
    assert densities.uniform(-3.0, 1.0).sample(5, torch.Generator()).shape == (5, 1)


def test_chi_squared_of_laws_that_nearly_agree_keeps_its_digits():
    """Of p^2 / q - 1 and its like nothing would be left."""
    eps = 2.0**-30
    p, q = (torch.tensor([0.5 + e, 0.5 - e], dtype=torch.float64) for e in (eps, 0.0))
    torch.testing.assert_close(float(discrete.chi_squared(p, q)), 4 * eps**2, rtol=1e-6, atol=0.0)


def test_of_densities_the_wrong_one_is_named(as_readers):
    p = densities.normal(0.0, 1.0)
    for given, name in (((3,), "p"), ((p, 3), "q"), ((p, p, 3), r"densities\[2\]")):
        with pytest.raises(ValueError, match=f"^{name} must be"):
            quadrature.nodes(*given)
    with pytest.raises(ValueError, match="^p must be at least one density, got none"):
        quadrature.nodes()


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e9])
def test_a_metric_is_one_up_to_rounding_whatever_its_unit(scale):
    d = scale * torch.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, 1.0], [2.0, 1.0, 0.0]], dtype=torch.float64)
    near, off = d.clone(), d.clone()
    near[0, 1] += 1e-10 * scale
    off[0, 1] += 1e-6 * scale
    assert torch.equal(transport.check_metric(near), near)
    with pytest.raises(ValueError, match="distance must be symmetric"):
        transport.check_metric(off)
    far = d.clone()
    far[0, 2] = far[2, 0] = 2.001 * scale
    with pytest.raises(ValueError, match="triangle inequality"):
        transport.check_metric(far)
    far.fill_diagonal_(1e-6 * scale)
    with pytest.raises(ValueError, match="must be 0 from each point to itself"):
        transport.check_metric(far)


@pytest.mark.parametrize(
    ("name", "f", "phi"),
    [  # at a ratio of e - 1, where log(1 + r) is 1, or of e
        ("heuristic", math.e - 1, 1.0),
        ("least squares", (math.e - 1) ** 3 / math.e**2, math.e - 3 - 1 / math.e),
        ("least squares on the logit", 4 * math.e, 2 * math.e),
    ],
)
def test_the_functions_of_a_mutation_where_their_logarithm_is_one(name, f, phi):
    r = torch.tensor(math.e if "logit" in name else math.e - 1, dtype=torch.float64)
    member = mutations.DIVERGENCES[name]
    torch.testing.assert_close([float(member.f(r)), float(member.phi(r))], [f, phi])


@pytest.mark.parametrize("name", ["cross_entropy", "kl", "reverse_kl", "chi_squared", "hellinger", "wasserstein2"])
def test_gaussians_of_two_dimensions_are_told_in_their_order(name):
    p, q = gaussian.Gaussian(0.0, 1.0), gaussian.Gaussian([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="p and q must have the same dimension, got 1 and 2"):
        getattr(gaussian, name)(p, q)

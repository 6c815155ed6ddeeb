"""What the comparison with peers found wrong, each by the smallest example, and right again."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from ganbook.divergences.gaussian import Gaussian
from ganbook.models.conditional import spectral
from ganbook.studies import matchings
from ganbook.studies import spectral as looks
from ganbook.studies.joint_distance import encoded, generated, three, turned


@pytest.mark.parametrize("r", [0.9, 0.9999, 0.999999])
def test_thin_pairs_across_each_other(r):
    """Between two nodes of a fixed rule lay all of a law as thin as that: 0.716 where it is 0.991."""
    laws = [Gaussian([0.0, 0.0], [[1.0, s], [s, 1.0]]) for s in (r, -r)]
    assert three(*laws).xz == pytest.approx(turned(r), abs=1e-10)


@pytest.mark.parametrize(
    ("p", "q", "wanted"),  # by mpmath: along y in closed form, along x tanh-sinh between the roots
    [
        (encoded(0.9, 0.01), generated(0.9, 0.3), 0.9280564418),
        (encoded(0.9, 0.001), generated(0.9, 0.3), 0.9911156213),
        (encoded(0.9, 0.02), generated(-0.5, 0.02), 0.9824409612),
        (Gaussian([0.0, 0.0], torch.eye(2).tolist()), encoded(0.9, 0.001), 0.9976128823),
        (
            Gaussian([0.0, 0.0], [[1.0, 0.9], [0.9, 0.8101]]),
            Gaussian([0.5, -0.2], [[1.0, 0.5], [0.5, 1.0]]),
            0.9775776949,
        ),
    ],
)
def test_thin_laws_of_pairs(p, q, wanted):
    assert three(p, q).xz == pytest.approx(wanted, abs=1e-8)
    assert three(q, p).xz == pytest.approx(wanted, abs=1e-8)


def test_the_largest_singular_value_of_a_transposed_convolution():
    layer = nn.ConvTranspose2d(8, 2, 1)
    network = spectral(nn.Sequential(layer))
    for _ in range(300):
        layer.weight  # noqa: B018  (each look in training is a power iteration)
    ((_, estimate, exact),) = looks.layers(network)
    weight = layer.parametrizations.weight.original.detach()
    wanted = float(torch.linalg.svdvals(weight.transpose(0, 1).flatten(1))[0])
    assert exact == pytest.approx(wanted, rel=1e-5) and estimate == pytest.approx(wanted, rel=1e-3)


def test_masses_of_matchings_in_float64():
    adversarial, away = matchings.losses([0, 0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5])
    p = np.bincount([0, 0, 1, 2, 3, 4], minlength=6) / 6
    middle = (p + 1 / 6) / 2
    js = sum(x * math.log(x / m) for law in (p, np.full(6, 1 / 6)) for x, m in zip(law, middle, strict=True) if x) / 2
    assert adversarial == pytest.approx(js, rel=1e-12) and away > 0


def test_steps_at_whole_powers():
    assert [looks.steps_until(0.1, 0.1 ** (4 * t)) for t in range(1, 30)] == list(range(1, 30))

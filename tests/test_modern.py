"""R3GAN's networks and the small exact things of chapter 19, each by a second way."""

import math

import pytest
import torch
from torch import nn

from ganbook import models
from ganbook.losses import RelativisticPairing
from ganbook.models import Bottleneck, branch_scale, residual
from ganbook.models.residual import GAIN
from ganbook.penalties import R1, R2
from ganbook.studies import dirac, modern
from ganbook.studies.small_faces import PAIRING, plain, scheduled


@pytest.mark.parametrize("gamma", [0.0, 0.3, 1.0, 2.5])
@pytest.mark.parametrize("penalties", [1, 2])
def test_dirac_eigenvalues_are_those_of_the_game_played(gamma, penalties):
    field = dirac.Played(RelativisticPairing(), (R1(gamma), R2(gamma))[:penalties])
    for closed, played in zip(modern.dirac_eigenvalues(gamma, penalties), dirac.eigenvalues(field), strict=True):
        assert abs(closed - played) < 1e-6  # a double root is found to the root of the precision


def test_r1_does_not_see_the_kink_and_r2_stops_it():
    free, seen = modern.slopes(400, r1=10.0), modern.slopes(400, r1=10.0, r2=0.1)
    assert torch.equal(free, modern.slopes(400))
    assert free[-1] < -5 and free[-1] < free[200] - 0.5  # like -log(steps): no end
    assert abs(seen[-1] - modern.resting_slope(0.1)) < 1e-6


def test_the_kinks_first_hundred_slopes_follow_the_written_recursion():
    a, path = 0.0, modern.slopes(100, lr=0.3, r2=0.02, fakes=(2.0,))
    for wanted in path[1:]:
        a -= 0.3 * (2 / (1 + math.exp(-2 * a)) + 0.02 * a)
        assert abs(a - wanted) < 1e-9


@pytest.mark.parametrize("asked", modern.PAIRINGS)
@pytest.mark.parametrize("where", modern.FAKES)
def test_suprema_in_closed_form_are_where_ascent_ends(asked, where):
    assert abs(modern.sup_value(asked, modern.FAKES[where]) - modern.pairing_values()[asked][where]) < 2e-3


def test_random_pairing_is_every_datum_against_every_fake():
    x, y = (torch.randn(4, 1, generator=torch.Generator().manual_seed(k)) for k in (0, 1))
    assert abs(modern.over_pairings(x, y) - float(nn.functional.softplus(y.T - x).mean())) < 1e-6


def test_slopes_of_g_are_the_losses_derivatives():
    u = torch.linspace(-3, 3, 7, dtype=torch.float64, requires_grad=True)
    (code,) = torch.autograd.grad(len(u) * RelativisticPairing().g(u[:, None], torch.zeros(7, 1)), u)
    (d,) = torch.autograd.grad(len(u) * RelativisticPairing().d(u[:, None], torch.zeros(7, 1)), u)
    found = modern.g_slopes(u.detach())
    assert torch.allclose(found["code"], code) and torch.allclose(found["zero-sum"], -d)


def test_gamma_keeps_the_penalty_of_a_picture_drawn_larger():
    x = torch.randn(2, 1, 8, 8, dtype=torch.float64)
    w = torch.randn(1, 1, 8, 8, dtype=torch.float64)
    large = models.enlarge(x, 2)
    small = R1(2.0)(lambda x: (w * x).sum((1, 2, 3)), x, x, torch.Generator())
    after = R1(modern.pixel_gamma(2.0, 8, 16))(
        lambda x: (w * models.shrink(x, 2)).sum((1, 2, 3)), large, large, torch.Generator()
    )
    assert torch.allclose(small, after)


# --- the networks


def test_the_pair_begins_as_its_skeleton_without_branches():
    torch.manual_seed(0)
    G, D = residual(16, 3, width=8, z=5, blocks=2)
    z = torch.randn(3, 5)
    straight = nn.Sequential(*(layer for layer in G if not isinstance(layer, Bottleneck)))
    assert torch.equal(G(z), straight(z))
    assert G(z).shape == (3, 3, 16, 16) and D(G(z)).shape == (3, 1)
    assert sum(isinstance(layer, Bottleneck) for layer in G) == 6


def test_no_convolution_has_a_bias_and_no_layer_a_norm():
    for network in residual(32, 1):
        layers = list(network.modules())
        assert all(layer.bias is None for layer in layers if isinstance(layer, (nn.Conv2d, nn.Linear)))
        assert not any("Norm" in type(layer).__name__ for layer in layers)


def test_parameters_by_hand():
    torch.manual_seed(0)
    block = Bottleneck(16, expansion=2, group=8)
    assert sum(p.numel() for p in block.parameters()) == 16 * 32 + 32 + 32 * 8 * 9 + 32 + 32 * 16
    branch = block.branch
    assert not branch[4].weight.any()
    assert abs(Bottleneck(256, blocks=16).branch[0].weight.std() * 16 / (GAIN / 2) - 1) < 0.02


@pytest.mark.parametrize("blocks", [1, 16])
def test_one_step_moves_the_output_alike_for_few_blocks_and_many(blocks):
    """What branch_scale is for: plain descent on a chain of L blocks, the output's first move without and with it."""

    def move(scale: float) -> float:
        torch.manual_seed(1)
        chain = nn.Sequential(*(Bottleneck(32, group=32) for _ in range(blocks)))
        with torch.no_grad():
            for block in chain:
                block.branch[0].weight *= scale
                block.branch[2].weight *= scale
        x, way = torch.randn(4, 32, 4, 4), torch.randn(4, 32, 4, 4)
        before = (way * chain(x)).mean()
        grads = torch.autograd.grad(before, [block.branch[4].weight for block in chain])
        with torch.no_grad():
            for block, grad in zip(chain, grads, strict=True):
                block.branch[4].weight -= 1e-3 * grad
            return float(before - (way * chain(x)).mean())

    plain_move, scaled = move(1.0), move(branch_scale(blocks))
    assert abs(plain_move / scaled / blocks - 1) < 0.02


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"size": 28}, "size must be one of 16, 32, 64, 128"),
        ({"channels": 2}, "channels must be one of 1, 3"),
        ({"blocks": 0}, "blocks must be"),
        ({"width": 6}, "group must divide"),
        ({"expansion": 0}, "expansion must be"),
    ],
)
def test_refusals(given, told):
    with pytest.raises(ValueError, match=told):
        residual(**given)


def test_the_schedules_end_where_they_are_said_to():
    recipe = scheduled(320, gamma=0.5, lr=1e-3)
    assert recipe.at(320).lr_g == 2.5e-4 and recipe.at(320).penalties == (R1(0.05), R2(0.05))
    assert recipe.at(0).betas == (0.0, 0.9) and recipe.loss == PAIRING.loss


def test_all_heads_share_the_same_first_g():
    (G, _), (other, D) = plain(3), plain(3, norm_d="spectral", outputs=2)
    assert all(torch.equal(a, b) for a, b in zip(G.parameters(), other.parameters(), strict=True))
    assert D(G(torch.zeros(2, 64))).shape == (2, 2)

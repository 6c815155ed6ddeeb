"""Networks that match points of two circles: what they are made of, and how their matching is read."""

import math

import pytest
import torch
from torch import nn
from torch.testing import assert_close

from ganbook.models import mlp
from ganbook.models.stacked import deal
from ganbook.studies import matchings


def test_points_stand_on_circles_at_equal_angles():
    x, y = matchings.circles(4, shift=3.0)
    corners = torch.tensor([[1.0, 0], [0, 1], [-1, 0], [0, -1]])
    assert_close(x, corners, atol=1e-6, rtol=0)
    assert_close(y, corners + torch.tensor([3.0, 0]), atol=1e-6, rtol=0)


def test_draws_are_points_of_each_circle_that_do_not_belong_together():
    sampler = matchings.drawn(5, shift=2.0)
    rows = sampler(400, torch.Generator().manual_seed(3))
    places = [torch.cdist(part, ring).min(1) for part, ring in zip(rows, matchings.circles(5, 2.0), strict=True)]
    assert all(float(place.values.max()) < 1e-3 for place in places)
    counts = torch.zeros(5, 5).index_put(tuple(place.indices for place in places), torch.ones(400), accumulate=True)
    assert counts.min() >= 5  # of 16 expected: every x with every y
    again = sampler(400, torch.Generator().manual_seed(3))
    assert all(torch.equal(a, b) for a, b in zip(rows, again, strict=True))


class Turned(nn.Module):
    """Run k turns its rows by k + `more` quarters, then moves them by (k, k) / 10 times `off`."""

    def __init__(self, more, off, sign=1):
        super().__init__()
        self.off = nn.Parameter(torch.tensor([0.0, off]))  # one a run
        self.more, self.sign = more, sign

    def forward(self, x):
        parts = []
        for k, part in enumerate(deal(x, 2)):
            angle = torch.tensor(self.sign * (k + self.more) * math.pi / 2)
            turn = torch.stack([angle.cos(), angle.sin(), -angle.sin(), angle.cos()]).view(2, 2)
            parts.append(part @ turn + self.off[k])
        return torch.cat(parts)


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_a_matching_is_read_run_by_run_with_its_distance_and_its_way_back(shift):
    """Run 0 turns by one quarter of the circle of four, run 1 by two and misses by (0.1, 0.1); back it errs by that."""
    game = matchings.together((0, 1), 1)
    game.G, game.F = Turned(1, 0.1), Turned(1, 0.0, -1)
    game.train()
    to, distance, error = matchings.found(game, 4, shift)
    if shift == 0:
        assert to == [(1, 2, 3, 0), (2, 3, 0, 1)]
        assert distance == pytest.approx([0, math.hypot(0.1, 0.1)], abs=1e-6)
    else:  # y has moved by (1/2, 0): the points above and below miss by that, and so do those on the left and right
        assert to == [(1, 2, 3, 0), (2, 3, 0, 1)]
        assert distance == pytest.approx([0.5, math.hypot(0.4, 0.1)], abs=1e-6)
    assert error == pytest.approx([0, math.hypot(0.1, 0.1)], abs=1e-6)
    assert game.G.training


@pytest.mark.parametrize("near", [False, True])
def test_a_game_of_several_runs_holds_the_networks_of_each_seed(near):
    """In the order G, F, D_x, D_y, of one stream; where they begin near the identity, the last layers at a tenth."""
    state = torch.random.get_rng_state()
    game = matchings.together((3, 8), 5, cycle=7.0, identity=2.0, near=near, batch=4)
    assert torch.equal(torch.random.get_rng_state(), state)
    x = torch.randn(6, 2, generator=torch.Generator().manual_seed(0))
    for k, seed in enumerate((3, 8)):
        torch.manual_seed(seed)
        alone = [mlp([2, 64, 64, 2]), mlp([2, 64, 64, 2]), mlp([2, 64, 64, 1]), mlp([2, 64, 64, 1])]
        for network, own in zip((game.G, game.F, game.D_x, game.D_y), alone, strict=True):
            wanted = own(x) * (0.1 if near else 1) + (x if near else 0) if own[-1].out_features == 2 else own(x)
            assert_close(deal(network(x.repeat(2, 1)), 2)[k], wanted, atol=1e-5, rtol=1e-5)
    assert (game.cycle, game.identity, game.pool, game.device.type) == (14.0, 4.0, 0, "cpu")


def test_rates_fall_to_a_tenth_in_the_rounds_that_are_played():
    """All by images of all runs together; one penalty, at a tenth, summed over runs as the losses are."""
    game = matchings.together((0, 1, 2), 5, batch=4)
    recipe = game.recipe
    assert recipe.batch == 12 and recipe.betas == (0.5, 0.9)
    for n, rate in ((0, 1e-3), (30, 5.5e-4), (60, 1e-4), (90, 1e-4)):
        now = recipe.at(n)
        assert (now.lr_d, now.lr_g) == pytest.approx((rate, rate))
    (penalty,) = recipe.penalties
    assert (penalty.runs, penalty.penalty.gamma, recipe.loss.runs) == (3, 0.1, 3)
    assert "NonSaturating" in repr(recipe.loss)

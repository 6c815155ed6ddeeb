"""Games at their edges: two critics' penalties, pools of a batch, several parents, rates before round 1."""

import copy

import pytest
import torch
from games import CPU, plain

from ganbook.games import GAN, CycleGAN, Evolution
from ganbook.losses import LeastSquares
from ganbook.models import mlp
from ganbook.penalties import R1
from ganbook.ramps import Ramp
from ganbook.train.precision import computing


def four():
    torch.manual_seed(0)
    return mlp([2, 4, 2]), mlp([2, 4, 2]), mlp([2, 4, 1]), mlp([2, 4, 1])


def test_a_penalty_is_added_to_what_each_critic_descends():
    x, y = torch.randn(2, 6, 2, generator=torch.Generator().manual_seed(0))
    losses = []
    for penalties in ((), (R1(3.0),), (R1(3.0), R1(4.0))):
        game = CycleGAN(*four(), plain(LeastSquares(), penalties=penalties), device=CPU, pool=0)
        losses.append(game.d_loss(game.D_y, x, y, torch.Generator()).item())
    one = R1(1.0)(lambda x: game.D_y(x).squeeze(1), x, y, torch.Generator()).item()
    assert losses[1:] == pytest.approx([losses[0] + 3 * one, losses[0] + 7 * one])


def test_a_pool_holds_a_batch_or_more_or_is_none():
    recipe = plain(LeastSquares())
    for pool in (0, recipe.batch, recipe.batch + 1):
        assert CycleGAN(*four(), recipe, device=CPU, pool=pool).pool == pool
    with pytest.raises(
        ValueError, match=f"pool must be 0 or at least a batch .{recipe.batch}., got {recipe.batch - 1}"
    ):
        CycleGAN(*four(), recipe, device=CPU, pool=recipe.batch - 1)


def test_children_are_drawn_among_all_pairs_of_a_parent_and_a_mutation(monkeypatch, as_readers):
    torch.manual_seed(0)
    game = Evolution(
        [mlp([2, 4, 2]) for _ in range(3)], mlp([2, 4, 1]), plain(), device=CPU, evaluation=8, select="random"
    )
    seen = set()
    monkeypatch.setattr(game, "child", lambda parent, mutation, rng: seen.add((parent, mutation)))
    for seed in range(40):
        assert len(game.drawn(torch.Generator().manual_seed(seed))) == 3
    assert seen == {(parent, mutation) for parent in range(3) for mutation in range(len(game.mutations))}


def test_a_ramp_has_its_first_value_before_the_first_round():
    recipe = plain(lr_d=Ramp(0.5, 0.1, 4), betas=(Ramp(0.0, 0.4, 4), 0.9))
    game = GAN(mlp([3, 2]), mlp([2, 1]), recipe, device=CPU)
    (group,) = game.optimizers["D"].param_groups
    assert (group["lr"], group["betas"]) == (0.5, (0.0, 0.9))
    game.prepare(1)
    assert (group["lr"], group["betas"]) == (0.5, (0.0, 0.9))


def test_a_copy_made_in_bf16_computes_in_float32_once_it_is_taken_out():
    net, x = torch.nn.Linear(1, 1), torch.tensor([[1 + 2**-10]])
    torch.nn.init.ones_(net.weight), torch.nn.init.zeros_(net.bias)
    with computing(torch.nn.ModuleList([net]), "bf16"):
        twin = copy.deepcopy(net)
        assert net(x).item() == twin(x).item() == 1.0
    assert net(x).item() == twin(x).item() == 1 + 2**-10

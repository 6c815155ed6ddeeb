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


def points(n, rng):
    return torch.randn(2, n, 2, generator=rng).unbind()


def alike(a, b):
    return all(torch.equal(p, q) for p, q in zip(a.parameters(), b.parameters(), strict=True))


def test_two_critics_are_clipped_and_two_translators_averaged_after_every_round():
    recipe = plain(
        LeastSquares(), clip=0.01, ema_halflife=1e-6, d_steps=3, g_steps=2
    )  # an average that forgets at once
    game, drawn = CycleGAN(*four(), recipe, device=CPU, pool=0), []

    def real(n, rng):
        drawn.append(points(n, rng))
        return drawn[-1]

    for seed in range(2):
        game.round(real, torch.Generator().manual_seed(seed))
        critics = torch.cat([p.detach().flatten() for p in (*game.D_x.parameters(), *game.D_y.parameters())])
        assert float(critics.abs().max()) == pytest.approx(0.01)
        assert alike(game.G, game.average_g.module) and alike(game.F, game.average_f.module)
    steps = {name: int(next(iter(optimizer.state.values()))["step"]) for name, optimizer in game.optimizers.items()}
    assert steps == {"D": 6, "G": 4}
    assert len(drawn) == 8, "two of a round for G and F, the last of them for the critics' first step too"


@pytest.mark.parametrize("halflife", [None, 1e-6])
def test_samples_of_an_evolution_are_its_fittest_s_or_the_averaged_copy_s(halflife):
    torch.manual_seed(0)
    game = Evolution([mlp([2, 4, 2])], mlp([2, 4, 1]), plain(ema_halflife=halflife), device=CPU, evaluation=8)
    for seed in range(2):
        game.round(lambda n, rng: torch.randn(n, 2, generator=rng), torch.Generator().manual_seed(seed))
    assert alike(game.sampler, game.G) and (game.sampler is game.G) == (halflife is None)
    z = game.prior(5, torch.Generator().manual_seed(3))
    assert torch.equal(game.sample(5, torch.Generator().manual_seed(3)), game.G(z).detach())
    with torch.no_grad():
        for p in game.G.parameters():
            p.zero_()
    assert bool(game.sample(5, torch.Generator().manual_seed(3)).any()) == (halflife is not None)


def test_a_prior_that_is_none_is_refused(as_readers):
    with pytest.raises(ValueError, match="prior must be a Sampler of z"):
        Evolution([mlp([2, 2])], mlp([2, 1]), plain(), prior=3, device=CPU)


@pytest.mark.parametrize("n", [0, -1, 2.5, True])
def test_no_samples_are_refused_whatever_the_prior(n, as_readers):
    prior = lambda n, rng: torch.zeros(3, 2)  # noqa: E731 - it asks nothing
    for game in (
        GAN(mlp([2, 2]), mlp([2, 1]), plain(), prior=prior, device=CPU),
        Evolution([mlp([2, 2])], mlp([2, 1]), plain(), prior=prior, device=CPU),
    ):
        with pytest.raises(ValueError, match="n must be a whole number >= 1"):
            game.sample(n, torch.Generator())

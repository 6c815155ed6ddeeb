"""CycleGAN: its losses written out, the theorem counted, the pool's rule, its networks, refusals."""

import itertools
import math

import pytest
import torch
from games import domains, images, plain, planes, points, shifted, small
from torch import nn
from torch.nn.functional import instance_norm, relu
from torch.testing import assert_close

from ganbook import data, models
from ganbook.games import CycleGAN, Pool, descend
from ganbook.losses import LeastSquares, NonSaturating, RelativisticPairing
from ganbook.models import Gated, Patches, Residual, mlp
from ganbook.penalties import R1
from ganbook.studies import matchings
from ganbook.train import fit, train

CPU = torch.device("cpu")
DOMAINS = data.together(small, data.from_tensor(-small.x, device="cpu"))


def cyclegan(recipe=None, networks=planes, **changes):
    torch.manual_seed(0)
    given = {"pool": 0, **changes}
    return CycleGAN(**{**networks(8), **given}, recipe=recipe or plain(LeastSquares()), device=CPU)


def batch(n=6):
    rng = torch.Generator().manual_seed(1)
    return points(n, rng), shifted(n, rng)


# --- the losses, written out


@pytest.mark.parametrize("weights", [(10.0, 5.0), (1.0, 0.0), (0.0, 2.0)])
def test_g_and_f_descend_the_formula_of_the_docstring(weights):
    game = cyclegan(cycle=weights[0], identity=weights[1])
    (x, y), G, F = batch(), game.G, game.F
    wanted = 0.5 * ((game.D_y(G(x)) - 1) ** 2).mean() + 0.5 * ((game.D_x(F(y)) - 1) ** 2).mean()
    wanted = wanted + weights[0] * ((F(G(x)) - x).abs().mean() + (G(F(y)) - y).abs().mean())
    wanted = wanted + weights[1] * ((G(y) - y).abs().mean() + (F(x) - x).abs().mean())
    total = game.weighed(game.terms(x, y, F(y), G(x)))
    assert_close(total, wanted)
    own = [*G.parameters(), *F.parameters()]
    for a, b in zip(torch.autograd.grad(total, own), torch.autograd.grad(wanted, own), strict=True):
        assert_close(a, b)


def test_each_critic_descends_its_own_domain():
    game = cyclegan()
    (x, y), rng = batch(), torch.Generator()
    loss = game.d_loss(game.D_y, y, game.G(x), rng)
    assert_close(loss, 0.5 * (((game.D_y(y) - 1) ** 2).mean() + (game.D_y(game.G(x)) ** 2).mean()))
    assert all(grad is None for grad in torch.autograd.grad(loss, list(game.D_x.parameters()), allow_unused=True))


def test_a_round_is_g_first_then_d_on_the_fakes_that_were_made_before():
    """Against a second implementation of one round: SGD steps by hand on copies."""
    game, other = cyclegan(), cyclegan()
    (x, y), rng = batch(4), torch.Generator().manual_seed(1)
    for one in (game, other):
        one.optimizers = {
            name: torch.optim.SGD([p for net in nets for p in net.parameters()], lr=0.05)
            for name, nets in {"G": (one.G, one.F), "D": (one.D_x, one.D_y)}.items()
        }
    told = game.round(lambda n, rng: (x, y), rng)
    to_x, to_y = other.F(y), other.G(x)
    g = descend(other.optimizers["G"], other.weighed(other.terms(x, y, to_x, to_y)))
    to_x, to_y = to_x.detach(), to_y.detach()  # of the translators that have moved since
    d = sum(
        0.5 * (((D(real) - 1) ** 2).mean() + (D(fake) ** 2).mean())
        for D, real, fake in ((other.D_x, x, to_x), (other.D_y, y, to_y))
    )
    descend(other.optimizers["D"], d)
    assert_close(told["G"], g), assert_close(told["D"], d.detach())
    for a, b in zip(game.parameters(), other.parameters(), strict=True):
        assert_close(a, b)


def test_planted_defect_the_identity_of_the_wrong_domain():
    """G(x) - x in place of G(y) - y: zero for a G that copies, which the true term is not for one that translates."""
    x, y = matchings.circles(8, shift=3.0)
    game = cyclegan(**{"G": Shift(3.0), "F": Shift(-3.0)})
    terms = game.terms(x, y, game.F(y), game.G(x))
    assert terms["cycle"] < 1e-6
    assert_close(terms["identity"], torch.tensor(2 * 1.5))  # |(3, 0)| over two numbers, both ways
    wrong = (game.G(x) - x).abs().mean()
    assert_close(wrong, torch.tensor(1.5))  # the very translation that is wanted would cost as much


class Shift(nn.Module):
    """x + (b, 0): a map with a weight."""

    def __init__(self, by):
        super().__init__()
        self.by = nn.Parameter(torch.tensor([by, 0.0]))

    def forward(self, x):
        return x + self.by


def test_a_cycle_without_weight_is_read_and_moves_nothing():
    game, still_to_come = cyclegan(cycle=0.0, identity=0.0), cyclegan(cycle=0.0, identity=0.0)
    (x, y) = batch()
    terms = game.terms(x, y, game.F(y), game.G(x))
    assert "identity" not in terms and not terms["cycle"].requires_grad and terms["cycle"] > 0
    adversarial = still_to_come.terms(x, y, still_to_come.F(y), still_to_come.G(x))["adversarial"]
    assert_close(game.weighed(terms), adversarial)


def test_a_relativistic_loss_sees_the_reals():
    game = cyclegan(plain(RelativisticPairing()), identity=0.0)
    x, y = batch()
    found = game.terms(x, y, game.F(y), game.G(x))["adversarial"]
    soft = nn.functional.softplus
    wanted = soft(game.D_y(y) - game.D_y(game.G(x))).mean() + soft(game.D_x(x) - game.D_x(game.F(y))).mean()
    assert_close(found, wanted)


def test_translations_are_of_the_averaged_networks_and_leave_no_trace():
    game = cyclegan(plain(NonSaturating(), ema_halflife=100.0))
    fit(train(game, data.together(points, shifted), rounds=3))
    x, y = batch()
    G, F = game.average_g.module, game.average_f.module
    assert not torch.equal(game.translate(x), game.G(x))
    assert torch.equal(game.there_and_back(x), F(G(x))) and torch.equal(game.back_and_there(y), G(F(y)))
    assert torch.equal(game.sample(2, torch.Generator(), x=x), G(x[:2])) and torch.equal(game.translate_back(y), F(y))
    assert not game.translate(x).requires_grad and game.G.training


# --- the theorem, counted


def test_all_matchings_solve_and_one_pair_of_n_is_right():
    for n in range(1, 6):
        solved = list(matchings.pairs(n))
        assert len(solved) == math.factorial(n) == len(set(solved))
        assert all(matchings.losses(G, F) == (pytest.approx(0, abs=1e-12), 0.0) for G, F in solved)
        assert sum(matchings.right(G) for G, _ in solved) / len(solved) == pytest.approx(1 / n)
        counted = torch.tensor([round(matchings.right(G) * n) for G, _ in solved]).bincount(minlength=n + 1)
        assert torch.equal(counted, matchings.census(n))


def test_no_other_pair_of_maps_solves():
    n, solved = 3, set(matchings.pairs(3))
    for G in itertools.product(range(n), repeat=n):
        for F in itertools.product(range(n), repeat=n):
            adversarial, cycle = matchings.losses(G, F)
            assert (cycle < 1e-12) == ((G, F) in solved)
            if len(set(G)) == len(set(F)) == n:
                assert adversarial < 1e-12  # without the cycle any two bijections will do


def test_the_adversarial_loss_is_the_jensen_shannon_divergence():
    """G sends three of four points to one: law (3/4, 1/4, 0, 0) against four quarters, by the definition."""
    p, q = [0.75, 0.25, 0, 0], [0.25] * 4
    m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    kl = [sum(a * math.log(a / c) for a, c in zip(law, m, strict=True) if a) for law in (p, q)]
    found, cycle = matchings.losses([0, 0, 0, 1], [0, 1, 2, 3])
    assert found == pytest.approx(sum(kl) / 2)
    assert cycle == 6 / 8  # x_1, x_2, x_3, and y_1, y_2, y_3


def test_a_rotation_of_the_second_domain_changes_neither_loss():
    """The theorem for networks: (T G, F T^-1) has the cycle of (G, F), and points of the same law."""
    turn = torch.tensor([[0.6, -0.8], [0.8, 0.6]])
    torch.manual_seed(0)
    G = nn.Linear(2, 2)
    weight = G.weight.detach().inverse()
    other = lambda x: G(x) @ turn.T  # noqa: E731
    back = lambda y: ((y @ turn) - G.bias) @ weight.T  # noqa: E731
    x = torch.randn(1000, 2)
    assert_close(back(other(x)), x, atol=1e-4, rtol=0)
    assert_close(other(x).norm(dim=1), G(x).norm(dim=1))


def test_runs_side_by_side_are_runs_alone():
    """One run of three gets the steps of a game of its own, with the weights of the docstring."""
    rows = matchings.drawn(8)(96, torch.Generator().manual_seed(0))
    many = matchings.together((5, 6, 7), 10, identity=2.0, near=True)
    alone = matchings.together((6,), 10, identity=2.0, near=True)
    many.round(lambda n, rng: rows, torch.Generator())
    alone.round(lambda n, rng: tuple(part[32:64] for part in rows), torch.Generator())
    for a, b in zip(many.parameters(), alone.parameters(), strict=True):
        assert_close(a[1:2], b, atol=2e-5, rtol=1e-3)


def test_a_short_training_finds_matchings_that_come_back():
    game = matchings.together((0, 1), 250, near=True)
    fit(train(game, matchings.drawn(8), rounds=250))
    to, distance, error = matchings.found(game)
    assert to == [tuple(range(8))] * 2
    assert max(distance) < 0.1 and max(error) < 0.05


# --- the pool


def test_the_pool_gives_back_half_and_keeps_what_it_takes():
    """In the long run half of the rows are new, and an old one has waited for 2 size rows in the mean."""
    pool, rng, size = Pool(20, (1,)), torch.Generator().manual_seed(0), 20
    ages, fresh, n = [], 0, 4_000
    for k in range(0, n, 4):
        out = pool.exchange(torch.arange(float(k), k + 4).view(4, 1), rng).flatten().tolist()
        fresh += sum(value == k + j for j, value in enumerate(out))
        ages += [k + j - value for j, value in enumerate(out) if value != k + j]
    assert fresh / n == pytest.approx(0.5, abs=0.03)
    assert sum(ages) / len(ages) == pytest.approx(2 * size, rel=0.06)


def test_while_it_fills_the_pool_is_transparent_and_no_row_is_lost():
    pool, rng = Pool(6, (1,)), torch.Generator().manual_seed(0)
    seen = torch.arange(8.0).view(8, 1)
    assert torch.equal(pool.exchange(seen[:4], rng), seen[:4]) and pool.filled == 4
    out = pool.exchange(seen[4:], rng)
    assert torch.equal(out[:2], seen[4:6]) and pool.filled == 6
    assert sorted([*pool.kept.flatten().tolist(), *out[2:].flatten().tolist()]) == [0, 1, 2, 3, 4, 5, 6, 7]
    with pytest.raises(ValueError, match=r"y must hold rows of shape \(1,\), got \(2,\)"):
        pool.exchange(torch.zeros(1, 2), rng)


def test_critics_of_patches_are_played_and_penalties_of_one_sample_are_refused(as_readers):
    networks = {**domains(4), "D_x": models.patch_critic(1, width=4), "D_y": models.patch_critic(1, width=4)}
    run = fit(train(cyclegan(networks=lambda width: networks), DOMAINS, rounds=2))
    assert len(run.history["D"]) == 2
    with pytest.raises(ValueError, match="critic must return one number a sample"):
        train(cyclegan(plain(LeastSquares(), penalties=(R1(0.1),)), networks=lambda width: networks), DOMAINS, rounds=1)


def test_a_pool_is_part_of_the_checkpoint():
    game = cyclegan(networks=domains, pool=5)
    fit(train(game, DOMAINS, rounds=3))
    assert {f"pools.{domain}.{part}" for domain in "xy" for part in ("kept", "filled")} <= game.state_dict().keys()
    assert game.pools["x"].filled == 5


# --- networks


def test_a_residual_block_is_what_it_says():
    block, x = Residual(3), torch.randn(2, 3, 6, 6)
    first, last = block.body[0], block.body[3]
    wanted = x + instance_norm(last(relu(instance_norm(first(x)))))
    assert_close(block(x), wanted)


def test_a_gate_can_copy_exactly_and_paint_exactly():
    gate, x = models.translator(3), torch.rand(2, 3, 16, 16) * 2 - 1
    m, c = gate.parts(x)
    assert_close(gate(x), (1 - m) * x + m * c)
    assert torch.equal(gate.mask(x), m) and m.shape == (2, 1, 16, 16) and ((m > 0) & (m < 1)).all()
    for bias, wanted in ((-100.0, x), (100.0, c)):
        with torch.no_grad():
            gate.network.last.bias[0] = bias
        if bias > 0:
            wanted = gate.parts(x)[1]
        assert_close(gate(x), wanted)


@pytest.mark.parametrize(("halvings", "patch"), [(1, 10), (2, 22)])
def test_a_patch_critic_sees_patches(halvings, patch):
    """The pixels that one place of the last map depends on, by its gradient: 4 + 3 * 2 for one halving, and so on."""
    critic = models.patch_critic(1, halvings=halvings)
    x = torch.randn(1, 1, 64, 64, requires_grad=True)
    out = critic(x)
    (grad,) = torch.autograd.grad(out[len(out) // 2 + 5, 0], x)
    rows = (grad[0, 0] != 0).any(1).nonzero().flatten()
    assert len(rows) == patch == int(rows[-1] - rows[0]) + 1


def test_translators_between_colour_and_grey():
    G, F, D_x, D_y = models.cyclegan(16, 3, out=1, gate=False, patches=True)
    x = torch.rand(2, 3, 16, 16) * 2 - 1
    assert G(x).shape == (2, 1, 16, 16) and F(G(x)).shape == x.shape and G(x).abs().max() <= 1
    assert D_x(x).shape == D_y(G(x)).shape and isinstance(D_x, Patches)


# --- what is refused


def test_bad_arguments(as_readers):
    for changes, message in (
        ({"cycle": -1.0}, "cycle must be a finite number >= 0, got -1.0"),
        ({"identity": float("nan")}, "identity must be a finite number >= 0, got nan"),
        ({"pool": 3}, r"pool must be 0 or at least a batch \(4\), got 3"),
        ({"pool": -1}, "pool must be a whole number >= 0, got -1"),
        ({"F": 3}, "networks of player 'G' must be one or more nn.Module, got Sequential, int"),
    ):
        with pytest.raises(ValueError, match=message):
            cyclegan(**changes)
    one = mlp([2, 8, 2])
    with pytest.raises(ValueError, match="parameters that player 'G' moves too"):
        cyclegan(G=one, D_y=nn.Sequential(one, nn.Linear(2, 1)))


def test_domains_that_do_not_fit(as_readers):
    wide = data.from_tensor(torch.zeros(9, 3), device="cpu")
    for real, message in (
        (points, r"real must return two domains, \(x, y\), as data.together\(a, b\) does, got 1 part"),
        (data.together(points, shifted, points), r"got 3 part"),
        (data.together(points, wide), r"identity must be 0 where the domains have different shapes, \(2,\) and \(3,\)"),
        (lambda n, rng: (points(n, rng), torch.full((n, 2), torch.nan)), "infinity in row 0 of part 1"),
    ):
        with pytest.raises(ValueError, match=message):
            train(cyclegan(), real, rounds=1)
    with pytest.raises(ValueError, match=r"G must make samples of the other domain's shape \(3,\), got \(2,\)"):
        train(cyclegan(identity=0.0), data.together(points, wide), rounds=1)
    with pytest.raises(ValueError, match=r"G must take inputs of shape \(n, 2\), got a network that refuses them"):
        train(cyclegan(G=mlp([3, 8, 2])), data.together(points, shifted), rounds=1)
    with pytest.raises(ValueError, match=r"D_x must take inputs of shape \(n, 2\)"):
        train(cyclegan(D_x=mlp([3, 8, 1])), data.together(points, shifted), rounds=1)
    sizes = data.together(small, images)
    with pytest.raises(ValueError, match=r"different shapes, \(1, 8, 8\) and \(1, 16, 16\)"):
        train(cyclegan(networks=domains), sizes, rounds=1)


def test_networks_that_cannot_be_made(as_readers):
    with pytest.raises(ValueError, match=r"gate must be False where out \(1\) is not channels \(3\)"):
        models.translator(3, out=1)
    with pytest.raises(ValueError, match="width must be a whole number >= 1, got 0"):
        models.translator(width=0)
    with pytest.raises(ValueError, match=r"x must hold images of even height and width, got \(7, 8\)"):
        models.translator(1)(torch.zeros(1, 1, 7, 8))
    with pytest.raises(ValueError, match=r"network must give 1 \+ 3 maps for images of 3, got 3"):
        Gated(nn.Conv2d(3, 3, 1))(torch.zeros(1, 3, 4, 4))
    with pytest.raises(ValueError, match="size must be one of"):
        models.cyclegan(20)


def test_matchings_that_are_none():
    with pytest.raises(ValueError, match=r"G and F must each give n numbers in 0\.\.n-1, got \[0, 2\] and \[0, 1\]"):
        matchings.losses([0, 2], [0, 1])
